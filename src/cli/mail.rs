//! The commands about mail. They tell to whom, since when and why, and never what a mail is about.

use std::io::Write;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, ensure};
use clap::{Args, Subcommand};

use crate::cli::named::Named;
use crate::cli::output::{moment, say};
use crate::cli::{Database, MailSettings, mail_server, now, open};
use crate::mail::test::message;
use crate::operations::mail::mail_queue::{self, PATIENCE_DAYS};

/// How long a test may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// The most mails that are listed.
const MOST_LISTED: i64 = 1_000;

#[derive(Subcommand)]
pub(super) enum MailCommand {
    /// Lists the mails that were not delivered: since when, to whom, and why. Not what they are about.
    List {
        /// Only those that were set aside, not those that are tried again.
        #[arg(long)]
        failed: bool,
        #[command(flatten)]
        database: Database,
    },
    /// Sends the mails to an account that were set aside once more.
    Resend(Named),
    /// Counts the mails to an account that were set aside no more: you have seen to them in another way.
    Dismiss(Named),
    /// Sends mail again after a backup was restored, which holds all mail. Be sure first that this is the real database, and
    /// no copy of it.
    Resume {
        #[command(flatten)]
        database: Database,
    },
    /// Sends every mail that waits for another try now, those with the nearest deadline first.
    Flush {
        #[command(flatten)]
        database: Database,
    },
    /// Sends a test mail and tells what the mail server answers.
    Test(Test),
}

#[derive(Args)]
pub(super) struct Test {
    /// The address to send it to.
    address: String,
    #[command(flatten)]
    mail: MailSettings,
}

pub(super) fn run(command: &MailCommand) -> Result<()> {
    match command {
        MailCommand::List { failed, database } => list(*failed, database),
        MailCommand::Resend(named) => resend(named),
        MailCommand::Dismiss(named) => dismiss(named),
        MailCommand::Resume { database } => resume(database),
        MailCommand::Flush { database } => flush(database),
        MailCommand::Test(test) => send_test(test),
    }
}

fn list(only_failed: bool, database: &Database) -> Result<()> {
    let (store, mut out) = (open(&database.target()?)?, std::io::stdout().lock());
    if let Some(since) = mail_queue::held_since(&store)? {
        writeln!(out, "All mail is held since {}. `mail resume` sends it.", moment(since))?;
    }
    let mails = mail_queue::undelivered(&store, only_failed, MOST_LISTED + 1)?;
    let most = usize::try_from(MOST_LISTED).unwrap_or(usize::MAX);
    for mail in mails.iter().take(most) {
        let state = if mail.is_set_aside { "set aside" } else { "waits" };
        let due = mail.due_at.format("%Y-%m-%d %H:%M UTC");
        let why = mail.failure.as_deref().unwrap_or("not tried yet");
        writeln!(out, "{due}  {state:<9}  {} tries  {}  {why}", mail.tries, mail.to)?;
    }
    if mails.len() > most {
        writeln!(out, "There are more; these are the {most} oldest.")?;
    }
    if mails.is_empty() {
        writeln!(out, "No mail waits.")?;
    }
    Ok(())
}

fn resend(named: &Named) -> Result<()> {
    let (store, person) = named.find()?;
    let mails = mail_queue::resend(&store, person.id, now().app)?;
    say!("{mails} mails to {} are sent once more.", named.email);
    Ok(())
}

fn dismiss(named: &Named) -> Result<()> {
    let (store, person) = named.find()?;
    let mails = mail_queue::dismiss(&store, person.id, now().app)?;
    say!("{mails} mails to {} count no more.", named.email);
    Ok(())
}

fn resume(database: &Database) -> Result<()> {
    ensure!(mail_queue::resume(&open(&database.target()?)?)?, "mail is not held");
    say!("Mail is sent again. What was due more than {PATIENCE_DAYS} days ago is set aside.");
    Ok(())
}

fn flush(database: &Database) -> Result<()> {
    let mails = mail_queue::flush(&open(&database.target()?)?, now().app)?;
    say!("{mails} mails are tried again now.");
    Ok(())
}

fn send_test(test: &Test) -> Result<()> {
    let server = mail_server(&test.mail)?.context("--smtp is not set")?;
    let message = message(&server.from, &test.address, now().wall).context("this is not an e-mail address")?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let answer = runtime.block_on(server.send(&message, PATIENCE)).map_err(|failure| anyhow!(failure.reason))?;
    say!("{server:?} took the mail: {answer}");
    Ok(())
}
