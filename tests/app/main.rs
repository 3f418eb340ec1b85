//! The product through its front door: the real pages over HTTP, on a real database, as the people who use it.
//!
//! SQLite unless `OPLOSSINGSCENTRUM_TEST_DATABASE=postgres`; then the server is the one `pg_virtualenv` names.
//! [`world`] is a running program, [`people`] are its visitors, [`builders`] places orders, [`page`] reads what came
//! back, [`smtp`] is a mail server and [`postman`] brings mail there; [`log`] keeps what all of it left in the log. After those, a file per topic.

// Tests look at the clock whenever they like; the program must not.
#![allow(clippy::disallowed_methods)]

#[path = "../counts.rs"]
mod counts;

mod builders;
mod databases;
#[path = "../hostile.rs"]
mod hostile_strings;
mod ics;
mod log;
mod log_levels;
mod page;
mod people;
mod postman;
mod program;
mod routes;
mod rows;
mod smtp;
mod world;

mod access;
mod addresses;
mod calendar;
mod cancellations;
mod changes;
mod clocks;
mod csrf;
mod deadlines;
mod demo;
mod demo_names;
mod devices;
mod doubles;
mod forms;
mod fuzz;
mod fuzz_import;
mod hostile;
mod keeping;
mod languages;
mod limits;
mod limits_on_words;
mod lists;
mod lockouts;
mod mail_choices;
mod mail_delivery;
mod mail_priority;
mod mails;
mod misspelled;
mod notifications;
mod operators;
mod outcomes;
mod password_mails;
mod passwords;
mod privacy;
mod races;
mod refusals;
mod released;
mod reminders;
mod second_factor;
mod second_factor_lost;
mod secret_files;
mod security_txt;
mod sessions;
mod sign_in_time;
mod statements;
mod statuses;
mod stopping;
mod timelines;
mod troubles;
mod truth;
mod under_way;
mod workers;
