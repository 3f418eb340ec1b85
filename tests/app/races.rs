//! Races: of many simultaneous requests one succeeds, and the others are told so.

use std::sync::Barrier;

use diesel::connection::SimpleConnection;
use diesel::{Connection, SqliteConnection};
use oplossingscentrum::store::Target;

use crate::page::Page;
use crate::people::Browser;
use crate::rows::Row;
use crate::world::World;

/// A form, and the browser that sends it.
type Request = (Browser, String, Vec<(String, String)>);

/// Sends these at the same moment; returns the answers, in the same order.
fn at_once(requests: Vec<Request>) -> Vec<Page> {
    let start = Barrier::new(requests.len());
    std::thread::scope(|scope| {
        let threads: Vec<_> = requests
            .into_iter()
            .map(|(browser, path, fields)| {
                let start = &start;
                scope.spawn(move || {
                    start.wait();
                    browser.request(&reqwest::Method::POST, &path, &browser.own_headers(), &fields)
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

fn count(pages: &[Page], status: u16) -> usize {
    pages.iter().filter(|page| page.status == status).count()
}

fn statuses(pages: &[Page]) -> Vec<u16> {
    pages.iter().map(|page| page.status).collect()
}

#[test]
fn sixteen_answers_at_once_settle_a_question_exactly_once() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    for row in [Row::CustomerCancels, Row::FreelancerCancels, Row::Change] {
        let order = world.order().active();
        row.opens(&order, &customer, &freelancer);
        let (opener, respondent) = row.sides(&customer, &freelancer);
        let forms = [
            (respondent, respondent.accept_form(&order)),
            (respondent, respondent.decline_form(&order)),
            (opener, opener.withdraw_form(&order)),
        ];
        let requests = (0..16)
            .map(|nth| {
                let (person, form) = &forms[nth % 3];
                (person.browser.clone(), form.action.clone(), form.fields.clone())
            })
            .collect();
        let pages = at_once(requests);
        assert_eq!((count(&pages, 303), count(&pages, 409)), (1, 15), "{row:?}: {:?}", statuses(&pages));
        let dispute = world.dispute(&order, 1);
        assert!(!dispute.is_open());
        assert_eq!(world.events(&order).len(), 3, "placed, opened, and one end: {:?}", world.events(&order));
        assert_eq!(world.row(&order).event_count, 3);
        assert_eq!(world.row(&order).open_dispute, None);
    }
}

#[test]
fn sixteen_questions_at_once_open_exactly_one() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    let order = world.order().active();
    let forms = [
        (&customer, customer.center_form(&order, "update").fill("comment", "Hoe staat het?")),
        (&customer, customer.center_form(&order, "cancellation").choose("reason", "other").fill("comment", "Daarom.")),
        (&freelancer, freelancer.change_form(&order, 3, &[("Extra", "5")], "Meer werk.")),
        (&freelancer, freelancer.center_form(&order, "cancellation").choose("reason", "personal")),
    ];
    let requests = (0..16)
        .map(|nth| {
            let (person, form) = &forms[nth % 4];
            let form = form.clone().forge("form_token", &format!("formulier{nth}"));
            (person.browser.clone(), form.action, form.fields)
        })
        .collect();
    let pages = at_once(requests);
    assert_eq!((count(&pages, 303), count(&pages, 409)), (1, 15), "{:?}", statuses(&pages));
    assert_eq!((world.disputes(&order).len(), world.events(&order).len()), (1, 2));
}

#[test]
fn the_same_form_sent_sixteen_times_at_once_opens_one_and_all_lead_there() {
    let world = World::new();
    let customer = world.customer();
    let order = world.order().active();
    let form = customer.center_form(&order, "update").fill("comment", "Hoe staat het?");
    let pages = at_once(vec![(customer.browser.clone(), form.action, form.fields); 16]);
    assert_eq!(count(&pages, 303), 16, "{:?}", statuses(&pages));
    assert!(pages.iter().all(|page| page.location() == order.dispute(1)));
    assert_eq!(world.disputes(&order).len(), 1);
}

#[test]
fn delivering_sixteen_times_at_once_delivers_once() {
    let world = World::new();
    let freelancer = world.freelancer();
    let order = world.order().active();
    let form = freelancer.deliver_form(&order);
    let pages = at_once(vec![(freelancer.browser.clone(), form.action, form.fields); 16]);
    assert_eq!((count(&pages, 303), count(&pages, 409)), (1, 15), "{:?}", statuses(&pages));
    assert_eq!(world.events(&order).len(), 2);
}

#[test]
fn sixteen_comments_at_once_are_all_kept_each_with_a_number_of_its_own() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    let order = world.order().active();
    Row::Update.opens(&order, &customer, &freelancer);
    let form = customer.comment_form(&order);
    let requests = (0..16)
        .map(|nth| {
            let form = form.clone().fill("comment", &format!("Opmerking {nth}"));
            (customer.browser.clone(), form.action, form.fields)
        })
        .collect();
    let pages = at_once(requests);
    assert_eq!(count(&pages, 303), 16, "{:?}", statuses(&pages));
    let events = world.events(&order);
    assert_eq!(events.iter().map(|event| event.number).collect::<Vec<_>>(), (1..=18).collect::<Vec<_>>());
}

#[test]
fn the_database_itself_refuses_a_second_open_dispute() {
    let world = World::new();
    let order = world.order().up_to(oplossingscentrum::domain::Status::InDispute);
    let copy = |state: &str| {
        let columns = "kind, opener, opener_id, respondent_id, opened_at, respond_by, previous_status, reason, \
                       extra_days, extras, old_delivery_date, old_price_cents";
        format!(
            "INSERT INTO disputes (order_reference, number, {columns}, state, closed_at, form_token) \
             SELECT order_reference, number + 1, {columns}, {state}, form_token || 'x' \
             FROM disputes WHERE order_reference = '{order}'"
        )
    };
    let refused = world.sql(&copy("'open', NULL")).unwrap_err();
    assert!(refused.to_lowercase().contains("unique"), "{refused}");
    world.sql(&copy("'withdrawn', opened_at")).expect("one that is over may stand beside it");
    assert_eq!(world.disputes(&order).len(), 2);
}

#[test]
fn the_database_itself_refuses_to_change_or_forget_an_event() {
    let world = World::new();
    let order = world.order().delivered();
    let before = world.events(&order);
    let replaced = "REPLACE INTO events SELECT * FROM events";
    let of_sqlite = [replaced, "INSERT OR REPLACE INTO events SELECT * FROM events WHERE number = 2"];
    // Orders and accounts are named too, since TRUNCATE refuses a referenced table before any trigger runs.
    let of_postgres = ["TRUNCATE events CASCADE", "TRUNCATE accounts CASCADE"];
    let own = if world.is_postgres() { of_postgres } else { of_sqlite };
    for sql in ["UPDATE events SET actor = 'system'", "DELETE FROM events WHERE number = 2"].into_iter().chain(own) {
        let refused = world.sql(sql).unwrap_err();
        assert!(refused.contains("append-only"), "{sql}: {refused}");
    }
    if let Target::Sqlite(file) = world.target() {
        // As the shell `sqlite3` opens it, which changes no setting.
        let mut shell = SqliteConnection::establish(file.to_str().unwrap()).unwrap();
        let refused = shell.batch_execute(replaced).unwrap_err().to_string();
        assert!(refused.contains("append-only"), "{refused}");
        // And as the program opens it, without that trigger: REPLACE runs the others.
        world.sql("DROP TRIGGER events_are_never_replaced").unwrap();
        let refused = world.sql(replaced).unwrap_err();
        assert!(refused.contains("append-only"), "{refused}");
    }
    assert_eq!(world.events(&order), before);
}
