//! The account, as far as the rules need it.

/// An account's number: random, never sequential, and never shown on a page.
///
/// At most 52 bits, so that the sum of two never overflows: lists find the *other* party of an order as
/// `customer + freelancer - me`, which an index can answer and an "or" cannot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountId(pub i64);

impl AccountId {
    /// Makes a number of the highest 52 of these random bits.
    #[must_use]
    pub fn from_bits(random: u64) -> Self {
        Self((random >> 12).cast_signed())
    }
}

/// How often all sessions of an account were ended: by a new password, by a change of its second factor, or by signing
/// out everywhere. A sign-in belongs to the epoch in which its owner proved who they are, and opens no session in a
/// later one.
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
