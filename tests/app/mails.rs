//! The text of every mail, in both languages, read by a parser that is not ours.

use std::cell::Cell;

use chrono::TimeDelta;
use chrono_tz::Europe::Amsterdam;
use dom_query::Document;
use mail_parser::MimeHeaders;
use oplossingscentrum::domain::Language::{self, En, Nl};
use oplossingscentrum::i18n::format::Reader;

use crate::builders::Order;
use crate::page::squeezed;
use crate::people::Person;
use crate::postman::FAST;
use crate::postman::Postman;
use crate::smtp::Smtp;
use crate::smtp::Taken;
use crate::world::World;

/// Nothing can be read in an id of a message: neither an order nor a kind (decided for everything that leaves).
#[track_caller]
fn is_opaque(id: &str) {
    let (local, host) = id.split_once('@').expect(id);
    assert!(local.len() == 32 && local.bytes().all(|byte| byte.is_ascii_hexdigit()), "{id}");
    assert_eq!(host, "127.0.0.1");
}

/// Checks what holds for every mail.
#[track_caller]
fn is_proper(world: &World, mail: &Taken, reader: &Person, order: &Order, language: Language) {
    let (parsed, id) = (mail.read(), mail.id());
    assert_eq!(mail.to, reader.email, "{id}");
    let to = parsed.to().unwrap().first().unwrap();
    assert_eq!((to.name(), to.address()), (Some(reader.name.as_str()), Some(reader.email.as_str())), "{id}");
    let from = parsed.from().unwrap().first().unwrap();
    assert_eq!((from.name(), from.address()), (Some("Oplossingscentrum"), Some("noreply@example.com")), "{id}");
    is_opaque(&id);
    assert!(world.name_of(mail).contains(&order.to_string()), "{id}");
    let age = world.now().timestamp() - parsed.date().unwrap().to_timestamp();
    assert!((0..120).contains(&age), "{id} is dated {age} seconds ago");
    let thread = mail.header("References").unwrap();
    is_opaque(thread.trim_matches(['<', '>']));
    assert_ne!(thread, format!("<{id}>"));
    assert_eq!(mail.header("In-Reply-To").as_ref(), Some(&thread), "{id}");
    assert_eq!(mail.header("Auto-Submitted").as_deref(), Some("auto-generated"), "{id}");
    assert_eq!(mail.header("Content-Language").as_deref(), Some(language.code()), "{id}");
    let subject = mail.subject();
    assert!(subject.contains("Logo voor een bakkerij") && subject.chars().count() <= 150, "{subject}");
    let kinds: Vec<_> = parsed.parts.iter().filter_map(|part| part.content_type()?.subtype()).collect();
    // `calendar` tests which mails have a deadline attached.
    match parsed.attachment_count() {
        0 => assert_eq!(kinds, ["alternative", "plain", "html"], "{id}"),
        _ => assert_eq!(kinds, ["mixed", "alternative", "plain", "html", "calendar"], "{id}"),
    }

    let (text, html) = (mail.text(), Document::from(mail.html().as_str()));
    let greeting = if language == Nl { "Hallo " } else { "Hello " };
    assert!(text.starts_with(&format!("{greeting}{},\n", reader.name)), "{text}");
    let links: Vec<&str> = text.split_whitespace().filter(|word| word.contains("://")).collect();
    assert_eq!(links.len(), 1, "one link: {text}");
    assert!(text.lines().all(|line| line.trim_end() == line || line == "-- "), "{text:?}");
    assert!(!text.contains("\n\n\n"), "{text:?}");
    let path = links[0].strip_prefix(&world.origin).expect("it leads to us");
    // A mail that asks for an answer opens its question; every other one leads to a page of the order.
    let asks =
        text.contains(if language == Nl { "Deze link werkt alleen voor jou" } else { "This link works for you alone" });
    assert!(path.starts_with(if asks { "/answer/" } else { &order.path }), "{path}");
    reader.sees(path);
    for anchor in &html.select("a") {
        assert_eq!(anchor.attr_or("href", "").to_string(), links[0], "{id}");
    }
    assert_eq!(html.select("html").attr_or("lang", "").to_string(), language.code());
    assert_eq!((html.select("style").length(), html.select("h1").length()), (1, 1), "{id}");
    assert!(!html.select("img, script, link, iframe, form, [style], [src]").exists(), "{id}: {}", mail.html());
    let body = squeezed(&html.select("body").text());
    for line in text.lines().map(|line| line.trim_start_matches('>').trim()).filter(|line| !line.ends_with(':')) {
        assert!(line == "--" || body.contains(&squeezed(line)), "{id}: {line:?} is not in the HTML: {body}");
    }
}

