//! Rows 1 to 4: pages, on both databases, with few orders and many.

use std::cell::Cell;
use std::net::SocketAddr;
use std::path::Path;

use anyhow::{Result, ensure};
use oplossingscentrum::operations::maintenance::transfer;
use oplossingscentrum::store::{Store, Target};

use crate::answer::Bare;
use crate::before::Before;
use crate::database::Cluster;
use crate::load::Pages;
use crate::program::Program;
use crate::report::Reach;
use crate::report::Report;
use crate::rounds::Rounds;
use crate::rounds::Trial;
use crate::rounds::before_of;
use crate::seats::Crowd;
use crate::wire::Answer;
use crate::wire::Wire;

const BARE: &str = "bare handler";
const ORDER: &str = "order page";
const COMPRESSED: &str = "order page, gzip";
const POSTGRES: &str = "order page, PostgreSQL";
const ORDERS: &str = "order list";
const DISPUTES: &str = "dispute list";
/// Each page with few orders and with many.
const SIZES: [(&str, &str); 3] = [
    ("order page, few", "order page, many"),
    ("order list, few", "order list, many"),
    ("dispute list, few", "dispute list, many"),
];

/// The three pages, as all busy accounts of one database see them.
struct Looks {
    order: Pages,
    orders: Pages,
    disputes: Pages,
    /// One of the order pages, as it is requested.
    example: (String, String),
}

impl Looks {
    fn new(name: &str, crowd: &Crowd) -> Result<Self> {
        let open = &crowd.open[0];
        let example = (format!("/orders/{}", open.reference), crowd.seats[&open.opener].cookie.clone());
        Ok(Self {
            order: Pages::orders(name, &crowd.order_pages())?,
            orders: Pages::lists(&format!("{name}-order-list"), &crowd.order_lists(), "class=\"card order-card\"")?,
            disputes: Pages::lists(
                &format!("{name}-dispute-list"),
                &crowd.dispute_lists(),
                "class=\"card dispute-card\"",
            )?,
            example,
        })
    }

    fn example(&self, address: SocketAddr) -> Result<Answer> {
        let (path, cookie) = &self.example;
        let request = format!("GET {path} HTTP/1.1\r\nhost: {address}\r\ncookie: {cookie}\r\n\r\n");
        let answer = Wire::new(address).ask(&request)?;
        ensure!(answer.status == 200, "{}", answer.head);
        Ok(answer)
    }
}

/// The servers of rows 1 to 3.
pub struct Base {
    looks: Looks,
    program: Program,
    bare: Bare,
    on_postgres: Option<(Program, Database)>,
    /// The program of another revision, on each database.
    before: Option<(Program, Option<(Program, Database)>)>,
    /// The program's memory before the first request, and its peak right after row 1, in MiB.
    pub idle: f64,
    pub under_load: Cell<f64>,
}

impl Base {
    /// Starts the servers, including PostgreSQL when it is to be measured.
    pub fn start(file: &Path, with_postgres: bool) -> Result<Self> {
        let looks = Looks::new("base", &Crowd::sign_in(file)?)?;
        let on_postgres = if with_postgres {
            let database = on_postgres(file)?;
            Some((Program::start(database.cluster.address()), database))
        } else {
            None
        };
        let before = Before::asked_for().map(|before| start_before(&before, file, with_postgres)).transpose()?;
        let program = Program::start(file.display().to_string());
        let idle = program.memory("VmRSS")?;
        let answer = looks.example(program.address())?;
        let bare = Bare::start(&answer)?;
        ensure!(looks.example(bare.address)?.body == answer.body, "the bare handler answers something else");
        Ok(Self { looks, program, bare, on_postgres, before, idle, under_load: Cell::new(0.0) })
    }

    /// The trials of row 1, and of rows 2 and 3 on request.
    pub fn trials(&self, with_lists: bool) -> Vec<Trial<'_>> {
        let Self { looks, program, bare, on_postgres, before, .. } = self;
        let mut trials = vec![
            Trial::new(BARE, |seconds| looks.order.ask(bare.address, seconds)),
            Trial::new(ORDER, |seconds| {
                let load = program.measured(|| looks.order.ask(program.address(), seconds))?;
                self.under_load.set(program.memory("VmRSS")?.max(self.under_load.get()));
                Ok(load)
            }),
        ];
        let compressed = looks.order.compressed();
        trials.push(asking(COMPRESSED, program, compressed.clone()));
        if let Some((program, _)) = on_postgres {
            trials.push(asking(POSTGRES, program, looks.order.clone()));
        }
        if with_lists {
            trials.push(asking(ORDERS, program, looks.orders.clone()));
            trials.push(asking(DISPUTES, program, looks.disputes.clone()));
        }
        if let Some((program, on_postgres)) = before {
            trials.push(asking(before_of(ORDER), program, looks.order.clone()));
            trials.push(asking(before_of(COMPRESSED), program, compressed));
            if let Some((program, _)) = on_postgres {
                trials.push(asking(before_of(POSTGRES), program, looks.order.clone()));
            }
            if with_lists {
                trials.push(asking(before_of(ORDERS), program, looks.orders.clone()));
                trials.push(asking(before_of(DISPUTES), program, looks.disputes.clone()));
            }
        }
        trials
    }
}

