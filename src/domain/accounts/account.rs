//! Who somebody is, as far as the rules care.

/// An account's number: random, never sequential, and never shown to anybody.
///
/// At most 52 bits, so that the sum of two never overflows: lists find the *other* party of an order as
/// `customer + freelancer - me`, which an index can answer and an "or" cannot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountId(pub i64);

impl AccountId {
    /// The number made of the highest 52 of these random bits.
    #[must_use]
    pub fn from_bits(random: u64) -> Self {
        Self((random >> 12).cast_signed())
    }
}

/// How often every session of an account was ended: by a new password, by its second factor, or by signing out everywhere.
/// Whoever proves who they are does so in one epoch, and gets no session in a later one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Epoch(pub i64);

/// How long a link to set a password works, in hours.
pub const PASSWORD_LINK_HOURS: u32 = 48;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sum_of_two_numbers_never_overflows() {
        let most = AccountId::from_bits(u64::MAX);
        assert_eq!(most, AccountId((1 << 52) - 1));
        assert_eq!((AccountId::from_bits(0), AccountId::from_bits(5 << 12)), (AccountId(0), AccountId(5)));
    }
}
