//! The mail that tells somebody that how they sign in has changed, in case it was not them (OWASP ASVS 5, 6.3.7).

use crate::mail::letter::reader;
use crate::mail::{Letter, Mail};
use crate::paths;
use crate::settings::Settings;
use crate::store::outbox::{Notice, Queued};

/// Writes it. It cannot be switched off: whoever took an account over would begin with that.
pub(super) fn letter(queued: &Queued, settings: &Settings, notice: Notice) -> Mail {
    let reader = reader(queued, settings);
    let words = reader.words();
    let (subject, opening) = match notice {
        Notice::PasswordSet => (words.mail_notice_password(), words.mail_notice_password_opening()),
        Notice::FactorOn => (words.mail_notice_factor_on(), words.mail_notice_factor_on_opening()),
        Notice::FactorOff => (words.mail_notice_factor_off(), words.mail_notice_factor_off_opening()),
        Notice::CodeUsed => (words.mail_notice_code_used(), words.mail_notice_code_used_opening()),
        Notice::CodesRenewed => (words.mail_notice_codes(), words.mail_notice_codes_opening()),
    };
    let letter = Letter {
        language: reader.language,
        name: queued.to.name.clone(),
        subject,
        opening: vec![opening],
        facts: vec![words.mail_notice_when(reader.moment(queued.due_at))],
        said: None,
        outcome: Some(words.mail_notice_outcome()),
        button: words.mail_notice_button(),
        link: format!("{}{}", settings.public_url, paths::PASSWORD_FORGOTTEN),
        footer: words.mail_notice_footer(),
    };
    letter.alone(queued)
}
