//! Signing in: the password, the second factor, and a password by mail.

pub(in crate::web) mod finish;
pub(in crate::web) mod password;
pub(in crate::web) mod password_reset;
pub(in crate::web) mod second_factor;
pub(in crate::web) mod suspended;
