//! The private calendar: made and ended on the account page, and read by another program.

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use chrono_tz::{Africa, America, Asia, Australia, Europe, Tz};
use mail_parser::MimeHeaders;
use oplossingscentrum::domain::Language;
use oplossingscentrum::domain::Status;
use oplossingscentrum::i18n::format::Reader;
use reqwest::Method;

use crate::ics::Entry;
use crate::ics::When;
use crate::ics::entries;
use crate::people::Browser;
use crate::people::Person;
use crate::postman::FAST;
use crate::rows::Row;
use crate::smtp::Smtp;
use crate::world::{PASSWORD, World};

impl Person {
    /// Presses one of the buttons for the calendar, with the password where the form asks for it.
    pub fn wishes(&self, action: &str) -> crate::page::Page {
        let form = self.sees("/account").form("/account/calendar");
        self.done(&form.fill("current_password", PASSWORD).choose("action", action))
    }

    /// Ends the calendar, which needs no password.
    fn stops_the_calendar(&self) -> crate::page::Page {
        assert!(self.sees("/account").buttons().contains(&"Agenda uitzetten".to_owned()));
        self.follow(&self.post("/account/calendar", &[("action", "stop")]))
    }

    /// The address of the calendar, as the account page shows it, without the host.
    pub fn calendar(&self) -> String {
        let page = self.sees("/account");
        let shown = page.document().select("#calendar_address").attr_or("value", "").to_string();
        let path = shown.split("/calendar/").nth(1).unwrap_or_else(|| panic!("no address: {shown}"));
        format!("/calendar/{path}")
    }

    pub fn makes_a_calendar(&self) -> String {
        self.wishes("make");
        self.calendar()
    }
}

/// The entries at an address, as a calendar program gets them: without cookies.
pub fn entries_at(world: &World, address: &str) -> Vec<Entry> {
    entries(&world.visitor().sees(address).html)
}

#[track_caller]
pub fn named<'a>(entries: &'a [Entry], name: &str) -> &'a Entry {
    let found = entries.iter().find(|entry| entry.uid.split('@').next() == Some(name));
    found.unwrap_or_else(|| panic!("{name} is not in {entries:#?}"))
}

fn asked_again(browser: &Browser, address: &str, version: &str) -> (u16, usize) {
    let page = browser.request(&Method::GET, address, &[("if-none-match", version)], &[]);
    (page.status, page.html.len())
}

#[test]
fn a_calendar_is_made_shown_renewed_and_stopped_on_the_account_page() {
    let world = World::new();
    let customer = world.customer();
    assert!(!customer.sees("/account").html.contains("/calendar/"), "nobody has one unasked");
    customer.wishes("make").shows("Je agenda is gemaakt.");
    let first = customer.calendar();
    let page = customer.sees("/account");
    assert_eq!(page.link_named("Openen in je agenda-app"), Some(format!("webcal{}{first}", &world.origin[4..])));
    customer.post("/account/calendar", &[("action", "make"), ("current_password", PASSWORD)]).must(303);
    assert_eq!(customer.calendar(), first, "who makes one twice has one");
    assert_eq!(entries_at(&world, &first), []);
    customer.wishes("renew").shows("Het oude werkt niet meer.");
    let second = customer.calendar();
    assert_ne!(first, second);
    world.visitor().get(&first).must(404);
    entries_at(&world, &second);
    customer.stops_the_calendar().shows("Je agenda staat uit.");
    world.visitor().get(&second).must(404);
    customer.post("/account/calendar", &[("action", "renew"), ("current_password", PASSWORD)]).must(303);
    assert!(!customer.sees("/account").html.contains("/calendar/"), "renewing makes none");
    customer.post("/account/calendar", &[("action", "weg")]).must(400);
}

#[test]
fn a_wrong_address_answers_as_any_page_that_is_not_there() {
    let world = World::new();
    let customer = world.customer();
    let address = customer.makes_a_calendar();
    let (name, seal) = address.trim_start_matches("/calendar/").trim_end_matches(".ics").split_once('.').unwrap();
    let bare = |browser: &Browser, address: &str| {
        let page = browser.get(address);
        let mut headers: Vec<_> = page.headers.keys().map(ToString::to_string).collect();
        headers.sort();
        (page.status, headers, page.main().replace(page.header("x-request-id"), ""))
    };
    for browser in [&world.visitor(), &customer.browser] {
        let nowhere = bare(browser, "/nergens");
        for wrong in [
            format!("/calendar/{name}.ics"),
            format!("/calendar/{name}.{}.ics", "0".repeat(32)),
            format!("/calendar/{}.{seal}.ics", name.to_lowercase()),
            format!("/calendar/{name}.{seal}"),
            "/calendar/.ics".to_owned(),
            "/calendar/%00.ics".to_owned(),
            "/calendar/x.%ff.ics".to_owned(),
        ] {
            assert_eq!(bare(browser, &wrong), nowhere, "{wrong}");
        }
    }
    customer.stops_the_calendar();
    assert_eq!(bare(&world.visitor(), &address), bare(&world.visitor(), "/nergens"), "a stopped one too");
}

