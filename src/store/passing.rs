//! Tells temporary database errors from permanent ones.
//!
//! Diesel 2.3.14 does not expose PostgreSQL's SQLSTATE or SQLite's result code: `DatabaseErrorInformation` has no method for
//! them (its pull request 5232 adds one), and neither connection type gives access to the C handle. Its
//! [`DatabaseErrorKind`] is derived from the code and covers closed connections, serialization failures, read-only
//! transactions and constraints. For other codes this file compares the message that belongs to the code. SQLite's messages
//! are constants of the bundled library. PostgreSQL's are in English on our connections (see [`super::connection`]). A
//! message is compared from its beginning, so that a person's text in it cannot match.

use diesel::result::DatabaseErrorKind;

/// Scope of a temporary error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Passing {
    /// Another transaction holds a row. Other rows are not affected.
    Held,
    /// The database is away, full or overloaded.
    Away,
}

/// An error code with the beginning of its message.
struct Known {
    /// PostgreSQL's SQLSTATE, or SQLite's result code.
    #[cfg_attr(not(test), expect(dead_code, reason = "it documents the message"))]
    code: &'static str,
    sentence: &'static str,
    passing: Passing,
}

const fn known(code: &'static str, sentence: &'static str, passing: Passing) -> Known {
    Known { code, sentence, passing }
}

const KNOWN: [Known; 25] = [
    // PostgreSQL, Appendix A.
    known("55P03", "canceling statement due to lock timeout", Passing::Held),
    known("55P03", "could not obtain lock on", Passing::Held),
    known("40P01", "deadlock detected", Passing::Held),
    known("40001", "could not serialize access", Passing::Held),
    known("40001", "canceling statement due to conflict with recovery", Passing::Away),
    known("57014", "canceling statement due to", Passing::Away),
    // For example: could not extend file "base/5/16402": No space left on device.
    known("53100", "could not extend file", Passing::Away),
    known("53100", "could not write", Passing::Away),
    known("53200", "out of memory", Passing::Away),
    known("53200", "out of shared memory", Passing::Away),
    known("53300", "sorry, too many clients already", Passing::Away),
    known("53300", "remaining connection slots are reserved", Passing::Away),
    known("53300", "too many connections for", Passing::Away),
    known("58030", "could not read", Passing::Away),
    known("58030", "could not open file", Passing::Away),
    known("58030", "could not fsync file", Passing::Away),
    known("57P01", "terminating connection", Passing::Away),
    known("57P03", "the database system is", Passing::Away),
    // SQLite, "Result and Error Codes".
    known("SQLITE_BUSY", "database is locked", Passing::Away),
    known("SQLITE_LOCKED", "database table is locked", Passing::Away),
    known("SQLITE_FULL", "database or disk is full", Passing::Away),
    known("SQLITE_READONLY", "attempt to write a readonly database", Passing::Away),
    known("SQLITE_IOERR", "disk I/O error", Passing::Away),
    known("SQLITE_CANTOPEN", "unable to open database file", Passing::Away),
    known("SQLITE_PROTOCOL", "locking protocol", Passing::Away),
];

/// Returns the scope of a temporary error, or `None` for a permanent one.
pub(super) fn passing(kind: DatabaseErrorKind, message: &str) -> Option<Passing> {
    match kind {
        DatabaseErrorKind::ClosedConnection
        | DatabaseErrorKind::UnableToSendCommand
        | DatabaseErrorKind::ReadOnlyTransaction => Some(Passing::Away),
        DatabaseErrorKind::SerializationFailure => Some(Passing::Held),
        DatabaseErrorKind::UniqueViolation
        | DatabaseErrorKind::ForeignKeyViolation
        | DatabaseErrorKind::NotNullViolation
        | DatabaseErrorKind::CheckViolation
        | DatabaseErrorKind::RestrictViolation
        | DatabaseErrorKind::ExclusionViolation => None,
        _ => KNOWN.iter().find(|known| message.starts_with(known.sentence)).map(|known| known.passing),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_people_never_look_like_a_database_that_is_away() {
        for message in [
            "invalid input syntax for type integer: \"database is locked\"",
            "value too long: deadlock detected",
            "no such column: disk I/O error",
        ] {
            assert_eq!(passing(DatabaseErrorKind::Unknown, message), None, "{message}");
        }
        let refused = "duplicate key value violates unique constraint \"deadlock detected\"";
        assert_eq!(passing(DatabaseErrorKind::UniqueViolation, refused), None);
        assert_eq!(passing(DatabaseErrorKind::UniqueViolation, "deadlock detected"), None);
    }

    #[test]
    fn each_sentence_is_of_a_code_that_passes() {
        for Known { code, sentence, .. } in KNOWN {
            let class = code.get(..2).unwrap_or_default();
            assert!(["25", "40", "53", "55", "57", "58", "SQ"].contains(&class), "{code}: {sentence}");
        }
    }
}
