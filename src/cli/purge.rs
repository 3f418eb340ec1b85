//! The command that erases what was kept long enough. It tells counts, and no words.

use anyhow::Result;
use clap::Args;

use crate::cli::duration::{Keep, written_short};
use crate::cli::output::say;
use crate::cli::{Database, now, open};
use crate::operations::accounts::events;
use crate::operations::orders::retention;

#[derive(Args)]
pub(super) struct Purge {
    /// Only says what would be erased.
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    keep: Keep,
    #[command(flatten)]
    database: Database,
}

pub(super) fn run(purge: &Purge) -> Result<()> {
    let (store, kept, now) = (open(&purge.database.target()?)?, purge.keep.retention(), now());
    let (orders, events) =
        (retention::count(&store, kept.closed, now.app)?, events::count_old(&store, kept.account_events, now.wall)?);
    say!("{orders} orders were closed more than {} ago and still have their words.", written_short(kept.closed));
    say!("{events} events of accounts are older than {}.", written_short(kept.account_events));
    if purge.dry_run {
        say!("Nothing was erased.");
        return Ok(());
    }
    let orders = retention::purge(&store, kept.closed, now.app)?;
    let events = events::purge_old(&store, kept.account_events, now.wall)?;
    say!("Erased the words of {orders} orders, and {events} events of accounts.");
    Ok(())
}
