//! Asking for a link that sets a password: who gets a mail, how often, and what the answer never tells.

use crate::passwords::NEW;
use crate::passwords::link_for;
use crate::passwords::mails;
use crate::passwords::path;
use crate::postman::FAST;
use crate::smtp::Smtp;
use crate::smtp::Taken;
use crate::world::Kind;
use crate::world::World;

#[test]
fn who_asks_never_learns_whether_anybody_has_that_address() {
    let world = World::new();
    let customer = world.customer();
    let visitor = world.visitor();
    let form = visitor.sees("/password/forgotten").form("/password/forgotten");
    let ask = |email: &str| {
        let answer = form.clone().fill("email", email).send(&visitor);
        assert_eq!(answer.status, 303);
        (answer.bare(), visitor.follow(&answer).bare())
    };
    let known = ask(&customer.email);
    for email in
        ["niemand@example.com", "geen adres", "klant@example.com\u{0}", "' OR 1=1 --", "x@y", &"é".repeat(9_000)]
    {
        assert_eq!(ask(email), known, "{email}");
    }
    for _ in 0..4 {
        assert_eq!(ask(&customer.email), known, "also once too often");
    }
    assert_eq!(mails(&world, &customer.email).len(), 3);
    let page = form.fill("email", "  ").send(&visitor);
    page.refuses(&[("email", "Vul je e-mailadres in")]);
}

#[test]
fn an_account_gets_three_mails_an_hour_and_the_link_of_the_last_keeps_working() {
    let world = World::new();
    let customer = world.customer();
    let [_, _, last] = [(); 3].map(|()| link_for(&world, &customer));
    for _ in 0..3 {
        assert_eq!(link_for(&world, &customer), last, "nothing new came");
    }
    world.visitor().sees(&last);
    assert_eq!(mails(&world, &customer.email).len(), 3);
    // A wrong sign-in in between changes nothing of that.
    customer.elsewhere().signs_in("dit is het niet").must(422);
    link_for(&world, &customer);
    assert_eq!(mails(&world, &customer.email).len(), 3);
    world.hours_pass_for_real(1);
    link_for(&world, &customer);
    assert_eq!(mails(&world, &customer.email).len(), 4);
}

#[test]
fn a_network_address_that_asks_too_often_has_to_wait() {
    let world = World::new();
    let visitor = world.visitor();
    let form = visitor.sees("/password/forgotten").form("/password/forgotten");
    for number in 0..20 {
        form.clone().fill("email", &format!("iemand{number}@example.com")).send(&visitor).must(303);
    }
    let page = form.clone().fill("email", "klant@example.com").send(&visitor).must(429);
    let seconds: u64 = page.header("retry-after").parse().unwrap();
    assert!((1..=3600).contains(&seconds), "{seconds}");
    page.shows("Er is vanaf dit netwerk te vaak om een link gevraagd.");
    assert_eq!(page.form("/password/forgotten").value("email"), "klant@example.com");
    assert!(mails(&world, "klant@example.com").is_empty());
    world.customer();
    world.hours_pass_for_real(1);
    form.fill("email", "klant@example.com").send(&visitor).must(303);
    assert_eq!(mails(&world, "klant@example.com").len(), 1);
}

#[test]
fn the_mail_with_the_link_speaks_its_readers_language_and_cannot_be_switched_off() {
    let (world, smtp) = (World::new(), Smtp::new());
    let (customer, freelancer) = world.parties();
    freelancer.switches_language();
    let visitor = world.visitor().preferring("en");
    let _postman = world.postman(&smtp, FAST);
    visitor.asks_for_a_link(&customer.email).must(303);
    visitor.asks_for_a_link(&freelancer.email).must(303);
    smtp.has_taken(2);
    world.sql("UPDATE accounts SET password_hash = NULL").unwrap();
    visitor.asks_for_a_link(&customer.email).must(303);
    visitor.asks_for_a_link(&freelancer.email).must(303);
    smtp.has_taken(4);
    for (person, subjects, says) in [
        (
            &customer,
            ["Kies een nieuw wachtwoord", "Kies je wachtwoord"],
            ["Hallo Sanne de Vries,", "48 uur", "Geef de link"],
        ),
        (&freelancer, ["Choose a new password", "Choose your password"], ["Daan Bakker", "48 hours", "Give the link"]),
    ] {
        let taken = smtp.taken_for(&person.email);
        assert_eq!(taken.iter().map(Taken::subject).collect::<Vec<_>>(), subjects);
        let links: Vec<_> = mails(&world, &person.email).iter().rev().map(|mail| path(&world, mail)).collect();
        for (mail, link) in taken.iter().zip(links) {
            for part in [mail.text(), mail.html()] {
                assert!(part.contains(&format!("{}{link}", world.origin)), "{part}");
                assert!(says.iter().all(|words| part.contains(words)), "{part}");
            }
            assert_eq!((mail.header("List-Unsubscribe"), mail.read().attachment_count()), (None, 0));
        }
    }
    visitor.sets_password(&path(&world, &mails(&world, &customer.email)[0]), NEW).must(303);
}

#[test]
fn the_demo_shows_the_mail_with_the_link_and_its_clock_changes_nothing_of_it() {
    let world = World::demo();
    let visitor = world.visitor();
    world.days_pass(10);
    visitor.asks_for_a_link("klant@example.com").must(303);
    let page = visitor.sees("/demo/mail");
    let is_link = |link: &String| link.contains("/password/");
    let link = page.links().into_iter().find(is_link).expect("the mail is shown")[world.origin.len()..].to_owned();
    world.days_pass(10);
    visitor.sets_password(&link, NEW).must(303);
}

#[test]
fn where_no_mail_goes_out_nobody_is_promised_one() {
    let mut world = World::closed(Kind::default());
    world.settings().sends_mail = false;
    world.opens();
    let visitor = world.visitor();
    assert!(visitor.sees("/sign-in").link_named("Wachtwoord vergeten").is_none());
    visitor.get("/password/forgotten").must(404);
    visitor.get("/password/sent").must(404);
    visitor.post("/password/forgotten", &[("email", "klant@example.com")]).must(404);
    assert!(mails(&world, "klant@example.com").is_empty());
}
