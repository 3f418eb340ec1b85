//! Events of an account: sign-ins, and changes of how its owner signs in or gets mail.

use chrono::{DateTime, Utc};

use crate::domain::accounts::device::Device;

/// How long an event is kept unless the operator says otherwise, in days. Our choice: as long as a session lasts at most,
/// so that the beginning of every session is still there.
pub const KEPT_DAYS: u32 = 90;

/// A kind of event. Its name is the code in the database.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, strum::AsRefStr, strum::EnumString, strum::IntoStaticStr, strum::VariantArray,
)]
#[strum(serialize_all = "snake_case")]
pub enum AccountEventKind {
    /// A sign-in with a browser and a system that the account's history knows.
    SignedIn,
    /// A sign-in with a browser and a system that the account's history does not know.
    NewDevice,
    /// The right password from a browser and a system that the account's history does not know, while its code is still
    /// missing.
    CodeAwaited,
    /// A sign-in through the marketplace, with a browser that came that way before.
    Marketplace,
    /// The first sign-in through the marketplace with a browser.
    MarketplaceFirst,
    /// The first step of a sign-in through the marketplace, with a browser and a system that the account's history does not
    /// know. Its code is still missing.
    MarketplaceAwaited,
    /// A wrong code after the right password.
    CodeWrong,
    /// Several wrong codes in a row, of which a mail was sent.
    CodesWrong,
    /// A recovery code was used to sign in.
    CodeUsed,
    /// New recovery codes replaced the older ones.
    CodesRenewed,
    /// The second factor was switched on.
    FactorOn,
    /// The second factor was switched off.
    FactorOff,
    /// The password was set or changed.
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
    /// Signing in to the account was blocked.
    Suspended,
    /// The suspension was ended.
    Resumed,
    /// The account got another e-mail address.
    EmailChanged,
    /// The account got another name.
    Renamed,
    /// Its owner was invited by mail.
    Invited,
    /// What was counted of wrong passwords and codes was forgotten.
    Unlocked,
    /// Its owner downloaded everything that is known of them.
    DataDownloaded,
    /// Its owner got a mail that leads to that.
    DataOffered,
    /// The account was erased.
    Erased,
}

/// Who did it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::AsRefStr, strum::EnumString)]
#[strum(serialize_all = "snake_case")]
pub enum AccountActor {
    /// The owner of the account, or a visitor with its password or link: on the website.
    Person,
    /// The operator of the site: on the command line.
    Operator,
}

/// How many wrong codes in a row cause a mail (our choice: two are typing errors).
pub const WRONG_CODES_TOLD: usize = 3;

/// An event of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountEvent {
    /// Its number. Of two events of one moment the later one has the larger number.
    pub id: i64,
    /// When it happened, by the wall clock (UTC).
    pub at: DateTime<Utc>,
    /// What happened.
    pub kind: AccountEventKind,
    /// Who did it.
    pub actor: AccountActor,
    /// The device that did it, or the device that was signed out.
    pub device: Device,
}

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
