//! One mail of comments for each reader and order, ten minutes after the first of them.

use std::time::Duration;

use crate::postman::{FAST, ONCE};
use crate::smtp::{Answer, Smtp, Taken};
use crate::soon::soon;
use crate::world::World;

const FREELANCER: &str = "freelancer@example.com";

#[test]
fn comments_come_in_one_mail_ten_minutes_after_the_first_and_hold_nothing_up() {
    let (world, smtp) = (World::new(), Smtp::new());
    let (customer, freelancer) = world.parties();
    let (order, other, third) = (world.order().active(), world.order().active(), world.order().active());
    customer.asks_for_update(&order, "Hoe staat het?");
    customer.asks_for_update(&other, "En hiermee?");
    let _postman = world.postman(&smtp, FAST);
    smtp.has_taken(2);
    // While it is being written down that they were sent, their orders are left for a later round.
    soon(|| world.waiting().is_empty());
    for nth in 1..=3 {
        customer.comments(&order, &format!("Deel {nth}."));
        world.relays();
    }
    customer.comments(&other, "Iets anders.");
    freelancer.comments(&order, "Ik lees mee.");
    world.relays();
    world.seconds_pass(300);
    std::thread::sleep(Duration::from_millis(100));
    assert_eq!(smtp.taken().len(), 2, "they wait for more");
    customer.asks_to_cancel(&third, "other", "Daarom.");
    assert!(smtp.has_taken(3)[2].text().contains("Daarom."), "a question waits for nothing");
    customer.comments(&order, "Deel 4.");
    // What is relayed only after its mail went would be told in a mail of its own.
    world.relays();
    world.seconds_pass(300);
    smtp.has_taken(6);
    soon(|| world.waiting().is_empty());
    let of =
        |id: String| smtp.taken().into_iter().find(|mail| world.name_of(mail).starts_with(&id)).expect("it is there");
    let mail = of(format!("event.{order}.0003.freelancer"));
    assert!(mail.subject().contains("Sanne de Vries heeft 4 opmerkingen geplaatst"), "{}", mail.subject());
    let text = mail.text();
    let places: Vec<_> = (1..=4).map(|nth| text.find(&format!("> Deel {nth}."))).collect();
    assert!(places.iter().all(Option::is_some) && places.is_sorted() && !text.contains("Ik lees mee"), "{text}");
    let mail = of(format!("event.{other}.0003.freelancer"));
    assert!(mail.subject().contains("Sanne de Vries heeft een opmerking geplaatst"), "{}", mail.subject());
    assert!(of(format!("event.{order}.0006.customer")).text().contains("> Ik lees mee."));
    customer.comments(&order, "Deel 5.");
    world.seconds_pass(600);
    let text = smtp.has_taken(7)[6].text();
    assert!(text.contains("> Deel 5.") && !text.contains("Deel 4."), "each comment is mailed once: {text}");
}

#[test]
fn a_mail_that_a_mail_server_may_have_does_not_grow() {
    let (world, smtp) = (World::new(), Smtp::new());
    let customer = world.customer();
    let order = world.order().active();
    customer.asks_for_update(&order, "Hoe staat het?");
    let _postman = world.postman(&smtp, ONCE);
    smtp.has_taken(1);
    smtp.answers(FREELANCER, &[Answer::Refuse("451 busy, come back later")]);
    customer.comments(&order, "Eerst dit.");
    world.seconds_pass(600);
    soon(|| world.queued(&format!("event.{order}.0003")).failure.is_some());
    customer.comments(&order, "Dan dat.");
    world.hours_pass(2);
    let texts: Vec<String> = smtp.has_taken(3)[1..].iter().map(Taken::text).collect();
    assert!(texts[0].contains("Eerst dit.") && !texts[0].contains("Dan dat."), "{texts:?}");
    assert!(texts[1].contains("Dan dat.") && !texts[1].contains("Eerst dit."), "{texts:?}");
}
