//! The commands for endpoints of the marketplace. No page and no key of the interface makes one.

use anyhow::{Context, Result, ensure};
use chrono::{DateTime, TimeDelta, Utc};
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Subcommand};
use strum::VariantArray;
use tokio::runtime::Builder;

use crate::cli::duration::duration;
use crate::cli::output::{moment, say};
use crate::cli::secrets::ServerKey;
use crate::cli::{Database, now, open};
use crate::domain::marketplace::endpoint::{Endpoint, PauseCause};
use crate::domain::orders::outside_view::ToldKind;
use crate::operations::maintenance::servers;
use crate::operations::marketplace::webhooks::{self, Replay};
use crate::secret::Secret;
use crate::store::Store;
use crate::store::marketplace::deliveries::Line;
use crate::webhook::client::Client;
use crate::webhook::guard::{Allow, Guard};
use crate::webhook::message::Message;
use crate::webhook::sign::new_secret;

/// What may be reached besides the internet.
#[derive(Args, Clone, Debug)]
pub(super) struct Allowed {
    /// A host or a network inside that webhooks may reach, for instance hooks.internal or 10.1.0.0/16; several with commas.
    #[arg(long, env = "OPLOSSINGSCENTRUM_WEBHOOK_ALLOW", value_name = "HOST|CIDR", value_delimiter = ',')]
    webhook_allow: Vec<Allow>,
}

impl Allowed {
    pub fn is_empty(&self) -> bool {
        self.webhook_allow.is_empty()
    }

    /// The guard of webhooks.
    pub fn guard(&self, is_demo: bool) -> Guard {
        Guard::new(&self.webhook_allow, is_demo)
    }
}

/// An endpoint by its name.
#[derive(Args)]
pub(super) struct Name {
    /// The name of the endpoint.
    name: String,
    #[command(flatten)]
    database: Database,
}

#[derive(Subcommand)]
pub(super) enum WebhookCommand {
    /// Adds an endpoint that is told of entries from now on, and prints its secret: this once.
    Add {
        /// Where it is: an address that begins with https://.
        url: String,
        /// Its name, which the log shows.
        #[arg(long)]
        name: String,
        /// The types that it is told of, with commas; all of them without it.
        #[arg(long, value_delimiter = ',', value_parser = kinds())]
        types: Vec<ToldKind>,
        #[command(flatten)]
        allowed: Allowed,
        #[command(flatten)]
        key: ServerKey,
        #[command(flatten)]
        database: Database,
    },
    /// Lists the endpoints, without their secrets.
    List {
        #[command(flatten)]
        database: Database,
    },
    /// Gives an endpoint a new secret, and prints it. The old one signs too for a while.
    Rotate {
        /// The name of the endpoint.
        name: String,
        /// How long the old one signs too: 24h, 7d.
        #[arg(long, value_name = "TIME", value_parser = duration, default_value = "24h")]
        overlap: TimeDelta,
        #[command(flatten)]
        key: ServerKey,
        #[command(flatten)]
        database: Database,
    },
    /// Pauses an endpoint: what it is to be told waits, for 30 days at most.
    Pause(Name),
    /// Lets an endpoint go on with all that waits: one that was paused, whose receiver was gone, or after a restore.
    Resume(Name),
    /// Removes an endpoint.
    Remove(Name),
    /// Sends an endpoint a message of the type ping, and prints what came back.
    Ping {
        /// The name of the endpoint.
        name: String,
        #[command(flatten)]
        allowed: Allowed,
        #[command(flatten)]
        key: ServerKey,
        #[command(flatten)]
        database: Database,
    },
    /// Shows the newest deliveries: when, which entry, how often it was tried and what came of it.
    Log {
        /// Only those that failed.
        #[arg(long)]
        failed: bool,
        /// Only those to the endpoint with that name.
        #[arg(long, value_name = "NAME")]
        endpoint: Option<String>,
        /// Only those about that order, by your number or our reference.
        #[arg(long, value_name = "ID")]
        order: Option<String>,
        #[command(flatten)]
        database: Database,
    },
    /// Tells an endpoint of entries once more, with the same ids and bodies.
    Replay {
        /// The name of the endpoint.
        name: String,
        #[command(flatten)]
        which: Which,
        #[command(flatten)]
        database: Database,
    },
}

#[derive(Args)]
#[group(required = true, multiple = false)]
pub(super) struct Which {
    /// Those behind that position.
    #[arg(long, value_name = "POSITION")]
    after: Option<i64>,
    /// Those that were written since that moment, like 2026-11-24T13:05:00Z.
    #[arg(long, value_name = "MOMENT")]
    since: Option<DateTime<Utc>>,
    /// Those that were given up.
    #[arg(long)]
    failed: bool,
    /// The one with that id.
    #[arg(long, value_name = "ID")]
    id: Option<String>,
}

impl Which {
    fn replay(&self) -> Replay {
        match (self.after, self.since, &self.id) {
            (Some(position), ..) => Replay::After(position),
            (_, Some(moment), _) => Replay::Since(moment),
            (.., Some(id)) => Replay::Id(id.clone()),
            _ => Replay::Failed,
        }
    }
}

