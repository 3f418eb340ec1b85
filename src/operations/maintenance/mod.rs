//! The work of operators: import, backup, transfer between databases, and checks.

pub mod backup;
pub mod checksum;
pub mod doctor;
pub mod import;
pub mod servers;
pub mod transfer;
