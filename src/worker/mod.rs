//! Background workers beside the web threads: [`sweep`] settles and reminds, [`deliver`] sends mails. They run apart,
//! so that a hanging mail server never holds up a deadline.

pub mod deliver;
pub mod sweep;
