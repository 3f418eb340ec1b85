//! SQLite only: group commit, and checkpoints of the write-ahead log.

pub(in crate::store) mod checkpoint;
pub(in crate::store) mod group_commit;
