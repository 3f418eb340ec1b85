//! What belongs to the marketplace's programs.

pub mod keys;
