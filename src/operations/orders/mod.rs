//! Operations on orders: changes, the data of pages, lists, and the settling of silence.

pub mod actions;
mod batch;
mod change;
pub mod lists;
pub mod overview;
pub mod relay;
pub mod remind;
pub mod sweep;
pub mod timeline;
