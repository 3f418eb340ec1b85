//! The command that makes, lists, rotates and revokes keys of the marketplace's programs.

use anyhow::Result;
use chrono::TimeDelta;
use clap::Subcommand;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use strum::VariantNames;

use crate::cli::duration::duration;
use crate::cli::output::{moment, say};
use crate::cli::{Database, now, open};
use crate::domain::marketplace::key::{Key, Scope, Secret};
use crate::operations::marketplace::keys;

#[derive(Subcommand)]
pub(super) enum KeyCommand {
    /// Makes a key, and prints it: this once, since only its hash is kept.
    Create {
        /// Its name, which the log shows: the program that it is for.
        name: String,
        /// What it may do; once for each.
        #[arg(long = "scope", required = true, value_name = "SCOPE", value_parser = scopes())]
        scopes: Vec<Scope>,
        /// How long it works: 90d, 12h, 1y. Without it, until it is revoked.
        #[arg(long, value_name = "TIME", value_parser = duration)]
        expires: Option<TimeDelta>,
        #[command(flatten)]
        database: Database,
    },
    /// Lists the keys, without their secrets.
    List {
        #[command(flatten)]
        database: Database,
    },
    /// Makes a new key in the place of one, and prints it. The old one works on for a while.
    Rotate {
        /// The name of the key.
        name: String,
        /// How long the old one works on: 7d, 12h.
        #[arg(long, value_name = "TIME", value_parser = duration, default_value = "7d")]
        overlap: TimeDelta,
        #[command(flatten)]
        database: Database,
    },
    /// Ends every key with that name at once.
    Revoke {
        /// The name of the key.
        name: String,
        #[command(flatten)]
        database: Database,
    },
}

fn scopes() -> impl TypedValueParser<Value = Scope> {
    PossibleValuesParser::new(Scope::VARIANTS).try_map(|scope| scope.parse::<Scope>())
}

pub(super) fn run(command: &KeyCommand) -> Result<()> {
    let wall = now().wall;
    match command {
        KeyCommand::Create { name, scopes, expires, database } => {
            let expires_at = expires.map(|time| wall + time);
            show(&keys::create(&open(&database.target()?)?, name, scopes, expires_at, wall)?);
        }
        KeyCommand::List { database } => {
            for key in keys::list(&open(&database.target()?)?)? {
                say!("{}", line(&key, key.works(wall)));
            }
        }
        KeyCommand::Rotate { name, overlap, database } => {
            show(&keys::rotate(&open(&database.target()?)?, name, *overlap, wall)?);
        }
        KeyCommand::Revoke { name, database } => {
            let revoked = keys::revoke(&open(&database.target()?)?, name, wall)?;
            say!("{revoked} keys with the name {name} work no longer.");
        }
    }
    Ok(())
}

fn show(secret: &Secret) {
    say!("{}", secret.text());
}

fn line(key: &Key, works: bool) -> String {
    let scopes: Vec<&str> = key.scopes.iter().map(AsRef::as_ref).collect();
    let state = match (key.revoked_at, key.expires_at) {
        (Some(at), _) => format!("revoked {}", moment(at)),
        (None, Some(at)) if works => format!("until {}", moment(at)),
        (None, Some(at)) => format!("ended {}", moment(at)),
        (None, None) => "works".to_owned(),
    };
    let used = key.used_at.map_or_else(|| "never used".to_owned(), |at| format!("used {}", at.format("%Y-%m-%d")));
    format!("{}  ocs_{}  {state}  {used}  {}", key.name, key.id, scopes.join(" "))
}
