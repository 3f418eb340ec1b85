//! Names that a header row or an object may hold.

use crate::import::intake::Intake;
use crate::import::problem::shown;

/// A set of names.
pub(super) struct Columns {
    /// The format's word for such a name.
    pub word: &'static str,
    /// Names that must be present.
    pub required: &'static [&'static str],
    /// Names that may be left out.
    pub optional: &'static [&'static str],
}

/// The header row of a CSV file.
pub(super) const CSV: Columns = Columns {
    word: "column",
    required: &[
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
    ],
    optional: &[
        "status_since",
        "customer_language",
        "customer_time_zone",
        "freelancer_language",
        "freelancer_time_zone",
    ],
};

/// A JSON file as a whole.
pub(super) const FILE: Columns = Columns { word: "key", required: &["accounts", "orders"], optional: &[] };

/// An account in a JSON file.
pub(super) const ACCOUNT: Columns =
    Columns { word: "key", required: &["email", "name"], optional: &["language", "time_zone"] };

/// An order in a JSON file.
pub(super) const ORDER: Columns = Columns {
    word: "key",
    required: &[
        "reference",
        "title",
        "price",
        "currency",
        "placed_at",
        "delivery_date",
        "status",
        "customer",
        "freelancer",
    ],
    optional: &["status_since"],
};

impl Columns {
    /// Returns our own copy of the name, when this set has it.
    pub(super) fn find(&self, name: &str) -> Option<&'static str> {
        self.required.iter().chain(self.optional).find(|known| **known == name).copied()
    }

    /// Notes every name that is unknown, repeated or missing.
    pub(super) fn check(&self, line: usize, names: &[&str], intake: &mut Intake) {
        let word = self.word;
        for (at, name) in names.iter().enumerate() {
            match self.find(name) {
                None => intake.note(line, None, format!("{} is not a {word} of this format", shown(name))),
                Some(twice) if names[..at].contains(name) => {
                    intake.note(line, Some(twice), format!("this {word} is there twice"));
                }
                Some(_) => {}
            }
        }
        for required in self.required {
            if !names.contains(required) {
                intake.note(line, Some(required), format!("this {word} is missing"));
            }
        }
    }
}
