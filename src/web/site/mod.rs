//! The pages that are about nobody: help, the accessibility statement, whom to tell of a weakness, health, and the demo.

pub(in crate::web) mod accessibility;
pub(in crate::web) mod demo;
pub(in crate::web) mod health;
pub(in crate::web) mod help;
pub(in crate::web) mod security_txt;
