//! A running program with its own database, and a clock that tests move.

use std::io::Write as _;
use std::net::TcpListener;
use std::process::Stdio;
use std::sync::{Arc, Condvar, LazyLock, Mutex, mpsc};
use std::thread::JoinHandle;

use actix_web::cookie::Key;
use actix_web::dev::ServerHandle;
use actix_web::web::ServiceConfig;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, Version};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use chrono_tz::Europe::Amsterdam;
use diesel::RunQueryDsl;
use diesel::connection::SimpleConnection;
use oplossingscentrum::app::App;
use oplossingscentrum::clock::Clock;
use oplossingscentrum::domain::{Account, AccountId, Dispute, Event};
use oplossingscentrum::metrics::Metrics;
use oplossingscentrum::operations::orders::{relay, sweep};
use oplossingscentrum::secret::Secret;
use oplossingscentrum::settings::{BehindProxy, Entrance, Operator, OrderActions, Retention, SessionLife, Settings};
use oplossingscentrum::store::orders::{self, disputes, events};
use oplossingscentrum::store::{Db, Error, Store, Target, accounts};
use oplossingscentrum::turns::Turns;
use oplossingscentrum::{api, domain, http, web, worker};
use tokio::sync::Notify;

use crate::builders::Order;
use crate::builders::OrderBuilder;
use crate::databases::Database;
use crate::databases::drop_database;
use crate::log;
use crate::people::Browser;
use crate::people::Person;
use crate::statements;

/// The address of customer service in these worlds.
pub const SERVICE: &str = "mailto:klantenservice@example.com";
/// The password of every person in these worlds.
pub const PASSWORD: &str = "oplossing-test";
/// The most worlds at once: more than processors, since some only wait. Each may hold sixteen connections and more, so
/// `bin/test` gives PostgreSQL room for them.
const WORLDS: usize = 8;

/// The hash of [`PASSWORD`], as cheap as argon2 can be: these tests sign in some hundreds of times.
static HASH: LazyLock<String> = LazyLock::new(|| {
    let cheap = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(8, 1, 1, None).unwrap());
    cheap.hash_password(PASSWORD.as_bytes()).unwrap().to_string()
});

/// The options of a world.
#[derive(Clone, Copy, Default)]
pub struct Kind {
    pub demo: bool,
    pub worker: bool,
    pub https: bool,
}

/// A program, its database and its clock. It has no worker, so that only a test settles.
pub struct World {
    pub app: App,
    /// The public address.
    pub origin: String,
    kind: Kind,
    server: Option<Server>,
    database: Database,
    turn: Turn,
}

impl World {
    pub fn new() -> Self {
        Self::of(Kind::default())
    }

    /// A world in which the worker settles by itself.
    pub fn with_worker() -> Self {
        Self::of(Kind { worker: true, ..Kind::default() })
    }

    /// A demo with its own people and orders.
    pub fn demo() -> Self {
        Self::of(Kind { demo: true, ..Kind::default() })
    }

    /// A world with a public address over https, as far as the program knows.
    pub fn https() -> Self {
        Self::of(Kind { https: true, ..Kind::default() })
    }

    pub fn of(kind: Kind) -> Self {
        let mut world = Self::closed(kind);
        world.opens();
        world
    }

    /// A world whose server is not started yet.
    pub fn closed(kind: Kind) -> Self {
        let world = Self::on(kind, |_| ());
        if !kind.demo {
            world.account("klant@example.com", "Sanne de Vries");
            world.account("freelancer@example.com", "Daan Bakker");
        }
        world
    }

    /// A world without accounts, on a database that is prepared first.
    pub fn on(kind: Kind, ready: impl FnOnce(&Target)) -> Self {
        log::begin();
        statements::begin();
        let turn = Turn::take();
        let database = Database::create(turn.0);
        ready(&database.target);
        let store = Store::open(&database.target).expect("the database opens");
        let clock = Clock::default();
        if kind.demo {
            oplossingscentrum::demo::fill(&store, clock.now()).expect("the demo is filled");
        }
        let settings = Settings {
            public_url: String::new(),
            customer_service_url: SERVICE.into(),
            time_zone: Amsterdam,
            behind_proxy: BehindProxy::No,
            demo: kind.demo,
            sends_mail: true,
            secret: Secret::new(&[7; 64]),
            session_life: SessionLife::default(),
            retention: Retention::default(),
            security_contact: None,
            api_rate: 10_000,
            operator: Operator::default(),
            entrance: Entrance::default(),
            order_actions: OrderActions::Here,
        };
        let settings = Arc::new(settings);
        let app = App {
            store,
            clock,
            settings,
            metrics: Metrics::default(),
            turns: Turns::default(),
            wake: Arc::new(Notify::new()),
        };
        Self { app, origin: String::new(), kind, server: None, database, turn }
    }

