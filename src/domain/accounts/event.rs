//! What happens to an account, apart from its orders: who signed in, and what changed in how that is done.

/// How long it is kept, in days (our choice: as long as a session lasts at most, so that the beginning of every session is
/// still there).
pub const KEPT_DAYS: u32 = 90;

/// A kind of event. Its name is the word in the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum AccountEventKind {
    /// Signed in with a browser and a system that the account's history has.
    SignedIn,
    /// Signed in with a browser and a system that it has not.
    NewDevice,
    /// A wrong code after the right password.
    CodeWrong,
    /// A mail told of several wrong codes.
    CodesWrong,
    /// A recovery code was used to sign in.
    CodeUsed,
    /// New recovery codes in the place of the older ones.
    CodesRenewed,
    /// The second factor was switched on.
    FactorOn,
    /// The second factor was switched off.
    FactorOff,
    /// Another password, or the first one.
    PasswordSet,
    /// A calendar was made.
    CalendarMade,
    /// The calendar got another address.
    CalendarRenewed,
    /// The calendar was ended.
    CalendarStopped,
    /// Mails about comments were switched off.
    CommentsOff,
    /// Reminders by mail were switched off.
    RemindersOff,
    /// Every session was ended.
    SignedOutEverywhere,
    /// The session on one device was ended from another one.
    DeviceEnded,
    /// From now on the account cannot be signed in to.
    Suspended,
    /// The suspension was ended.
    Resumed,
}

/// Who did it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum AccountActor {
    /// The person whose account it is, or who had what opens it: on the website.
    Person,
    /// The operator of the site: on the command line.
    Operator,
}

/// Wrong codes in a row of which a mail tells (our choice: two are a slip of the finger).
pub const WRONG_CODES_TOLD: usize = 3;

#[cfg(test)]
mod tests {
    use strum::VariantArray;

    use super::*;

    #[test]
    fn every_kind_is_read_back_from_its_word() {
        for kind in AccountEventKind::VARIANTS {
            assert_eq!(<&str>::from(*kind).parse(), Ok(*kind));
        }
    }
}
