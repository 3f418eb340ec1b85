//! A lost phone, or an intruder: recovery codes, mails about changes, and the operator's commands.

use chrono::TimeDelta;
use oplossingscentrum::secret::Secret;
use oplossingscentrum::store::outbox::{self, SecurityNotice, Subject};

use crate::passwords::NEW;
use crate::passwords::link_for;
use crate::people::Person;
use crate::postman::FAST;
use crate::second_factor::codes;
use crate::smtp::Smtp;
use crate::smtp::Taken;
use crate::world::PASSWORD;
use crate::world::World;

const PAGE: &str = "/account/second-factor";
const CODES: &str = "/account/second-factor/codes";

/// The notices to a person, newest first.
pub fn notices(world: &World, person: &Person) -> Vec<SecurityNotice> {
    let queued = world.app.store.snapshot(|db| outbox::newest(db, world.now() + TimeDelta::seconds(1), 999)).unwrap();
    let of_person = queued.into_iter().filter(|mail| mail.to.email == person.email);
    of_person.filter_map(|mail| if let Subject::Notice(notice) = mail.about { Some(notice) } else { None }).collect()
}

#[test]
fn a_recovery_code_opens_the_account_once_however_it_is_copied() {
    let world = World::new();
    let customer = world.customer();
    let (_, codes) = customer.switches_second_factor_on();
    let sloppy = format!(" {} ", codes[9].to_lowercase().replace('-', " ").replace('0', "o").replace('1', "l"));
    let first = customer.elsewhere();
    first.signs_in_with(&sloppy).must(303);
    assert!(first.is_in());
    first.sees(PAGE).shows("Herstelcodes over9");
    let second = customer.elsewhere();
    second.signs_in_with(&codes[9]).must(422);
    second.signs_in_with(&codes[0].replacen("1-", "2-", 1)).must(422);
    second.signs_in_with(&codes[0]).must(303);
    assert_eq!(
        notices(&world, &customer),
        [SecurityNotice::CodeUsed, SecurityNotice::CodeUsed, SecurityNotice::FactorOn]
    );
}

#[test]
fn recovery_codes_are_shown_until_they_are_kept_and_never_again() {
    let world = World::new();
    let customer = world.customer();
    let (_, shown) = customer.switches_second_factor_on();
    assert_eq!(codes(&customer.sees(CODES)), shown, "the page can be reloaded");
    let written = format!("{} {:?}", world.written_factors(&customer), world.sessions_of(&customer));
    for code in &shown {
        let secret = code.split_once('-').unwrap().1;
        assert!(!written.contains(secret) && !written.contains(&secret.replace('-', "")), "{code} is written down");
    }
    customer.done(&customer.sees(CODES).form("/account/second-factor/kept")).shows("Mooi. Je hebt ze alleen nodig");
    assert_eq!(customer.get(CODES).must(303).location(), PAGE);
}

#[test]
fn new_recovery_codes_need_the_password_and_end_the_old_ones() {
    let world = World::new();
    let customer = world.customer();
    let (_, old) = customer.switches_second_factor_on();
    let form = customer.sees(PAGE).form(CODES);
    let wrong = form.clone().fill("current_password", "dit is het niet").send(&customer);
    wrong.refuses(&[("codes_password", "Dit is niet je huidige wachtwoord")]);
    let new = codes(&customer.done(&form.fill("current_password", PASSWORD)));
    assert_eq!((new.len(), new.iter().any(|code| old.contains(code))), (10, false));
    let elsewhere = customer.elsewhere();
    elsewhere.signs_in_with(&old[0]).must(422);
    elsewhere.signs_in_with(&new[0]).must(303);
}

#[test]
fn the_secret_of_the_app_is_not_in_the_database_and_useless_with_another_key() {
    let mut world = World::new();
    let customer = world.customer();
    let (app, codes) = customer.switches_second_factor_on();
    world.codes_are_new_again();
    assert!(!world.written_factors(&customer).contains(&app.secret), "it is hidden");
    world.settings().secret = Secret::new(&[8; 64]);
    let other = world.another_server();
    let there = customer.with(customer.elsewhere().at(&other.address));
    there.signs_in_with(&app.code(0)).must(422);
    there.signs_in_with(&codes[0]).must(303);
    assert!(there.is_in(), "recovery codes do not depend on the key");
}