#[test]
fn the_calendar_needs_no_session_and_gets_none_and_says_what_may_be_kept() {
    let world = World::new();
    let freelancer = world.freelancer();
    world.order().up_to(Status::InDispute);
    let address = freelancer.makes_a_calendar();
    let visitor = world.visitor();
    let page = visitor.sees(&address);
    for (name, value) in [
        ("content-type", "text/calendar; charset=utf-8"),
        ("cache-control", "private, max-age=300"),
        ("x-robots-tag", "noindex, nofollow"),
        ("x-content-type-options", "nosniff"),
        ("set-cookie", ""),
    ] {
        assert_eq!(page.header(name), value, "{name}");
    }
    assert_eq!(visitor.cookies(), "");
    let version = page.header("etag").to_owned();
    world.seconds_pass(90);
    assert_eq!(visitor.sees(&address).html, page.html, "the same facts are the same text");
    assert_eq!(asked_again(&visitor, &address, &version), (304, 0));
    assert_eq!(asked_again(&visitor, &address, &format!("\"x\", {version}")).0, 304);
    assert_eq!(asked_again(&visitor, &address, "\"x\"").0, 200);
    let head = visitor.request(&Method::HEAD, &address, &[], &[]);
    assert_eq!((head.status, head.html.as_str(), head.header("etag")), (200, "", version.as_str()));
    world.order().up_to(Status::InDispute);
    assert_eq!(asked_again(&visitor, &address, &version).0, 200, "a new question is a new version");
}

#[test]
fn each_question_that_waits_for_me_has_its_deadline_and_its_reminders() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    let addresses = [&customer, &freelancer].map(|person| (person.id, person.makes_a_calendar()));
    let calendar =
        |of: &Person| entries_at(&world, &addresses.iter().find(|(id, _)| *id == of.id).expect("both have one").1);
    for row in Row::ALL {
        let (opener, respondent) = row.sides(&customer, &freelancer);
        let order = world.order().titled("Logo, \"groot\"; en\\of klein").due_in(-40).active();
        row.opens(&order, &customer, &freelancer);
        let dispute = world.dispute(&order, 1);
        let found = calendar(respondent);
        let entry = named(&found, &format!("{order}.1"));
        let deadline = dispute.respond_by.trunc_subsecs(0);
        assert_eq!(entry.end, Some(When::Moment(deadline)));
        let When::Moment(start) = entry.start else { panic!("{entry:?}") };
        let hours: &[i64] = if row.window() == TimeDelta::hours(96) { &[48, 24, 6, 1] } else { &[24, 6, 1] };
        let before: Vec<i64> = entry.alarms.iter().map(|alarm| (deadline - (start - *alarm)).num_seconds()).collect();
        assert_eq!(before, hours.iter().map(|hours| hours * 3600).collect::<Vec<_>>(), "{row:?}");
        assert!(entry.summary.contains(&opener.name) && entry.summary.contains("“Logo, \"groot\"; en\\of klein”"));
        assert!(entry.description.contains("Doe je niets, dan"), "{entry:?}");
        assert_eq!(entry.url, format!("{}{}", world.origin, order.dispute(1)));
        assert_eq!((entry.sequence, entry.is_cancelled), (0, false));
        let theirs = calendar(opener);
        assert!(!theirs.iter().any(|entry| entry.uid.starts_with(&order.to_string())), "who asks has no deadline");
    }
}

#[test]
fn a_settled_question_stays_for_thirty_days_as_cancelled_under_the_same_name_and_then_goes() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    let (address, theirs) = (freelancer.makes_a_calendar(), customer.makes_a_calendar());
    let [declined, withdrawn, lapsed] = [(); 3].map(|()| world.order().due_in(-40).active());
    for order in [&declined, &withdrawn, &lapsed] {
        Row::CustomerCancels.opens(order, &customer, &freelancer);
    }
    let before = entries_at(&world, &address);
    freelancer.declines(&declined, "Nee.");
    customer.withdraws(&withdrawn);
    let ended = entries_at(&world, &address);
    for order in [&declined, &withdrawn] {
        let (was, is) = (named(&before, &format!("{order}.1")), named(&ended, &format!("{order}.1")));
        assert_eq!((was.is_cancelled, is.is_cancelled), (false, true));
        assert!(is.sequence > was.sequence && is.uid == was.uid && is.start == was.start && is.alarms.is_empty());
    }
    assert!(!named(&ended, &format!("{lapsed}.1")).is_cancelled);
    world.hours_pass(48);
    // Also when the outcome of silence was not written down yet.
    assert!(named(&entries_at(&world, &address), &format!("{lapsed}.1")).is_cancelled);
    assert_eq!(world.row(&lapsed).status, Status::InDispute);
    let text = world.visitor().sees(&address).html;
    world.sweep();
    assert_eq!(world.visitor().sees(&address).html, text, "and writing it down changes nothing of it");
    assert_eq!(entries_at(&world, &address).len(), 3);
    world.days_pass(29);
    assert_eq!(entries_at(&world, &address).len(), 1, "those of two days before are gone");
    world.days_pass(1);
    assert_eq!(entries_at(&world, &address), []);
    assert_eq!(entries_at(&world, &theirs), []);
}

