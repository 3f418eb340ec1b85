//! SQLite alone: changes that share one commit, and the checkpoint of its log.

pub(in crate::store) mod checkpoint;
pub(in crate::store) mod group_commit;