/// Performs a step, by its address and fields.
#[track_caller]
fn acts(person: &Person, path: &str, fields: &[(&str, &str)]) {
    person.post(path, fields).must(303);
}

/// Two people in one language; every step is followed by its mail.
struct Stage {
    _postman: Postman,
    world: World,
    smtp: Smtp,
    customer: Person,
    freelancer: Person,
    language: Language,
    seen: Cell<usize>,
}

impl Stage {
    fn new(language: Language) -> Self {
        let (world, smtp) = (World::new(), Smtp::new());
        let (customer, freelancer) = world.parties();
        for person in [&customer, &freelancer] {
            let code = language.code();
            world.sql(&format!("UPDATE accounts SET language = '{code}' WHERE id = {}", person.id.0)).unwrap();
        }
        let postman = world.postman(&smtp, FAST);
        Self { _postman: postman, world, smtp, customer, freelancer, language, seen: 0.into() }
    }

    #[track_caller]
    fn asks(&self, person: &Person, order: &Order, kind: &str, reason: &str, comment: &str) {
        let token = format!("t{}", self.seen.get());
        let fields = [("kind", kind), ("reason", reason), ("comment", comment), ("form_token", &token)];
        acts(person, &order.at("/disputes"), &fields);
    }

    /// Checks the one mail of that step, for that reader, with these parts.
    #[track_caller]
    fn tells(&self, reader: &Person, order: &Order, parts: &[&str]) {
        self.seen.set(self.seen.get() + 1);
        let mail = self.smtp.has_taken(self.seen.get()).pop().unwrap();
        self.checks(&mail, reader, order, false, parts);
    }

    /// The same for a mail that can be switched off.
    #[track_caller]
    fn also_tells(&self, reader: &Person, order: &Order, parts: &[&str]) {
        self.seen.set(self.seen.get() + 1);
        let mail = self.smtp.has_taken(self.seen.get()).pop().unwrap();
        self.checks(&mail, reader, order, true, parts);
    }

    /// The same for an outcome of silence, which both are told.
    #[track_caller]
    fn tells_both(&self, order: &Order, parts: &[&str]) {
        self.world.sweep();
        self.seen.set(self.seen.get() + 2);
        let mails = self.smtp.has_taken(self.seen.get());
        for reader in [&self.customer, &self.freelancer] {
            let mail = mails[mails.len() - 2..].iter().find(|mail| mail.to == reader.email);
            self.checks(mail.expect("each is told"), reader, order, false, parts);
        }
    }

    #[track_caller]
    fn checks(&self, mail: &Taken, reader: &Person, order: &Order, optional: bool, parts: &[&str]) {
        is_proper(&self.world, mail, reader, order, self.language);
        let text = squeezed(&mail.text());
        for part in parts {
            assert!(text.contains(part), "{}: {part:?} is not in {text}", mail.id());
        }
        let one_click = mail.header("List-Unsubscribe-Post");
        assert_eq!(one_click.as_deref(), optional.then_some("List-Unsubscribe=One-Click"), "{}", mail.id());
        assert_eq!(mail.header("List-Unsubscribe").is_some(), optional, "{}", mail.id());
    }

    fn word<'w>(&self, dutch: &'w str, english: &'w str) -> &'w str {
        if self.language == Nl { dutch } else { english }
    }

    fn nothing(&self) -> &'static str {
        self.word("Doe je niets", "If you do nothing")
    }

    fn goes_on(&self) -> &'static str {
        self.word("kreeg weer de status “Actief”", "returned to “Active”")
    }

    /// The deadline of the last question, in its reader's format.
    fn deadline(&self, order: &Order) -> String {
        let by = self.world.disputes(order).pop().unwrap().respond_by;
        Reader { language: self.language, zone: Amsterdam }.moment(by)
    }

    /// Moves to the deadline of the last question, without the reminders on the way.
    fn deadline_passes(&self, order: &Order) {
        self.world.it_is(self.world.disputes(order).pop().unwrap().respond_by);
    }
}

#[test]
fn mails_about_an_update_say_who_what_why_and_until_when() {
    for language in [Nl, En] {
        let stage = Stage::new(language);
        let (customer, freelancer, order) = (&stage.customer, &stage.freelancer, stage.world.order().active());
        stage.asks(customer, &order, "update", "", "Hoe staat het?\n\nIk ben benieuwd.");
        let asks = stage.word("Sanne de Vries heeft om een update gevraagd.", "Sanne de Vries asked for an update.");
        let (nothing, deadline) = (stage.nothing(), stage.deadline(&order));
        let answer = stage.word("Beantwoord het verzoek:", "Answer the request:");
        let why = "> Hoe staat het? > > Ik ben benieuwd.";
        stage.tells(freelancer, &order, &[asks, why, nothing, &deadline, answer]);
        acts(freelancer, &order.at("/disputes/1/comments"), &[("comment", "Ik kijk het na.")]);
        stage.world.seconds_pass(600);
        let silent = stage.word("Geeft Daan Bakker geen update", "If Daan Bakker gives no update");
        stage.also_tells(customer, &order, &["Ik kijk het na.", silent, &deadline]);
        acts(customer, &order.at("/disputes/1/comments"), &[("comment", "Fijn.")]);
        stage.world.seconds_pass(600);
        stage.also_tells(freelancer, &order, &["Fijn.", nothing, answer]);
        acts(freelancer, &order.at("/disputes/1/update"), &[("comment", "Bijna klaar.")]);
        stage.tells(customer, &order, &["Bijna klaar.", stage.goes_on()]);
    }
}