#[test]
fn a_delivery_date_moves_with_an_accepted_change_and_is_over_when_the_work_is_there() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    let order = world.order().titled("Een logo").due_in(10).active();
    let day = world.today() + TimeDelta::days(10);
    let address = freelancer.makes_a_calendar();
    let name = format!("{order}.delivery");
    let mut last = -1;
    let mut look = || {
        let entry = named(&entries_at(&world, &address), &name).clone();
        assert!(entry.sequence > last, "{} after {last}", entry.sequence);
        last = entry.sequence;
        entry
    };
    let first = look();
    assert_eq!((first.start, first.is_cancelled), (When::Day(day), false));
    assert_eq!(first.alarms, [TimeDelta::hours(15)], "at nine in the morning of the day before");
    assert_eq!(first.summary, "Leverdatum: jij levert “Een logo” aan Sanne de Vries");
    assert_eq!(first.url, format!("{}{}", world.origin, order.path));
    let theirs = entries_at(&world, &customer.makes_a_calendar());
    assert_eq!(named(&theirs, &name).summary, "Leverdatum: Daan Bakker levert “Een logo” aan jou");
    freelancer.requests_change(&order, 3, &[], "Meer tijd.");
    assert_eq!(look().start, When::Day(day), "asking moves nothing");
    customer.accepts(&order);
    assert_eq!(look().start, When::Day(day + TimeDelta::days(3)));
    freelancer.delivers(&order);
    assert!(look().is_cancelled);
    customer.requests_revision(&order, "Graag groter.");
    assert!(!look().is_cancelled, "sent back, it is due again");
    freelancer.delivers(&order);
    customer.approves(&order);
    assert!(look().is_cancelled);
    world.days_pass(31);
    assert_eq!(entries_at(&world, &address), []);
}

#[test]
fn a_calendar_speaks_its_owners_language_and_not_that_of_who_asks_for_it() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    let order = world.order().titled("Een logo").active();
    customer.asks_for_update(&order, "Niemand mag dit in een agenda lezen.");
    let address = freelancer.makes_a_calendar();
    let dutch = entries(&world.visitor().preferring("en").sees(&address).html);
    assert_eq!(named(&dutch, &format!("{order}.1")).summary, "Sanne de Vries wacht op je update over “Een logo”");
    freelancer.switches_language();
    let text = world.visitor().preferring("nl").sees(&address).html;
    let english = entries(&text);
    assert_eq!(
        named(&english, &format!("{order}.1")).summary,
        "Sanne de Vries is waiting for your update on “Een logo”"
    );
    assert!(named(&english, &format!("{order}.1")).description.contains("If you do nothing"));
    assert!(!text.contains("Niemand mag"), "what they write to each other stays on the pages");
}

#[test]
fn nobody_elses_orders_are_in_a_calendar() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    let stranger = world.somebody("Youssef El Amrani");
    let order = world.order().titled("Geheime opdracht").active();
    Row::CustomerCancels.opens(&order, &customer, &freelancer);
    let own = world.order().between(&stranger, &customer).titled("Eigen opdracht").active();
    let theirs = entries_at(&world, &stranger.makes_a_calendar());
    assert_eq!(
        theirs.iter().map(|entry| entry.url.as_str()).collect::<Vec<_>>(),
        [format!("{}{}", world.origin, own.path)]
    );
    let text = world.visitor().sees(&stranger.calendar()).html;
    assert!(!text.contains("Geheime") && !text.contains("Daan"), "{text}");
    assert!(!customer.sees("/account").html.contains(&stranger.calendar()), "nor is its address on another's page");
}

