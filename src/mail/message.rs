//! A mail on its way: headers and the two parts.
//!
//! Names, titles and comments go through Lettre's encoder, which writes whatever is not plain ASCII as an encoded word;
//! a line break among them never becomes one in a header.

use std::time::SystemTime;

use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::{Address, Message};

use super::Mail;
use crate::config::Settings;

/// Why a mail cannot be put into an envelope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unaddressable {
    /// The account's address is none.
    #[error("this is not an e-mail address")]
    Address,
    /// It has no place for what it says.
    #[error("the mail cannot be written down")]
    Contents,
}

/// Puts a mail into its envelope.
///
/// # Errors
///
/// See [`Unaddressable`].
pub fn message(mail: &Mail, from: &Mailbox, settings: &Settings) -> Result<Message, Unaddressable> {
    let to: Address = mail.to.parse().map_err(|_| Unaddressable::Address)?;
    let named = |local: &str| format!("<{local}@{}>", host(&settings.public_url));
    let mut message = Message::builder()
        .from(from.clone())
        .to(Mailbox::new(Some(mail.name.clone()), to))
        .subject(&mail.subject)
        .date(SystemTime::from(mail.at))
        .message_id(Some(named(&mail.id)))
        .raw_header(header("Auto-Submitted", "auto-generated"))
        .raw_header(header("Content-Language", mail.language.code()));
    if let Some(thread) = &mail.thread {
        message = message.in_reply_to(named(thread)).references(named(thread));
    }
    if let Some(address) = &mail.unsubscribe {
        message = message
            .raw_header(header("List-Unsubscribe", &format!("<{address}>")))
            .raw_header(header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"));
    }
    let parts = MultiPart::alternative_plain_html(mail.text.clone(), mail.html.clone());
    message.multipart(parts).map_err(|_| Unaddressable::Contents)
}

/// A header of which every character is ours and plain ASCII.
fn header(name: &str, value: &str) -> HeaderValue {
    let name = HeaderName::new_from_ascii(name.to_owned()).expect("these names are ASCII");
    HeaderValue::new(name, value.to_owned())
}

/// The host of an address, without its port: "oplossing.example.com".
fn host(public_url: &str) -> &str {
    let authority = public_url.split_once("://").map_or(public_url, |(_, rest)| rest);
    match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) => host,
        _ => authority,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_id_has_the_host_of_the_public_address() {
        assert_eq!(host("https://oplossing.example.com"), "oplossing.example.com");
        assert_eq!(host("http://127.0.0.1:8080"), "127.0.0.1");
        assert_eq!(host("http://[::1]:8080"), "[::1]");
    }
}
