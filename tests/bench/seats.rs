//! All busy accounts, signed in: each has a session in the database and its cookie, as after signing in with a
//! password. The pages and answers of each come from the same database.

use std::collections::HashMap;
use std::path::Path;

use actix_web::cookie::{Cookie, CookieJar, Key};
use anyhow::Result;
use chrono::TimeDelta;
use diesel::sql_types::{BigInt, Integer, Text};
use diesel::{QueryableByName, RunQueryDsl, SqliteConnection, sql_query};
use oplossingscentrum::clock::real_now;
use oplossingscentrum::domain::AccountId;
use oplossingscentrum::domain::accounts::device::Device;
use oplossingscentrum::operations::accounts::token;
use oplossingscentrum::secret::hex;
use oplossingscentrum::store::accounts::sessions::{self, Session};
use oplossingscentrum::store::{Db, Error, Store};
use sha2::{Digest, Sha256};

/// The secret with which [`crate::server`] starts the program.
const SECRET: [u8; 64] = [b'k'; 64];

/// The browser of an account.
#[derive(Debug, Clone)]
pub struct Seat {
    /// The whole cookie header.
    pub cookie: String,
    /// The token of its forms.
    pub token: String,
    /// The first order on its list, and the dispute.
    pub newest_order: String,
    pub first_dispute: String,
}

/// An open cancellation.
#[derive(Debug, Clone, QueryableByName)]
pub struct Open {
    #[diesel(sql_type = Text)]
    pub reference: String,
    #[diesel(sql_type = Integer)]
    pub number: i32,
    #[diesel(sql_type = Text)]
    pub title: String,
    #[diesel(sql_type = BigInt)]
    pub opener: i64,
    #[diesel(sql_type = BigInt)]
    pub respondent: i64,
}

#[derive(QueryableByName)]
struct Account {
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = Text)]
    newest: String,
    #[diesel(sql_type = Text)]
    first: String,
}

/// The signed-in accounts, and the open disputes between them.
pub struct Crowd {
    pub seats: HashMap<i64, Seat>,
    pub open: Vec<Open>,
}

impl Crowd {
    /// Signs in all busy accounts, and only those, to a file that no other process has open.
    pub fn sign_in(file: &Path) -> Result<Self> {
        let signed_in: Result<Self, Error> = Store::open_to_fill(file)?.write(|db| {
            let (accounts, open) = read(db)?;
            let mut seats = HashMap::new();
            for account in accounts {
                let (key, token) = (token::random(), token::random());
                sessions::insert(db, session(account.id, &key, &token))?;
                let (newest_order, first_dispute) = (account.newest, account.first);
                seats.insert(account.id, Seat { cookie: cookie(&key), token, newest_order, first_dispute });
            }
            Ok(Self { seats, open })
        });
        Ok(signed_in?)
    }

    /// The pages of these disputes' orders for both parties, as `pages.lua` reads them.
    pub fn order_pages(&self) -> String {
        let both = |open: &Open| {
            let line = |account: i64| {
                let (seat, Open { reference, title, .. }) = (&self.seats[&account], open);
                format!("/orders/{reference}\t{}\t{} {reference}\t<h1>{title}</h1>\n", seat.cookie, seat.token)
            };
            [line(open.opener), line(open.respondent)]
        };
        self.open.iter().flat_map(both).collect()
    }

    /// Each account's list of orders.
    pub fn order_lists(&self) -> String {
        self.lists("/orders", |seat| &seat.newest_order)
    }

    /// Each account's list of disputes.
    pub fn dispute_lists(&self) -> String {
        self.lists("/disputes", |seat| &seat.first_dispute)
    }

    fn lists(&self, path: &str, first: impl Fn(&Seat) -> &str) -> String {
        let line = |seat: &Seat| format!("{path}\t{}\t{}\t{}\n", seat.cookie, seat.token, first(seat));
        self.seats.values().map(line).collect()
    }

    /// A comment on each dispute by the party that asked, as `pages.lua` reads it.
    pub fn comments(&self) -> String {
        let line = |open: &Open| {
            let (seat, Open { reference, number, .. }) = (&self.seats[&open.opener], open);
            let address = format!("/orders/{reference}/disputes/{number}");
            format!("{address}/comments\t{}\t{}\t{address}\n", seat.cookie, seat.token)
        };
        self.open.iter().map(line).collect()
    }

    /// Each dispute accepted by the party that must answer, as `forms.lua` reads it.
    pub fn accepts(&self) -> String {
        let line = |open: &Open| {
            let (seat, Open { reference, number, .. }) = (&self.seats[&open.respondent], open);
            let address = format!("/orders/{reference}/disputes/{number}");
            format!("{address}/accept\t{}\tcsrf_token={}\t{address}\n", seat.cookie, seat.token)
        };
        self.open.iter().map(line).collect()
    }
}

fn read(db: &mut Db) -> Result<(Vec<Account>, Vec<Open>), Error> {
    let db = sqlite(db);
    sql_query("DELETE FROM sessions").execute(db)?;
    let accounts = "SELECT id,
            (SELECT reference FROM orders WHERE customer_id = id OR freelancer_id = id
             ORDER BY placed_at DESC, reference DESC LIMIT 1) AS newest,
            (SELECT order_reference FROM disputes WHERE respondent_id = id AND state = 'open'
             ORDER BY respond_by, order_reference LIMIT 1) AS first
        FROM accounts WHERE email LIKE 'druk.%'";
    let open = "SELECT reference, number, title, opener_id AS opener, respondent_id AS respondent
        FROM disputes JOIN orders ON reference = order_reference WHERE state = 'open' ORDER BY random()";
    Ok((sql_query(accounts).load(db)?, sql_query(open).load(db)?))
}

/// The connection inside, for a file.
pub fn sqlite(db: &mut Db) -> &mut SqliteConnection {
    match db {
        Db::Sqlite(db) => db,
        Db::Postgres(_) => unreachable!("it is a file"),
    }
}

fn session(account: i64, key: &str, token: &str) -> Session {
    let now = real_now();
    Session {
        key_hash: hex(&Sha256::digest(key)),
        account: AccountId(account),
        asks_code: false,
        csrf_token: token.to_owned(),
        recovery_codes: None,
        device: Device::default(),
        signed_in_at: now,
        seen_at: now,
        expires_at: now + TimeDelta::days(14),
        by_link: false,
        by_marketplace: false,
        calendar_shown_until: None,
    }
}

/// The cookie with that key, signed as the program signs it.
fn cookie(key: &str) -> String {
    let mut jar = CookieJar::new();
    jar.signed_mut(&Key::from(&SECRET)).add(Cookie::new("session", key.to_owned()));
    jar.get("session").expect("it was put in").stripped().encoded().to_string()
}
