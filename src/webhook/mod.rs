//! Webhooks: entries of the feed, sent to endpoints of the marketplace (Standard Webhooks 1.0). [`sign`] signs a message,
//! [`guard`] decides which addresses may be reached, [`client`] sends. The worker and the command line use them.

pub mod client;
pub mod guard;
pub mod message;
pub mod sign;
