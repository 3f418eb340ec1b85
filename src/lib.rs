//! # Oplossingscentrum
//!
//! On a freelance marketplace a customer and a freelancer sometimes get stuck: no news, late work, a change of plan.
//! This program lets the two settle it between themselves, on one page, with a clock that both can see. It is one binary
//! with everything inside: pages, styles, sentences, and the tables of both databases.
//!
//! ## One picture
//!
//! ```text
//! main ─ cli ────────────────────────────────────────────┐
//!                                                        │ wires
//! web (routes, forms, pages)   api (programs)   worker (settles, delivers)   demo
//!   │  └ http (server, what is known of a request, headers)  │
//!   │       └── mail, webhook ────┤   (what is told outside, │
//!   │                             │    and who takes it)     │
//!   └──────────────────┬──────────┴──────────────────────────┘
//!               operations   one operation = load → settle → decide → write, in ONE transaction
//!                      │  (import: reads a marketplace's export, pure)
//!         ┌────────────┴───────────┐
//!       store (Diesel)          domain (the rules: no I/O, no clock, no Diesel, no actix)
//!                               i18n, calendar, clock, secret, paths: leaves beside domain
//! ```
//!
//! Arrows point down only; `tests/layers.rs` reads the sources and fails when one points up. A line of code finds its
//! room by one question: does it decide ([`domain`]), remember ([`store`]), do ([`operations`]), show ([`web`]), or wait
//! ([`worker`])?
//!
//! ## Reading order
//!
//! Some 2,000 lines tell the whole story:
//!
//! 1. [`domain::orders::kind`], the table: who opens what, how long it is open, what silence means.
//! 2. [`domain::orders::dispute`] and [`domain::orders::order`]. Menus and actions both ask
//!    [`Order::allows`](domain::Order::allows).
//! 3. `operations/orders/change.rs`, the one transaction.
//! 4. [`web::routes`], one handler, and its template.
//!
//! ## Rules of the house
//!
//! - **Time is an argument.** [`clock`] is read once per request or sweep; Clippy refuses `Utc::now` elsewhere.
//! - **A deadline is a fact, not an event.** [`domain::Order::settle`] brings an order to any moment, and dates each
//!   outcome at its own deadline. So a page, an answer and the worker tell the same truth, however late they look.
//! - **A refusal is a value**, [`domain::Refusal`]. An error is unexpected, and is logged once, where it leaves the
//!   program.
//! - **Access is an extractor.** A handler gets an order from `OrderAccess`, which gives it to the order's two parties
//!   only. For all other accounts the order does not exist (404).
//! - **The database opens nothing by itself.** The address of a calendar and the link that sets a password end in a seal
//!   that only the servers can make ([`secret::Secret`]); the tables hold the part before it. The secret of a second
//!   factor must be read back, so it is encrypted with the same key.
//! - **A page is read without a write.** The session of an account is a row, the session of a visitor is a signed cookie.
//!   The last use of a session is written beside the request, once an hour at most, and may fail.
//! - **Heavy work holds its turn until it ends** ([`turns`]): a hash, a search, the bytes of a form. The turn moves with
//!   the work to its thread, so an abandoned request frees nothing. A thread that answers requests never waits for a turn
//!   or for a connection.
//! - **Ended means ended.** Ending all sessions of an account begins a new epoch of it, and a session begins only in the
//!   epoch in which its owner proved who they are (`operations/accounts/devices.rs`).
//! - **An address is made in one place**, [`paths`]. A form names the page that it stands on (`return_to`).
//! - **A page takes three statements**, however much data there is: the session with its account, the page's subject, and
//!   its timeline or list. Each statement has an index, and stays prepared on SQLite (`store/query.rs`).
//!   `tests/app/statements.rs` counts them and asks both databases for their plans.
//! - **A change is told after it is on the disk.** On SQLite concurrent changes share one wait for the disk
//!   (`store/sqlite/group_commit.rs`), and a thread beside them copies the log (`store/sqlite/checkpoint.rs`); PostgreSQL
//!   does both by itself.
//! - **The rows of a change begin with the order's reference**, in every table, so that a change touches few pages of the
//!   disk. A deadline or a reminder is a moment in the order's rows; the worker finds it when it has come.
//! - **Stored orders can be checked against the rules.** [`domain::audit::record`] replays an order's history with the
//!   methods that made it. `doctor` does so with every order, and tests do it after storms.
//! - **A table is on the list.** [`store::maintenance::tables`] carries every table from one database to another. A test
//!   compares the list with the real tables, so that a new one is never left behind.
//! - **Every sentence lives in `locales`**, whole, in Dutch and English. `locales/build.rs` makes each a typed function,
//!   so that a page cannot use one that a language lacks.

pub mod api;
pub mod app;
pub mod calendar;
pub mod cli;
pub mod clock;
pub mod demo;
pub mod domain;
pub mod http;
pub mod i18n;
pub mod import;
pub mod mail;
pub mod metrics;
pub mod operations;
pub mod paths;
pub mod secret;
pub mod settings;
pub mod store;
pub mod turns;
pub mod web;
pub mod webhook;
pub mod worker;
