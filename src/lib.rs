//! # Oplossingscentrum
//!
//! On a freelance marketplace a customer and a freelancer sometimes get stuck: no news, late work, a change of plan.
//! This program lets the two settle it between themselves, on one page, with a clock both can see. It is one binary
//! with everything inside: pages, styles, sentences and the tables of both databases.
//!
//! ## One picture
//!
//! ```text
//! main ─ cli ────────────────────────────────────────────┐
//!                                                        │ wires
//! web (routes, forms, pages)   worker (settles, delivers)   demo
//!   │  └ http (server, what is known of a request, headers)  │
//!      │    └─── mail ───────────────┤   (what a mail says, │
//!      │                             │    and who takes it) │
//!      └───────────────┬─────────────┴──────────────────────┘
//!               operations   one operation = load → settle → decide → write, in ONE transaction
//!                      │  (import: reads a marketplace's export, pure)
//!         ┌────────────┴───────────┐
//!       store (Diesel)          domain (the rules: no I/O, no clock, no Diesel, no actix)
//!                               i18n, calendar, clock, secret, paths: leaves beside domain
//! ```
//!
//! Arrows point down only; `tests/layers.rs` reads the sources and fails when one points up. A line of code knows its
//! room by one question: does it decide ([`domain`]), remember ([`store`]), do ([`operations`]), show ([`web`]), or wait
//! ([`worker`])?
//!
//! ## Reading order
//!
//! Some 1,300 lines tell the whole story: [`domain::orders::kind`] (the table: who opens what, how long, what silence means),
//! [`domain::orders::dispute`], [`domain::orders::order`] (whose [`allows`](domain::Order::allows) is asked by menus and actions
//! alike), `operations/orders/change.rs` (the one transaction), [`web::routes`], one handler, its template.
//!
//! ## What holds everywhere
//!
//! - **Time is an argument.** [`clock`] is read once per request or sweep; Clippy refuses `Utc::now` elsewhere.
//! - **A deadline is a fact, not an event.** An order settles itself to any moment ([`domain::Order::settle`]), each
//!   outcome dated at its own deadline, so a page, an answer and the worker tell the same truth, however late one of
//!   them looks.
//! - **An expected "no" is a value**, [`domain::Refusal`]; an error is only what nobody expects, and is logged once,
//!   where it leaves the program.
//! - **Access is an extractor.** A handler that works on an order gets it from `OrderAccess`, which gives it to the
//!   order's two parties; to anybody else the order is not there.
//! - **What opens something is not in the database.** The address of a calendar and the link that sets a password end in
//!   a seal that only the servers can make ([`secret::Secret`]); the tables hold the part before it. What must be read
//!   back, the secret of a second factor, is hidden with the same key.
//! - **A page is read without a write.** Whoever signed in has a row, visitors have a signed cookie; that somebody was
//!   here is written beside the request, once an hour at most, and may fail.
//! - **Heavy work holds its turn until it ends** ([`turns`]): a hash, a search, the bytes of a form. The turn goes along with the
//!   work to its thread, so a request that goes away frees nothing, and no thread that answers others waits for one, or for
//!   a connection.
//! - **Ended means ended.** Whatever ends every session of an account begins a new epoch of it, and a session begins only in
//!   the epoch in which its owner proved who they are (`operations/accounts/devices.rs`).
//! - **An address is made in one place**, [`paths`]; a form says itself which page it stands on (`return_to`).
//! - **A page takes three statements**, whatever there is: who is signed in and what waits for them, what the page is
//!   about, and its timeline or list. Each has an index, and a plan that SQLite keeps (`store/query.rs`);
//!   `tests/app/statements.rs` counts them and asks both databases for their plans.
//! - **Nobody is told of a change before it is on the disk.** On SQLite changes that come together share one wait for it
//!   (`store/sqlite/group_commit.rs`), and its log is carried over beside them (`store/sqlite/checkpoint.rs`); PostgreSQL does so by itself.
//! - **What a change writes begins with the order's reference**, in every table, so that it is in one place. What comes
//!   later, a deadline or a reminder, is a moment in the order's rows, found by the worker when it has come.
//! - **What is written down can be held against the rules.** [`domain::audit::record`] lives an order's history through again by
//!   the methods that made it; `doctor` does so with every order, and tests do it after storms.
//! - **A table is on the list.** [`store::maintenance::tables`] carries every table from one database to another; a test holds the
//!   list against the real tables, so that a new one is never left behind.
//! - **Every sentence lives in `locales`**, whole, in Dutch and English; `locales/build.rs` makes each a typed
//!   function, so that a page cannot use one that a language lacks.

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
pub mod worker;
