//! Checks stored orders against the rules by replaying their history.

pub mod chain;
pub mod dossier;
pub mod note;
pub mod record;
mod replay;
