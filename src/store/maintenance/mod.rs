//! Whole databases: their tables, versions, integrity and gauges.

pub mod gauges;
pub mod holds;
pub mod integrity;
pub mod records;
pub mod servers;
pub mod tables;
pub(in crate::store) mod versions;
