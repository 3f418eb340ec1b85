//! The dossier: what a party prints or keeps for a third person, and what checks it.

use std::io::{Cursor, Read, Write};
use std::path::Path;
use std::process::Command;

use oplossingscentrum::domain::Party;
use oplossingscentrum::domain::audit::chain::{fingerprint, hash};
use oplossingscentrum::secret::{Secret, hex};
use reqwest::Method;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use crate::builders::Order;
use crate::fingerprint::lived;
use crate::people::Browser;
use crate::program::{Ended, runs};
use crate::world::World;

/// What the programs say of a change.
type Change = (&'static str, fn(&mut Value));
/// The files of a dossier by name.
pub type Files = Vec<(String, String)>;

/// Downloads the dossier of an order.
pub fn downloads(world: &World, reader: &Browser, order: &Order) -> Files {
    let (_, host) = world.origin.split_once("://").unwrap();
    let asked = reader.bare_request(&Method::GET, &order.at("/dossier.zip")).header("host", host).send().unwrap();
    assert_eq!((asked.status().as_u16(), asked.headers()["content-type"].to_str().unwrap()), (200, "application/zip"));
    let mut bundle = ZipArchive::new(Cursor::new(asked.bytes().unwrap())).unwrap();
    let names: Vec<String> = bundle.file_names().map(|name| name.unwrap().into_owned()).collect();
    let mut read = |name: &String| {
        let mut content = String::new();
        bundle.by_name(name).unwrap().read_to_string(&mut content).unwrap();
        (name.clone(), content)
    };
    names.iter().map(&mut read).collect()
}

pub fn json_of(files: &[(String, String)]) -> Value {
    serde_json::from_str(&files.iter().find(|(name, _)| name == "dossier.json").unwrap().1).unwrap()
}

/// Checks a dossier with that content, with the program and with the script in it; both must say the same. Returns what they
/// name, nothing when all is well.
#[track_caller]
pub fn checked(folder: &Path, files: &[(String, String)], json: &Value, told: Option<&str>) -> Option<String> {
    let file = folder.join("dossier.zip");
    let mut bundle = ZipWriter::new(std::fs::File::create(&file).unwrap());
    for (name, content) in files {
        bundle.start_file(name.as_str(), SimpleFileOptions::default()).unwrap();
        // What was not changed stays as it was written.
        let is_changed = name == "dossier.json" && *json != json_of(files);
        let content = if is_changed { json.to_string() } else { content.clone() };
        bundle.write_all(content.as_bytes()).unwrap();
        std::fs::write(folder.join(name), content).unwrap();
    }
    bundle.finish().unwrap();
    let file = file.to_str().unwrap();
    let with: Vec<&str> = told.into_iter().flat_map(|told| ["--fingerprint", told]).collect();
    let ours = runs(&[&["dossier", "verify", file], with.as_slice()].concat());
    let script = folder.join("controleren.py");
    let theirs = Command::new("python3").arg(script).arg(file).args(told).output().unwrap();
    let said = String::from_utf8(theirs.stdout).unwrap();
    assert_eq!(theirs.status.code(), Some(ours.code), "{ours:?}\n{said}{}", String::from_utf8_lossy(&theirs.stderr));
    (ours.code != 0).then(|| {
        let named: Vec<&str> = said.lines().collect();
        assert!(named.iter().all(|line| ours.said.contains(line)), "{ours:?} {said}");
        said
    })
}

#[test]
fn both_parties_print_the_chapters_that_a_third_person_asks_for() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    let order = lived(&world, &customer, &freelancer);
    let path = customer.sees(&order.path).link_named("Dossier om te bewaren of af te drukken").expect("a link");
    assert_eq!(path, order.at("/dossier"));
    let shown = [&customer, &freelancer].map(|person| {
        let page = person.sees(&path);
        for heading in [
            "1. De overeenkomst",
            "2. De klacht",
            "3. Het antwoord",
            "4. Bedragen",
            "5. Tijdlijn",
            "6. Bijlagen",
            "7. Controleren",
        ] {
            page.shows(heading);
        }
        for told in [
            "Er komt wat bij.",
            "Het duurt te lang.",
            "Nog één dag.",
            "Liever niet.",
            "Extra pagina",
            "€ 250,00",
            "€ 285,00",
            "We weten niet of er een mail met deze vraag is verstuurd.",
            "Daan Bakker heeft de vraag geopend op",
        ] {
            page.shows(told);
        }
        let document = page.document();
        document.select("main").text().to_string()
    });
    assert_eq!(shown[0], shown[1], "nobody is you");
    customer.switches_language();
    customer.sees(&path).shows("2. The complaint").shows("7. Checking").shows("Fingerprint:");
    world.somebody("Vera").get(&path).must(404);
    world.somebody("Wim").get(&order.at("/dossier.zip")).must(404);
}