#[test]
fn mails_about_a_cancellation_say_who_what_why_and_until_when() {
    for language in [Nl, En] {
        let stage = Stage::new(language);
        let (customer, freelancer, order) = (&stage.customer, &stage.freelancer, stage.world.order().active());
        stage.asks(customer, &order, "cancellation", "too_late", "Het duurt te lang.");
        let why = stage.word("Reden: De levering komt te laat", "Reason: The delivery is or will be late");
        let nothing = stage.nothing();
        stage.tells(freelancer, &order, &[why, "Het duurt te lang.", nothing, &stage.deadline(&order)]);
        acts(freelancer, &order.at("/disputes/1/decline"), &[("comment", "Ik ben er bijna.")]);
        stage.tells(customer, &order, &["Ik ben er bijna.", stage.goes_on()]);
        stage.asks(freelancer, &order, "cancellation", "personal", "");
        let why = stage.word("Reden: Persoonlijke omstandigheden", "Reason: Personal circumstances");
        stage.tells(customer, &order, &["Daan Bakker", why, nothing, &stage.deadline(&order)]);
        acts(freelancer, &order.at("/disputes/2/withdraw"), &[]);
        stage.tells(customer, &order, &["Daan Bakker", stage.goes_on()]);
        stage.asks(freelancer, &order, "cancellation", "personal", "");
        stage.tells(customer, &order, &[nothing]);
        acts(customer, &order.at("/disputes/3/accept"), &[]);
        let cancelled = stage.word("is geannuleerd", "is cancelled");
        stage.tells(freelancer, &order, &["Sanne de Vries", cancelled]);
        let order = stage.world.order().active();
        stage.asks(customer, &order, "cancellation", "other", "Daarom.");
        stage.tells(freelancer, &order, &["Daarom."]);
        stage.deadline_passes(&order);
        stage.tells_both(&order, &[stage.word("automatisch geannuleerd", "cancelled automatically")]);
    }
}

#[test]
fn mails_about_a_change_say_who_what_why_and_until_when() {
    for language in [Nl, En] {
        let stage = Stage::new(language);
        let (customer, freelancer, order) = (&stage.customer, &stage.freelancer, stage.world.order().active());
        let more =
            [("extra_days", "3"), ("extra_title[]", "Tweede logo"), ("extra_price[]", "75"), ("form_token", "a")];
        acts(freelancer, &order.at("/changes"), &[&more[..], &[("comment", "Meer werk.")]].concat());
        let price = stage.word("Prijs: van € 250,00 naar € 325,00", "Price: from €250.00 to €325.00");
        stage.tells(customer, &order, &["Meer werk.", price, stage.nothing(), &stage.deadline(&order)]);
        acts(customer, &order.at("/disputes/1/accept"), &[]);
        stage.tells(freelancer, &order, &["Sanne de Vries"]);
        let days = [("extra_days", "3"), ("comment", "Meer tijd."), ("form_token", "b")];
        acts(freelancer, &order.at("/changes"), &days);
        stage.tells(customer, &order, &["Meer tijd."]);
        stage.deadline_passes(&order);
        stage.tells_both(&order, &[stage.word("4 dagen", "4 days")]);
    }
}

