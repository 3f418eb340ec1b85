//! x
pub mod center;
pub mod cli;
pub mod clock;
pub mod config;
pub mod demo;
pub mod domain;
pub mod i18n;
pub mod mail;
pub mod store;
pub mod web;
pub mod worker;
