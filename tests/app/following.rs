//! A nightly file: an order follows the marketplace, on pages, in mails, in the calendar and for the doctor.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use chrono::{DateTime, Utc};
use oplossingscentrum::clock::Times;
use oplossingscentrum::domain::{Reference, State, Status};
use oplossingscentrum::import::{Format, read};
use oplossingscentrum::operations::maintenance::doctor;
use oplossingscentrum::operations::maintenance::import::{Options, Summary, import_with};
use oplossingscentrum::store::orders;

use crate::builders::Order;
use crate::calendar::{entries_at, named};
use crate::passwords::link_for;
use crate::postman::FAST;
use crate::program::{PROGRAM, runs};
use crate::rows::Row;
use crate::smtp::Smtp;
use crate::world::World;

const HEADER: &str = "external_id,title,price,placed_at,delivery_date,status,customer_id,customer_email,customer_name,\
                      freelancer_id,freelancer_email,freelancer_name";

/// A line of the marketplace's file, with its own number of the order.
pub fn line(number: &str, price: &str, status: &str) -> String {
    format!(
        "{number},Logo voor een bakkerij,{price},2026-11-01T10:00:00Z,2099-01-01,{status},K1,klant@example.com,Sanne de \
         Vries,F1,freelancer@example.com,Daan Bakker\n"
    )
}

impl World {
    /// Imports these lines, and answers with what that did.
    pub fn imports(&self, lines: &[String]) -> Summary {
        let file = format!("{HEADER}\n{}", lines.concat());
        let (now, options) = (self.now(), Options::default());
        let contents = read(file.as_bytes(), Format::Csv, now).unwrap();
        import_with(&self.app.store, &contents, options, Times { wall: now, app: now }).unwrap()
    }

    /// Imports this file of JSON at that moment.
    pub fn imports_json(&self, file: &str, now: DateTime<Utc>) -> Summary {
        let contents = read(file.as_bytes(), Format::Json, now).unwrap();
        import_with(&self.app.store, &contents, Options::default(), Times { wall: now, app: now }).unwrap()
    }

    /// The order with that number of the marketplace.
    pub fn numbered(&self, number: &str) -> Order {
        let found = self.app.store.snapshot(|db| orders::known(db, &[], &[number])).unwrap();
        let reference: Reference = found.first().expect(number).reference;
        Order { reference, path: format!("/orders/{reference}") }
    }

    #[track_caller]
    fn is_healthy(&self) {
        let mut wrong = Vec::new();
        let found = doctor::examine(&self.app.store, self.now(), |line| wrong.push(line.to_owned())).unwrap();
        assert_eq!((found.violations, wrong), (0, vec![]));
    }
}

#[test]
fn what_the_marketplace_closes_is_overtaken_for_both_on_every_page_and_in_one_mail_each() {
    for row in Row::ALL {
        for (told, status, says) in [
            ("cancelled", Status::Cancelled, "De klantenservice heeft de bestelling geannuleerd."),
            ("completed", Status::Completed, "De bestelling is op de marktplaats voltooid."),
        ] {
            let (world, smtp) = (World::new(), Smtp::new());
            world.imports(&[line("#1001", "250", "active")]);
            let (customer, freelancer) = world.parties();
            let order = world.numbered("#1001");
            row.opens(&order, &customer, &freelancer);
            let (_, asked) = row.sides(&customer, &freelancer);
            let calendar = asked.makes_a_calendar();
            let question = format!("{order}.1");
            assert!(!named(&entries_at(&world, &calendar), &question).is_cancelled);
            world.relays();
            world.sql("UPDATE outbox SET sent_at = due_at").unwrap();
            world.seconds_pass(60);
            let done = world.imports(&[line("#1001", "250", told)]);
            assert_eq!((done.changed, done.refused_lines()), (1, 0));
            assert_eq!(world.dispute(&order, 1).state, State::Overtaken(world.events(&order).last().unwrap().at));
            assert_eq!((world.row(&order).status, world.row(&order).settles_at()), (status, None));
            for person in [&customer, &freelancer] {
                person.sees(&order.path).shows(says);
                person.sees(&order.dispute(1)).shows("Achterhaald");
                assert_eq!(person.sees("/disputes").badge(), 0);
            }
            assert!(named(&entries_at(&world, &calendar), &question).is_cancelled, "{row:?}: in the calendar too");
            let _postman = world.postman(&smtp, FAST);
            let mails = smtp.has_taken(2);
            assert!(
                mails
                    .iter()
                    .all(|mail| mail.subject().contains(says.trim_end_matches('.'))
                        && mail.text().contains("Achterhaald"))
            );
            assert!(mails.iter().all(|mail| mail.text().contains("#1001")), "the order by its own number");
            world.is_healthy();
        }
    }
}

