//! What belongs to the marketplace's programs.

pub mod feed;
pub mod keys;
