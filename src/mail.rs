//! Mails: what one says, in its reader's language. Nothing sends them yet but the demo's mail page, which shows them.

pub mod password;

use chrono::{DateTime, Utc};

use crate::config::Settings;
use crate::domain::What;
use crate::i18n::format::Reader;
use crate::i18n::outcomes::Outcomes;
use crate::i18n::{Language, marks, say};
use crate::store::outbox::{About, Queued};

/// A mail, written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// The address it goes to.
    pub to: String,
    /// The language it is in: `nl` or `en`.
    pub language: &'static str,
    /// Its subject.
    pub subject: String,
    /// Its text.
    pub text: String,
    /// The one page it leads to.
    pub link: String,
    /// When it was put in the outbox.
    pub at: DateTime<Utc>,
}

impl Mail {
    /// Writes the mail about an event; nothing when its reader is no party of the order (which no row of ours says).
    #[must_use]
    pub fn write(queued: &Queued, settings: &Settings) -> Option<Self> {
        let About::Event(matter, event) = &queued.about else { return None };
        let viewer = matter.order.party(queued.to.id)?;
        let language = queued.to.language.as_deref().and_then(|code| code.parse().ok()).unwrap_or(Language::Nl);
        let zone = queued.to.time_zone.as_deref().and_then(|name| name.parse().ok()).unwrap_or(settings.time_zone);
        let reader = Reader { language, zone };
        let dispute = matter.dispute.as_ref();
        let sentence = say::event(reader.words(), event, dispute, viewer, &matter.other_name);
        let mut paragraphs = vec![sentence.clone()];
        if let Some(dispute) = dispute {
            let starts_a_window = event.what == What::Opened;
            if starts_a_window {
                paragraphs.extend(say::details(reader, dispute));
            }
            paragraphs.extend(event.text.as_ref().map(ToString::to_string));
            if starts_a_window {
                let outcomes = Outcomes { reader, dispute, viewer, other: &matter.other_name };
                paragraphs.push(marks::plain(&outcomes.of_silence()));
            }
        } else {
            paragraphs.extend(event.text.as_ref().map(ToString::to_string));
        }
        let order = format!("{}/orders/{}", settings.public_url, matter.order.reference);
        Some(Self {
            to: queued.to.email.clone(),
            language: language.code(),
            subject: format!("{}: {sentence}", matter.order.title),
            text: paragraphs.join("\n\n"),
            link: event.dispute.map_or(order.clone(), |number| format!("{order}/disputes/{number}")),
            at: queued.due_at,
        })
    }
}
