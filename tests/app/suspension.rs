//! An account under attack: the operator reads its events, ends its sessions and suspends it. None of that ever takes
//! away an answer, a mail or a deadline.

use std::process::Command;

use oplossingscentrum::domain::Status;
use oplossingscentrum::domain::accounts::event::AccountActor;
use oplossingscentrum::domain::accounts::event::AccountEventKind::{
    FactorOff, PasswordSet, Resumed, SignedOutEverywhere, Suspended,
};
use oplossingscentrum::store::outbox::SecurityNotice;

use crate::passwords::{NEW, link_for, mails};
use crate::people::Person;
use crate::postman::FAST;
use crate::second_factor_lost::notices;
use crate::smtp::Smtp;
use crate::soon::soon;
use crate::world::{PASSWORD, SERVICE, World};

const SUSPENDED: &str = "Je account is geblokkeerd";

impl World {
    /// Runs a command about an account that must succeed; returns its output.
    #[track_caller]
    fn operator_does(&self, command: &str, person: &Person) -> String {
        let (went_well, said) = self.runs(&["account", command, &person.email], "");
        assert!(went_well, "{command}: {said}");
        said
    }
}

#[test]
fn an_operator_signs_an_account_out_everywhere() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    let said = world.operator_does("sign-out", &customer);
    assert!(said.contains("signed out everywhere"), "{said}");
    assert!(!customer.is_in() && freelancer.is_in());
    customer.signs_in(PASSWORD).must(303);
    assert!(customer.is_in(), "who knows the password can sign in again");
    let signed_out = &world.account_events(&customer)[1];
    assert_eq!((signed_out.kind, signed_out.actor), (SignedOutEverywhere, AccountActor::Operator));
    customer.sees("/account").shows("Door de beheerder van deze site");
}

#[test]
fn a_suspended_account_is_open_to_nobody_until_it_is_resumed() {
    let world = World::new();
    let customer = world.customer();
    let said = world.operator_does("suspend", &customer);
    assert!(said.contains("nobody signs in"), "{said}");
    assert!(!customer.is_in(), "its sessions have ended");
    let page = customer.signs_in(PASSWORD).must(403);
    assert_eq!(page.h1(), SUSPENDED);
    assert!(page.links_to(SERVICE), "and it says where to go");
    assert!(!customer.is_in());
    assert_eq!(notices(&world, &customer), [SecurityNotice::Suspended]);
    assert!(!world.runs(&["account", "suspend", &customer.email], "").0, "it is suspended already");
    world.operator_does("resume", &customer);
    assert!(!world.runs(&["account", "resume", &customer.email], "").0, "it is not suspended");
    customer.signs_in(PASSWORD).must(303);
    assert!(customer.is_in());
    let kinds = world.event_kinds(&customer);
    assert_eq!(kinds.iter().filter(|kind| [Suspended, Resumed].contains(kind)).count(), 2, "{kinds:?}");
}

#[test]
fn who_does_not_know_the_password_does_not_learn_that_an_account_is_suspended() {
    let world = World::new();
    let customer = world.customer();
    let tries = |password: &str| {
        let stranger = customer.elsewhere();
        stranger.signs_in(password).must(422).main()
    };
    let before = tries("dit is het niet");
    let asks = |email: &str| {
        let visitor = world.visitor();
        let answer = visitor.asks_for_a_link(email);
        (answer.status, answer.location().to_owned())
    };
    let asked = asks(&customer.email);
    world.operator_does("suspend", &customer);
    assert_eq!(tries("dit is het niet"), before);
    assert_eq!(asks(&customer.email), asked);
    assert_eq!(mails(&world, &customer.email).len(), 1, "and no link is sent that would not work");
}

#[test]
fn no_sign_in_that_is_under_way_gets_into_a_suspended_account() {
    let world = World::new();
    let customer = world.customer();
    let link = link_for(&world, &customer);
    let (app, codes) = customer.switches_second_factor_on();
    world.codes_are_new_again();
    let half_in = customer.elsewhere();
    let form = half_in.gives_password();
    world.operator_does("suspend", &customer);
    for code in [&app.code(0), &codes[0]] {
        assert_ne!(form.clone().fill("code", code).send(&half_in).status, 200);
        assert!(!half_in.is_in());
    }
    world.visitor().get(&link).must(404);
    // A row that was written at the same time as the suspension opens nothing either.
    world.operator_does("resume", &customer);
    world.codes_are_new_again();
    half_in.signs_in_with(&codes[1]).must(303);
    assert!(half_in.is_in());
    world.sql("UPDATE accounts SET suspended_at = created_at").unwrap();
    assert!(!half_in.is_in());
    // With a second factor too, the password is enough to learn of the suspension.
    assert_eq!(customer.elsewhere().signs_in(PASSWORD).must(403).h1(), SUSPENDED);
}

