//! Accounts: signing in, passwords, second factors, devices and calendars.

pub mod answer_links;
pub mod calendars;
pub mod data;
pub mod devices;
pub mod erasure;
pub mod events;
pub mod hand_off;
pub mod identity;
pub mod kept_words;
pub mod known_devices;
pub mod limits;
pub mod password_links;
pub mod passwords;
pub mod recovery;
pub mod second_factor;
pub mod sign_in;
pub mod sign_in_links;
pub mod support;
pub mod suspension;
pub mod token;
pub mod totp;
