//! Whole databases: their tables, versions and integrity, and the gauges of what is in them.

pub mod gauges;
pub mod integrity;
pub mod records;
pub mod tables;
pub(in crate::store) mod versions;
