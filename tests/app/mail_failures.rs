//! Mail that is refused, and mail that waits: what the asker reads, what an operator lists and tries again.

use std::time::Duration;

use oplossingscentrum::store::outbox::MailState;
use oplossingscentrum::worker::deliver::Pace;

use crate::postman::{FAST, ONCE};
use crate::program::PROGRAM;
use crate::smtp::{Answer, Smtp};
use crate::soon::soon;
use crate::world::World;

const FREELANCER: &str = "freelancer@example.com";

#[test]
fn the_asker_reads_that_the_other_one_could_not_be_mailed_until_it_is_sent_again() {
    let (world, smtp) = (World::new(), Smtp::new());
    let (customer, freelancer) = world.parties();
    let order = world.order().active();
    smtp.answers(FREELANCER, &[Answer::Refuse("550 5.1.1 no such mailbox")]);
    customer.asks_to_cancel(&order, "other", "Daarom.");
    let told = "We konden Daan Bakker niet mailen";
    customer.sees(&order.dispute(1)).hides(told);
    let _postman = world.postman(&smtp, FAST);
    soon(|| matches!(world.queued(&format!("event.{order}.0002")).state, MailState::Failed(_)));
    customer.sees(&order.dispute(1)).shows(told);
    customer.sees(&order.path).shows(told);
    freelancer.sees(&order.dispute(1)).hides("niet mailen");
    let (done, listed) = world.runs(&["mail", "list", "--failed"], "");
    assert!(done && listed.contains(FREELANCER) && listed.contains("no such mailbox"), "{listed}");
    for secret in ["Daarom", &order.to_string(), "event.", "cancel", "Sanne"] {
        assert!(!listed.contains(secret), "{secret} is in {listed}");
    }
    let set_aside = || world.operator().sees("/metrics").html.contains("oplossingscentrum_outbox_mails_set_aside 1\n");
    assert!(set_aside(), "it rings");
    let (done, said) = world.runs(&["mail", "dismiss", FREELANCER], "");
    assert!(done && said.contains("1 mails"), "{said}");
    assert!(!set_aside(), "and not any more, once an operator has seen to it");
    assert_eq!(world.runs(&["mail", "list", "--failed"], ""), (true, "No mail waits.\n".into()));
    customer.sees(&order.dispute(1)).shows(told);
    let (done, said) = world.runs(&["mail", "resend", FREELANCER], "");
    assert!(done && said.contains("1 mails"), "{said}");
    smtp.has_taken(1);
    soon(|| world.waiting().is_empty());
    customer.sees(&order.dispute(1)).hides(told);
    assert_eq!(world.runs(&["mail", "list"], ""), (true, "No mail waits.\n".into()));
}

#[test]
fn the_asker_reads_that_the_other_one_has_never_signed_in() {
    let world = World::new();
    let customer = world.customer();
    let order = world.order().active();
    customer.asks_for_update(&order, "Hoe staat het?");
    let told = "Daan Bakker heeft hier nog nooit ingelogd.";
    customer.sees(&order.dispute(1)).shows(told);
    let freelancer = world.freelancer();
    customer.sees(&order.dispute(1)).hides(told);
    freelancer.sees(&order.dispute(1)).hides("nog nooit ingelogd");
}

#[test]
fn what_passes_is_tried_again_and_a_policy_refuses_six_times() {
    let (world, smtp) = (World::new(), Smtp::new());
    let customer = world.customer();
    let order = world.order().active();
    customer.asks_for_update(&order, "Hoe staat het?");
    let key = format!("event.{order}.0002");
    let passing = ["552 5.2.2 mailbox full", "550 5.4.5 daily limit", "554 5.2.0 quota", "554 too busy"];
    smtp.answers(FREELANCER, &passing.map(Answer::Refuse));
    let _postman = world.postman(&smtp, FAST);
    smtp.has_taken(1);
    soon(|| matches!(world.queued(&key).state, MailState::Sent(_)));
    assert_eq!(world.queued(&key).tries, 5);
    smtp.always_answers(FREELANCER, Answer::Refuse("550 5.7.1 we do not like you"));
    let other = world.order().active();
    customer.asks_for_update(&other, "En hier?");
    let key = format!("event.{other}.0002");
    soon(|| matches!(world.queued(&key).state, MailState::Failed(_)));
    assert_eq!(world.queued(&key).tries, 6);
}

