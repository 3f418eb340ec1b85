//! The command line: every setting is a flag and an environment variable, and the flag wins.

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use actix_web::cookie::Key;
use anyhow::{Context, Result, bail, ensure};
use chrono::TimeDelta;
use chrono_tz::Tz;
use clap::builder::PossibleValuesParser;
use clap::{Args, CommandFactory, Parser, Subcommand, value_parser};
use tokio::sync::Notify;

use crate::app::App;
use crate::clock::{Clock, Times};
use crate::demo;
use crate::mail::server::Server as MailServer;
use crate::metrics::Metrics;
use crate::operations::mail::mail_queue;
use crate::operations::maintenance::servers;
use crate::paths;
use crate::secret::Secret;
use crate::settings::{API_RATE, BehindProxy, Entrance, Operator, Payment, Retention, SessionLife, Settings};
use crate::store::orders::events;
use crate::store::{Store, Target};
use crate::turns::Turns;
use crate::webhook::guard::Guard;
use crate::webhook::sign::new_secret;

mod account;
mod addresses;
mod check;
mod config;
mod dossier;
mod duration;
mod environment;
mod import;
mod key;
mod logging;
mod mail;
mod maintenance;
mod marketplace;
mod money;
mod named;
mod order;
mod output;
mod own_file;
mod public_address;
mod purge;
mod secrets;
mod serve;
mod support;
mod usage;
mod webhook;

use addresses::{customer_service, name_on_pages, page_of_operator, public_url, security_contact};
use duration::Keep;
use output::{complain, reader_is_gone, say};
use serve::{Sockets, run};
use usage::Address;

/// The address of customer service in a demo.
const DEMO_CUSTOMER_SERVICE: &str = "mailto:klantenservice@example.com";

/// Customers and freelancers settle a stuck order between themselves, on one page, with a clock both can see.
#[derive(Parser)]
#[command(name = "oplossingscentrum", version, about)]
struct Cli {
    /// A file of settings (TOML): its keys are the names of the flags. A flag wins from a variable, a variable from the file.
    #[arg(long, global = true, env = "OPLOSSINGSCENTRUM_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// The whole product to try out: made-up orders, a clock you can move, one-click sign-in.
    Demo(Demo),
    /// The real thing: pages and worker on your database.
    Serve(Serve),
    /// Prints every setting of `serve` as it is understood, and tries the database, the mail server and the public address.
    Check(Serve),
    /// Asks the server on this machine whether it runs, for a container.
    Healthcheck {
        /// The address that it listens on.
        #[arg(long, env = "OPLOSSINGSCENTRUM_LISTEN", default_value = "127.0.0.1:8080")]
        listen: SocketAddr,
    },
    /// Reads accounts and orders from a CSV or JSON file, and follows what changed since the last one. Exit code 3 says that
    /// lines were refused and the rest went in.
    Import(import::Import),
    /// Things to do with one account.
    Account {
        #[command(subcommand)]
        command: account::AccountCommand,
    },
    /// Orders as the marketplace sees them.
    Order {
        #[command(subcommand)]
        command: order::OrderCommand,
    },
    /// Keys of the marketplace's programs.
    Key {
        #[command(subcommand)]
        command: key::KeyCommand,
    },
    /// Dossiers of orders, as people keep them.
    Dossier {
        #[command(subcommand)]
        command: dossier::DossierCommand,
    },
    /// Webhooks: where the marketplace is told what became of orders.
    Webhook {
        #[command(subcommand)]
        command: webhook::WebhookCommand,
    },
    /// Limits on wrong passwords and codes.
    Limits {
        #[command(subcommand)]
        command: Limits,
    },
    /// Mail: what was not delivered, and another try.
    Mail {
        #[command(subcommand)]
        command: mail::MailCommand,
    },
    /// Brings the tables of a database up to date, and stops.
    Migrate {
        #[command(flatten)]
        database: Database,
    },
    /// Writes everything there is to a new file, while the program goes on serving.
    Backup {
        /// The file to make; only you can read it.
        file: PathBuf,
        #[command(flatten)]
        database: Database,
    },
    /// Reads a backup into an empty database.
    Restore {
        /// The backup.
        file: PathBuf,
        /// The database that it replaces, or a newer backup: it remembers who was erased since, and they are named.
        #[arg(long, value_name = "DATABASE")]
        erased_in: Option<Address>,
        #[command(flatten)]
        database: Database,
    },
    /// Moves everything into an empty database, for instance from SQLite to PostgreSQL.
    Copy {
        /// The database as it is, which stays as it is.
        #[arg(long)]
        from: Address,
        /// The empty database.
        #[arg(long)]
        to: Address,
    },
    /// Erases what was kept long enough, as `serve` does by itself: the words of orders that were closed long ago, and old
    /// events of accounts.
    Purge(purge::Purge),
    /// Looks for what cannot be, and changes nothing: orders against the rules, rows that belong to nothing, damage.
    Doctor {
        #[command(flatten)]
        database: Database,
    },
}

