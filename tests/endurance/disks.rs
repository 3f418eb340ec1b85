//! A disk under SQLite that is full or read-only: people go on reading, writes wait, and nothing is half done.

use std::fs::File;
use std::io::{ErrorKind, Write};
use std::path::Path;
use std::process::Command;

use crate::counts::report;
use crate::counts::times;
use crate::database::Database;
use crate::database::succeed;
use crate::outages::Outcome;
use crate::outages::outages;
use crate::server::Recipe;
use crate::server::Server;
use crate::turn;
use crate::wire::Seat;
use crate::wire::Wire;
use crate::writers::Writer;

/// Set for the copy of this test that may mount: the file in which it says that it ran.
const INSIDE: &str = "OPLOSSINGSCENTRUM_TEST_INSIDE";

#[test]
fn a_full_disk_is_still_read_and_works_again_when_there_is_room() {
    let Some(disk) = Disk::mount("disks::a_full_disk_is_still_read_and_works_again_when_there_is_room") else { return };
    let _turn = turn();
    let database = Database::Sqlite { file: disk.folder.path().join("test.db"), _folder: None };
    // The log is on the same disk, and fails as well.
    let recipe = Recipe::new(&database).logging_to(disk.folder.path().join("log"));
    let mut server = recipe.start();
    let filler = disk.folder.path().join("filler");
    let outcome = outages(
        &database,
        &mut server,
        times(1, 20),
        |_| fill(&filler),
        people_read_on,
        |_| std::fs::remove_file(&filler).unwrap(),
    );
    tell("a full disk", &outcome);
}

/// PostgreSQL with its tables on a small disk, and all its other files elsewhere.
#[test]
fn a_full_disk_under_postgresql_is_still_read_and_works_again_when_there_is_room() {
    let test = "disks::a_full_disk_under_postgresql_is_still_read_and_works_again_when_there_is_room";
    let Some(disk) = Disk::mount(test) else { return };
    let _turn = turn();
    let database = Database::postgres();
    let Database::Postgres(cluster) = &database else { unreachable!() };
    let folder = disk.folder.path();
    cluster.owns(folder);
    let tables = folder.join("tables");
    std::fs::create_dir(&tables).unwrap();
    cluster.owns(&tables);
    cluster.sql(&format!("CREATE TABLESPACE small LOCATION '{}'", tables.display()));
    cluster.sql("ALTER DATABASE postgres SET default_tablespace = small");
    let mut server = Recipe::new(&database).start();
    let filler = folder.join("filler");
    let outcome = outages(
        &database,
        &mut server,
        times(1, 20),
        |_| fill(&filler),
        people_read_on,
        |_| std::fs::remove_file(&filler).unwrap(),
    );
    tell("a full disk under PostgreSQL", &outcome);
}

#[test]
fn a_disk_that_takes_no_writes_is_still_read_and_works_again_when_it_does() {
    let _turn = turn();
    let database = Database::sqlite();
    // A limit on the size of files, lowered to nothing while the program runs: each write fails, as on a disk that the
    // system has made read-only after an error. It needs no root. Its signal is for programs that do not check the
    // result of a write.
    let recipe = Recipe::with(database.address(), &["sh", "-c", "trap '' XFSZ; exec \"$0\" \"$@\""]);
    let mut server = recipe.start();
    let limit = |server: &Server, most: &str| {
        let process = server.id().to_string();
        succeed(Command::new("prlimit").args(["--pid", &process, &format!("--fsize={most}:unlimited")]));
    };
    let outcome = outages(
        &database,
        &mut server,
        times(1, 20),
        |server| limit(server, "0"),
        people_read_on,
        |server| limit(server, "unlimited"),
    );
    tell("a disk that takes no writes", &outcome);
}

fn tell(what: &str, Outcome { counted, slowest_recovery }: &Outcome) {
    report(format_args!(
        "{what}, {} time(s) under load: {} changes acknowledged and kept, {} times a polite 503, nothing half done; reading \
         went on; working again after {slowest_recovery:?} at most",
        times(1, 20),
        counted.acknowledged,
        counted.put_off
    ));
}

/// Checks that members and visitors can read everything; what would have to be written is put off.
fn people_read_on(witness: &mut Writer, server: &Server) {
    witness.looks().must(200);
    let (mut wire, nobody) = (Wire::new(server.address), Seat::default());
    for path in ["/help", "/sign-in", "/accessibility", "/healthz"] {
        wire.get(path, &nobody).unwrap().must(200);
    }
    witness.looks().must(200);
    // A session cannot be ended where nothing can be written, and the page must say so.
    witness.signs_out_elsewhere();
}

fn fill(filler: &Path) {
    let mut file = File::create(filler).unwrap();
    let full = loop {
        if let Err(error) = file.write_all(&[0; 4096]) {
            break error;
        }
    };
    assert_eq!(full.kind(), ErrorKind::StorageFull, "{full}");
}

/// A small disk in memory, with room for the writes of twenty outages.
struct Disk {
    folder: tempfile::TempDir,
}

impl Disk {
    /// Mounts it. Without root this test runs again in a namespace of its own, where mounting is allowed, and is done
    /// here. The copy says in a file that it ran and mounted, because a test that is not found passes as well.
    fn mount(test: &str) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=64m", "oplossingscentrum"]).arg(folder.path());
        let inside = std::env::var_os(INSIDE);
        if mount.output().is_ok_and(|done| done.status.success()) {
            if let Some(said) = inside {
                std::fs::write(said, "mounted").unwrap();
            }
            return Some(Self { folder });
        }
        let said = folder.path().join("said");
        let runs_inside = || {
            let mut again = Command::new("unshare");
            again.args(["--map-root-user", "--mount"]).arg(std::env::current_exe().unwrap());
            again.args(["--exact", test]).env(INSIDE, &said).status().is_ok_and(|done| done.success())
        };
        assert!(
            inside.is_none() && runs_inside() && std::fs::read_to_string(&said).is_ok_and(|said| said == "mounted"),
            "this test fills a disk of its own. It needs to mount one: run it as root, or where user namespaces are \
             allowed, or in a container with --cap-add SYS_ADMIN --security-opt apparmor=unconfined"
        );
        None
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // Lazily: the server on it may still be ending.
        let _ = Command::new("umount").arg("--lazy").arg(self.folder.path()).status();
    }
}