#[test]
fn the_program_and_the_script_find_the_same_in_a_dossier() {
    let (world, folder) = (World::new(), tempfile::tempdir().unwrap());
    let (customer, freelancer) = world.parties();
    let order = lived(&world, &customer, &freelancer);
    let files = downloads(&world, &customer, &order);
    let mut names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["CONTROLEREN.txt", "controleren.py", "dossier.html", "dossier.json", "dossier.note"]);
    let html = &files.iter().find(|(name, _)| name == "dossier.html").unwrap().1;
    assert!(!html.contains("<script") && html.contains("7. Controleren"));
    let sound = json_of(&files);
    let told = sound["fingerprint"].as_str().unwrap().to_owned();
    let mailed = fingerprint(&world.chain(&order).hashes[3].1);
    for right in [None, Some(told.as_str()), Some(mailed.as_str()), Some(&told.replace(' ', "-").to_lowercase())] {
        assert_eq!(checked(folder.path(), &files, &sound, right), None, "{right:?}");
    }
    // What the instructions say can be typed as it stands, and the code as people copy it.
    let how = &files.iter().find(|(name, _)| name == "CONTROLEREN.txt").unwrap().1;
    let line = how.lines().find_map(|line| line.strip_prefix("    python3")).expect("it says what to type");
    let bundle = folder.path().join(format!("dossier-{order}.zip"));
    std::fs::copy(folder.path().join("dossier.zip"), &bundle).unwrap();
    for line in [line.to_owned(), line.replace('"', ""), format!("{}.\"", line.trim_end_matches('"'))] {
        let ran =
            Command::new("sh").arg("-c").arg(format!("python3{line}")).current_dir(folder.path()).output().unwrap();
        assert!(ran.status.success(), "{line}: {}", String::from_utf8_lossy(&ran.stderr));
    }
    let wrong = checked(folder.path(), &files, &sound, Some("0000 0000 0000 0000"));
    assert!(wrong.unwrap().contains("no event has the fingerprint"));
    let changes: [Change; 14] = [
        ("event 3 is not what its hash says", |json| json["events"][2]["facts"]["actor"] = "freelancer".into()),
        ("event 2 is not what its hash says", |json| json["events"][1]["facts"]["asked"]["extras_cents"][0] = 1.into()),
        ("event 4 does not have its text of then", |json| json["events"][3]["text"] = "Anders.".into()),
        ("event 2 does not have its titles of then", |json| json["events"][1]["titles"][0] = "Anders".into()),
        ("event 4 lacks its text", |json| {
            json["events"][3].as_object_mut().unwrap().remove("text");
        }),
        ("event 2 is not in its place", |json| json["events"].as_array_mut().unwrap().swap(1, 2)),
        ("event 3 is not in its place", |json| drop(json["events"].as_array_mut().unwrap().remove(2))),
        ("the last events are missing", |json| drop(json["events"].as_array_mut().unwrap().pop())),
        ("the signature is of another dossier", |json| json["order"]["customer"] = "Iemand anders".into()),
        ("the signature is of another dossier", |json| json["order"]["price_cents"] = 1.into()),
        ("the signature is of another dossier", |json| json["events"][1]["seen_at"] = "2026-01-01T00:00:00Z".into()),
        ("the signature is of another dossier", |json| {
            let event = json["events"][3].as_object_mut().unwrap();
            event.retain(|key, _| key != "text" && key != "salt");
            event.insert("erased_at".into(), "2026-01-01T00:00:00Z".into());
        }),
        ("the signature is of another dossier", |json| json["made_at"] = "2026-01-01T00:00:00Z".into()),
        ("dossier.html is not", |json| json["html"] = "0".repeat(64).into()),
    ];
    for (named, change) in changes {
        let mut other = sound.clone();
        change(&mut other);
        let said = checked(folder.path(), &files, &other, None).expect(named);
        assert!(said.contains(named), "{named}: {said}");
    }
    let mut forged = sound.clone();
    forged["events"][1]["facts"]["price_cents"] = 1.into();
    let mut previous = String::new();
    for event in forged["events"].as_array_mut().unwrap() {
        previous = hash(&previous, &event["facts"]);
        event["hash"] = json!(previous);
    }
    (forged["head"], forged["fingerprint"]) = (json!(previous), json!(fingerprint(&previous)));
    let said = checked(folder.path(), &files, &forged, None).expect("the signature does");
    assert!(said.contains("the signature is of another dossier"), "{said}");
    // Who has the key signs anew.
    let written = files.iter().find(|(name, _)| name == "dossier.json").unwrap().1.clone();
    let mut files = files;
    for (_, content) in files.iter_mut().filter(|(name, _)| name == "dossier.note") {
        let [old, new] = [&written, &forged.to_string()].map(|json| hex(&Sha256::digest(json)));
        *content = content.replace(sound["head"].as_str().unwrap(), &previous).replace(&old, &new);
    }
    assert_eq!(checked(folder.path(), &files, &forged, None), None, "neither stops who can write all of it");
    let said = checked(folder.path(), &files, &forged, Some(&mailed)).expect("the mail does");
    assert!(said.contains("no event has the fingerprint"), "{said}");
}