fn kinds() -> impl TypedValueParser<Value = ToldKind> {
    let names = ToldKind::VARIANTS.iter().map(<&'static str>::from);
    PossibleValuesParser::new(names).try_map(|kind| kind.parse::<ToldKind>())
}

pub(super) fn run(command: &WebhookCommand) -> Result<()> {
    let at = now();
    match command {
        WebhookCommand::Add { url, name, types, allowed, key, database } => {
            let url = allowed.guard(false).read(url)?;
            let (store, signing) = (open(&database.target()?)?, new_secret());
            let secret = secret_of_servers(&store, key)?;
            webhooks::add(&store, &secret, (name, url.as_str()), types, &signing, at.app)?;
            say!("{signing}");
        }
        WebhookCommand::List { database } => {
            for endpoint in webhooks::list(&open(&database.target()?)?)? {
                say!("{}", line(&endpoint, at.app));
            }
        }
        WebhookCommand::Rotate { name, overlap, key, database } => {
            let (store, signing) = (open(&database.target()?)?, new_secret());
            let secret = secret_of_servers(&store, key)?;
            webhooks::rotate(&store, &secret, name, &signing, (at.wall, *overlap))?;
            say!("{signing}");
        }
        WebhookCommand::Pause(Name { name, database }) => {
            webhooks::pause(&open(&database.target()?)?, name, at.app)?;
            say!("{name} is paused.");
        }
        WebhookCommand::Resume(Name { name, database }) => {
            webhooks::resume(&open(&database.target()?)?, name, at.app)?;
            say!("{name} goes on.");
        }
        WebhookCommand::Remove(Name { name, database }) => {
            webhooks::remove(&open(&database.target()?)?, name)?;
            say!("{name} is removed.");
        }
        WebhookCommand::Ping { name, allowed, key, database } => ping(name, allowed, key, database)?,
        WebhookCommand::Log { failed, endpoint, order, database } => {
            let store = open(&database.target()?)?;
            for (delivery, id) in webhooks::log(&store, *failed, endpoint.as_deref(), order.as_deref())? {
                say!("{}", log_line(&delivery, id.as_deref()));
            }
        }
        WebhookCommand::Replay { name, which, database } => {
            let replayed = webhooks::replay(&open(&database.target()?)?, name, &which.replay(), at.app)?;
            say!("{replayed} entries are told to {name} once more.");
        }
    }
    Ok(())
}

/// The secret to hide with: one with which running servers read.
fn secret_of_servers(store: &Store, key: &ServerKey) -> Result<Secret> {
    let secret = key.secret()?;
    let is_theirs = servers::may_hide(store, &secret, now().wall)?;
    ensure!(
        is_theirs,
        "the servers of this database run with another --secret-key, and could not read what is hidden with this one"
    );
    Ok(secret)
}

fn ping(name: &str, allowed: &Allowed, key: &ServerKey, database: &Database) -> Result<()> {
    let (store, wall) = (open(&database.target()?)?, now().wall);
    let endpoint = webhooks::find(&store, name)?;
    let secrets = webhooks::signing_secrets(&key.secret()?, &endpoint, wall)?;
    let (client, message) = (Client::new(allowed.guard(false)), Message::ping(wall));
    let runtime = Builder::new_current_thread().enable_all().build().context("cannot send")?;
    let attempt = runtime.block_on(client.post(&endpoint.url, &message.headers(&secrets, wall), &message.body));
    say!("{} in {} ms", attempt.outcome(), attempt.took.as_millis());
    ensure!(attempt.is_taken(), "{name} did not take it");
    Ok(())
}

fn line(endpoint: &Endpoint, at: DateTime<Utc>) -> String {
    let state = match endpoint.paused {
        Some((since, PauseCause::Operator)) => format!("paused {}", moment(since)),
        Some((since, PauseCause::Gone)) => format!("paused {}: it answered 410", moment(since)),
        Some((since, PauseCause::Restored)) => format!("paused {}: restored from a backup", moment(since)),
        None => match endpoint.failing_since {
            Some(since) if endpoint.is_struggling(at) => format!("struggles since {}", moment(since)),
            Some(since) => format!("fails since {}", moment(since)),
            None => "works".to_owned(),
        },
    };
    let kinds: Vec<&str> = endpoint.kinds.iter().map(AsRef::as_ref).collect();
    let kinds = if kinds.is_empty() { "all types".to_owned() } else { kinds.join(" ") };
    format!("{}  {}  {state}  {kinds}", endpoint.name, endpoint.url)
}

fn log_line(line: &Line, id: Option<&str>) -> String {
    let state = match (line.is_delivered, line.is_given_up) {
        (true, _) => "taken",
        (false, true) => "given up",
        (false, false) => "waits",
    };
    let outcome = match (&line.outcome, line.took_ms) {
        (Some(outcome), Some(took)) => format!("{outcome} in {took} ms"),
        _ => "not tried".to_owned(),
    };
    let at = moment(line.tried_at.unwrap_or(line.created_at));
    format!(
        "{at}  {}  {}  {}  {state}  tries {}  {outcome}",
        line.endpoint,
        line.position,
        id.unwrap_or("-"),
        line.tries
    )
}