#[test]
fn another_price_or_date_ends_a_requested_change_and_a_delivery_waits_under_a_question() {
    let world = World::new();
    world.imports(&[line("#1001", "250", "active"), line("#1002", "250", "active")]);
    let (customer, freelancer) = world.parties();
    let (changed, asked) = (world.numbered("#1001"), world.numbered("#1002"));
    Row::Change.opens(&changed, &customer, &freelancer);
    Row::Update.opens(&asked, &customer, &freelancer);
    world.seconds_pass(60);
    let lines = [line("#1001", "275.50", "active"), line("#1002", "250", "delivered")];
    assert_eq!(world.imports(&lines).changed, 2);
    let page = customer.sees(&changed.path);
    page.shows("De prijs is op de marktplaats veranderd.").shows("€ 275,50");
    customer.sees(&changed.dispute(1)).shows("Achterhaald");
    customer.sees(&asked.path).shows("Het werk is op de marktplaats geleverd.");
    assert_eq!(
        (world.row(&asked).status, world.dispute(&asked, 1).previous_status),
        (Status::InDispute, Status::Delivered)
    );
    world.is_healthy();
    freelancer.gives_update(&asked, "Het staat klaar.");
    assert_eq!(world.row(&asked).status, Status::Delivered);
    world.is_healthy();
    let again = world.imports(&lines);
    assert_eq!((again.changed, again.same), (0, 2), "the same file once more");
}

#[test]
fn what_comes_out_of_an_import_is_the_same_with_a_question_and_without() {
    let world = World::new();
    let numbers = ["#1", "#2", "#3", "#4", "#5"];
    world.imports(&numbers.map(|number| line(number, "250", "active")));
    let (customer, freelancer) = world.parties();
    for (row, number) in Row::ALL.into_iter().zip(numbers) {
        row.opens(&world.numbered(number), &customer, &freelancer);
    }
    world.seconds_pass(60);
    for (price, status) in [("260", "active"), ("260", "delivered"), ("260", "active"), ("260", "cancelled")] {
        let done = world.imports(&numbers.map(|number| line(number, price, status)));
        let counts = [done.changed, done.same, done.refused_lines()];
        assert_eq!(counts.into_iter().filter(|count| *count == 5).count(), 1, "{status}: {done:?}");
    }
}

#[test]
fn an_order_is_known_by_its_own_number_on_pages_in_the_search_and_by_its_address() {
    let world = World::new();
    world.imports(&[line("A/7 #1001", "250", "active")]);
    let (customer, stranger) = (world.customer(), world.somebody("Els"));
    let order = world.numbered("A/7 #1001");
    customer.sees(&order.path).shows("A/7 #1001");
    customer.sees("/orders?q=%231001").shows("Logo voor een bakkerij");
    let there = customer.get("/orders/by/A%2F7%20%231001").must(303);
    assert_eq!(there.header("location"), order.path);
    for (person, address) in
        [(&stranger, "/orders/by/A%2F7%20%231001"), (&customer, "/orders/by/%231002"), (&customer, "/orders/by/null")]
    {
        person.get(address).must(404);
    }
}

#[test]
fn what_the_marketplace_says_of_an_order_and_its_page_there_are_shown_to_its_parties() {
    let world = World::new();
    let header = format!("{HEADER},description,url");
    let import = |description: &str, url: &str, status: &str| {
        let line = line("#1001", "250", status).replace('\n', &format!(",{description},{url}\n"));
        let (now, options) = (world.now(), Options::default());
        let contents = read(format!("{header}\n{line}").as_bytes(), Format::Csv, now).unwrap();
        import_with(&world.app.store, &contents, options, Times { wall: now, app: now }).unwrap()
    };
    let url = "https://markt.example/orders/1001?a=1&b=2";
    assert_eq!(import("Een logo in drie kleuren.", url, "active").new, 1);
    let (customer, freelancer) = world.parties();
    let order = world.numbered("#1001");
    for person in [&customer, &freelancer] {
        let page = person.sees(&order.path);
        page.shows("Een logo in drie kleuren.");
        assert_eq!(page.link_named("Bekijk deze bestelling op de marktplaats").as_deref(), Some(url));
    }
    let again = import("Een logo in drie kleuren.", url, "active");
    assert_eq!((again.changed, again.same), (0, 1));
    let empty = import("", "", "active");
    assert_eq!((empty.changed, empty.same), (0, 1), "an empty cell changes nothing");
    assert_eq!(import("In vier kleuren.", "", "active").changed, 1);
    let page = customer.sees(&order.path);
    page.shows("In vier kleuren.").hides("drie kleuren");
    assert_eq!(page.link_named("Bekijk deze bestelling op de marktplaats").as_deref(), Some(url));
    for wrong in ["http://markt.example/1", "javascript:alert(1)", "https://u:p@markt.example/", "markt.example"] {
        let line = line("#1001", "250", "active").replace('\n', &format!(",,{wrong}\n"));
        let problems = read(format!("{header}\n{line}").as_bytes(), Format::Csv, world.now()).unwrap_err();
        assert_eq!(problems.iter().map(|problem| problem.column).collect::<Vec<_>>(), [Some("url")], "{wrong}");
    }
    assert_eq!(import("Achteraf.", "", "cancelled").changed, 1, "it is cancelled, after it was described");
    assert_eq!(import("Weer anders.", "", "cancelled").changed, 0, "closed is closed");
    world.is_healthy();
}

