//! Mails on their way to the mail server.

pub mod mail_queue;
