//! The dossier of an order: a page to print, and a file to keep that can be checked without this site.

use std::io::{Cursor, Write};

use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION};
use actix_web::{HttpResponse, web};
use askama::Template;
use chrono::NaiveDate;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::app::App;
use crate::domain::audit::chain::{self, fingerprint};
use crate::domain::audit::dossier::statement;
use crate::domain::{AccountId, Actor, Event, EventKind, Money, Order, Party, Status, Text};
use crate::i18n::labels;
use crate::operations::orders::chain as chain_of;
use crate::operations::orders::dossier::{self, Dossier};
use crate::operations::orders::signing;
use crate::paths;
use crate::secret::sha256;
use crate::store::Store;
use crate::web::access::OrderAccess;
use crate::web::error::Error;
use crate::web::layout::Page;
use crate::web::orders::timeline::{Day, Entry, Timeline};
use crate::web::respond::html;

/// The program in the file that checks it.
const SCRIPT: &str = include_str!("../../../templates/dossier/controleren.py");

/// The page on the site, around the chapters.
#[derive(Template)]
#[template(path = "dossier/page.html")]
struct DossierPage<'a> {
    page: &'a Page,
    order: &'a Order,
    back: String,
    download: Option<String>,
    chapters: Chapters<'a>,
    timeline: Vec<Day<'a>>,
}

/// The page in the file, which needs nothing else.
#[derive(Template)]
#[template(path = "dossier/file.html")]
struct DossierFile<'a> {
    page: &'a Page,
    order: &'a Order,
    chapters: Chapters<'a>,
    timeline: Vec<Day<'a>>,
}

/// The chapters that a third person asks for.
struct Chapters<'a> {
    customer: &'a str,
    freelancer: &'a str,
    placed_price: Money,
    placed_date: NaiveDate,
    /// What the order shows now.
    status: String,
    is_cancelled: bool,
    description: Option<&'a Text>,
    changes: Vec<Entry<'a>>,
    questions: Vec<Question<'a>>,
    extras: Vec<(String, Money)>,
    fingerprint: Option<String>,
    since: Option<String>,
    signature: String,
}

/// A question with everything that was said to it.
struct Question<'a> {
    number: String,
    asked: Entry<'a>,
    /// When it was mailed to the party that must answer, and when that party opened it.
    reached: Vec<String>,
    answers: Vec<Entry<'a>>,
}

/// Whether an event changed what was agreed.
fn changes_terms(event: &Event, dossier: &Dossier) -> bool {
    match event.kind {
        EventKind::Accepted => dossier.dispute(event).is_some_and(|dispute| dispute.accepted_change().is_some()),
        EventKind::Repriced | EventKind::Rescheduled | EventKind::Retitled => true,
        _ => false,
    }
}

impl<'a> Chapters<'a> {
    fn new(access: &'a OrderAccess, dossier: &'a Dossier, told: &Timeline<'a>) -> Self {
        let OrderAccess { page, overview, .. } = access;
        let (price, date) = chain::placed_terms(&dossier.order, &dossier.disputes, &dossier.events);
        let question = |asked: &'a Event| {
            let of_it = |event: &&Event| event.dispute == asked.dispute && event.number != asked.number;
            let answers = dossier.events.iter().filter(of_it).map(|event| told.entry(event)).collect();
            let dispute = dossier.dispute(asked)?;
            let (reader, reached) = (overview.name(dispute.respondent()), dossier.reached(dispute.number)?);
            let has_acted =
                |event: &Event| event.dispute == asked.dispute && event.actor == Actor::Party(dispute.respondent());
            let mailed = match reached.mailed_at {
                Some(at) => page.words.dossier_mailed(page.full_moment(&at)),
                None => page.words.dossier_not_mailed(),
            };
            let opened = match reached.seen_at {
                Some(at) => Some(page.words.dossier_opened(reader, page.full_moment(&at))),
                // A party that answered has read it, on whatever page.
                None if dossier.events.iter().any(has_acted) => None,
                None => Some(page.words.dossier_not_opened(reader)),
            };
            let reached = [mailed].into_iter().chain(opened).collect();
            Some(Question { number: dispute.number.to_string(), asked: told.entry(asked), reached, answers })
        };
        let agreed = dossier.disputes.iter().filter_map(crate::domain::Dispute::accepted_change);
        let extras = agreed.flat_map(|change| change.extras().to_vec());
        let opened = dossier.events.iter().filter(|event| event.kind == EventKind::Opened);
        let changes = dossier.events.iter().filter(|event| changes_terms(event, dossier));
        // What was accepted stands in the question.
        let change = |event: &'a Event| {
            let is_its_question = |asked: &&Event| asked.kind == EventKind::Opened && asked.dispute == event.dispute;
            let asked = dossier.events.iter().find(is_its_question).filter(|_| event.dispute.is_some());
            let mut entry = told.entry(event);
            entry.details.extend(asked.into_iter().flat_map(|asked| told.entry(asked).details));
            entry
        };
        Self {
            customer: overview.name(Party::Customer),
            freelancer: overview.name(Party::Freelancer),
            placed_price: price,
            placed_date: date,
            status: labels::status(page.words, overview.order.status),
            is_cancelled: matches!(overview.order.status, Status::Cancelled | Status::MutuallyCancelled),
            description: overview.description.text.as_ref(),
            changes: changes.map(change).collect(),
            questions: opened.filter_map(question).collect(),
            extras: extras.map(|extra| (labels::extra_title(page.words, &extra), extra.price)).collect(),
            fingerprint: dossier.chain.head().map(fingerprint),
            since: overview.fingerprint_since.map(|at| {
                let date = page.reader.date(page.reader.day(at));
                page.words.fingerprint_since(date)
            }),
            signature: page.words.dossier_signature(page.address(&paths::SIGNING_KEYS)),
        }
    }
}

