//! What a person chooses on the account page.

use chrono_tz::Tz;
use strum::{AsRefStr, EnumString, IntoStaticStr, VariantArray};

/// A language of the pages. Its sentences are in [`crate::i18n`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, AsRefStr, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "lowercase")]
pub enum Language {
    /// Dutch, the default.
    #[default]
    Nl,
    /// English, as in the United Kingdom.
    En,
}

impl Language {
    /// The language code: `nl` or `en`.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.into()
    }

    /// The other language.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Nl => Self::En,
            Self::En => Self::Nl,
        }
    }
}

/// The colours of the pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, AsRefStr, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "lowercase")]
pub enum Theme {
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

impl Theme {
    /// The code in the database, the form and the pages: `light` or `dark`.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.into()
    }
}

/// A kind of mail that a person can switch off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum OptionalMail {
    /// A mail about each comment.
    Comments,
    /// Reminders of a question that waits for its reader.
    Reminders,
}

/// The optional mails that a person wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MailChoices {
    /// Whether they want a mail about each comment.
    pub comments: bool,
    /// Whether they want to be reminded of a question that waits for them.
    pub reminders: bool,
}

impl Default for MailChoices {
    fn default() -> Self {
        Self { comments: true, reminders: true }
    }
}

impl MailChoices {
    /// Whether the person wants this kind.
    #[must_use]
    pub fn wants(self, kind: OptionalMail) -> bool {
        match kind {
            OptionalMail::Comments => self.comments,
            OptionalMail::Reminders => self.reminders,
        }
    }
}

/// The choices of one person. Without a choice the browser or the marketplace decides.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Preferences {
    /// The language of pages and mails.
    pub language: Option<Language>,
    /// The time zone of moments.
    pub time_zone: Option<Tz>,
    /// The colours of the pages.
    pub theme: Option<Theme>,
    /// The optional mails.
    pub mail: MailChoices,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_optional_mail_is_wanted_until_it_is_switched_off() {
        assert!(OptionalMail::VARIANTS.iter().all(|kind| MailChoices::default().wants(*kind)));
        let no_comments = MailChoices { comments: false, ..MailChoices::default() };
        assert_eq!(
            OptionalMail::VARIANTS.iter().map(|kind| no_comments.wants(*kind)).collect::<Vec<_>>(),
            [false, true]
        );
    }
}
