//! Hostile texts, through every field. They are stored as written or refused with a message, and they are only text on
//! every page, in every mail and in every calendar.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use dom_query::Document;
use oplossingscentrum::domain::orders::change::Title;
use oplossingscentrum::domain::{Ask, Text};
use oplossingscentrum::import::{Format, read};
use oplossingscentrum::operations::maintenance::import::import;
use oplossingscentrum::store::outbox::MailState;
use reqwest::Method;

use crate::builders::Order;
use crate::calendar::entries_at;
use crate::counts::is_long;
use crate::counts::report;
use crate::hostile_strings::strings;
use crate::page::Form;
use crate::page::Page;
use crate::page::squeezed;
use crate::people::Person;
use crate::postman::FAST;
use crate::smtp::Smtp;
use crate::world::World;

/// Elements and attributes that no page and no mail of ours has. A page has one script, by its address.
const FOREIGN: &str = "script:not([src^='/static/']), img, iframe, object, embed, base, style, video, source, math, xmp, \
     plaintext, template, noscript, meta[http-equiv], link[href^='http'], [srcdoc], [style], [onerror], [onload], \
     [onfocus], [onmouseover], [ontoggle], [onbegin], [formaction]:not([formaction^='/orders/']), \
     a[href^='javascript' i], a[href^='data']";

/// The fields that take a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Field {
    Question,
    Update,
    CustomersReason,
    FreelancersReason,
    Change,
    ExtraTitle,
    Decline,
    Comment,
    Revision,
}

impl Field {
    const ALL: [Self; 9] = [
        Self::Question,
        Self::Update,
        Self::CustomersReason,
        Self::FreelancersReason,
        Self::Change,
        Self::ExtraTitle,
        Self::Decline,
        Self::Comment,
        Self::Revision,
    ];

    /// The form with this field on a new order, filled in with that text, and the person who sends it.
    fn typed<'a>(
        self,
        world: &World,
        [customer, freelancer]: [&'a Person; 2],
        text: &str,
    ) -> (Order, &'a Person, Form) {
        let order = if self == Self::Revision { world.order().delivered() } else { world.order().active() };
        let asked = || customer.asks_for_update(&order, "Hoe staat het?");
        let (who, form) = match self {
            Self::Question => (customer, customer.center_form(&order, "update")),
            Self::CustomersReason => (customer, customer.center_form(&order, "cancellation").choose("reason", "other")),
            Self::FreelancersReason => {
                (freelancer, freelancer.center_form(&order, "cancellation").choose("reason", "other"))
            }
            Self::Change => (freelancer, freelancer.change_form(&order, 3, &[], "")),
            Self::ExtraTitle => (freelancer, freelancer.change_form(&order, 0, &[(text, "10")], "Daarom")),
            Self::Revision => (customer, customer.sees(&order.path).form(&order.at("/revision"))),
            Self::Update => {
                asked();
                (freelancer, freelancer.update_form(&order))
            }
            Self::Comment => {
                asked();
                (customer, customer.comment_form(&order))
            }
            Self::Decline => {
                customer.asks_to_cancel(&order, "too_late", "Te laat.");
                (freelancer, freelancer.decline_form(&order))
            }
        };
        let form = if self == Self::ExtraTitle { form } else { form.fill("comment", text) };
        (order, who, form)
    }

    /// The text as the domain takes it, whose own tests say what is dropped. An optional text may be empty.
    fn taken(self, text: &str) -> String {
        if self == Self::ExtraTitle {
            return Title::parse(text).unwrap().as_str().to_owned();
        }
        Text::parse_optional(text).unwrap().map(|text| text.as_str().to_owned()).unwrap_or_default()
    }

    /// The stored text.
    fn stored(self, world: &World, order: &Order) -> String {
        if self == Self::ExtraTitle {
            let Ask::Change(change) = world.dispute(order, 1).ask else { panic!("a change was asked for") };
            return change.extras()[0].title.as_str().to_owned();
        }
        // An optional text may be absent.
        world.events(order).pop().unwrap().text.map(|text| text.as_str().to_owned()).unwrap_or_default()
    }
}