/// Shows the public keys that check signatures, newest first, one on each line as other tools read them.
pub(in crate::web) async fn keys(app: web::Data<App>) -> Result<HttpResponse, Error> {
    let keys = app.run_blocking(signing::public_keys).await??;
    let lines: Vec<String> = keys.iter().map(|key| format!("{key}\n")).collect();
    Ok(HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .insert_header((CACHE_CONTROL, "no-cache"))
        .body(lines.concat()))
}

/// The account of the reader.
fn reader(access: &OrderAccess) -> AccountId {
    access.overview.order.account(access.overview.viewer)
}

/// Loads the whole history, when it is the reader's turn to read as much.
async fn load(access: &OrderAccess) -> Result<Dossier, Error> {
    let reference = access.overview.order.reference;
    access.page.run_search(reader(access), move |store| dossier::load(store, reference)).await
}

/// Shows the dossier.
pub(in crate::web) async fn show(access: OrderAccess) -> Result<HttpResponse, Error> {
    let dossier = load(&access).await?;
    let (page, overview) = (&access.page, &access.overview);
    let told = Timeline::told(page, overview, &dossier.disputes);
    let chapters = Chapters::new(&access, &dossier, &told);
    html(&DossierPage {
        page,
        order: &overview.order,
        back: access.path().to_string(),
        download: chapters.fingerprint.is_some().then(|| access.path().dossier_file()),
        timeline: told.days(dossier.events.iter()),
        chapters,
    })
}

/// Gives the dossier as a file; 404 while an event cannot be hashed.
pub(in crate::web) async fn file(access: OrderAccess) -> Result<HttpResponse, Error> {
    let reference = access.overview.order.reference;
    if access.overview.head.is_none() {
        access.page.run_blocking(move |store| chain_of::hash_now(store, reference)).await?;
    }
    let dossier = load(&access).await?;
    let (page, overview) = (&access.page, &access.overview);
    let told = Timeline::told(page, overview, &dossier.disputes);
    let file = DossierFile {
        page,
        order: &overview.order,
        timeline: told.days(dossier.events.iter()),
        chapters: Chapters::new(&access, &dossier, &told),
    };
    let html = file.render().map_err(|error| Error::internal(&error))?;
    let bundle = format!("dossier-{reference}.zip");
    let how = how(page, &bundle, dossier.chain.head().unwrap_or_default());
    let (settings, now, overview) = (page.app.settings.clone(), page.now, access.overview.clone());
    let write = move |store: &Store| -> Result<Vec<u8>, Error> {
        let told = dossier::to_json(&overview, &dossier, &sha256(&html), now).ok_or(Error::NotFound)?;
        let json = format!("{told:#}\n");
        let key = signing::key(store, &settings.secret, settings.host(), now)?;
        let files = [
            ("dossier.html", &*html),
            ("dossier.json", &json),
            ("dossier.note", &key.sign(&statement(settings.host(), &told, &sha256(&json)))),
            ("CONTROLEREN.txt", &how),
            ("controleren.py", SCRIPT),
        ];
        zipped(&files).map_err(|error| Error::internal(&error))
    };
    let bytes = page.run_search(reader(&access), write).await?;
    let named = format!("attachment; filename=\"{bundle}\"");
    Ok(HttpResponse::Ok()
        .content_type("application/zip")
        .insert_header((CONTENT_DISPOSITION, named))
        .insert_header((CACHE_CONTROL, "no-store"))
        .body(bytes))
}

/// How the file is checked, for people.
fn how(page: &Page, bundle: &str, head: &str) -> String {
    let keys = page.address(&paths::SIGNING_KEYS);
    let lines = [
        page.words.dossier_how(),
        page.words.dossier_steps(bundle),
        format!("    python3 controleren.py {bundle} \"{}\"", fingerprint(head)),
        page.words.dossier_signature(keys.as_str()),
        page.words.dossier_signature_steps(),
        format!("    curl -o keys {keys}\n    oplossingscentrum dossier verify {bundle} --keys keys"),
    ];
    lines.join("\n\n") + "\n"
}

fn zipped(files: &[(&str, &str)]) -> zip::result::ZipResult<Vec<u8>> {
    let mut bundle = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (name, content) in files {
        bundle.start_file(*name, options)?;
        bundle.write_all(content.as_bytes())?;
    }
    Ok(bundle.finish()?.into_inner())
}
