//! Names that a header row or an object may hold.

/// A set of names.
pub(super) struct Columns {
    /// The format's word for such a name.
    pub word: &'static str,
    /// The names.
    pub names: &'static [&'static str],
    /// Names of which one must be present.
    pub one_of: &'static [&'static str],
}

/// The header row of a CSV file.
pub(super) const CSV: Columns = Columns {
    word: "column",
    names: &[
        "external_id",
        "reference",
        "title",
        "price",
        "currency",
        "placed_at",
        "delivery_date",
        "status",
        "status_since",
        "description",
        "url",
        "customer_id",
        "customer_email",
        "customer_name",
        "customer_language",
        "customer_time_zone",
        "freelancer_id",
        "freelancer_email",
        "freelancer_name",
        "freelancer_language",
        "freelancer_time_zone",
    ],
    one_of: &["external_id", "reference"],
};

/// A JSON file as a whole.
pub(super) const FILE: Columns =
    Columns { word: "key", names: &["accounts", "orders"], one_of: &["accounts", "orders"] };

/// An account in a JSON file.
pub(super) const ACCOUNT: Columns = Columns {
    word: "key",
    names: &["external_id", "email", "name", "language", "time_zone"],
    one_of: &["external_id", "email"],
};

/// An order in a JSON file.
pub(super) const ORDER: Columns = Columns {
    word: "key",
    names: &[
        "external_id",
        "reference",
        "title",
        "price",
        "currency",
        "placed_at",
        "delivery_date",
        "status",
        "status_since",
        "description",
        "url",
        "customer",
        "freelancer",
    ],
    one_of: &["external_id", "reference"],
};

/// An account that a program puts; its id stands in the address.
pub(super) const PUT_ACCOUNT: Columns =
    Columns { word: "field", names: &["email", "name", "language", "time_zone", "adopt_email"], one_of: &[] };

/// An order that a program puts; its id stands in the address, and its parties are known by theirs.
pub(super) const PUT_ORDER: Columns = Columns {
    word: "field",
    names: &[
        "title",
        "price",
        "currency",
        "placed_at",
        "delivery_date",
        "status",
        "status_since",
        "description",
        "url",
        "customer",
        "freelancer",
    ],
    one_of: &[],
};

/// A name as programs write it in other ways: " Customer E-mail" is `customer_e_mail`.
pub(super) fn plain(name: &str) -> String {
    name.trim().to_lowercase().replace([' ', '-'], "_")
}

impl Columns {
    /// Returns our own copy of the name, when this set has it.
    pub(super) fn find(&self, name: &str) -> Option<&'static str> {
        self.names.iter().find(|known| **known == name).copied()
    }
}