    /// Starts the server.
    pub fn opens(&mut self) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        self.origin = if self.kind.https { "https://oplossing.example.com".into() } else { address.clone() };
        let origin = self.origin.clone();
        self.settings().public_url = origin;
        self.server = Some(Server::start(self.app.clone(), listener, address, self.kind.worker));
    }

    /// The settings it starts with.
    pub fn settings(&mut self) -> &mut Settings {
        Arc::make_mut(&mut self.app.settings)
    }

    /// Stops the server; the database and the clock stay.
    pub fn closes(&mut self) {
        self.server.take();
    }

    /// A second program on the same database, with the same clock.
    pub fn another_server(&self) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let mut app = App { store: self.another_store(), ..self.app.clone() };
        (app.wake, app.turns) = (Arc::new(Notify::new()), Turns::default());
        Server::start(app, listener, address, self.kind.worker)
    }

    /// A second program on the same database, with that secret.
    pub fn server_with(&self, secret: Secret) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let settings = Settings { secret, ..(*self.app.settings).clone() };
        Server::start(App { settings: Arc::new(settings), ..self.app.clone() }, listener, address, false)
    }

    /// A browser at the address for operators.
    pub fn operator(&self) -> Browser {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let app = self.app.clone();
        std::thread::spawn(move || {
            let serves = async { oplossingscentrum::http::metrics::server(app, listener).unwrap().await };
            actix_web::rt::System::new().block_on(serves)
        });
        Browser::new(&address, &address)
    }

    /// The address of its database.
    pub fn target(&self) -> &Target {
        &self.database.target
    }

    /// Another database, without tables: of that make, SQLite or PostgreSQL.
    pub fn another_database(&self, postgres: bool) -> Database {
        if postgres { Database::postgres(&format!("{}_beside", self.turn.0)) } else { Database::sqlite() }
    }

    /// The same database through connections of its own.
    pub fn another_store(&self) -> Store {
        Store::open(&self.database.target).unwrap()
    }

    pub fn is_postgres(&self) -> bool {
        self.database.name.is_some()
    }

    /// Takes PostgreSQL's database away while the program runs.
    pub fn loses_its_database(&self) {
        self.database.name.iter().for_each(|name| drop_database(name));
    }

    // People.

    fn account(&self, email: &str, name: &str) -> AccountId {
        let (id, since) = (AccountId::from_bits(rand::random()), self.now() - TimeDelta::days(100));
        let account =
            Account { password_hash: Some(HASH.clone()), ..Account::new(id, email.into(), name.into(), since) };
        self.app.store.write(|db| accounts::insert(db, &account)).unwrap();
        account.id
    }

    /// The customer of every order, unless a test says otherwise.
    pub fn customer(&self) -> Person {
        self.signed_in("klant@example.com")
    }

    /// The freelancer of every order, unless a test says otherwise.
    pub fn freelancer(&self) -> Person {
        self.signed_in("freelancer@example.com")
    }

    pub fn parties(&self) -> (Person, Person) {
        (self.customer(), self.freelancer())
    }

    /// A new account, signed in.
    pub fn somebody(&self, name: &str) -> Person {
        let email = format!("{}@example.com", name.to_lowercase().replace(' ', "."));
        self.account(&email, name);
        self.signed_in(&email)
    }

    /// A browser of that account, signed in through the real form.
    pub fn signed_in(&self, email: &str) -> Person {
        self.signs_in(email, PASSWORD)
    }

    /// The same with another password.
    pub fn signs_in(&self, email: &str, password: &str) -> Person {
        let browser = self.visitor();
        let known = self.app.store.snapshot(|db| accounts::find_by_email(db, email)).unwrap().expect(email);
        let person = Person { id: known.id, name: known.name, email: known.email, browser };
        person.signs_in(password).must(303);
        person
    }

    /// A browser without an account.
    pub fn visitor(&self) -> Browser {
        let server = self.server.as_ref().expect("the world is open");
        Browser::new(&server.address, &self.origin)
    }

    /// Sets a person's password to [`PASSWORD`] again.
    pub fn has_the_password_again(&self, person: &Person) {
        self.sql(&format!("UPDATE accounts SET password_hash = '{}' WHERE id = {}", *HASH, person.id.0)).unwrap();
    }

    /// The account as it is stored.
    pub fn written(&self, person: &Person) -> Account {
        self.app.store.snapshot(|db| accounts::find(db, person.id)).unwrap().unwrap()
    }

    // Orders.

    /// An order of the customer with the freelancer.
    pub fn order(&self) -> OrderBuilder<'_> {
        let account =
            |email: &str| self.app.store.snapshot(|db| accounts::find_by_email(db, email)).unwrap().expect(email).id;
        OrderBuilder::new(self, account("klant@example.com"), account("freelancer@example.com"))
    }

    /// The order as it is stored, without what silence has decided since.
    pub fn row(&self, order: &Order) -> domain::Order {
        self.app.store.snapshot(|db| orders::find(db, order.reference)).unwrap().unwrap()
    }

    pub fn events(&self, order: &Order) -> Vec<Event> {
        self.app.store.snapshot(|db| events::of_order(db, order.reference)).unwrap()
    }

    pub fn disputes(&self, order: &Order) -> Vec<Dispute> {
        self.app.store.snapshot(|db| disputes::of_order(db, order.reference)).unwrap()
    }

    pub fn dispute(&self, order: &Order, number: i32) -> Dispute {
        self.app.store.snapshot(|db| disputes::find(db, order.reference, number)).unwrap().unwrap()
    }

    /// Everything that is stored about these people and orders, to see whether it changed.
    pub fn everything(&self, people: &[&Person], orders: &[&Order]) -> String {
        let accounts: Vec<_> = people.iter().map(|person| self.written(person)).collect();
        let orders: Vec<_> =
            orders.iter().map(|order| (self.row(order), self.disputes(order), self.events(order))).collect();
        let told: Vec<_> = people
            .iter()
            .map(|person| {
                let list =
                    |db: &mut Db| oplossingscentrum::store::orders::notifications::list(db, person.id, None, 999);
                let rows = self.app.store.snapshot(list).unwrap();
                rows.iter().map(|row| (row.event.number, row.is_read)).collect::<Vec<_>>()
            })
            .collect();
        format!("{accounts:?} {orders:?} {told:?}")
    }

    /// Runs this SQL unchanged.
    pub fn sql(&self, sql: &str) -> Result<(), String> {
        self.app.store.write(|db| db.batch_execute(sql).map_err(Error::from)).map_err(|error| error.to_string())
    }

    /// Runs the program itself on this database, with that text on its standard input. Returns its output, and whether
    /// it succeeded.
    pub fn runs(&self, arguments: &[&str], input: &str) -> (bool, String) {
        let mut program = std::process::Command::new(env!("CARGO_BIN_EXE_oplossingscentrum"));
        program.args(arguments).args(["--database", &self.database_argument()]);
        program.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut running = program.spawn().expect("the program starts");
        running.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        let done = running.wait_with_output().unwrap();
        (done.status.success(), String::from_utf8([done.stdout, done.stderr].concat()).unwrap())
    }

    /// The same command as it is typed in a shell.
    pub fn command_line(&self, arguments: &[&str]) -> String {
        let program = env!("CARGO_BIN_EXE_oplossingscentrum");
        format!("'{program}' {} --database '{}'", arguments.join(" "), self.database_argument())
    }

    fn database_argument(&self) -> String {
        match &self.database.target {
            Target::Sqlite(path) => path.display().to_string(),
            Target::Postgres(url) => url.clone(),
        }
    }

    /// Every column of its real tables: "orders.reference".
    pub fn columns(&self) -> Vec<String> {
        #[derive(diesel::QueryableByName)]
        struct Column {
            #[diesel(sql_type = diesel::sql_types::Text)]
            name: String,
        }
        let sqlite = "SELECT t.name || '.' || c.name AS name FROM sqlite_master t, pragma_table_info(t.name) c \
                      WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%'";
        let postgres = "SELECT table_name || '.' || column_name AS name FROM information_schema.columns \
                        WHERE table_schema = current_schema()";
        let load = |db: &mut Db| {
            let found: Vec<Column> = match db {
                Db::Sqlite(db) => diesel::sql_query(sqlite).load(db)?,
                Db::Postgres(db) => diesel::sql_query(postgres).load(db)?,
            };
            Ok::<_, Error>(found.into_iter().map(|column| column.name).collect())
        };
        self.app.store.snapshot(load).unwrap()
    }

    // Time.

    pub fn now(&self) -> DateTime<Utc> {
        self.app.clock.now()
    }

    /// Today's date at the marketplace.
    pub fn today(&self) -> NaiveDate {
        self.now().with_timezone(&Amsterdam).date_naive()
    }

    pub fn days_pass(&self, days: i64) {
        self.app.clock.advance(TimeDelta::days(days));
    }

    pub fn hours_pass(&self, hours: i64) {
        self.app.clock.advance(TimeDelta::hours(hours));
    }

    pub fn seconds_pass(&self, seconds: i64) {
        self.app.clock.advance(TimeDelta::seconds(seconds));
    }

    /// Makes everything that lives by the wall clock older by these hours: sessions, links and counts.
    pub fn hours_pass_for_real(&self, hours: i64) {
        for (table, column) in [
            ("password_links", "created_at"),
            ("password_links", "expires_at"),
            ("sign_in_failures", "at"),
            ("sessions", "signed_in_at"),
            ("sessions", "seen_at"),
            ("sessions", "expires_at"),
            ("sessions", "calendar_shown_until"),
            ("calendars", "read_at"),
            ("account_events", "at"),
        ] {
            let older = if self.is_postgres() {
                format!("{column} - INTERVAL '{hours} hours'")
            } else {
                format!("strftime('%Y-%m-%d %H:%M:%f', {column}, '-{hours} hours')")
            };
            self.sql(&format!("UPDATE {table} SET {column} = {older}")).unwrap();
        }
    }

    /// Moves the clock forward to that moment.
    pub fn it_is(&self, moment: DateTime<Utc>) {
        let ahead = moment - self.now();
        assert!(ahead >= TimeDelta::zero(), "the clock only goes forward: {ahead}");
        self.app.clock.advance(ahead);
    }

    /// Moves the clock to the start of a minute, for tests that compare the times on pages.
    pub fn a_minute_starts(&self) {
        self.app.clock.advance(TimeDelta::seconds(60 - self.now().timestamp() % 60));
    }

    /// Writes the mails of what happened, as the worker would. Another worker may be at it: then it waits for that one.
    pub fn relays(&self) {
        let store = &self.app.store;
        // Orders that another transaction holds are left for a later round.
        while store.read(orders::relay::is_behind).unwrap() && relay::relay_all(store, self.now()).unwrap() > 0 {}
    }

    /// Settles what fell due, tells of it and reminds of what soon does, as the worker would; answers how many things
    /// happened.
    pub fn sweep(&self) -> usize {
        let happened = sweep::settle_all_due(&self.app.store, self.now()).unwrap();
        sweep::begin_reviews(&self.app.store, self.now()).unwrap();
        self.relays();
        sweep::remind(&self.app.store, self.now()).unwrap();
        happened
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.server.take();
    }
}

