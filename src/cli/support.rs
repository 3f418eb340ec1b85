//! The commands that help people with their account. None shows a dispute, a reason or a text.

use std::io::Write;
use std::time::Duration;

use anyhow::{Result, bail, ensure};
use chrono::{DateTime, Utc};
use clap::Args;

use crate::cli::named::Named;
use crate::cli::output::{moment, say};
use crate::cli::{Database, now, open};
use crate::domain::Account;
use crate::operations::accounts::data;
use crate::operations::accounts::erasure::{self, Erasure};
use crate::operations::accounts::support::{self, Refused};
use crate::store::Store;

/// How many accounts are read from the database together.
const AT_ONCE: usize = 500;

#[derive(Args)]
pub(super) struct List {
    /// Only accounts whose owner has never signed in.
    #[arg(long)]
    never_signed_in: bool,
    #[command(flatten)]
    database: Database,
}

#[derive(Args)]
pub(super) struct ChangeEmail {
    #[command(flatten)]
    named: Named,
    /// The new address.
    new: String,
}

#[derive(Args)]
pub(super) struct Rename {
    #[command(flatten)]
    named: Named,
    /// The new name, as the other party sees it.
    name: String,
}

#[derive(Args)]
pub(super) struct Invite {
    /// The account's e-mail address; without it, everybody who has never been here.
    #[arg(required_unless_present = "all")]
    email: Option<String>,
    /// Invites everybody who has never been here and was not invited before. It can be stopped, and goes on where it was.
    #[arg(long, conflicts_with = "email")]
    all: bool,
    /// How many are invited in a minute: a mail server that suddenly sends thousands of mails is taken for a sender of spam.
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=6000))]
    per_minute: u32,
    #[command(flatten)]
    database: Database,
}

pub(super) fn show(named: &Named) -> Result<()> {
    let (store, person) = named.find()?;
    let found = support::profile(&store, person)?;
    let mut out = std::io::stdout().lock();
    let person = &found.person;
    let when = |at: Option<DateTime<Utc>>| at.map_or_else(|| "never".to_owned(), moment);
    writeln!(out, "address          {}", person.email)?;
    writeln!(out, "name             {}", person.name)?;
    writeln!(out, "made             {}", moment(person.created_at))?;
    writeln!(out, "first signed in  {}", when(person.first_signed_in_at))?;
    writeln!(out, "password         {}", if person.password_hash.is_some() { "set" } else { "none yet" })?;
    writeln!(out, "second factor    {}", if found.has_second_factor { "on" } else { "off" })?;
    writeln!(out, "suspended        {}", person.suspended_at.map_or_else(|| "no".to_owned(), moment))?;
    writeln!(out, "devices          {}", found.devices.len())?;
    writeln!(out, "last seen        {}", when(found.devices.iter().max().copied()))?;
    let calendar = found.calendar.map_or_else(|| "none".to_owned(), |read| format!("last read: {}", when(read)));
    writeln!(out, "calendar         {calendar}")?;
    let mail = &person.preferences.mail;
    writeln!(out, "mail             comments: {}, reminders: {}", on(mail.comments), on(mail.reminders))?;
    writeln!(out, "orders           {} as customer, {} as freelancer", found.orders.0, found.orders.1)?;
    Ok(())
}

fn on(is_on: bool) -> &'static str {
    if is_on { "on" } else { "off" }
}

pub(super) fn list(list: &List) -> Result<()> {
    let mut out = std::io::stdout().lock();
    each(&open(&list.database.target()?)?, |person| {
        if list.never_signed_in && person.first_signed_in_at.is_some() {
            return Ok(());
        }
        let signed_in = person.first_signed_in_at.map_or_else(|| "never signed in".to_owned(), moment);
        let suspended = if person.is_suspended() { "  suspended" } else { "" };
        writeln!(out, "{}  {}  {signed_in}{suspended}", person.email, person.name)?;
        Ok(())
    })
}

/// Does that with every account, by address.
fn each(store: &Store, mut work: impl FnMut(&Account) -> Result<()>) -> Result<()> {
    let mut after = String::new();
    loop {
        let page = support::list(store, &after, AT_ONCE)?;
        page.iter().try_for_each(&mut work)?;
        match page.last() {
            Some(last) => after.clone_from(&last.email),
            None => return Ok(()),
        }
    }
}

pub(super) fn change_email(change: &ChangeEmail) -> Result<()> {
    let (store, person) = change.named.find()?;
    support::change_email(&store, &person, &change.new, now())??;
    say!("The account of {} has another address now. Both addresses get a mail.", person.name);
    Ok(())
}

pub(super) fn rename(rename: &Rename) -> Result<()> {
    let (store, person) = rename.named.find()?;
    support::rename(&store, person.id, &rename.name, now())??;
    say!("{} has another name now.", person.email);
    Ok(())
}

pub(super) fn unlock(named: &Named) -> Result<()> {
    let (store, person) = named.find()?;
    support::unlock(&store, person.id, now())?;
    say!("What was tried for {} counts no more.", person.email);
    Ok(())
}

pub(super) fn export(named: &Named) -> Result<()> {
    let (store, person) = named.find()?;
    ensure!(!person.is_suspended(), "{} is suspended, and could not sign in to download it", person.email);
    data::offer(&store, person.id, now())?;
    say!("{} gets a mail that leads to everything that is known of them.", person.email);
    Ok(())
}

pub(super) fn erase(named: &Named) -> Result<()> {
    let (store, person) = named.find()?;
    match erasure::erase(&store, person.id, now())? {
        Erasure::Done => say!("{} is erased.", person.email),
        Erasure::Before | Erasure::Missing => bail!("there is no account {} any more", person.email),
        Erasure::InTheWay(orders) => {
            let (count, orders) = (orders.len(), orders.join(", "));
            bail!("{} is not erased: {count} orders go on: {orders}", person.email)
        }
    }
    Ok(())
}

pub(super) fn stop_calendar(named: &Named) -> Result<()> {
    let (store, person) = named.find()?;
    ensure!(support::stop_calendar(&store, person.id, now())?, "{} has no calendar", person.email);
    say!("The calendar of {} is stopped; its address works no more.", person.email);
    Ok(())
}

pub(super) fn invite(invite: &Invite) -> Result<()> {
    if let Some(email) = &invite.email {
        let (store, person) = Named::new(email, &invite.database).find()?;
        ensure!(support::invite(&store, &person, now())??, "{email} was invited before");
        say!("{email} gets a mail.");
        return Ok(());
    }
    let (store, mut invited) = (open(&invite.database.target()?)?, 0_u64);
    each(&store, |person| {
        match support::invite(&store, person, now())? {
            Ok(true) => {
                invited += 1;
                std::thread::sleep(Duration::from_secs(60) / invite.per_minute);
            }
            Ok(false) | Err(Refused::BeenHere) => {}
            Err(refused) => bail!(refused),
        }
        Ok(())
    })?;
    say!("{invited} people get a mail.");
    Ok(())
}
