//! Orders, their disputes and requests, and the rules of both.

pub mod change;
pub mod dispute;
pub mod event;
pub mod kind;
pub mod limits;
#[cfg(test)]
mod model_tests;
pub mod money;
pub mod order;
pub mod outside;
pub mod outside_view;
pub mod party;
pub mod reason;
pub mod reference;
pub mod refusal;
pub mod status;
pub mod text;