/// A trial that asks this program for these pages.
fn asking<'a>(name: &'static str, program: &'a Program, pages: Pages) -> Trial<'a> {
    Trial::new(name, move |seconds| program.measured(|| pages.ask(program.address(), seconds)))
}

/// Starts the program of another revision on copies of that marketplace.
fn start_before(before: &Before, file: &Path, with_postgres: bool) -> Result<(Program, Option<(Program, Database)>)> {
    let program = Program::start_before(before, before.copy(file)?.display().to_string());
    if !with_postgres {
        return Ok((program, None));
    }
    let database = on_postgres(file)?;
    before.takes_back(&database.target)?;
    let on_postgres = Program::start_before(before, database.cluster.address());
    Ok((program, Some((on_postgres, database))))
}

/// A PostgreSQL of our own.
pub struct Database {
    pub cluster: Cluster,
    pub target: Target,
}

/// The same marketplace on PostgreSQL with default settings, with the same accounts signed in.
pub fn on_postgres(file: &Path) -> Result<Database> {
    let cluster = Cluster::start("");
    let target = Target::Postgres(cluster.address());
    transfer::copy(&Store::open_to_look(&Target::Sqlite(file.to_owned()))?, &Store::open(&target)?)?;
    Ok(Database { cluster, target })
}

/// Reports rows 1 to 3.
pub fn tell(report: &mut Report, rounds: &Rounds, (first, second, third): (bool, bool, bool)) {
    let value = |name| (rounds.per_second(name), "/s");
    if first {
        let ratio = rounds.ratio(ORDER, BARE);
        report.ratio(1, "order page, SQLite, to a bare handler", value(ORDER), ratio, Reach::AtLeast(0.25));
        report.value(1, "its slowest hundredth (p99), 64 connections", (rounds.p99(ORDER), "ms"), Reach::Below(20.0));
        report.costs(1, rounds, ORDER, false);
        let ratio = rounds.ratio(COMPRESSED, ORDER);
        report.ratio(1, "order page as browsers get it, gzip, to row 1", value(COMPRESSED), ratio, Reach::Told);
        report.value(1, "its slowest hundredth (p99)", (rounds.p99(COMPRESSED), "ms"), Reach::Told);
        report.costs(1, rounds, COMPRESSED, false);
    }
    if second {
        let ratio = rounds.ratio(POSTGRES, ORDER);
        report.ratio(2, "order page, PostgreSQL, to row 1", value(POSTGRES), ratio, Reach::AtLeast(0.8));
        report.costs(2, rounds, POSTGRES, false);
    }
    for name in [ORDERS, DISPUTES].into_iter().filter(|_| third) {
        let ratio = rounds.ratio(name, ORDER);
        report.ratio(3, format!("{name}, 25 rows, SQLite, to row 1"), value(name), ratio, Reach::AtLeast(0.8));
        report.costs(3, rounds, name, false);
    }
}

/// The two sides of row 4.
pub struct Sides {
    few: (Looks, Program),
    many: (Looks, Program),
}

impl Sides {
    pub fn start(few: &Path, many: &Path) -> Result<Self> {
        let side = |name, file: &Path| {
            let looks = Looks::new(name, &Crowd::sign_in(file)?)?;
            Ok::<_, anyhow::Error>((looks, Program::start(file.display().to_string())))
        };
        Ok(Self { few: side("few", few)?, many: side("many", many)? })
    }

    pub fn trials(&self) -> Vec<Trial<'_>> {
        let pages: [fn(&Looks) -> &Pages; 3] = [|looks| &looks.order, |looks| &looks.orders, |looks| &looks.disputes];
        let mut trials = Vec::new();
        for ((few, many), page) in SIZES.into_iter().zip(pages) {
            for (name, (looks, program)) in [(few, &self.few), (many, &self.many)] {
                trials.push(Trial::new(name, move |seconds| page(looks).ask(program.address(), seconds)));
            }
        }
        trials
    }
}

/// Reports row 4: how many times as long a request takes with many orders.
pub fn tell_sides(report: &mut Report, rounds: &Rounds, orders: usize) {
    for (few, many) in SIZES {
        let ratio = rounds.ratio(few, many);
        let what = format!("{many} ({orders} orders), its time to that of few");
        report.ratio(4, what, (rounds.per_second(many), "/s"), ratio, Reach::AtMost(1.15));
    }
}