#[test]
fn an_operator_takes_the_second_factor_away_from_somebody_who_lost_everything() {
    let world = World::new();
    let customer = world.customer();
    customer.switches_second_factor_on();
    let remove = ["account", "remove-second-factor", customer.email.as_str()];
    let (went_well, said) = world.runs(&remove, "");
    assert!(went_well && said.contains("with the password alone"), "{said}");
    assert!(!customer.is_in(), "and is signed out everywhere");
    customer.signs_in(PASSWORD).must(303);
    assert!(customer.is_in());
    assert_eq!(notices(&world, &customer), [SecurityNotice::FactorOff, SecurityNotice::FactorOn]);
    assert!(!world.runs(&remove, "").0, "there is none left");
    assert!(!world.runs(&["account", "remove-second-factor", "niemand@example.com"], "").0);
}

#[test]
fn a_password_is_held_to_the_same_rules_on_the_page_by_link_and_on_the_command_line() {
    let world = World::new();
    let customer = world.customer();
    let link = link_for(&world, &customer);
    let guessable = "Dit wachtwoord is te makkelijk te raden: veel mensen gebruiken het, of het lijkt op je naam, je \
                     e-mailadres of een woord van deze site. Kies een paar woorden die niet bij elkaar horen.";
    for (password, message) in [
        ("kort maar", "Kies minstens 10 tekens"),
        ("qwertyuiop", guessable),
        ("Sannedevries1", guessable),
        ("klant@example.com", guessable),
        ("Oplossingscentrum", guessable),
        (&"x y ".repeat(33), "Kies hoogstens 128 tekens"),
    ] {
        let form = customer.sees("/account").form("/account/password");
        let filled = form.fill("current_password", PASSWORD).fill("new_password", password);
        filled.send(&customer).refuses(&[("new_password", message)]);
        world.visitor().sets_password(&link, password).refuses(&[("new_password", message)]);
        let (went_well, said) = world.runs(&["account", "set-password", &customer.email], password);
        assert!(!went_well, "{password}: {said}");
    }
    customer.elsewhere().signs_in(PASSWORD).must(303);
    let (went_well, said) = world.runs(&["account", "set-password", &customer.email], &format!("{NEW}\n"));
    assert!(went_well, "{said}");
    customer.elsewhere().signs_in(NEW).must(303);
    let page = world.visitor().sees("/sign-in");
    for (field, autocomplete) in [("email", "username"), ("password", "current-password")] {
        let document = page.document();
        assert_eq!(document.select(&format!("#{field}")).attr_or("autocomplete", "").to_string(), autocomplete);
    }
    assert!(!page.html.contains("onpaste"), "and nothing stands in the way of a password manager");
}

#[test]
fn each_change_of_how_somebody_signs_in_is_told_by_mail_in_their_language() {
    let (world, smtp) = (World::new(), Smtp::new());
    let (customer, freelancer) = world.parties();
    freelancer.switches_language();
    for person in [&customer, &freelancer] {
        let (_, codes) = person.switches_second_factor_on();
        person.elsewhere().signs_in_with(&codes[0]).must(303);
        let fill = |action: &str| person.sees(PAGE).form(action).fill("current_password", PASSWORD);
        person.done(&fill(CODES));
        person.done(&fill("/account/second-factor/off"));
        let form = person.sees("/account").form("/account/password");
        person.done(&form.fill("current_password", PASSWORD).fill("new_password", NEW));
    }
    let _postman = world.postman(&smtp, FAST);
    smtp.has_taken(10);
    let dutch = [
        "Inloggen in twee stappen staat aan",
        "Er is ingelogd met een herstelcode",
        "Je hebt nieuwe herstelcodes",
        "Inloggen in twee stappen staat uit",
        "Je wachtwoord is veranderd",
    ];
    let english = [
        "Two-step sign-in is on",
        "Somebody signed in with a recovery code",
        "You have new recovery codes",
        "Two-step sign-in is off",
        "Your password was changed",
    ];
    for (person, subjects, not_me) in [
        (&customer, dutch, "Was jij dit niet? Kies dan meteen een nieuw wachtwoord."),
        (&freelancer, english, "Was it not you?"),
    ] {
        let taken = smtp.taken_for(&person.email);
        assert_eq!(taken.iter().map(Taken::subject).collect::<Vec<_>>(), subjects);
        for mail in taken {
            let text = mail.text().split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(text.contains(not_me) && text.contains(&format!("{}/password/forgotten", world.origin)), "{text}");
            assert_eq!(mail.header("List-Unsubscribe"), None, "it cannot be switched off");
        }
    }
}