#[test]
fn suspending_settles_nothing_loses_nothing_and_silences_no_question() {
    let (world, smtp) = (World::new(), Smtp::new());
    let (customer, freelancer) = world.parties();
    let (asked, other) = (world.order().titled("Eerste").active(), world.order().titled("Tweede").active());
    customer.asks_to_cancel(&asked, "other", "Daarom.");
    world.operator_does("suspend", &freelancer);
    assert_eq!(world.dispute(&asked, 1).state, oplossingscentrum::domain::State::Open);
    customer.asks_for_update(&other, "Hoe staat het?");
    let _postman = world.postman(&smtp, FAST);
    soon(|| smtp.taken_for(&freelancer.email).len() >= 3);
    let subjects = |start: &str| {
        let taken = smtp.taken_for(&freelancer.email);
        taken.iter().filter(|mail| world.name_of(mail).starts_with(start)).count()
    };
    assert_eq!((subjects("event."), subjects("notice.")), (2, 1), "both questions, and word of the suspension");
    world.hours_pass(25);
    world.sweep();
    soon(|| subjects("reminder.") == 2);
    world.hours_pass(24);
    world.sweep();
    assert_eq!(world.row(&asked).status, Status::MutuallyCancelled, "silence decides as ever");
    assert_eq!(world.row(&other).status, Status::Active);
    customer.sees(&asked.path);
}

#[test]
fn the_events_are_told_on_the_command_line_with_who_did_it_and_nothing_else() {
    let world = World::new();
    let customer = world.customer();
    customer.switches_second_factor_on();
    world.operator_does("remove-second-factor", &customer);
    let (went_well, said) = world.runs(&["account", "set-password", &customer.email], &format!("{NEW}\n"));
    assert!(went_well, "{said}");
    world.operator_does("suspend", &customer);
    let said = world.operator_does("events", &customer);
    let lines: Vec<&str> = said.lines().collect();
    assert!(lines[0].starts_with("Suspended since "), "{said}");
    for (line, (kind, by)) in lines[1..].iter().zip([
        ("suspended", "by the operator"),
        ("password set", "by the operator"),
        ("factor off", "by the operator"),
        ("factor on", ""),
        ("signed in", ""),
    ]) {
        let told = line.split_once(" UTC  ").expect("it begins with its moment").1;
        assert_eq!((told.starts_with(kind), told.ends_with(by)), (true, true), "{line}");
    }
    assert_eq!(lines.len(), 6, "{said}");
    for secret in [PASSWORD, NEW, "127.0.0.1", "Sanne"] {
        assert!(!said.contains(secret), "{secret}: {said}");
    }
    let actors = |kind| {
        world
            .account_events(&customer)
            .iter()
            .filter(|event| event.kind == kind)
            .all(|event| event.actor == AccountActor::Operator)
    };
    assert!([PasswordSet, FactorOff, Suspended].into_iter().all(actors));
    let (went_well, said) = world.runs(&["account", "events", "niemand@example.com"], "");
    assert!(!went_well && said.contains("there is no account"), "{said}");
}

/// Runs a command on a terminal of its own, on which that text is typed.
fn on_a_terminal(command: &str, typed: &str) -> (bool, String) {
    use std::io::{Read, Write};
    use std::process::Stdio;
    let mut script = Command::new("script");
    script.args(["--quiet", "--return", "--flush", "--command", command, "/dev/null"]);
    script.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut running = script.spawn().expect("util-linux is installed");
    let mut input = running.stdin.take().unwrap();
    let mut shown = running.stdout.take().unwrap();
    let mut said = Vec::new();
    for line in typed.lines() {
        // Text that is typed before the question would be shown by the terminal itself.
        let mut asked = Vec::new();
        while !asked.ends_with(b": ") {
            let mut byte = [0];
            shown.read_exact(&mut byte).expect("it asks once more");
            asked.push(byte[0]);
        }
        said.extend(asked);
        std::thread::sleep(std::time::Duration::from_millis(500));
        writeln!(input, "{line}").unwrap();
    }
    shown.read_to_end(&mut said).unwrap();
    let done = running.wait_with_output().unwrap();
    drop(input);
    (done.status.success(), String::from_utf8_lossy(&[said, done.stderr].concat()).into_owned())
}

#[test]
fn on_a_terminal_a_password_is_asked_twice_and_not_shown() {
    let world = World::new();
    let customer = world.customer();
    let command = world.command_line(&["account", "set-password", &customer.email]);
    let (went_well, said) = on_a_terminal(&command, &format!("{NEW}\n{NEW} maar dan anders\n"));
    assert!(!went_well && said.contains("not the same"), "{said}");
    customer.elsewhere().signs_in(PASSWORD).must(303);
    let (went_well, said) = on_a_terminal(&command, &format!("{NEW}\n{NEW}\n"));
    assert!(went_well && said.contains("is set"), "{said}");
    assert!(!said.contains(NEW), "{said}");
    customer.elsewhere().signs_in(NEW).must(303);
}
