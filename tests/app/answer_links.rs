//! The link of a question's mail: it opens the question for its reader alone, without signing in (rules 17).

use chrono::TimeDelta;
use oplossingscentrum::domain::{Actor, EventKind, Party, Status};
use oplossingscentrum::mail::write::write;
use oplossingscentrum::store::outbox::{QueuedMail, Subject};
use reqwest::Method;

use crate::builders::Order;
use crate::page::Page;
use crate::passwords::{NEW, link_for};
use crate::people::{Browser, Person};
use crate::rows::Row;
use crate::world::{PASSWORD, World};

const WORDS: &str = "Ik stuur morgen de eerste schets, beloofd.";
const WHY: &str = "Ik kan niet langer wachten.";
const GONE: &str = "Deze link werkt niet meer";
const OVER: &str = "Dit verzoek is voorbij";

/// The path that the mail leads to.
fn path(world: &World, mail: &QueuedMail) -> String {
    let written = write(mail, &world.app.settings, world.now()).expect("a mail can be written");
    let link = written.link.strip_prefix(&world.origin).expect("it leads to us").to_owned();
    assert!(written.text.contains(&written.link) && written.html.contains(&written.link));
    link
}

/// The link in the newest mail that asks that person a question about that order.
#[track_caller]
pub fn answer_link(world: &World, order: &Order, reader: &Person) -> String {
    let is_question = |mail: &QueuedMail| {
        let Subject::Event(matter, event) = &mail.about else { return false };
        (event.kind, matter.order.reference, mail.to.id) == (EventKind::Opened, order.reference, reader.id)
    };
    let link = path(world, world.outbox().iter().rfind(|mail| is_question(mail)).expect("there is a mail"));
    assert!(link.starts_with("/answer/"), "{link}");
    link
}

/// A question, and the link in its mail.
struct Asked {
    world: World,
    asker: Person,
    reader: Person,
    order: Order,
    link: String,
    /// A browser in which nobody is signed in.
    visitor: Browser,
}

impl Asked {
    fn of(row: Row) -> Self {
        let world = World::new();
        let (customer, freelancer) = world.parties();
        let order = world.order().active();
        row.opens(&order, &customer, &freelancer);
        let (asker, reader) =
            if row.opener() == Party::Customer { (customer, freelancer) } else { (freelancer, customer) };
        let link = answer_link(&world, &order, &reader);
        let visitor = world.visitor();
        Self { world, asker, reader, order, link, visitor }
    }

    /// Presses the button behind the link.
    #[track_caller]
    fn opened(&self) -> Page {
        self.opened_in(&self.visitor)
    }

    #[track_caller]
    fn opened_in(&self, browser: &Browser) -> Page {
        browser.sees(&self.link).form(&self.link).choose("action", "open").send(browser).must(200)
    }

    /// Sends a form of the opened page with that button and text.
    #[track_caller]
    fn answers(&self, action: &str, text: &str) -> Page {
        let form = self.opened().form(&self.link);
        form.choose("action", action).fill("comment", text).send(&self.visitor)
    }

    fn last_event(&self) -> (EventKind, Actor, Option<String>) {
        let event = self.world.events(&self.order).pop().unwrap();
        (event.kind, event.actor, event.text.map(|text| text.to_string()))
    }

    fn everything(&self) -> String {
        self.world.everything(&[&self.asker, &self.reader], &[&self.order])
    }

    /// Whether the link ended, for its reader's eyes.
    #[track_caller]
    fn is_gone(&self, link: &str) {
        let page = self.visitor.get(link).must(404);
        assert_eq!(page.h1(), GONE);
        page.hides("Logo voor een bakkerij").hides("Sanne de Vries");
        assert!(page.links_to("/orders"), "it says where to go: {:?}", page.links());
        let page = self.visitor.post(link, &[("action", "decline"), ("comment", WORDS)]).must(404);
        page.shows(WORDS);
    }
}

fn is_by(party: Party) -> Actor {
    Actor::Party(party)
}