#[test]
fn an_address_that_moves_is_told_at_both_and_ends_the_links_in_the_old_mailbox() {
    let (world, smtp) = (World::new(), Smtp::new());
    let customer = world.customer();
    world.imports(&[line("#1001", "250", "active")]);
    let link = link_for(&world, &customer);
    world.sql("UPDATE outbox SET sent_at = due_at").unwrap();
    let moved = line("#1001", "250", "active").replace("klant@example.com", "Sanne@nieuw.example");
    let done = world.imports(std::slice::from_ref(&moved));
    assert_eq!((done.changed, done.accounts_changed), (1, 1));
    assert_eq!(world.written(&customer).email, "sanne@nieuw.example");
    world.visitor().get(&link).must(404);
    let _postman = world.postman(&smtp, FAST);
    let mut told: Vec<String> = smtp.has_taken(2).into_iter().map(|mail| mail.to).collect();
    told.sort();
    assert_eq!(told, ["klant@example.com", "sanne@nieuw.example"]);
    customer.sees("/account/events").shows("E-mailadres veranderd");
    assert_eq!(world.imports(&[moved]).same, 1);
    let taken = line("#1001", "250", "active").replace("klant@example.com", "freelancer@example.com");
    assert!(read(format!("{HEADER}\n{taken}").as_bytes(), Format::Csv, world.now()).is_err(), "it is the other's");
}

#[test]
fn support_sees_lists_and_closes_orders_and_learns_nothing_of_a_question() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    let run = |arguments: &[&str]| world.runs(arguments, "");
    let list = ["order", "list", "--csv"];
    let moment = world.now();
    world.imports(&["#1", "#2", "#3"].map(|number| line(number, "250", "active")));
    let before = run(&list);
    assert!(before.0 && before.1.starts_with("external_id,reference,title,price,") && before.1.lines().count() == 4);
    let orders = ["#1", "#2"].map(|number| world.numbered(number));
    Row::Update.opens(&orders[0], &customer, &freelancer);
    Row::FreelancerCancels.opens(&orders[1], &customer, &freelancer);
    assert_eq!(run(&list), before, "the same bytes with a question and without");
    let shown = run(&["order", "show", "#2"]).1;
    assert!(shown.contains("status            active") && shown.contains("klant@example.com"), "{shown}");
    customer.declines(&orders[1], "Liever niet.");
    freelancer.gives_update(&orders[0], "Bijna.");
    assert_eq!(run(&list), before, "and once they are answered");
    Row::Update.opens(&orders[0], &customer, &freelancer);
    let (done, said) = run(&["order", "close", "#1", "--as", "cancelled"]);
    assert!(done, "{said}");
    assert!(!run(&["order", "close", "#1", "--as", "completed"]).0, "closed is closed");
    assert!(!run(&["order", "close", "#404", "--as", "completed"]).0);
    customer.sees(&orders[0].path).shows("De klantenservice heeft de bestelling geannuleerd.");
    customer.sees(&orders[0].dispute(2)).shows("Achterhaald");
    let reference = orders[1].to_string();
    assert!(run(&["order", "close", &reference, "--as", "completed"]).0, "by our number too");
    let since = moment.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    let changed = run(&["order", "list", "--csv", "--changed-since", &since]).1;
    assert_eq!(changed.lines().count(), 3, "{changed}");
    assert!(changed.contains("cancelled") && changed.contains("completed"), "{changed}");
    world.is_healthy();
}

