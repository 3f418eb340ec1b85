//! Questions, and mails about the account, never wait behind comments.

use std::time::Duration;

use oplossingscentrum::domain::Party;
use oplossingscentrum::worker::deliver::Pace;

use crate::postman::{FAST, ONCE};
use crate::smtp::{Answer, Smtp};
use crate::soon::soon;
use crate::world::{PASSWORD, World};

const FREELANCER: &str = "freelancer@example.com";

#[test]
fn a_question_a_reminder_a_link_and_a_notice_overtake_thousands_of_comments() {
    let (world, smtp) = (World::new(), Smtp::new());
    let customer = world.customer();
    let (loud, reminded, asked) = (world.order().active(), world.order().active(), world.order().active());
    customer.asks_for_update(&reminded, "Hoe staat het?");
    customer.asks_to_cancel(&loud, "other", "Daarom.");
    world.writes(&loud, Party::Customer, (0..2_000).map(|nth| format!("Opmerking {nth}")));
    world.hours_pass(24);
    world.sweep();
    customer.asks_for_update(&asked, "En dit?");
    world.visitor().asks_for_a_link(FREELANCER);
    let freelancer = world.freelancer();
    let form = freelancer.sees("/account").form("/account/password");
    let form = form.fill("current_password", PASSWORD).fill("new_password", "een heel ander wachtwoord");
    form.send(&freelancer).must(303);
    let _postman = world.postman(&smtp, FAST);
    let urgent = [
        format!("event.{reminded}.0002"),
        format!("event.{loud}.0002"),
        format!("reminder.{reminded}.1.24"),
        format!("event.{asked}.0002"),
    ];
    let comments = format!("event.{loud}.0003");
    soon(|| smtp.taken_for(FREELANCER).iter().any(|mail| world.name_of(mail).starts_with(&comments)));
    let taken: Vec<String> = smtp.taken_for(FREELANCER).iter().map(|mail| world.name_of(mail)).collect();
    let taken: Vec<&String> = taken.iter().take_while(|id| !id.starts_with(&comments)).collect();
    for mail in &urgent {
        assert!(taken.iter().any(|id| id.starts_with(mail)), "{mail} waits: {taken:?}");
    }
    for about in ["password.", "notice."] {
        assert!(taken.iter().any(|id| id.starts_with(about)), "{about} waits: {taken:?}");
    }
}

#[test]
fn a_reader_gets_one_mail_at_a_time_also_when_one_may_overtake() {
    let (world, smtp) = (World::new(), Smtp::new());
    let customer = world.customer();
    let (loud, asked) = (world.order().active(), world.order().active());
    customer.asks_for_update(&loud, "Hoe staat het?");
    let pace = Pace { patience: Duration::from_millis(1_500), ..ONCE };
    let postmen = [world.postman(&smtp, pace), world.another_postman(&smtp, pace)];
    smtp.has_taken(1);
    smtp.answers(FREELANCER, &[Answer::Hang]);
    customer.comments(&loud, "Een opmerking.");
    world.seconds_pass(600);
    soon(|| smtp.tries(FREELANCER) == 2);
    customer.asks_for_update(&asked, "En dit?");
    std::thread::sleep(Duration::from_millis(500));
    assert_eq!(smtp.tries(FREELANCER), 2, "the comment is still being sent");
    let next = world.name_of(&smtp.has_taken(2)[1]);
    assert!(next.starts_with(&format!("event.{asked}.0002")), "the comment waits for its next try: {next}");
    world.hours_pass(2);
    assert!(world.name_of(&smtp.has_taken(3)[2]).starts_with(&format!("event.{loud}.0003")));
    drop(postmen);
}
