//! Signing in: the password, the second factor, a password by mail, and through the marketplace.

pub(in crate::web) mod finish;
pub(in crate::web) mod hand_off;
pub(in crate::web) mod link;
pub(in crate::web) mod password;
pub(in crate::web) mod password_reset;
pub(in crate::web) mod second_factor;
pub(in crate::web) mod suspended;
