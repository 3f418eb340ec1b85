//! The program's own hands, beside the web threads: one settles what falls due and reminds of it ([`sweep`]), the
//! other hands mails to the mail server ([`deliver`]). They run apart, so that a mail server that hangs never holds up a deadline.

pub mod deliver;
pub mod sweep;
