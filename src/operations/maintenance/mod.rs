//! What operators do: import, backup, transfer between databases, and checking.

pub mod backup;
pub mod doctor;
pub mod import;
pub mod transfer;