/// A server in a thread of its own.
pub struct Server {
    pub address: String,
    handle: ServerHandle,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    fn start(app: App, listener: TcpListener, address: String, with_worker: bool) -> Self {
        let (ready, started) = mpsc::channel();
        let thread = std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                if with_worker {
                    actix_web::rt::spawn(worker::sweep::run(app.clone(), std::future::pending()));
                    actix_web::rt::spawn(worker::relay::run(app.clone(), std::future::pending()));
                }
                let secret = Key::from(app.settings.secret.keys().0);
                let (programs, pages) = (api::routes(), web::pages(&app, &secret));
                let routes = move |config: &mut ServiceConfig| {
                    programs(config);
                    pages(config);
                };
                let server = http::server::server(app.clone(), routes, listener).unwrap();
                ready.send(server.handle()).unwrap();
                server.await.unwrap();
            });
        });
        Self { address, handle: started.recv().unwrap(), thread: Some(thread) }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(self.handle.stop(false));
        let ended = self.thread.take().map(JoinHandle::join);
        assert!(std::thread::panicking() || ended.is_none_or(|ended| ended.is_ok()), "the server panicked");
    }
}

/// The right to be one of the worlds that run at once.
struct Turn(usize);

static FREE: LazyLock<Mutex<Vec<usize>>> = LazyLock::new(|| Mutex::new((1..=WORLDS).collect()));
static FREED: Condvar = Condvar::new();

impl Turn {
    fn take() -> Self {
        let mut free = FREED.wait_while(FREE.lock().unwrap(), |free| free.is_empty()).unwrap();
        Self(free.pop().expect("one is free"))
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        FREE.lock().unwrap().push(self.0);
        FREED.notify_one();
    }
}
