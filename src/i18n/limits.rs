//! The limits of rules 13 in words: which one is reached, until when, and what can be done now.

use chrono::{DateTime, Utc};

use crate::domain::orders::limits::{self, REMINDER_PAUSE_HOURS};
use crate::domain::{Kind, Refusal};
use crate::i18n::format::Reader;
use crate::i18n::time_markup;

/// A heading and a sentence for a reached limit; `None` for every other refusal. `respond_by` is the deadline of the
/// question that the refusal is about.
#[must_use]
pub fn reached(reader: Reader, refusal: Refusal, respond_by: Option<DateTime<Utc>>) -> Option<(String, String)> {
    let words = reader.words();
    let moment = |at| time_markup::moment(reader, at);
    Some(match refusal {
        Refusal::TooManyComments(_, until) => {
            (words.limit_comments(), words.limit_comments_text(limits::COMMENTS_AN_HOUR, moment(until)))
        }
        Refusal::DisputeFull(_) => (
            words.limit_dispute(),
            words.limit_dispute_text(limits::COMMENTS_A_DISPUTE, respond_by.map(moment).unwrap_or_default()),
        ),
        Refusal::TooManyQuestions(until) => (
            words.limit_questions(),
            words.limit_questions_text(limits::QUESTION_WINDOW_HOURS, limits::QUESTIONS_A_DAY, moment(until)),
        ),
        Refusal::RemindedAlready(_, until) => {
            (words.limit_reminders(), words.limit_reminders_text(REMINDER_PAUSE_HOURS, moment(until)))
        }
        Refusal::DeclinedInARow(kind, until) => {
            let text = match kind {
                Kind::Update | Kind::Cancellation => words.limit_declined_cancellation(moment(until)),
                Kind::Change => words.limit_declined_change(moment(until)),
            };
            (words.limit_declined(), text)
        }
        Refusal::OrderClosed(_)
        | Refusal::AnotherIsOpen(..)
        | Refusal::AlreadySettled(_)
        | Refusal::TooLate(_)
        | Refusal::NotYours
        | Refusal::NotAsked
        | Refusal::NotNow(_)
        | Refusal::AtMarketplace
        | Refusal::CommentMissing
        | Refusal::ReasonNotYours => return None,
    })
}
