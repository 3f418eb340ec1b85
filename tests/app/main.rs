//! The product over real HTTP, on a real database, as its users use it.
//!
//! The database is SQLite unless `OPLOSSINGSCENTRUM_TEST_DATABASE=postgres`; then it is the server that `pg_virtualenv`
//! names. [`world`] is a running program, [`people`] are its visitors, [`builders`] places orders, [`page`] reads
//! answers, [`smtp`] is a mail server, [`postman`] delivers mail to it, and [`log`] keeps what was logged. Then follows
//! a file per topic.

// Tests may read the clock anywhere; the program must not.
#![allow(clippy::disallowed_methods)]

#[path = "../support/counts.rs"]
mod counts;

mod builders;
mod databases;
#[path = "../support/hostile_strings.rs"]
mod hostile_strings;
mod ics;
mod log;
mod log_levels;
mod page;
mod people;
mod postman;
mod program;
#[path = "../support/receiver.rs"]
mod receiver;
mod routes;
mod rows;
#[path = "../support/settings.rs"]
mod settings;
#[path = "../support/smtp.rs"]
mod smtp;
#[path = "../support/soon.rs"]
mod soon;
mod world;
mod wrong_settings;

mod access;
mod account_events;
mod account_support;
mod addresses;
mod answer_links;
mod api;
mod calendar;
mod cancellations;
mod changes;
mod clocks;
mod csrf;
mod deadlines;
mod demo;
mod demo_names;
mod devices;
mod dossier;
mod doubles;
mod erased_texts;
mod erasure;
mod feed;
mod fingerprint;
mod following;
mod forms;
mod fuzz;
mod fuzz_import;
mod histories;
mod hostile;
mod interference;
mod keeping;
mod kept_words;
mod languages;
mod limits;
mod limits_on_words;
mod lists;
mod lockouts;
mod mail_choices;
mod mail_comments;
mod mail_delivery;
mod mail_failures;
mod mail_priority;
mod mails;
mod marketplace_sign_in;
mod misspelled;
mod money;
mod notifications;
mod operators;
mod outcomes;
mod own_data;
mod password_mails;
mod passwords;
mod privacy;
mod proxies;
mod races;
mod reauthentication;
mod refusals;
mod released;
mod reminders;
mod retention;
mod running;
mod second_factor;
mod second_factor_lost;
mod secret_files;
mod security_txt;
mod seen;
mod sessions;
mod sign_in_time;
mod statements;
mod statuses;
mod stopping;
mod suspension;
mod timelines;
mod troubles;
mod truth;
mod turns;
mod two_keys;
mod unannounced;
mod under_way;
mod webhooks;
mod workers;
mod wrong_clocks;