#[test]
fn following_the_link_shows_title_and_asker_and_changes_nothing() {
    let asked = Asked::of(Row::CustomerCancels);
    let before = asked.everything();
    let page = asked.visitor.sees(&asked.link);
    page.shows("Sanne de Vries vraagt je iets").shows("Logo voor een bakkerij");
    page.hides(WHY).hides("te laat").hides("250").hides("annul").hides("Daan");
    assert!(!page.html.contains(&asked.order.to_string()), "{}", page.html);
    assert!(page.buttons().contains(&"Bekijk en antwoord".to_owned()), "{:?}", page.buttons());
    assert_eq!((page.header("referrer-policy"), page.header("cache-control")), ("strict-origin", "no-store"));
    assert!(page.html.contains("<meta name=\"robots\" content=\"noindex\">"));
    for headers in [&[][..], &[("Sec-Purpose", "prefetch")], &[("User-Agent", "a scanner")]] {
        asked.visitor.request(&Method::GET, &asked.link, headers, &[]).must(200);
    }
    assert_eq!(asked.visitor.request(&Method::HEAD, &asked.link, &[], &[]).must(200).html, "");
    let query = format!("{}?action=decline&comment=x", asked.link);
    asked.visitor.sees(&query).hides(WHY);
    assert_eq!(asked.everything(), before);
    asked.asker.sees(&asked.order.dispute(1)).shows("Daan Bakker heeft je verzoek nog niet geopend.");
    asked.visitor.get("/orders").must(303);
}

#[test]
fn the_button_opens_the_question_with_every_choice_and_tells_the_asker() {
    let asked = Asked::of(Row::CustomerCancels);
    asked.asker.comments(&asked.order, "Laat je me iets weten?");
    let page = asked.opened();
    page.shows(WHY).shows("De levering komt te laat").shows("Laat je me iets weten?");
    page.shows("Accepteren: annuleren").shows("Afwijzen: doorgaan").shows("Als je niets doet");
    page.shows("Je hebt dit verzoek geopend op");
    assert_eq!((page.header("referrer-policy"), page.header("cache-control")), ("strict-origin", "no-store"));
    asked.asker.sees(&asked.order.dispute(1)).shows("Daan Bakker heeft je verzoek geopend op");
    asked.opened().shows(WHY);
    // It signs nobody in.
    asked.visitor.get("/orders").must(303);
    asked.visitor.get(&asked.order.dispute(1)).must(303);
}

#[test]
fn a_comment_and_then_an_answer_are_given_with_the_link_and_once() {
    let asked = Asked::of(Row::CustomerCancels);
    let page = asked.visitor.follow(&asked.answers("comment", WORDS).must(303));
    page.shows("Je opmerking staat erbij. Je hebt nog niet geantwoord");
    assert_eq!(asked.last_event(), (EventKind::Commented, is_by(Party::Freelancer), Some(WORDS.into())));
    asked.answers("comment", WORDS).must(303);
    assert_eq!(asked.world.events(&asked.order).len(), 3, "a double click adds one comment");
    let form = asked.opened().form(&asked.link).choose("action", "decline").fill("comment", "Nee, bijna klaar.");
    let page = asked.visitor.follow(&form.send(&asked.visitor));
    page.shows("Je hebt het verzoek afgewezen.");
    assert_eq!(page.h1(), OVER);
    assert!(page.links_to(&asked.order.dispute(1)), "{:?}", page.links());
    asked.visitor.sees(&asked.link).hides("Je hebt het verzoek afgewezen.");
    let (kind, actor, text) = asked.last_event();
    assert_eq!((kind, actor), (EventKind::Declined, is_by(Party::Freelancer)));
    assert_eq!(text.as_deref(), Some("Nee, bijna klaar."));
    // The same form once more is refused, and its words come back.
    let before = asked.everything();
    form.send(&asked.visitor).must(409).shows("Nee, bijna klaar.");
    assert_eq!(asked.everything(), before);
    // Until the deadline its reader can still see how it ended.
    let page = asked.visitor.sees(&asked.link).form(&asked.link).choose("action", "open").send(&asked.visitor);
    page.must(200).shows("Afgewezen op").shows("Nee, bijna klaar.");
}

#[test]
fn an_update_is_given_with_the_link_and_its_choices_become_text() {
    let asked = Asked::of(Row::Update);
    let form = asked.opened().form(&asked.link).choose("action", "update").choose("progress", "half");
    asked.visitor.follow(&form.fill("comment", WORDS).send(&asked.visitor)).shows("Je update is verstuurd");
    let (kind, actor, text) = asked.last_event();
    assert_eq!((kind, actor), (EventKind::UpdateGiven, is_by(Party::Freelancer)));
    assert_eq!(text.unwrap(), format!("Ik ben ongeveer op de helft.\n\n{WORDS}"));
}

