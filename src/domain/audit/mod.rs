//! Checks stored orders against the rules by replaying their history.

pub mod record;
mod replay;
