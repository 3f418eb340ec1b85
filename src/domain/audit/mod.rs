//! Checks stored orders against the rules by replaying their history.

pub mod chain;
pub mod record;
mod replay;