#[test]
fn the_mail_that_brings_a_question_has_its_deadline_with_it_under_the_name_of_the_calendar() {
    let (world, smtp) = (World::new(), Smtp::new());
    let (customer, freelancer) = world.parties();
    let order = world.order().titled("Een logo").due_in(-40).active();
    customer.asks_to_cancel(&order, "too_late", "Het duurt te lang.");
    customer.comments(&order, "Laat iets horen.");
    world.relays();
    let in_feed = entries_at(&world, &freelancer.makes_a_calendar());
    let _postman = world.postman(&smtp, FAST);
    smtp.has_taken(2);
    world.seconds_pass(600);
    let taken = smtp.has_taken(3);
    let opening = taken[0].read();
    let calendars: Vec<_> = opening.attachments().collect();
    assert_eq!(calendars.len(), 1);
    let kind = calendars[0].content_type().expect("it says what it is");
    assert_eq!((kind.ctype(), kind.subtype(), kind.attribute("method")), ("text", Some("calendar"), Some("PUBLISH")));
    assert_eq!(calendars[0].attachment_name(), Some("oplossingscentrum.ics"));
    let text = calendars[0].text_contents().expect("it is text");
    assert_eq!(entries(text), in_feed, "whoever has both sees it once");
    assert!(taken[0].text().contains("Het duurt te lang.") && taken[0].html().contains("Het duurt te lang."));
    assert_eq!(taken[2].read().attachment_count(), 0, "a comment has no deadline of its own");
    freelancer.declines(&order, "Nee.");
    assert_eq!(smtp.has_taken(4)[3].read().attachment_count(), 0, "nor has the answer");
}

#[test]
fn a_calendar_stops_at_some_hundred_entries_the_soonest_first() {
    let world = World::new();
    let freelancer = world.freelancer();
    let far = world.order().due_in(300).active();
    for day in 0..101 {
        world.order().due_in(day).active();
    }
    let found = entries_at(&world, &freelancer.makes_a_calendar());
    assert_eq!(found.len(), 100);
    assert!(!found.iter().any(|entry| entry.uid.starts_with(&far.to_string())));
}

#[test]
fn a_deadline_is_its_moment_in_utc_and_told_in_the_readers_own_time_on_each_night_the_clocks_change() {
    let at = |written: &str| written.parse::<DateTime<Utc>>().unwrap();
    let world = World::new();
    let freelancer = world.freelancer();
    let address = freelancer.makes_a_calendar();
    for (change, zones) in [
        ("2027-02-07T02:00:00Z", &[Africa::Casablanca, Asia::Kolkata][..]),
        ("2027-03-28T01:00:00Z", &[Europe::Amsterdam, Europe::Dublin, Tz::UTC]),
        ("2027-10-02T15:30:00Z", &[Australia::Lord_Howe]),
        ("2027-10-31T01:00:00Z", &[Europe::Amsterdam]),
        ("2027-11-07T04:30:00Z", &[America::St_Johns]),
    ] {
        world.it_is(at(change) - TimeDelta::hours(48) - TimeDelta::minutes(70));
        let mut asked = Vec::new();
        for _ in 0..8 {
            asked.push(world.order().due_in(-40).up_to(Status::InDispute));
            world.seconds_pass(20 * 60);
        }
        for zone in zones {
            let form = freelancer.sees("/account").form("/account").choose("time_zone", zone.name());
            freelancer.done(&form);
            let text = world.visitor().sees(&address).html;
            let found = entries(&text);
            for order in &asked {
                let respond_by = world.dispute(order, 1).respond_by.trunc_subsecs(0);
                let entry = named(&found, &format!("{order}.1"));
                let expected = (When::Moment(respond_by - TimeDelta::minutes(30)), Some(When::Moment(respond_by)));
                assert_eq!((entry.start, entry.end), expected, "{zone}");
                let told = Reader { language: Language::Nl, zone: *zone }.moment(respond_by);
                assert!(entry.description.contains(&told), "{told}: {}", entry.description);
            }
        }
    }
}

#[test]
fn the_completion_of_a_delivery_is_in_the_customers_calendar_until_it_was_looked_at() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    let order = world.order().active();
    let (own, theirs) = (customer.makes_a_calendar(), freelancer.makes_a_calendar());
    let name = format!("{order}.completion");
    let is_there = |address: &str| entries_at(&world, address).iter().any(|entry| entry.uid.starts_with(&name));
    assert!(!is_there(&own));
    freelancer.delivers(&order);
    let completes_at = world.row(&order).completes_at.unwrap();
    let entries = entries_at(&world, &own);
    let entry = named(&entries, &name);
    assert_eq!((entry.end, entry.is_cancelled), (Some(When::Moment(completes_at.trunc_subsecs(0))), false));
    assert_eq!(entry.alarms, [TimeDelta::hours(24) - TimeDelta::minutes(30)], "a day before");
    assert!(!is_there(&theirs), "nothing waits for who delivered");
    customer.requests_revision(&order, "Graag groter.");
    assert!(named(&entries_at(&world, &own), &name).is_cancelled);
}
