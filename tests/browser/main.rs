//! Whole journeys in real browsers: the demo runs, the customer and the freelancer have a browser each, and both find
//! buttons and links by their visible names.
//!
//! Needs `chromium` and `chromedriver` on the PATH. With `OPLOSSINGSCENTRUM_TEST_ENGINE=firefox` or `webkit` the tests of
//! `every_engine` run there; see `engine.rs`. When a journey fails, a picture of every open page is left in
//! `target/tmp/browser/`.

mod audit;
mod browser;
#[path = "../support/counts.rs"]
mod counts;
mod demo;
mod drivers;
mod engine;
#[path = "../support/hostile_strings.rs"]
mod hostile_strings;
mod npm;
mod people;
mod seats;
mod sheet;
mod sight;
mod walk;

mod answers_on_updates;
mod by_keyboard;
mod cancelled_by_the_customer;
mod cancelled_by_the_freelancer;
mod changes;
mod closed_orders;
mod every_engine;
mod every_page;
mod forms;
mod hostile;
mod in_english;
mod kept_words;
mod on_a_phone;
mod on_paper;
mod own_account;
mod preferences;
mod second_factor;
mod weight;
mod without_script;
mod zoom;