/// Checks that a page or mail has only what our own templates put there.
#[track_caller]
fn is_sound(html: &str, what: &str) {
    let document = Document::from(html);
    let foreign: Vec<String> = document.select(FOREIGN).iter().map(|element| element.html().to_string()).collect();
    assert_eq!(foreign, Vec::<String>::new(), "{what}");
}

/// Checks that a page shows this text as it was written.
#[track_caller]
fn shows(page: &Page, text: &str, what: &str) {
    is_sound(&page.html, what);
    let document = page.document();
    let places = document.select("blockquote, h1, h2, h3, td, li, dd, p, a");
    let shown = places.iter().any(|place| squeezed(&place.text()).contains(&squeezed(text)));
    assert!(shown, "{what}: {text:?} is not on {}: {}", page.path, page.main());
}

#[test]
fn whatever_is_typed_is_kept_as_written_or_refused_and_is_never_more_than_text() {
    let (world, smtp) = (World::new(), Smtp::new());
    let (customer, freelancer) = world.parties();
    let calendars = [customer.makes_a_calendar(), freelancer.makes_a_calendar()];
    let strings = strings();
    let (mut kept, mut refused) = (0, 0);
    let mut told = BTreeMap::new();
    for (number, text) in strings.iter().enumerate() {
        let fields = if is_long() { &Field::ALL[..] } else { &Field::ALL[number % 9..][..1] };
        for field in fields {
            let what = format!("{field:?} {number} {:?}", text.chars().take(60).collect::<String>());
            let (order, who, form) = field.typed(&world, [&customer, &freelancer], text);
            let answer = form.send(who);
            match answer.status {
                303 => {
                    let expected = field.taken(text);
                    assert_eq!(field.stored(&world, &order), expected, "{what}");
                    for person in [&customer, &freelancer] {
                        let page = person.sees(&order.path);
                        is_sound(&page.html, &what);
                        if *field != Field::ExtraTitle {
                            shows(&page, &expected, &what);
                        }
                    }
                    if !matches!(field, Field::Revision) {
                        shows(&customer.sees(&order.dispute(1)), &expected, &what);
                    }
                    // A mail tells the question in its own words; the titles of extras are on the page.
                    if *field != Field::ExtraTitle {
                        told.insert(order.to_string(), expected);
                    }
                    kept += 1;
                }
                422 => {
                    assert_eq!(answer.summary().len(), 1, "{what}: {}", answer.main());
                    is_sound(&answer.html, &what);
                    refused += 1;
                }
                413 => {
                    assert!(text.len() > 100_000, "{what}");
                    is_sound(&answer.html, &what);
                    refused += 1;
                }
                other => panic!("{other}: {what}"),
            }
        }
    }
    for page in ["/notifications", "/orders", "/disputes"] {
        is_sound(&customer.sees(page).html, page);
        is_sound(&freelancer.sees(page).html, page);
    }
    let questions: usize = calendars.iter().map(|address| entries_at(&world, address).len()).sum();
    let mails = every_mail_is_only_text(&world, &smtp, &told);
    assert!(kept > 100 && refused > 3 && questions > 50, "{kept} {refused} {questions}");
    report(format_args!(
        "hostile texts: {} texts, {kept} kept as written, {refused} refused, {mails} mails and {questions} calendar entries read",
        strings.len()
    ));
}

/// Delivers and reads every mail: for each order, by its name, some mail has the text.
fn every_mail_is_only_text(world: &World, smtp: &Smtp, told: &BTreeMap<String, String>) -> usize {
    const HEADERS: [&str; 13] = [
        "auto-submitted",
        "content-language",
        "content-type",
        "date",
        "from",
        "in-reply-to",
        "list-unsubscribe",
        "list-unsubscribe-post",
        "message-id",
        "mime-version",
        "references",
        "subject",
        "to",
    ];
    // Comments are mailed ten minutes after the first of them.
    world.seconds_pass(600);
    let _postman = world.postman(smtp, FAST);
    let waits = || world.outbox().iter().any(|row| row.state == MailState::Waiting && row.due_at <= world.now());
    let until = Instant::now() + Duration::from_secs(300);
    while waits() {
        assert!(Instant::now() < until, "mail is still waiting");
        std::thread::sleep(Duration::from_millis(200));
    }
    let mails = smtp.taken();
    let names = world.names();
    let mut missing: BTreeMap<&str, String> =
        told.iter().map(|(order, text)| (order.as_str(), squeezed(text))).collect();
    for mail in &mails {
        let parsed = mail.read();
        for header in parsed.headers() {
            assert!(HEADERS.contains(&header.name().to_lowercase().as_str()), "{} in {}", header.name(), mail.id());
        }
        assert!(["klant@example.com", "freelancer@example.com"].contains(&mail.to.as_str()), "{}", mail.to);
        let html = mail.html();
        is_sound(&html.replace("<style>", "<i>").replace("</style>", "</i>"), &mail.id());
        let (words, plain) =
            (squeezed(&Document::from(html.as_str()).text()), squeezed(&mail.text().replace("\n>", "\n")));
        let name = &names[&mail.id()];
        missing.retain(|order, text| !(name.contains(order) && words.contains(&*text) && plain.contains(&*text)));
    }
    assert!(missing.is_empty(), "no mail has {missing:#?}");
    mails.len()
}