#[test]
fn mails_about_a_delivery_say_what_becomes_of_it_if_nobody_responds() {
    for language in [Nl, En] {
        let stage = Stage::new(language);
        let (customer, freelancer, world) = (&stage.customer, &stage.freelancer, &stage.world);
        let order = world.order().active();
        acts(freelancer, &order.at("/deliver"), &[]);
        let completes = stage.word("automatisch voltooid", "is completed automatically");
        stage.tells(customer, &order, &["Daan Bakker", completes, "(CE"]);
        acts(customer, &order.at("/revision"), &[("comment", "Iets groter.")]);
        stage.tells(freelancer, &order, &["Iets groter."]);
        acts(freelancer, &order.at("/deliver"), &[]);
        stage.tells(customer, &order, &[completes]);
        stage.asks(customer, &order, "update", "", "Is dit alles?");
        stage.tells(freelancer, &order, &["Is dit alles?", stage.word("“Geleverd”", "“Delivered”")]);
        for hours in [24, 6, 1] {
            world.it_is(world.dispute(&order, 1).respond_by - TimeDelta::hours(hours));
            world.sweep();
            let waits = stage.word("wacht nog op je antwoord", "is still waiting for your answer");
            stage.also_tells(freelancer, &order, &["Is dit alles?", waits, stage.nothing()]);
        }
        world.it_is(world.dispute(&order, 1).respond_by);
        stage.tells_both(&order, &[completes]);
        world.it_is(world.row(&order).completes_at.unwrap());
        stage.tells_both(&order, &[]);
        let approved = world.order().active();
        acts(freelancer, &approved.at("/deliver"), &[]);
        stage.tells(customer, &approved, &[completes]);
        acts(customer, &approved.at("/approve"), &[]);
        stage.tells(freelancer, &approved, &["Sanne de Vries"]);
    }
}

#[test]
fn a_mail_that_comes_late_says_how_it_stands_by_then() {
    let (world, smtp) = (World::new(), Smtp::new());
    let (customer, freelancer) = world.parties();
    let order = world.order().active();
    customer.asks_to_cancel(&order, "other", "Daarom.");
    freelancer.declines(&order, "Nee.");
    let _postman = world.postman(&smtp, FAST);
    let asked = smtp.has_taken(2).into_iter().find(|mail| mail.to == freelancer.email).unwrap();
    let text = asked.text();
    assert!(text.contains("Daarom.") && text.contains("Afgewezen op"), "{text}");
    assert!(!text.contains("Doe je niets") && !text.contains("Beantwoord het verzoek"), "{text}");
}

#[test]
fn no_name_title_or_comment_gets_into_a_header_or_out_of_its_mail() {
    let (world, smtp) = (World::new(), Smtp::new());
    let (customer, freelancer) = world.parties();
    let sly = "Eve\r\nBcc: victim@example.com\r\n\r\n<script>alert(1)</script> 🦀 \"Ünï\" <a@b.nl>, c@d.nl;";
    for person in [&customer, &freelancer] {
        world.sql(&format!("UPDATE accounts SET name = '{sly}' WHERE id = {}", person.id.0)).unwrap();
    }
    let title = format!("Logo\r\nX-Evil: 1\r\n =?utf-8?Q?=0D=0ABcc:_x@y.nl?= {}", "zéér lang ".repeat(12));
    let order = world.order().titled(&title).active();
    let comment =
        "Eerste regel\n.\nQUIT\n.\nMAIL FROM:<eve@example.com>\nBcc: x@y.nl\n<img src=x onerror=alert(1)> & “klaar”\n\
                   From here on a very long line: "
            .to_owned()
            + "abcdefghi ".repeat(150).as_str();
    let fields = [("kind", "update"), ("comment", comment.as_str()), ("form_token", "a")];
    customer.post(&order.at("/disputes"), &fields).must(303);
    let _postman = world.postman(&smtp, FAST);
    let mail = smtp.has_taken(1).pop().unwrap();
    let parsed = mail.read();
    let mut names: Vec<String> = parsed.headers().iter().map(|header| header.name().to_lowercase()).collect();
    names.sort();
    let expected = [
        "auto-submitted",
        "content-language",
        "content-type",
        "date",
        "from",
        "in-reply-to",
        "message-id",
        "mime-version",
        "references",
        "subject",
        "to",
    ];
    assert_eq!(names, expected);
    assert!(mail.raw.is_ascii(), "safe for any server");
    assert!(mail.raw.split(|b| *b == b'\n').all(|line| line.len() <= 999), "no line is too long");
    assert_eq!((parsed.to().unwrap().as_list().unwrap().len(), mail.to.as_str()), (1, "freelancer@example.com"));
    assert_eq!(smtp.tries("victim@example.com") + smtp.tries("x@y.nl"), 0);
    let subject = mail.subject();
    assert!(!subject.contains(['\r', '\n']) && subject.chars().count() <= 150, "{subject}");
    assert!(subject.contains("vraagt om een update: Logo X-Evil: 1 = ?utf-8?Q?=0D=0ABcc:_x@y.nl?="), "{subject}");
    let text = mail.text();
    for line in comment.lines().map(str::trim_end) {
        assert!(text.contains(&format!("\n> {line}\n")), "{line:?} is not in {text}");
    }
    let html = Document::from(mail.html().as_str());
    assert!(!html.select("script, img").exists(), "{}", mail.html());
    assert!(squeezed(&html.select("blockquote").text()).contains("<img src=x onerror=alert(1)> & “klaar”"));
}