#[test]
fn a_dossier_holds_nothing_that_its_reader_could_not_see_and_tells_of_what_was_erased() {
    let (world, folder) = (World::new(), tempfile::tempdir().unwrap());
    let (customer, freelancer) = world.parties();
    let order = lived(&world, &customer, &freelancer);
    world.erases(&order, Party::Freelancer);
    let before = world.events(&order);
    for person in [&customer, &freelancer] {
        let files = downloads(&world, person, &order);
        let json = json_of(&files);
        assert_eq!(checked(folder.path(), &files, &json, None), None, "erased, and in order");
        let pages = format!("{}{}", person.sees(&order.at("/print")).text(), person.sees(&order.dispute(2)).text());
        for event in json["events"].as_array().unwrap() {
            for said in event["text"]
                .as_str()
                .into_iter()
                .chain(event["titles"].as_array().into_iter().flatten().filter_map(Value::as_str))
            {
                assert!(pages.contains(said), "{said}");
            }
        }
        let all: String = files.iter().map(|(_, content)| content.as_str()).collect();
        for hidden in ["@example.com", "Er komt wat bij.", "Nog één dag.", "Extra pagina"] {
            assert!(!all.contains(hidden), "{hidden}");
        }
        assert!(all.contains("Deze tekst is gewist op") && all.contains("Het duurt te lang."));
        assert!(json["events"][1]["erased_at"].is_string());
    }
    assert_eq!(world.events(&order), before, "nobody learns that it was downloaded");
    for person in [&customer, &freelancer] {
        assert!(!person.sees("/notifications").text().to_lowercase().contains("dossier"));
    }
}

/// The keys that a site shows, in a file.
pub fn keys(world: &World, folder: &Path) -> String {
    let file = folder.join("keys");
    std::fs::write(&file, world.visitor().get("/.well-known/oplossingscentrum-keys").must(200).html).unwrap();
    file.to_str().unwrap().to_owned()
}

/// What `dossier verify` says of those files, with these keys.
pub fn verified(folder: &Path, files: &[(String, String)], keys: &str) -> Ended {
    checked(folder, files, &json_of(files), None);
    runs(&["dossier", "verify", folder.join("dossier.zip").to_str().unwrap(), "--keys", keys])
}

#[test]
fn a_signature_is_checked_with_the_keys_of_the_site_and_outlives_them() {
    let (world, folder) = (World::https(), tempfile::tempdir().unwrap());
    let (customer, freelancer) = world.parties();
    let order = lived(&world, &customer, &freelancer);
    assert_eq!(world.visitor().get("/.well-known/oplossingscentrum-keys").must(200).html, "", "none is needed yet");
    let first = downloads(&world, &customer, &order);
    let again = downloads(&world, &freelancer, &order);
    let known = keys(&world, folder.path());
    assert_eq!(std::fs::read_to_string(&known).unwrap().lines().count(), 1, "one key for all");
    for files in [&first, &again] {
        let said = verified(folder.path(), files, &known).well();
        assert!(said.contains("Signed by oplossing.example.com: it told this on 20"), "{said}");
    }
    let without = runs(&["dossier", "verify", folder.path().join("dossier.zip").to_str().unwrap()]).well();
    assert!(without.contains("Not checked: its signature, by oplossing.example.com"), "{without}");

    let mut forged = first.clone();
    for (_, content) in forged.iter_mut().filter(|(name, _)| name == "dossier.note") {
        let at = content.trim_end().len() - 20;
        let other = if content.as_bytes()[at] == b'A' { "B" } else { "A" };
        content.replace_range(at..=at, other);
    }
    let said = verified(folder.path(), &forged, &known);
    assert!(said.code == 1 && said.said.contains("not by the key that it names"), "{said:?}");

    let database = crate::databases::address(world.target());
    runs(&["dossier", "rotate-key", "--database", &database]).well();
    let rotated = downloads(&world, &customer, &order);
    let said = verified(folder.path(), &rotated, &known);
    assert!(said.code == 1 && said.said.contains("by none of the keys that you gave"), "{said:?}");

    // What is hidden with the secret key of before signs no more.
    let server = world.server_with(Secret::new(&[8; 64]).accepting(&[7; 64]));
    let other = downloads(&world, &customer.at(&server.address), &order);
    let known = keys(&world, folder.path());
    assert_eq!(std::fs::read_to_string(&known).unwrap().lines().count(), 3);
    for files in [&first, &rotated, &other] {
        verified(folder.path(), files, &known).well();
    }
    std::fs::write(&known, "geen sleutel\n").unwrap();
    let said = runs(&["dossier", "verify", folder.path().join("dossier.zip").to_str().unwrap(), "--keys", &known]);
    assert!(said.badly().contains("is no list of keys"));
}