#[derive(Subcommand)]
enum Limits {
    /// Forgets the wrong passwords and codes for an account, and the links it asked for. Be sure first that it is its owner
    /// who asks.
    Clear(named::Named),
}

#[derive(Args, Clone)]
struct Database {
    /// A path, `sqlite://PATH`, or `postgres://USER:PASSWORD@HOST/NAME`.
    #[arg(long, env = "OPLOSSINGSCENTRUM_DATABASE", hide_env_values = true, required_unless_present = "database_file")]
    database: Option<String>,
    /// A file that holds it.
    #[arg(long, env = "OPLOSSINGSCENTRUM_DATABASE_FILE", hide_env_values = true)]
    database_file: Option<PathBuf>,
}

impl Database {
    /// The database, read from the file when there is one.
    fn target(&self) -> Result<Target> {
        let address = secrets::value_of("database", self.database.as_deref(), self.database_file.as_deref())?;
        address.context("--database is not set, or is empty")?.parse::<Target>().context("--database")
    }
}

#[derive(Args)]
struct Shared {
    /// Where people reach customer service: an address that begins with `https://` or `mailto:`. `serve` needs it.
    #[arg(long, env = "OPLOSSINGSCENTRUM_CUSTOMER_SERVICE_URL", value_parser = customer_service)]
    customer_service_url: Option<String>,
    /// The marketplace's time zone: delivery dates are days in it.
    #[arg(long, env = "OPLOSSINGSCENTRUM_TIME_ZONE", default_value = "Europe/Amsterdam")]
    time_zone: Tz,
    /// The marketplace's name, for the footer of pages and mails.
    #[arg(long, env = "OPLOSSINGSCENTRUM_MARKETPLACE_NAME", value_parser = name_on_pages)]
    marketplace_name: Option<String>,
    /// The marketplace's terms: an address that begins with `https://`.
    #[arg(long, env = "OPLOSSINGSCENTRUM_TERMS_URL", value_parser = page_of_operator)]
    terms_url: Option<String>,
    /// The marketplace's privacy statement: an address that begins with `https://`.
    #[arg(long, env = "OPLOSSINGSCENTRUM_PRIVACY_URL", value_parser = page_of_operator)]
    privacy_url: Option<String>,
    /// Where the money of an order is: `held` by the marketplace, `direct` from customer to freelancer, or `none`. Unset,
    /// pages show the price and say nothing about it.
    #[arg(long, env = "OPLOSSINGSCENTRUM_MONEY", value_parser = PossibleValuesParser::new(Payment::NAMES))]
    money: Option<String>,
    /// A file with sentences of your own about the money (TOML), instead of `--money`; `docs/operating.md` shows one.
    #[arg(long, env = "OPLOSSINGSCENTRUM_MONEY_SENTENCES", conflicts_with = "money", value_parser = money::read)]
    money_sentences: Option<money::SentencesFile>,
    #[command(flatten)]
    marketplace: marketplace::MarketplaceSettings,
    #[command(flatten)]
    mail: MailSettings,
    /// What goes into the log, for instance warn or info,oplossingscentrum=debug.
    #[arg(long, env = "OPLOSSINGSCENTRUM_LOG")]
    log: Option<String>,
}

