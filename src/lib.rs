//! x
pub mod center;
pub mod clock;
pub mod domain;
pub mod store;