#[test]
fn accepting_shows_the_outcome_and_asks_for_the_password() {
    let asked = Asked::of(Row::CustomerCancels);
    let before = asked.everything();
    let page = asked.answers("accept", WORDS).must(200);
    assert_eq!(page.h1(), "Ga je akkoord met annuleren?");
    page.shows("De bestelling wordt meteen geannuleerd, voor jullie allebei.").shows(WORDS);
    let form = page.form(&asked.link).choose("action", "accept");
    let missing = form.clone().send(&asked.visitor);
    missing.refuses(&[("password", "Vul je huidige wachtwoord in")]).shows(WORDS);
    let wrong = form.clone().fill("password", "dit is het niet").send(&asked.visitor);
    wrong.refuses(&[("password", "Dit is niet je huidige wachtwoord")]).shows(WORDS);
    assert!(!wrong.html.contains("dit is het niet"));
    assert_eq!(asked.everything(), before);
    // The way back keeps the words too.
    let back = form.clone().choose("action", "open").send(&asked.visitor).must(200);
    assert_eq!(back.form(&asked.link).value("comment"), WORDS);
    let page = asked.visitor.follow(&form.fill("password", PASSWORD).send(&asked.visitor));
    page.shows("Je bent akkoord gegaan.");
    assert_eq!(asked.last_event(), (EventKind::Accepted, is_by(Party::Freelancer), Some(WORDS.into())));
    assert_eq!(asked.world.row(&asked.order).status, Status::MutuallyCancelled);
    asked.visitor.get("/orders").must(303);
}

#[test]
fn a_part_of_a_change_is_accepted_with_the_link() {
    let asked = Asked::of(Row::Change);
    let (date, price) = (asked.world.row(&asked.order).delivery_date, asked.world.row(&asked.order).price);
    let way = format!("{}?part=date", asked.link);
    let page = asked.opened().form(&way).send(&asked.visitor).must(200);
    assert_eq!(page.h1(), "Ga je akkoord met alleen de nieuwe leverdatum?");
    let form = page.form(&way).choose("action", "accept").fill("password", PASSWORD);
    asked.visitor.follow(&form.send(&asked.visitor)).shows("De nieuwe afspraak geldt vanaf nu");
    let row = asked.world.row(&asked.order);
    assert_eq!((row.delivery_date, row.price), (date + TimeDelta::days(5), price));
}

#[test]
fn wrong_passwords_with_a_link_are_limited_and_lock_nobody_out_elsewhere() {
    let asked = Asked::of(Row::CustomerCancels);
    let form = asked.answers("accept", WORDS).must(200).form(&asked.link).choose("action", "accept");
    for _ in 0..10 {
        form.clone().fill("password", "dit is het niet").send(&asked.visitor).must(422);
    }
    let page = form.clone().fill("password", PASSWORD).send(&asked.visitor).must(429);
    page.shows(WORDS);
    let seconds: u64 = page.header("retry-after").parse().unwrap();
    assert!((1..=900).contains(&seconds), "{seconds}");
    // A reminder of the same question brings another link, and no more attempts.
    let another = answer_link(&asked.world, &asked.order, &asked.reader);
    assert_ne!(another, asked.link);
    let fields = [("action", "accept"), ("password", PASSWORD)];
    asked.world.visitor().post(&another, &fields).must(429);
    assert!(asked.world.dispute(&asked.order, 1).is_open());
    asked.reader.elsewhere().signs_in(PASSWORD).must(303);
    asked.answers("decline", "Toch niet.").must(303);
}

#[test]
fn who_has_no_password_yet_is_told_how_to_get_one_and_can_do_all_else() {
    let asked = Asked::of(Row::CustomerCancels);
    asked.world.sql("UPDATE accounts SET password_hash = NULL WHERE email = 'freelancer@example.com'").unwrap();
    let page = asked.answers("accept", WORDS).must(200);
    assert!(page.links_to("/password/forgotten"), "{:?}", page.links());
    assert!(!page.buttons().contains(&"Accepteren".to_owned()), "{:?}", page.buttons());
    asked.visitor.post(&asked.link, &[("action", "accept"), ("password", "")]).must(422);
    asked.visitor.post(&asked.link, &[("action", "accept"), ("password", PASSWORD)]).must(422);
    asked.answers("decline", WORDS).must(303);
}