/// The mail server, and as whom mail is sent.
#[derive(Args)]
struct MailSettings {
    /// The mail server: `smtps://USER:PASSWORD@HOST:PORT`, or `smtp://…` for STARTTLS. Without it no mail is sent.
    #[arg(long, env = "OPLOSSINGSCENTRUM_SMTP", hide_env_values = true, requires = "mail_from")]
    smtp: Option<String>,
    /// A file that holds the address of the mail server.
    #[arg(long, env = "OPLOSSINGSCENTRUM_SMTP_FILE", hide_env_values = true, requires = "mail_from")]
    smtp_file: Option<PathBuf>,
    /// As whom mails are sent, for instance "Oplossingscentrum <noreply@example.com>".
    #[arg(long, env = "OPLOSSINGSCENTRUM_MAIL_FROM")]
    mail_from: Option<String>,
    /// A file with the certificate of an authority of your own (PEM) that the mail server's certificate is by.
    #[arg(long, env = "OPLOSSINGSCENTRUM_SMTP_CA_FILE")]
    smtp_ca_file: Option<PathBuf>,
}

#[derive(Args)]
struct Demo {
    /// The address to listen on; only this machine can reach it.
    #[arg(long, env = "OPLOSSINGSCENTRUM_LISTEN", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// The file to keep the demo in.
    #[arg(long, env = "OPLOSSINGSCENTRUM_DATABASE", default_value = "data/demo.db", hide_env_values = true)]
    database: Address,
    /// Goes on with the orders of last time instead of starting fresh.
    #[arg(long, env = "OPLOSSINGSCENTRUM_KEEP")]
    keep: bool,
    #[command(flatten)]
    shared: Shared,
}

#[derive(Args)]
struct Serve {
    /// The address to listen on, for instance 0.0.0.0:8080.
    #[arg(long, env = "OPLOSSINGSCENTRUM_LISTEN")]
    listen: SocketAddr,
    /// An address for `/metrics` alone, which operators reach and people do not, for instance 127.0.0.1:9090.
    #[arg(long, env = "OPLOSSINGSCENTRUM_METRICS_LISTEN")]
    metrics_listen: Option<SocketAddr>,
    /// An address for the interface of the marketplace's programs alone, which then leaves `--listen`: it can be kept off the
    /// internet.
    #[arg(long, env = "OPLOSSINGSCENTRUM_API_LISTEN")]
    api_listen: Option<SocketAddr>,
    #[command(flatten)]
    database: Database,
    /// The address people type, for instance `https://oplossing.example.com`.
    #[arg(long, env = "OPLOSSINGSCENTRUM_PUBLIC_URL")]
    public_url: String,
    #[command(flatten)]
    key: secrets::ServerKey,
    /// The other key while `--secret-key` is changed: what was made with it is still taken.
    #[arg(long, env = "OPLOSSINGSCENTRUM_OLD_SECRET_KEY", hide_env_values = true)]
    old_secret_key: Option<String>,
    /// A file that holds it.
    #[arg(long, env = "OPLOSSINGSCENTRUM_OLD_SECRET_KEY_FILE", hide_env_values = true)]
    old_secret_key_file: Option<PathBuf>,
    /// Where to report a weakness, an address that begins with `mailto:` or `https://`; shown at
    /// `/.well-known/security.txt`.
    #[arg(long, env = "OPLOSSINGSCENTRUM_SECURITY_CONTACT", value_parser = security_contact)]
    security_contact: Option<String>,
    /// How many requests a second a program may make with one key, over time; four times as many at once.
    #[arg(long, env = "OPLOSSINGSCENTRUM_API_RATE", default_value_t = API_RATE, value_parser = value_parser!(u32).range(1..))]
    api_rate: u32,
    /// Takes a visitor's network address from `X-Forwarded-For`, as far as the proxies in front wrote it: `true` for one
    /// proxy, the number of proxies, or their networks (`10.0.0.0/8,fd00::/8`).
    #[arg(
        long,
        env = "OPLOSSINGSCENTRUM_BEHIND_PROXY",
        value_name = "PROXIES",
        num_args = 0..=1,
        default_value = "false",
        default_missing_value = "true"
    )]
    behind_proxy: BehindProxy,
    /// How long somebody stays signed in without coming by, in days.
    #[arg(long, env = "OPLOSSINGSCENTRUM_SESSION_IDLE_DAYS", default_value_t = SessionLife::IDLE_DAYS, value_parser = clap::value_parser!(u16).range(1..=365))]
    session_idle_days: u16,
    /// How long somebody stays signed in at most, in days.
    #[arg(long, env = "OPLOSSINGSCENTRUM_SESSION_DAYS", default_value_t = SessionLife::DAYS, value_parser = clap::value_parser!(u16).range(1..=365))]
    session_days: u16,
    /// Takes the clock of this machine as right although the program was running at a later moment. Look at the clock first;
    /// it is for SQLite, PostgreSQL has a clock of its own.
    #[arg(long, env = "OPLOSSINGSCENTRUM_ACCEPT_CLOCK")]
    accept_clock: bool,
    #[command(flatten)]
    keep: Keep,
    #[command(flatten)]
    webhooks: webhook::Allowed,
    #[command(flatten)]
    shared: Shared,
}