#[test]
fn an_international_domain_gets_its_mail_in_punycode() {
    let (world, smtp) = (World::new(), Smtp::new());
    let (customer, freelancer) = world.parties();
    customer.asks_for_update(&world.order().active(), "Hoe staat het?");
    world.sql(&format!("UPDATE accounts SET email = 'daan@café-zon.be' WHERE id = {}", freelancer.id.0)).unwrap();
    let _postman = world.postman(&smtp, FAST);
    let taken = smtp.has_taken(1);
    assert_eq!(taken[0].to, "daan@xn--caf-zon-dya.be");
    assert!(taken[0].header("To").unwrap().contains("xn--caf-zon-dya.be"));
}

#[test]
fn after_an_outage_waiting_mails_go_at_once_and_those_with_the_nearest_deadline_first() {
    let (world, gone, smtp) = (World::new(), Smtp::gone(), Smtp::new());
    let (customer, freelancer) = world.parties();
    let (later, sooner) = (world.order().active(), world.order().active());
    freelancer.requests_change(&later, 3, &[], "Het wordt meer werk.");
    customer.asks_for_update(&sooner, "Hoe staat het?");
    {
        let _postman = world.postman(&gone, ONCE);
        soon(|| world.outbox().iter().all(|mail| mail.failure.is_some()));
    }
    assert_eq!(world.waiting().len(), 2);
    let (done, said) = world.runs(&["mail", "flush"], "");
    assert!(done && said.contains("2 mails"), "{said}");
    let _postman = world.postman(&smtp, Pace { at_once: 1, ..FAST });
    let taken = smtp.has_taken(2);
    assert_eq!(taken.iter().map(|mail| mail.to.as_str()).collect::<Vec<_>>(), [FREELANCER, "klant@example.com"]);
}

#[test]
fn a_mail_server_that_comes_back_is_noticed_and_gets_what_waits() {
    let (world, smtp) = (World::new(), Smtp::new());
    let customer = world.customer();
    let orders = [world.order().active(), world.order().active()];
    // The first try of each meets a server that hangs up; the next one would come in an hour.
    smtp.answers(FREELANCER, &[Answer::DropInData]);
    customer.asks_for_update(&orders[0], "Hoe staat het?");
    let slow = Pace { longest_retry: Duration::from_secs(3_600), first_retry: Duration::from_millis(50), ..FAST };
    world.relays();
    world.sql("UPDATE outbox SET tries = 20").unwrap();
    let _postman = world.postman(&smtp, slow);
    smtp.has_taken(1);
    assert_eq!(smtp.tries(FREELANCER), 2);
}

#[test]
fn a_test_mail_tells_what_the_server_answers_and_why_there_is_no_conversation() {
    let smtp = Smtp::new();
    let run = |port: u16, more: &[&str]| {
        let url = format!("smtp://127.0.0.1:{port}");
        let arguments = ["mail", "test", "ik@example.com", "--smtp", &url, "--mail-from", "noreply@example.com"];
        let done = std::process::Command::new(PROGRAM).args(arguments).args(more).output().unwrap();
        (done.status.code(), String::from_utf8([done.stdout, done.stderr].concat()).unwrap())
    };
    let (code, said) = run(smtp.port, &[]);
    assert_eq!((code, said.contains("250 taken")), (Some(0), true), "{said}");
    assert!(smtp.taken_for("ik@example.com")[0].text().contains("This is a test mail"));
    smtp.answers("ik@example.com", &[Answer::Refuse("550 5.1.1 no such mailbox")]);
    let (code, said) = run(smtp.port, &[]);
    assert!(code == Some(1) && said.contains("no such mailbox"), "{said}");
    let (code, said) = run(Smtp::gone().port, &[]);
    assert!(code == Some(1) && said.contains("Connection refused"), "{said}");
    let (code, said) = run(smtp.port, &["--smtp-ca-file", "/dev/null"]);
    assert!(code == Some(1) && said.contains("--smtp-ca-file"), "{said}");
}