#[test]
fn the_link_works_until_the_deadline_and_not_a_moment_longer() {
    let asked = Asked::of(Row::CustomerCancels);
    let form = asked.opened().form(&asked.link).choose("action", "decline").fill("comment", WORDS);
    let respond_by = asked.world.dispute(&asked.order, 1).respond_by;
    asked.world.it_is(respond_by - TimeDelta::seconds(30));
    asked.opened().shows(WHY);
    asked.world.it_is(respond_by);
    let page = asked.visitor.get(&asked.link).must(404);
    assert_eq!(page.h1(), OVER);
    page.hides(WHY).hides("annul");
    assert!(page.links_to(&asked.order.dispute(1)), "{:?}", page.links());
    let late = form.send(&asked.visitor).must(409);
    late.shows(WORDS).shows("Verlopen op").shows("te laat");
    asked.visitor.post(&asked.link, &[("action", "open")]).must(409).hides(WHY);
    assert_eq!(asked.world.dispute(&asked.order, 1).settled_at(asked.world.now()).state.code(), "lapsed");
}

#[test]
fn after_the_deadline_it_does_not_tell_how_a_question_ended_otherwise() {
    let asked = Asked::of(Row::CustomerCancels);
    asked.reader.declines(&asked.order, "Liever niet.");
    asked.world.days_pass(2);
    asked.visitor.get(&asked.link).must(404).hides("Afgewezen");
    asked.visitor.post(&asked.link, &[("action", "open")]).must(409).hides("Afgewezen").hides("Liever niet.");
}

#[test]
fn it_ends_with_signing_out_everywhere_a_new_password_and_another_address() {
    let asked = Asked::of(Row::CustomerCancels);
    asked.opened();
    asked.reader.post("/account/sign-out-everywhere", &[]).must(303);
    asked.is_gone(&asked.link);
    let newer = answer_link(&asked.world, &asked.order, &asked.reader);
    asked.visitor.sees(&newer);
    let password = link_for(&asked.world, &asked.reader);
    asked.world.visitor().sets_password(&password, NEW).must(303);
    asked.is_gone(&newer);
    let newer = answer_link(&asked.world, &asked.order, &asked.reader);
    asked.visitor.sees(&newer);
    let (went_well, said) = asked.world.runs(&["account", "change-email", &asked.reader.email, "daan@example.com"], "");
    assert!(went_well, "{said}");
    asked.is_gone(&newer);
    asked.visitor.sees(&answer_link(&asked.world, &asked.order, &asked.reader));
}

#[test]
fn a_suspended_account_still_answers_with_its_link() {
    let asked = Asked::of(Row::CustomerCancels);
    let (went_well, said) = asked.world.runs(&["account", "suspend", &asked.reader.email], "");
    assert!(went_well, "{said}");
    asked.reader.get("/orders").must(303);
    asked.answers("decline", WORDS).must(303);
    assert_eq!(asked.last_event().0, EventKind::Declined);
}

#[test]
fn another_account_in_the_same_browser_is_told_and_left_alone() {
    let asked = Asked::of(Row::CustomerCancels);
    let stranger = asked.world.somebody("Noor Jansen");
    let cookie = stranger.session_cookie();
    stranger.sees(&asked.link).shows("Je bent hier ingelogd als Noor Jansen").hides("Daan");
    let page = asked.opened_in(&stranger);
    page.shows("Je bent hier ingelogd als Noor Jansen").shows(WHY);
    let form = page.form(&asked.link).choose("action", "decline").fill("comment", WORDS);
    stranger.done(&form).shows("Je hebt het verzoek afgewezen.");
    assert_eq!(asked.last_event().1, is_by(Party::Freelancer));
    assert_eq!(stranger.session_cookie(), cookie);
    assert!(stranger.is_in());
    stranger.get(&asked.order.path).must(404);
    asked.asker.sees("/orders").shows("Logo voor een bakkerij");
    asked.reader.sees(&asked.link).hides("Je bent hier ingelogd als");
}

