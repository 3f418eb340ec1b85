//! The pages of orders, their disputes and requests.

mod agreed;
pub(in crate::web) mod answer;
pub(in crate::web) mod answers;
mod card;
pub(in crate::web) mod changes;
mod confirm;
pub(in crate::web) mod disputes;
pub(in crate::web) mod dossier;
pub(in crate::web) mod lists;
pub(in crate::web) mod notifications;
pub(in crate::web) mod order;
mod parts;
pub(in crate::web) mod print;
mod progress;
pub(in crate::web) mod resolution;
pub(in crate::web) mod sidebar;
pub(in crate::web) mod timeline;
