//! Holds what is written down against the rules, by living an order's history through again.

pub mod record;
mod replay;