#[test]
fn a_second_factor_is_asked_before_anything_is_shown_or_done() {
    let asked = Asked::of(Row::CustomerCancels);
    let (app, _) = asked.reader.switches_second_factor_on();
    let before = asked.everything();
    asked.visitor.sees(&asked.link).shows("Sanne de Vries vraagt je iets");
    let page = asked.opened();
    assert_eq!(page.h1(), "Vul je code in");
    page.hides(WHY).hides("annul");
    let wrong = page.form(&asked.link).fill("code", "000000").send(&asked.visitor);
    wrong.refuses(&[("code", "Deze code werkt niet, of is al gebruikt. Vul de nieuwste code uit je app in.")]);
    wrong.hides(WHY);
    // A whole answer without a code is asked for it first, and keeps its words.
    let fields = [("action", "decline"), ("comment", WORDS), ("proof", "made up")];
    let page = asked.visitor.post(&asked.link, &fields).must(200);
    assert_eq!((page.h1().as_str(), page.form(&asked.link).value("comment")), ("Vul je code in", WORDS));
    assert_eq!(page.form(&asked.link).value("action"), "decline");
    assert_eq!(asked.everything(), before);
    asked.asker.sees(&asked.order.dispute(1)).shows("Daan Bakker heeft je verzoek nog niet geopend.");
    // Once it was right, this browser goes on without another code, and no other browser does.
    let page = asked.opened().form(&asked.link).fill("code", &app.code(1)).send(&asked.visitor).must(200);
    page.shows(WHY);
    let form = page.form(&asked.link).choose("action", "comment").fill("comment", WORDS);
    let proof = form.value("proof").to_owned();
    assert!(!proof.is_empty());
    form.send(&asked.visitor).must(303);
    let fields = [("action", "decline"), ("proof", proof.as_str())];
    assert_eq!(asked.world.visitor().post(&asked.link, &fields).must(200).h1(), "Vul je code in");
    assert!(asked.world.dispute(&asked.order, 1).is_open());
    let page = asked.visitor.post(&asked.link, &fields);
    page.must(303);
}

#[test]
fn accepting_with_a_second_factor_asks_for_the_code_and_the_password() {
    let asked = Asked::of(Row::CustomerCancels);
    let (app, _) = asked.reader.switches_second_factor_on();
    let fields = [("action", "accept"), ("password", PASSWORD), ("comment", WORDS)];
    let page = asked.visitor.post(&asked.link, &fields).must(200);
    assert_eq!(page.h1(), "Vul je code in");
    assert!(!page.html.contains(PASSWORD), "a password is never carried along");
    let page = page.form(&asked.link).fill("code", &app.code(1)).send(&asked.visitor).must(200);
    assert_eq!(page.h1(), "Ga je akkoord met annuleren?");
    let form = page.form(&asked.link).choose("action", "accept").fill("password", PASSWORD);
    form.send(&asked.visitor).must(303);
    assert_eq!(asked.last_event().2.as_deref(), Some(WORDS));
}

#[test]
fn the_code_on_the_way_to_a_part_of_a_change_leads_to_that_part() {
    let asked = Asked::of(Row::Change);
    let (app, _) = asked.reader.switches_second_factor_on();
    let way = format!("{}?part=extras", asked.link);
    let page = asked.visitor.post(&way, &[("action", "accept"), ("comment", WORDS)]).must(200);
    let page = page.form(&way).fill("code", &app.code(1)).send(&asked.visitor).must(200);
    assert_eq!(page.h1(), "Ga je akkoord met alleen de extra’s?");
    assert_eq!(page.form(&way).value("comment"), WORDS);
}

