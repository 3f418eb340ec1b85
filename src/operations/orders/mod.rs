//! Operations on orders: changes, the data of pages, lists, and the settling of silence.

pub mod actions;
mod batch;
pub mod chain;
pub(in crate::operations) mod change;
pub mod dossier;
pub mod lists;
pub mod overview;
pub mod relay;
pub mod remind;
pub mod retention;
pub mod signing;
pub mod support;
pub mod sweep;
pub mod timeline;
