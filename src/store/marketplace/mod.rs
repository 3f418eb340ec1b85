//! What belongs to the marketplace's programs.

pub mod deliveries;
pub mod endpoints;
pub mod feed;
pub mod keys;