#[test]
fn a_form_that_is_refused_gives_every_word_back() {
    let asked = Asked::of(Row::CustomerCancels);
    let long = format!("{WORDS} {}", "x".repeat(2_500));
    for action in ["comment", "decline", "accept"] {
        let page = asked.answers(action, &long).must(422);
        assert_eq!(page.form(&asked.link).value("comment"), long, "{action}");
    }
    asked.answers("comment", "  ").must(422);
    let form = asked.opened().form(&asked.link).choose("action", "decline").fill("comment", WORDS);
    // The token of another session, as after a day.
    let stale = form.clone().forge("csrf_token", "of another session").send(&asked.visitor).must(403);
    stale.shows(WORDS);
    // Something newer came: once it comes back, with that above it.
    asked.asker.comments(&asked.order, "Of toch niet?");
    let page = form.send(&asked.visitor).must(422);
    page.shows("Of toch niet?");
    let again = page.form(&asked.link);
    assert_eq!(again.value("comment"), WORDS);
    // Much too large.
    let huge = format!("{WORDS} {}", "y".repeat(70_000));
    again.clone().fill("comment", &huge).choose("action", "decline").send(&asked.visitor).must(413).shows(WORDS);
    // It was answered elsewhere meanwhile.
    asked.reader.declines(&asked.order, "");
    again.choose("action", "decline").send(&asked.visitor).must(409).shows(WORDS);
    asked.visitor.post(&asked.link, &[("action", "nonsense"), ("comment", WORDS)]).must(400).shows(WORDS);
}

#[test]
fn only_its_reader_gets_it_and_a_forged_one_is_like_any_other_wrong_one() {
    let asked = Asked::of(Row::CustomerCancels);
    let token = asked.link.strip_prefix("/answer/").unwrap();
    let turned = if token.ends_with('A') { "Q" } else { "A" };
    let tampered = [
        format!("/answer/{}{turned}", &token[..token.len() - 1]),
        format!("/answer/{}", &token[1..]),
        format!("/answer/{token}x"),
        "/answer/x".to_owned(),
    ];
    for link in &tampered {
        asked.is_gone(link);
        let english = asked.world.visitor().preferring("en").get(link).must(404);
        assert_eq!(english.h1(), "This link no longer works");
    }
    for mail in asked.world.outbox().iter().filter(|mail| mail.to.id == asked.asker.id) {
        assert!(!path(&asked.world, mail).starts_with("/answer/"), "{}", mail.key);
    }
}

#[test]
fn its_pages_speak_the_readers_language_unless_this_browser_chose_another() {
    let asked = Asked::of(Row::CustomerCancels);
    asked.world.sql("UPDATE accounts SET language = 'en' WHERE email = 'freelancer@example.com'").unwrap();
    let dutch = asked.world.visitor().preferring("nl");
    assert_eq!(dutch.sees(&asked.link).h1(), "Sanne de Vries is asking you something");
    dutch.done(&dutch.sees(&asked.link).form("/language")).shows("Sanne de Vries vraagt je iets");
}

#[test]
fn question_and_reminder_carry_the_link_and_other_mails_lead_to_their_page() {
    let asked = Asked::of(Row::CustomerCancels);
    asked.asker.comments(&asked.order, "Laat je me iets weten?");
    asked.asker.post(&asked.order.at("/disputes/1/remind"), &[]).must(303);
    asked.world.hours_pass(43);
    asked.world.sweep();
    let mut kinds = Vec::new();
    for mail in asked.world.outbox() {
        let link = path(&asked.world, &mail);
        let (is_answer, text) =
            (link.starts_with("/answer/"), write(&mail, &asked.world.app.settings, asked.world.now()).unwrap().text);
        assert_eq!(text.contains("Deze link werkt alleen voor jou, tot "), is_answer, "{}", mail.key);
        if is_answer {
            assert_eq!(mail.to.id, asked.reader.id);
            asked.visitor.sees(&link);
        }
        kinds.push((mail.key.split('.').next().unwrap().to_owned(), is_answer));
    }
    kinds.sort();
    kinds.dedup();
    let expected = [("event", false), ("event", true), ("reminder", true)];
    assert_eq!(kinds, expected.map(|(kind, is_answer)| (kind.to_owned(), is_answer)));
    // Once it is answered, no mail asks any more.
    asked.answers("decline", WORDS).must(303);
    for mail in asked.world.outbox() {
        assert!(!path(&asked.world, &mail).starts_with("/answer/"), "{}", mail.key);
    }
}

#[test]
fn who_is_signed_in_as_its_reader_is_led_to_the_question_itself() {
    let asked = Asked::of(Row::CustomerCancels);
    let page = asked.reader.sees(&asked.link);
    assert!(page.links_to(&asked.order.dispute(1)), "{:?}", page.links());
    asked.asker.sees(&asked.order.dispute(1)).shows("Daan Bakker heeft je verzoek nog niet geopend.");
    asked.reader.sees(&asked.order.dispute(1)).shows(WHY);
}
