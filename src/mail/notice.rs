//! The mail about a change to an account, in case its owner did not make it (OWASP ASVS 5, 6.3.5 and 6.3.7).

use crate::domain::accounts::event::WRONG_CODES_TOLD;
use crate::i18n::{Words, labels};
use crate::mail::letter::reader;
use crate::mail::{Letter, Mail};
use crate::paths;
use crate::settings::Settings;
use crate::store::outbox::{QueuedMail, SecurityNotice};

/// Writes the mail. It cannot be switched off, because an intruder would do that first.
pub(super) fn letter(queued: &QueuedMail, settings: &Settings, notice: &SecurityNotice) -> Mail {
    let reader = reader(queued, settings);
    let words = reader.words();
    let (subject, opening) = what_happened(words, settings, notice);
    let is_invitation = *notice == SecurityNotice::Invited;
    let when = (!is_invitation).then(|| words.mail_notice_when(reader.moment(queued.due_at)));
    let mut facts: Vec<String> = when.into_iter().collect();
    let device = queued.device.as_ref().filter(|device| {
        let is_told = matches!(notice, SecurityNotice::NewDevice | SecurityNotice::MarketplaceFirst);
        device.is_known() || is_told
    });
    facts.extend(device.map(|device| words.mail_notice_device(labels::device(words, device))));
    let Advice { outcome, button, link } = advice(words, settings, notice);
    let letter = Letter {
        language: reader.language,
        name: queued.to.name.clone(),
        subject,
        opening: vec![opening],
        facts,
        said: None,
        outcome: Some(outcome),
        button,
        link,
        link_note: None,
        fingerprint: None,
        footer: if is_invitation { words.mail_welcome_footer(settings.host()) } else { words.mail_notice_footer() },
        operator: settings.operator.clone(),
    };
    letter.alone(queued)
}

/// The subject, and what happened in a sentence or two.
fn what_happened(words: &Words, settings: &Settings, notice: &SecurityNotice) -> (String, String) {
    match notice {
        SecurityNotice::PasswordSet => (words.mail_notice_password(), words.mail_notice_password_opening()),
        SecurityNotice::FactorOn => (words.mail_notice_factor_on(), words.mail_notice_factor_on_opening()),
        SecurityNotice::FactorOff => (words.mail_notice_factor_off(), words.mail_notice_factor_off_opening()),
        SecurityNotice::CodeUsed => (words.mail_notice_code_used(), words.mail_notice_code_used_opening()),
        SecurityNotice::CodesRenewed => (words.mail_notice_codes(), words.mail_notice_codes_opening()),
        SecurityNotice::NewDevice => (words.mail_notice_new_device(), words.mail_notice_new_device_opening()),
        SecurityNotice::MarketplaceFirst => (words.mail_notice_marketplace(), words.mail_notice_marketplace_opening()),
        SecurityNotice::CodesWrong => {
            (words.mail_notice_codes_wrong(), words.mail_notice_codes_wrong_opening(WRONG_CODES_TOLD))
        }
        SecurityNotice::CalendarMade => (words.mail_notice_calendar_made(), words.mail_notice_calendar_made_opening()),
        SecurityNotice::CalendarRenewed => {
            (words.mail_notice_calendar_renewed(), words.mail_notice_calendar_renewed_opening())
        }
        SecurityNotice::CommentsOff => (words.mail_notice_comments_off(), words.mail_notice_comments_off_opening()),
        SecurityNotice::RemindersOff => (words.mail_notice_reminders_off(), words.mail_notice_reminders_off_opening()),
        SecurityNotice::Suspended => (words.mail_notice_suspended(), words.mail_notice_suspended_opening()),
        SecurityNotice::Resumed => (words.mail_notice_resumed(), words.mail_notice_resumed_opening()),
        SecurityNotice::EmailChanged => (words.mail_notice_email_changed(), words.mail_notice_email_changed_opening()),
        SecurityNotice::EmailLeft => (words.mail_notice_email_changed(), words.mail_notice_email_left_opening()),
        SecurityNotice::Invited => (words.mail_welcome_subject(), words.mail_welcome_what(settings.host())),
        SecurityNotice::DataOffered => (words.mail_notice_data(), words.mail_notice_data_opening()),
    }
}

/// What the reader can do about it.
struct Advice {
    outcome: String,
    button: String,
    link: String,
}

fn advice(words: &Words, settings: &Settings, notice: &SecurityNotice) -> Advice {
    let page = |path: &str| format!("{}{path}", settings.public_url);
    match notice {
        SecurityNotice::PasswordSet
        | SecurityNotice::FactorOn
        | SecurityNotice::FactorOff
        | SecurityNotice::CodeUsed
        | SecurityNotice::CodesRenewed
        | SecurityNotice::NewDevice
        | SecurityNotice::CodesWrong
        | SecurityNotice::CalendarMade
        | SecurityNotice::CalendarRenewed => Advice {
            outcome: words.mail_notice_outcome(),
            button: words.mail_notice_button(),
            link: page(paths::PASSWORD_FORGOTTEN),
        },
        SecurityNotice::MarketplaceFirst => Advice {
            outcome: words.mail_notice_marketplace_outcome(),
            button: words.mail_notice_account_button(),
            link: page(paths::ACCOUNT),
        },
        SecurityNotice::CommentsOff | SecurityNotice::RemindersOff => Advice {
            outcome: words.mail_notice_switched_off_outcome(),
            button: words.mail_notice_account_button(),
            link: page(paths::ACCOUNT),
        },
        SecurityNotice::EmailChanged | SecurityNotice::EmailLeft => Advice {
            outcome: words.mail_notice_email_changed_outcome(),
            button: words.mail_notice_suspended_button(),
            link: settings.customer_service_url.clone(),
        },
        SecurityNotice::Suspended => Advice {
            outcome: words.mail_notice_suspended_outcome(),
            button: words.mail_notice_suspended_button(),
            link: settings.customer_service_url.clone(),
        },
        SecurityNotice::Invited => Advice {
            outcome: words.mail_welcome_how(),
            button: words.mail_welcome_button(),
            link: page(paths::PASSWORD_FORGOTTEN),
        },
        SecurityNotice::DataOffered => Advice {
            outcome: words.mail_notice_data_outcome(),
            button: words.mail_notice_data_button(),
            link: page(paths::ACCOUNT_DATA_FILE),
        },
        SecurityNotice::Resumed => {
            Advice { outcome: words.mail_notice_resumed_outcome(), button: words.sign_in(), link: page(paths::SIGN_IN) }
        }
    }
}