/// Runs the program; answers with its exit code.
#[must_use]
pub fn main() -> ExitCode {
    match parsed().and_then(|cli| run_command(cli.command)) {
        Ok(code) => code,
        Err(error) if reader_is_gone(&error) => ExitCode::SUCCESS,
        Err(error) => {
            complain!("oplossingscentrum: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Reads the settings: flags, variables and a file.
fn parsed() -> Result<Cli> {
    let command = Cli::command();
    let arguments = config::with_file(std::env::args_os().collect(), &command, |name| std::env::var_os(name))?;
    let cli = Cli::try_parse_from(arguments).unwrap_or_else(|error| usage::without_values(error, &command).exit());
    let variables = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    environment::refuse_unknown(&command, variables)?;
    Ok(cli)
}

fn run_command(command: Command) -> Result<ExitCode> {
    match command {
        Command::Demo(demo) => run_demo(demo),
        Command::Serve(serve) => run_serve(serve),
        Command::Check(serve) => check::run(&serve),
        Command::Healthcheck { listen } => check::healthcheck(listen),
        Command::Import(file) => return import::run(&file),
        Command::Account { command } => account::run(&command),
        Command::Order { command } => order::run(&command),
        Command::Key { command } => key::run(&command),
        Command::Dossier { command } => dossier::run(&command),
        Command::Webhook { command } => webhook::run(&command),
        Command::Limits { command: Limits::Clear(named) } => support::unlock(&named),
        Command::Mail { command } => mail::run(&command),
        Command::Migrate { database } => open(&database.target()?).map(|_| say!("The database is up to date.")),
        Command::Backup { file, database } => maintenance::backup(&file, &database.target()?),
        Command::Restore { file, erased_in, database } => {
            let erased_in = erased_in.map(|address| address.target("--erased-in")).transpose()?;
            maintenance::restore(&file, &database.target()?, erased_in.as_ref())
        }
        Command::Purge(purge) => purge::run(&purge),
        Command::Copy { from, to } => maintenance::copy(&from.target("--from")?, &to.target("--to")?),
        Command::Doctor { database } => maintenance::doctor(&database.target()?),
    }?;
    Ok(ExitCode::SUCCESS)
}

/// Opens a database for an operator's command, without limits of time.
fn open(target: &Target) -> Result<Store> {
    own_file::prepare(target)?;
    Store::open_to_maintain(target).context("cannot open the database")
}

/// Opens a database to serve people.
fn open_to_serve(target: &Target) -> Result<Store> {
    own_file::prepare(target)?;
    if target.is_in_the_open() {
        tracing::warn!("what goes to PostgreSQL and back can be read on the way: its address says sslmode=disable");
    }
    Store::open(target).context("cannot open the database")
}

fn run_demo(demo: Demo) -> Result<()> {
    logging::begin(demo.shared.log.as_deref().unwrap_or("warn"))?;
    warn_of_secrets_in_flags();
    ensure!(demo.listen.ip().is_loopback(), "the demo listens on this machine only; try --listen 127.0.0.1:8080");
    let target = demo.database.target("--database")?;
    let Target::Sqlite(path) = &target else { bail!("the demo keeps its orders in a file, not in PostgreSQL") };
    let is_there = std::fs::metadata(path).is_ok_and(|file| file.len() > 0);
    ensure!(
        !is_there || demo::made(&Store::open_as_it_is(&target)?)?,
        "{} holds something else than a demo; --database takes another file",
        path.display()
    );
    if !demo.keep {
        remove_database(path)?;
    }
    let listener = listen(demo.listen)?;
    let address = listener.local_addr()?;
    let store = open_to_serve(&target)?;
    let clock = Clock::default();
    // A demo that is kept may have been moved ahead; time goes on from where its people left it.
    if let Some(latest) = store.snapshot(events::latest)? {
        clock.advance((latest - clock.now()).max(TimeDelta::zero()));
    }
    demo::fill(&store, clock.now()).map_err(|failure| anyhow::anyhow!("cannot fill the demo: {failure:?}"))?;
    say!("The demo runs at http://{address}\n");
    say!("Sign in with one click, or with the password {} as:", demo::PASSWORD);
    for account in demo::ACCOUNTS {
        say!("  {:<24} {}", account.email, account.name);
    }
    let key = demo::make_key(&store, clock.times().wall).context("cannot make a key")?;
    say!("\nPrograms of the marketplace use http://{address}{} with the key\n  {}", paths::API, key.text());
    let (secret, signing) = (Key::generate(), new_secret());
    let mail = mail_server(&demo.shared.mail)?;
    let entrance = demo.shared.marketplace.entrance()?;
    let settings = settings(demo.shared, format!("http://{address}"), BehindProxy::No, true, &secret);
    let settings = Settings { entrance, ..settings };
    let receiver = format!("http://{address}{}", paths::DEMO_RECEIVER);
    demo::make_endpoint(&store, &settings.secret, &receiver, &signing, clock.now()).context("cannot make a webhook")?;
    say!("\nIts webhooks arrive at http://{address}{}, signed with the secret\n  {signing}", paths::DEMO_WEBHOOKS);
    say!("\nStop it with Ctrl+C.");
    let sockets = Sockets { pages: listener, metrics: None, api: None };
    run(app(store, clock, settings), &secret, sockets, (mail, Guard::new(&[], true)), None)
}

/// The settings of `serve` that need more than reading.
struct Understood {
    secret_key: String,
    old_secret_key: Option<String>,
    target: Target,
    public_url: String,
    mail: Option<MailServer>,
    entrance: Entrance,
}

/// Checks the settings of `serve`, and reads the files that they name.
fn understand(serve: &Serve) -> Result<Understood> {
    let secret_key = serve.key.read()?;
    let old_secret_key =
        secrets::value_of("old-secret-key", serve.old_secret_key.as_deref(), serve.old_secret_key_file.as_deref())?;
    if let Some(old) = &old_secret_key {
        secrets::check_old_key(old, &secret_key)?;
    }
    ensure!(
        serve.shared.customer_service_url.is_some(),
        "--customer-service-url (OPLOSSINGSCENTRUM_CUSTOMER_SERVICE_URL) is not set: people who cannot settle it between \
         themselves are sent there"
    );
    ensure!(
        serve.session_idle_days <= serve.session_days,
        "--session-idle-days ({}) is more than --session-days ({}), which ends a session before",
        serve.session_idle_days,
        serve.session_days
    );
    let (target, public_url) = (serve.database.target()?, public_url(&serve.public_url)?);
    let (mail, entrance) = (mail_server(&serve.shared.mail)?, serve.shared.marketplace.entrance()?);
    Ok(Understood { secret_key, old_secret_key, target, public_url, mail, entrance })
}

fn run_serve(serve: Serve) -> Result<()> {
    logging::begin(serve.shared.log.as_deref().unwrap_or("info"))?;
    warn_of_secrets_in_flags();
    let Understood { secret_key, old_secret_key, target, public_url, mail, entrance } = understand(&serve)?;
    if let Some(server) = &mail {
        tracing::info!(?server, "mail goes out");
    } else {
        tracing::warn!("no mail is sent, people see everything on the pages only: --smtp is not set");
    }
    let sockets = Sockets {
        pages: listen(serve.listen)?,
        metrics: serve.metrics_listen.map(listen).transpose()?,
        api: serve.api_listen.map(listen).transpose()?,
    };
    let store = open_to_serve(&target)?;
    if let Some(since) = mail_queue::held_since(&store)? {
        tracing::warn!(%since, "all mail is held, as after a restore: nothing is sent until `mail resume`");
    }
    let secret = Key::from(secret_key.as_bytes());
    let session_life = SessionLife { idle_days: serve.session_idle_days, days: serve.session_days };
    let settings = settings(serve.shared, public_url, serve.behind_proxy, false, &secret);
    let (sends_mail, security_contact, api_rate) = (mail.is_some(), serve.security_contact, serve.api_rate);
    let retention = serve.keep.retention();
    let settings = Settings { sends_mail, session_life, retention, security_contact, api_rate, entrance, ..settings };
    let settings = match &old_secret_key {
        Some(old) => Settings { secret: settings.secret.accepting(Key::from(old.as_bytes()).master()), ..settings },
        None => settings,
    };
    let clock = Clock::guarded();
    servers::compare_at_start(&store, &clock, serve.accept_clock).context("cannot compare the clock")?;
    let server = servers::this_server(&settings.secret);
    tracing::info!(version = server.version, listen = %serve.listen, "the program serves");
    let reach = serve.webhooks.guard(false);
    run(app(store, clock, settings), &secret, sockets, (mail, reach), Some(server))
}

fn app(store: Store, clock: Clock, settings: Settings) -> App {
    App {
        store,
        clock,
        settings: Arc::new(settings),
        metrics: Metrics::default(),
        turns: Turns::default(),
        wake: Arc::new(Notify::new()),
    }
}

/// The mail server that was set, if one was.
fn mail_server(settings: &MailSettings) -> Result<Option<MailServer>> {
    let address = secrets::value_of("smtp", settings.smtp.as_deref(), settings.smtp_file.as_deref())?;
    let Some(address) = address else { return Ok(None) };
    let server = MailServer::new(&address, settings.mail_from.as_deref().unwrap_or_default())?;
    let Some(file) = &settings.smtp_ca_file else { return Ok(Some(server)) };
    let authority = std::fs::read(file).with_context(|| format!("--smtp-ca-file: cannot read {}", file.display()))?;
    Ok(Some(server.trusting(&authority)?))
}

/// Warns the operator of secrets that every user of this machine can read.
fn warn_of_secrets_in_flags() {
    for setting in secrets::shown_by(std::env::args_os()) {
        tracing::warn!(
            "--{setting} was given as a flag, which the list of processes shows to others: use --{setting}-file"
        );
    }
}

fn listen(address: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(address)
        .with_context(|| format!("cannot listen on {address}; is something else running there? --listen takes another"))
}

fn settings(shared: Shared, public_url: String, behind_proxy: BehindProxy, demo: bool, secret: &Key) -> Settings {
    Settings {
        order_actions: shared.marketplace.order_actions(),
        entrance: Entrance::default(),
        public_url,
        customer_service_url: shared.customer_service_url.unwrap_or_else(|| DEMO_CUSTOMER_SERVICE.to_owned()),
        time_zone: shared.time_zone,
        behind_proxy,
        demo,
        sends_mail: demo,
        secret: Secret::new(secret.master()),
        session_life: SessionLife::default(),
        retention: Retention::default(),
        security_contact: None,
        api_rate: API_RATE,
        operator: Operator {
            name: shared.marketplace_name,
            terms_url: shared.terms_url,
            privacy_url: shared.privacy_url,
            // A demo shows the whole page, of which the money is a part.
            money: (shared.money_sentences.map(|file| Payment::Own(file.sentences)))
                .or(shared.money.as_deref().and_then(Payment::from_name))
                .or(demo.then_some(Payment::Held)),
        },
    }
}

fn remove_database(path: &Path) -> Result<()> {
    for file in own_file::BESIDE.map(|ending| own_file::named(path, ending)) {
        match std::fs::remove_file(&file) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(error).with_context(|| format!("cannot remove the old demo at {}", path.display()));
            }
            _ => {}
        }
    }
    Ok(())
}

/// The time for commands, where no clock is ever moved.
fn now() -> Times {
    Clock::default().times()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
