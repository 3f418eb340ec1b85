//! Support without SQL: what an operator sees and changes of an account, and what its owner reads of it.

use crate::people::Person;
use crate::postman::FAST;
use crate::smtp::Smtp;
use crate::soon::soon;
use crate::world::{PASSWORD, World};

const KLANT: &str = "klant@example.com";

#[track_caller]
fn done(world: &World, arguments: &[&str]) -> String {
    let (done, said) = world.runs(arguments, "");
    assert!(done, "{arguments:?}: {said}");
    said
}

#[test]
fn an_operator_sees_an_account_and_nothing_that_was_said_on_its_orders() {
    let world = World::new();
    let (customer, _) = world.parties();
    let order = world.order().titled("Geheime opdracht").active();
    customer.asks_to_cancel(&order, "other", "Een geheime reden.");
    let shown = done(&world, &["account", "show", "KLANT@example.com"]);
    for part in
        ["Sanne de Vries", "password         set", "second factor    off", "devices          1", "1 as customer, 0"]
    {
        assert!(shown.contains(part), "{part} is not in {shown}");
    }
    let listed = done(&world, &["account", "list"]);
    assert!(listed.contains(KLANT) && listed.contains("freelancer@example.com"), "{listed}");
    for secret in ["geheim", "Geheim", &order.to_string(), "dispute", "cancel"] {
        assert!(!shown.contains(secret) && !listed.contains(secret), "{secret}");
    }
}

#[test]
fn an_account_gets_another_address_and_both_addresses_are_told() {
    let (world, smtp) = (World::new(), Smtp::new());
    let (customer, freelancer) = world.parties();
    let refused = world.runs(&["account", "change-email", KLANT, &freelancer.email], "");
    assert!(!refused.0 && refused.1.contains("another account has this address"), "{refused:?}");
    let refused = world.runs(&["account", "change-email", KLANT, "geen adres"], "");
    assert!(!refused.0 && refused.1.contains("not an e-mail address"), "{refused:?}");
    done(&world, &["account", "change-email", KLANT, "Sanne@Nieuw.example"]);
    let _postman = world.postman(&smtp, FAST);
    let mut told: Vec<String> = smtp.has_taken(2).into_iter().map(|mail| mail.to).collect();
    told.sort();
    assert_eq!(told, [KLANT, "sanne@nieuw.example"]);
    assert!(smtp.taken().iter().all(|mail| mail.subject() == "Je e-mailadres is veranderd"));
    world.signs_in("sanne@nieuw.example", PASSWORD);
    customer.sees("/account/events").shows("E-mailadres veranderd");
    customer.sees("/account/events").shows("Door de beheerder van deze site");
}

#[test]
fn a_name_is_changed_a_calendar_stopped_and_an_account_unlocked_and_its_owner_reads_it() {
    let world = World::new();
    let customer = world.customer();
    assert!(!world.runs(&["account", "stop-calendar", KLANT], "").0, "there is none");
    let id = customer.id.0;
    world.sql(&format!("INSERT INTO calendars (account_id, id) VALUES ({id}, 'agenda')")).unwrap();
    done(&world, &["account", "stop-calendar", KLANT]);
    done(&world, &["account", "rename", KLANT, "Sanne Jansen"]);
    done(&world, &["account", "unlock", KLANT]);
    assert!(!world.runs(&["account", "rename", KLANT, " "], "").0);
    assert_eq!(world.written(&customer).name, "Sanne Jansen");
    let events = customer.sees("/account/events");
    for told in ["Agenda gestopt", "Naam veranderd", "tellen niet meer mee"] {
        events.shows(told);
    }
}

#[test]
fn who_has_never_been_here_is_invited_once_and_welcomed_in_the_first_mail() {
    let (world, smtp) = (World::new(), Smtp::new());
    let customer = world.customer();
    world.sql("UPDATE accounts SET password_hash = NULL WHERE email = 'freelancer@example.com'").unwrap();
    let said = done(&world, &["account", "invite", "--all", "--per-minute", "6000"]);
    assert_eq!(said, "1 people get a mail.\n");
    assert_eq!(done(&world, &["account", "invite", "--all"]), "0 people get a mail.\n", "nobody gets a second one");
    assert!(!world.runs(&["account", "invite", KLANT], "").0, "she has been here");
    let _postman = world.postman(&smtp, FAST);
    let invited = &smtp.has_taken(1)[0];
    assert_eq!(
        (invited.to.as_str(), invited.subject().as_str()),
        ("freelancer@example.com", "Welkom bij het Oplossingscentrum")
    );
    let welcome = ["lossen klanten en freelancers samen op", "Kies een wachtwoord"];
    assert!(welcome.iter().all(|part| invited.text().contains(part)), "{}", invited.text());
    let order = world.order().active();
    customer.asks_for_update(&order, "Hoe staat het?");
    let asked = &smtp.has_taken(2)[1];
    assert!(welcome.iter().all(|part| asked.text().contains(part)), "{}", asked.text());
    world.sql("UPDATE accounts SET first_signed_in_at = created_at").unwrap();
    customer.withdraws(&order);
    let next = &smtp.has_taken(3)[2];
    assert!(!welcome.iter().any(|part| next.text().contains(part)), "{}", next.text());
    soon(|| world.waiting().is_empty());
}

#[test]
fn an_international_domain_is_one_address_in_both_spellings() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    let renamed = format!("UPDATE accounts SET email = 'daan@xn--caf-zon-dya.be' WHERE id = {}", freelancer.id.0);
    world.sql(&renamed).unwrap();
    drop(world.another_store());
    let stored = |person: &Person| world.written(person).email;
    assert_eq!(stored(&freelancer), "daan@café-zon.be", "an older program's address is written anew");
    for spelling in ["daan@café-zon.be", "Daan@xn--caf-zon-dya.be", "daan@CAFÉ-zon.be"] {
        assert_eq!(world.signs_in(spelling, PASSWORD).id, freelancer.id, "{spelling}");
    }
    let (changed, said) = world.runs(&["account", "change-email", KLANT, "daan@xn--caf-zon-dya.be"], "");
    assert!(!changed && said.contains("another account has this address"), "{said}");
    assert_eq!(stored(&customer), KLANT);
}
