//! The fingerprint of an order: the head of the chain of its events, on its page and in every mail about it.

use chrono::TimeDelta;
use oplossingscentrum::domain::Party;
use oplossingscentrum::domain::audit::chain::{Chain, fingerprint};
use oplossingscentrum::operations::maintenance::doctor;
use oplossingscentrum::operations::orders::chain::hash_older;
use oplossingscentrum::store::Store;
use oplossingscentrum::store::orders::hashes;

use crate::builders::Order;
use crate::people::Person;
use crate::postman::FAST;
use crate::program::runs;
use crate::smtp::{Smtp, Taken};
use crate::soon::soon;
use crate::world::World;

impl World {
    /// The chain of an order.
    pub fn chain(&self, order: &Order) -> Chain {
        self.app.store.snapshot(|db| hashes::of_order(db, order.reference)).unwrap()
    }

    /// The fingerprint of an order after that many events.
    fn fingerprint_after(&self, order: &Order, events: usize) -> String {
        fingerprint(&self.chain(order).hashes[events - 1].1)
    }

    /// What the doctor says.
    fn wrong(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        doctor::examine(&self.app.store, self.now(), |line| wrong.push(line.to_owned())).unwrap();
        wrong
    }
}

/// An order with words of both, extras, an accepted change and a declined cancellation.
pub fn lived(world: &World, customer: &Person, freelancer: &Person) -> Order {
    let order = world.order().active();
    freelancer.requests_change(&order, 3, &[("Extra pagina", "25,00"), ("Logo", "10,00")], "Er komt wat bij.");
    customer.accepts(&order);
    customer.asks_to_cancel(&order, "too_late", "Het duurt te lang.");
    freelancer.comments(&order, "Nog één dag.");
    freelancer.declines(&order, "Liever niet.");
    world.relays();
    order
}

#[test]
fn the_page_and_each_mail_tell_the_fingerprint_of_what_had_happened_by_then() {
    let (world, smtp) = (World::with_worker(), Smtp::new());
    let (customer, freelancer) = world.parties();
    let order = world.order().active();
    let postman = world.postman(&smtp, FAST);
    customer.asks_to_cancel(&order, "too_late", "Het duurt te lang.");
    soon(|| !smtp.taken().is_empty());
    freelancer.declines(&order, "Liever niet.");
    soon(|| smtp.taken().len() == 2);
    drop(postman);
    let told = [world.fingerprint_after(&order, 2), world.fingerprint_after(&order, 3)];
    for (mail, told) in smtp.taken().iter().zip(&told) {
        let said = format!("Vingerafdruk van deze bestelling: {told}");
        assert!(mail.text().contains(&said) && mail.html().contains(&said), "{}", mail.text());
    }
    for person in [&customer, &freelancer] {
        let page = person.sees(&order.path);
        page.shows(&format!("Vingerafdruk: {}", told[1])).shows("De code staat in mails sinds");
    }
    for person in [&customer, &freelancer] {
        person.sees(&order.at("/dossier")).shows("De mail met deze vraag is verstuurd op");
    }
    world.hours_pass(1);
    customer.asks_for_update(&order, "En nu?");
    soon(|| world.chain(&order).hashes.len() == 4);
    let now = world.fingerprint_after(&order, 4);
    customer.sees(&order.path).shows(&now);
    assert!(!told.contains(&now));
}

#[test]
fn every_kind_of_mail_about_an_order_tells_it() {
    let (world, smtp) = (World::new(), Smtp::new());
    let (customer, freelancer) = world.parties();
    let (asked, delivered) = (world.order().active(), world.order().active());
    let _postman = world.postman(&smtp, FAST);
    customer.asks_for_update(&asked, "Hoe staat het?");
    freelancer.comments(&asked, "Nog even.");
    freelancer.delivers(&delivered);
    // Reminders of the question, its end by silence, and a reminder of the delivery.
    for hours in [1, 24, 18, 6] {
        world.hours_pass(hours);
        world.sweep();
        soon(|| world.waiting().is_empty());
    }
    let known: Vec<String> = [&asked, &delivered]
        .into_iter()
        .flat_map(|order| world.chain(order).hashes.into_iter().map(|(_, hash)| fingerprint(&hash)))
        .collect();
    let mails = smtp.taken();
    let subjects: Vec<String> = mails.iter().map(Taken::subject).collect();
    assert!(mails.len() >= 7, "{subjects:?}");
    for mail in &mails {
        let text = mail.text();
        let told = text.lines().find_map(|line| line.strip_prefix("Vingerafdruk van deze bestelling: "));
        assert!(told.is_some_and(|told| known.iter().any(|known| known == told.trim())), "{text}");
    }
}