#[test]
fn what_a_file_names_people_and_orders_is_only_text_too() {
    let world = World::new();
    let freelancer = world.freelancer();
    let calendar = freelancer.makes_a_calendar();
    let (mut kept, mut refused) = (0, 0);
    for (number, text) in strings().iter().enumerate() {
        let reference = format!("OC-H{number:07}");
        let email = format!("h{number}@example.com");
        let mut file = csv::Writer::from_writer(Vec::new());
        let header = [
            "reference",
            "title",
            "price",
            "currency",
            "placed_at",
            "delivery_date",
            "status",
            "customer_email",
            "customer_name",
            "freelancer_email",
            "freelancer_name",
        ];
        file.write_record(header).unwrap();
        let dates = ["2026-11-15T09:06:54+01:00", "2026-12-10"];
        let row = [
            &*reference,
            text,
            "12.50",
            "EUR",
            dates[0],
            dates[1],
            "active",
            &*email,
            text,
            "freelancer@example.com",
            "Daan",
        ];
        file.write_record(row).unwrap();
        let Ok(contents) = read(&file.into_inner().unwrap(), Format::Csv, world.now()) else {
            refused += 1;
            continue;
        };
        let done =
            import(&world.app.store, &contents, world.now()).unwrap_or_else(|error| panic!("{text:?}: {error:?}"));
        assert_eq!(done.refused, [], "{text:?}");
        let page = freelancer.sees(&format!("/orders/{reference}"));
        // Titles and names are brought to NFC, as every text is.
        let composed = icu_normalizer::ComposingNormalizerBorrowed::new_nfc().normalize(text.trim());
        assert_eq!(page.h1(), squeezed(&composed), "the title");
        shows(&page, &composed, "the name");
        is_sound(&freelancer.sees(&format!("/orders?q={reference}")).html, text);
        kept += 1;
    }
    let due = entries_at(&world, &calendar).len();
    assert!(kept > 90 && refused > 20 && due > 90, "{kept} {refused} {due}");
    report(format_args!("hostile files: {kept} imported as written, {refused} refused, {due} calendar entries read"));
}

#[test]
fn what_is_searched_or_asked_for_is_only_text_on_the_page_that_answers() {
    let world = World::new();
    let (customer, visitor) = (world.customer(), world.visitor());
    let mut tried = 0;
    for text in strings().iter().filter(|text| text.len() < 2_000) {
        let query =
            serde_html_form::to_string([("q", text), ("next", text), ("after", text), ("filter", text)]).unwrap();
        for (browser, page) in
            [(&customer.browser, "/orders"), (&customer.browser, "/disputes"), (&visitor, "/sign-in")]
        {
            let answer = browser.request(&Method::GET, &format!("{page}?{query}"), &[], &[]);
            assert!([200, 404].contains(&answer.status), "{text:?}: {}", answer.status);
            is_sound(&answer.html, text);
            tried += 1;
        }
        let form = visitor.sees("/sign-in").form("/sign-in");
        let answer = form.fill("email", text).forge("password", text).forge("next", text).send(&visitor);
        assert!([422, 429].contains(&answer.status), "{text:?}: {}", answer.status);
        is_sound(&answer.html, text);
        tried += 1;
    }
    report(format_args!("hostile searches and sign-ins: {tried} pages"));
}
