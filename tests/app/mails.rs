//! What every mail says, in both languages, read back by a parser that is not ours.

use dom_query::Document;
use mail_parser::MimeHeaders;
use oplossingscentrum::i18n::Language::{self, En, Nl};

use crate::builders::Order;
use crate::page::squeezed;
use crate::people::Person;
use crate::postman::FAST;
use crate::smtp::{Smtp, Taken};
use crate::world::World;

/// What holds for every mail, whatever it says.
#[track_caller]
fn is_proper(world: &World, mail: &Taken, reader: &Person, order: &Order, language: Language) {
    let (parsed, id) = (mail.read(), mail.id());
    assert_eq!(mail.to, reader.email, "{id}");
    let to = parsed.to().unwrap().first().unwrap();
    assert_eq!((to.name(), to.address()), (Some(reader.name.as_str()), Some(reader.email.as_str())), "{id}");
    let from = parsed.from().unwrap().first().unwrap();
    assert_eq!((from.name(), from.address()), (Some("Oplossingscentrum"), Some("noreply@example.com")), "{id}");
    assert!(id.ends_with("@127.0.0.1") && id.contains(&order.to_string()), "{id}");
    let age = world.now().timestamp() - parsed.date().unwrap().to_timestamp();
    assert!((0..120).contains(&age), "{id} is dated {age} seconds ago");
    let thread = mail.header("References").unwrap();
    assert!(thread.starts_with(&format!("<order.{order}.")), "{thread}");
    assert_eq!(mail.header("In-Reply-To").as_ref(), Some(&thread), "{id}");
    assert_eq!(mail.header("Auto-Submitted").as_deref(), Some("auto-generated"), "{id}");
    assert_eq!(mail.header("Content-Language").as_deref(), Some(language.code()), "{id}");
    let subject = mail.subject();
    assert!(subject.contains("Logo voor een bakkerij") && subject.chars().count() <= 150, "{subject}");
    let kinds: Vec<_> = parsed.parts.iter().filter_map(|part| part.content_type()?.subtype()).collect();
    assert_eq!(kinds, ["alternative", "plain", "html"], "{id}");

    let (text, html) = (mail.text(), Document::from(mail.html().as_str()));
    let greeting = if language == Nl { "Hallo " } else { "Hello " };
    assert!(text.starts_with(&format!("{greeting}{},\n", reader.name)), "{text}");
    let links: Vec<&str> = text.split_whitespace().filter(|word| word.contains("://")).collect();
    assert_eq!(links.len(), 1, "one link: {text}");
    assert!(text.lines().all(|line| line.trim_end() == line || line == "-- "), "{text:?}");
    assert!(!text.contains("\n\n\n"), "{text:?}");
    let path = links[0].strip_prefix(&world.origin).expect("it leads to us");
    assert!(path.starts_with(&order.path), "{path}");
    reader.sees(path);
    for anchor in html.select("a").iter() {
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

/// A scene: people who act, and the mail of each step.
struct Scene<'a> {
    world: &'a World,
    smtp: &'a Smtp,
    language: Language,
    seen: std::cell::Cell<usize>,
}

impl Scene<'_> {
    /// The one mail of that step, for that reader, saying all of this.
    #[track_caller]
    fn tells(&self, reader: &Person, order: &Order, optional: bool, parts: &[&str]) {
        self.seen.set(self.seen.get() + 1);
        let mail = self.smtp.has_taken(self.seen.get()).pop().unwrap();
        self.checks(&mail, reader, order, optional, parts);
    }

    /// The same when both are told.
    #[track_caller]
    fn tells_both(&self, readers: [&Person; 2], order: &Order, parts: &[&str]) {
        self.seen.set(self.seen.get() + 2);
        let mails = self.smtp.has_taken(self.seen.get());
        for reader in readers {
            let mail = mails[mails.len() - 2..].iter().find(|mail| mail.to == reader.email);
            self.checks(mail.expect("each is told"), reader, order, false, parts);
        }
    }

    #[track_caller]
    fn checks(&self, mail: &Taken, reader: &Person, order: &Order, optional: bool, parts: &[&str]) {
        is_proper(self.world, mail, reader, order, self.language);
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
}

fn play(language: Language) {
    let (world, smtp) = (World::new(), Smtp::new());
    let (klant, freelancer) = world.parties();
    for person in [&klant, &freelancer] {
        // The pages these people click through stay Dutch in both scenes; only their mails are in the other language.
        world.sql(&format!("UPDATE accounts SET language = '{}' WHERE id = {}", language.code(), person.id.0)).unwrap();
    }
    let _postman = world.postman(&smtp, FAST);
    let scene = Scene { world: &world, smtp: &smtp, language, seen: 0.into() };
    let zone = |order: &Order| {
        let by = world.dispute(order, 1).respond_by;
        oplossingscentrum::i18n::format::Reader { language, zone: chrono_tz::Europe::Amsterdam }.moment(by)
    };
    let post = |person: &Person, path: &str, fields: &[(&str, &str)]| drop(person.post(path, fields).must(303));
    let nothing = scene.word("Doe je niets", "If you do nothing");

    let order = world.order().active();
    let opens = |kind: &str, reason: &str, comment: &str, token: &str| {
        let fields = [("kind", kind), ("reason", reason), ("comment", comment), ("form_token", token)];
        fields.map(|(name, value)| (name.to_owned(), value.to_owned()))
    };
    let send = |person: &Person, order: &Order, fields: [(String, String); 4]| {
        let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        post(person, &order.at("/disputes"), &fields);
    };
    // An update: asked, talked about, given.
    send(&klant, &order, opens("update", "", "Hoe staat het?\n\nIk ben benieuwd.", "a"));
    let asks = scene.word("Sanne de Vries vroeg om een update.", "Sanne de Vries asked for an update.");
    let answer = scene.word("Beantwoord de vraag:", "Answer the question:");
    scene.tells(
        &freelancer,
        &order,
        false,
        &[asks, "> Hoe staat het? > > Ik ben benieuwd.", nothing, &zone(&order), answer],
    );
    post(&freelancer, &order.at("/disputes/1/comments"), &[("comment", "Ik kijk het na.")]);
    let silent = scene.word("Geeft Daan Bakker geen update", "If Daan Bakker gives no update");
    scene.tells(&klant, &order, true, &["Ik kijk het na.", silent, &zone(&order)]);
    post(&klant, &order.at("/disputes/1/comments"), &[("comment", "Fijn.")]);
    scene.tells(&freelancer, &order, true, &["Fijn.", nothing, answer]);
    post(&freelancer, &order.at("/disputes/1/update"), &[("comment", "Bijna klaar.")]);
    let goes_on = scene.word("ging verder als “Actief”", "went on as “Active”");
    scene.tells(&klant, &order, false, &["Bijna klaar.", goes_on]);

    // Cancellations: declined, withdrawn, accepted, lapsed.
    let order = world.order().active();
    send(&klant, &order, opens("cancellation", "too_late", "Het duurt te lang.", "a"));
    let why = scene.word("Reden: De levering komt te laat", "Reason: The delivery is or will be late");
    scene.tells(&freelancer, &order, false, &[why, "Het duurt te lang.", nothing, &zone(&order)]);
    post(&freelancer, &order.at("/disputes/1/decline"), &[("comment", "Ik ben er bijna.")]);
    scene.tells(&klant, &order, false, &["Ik ben er bijna.", goes_on]);
    send(&freelancer, &order, opens("cancellation", "personal", "", "b"));
    scene.tells(&klant, &order, false, &["Daan Bakker", nothing]);
    post(&freelancer, &order.at("/disputes/2/withdraw"), &[]);
    scene.tells(&klant, &order, false, &["Daan Bakker", goes_on]);
    send(&freelancer, &order, opens("cancellation", "personal", "", "c"));
    scene.tells(&klant, &order, false, &[nothing]);
    post(&klant, &order.at("/disputes/3/accept"), &[]);
    scene.tells(&freelancer, &order, false, &["Sanne de Vries", scene.word("is geannuleerd", "is cancelled")]);

    // A change, accepted; and everything else a delivery can come to.
    let order = world.order().active();
    let fields = [
        ("extra_days", "3"),
        ("extra_title[]", "Tweede logo"),
        ("extra_price[]", "75"),
        ("comment", "Meer werk."),
        ("form_token", "a"),
    ];
    post(&freelancer, &order.at("/changes"), &fields);
    let price = scene.word("Prijs: van € 250,00 naar € 325,00", "Price: from €250.00 to €325.00");
    scene.tells(&klant, &order, false, &["Meer werk.", price, nothing, &zone(&order)]);
    post(&klant, &order.at("/disputes/1/accept"), &[]);
    scene.tells(&freelancer, &order, false, &["Sanne de Vries"]);
    post(&freelancer, &order.at("/deliver"), &[]);
    let completes = scene.word("vanzelf voltooid", "completes by itself");
    scene.tells(&klant, &order, false, &["Daan Bakker", completes, "CE"]);
    post(&klant, &order.at("/revision"), &[("comment", "Iets groter.")]);
    scene.tells(&freelancer, &order, false, &["Iets groter."]);
    post(&freelancer, &order.at("/deliver"), &[]);
    scene.tells(&klant, &order, false, &[completes]);
    // A question on a delivery that lapses: its mail also says what becomes of the delivery then.
    send(&klant, &order, opens("update", "", "Is dit alles?", "b"));
    scene.tells(&freelancer, &order, false, &["Is dit alles?", scene.word("“Geleverd”", "“Delivered”")]);
    for nth in 1..=3 {
        world.it_is(world.dispute(&order, 2).respond_by - chrono::TimeDelta::hours([24, 6, 1][nth - 1]));
        let waits = scene.word("wacht nog op je antwoord", "is still waiting for your answer");
        scene.tells(&freelancer, &order, true, &["Is dit alles?", waits, nothing]);
    }
    world.it_is(world.dispute(&order, 2).respond_by);
    world.sweep();
    scene.tells_both([&klant, &freelancer], &order, &[completes]);
    world.it_is(world.row(&order).completes_at.unwrap());
    world.sweep();
    scene.tells_both([&klant, &freelancer], &order, &[]);

    // Lapses that cancel and that change nothing, and an approval.
    let (cancelled, unchanged, approved) = (world.order().active(), world.order().active(), world.order().active());
    send(&klant, &cancelled, opens("cancellation", "other", "Daarom.", "a"));
    scene.tells(&freelancer, &cancelled, false, &["Daarom."]);
    world.sql("DELETE FROM outbox WHERE what = 'reminder'").unwrap();
    world.it_is(world.dispute(&cancelled, 1).respond_by);
    world.sweep();
    scene.tells_both([&klant, &freelancer], &cancelled, &[scene.word("is geannuleerd", "is cancelled")]);
    post(
        &freelancer,
        &unchanged.at("/changes"),
        &[("extra_days", "3"), ("comment", "Meer tijd."), ("form_token", "a")],
    );
    scene.tells(&klant, &unchanged, false, &["Meer tijd."]);
    world.sql("DELETE FROM outbox WHERE what = 'reminder'").unwrap();
    world.it_is(world.dispute(&unchanged, 1).respond_by);
    world.sweep();
    scene.tells_both([&klant, &freelancer], &unchanged, &[scene.word("4 dagen", "4 days")]);
    post(&freelancer, &approved.at("/deliver"), &[]);
    scene.tells(&klant, &approved, false, &[]);
    post(&klant, &approved.at("/approve"), &[]);
    scene.tells(&freelancer, &approved, false, &["Sanne de Vries"]);
}

#[test]
fn every_mail_in_dutch_says_who_what_why_and_until_when_and_leads_to_its_page() {
    play(Nl);
}

#[test]
fn every_mail_in_english_says_who_what_why_and_until_when_and_leads_to_its_page() {
    play(En);
}

#[test]
fn a_mail_that_comes_late_says_how_it_stands_by_then() {
    let (world, smtp) = (World::new(), Smtp::new());
    let (klant, freelancer) = world.parties();
    let order = world.order().active();
    klant.asks_to_cancel(&order, "other", "Daarom.");
    freelancer.declines(&order, "Nee.");
    let _postman = world.postman(&smtp, FAST);
    let asked = smtp.has_taken(2).into_iter().find(|mail| mail.to == freelancer.email).unwrap();
    let text = asked.text();
    assert!(text.contains("Daarom.") && text.contains("Afgewezen op"), "{text}");
    assert!(!text.contains("Doe je niets") && !text.contains("Beantwoord de vraag"), "{text}");
}

#[test]
fn no_name_title_or_comment_gets_into_a_header_or_out_of_its_mail() {
    let (world, smtp) = (World::new(), Smtp::new());
    let (klant, freelancer) = world.parties();
    let sly = "Eve\r\nBcc: victim@example.com\r\n\r\n<script>alert(1)</script> 🦀 \"Ünï\" <a@b.nl>, c@d.nl;";
    for person in [&klant, &freelancer] {
        world.sql(&format!("UPDATE accounts SET name = '{sly}' WHERE id = {}", person.id.0)).unwrap();
    }
    let title = format!("Logo\r\nX-Evil: 1\r\n =?utf-8?Q?=0D=0ABcc:_x@y.nl?= {}", "zéér lang ".repeat(12));
    let order = world.order().titled(&title).active();
    let comment =
        "Eerste regel\n.\nQUIT\n.\nMAIL FROM:<eve@example.com>\nBcc: x@y.nl\n<img src=x onerror=alert(1)> & “klaar”\n\
                   From here on a very long line: "
            .to_owned()
            + &"abcdefghi ".repeat(150);
    let fields = [("kind", "update"), ("comment", comment.as_str()), ("form_token", "a")];
    klant.post(&order.at("/disputes"), &fields).must(303);
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
    assert!(subject.starts_with("Logo X-Evil: 1 = ?utf-8?Q?=0D=0ABcc:_x@y.nl?= zéér lang"), "{subject}");
    let text = mail.text();
    for line in comment.lines().map(str::trim_end) {
        assert!(text.contains(&format!("\n> {line}\n")), "{line:?} is not in {text}");
    }
    let html = Document::from(mail.html().as_str());
    assert!(!html.select("script, img").exists(), "{}", mail.html());
    assert!(squeezed(&html.select("blockquote").text()).contains("<img src=x onerror=alert(1)> & “klaar”"));
}
