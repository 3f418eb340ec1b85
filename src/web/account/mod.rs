//! The page Account and its settings.

pub(in crate::web) mod calendar;
pub(in crate::web) mod calendar_feed;
pub(in crate::web) mod data;
pub(in crate::web) mod devices;
pub(in crate::web) mod events;
pub(in crate::web) mod qr;
pub(in crate::web) mod reauthenticate;
pub(in crate::web) mod second_factor;
pub(in crate::web) mod settings;
pub(in crate::web) mod unsubscribe;