#[test]
fn orders_from_before_get_their_hashes_in_small_steps_and_show_nothing_until_then() {
    let world = World::new();
    let (customer, _) = world.parties();
    let orders: Vec<Order> = (0..120).map(|_| world.order().active()).collect();
    assert!(!customer.sees(&orders[0].path).says("Vingerafdruk"));
    let (mut steps, mut after) = (0, String::new());
    while let Some(last) = hash_older(&world.app.store, &after).unwrap() {
        (steps, after) = (steps + 1, last);
    }
    assert_eq!(steps, 2, "fifty orders at most in one step");
    for order in &orders {
        let chain = world.chain(order);
        assert!(chain.head().is_some(), "{order}");
    }
    customer.sees(&orders[0].path).shows("Vingerafdruk");
    assert_eq!(hash_older(&world.app.store, "").unwrap(), None);
}

#[test]
fn the_doctor_names_whatever_was_changed_added_moved_or_taken_away() {
    let changes: [(&str, &str); 9] = [
        (
            "UPDATE event_hashes SET hash = 'x' || substr(hash, 2) WHERE number = 3 AND ORDER",
            "event 3 is not what its hash says",
        ),
        ("DELETE FROM event_hashes WHERE number = 4 AND ORDER", "event 4 has no hash"),
        ("UPDATE event_texts SET text = 'Iets anders.' WHERE number = 2 AND ORDER", "the text of event 2 is not"),
        ("DELETE FROM event_texts WHERE number = 5 AND ORDER", "event 5 is not what its hash says"),
        (
            "UPDATE disputes SET extras = '[{\"title\":\"Anders\",\"price_cents\":2500},{\"title\":\"Logo\",\"price_cents\":1000}]' \
          WHERE number = 1 AND ORDER",
            "the titles of event 2 are not",
        ),
        (
            "UPDATE disputes SET extras = '[{\"title\":\"Extra pagina\",\"price_cents\":2400},{\"title\":\"Logo\",\"price_cents\":1100}]' \
          WHERE number = 1 AND ORDER",
            "event 2 is not what its hash says",
        ),
        (
            "UPDATE event_texts SET hash = 'x' || substr(hash, 2) WHERE number = 5 AND ORDER",
            "event 5 is not what its hash says",
        ),
        (
            "INSERT INTO event_hashes SELECT order_reference, 7, hash FROM event_hashes WHERE number = 6 AND ORDER",
            "event 7 has a hash but",
        ),
        (
            "UPDATE disputes SET reason = 'no_longer_needed' WHERE number = 2 AND ORDER",
            "event 4 is not what its hash says",
        ),
    ];
    for (change, named) in changes {
        let world = World::new();
        let (customer, freelancer) = world.parties();
        let order = lived(&world, &customer, &freelancer);
        assert_eq!(world.wrong(), [""; 0]);
        world.sql(&change.replace("ORDER", &format!("order_reference = '{order}'"))).unwrap();
        let wrong = world.wrong();
        assert!(wrong.iter().any(|line| line.starts_with(&format!("{order}: {named}"))), "{change}: {wrong:?}");
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("backup.db");
        let database = crate::databases::address(world.target());
        let said = runs(&["backup", file.to_str().unwrap(), "--database", &database]);
        assert!(said.code == 1 && file.is_file(), "it is kept as it is, and told: {said:?}");
    }
}

#[test]
fn erased_words_and_another_database_leave_the_fingerprint_as_it_was() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    let order = lived(&world, &customer, &freelancer);
    let before = world.fingerprint_after(&order, 6);
    world.erases(&order, Party::Freelancer);
    assert_eq!((world.fingerprint_after(&order, 6), world.wrong()), (before.clone(), vec![]));
    for is_postgres in [world.is_postgres(), false] {
        let other = world.another_database(is_postgres);
        let own = crate::databases::address(world.target());
        runs(&["copy", "--from", &own, "--to", &other.address()]).well();
        let store = Store::open_to_look(&other.target).unwrap();
        let chain = store.snapshot(|db| hashes::of_order(db, order.reference)).unwrap();
        assert_eq!(fingerprint(chain.head().unwrap()), before);
        let found = doctor::examine(&store, world.now() + TimeDelta::hours(1), |line| panic!("{line}")).unwrap();
        assert_eq!(found.violations, 0);
    }
}
