//! The pages without personal data: help, accessibility, security.txt, health, and the demo's pages.

pub(in crate::web) mod accessibility;
pub(in crate::web) mod cancelling;
pub(in crate::web) mod demo;
pub(in crate::web) mod demo_webhooks;
pub(in crate::web) mod health;
pub(in crate::web) mod help;
pub(in crate::web) mod manifest;
pub(in crate::web) mod privacy;
pub(in crate::web) mod security_txt;
