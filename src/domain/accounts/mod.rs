//! Accounts.

pub mod account;
pub mod contact;
pub mod device;
pub mod event;
pub mod network;
pub mod preferences;
