//! The mails that a person wants: chosen on the account page, or with the one click that a mail offers.

use oplossingscentrum::domain::Language::Nl;
use oplossingscentrum::domain::accounts::event::AccountEventKind;
use oplossingscentrum::store::outbox::SecurityNotice;
use reqwest::Method;

use crate::people::Person;
use crate::postman::{FAST, Postman};
use crate::second_factor_lost::notices;
use crate::smtp::Smtp;
use crate::soon::soon;
use crate::world::World;

fn wants(world: &World, person: &Person) -> (bool, bool) {
    let mail = world.written(person).preferences.mail;
    (mail.comments, mail.reminders)
}

/// The address in the `List-Unsubscribe` of the mail about a comment, or else of a reminder.
pub fn way_out(world: &World, smtp: &Smtp, start: &str) -> String {
    soon(|| {
        smtp.taken()
            .iter()
            .any(|mail| world.name_of(mail).starts_with(start) && mail.header("List-Unsubscribe").is_some())
    });
    let mails = smtp.taken();
    let header = mails
        .iter()
        .rev()
        .filter(|mail| world.name_of(mail).starts_with(start))
        .find_map(|m| m.header("List-Unsubscribe"));
    let address = header.unwrap();
    address.trim_matches(['<', '>']).strip_prefix(&world.origin).expect("it is ours").to_owned()
}

/// A freelancer who got the mail about a comment.
struct Told {
    _postman: Postman,
    customer: Person,
    freelancer: Person,
    /// The address in that mail at which such mails are switched off.
    address: String,
    smtp: Smtp,
    world: World,
}

impl Told {
    fn of_a_comment() -> Self {
        let (world, smtp) = (World::new(), Smtp::new());
        let (customer, freelancer) = world.parties();
        let order = world.order().active();
        customer.asks_for_update(&order, "Hoe staat het?");
        customer.comments(&order, "Ik ben benieuwd.");
        world.seconds_pass(600);
        let postman = world.postman(&smtp, FAST);
        let address = way_out(&world, &smtp, "event.");
        Self { _postman: postman, customer, freelancer, address, smtp, world }
    }
}

#[test]
fn both_kinds_are_on_until_somebody_switches_them_off_on_the_account_page() {
    let world = World::new();
    let customer = world.customer();
    assert_eq!(wants(&world, &customer), (true, true));
    let form = customer.sees("/account").form("/account");
    assert_eq!((form.value("mail_comments"), form.value("mail_reminders")), ("on", "on"));
    customer.done(&form.without("mail_comments"));
    assert_eq!(wants(&world, &customer), (false, true));
    let form = customer.sees("/account").form("/account");
    assert_eq!((form.value("mail_comments"), form.value("mail_reminders")), ("", "on"));
    customer.done(&form.without("mail_reminders").choose("mail_comments", "on"));
    assert_eq!(wants(&world, &customer), (true, false));
}

#[test]
fn what_is_switched_off_when_it_is_due_is_not_sent_and_what_starts_a_window_always_is() {
    let (world, smtp) = (World::new(), Smtp::new());
    let (customer, freelancer) = world.parties();
    let order = world.order().active();
    customer.asks_for_update(&order, "Hoe staat het?");
    customer.comments(&order, "Ik ben benieuwd.");
    let form = freelancer.sees("/account").form("/account");
    freelancer.done(&form.without("mail_comments").without("mail_reminders"));
    world.hours_pass(25);
    world.sweep();
    assert_eq!(world.waiting().len(), 3, "the question, the comment and a reminder");
    let postman = world.postman(&smtp, FAST);
    soon(|| world.waiting().is_empty());
    drop(postman);
    let taken = smtp.has_taken(1);
    assert!(taken[0].text().contains("Hoe staat het?"));
    world.hours_pass(22);
    world.sweep();
    assert_eq!(world.waiting().len(), 1, "another reminder");
    let _postman = world.postman(&smtp, FAST);
    soon(|| world.waiting().is_empty());
    freelancer.gives_update(&order, "Klaar.");
    assert!(smtp.has_taken(2)[1].text().contains("Klaar."), "an answer is always told");
}

