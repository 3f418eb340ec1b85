//! Writes the file part by part: first all of it for programs, then all of it to read.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use actix_web::web::Bytes;
use zip::write::{SimpleFileOptions, StreamWriter};
use zip::{CompressionMethod, ZipWriter};

use crate::clock::Times;
use crate::domain::AccountId;
use crate::i18n::format::Reader;
use crate::operations::accounts::data::{self, KnownOrder, OrderCursor};
use crate::operations::accounts::events::{self, EventCursor};
use crate::settings::Settings;
use crate::store::Store;
use crate::web::account::data::{json, readable};
use crate::web::error::Error;

/// How many events of the account a part has at most.
const EVENTS: usize = 500;
/// How many orders a part has at most (our choice: some 20 ms).
const ORDERS: usize = 50;

/// The two files in the zip.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum File {
    /// For programs.
    Json,
    /// To read.
    Html,
}

/// The next part of a file.
#[derive(Debug, Clone, Copy)]
enum Section {
    Account,
    Events(Option<EventCursor>),
    Orders(Option<OrderCursor>),
}

/// A file that is being written.
pub(super) struct Export {
    pub me: AccountId,
    settings: Arc<Settings>,
    reader: Reader,
    times: Times,
    file: File,
    section: Section,
    zip: Option<Zip>,
    sink: Sink,
}

/// The compressed bytes that were not sent yet.
#[derive(Clone, Default)]
struct Sink(Arc<Mutex<Vec<u8>>>);

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Export {
    pub fn new(me: AccountId, settings: Arc<Settings>, reader: Reader, times: Times) -> Box<Self> {
        let (sink, section) = (Sink::default(), Section::Account);
        let zip = Some(ZipWriter::new_stream(sink.clone()));
        Box::new(Self { me, settings, reader, times, file: File::Json, section, zip, sink })
    }

    /// The bytes that were written and not taken yet.
    pub fn take(&self) -> Bytes {
        std::mem::take(&mut *self.sink.0.lock().unwrap_or_else(PoisonError::into_inner)).into()
    }

    /// Writes the next part; answers whether there is another one.
    pub fn write_part(&mut self, store: &Store) -> Result<bool, Error> {
        let Some(mut zip) = self.zip.take() else { return Ok(false) };
        let next = match self.section {
            Section::Account => self.write_account(&mut zip, store)?,
            Section::Events(after) => self.write_events(&mut zip, store, after)?,
            Section::Orders(after) => self.write_orders(&mut zip, store, after)?,
        };
        match (next, self.file) {
            (Some(section), _) => self.section = section,
            (None, File::Json) => (self.file, self.section) = (File::Html, Section::Account),
            (None, File::Html) => {
                zip.finish().map_err(|error| Error::internal(&error))?;
                return Ok(false);
            }
        }
        self.zip = Some(zip);
        Ok(true)
    }

    fn write_account(&self, zip: &mut Zip, store: &Store) -> Result<Option<Section>, Error> {
        let known = data::known(store, &self.settings.secret, self.me, self.times.wall)?.ok_or(Error::NotFound)?;
        match self.file {
            File::Json => {
                begin(zip, "data.json")?;
                json::begin(zip, &known, self.times.wall)
            }
            File::Html => {
                begin(zip, "data.html")?;
                readable::begin(zip, &known, self.reader, self.times.wall)
            }
        }
        .map_err(|error| Error::internal(&error))?;
        Ok(Some(Section::Events(None)))
    }

    fn write_events(
        &self,
        zip: &mut impl Write,
        store: &Store,
        after: Option<EventCursor>,
    ) -> Result<Option<Section>, Error> {
        let page = events::page(store, self.me, after, EVENTS)?;
        match self.file {
            File::Json => json::events(zip, &page.events, after.is_none()),
            File::Html => readable::events(zip, &page.events, self.reader),
        }
        .map_err(|error| Error::internal(&error))?;
        if page.next.is_some() {
            return Ok(Some(Section::Events(page.next)));
        }
        match self.file {
            File::Json => json::end_events(zip),
            File::Html => readable::end_events(zip, self.reader),
        }
        .map_err(|error| Error::internal(&error))?;
        Ok(Some(Section::Orders(None)))
    }

    fn write_orders(
        &self,
        zip: &mut impl Write,
        store: &Store,
        after: Option<OrderCursor>,
    ) -> Result<Option<Section>, Error> {
        let (orders, last) = data::orders(store, self.me, after, self.times.app, ORDERS)?;
        for (at, known) in orders.iter().enumerate() {
            self.write_order(zip, store, known, after.is_none() && at == 0)?;
        }
        if orders.len() == ORDERS {
            return Ok(Some(Section::Orders(last)));
        }
        match self.file {
            File::Json => json::end(zip),
            File::Html => readable::end(zip, self.reader, after.is_none() && orders.is_empty()),
        }
        .map_err(|error| Error::internal(&error))?;
        Ok(None)
    }

    fn write_order(
        &self,
        zip: &mut impl Write,
        store: &Store,
        known: &KnownOrder,
        is_first: bool,
    ) -> Result<(), Error> {
        let broken = |error: io::Error| Error::internal(&error);
        match self.file {
            File::Json => {
                json::begin_order(zip, known, is_first).map_err(broken)?;
                let mut is_first = true;
                data::each_event(store, known, |event| {
                    json::order_event(zip, known, event, std::mem::take(&mut is_first)).map_err(broken)
                })?;
                json::end_order(zip).map_err(broken)
            }
            File::Html => {
                readable::begin_order(zip, known, self.reader).map_err(broken)?;
                data::each_event(store, known, |event| {
                    readable::order_event(zip, known, event, self.reader).map_err(broken)
                })?;
                readable::end_order(zip).map_err(broken)
            }
        }
    }
}

/// The zip while it is written.
type Zip = ZipWriter<StreamWriter<Sink>>;

/// Begins a file in the zip.
fn begin(zip: &mut Zip, name: &str) -> Result<(), Error> {
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    zip.start_file(name, options).map_err(|error| Error::internal(&error))
}
