//! E-mail messages: headers, a plain text and an HTML part, and an attached calendar.
//!
//! Names, titles and comments go through Lettre's encoder, which writes all non-ASCII text as encoded words; a line
//! break in them never becomes one in a header.

use std::time::SystemTime;

use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, MultiPart, SinglePart};
use lettre::{Address, Message};
use url::Host;

use crate::mail::Mail;
use crate::settings::Settings;

/// Why a mail cannot be made into a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unaddressable {
    /// The account's address is not an e-mail address.
    #[error("this is not an e-mail address")]
    Address,
    /// Its content does not fit a message.
    #[error("the mail cannot be written down")]
    Contents,
}

/// Hexadecimal digits of a message's id: 128 bits.
const ID_DIGITS: usize = 32;

/// The `Message-ID` of a mail, the same at every try. It is a keyed hash, so that a mail server's log and a mailbox's owner
/// learn neither what the mail is about nor of which order it is.
#[must_use]
pub fn message_id(mail: &Mail, settings: &Settings) -> String {
    opaque(settings, &format!("{}\n{}", mail.id, mail.to))
}

fn opaque(settings: &Settings, name: &str) -> String {
    let hash = settings.secret.fingerprint("message-id", name);
    format!("{}@{}", &hash[..ID_DIGITS], settings.host())
}

/// Makes a message of a mail.
pub fn message(mail: &Mail, from: &Mailbox, settings: &Settings) -> Result<Message, Unaddressable> {
    let to: Address = in_punycode(&mail.to).parse().map_err(|_| Unaddressable::Address)?;
    let mut message = Message::builder()
        .from(from.clone())
        .to(Mailbox::new(Some(mail.name.clone()), to))
        .subject(&mail.subject)
        .date(SystemTime::from(mail.at))
        .message_id(Some(format!("<{}>", message_id(mail, settings))))
        .raw_header(header("Auto-Submitted", "auto-generated"))
        .raw_header(header("Content-Language", mail.language.code()));
    if let Some(thread) = &mail.thread {
        let thread = format!("<{}>", opaque(settings, thread));
        message = message.in_reply_to(thread.clone()).references(thread);
    }
    if let Some(address) = &mail.unsubscribe {
        message = message
            .raw_header(header("List-Unsubscribe", &format!("<{address}>")))
            .raw_header(header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"));
    }
    let parts = MultiPart::alternative_plain_html(mail.text.clone(), mail.html.clone());
    let parts = match &mail.calendar {
        Some(calendar) => MultiPart::mixed().multipart(parts).singlepart(attachment(calendar)),
        None => parts,
    };
    message.multipart(parts).map_err(|_| Unaddressable::Contents)
}

/// The address with its domain as every mail server knows it; without it, a header would need a server that knows UTF-8.
fn in_punycode(address: &str) -> String {
    match address.rsplit_once('@').map(|(name, domain)| (name, Host::parse(domain))) {
        Some((name, Ok(Host::Domain(domain)))) => format!("{name}@{domain}"),
        _ => address.to_owned(),
    }
}

/// Attaches a calendar. As a third alternative, some programs would show it instead of the mail.
fn attachment(calendar: &str) -> SinglePart {
    let kind = ContentType::parse("text/calendar; charset=utf-8; method=PUBLISH").expect("this is a content type");
    Attachment::new("oplossingscentrum.ics".to_owned()).body(calendar.to_owned(), kind)
}

/// Makes a header of plain ASCII characters of our own.
fn header(name: &str, value: &str) -> HeaderValue {
    let name = HeaderName::new_from_ascii(name.to_owned()).expect("these names are ASCII");
    HeaderValue::new(name, value.to_owned())
}