/// Writes a file of these lines.
fn file(folder: &Path, lines: &[String]) -> String {
    let path = folder.join("nightly.csv");
    std::fs::write(&path, format!("{HEADER}\n{}", lines.concat())).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn the_command_counts_what_it_did_and_its_exit_code_tells() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("own.db").to_str().unwrap().to_owned();
    let good = file(folder.path(), &[line("#1", "250", "active"), line("#2", "250", "active")]);
    let run = |more: &[&str]| runs(&[&["import", "--database", &database], more].concat());
    let last = |said: &str| said.lines().last().unwrap_or_default().to_owned();
    let checked = run(&[&good, "--check"]);
    assert_eq!((checked.code, last(&checked.said)), (0, "new 2, changed 0, same 0, refused 0".into()), "{checked:?}");
    assert!(!Path::new(&database).exists(), "a check makes no database");
    let first = run(&[&good]).well();
    assert_eq!(last(&first), "new 2, changed 0, same 0, refused 0");
    let mixed =
        file(folder.path(), &[line("#1", "250", "cancelled"), line("#2", "veel", "active"), line("#3", "1", "active")]);
    let some = run(&[&mixed]);
    assert_eq!((some.code, last(&some.said)), (3, "new 1, changed 1, same 0, refused 1".into()), "{some:?}");
    assert!(some.complained.contains("line 3, price: \"veel\" is not a price"), "{some:?}");
    let none = run(&[&mixed, "--all-or-nothing"]);
    assert_eq!((none.code, last(&none.said)), (1, "new 0, changed 0, same 0, refused 1".into()), "{none:?}");
    assert_eq!(runs(&["import", "--database", &database]).code, 2, "usage");
    let nowhere = folder.path().join("none.db").to_str().unwrap().to_owned();
    std::fs::write(&good, "wat is dit?\n").unwrap();
    assert_eq!(runs(&["import", &good, "--database", &nowhere]).code, 1);
    let refused = file(folder.path(), &[line("#9", "veel", "active")]);
    assert_eq!(runs(&["import", &refused, "--database", &nowhere]).code, 1);
    assert!(!Path::new(&nowhere).exists(), "a refused file leaves no database behind");
}

#[test]
fn the_file_may_come_from_standard_input_and_a_reader_may_go_away() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("own.db").to_str().unwrap().to_owned();
    let mut program = Command::new(PROGRAM);
    program.args(["import", "-", "--database", &database]);
    program.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut running = program.spawn().unwrap();
    // The reader of its output is gone.
    drop((running.stdout.take(), running.stderr.take()));
    let lines = [line("#1", "250", "active"), line("#2", "veel", "active")];
    running.stdin.take().unwrap().write_all(format!("{HEADER}\n{}", lines.concat()).as_bytes()).unwrap();
    assert_eq!(running.wait().unwrap().code(), Some(3), "it ends as it would have");
    let mut program = Command::new(PROGRAM);
    program.args(["doctor", "--database", &database]).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut running = program.spawn().unwrap();
    drop((running.stdout.take(), running.stderr.take()));
    assert_eq!(running.wait().unwrap().code(), Some(0), "so does every command");
}

#[test]
fn the_maps_of_the_examples_read_what_those_systems_export() {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/examples");
    let folder = tempfile::tempdir().unwrap();
    for (name, ends) in [
        ("shopify", "new 2, changed 0, same 0, refused 0"),
        ("woocommerce", "new 2, changed 0, same 0, refused 0"),
        ("database", "new 3, changed 0, same 0, refused 0"),
    ] {
        let path = |ending: &str| examples.join(format!("{name}.{ending}")).to_str().unwrap().to_owned();
        let database = folder.path().join(format!("{name}.db")).to_str().unwrap().to_owned();
        let done = runs(&["import", &path("csv"), "--map", &path("toml"), "--database", &database]);
        assert_eq!((done.code, done.said.lines().last()), (0, Some(ends)), "{name}: {done:?}");
        runs(&["doctor", "--database", &database]).well();
    }
    let wrong = folder.path().join("wrong.toml");
    std::fs::write(&wrong, "[columns]\nprize = \"Total\"\n").unwrap();
    let csv = examples.join("shopify.csv").to_str().unwrap().to_owned();
    let said = runs(&["import", &csv, "--map", wrong.to_str().unwrap(), "--database", "never.db"]).badly();
    assert!(said.contains("\"prize\" is not one of our columns"), "{said}");
}
