//! Background workers beside the web threads: [`sweep`] settles and reminds, [`relay`] writes the mails of events, [`deliver`] sends them, [`servers`] watches the clock, [`webhooks`] tells the marketplace. They run apart,
//! so that a hanging mail server never holds up a deadline.

pub mod deliver;
pub mod relay;
pub mod servers;
pub mod sweep;
pub mod webhooks;