#[test]
fn one_click_in_a_mail_program_switches_that_kind_off_without_signing_in() {
    let Told { world, smtp, customer, freelancer, address, .. } = &Told::of_a_comment();
    let provider = world.visitor();
    let fields = [("List-Unsubscribe".to_owned(), "One-Click".to_owned())];
    let page = provider.request(&Method::POST, address, &[], &fields).must(200);
    assert_eq!(page.header("set-cookie"), "", "no session comes of it");
    assert_eq!((wants(world, freelancer), wants(world, customer)), ((false, true), (true, true)));
    provider.request(&Method::POST, address, &[("origin", "https://mail.example")], &fields).must(200);
    assert_eq!(wants(world, freelancer), (false, true), "twice is once");
    world.hours_pass(24);
    world.sweep();
    let address = way_out(world, smtp, "reminder.");
    provider.request(&Method::POST, &address, &[("sec-fetch-site", "cross-site")], &fields).must(200);
    assert_eq!(wants(world, freelancer), (false, false));
}

#[test]
fn looking_at_the_address_changes_nothing_and_its_page_asks_in_the_readers_language() {
    let Told { world, freelancer, address, .. } = &Told::of_a_comment();
    world.sql(&format!("UPDATE accounts SET language = 'en' WHERE id = {}", freelancer.id.0)).unwrap();
    let visitor = world.visitor();
    let page = visitor.sees(address);
    assert_eq!((page.h1().as_str(), page.language().as_str()), ("Fewer e-mails", "en"));
    assert_eq!(wants(world, freelancer), (true, true), "looking is not choosing");
    let page = page.form(address).send(&visitor).must(200);
    page.shows("You no longer get e-mails about comments.");
    assert_eq!(wants(world, freelancer), (false, true));
}

#[test]
fn an_address_that_is_not_ours_switches_nothing_off() {
    let Told { world, customer, freelancer, address, .. } = &Told::of_a_comment();
    let of_klant = address.replace(&format!("{:x}", freelancer.id.0), &format!("{:x}", customer.id.0));
    let of_reminders = address.replace("comments", "reminders");
    for wrong in [&of_klant, &of_reminders, &address[..address.len() - 1], "/unsubscribe/x", "/unsubscribe/comments.1."]
    {
        for method in [Method::GET, Method::POST] {
            let page = world.visitor().request(&method, wrong, &[], &[]).must(404);
            assert_eq!(page.h1(), Nl.words().error_not_found(), "{wrong}");
        }
    }
    assert_eq!((wants(world, freelancer), wants(world, customer)), ((true, true), (true, true)));
}

#[test]
fn the_address_in_a_mail_works_for_ninety_days_and_then_says_where_mails_are_chosen() {
    let Told { world, freelancer, address, .. } = &Told::of_a_comment();
    world.days_pass(89);
    world.visitor().sees(address);
    world.days_pass(2);
    // An address of older programs, without an end.
    let old = world.app.settings.secret.name("unsubscribe", &format!("comments.{:x}", freelancer.id.0));
    for ended in [address.clone(), format!("/unsubscribe/{old}")] {
        for method in [Method::GET, Method::POST] {
            let page = world.visitor().request(&method, &ended, &[], &[]).must(404);
            assert_eq!(page.h1(), "Deze link werkt niet meer");
            assert!(page.links_to("/account"), "it says where to go");
        }
    }
    assert_eq!(wants(world, freelancer), (true, true));
}

#[test]
fn switching_mails_off_with_a_link_is_told_by_mail_once_with_the_way_back() {
    let (world, smtp) = (World::new(), Smtp::new());
    let (customer, freelancer) = world.parties();
    let order = world.order().active();
    customer.asks_for_update(&order, "Hoe staat het?");
    let _postman = world.postman(&smtp, FAST);
    world.hours_pass(24);
    world.sweep();
    let address = way_out(&world, &smtp, "reminder.");
    for _ in 0..2 {
        world.visitor().request(&Method::POST, &address, &[], &[]).must(200);
    }
    let told = || {
        let taken = smtp.taken_for(&freelancer.email);
        taken.into_iter().filter(|mail| world.name_of(mail).starts_with("notice.")).collect::<Vec<_>>()
    };
    soon(|| !told().is_empty());
    let mail = told().remove(0);
    assert_eq!(mail.subject(), "Je krijgt geen herinneringen meer");
    assert!(mail.text().contains(&format!("{}/account", world.origin)), "{}", mail.text());
    assert_eq!(mail.header("List-Unsubscribe"), None);
    assert_eq!(notices(&world, &freelancer), [SecurityNotice::RemindersOff], "once");
    assert_eq!(world.event_kinds(&freelancer).last(), Some(&AccountEventKind::RemindersOff));
    // The choice on the page is an event too, but causes no mail: the person who makes it sees it.
    let form = freelancer.sees("/account").form("/account");
    freelancer.done(&form.without("mail_comments"));
    assert_eq!(world.event_kinds(&freelancer).last(), Some(&AccountEventKind::CommentsOff));
    assert_eq!(notices(&world, &freelancer).len(), 1);
}
