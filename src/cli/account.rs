//! The commands about one account. A command that changes the account writes an event "by the operator", which its
//! owner sees.

use std::io::{IsTerminal, Read, Write};

use anyhow::{Context, Result, bail, ensure};
use clap::Subcommand;

use crate::cli::named::Named;
use crate::cli::output::{moment, say};
use crate::cli::{now, support};
use crate::domain::accounts::event::{AccountActor, AccountEvent};
use crate::operations::accounts::events::{self, By};
use crate::operations::accounts::passwords::{self, Flaw};
use crate::operations::accounts::{limits, second_factor, sign_in, suspension};
use crate::turns::Turn;

/// How many events are read from the database together.
const EVENTS_AT_ONCE: usize = 500;
/// The most bytes that are read as a password.
const PASSWORD_BYTES: u64 = 4096;

#[derive(Subcommand)]
pub(super) enum AccountCommand {
    /// Sets a password and signs the account out everywhere. On a terminal it is asked twice and not shown; otherwise it is
    /// read from standard input.
    SetPassword(Named),
    /// Takes the second factor away from a person who lost their phone and their recovery codes, and signs the account
    /// out everywhere. Be sure first that it is its owner who asks.
    RemoveSecondFactor(Named),
    /// Signs the account out everywhere. Its owner can sign in again with the password.
    SignOut(Named),
    /// Signs the account out everywhere, and closes it to every sign-in. Its orders go on: questions are still told by mail,
    /// and silence still decides.
    Suspend(Named),
    /// Lets the owner of a suspended account sign in again.
    Resume(Named),
    /// Shows what is known of the account: when it was used, how it is signed in to, how many orders. Never what they are about.
    Show(Named),
    /// Lists the accounts, by address.
    List(support::List),
    /// Gives the account another e-mail address. Both addresses get a mail. Be sure first that it is its owner who asks.
    ChangeEmail(support::ChangeEmail),
    /// Gives the account another name.
    Rename(support::Rename),
    /// Invites people who have never been here, by mail, a few each minute.
    Invite(support::Invite),
    /// Forgets the wrong passwords and codes for the account. Be sure first that it is its owner who asks.
    Unlock(Named),
    /// Sends the owner a mail that leads to everything that is known of them: they sign in and download it. Nothing of it is
    /// shown here.
    Export(Named),
    /// Erases the person: name, address, password, devices, calendar, mails. Refused while one of their orders goes on. What
    /// they wrote goes with the words of each order, `--keep-closed` after it was closed. It cannot be undone.
    Erase(Named),
    /// Stops the account's calendar: its address works no more.
    StopCalendar(Named),
    /// Tells what happened to the account: sign-ins, wrong codes, changes of how its owner signs in. Newest first.
    Events(Named),
}

pub(super) fn run(command: &AccountCommand) -> Result<()> {
    match command {
        AccountCommand::SetPassword(named) => set_password(named),
        AccountCommand::RemoveSecondFactor(named) => remove_second_factor(named),
        AccountCommand::SignOut(named) => sign_out(named),
        AccountCommand::Suspend(named) => suspend(named),
        AccountCommand::Resume(named) => resume(named),
        AccountCommand::Show(named) => support::show(named),
        AccountCommand::List(list) => support::list(list),
        AccountCommand::ChangeEmail(change) => support::change_email(change),
        AccountCommand::Rename(rename) => support::rename(rename),
        AccountCommand::Invite(invite) => support::invite(invite),
        AccountCommand::Unlock(named) => support::unlock(named),
        AccountCommand::Export(named) => support::export(named),
        AccountCommand::Erase(named) => support::erase(named),
        AccountCommand::StopCalendar(named) => support::stop_calendar(named),
        AccountCommand::Events(named) => tell_events(named),
    }
}

fn set_password(named: &Named) -> Result<()> {
    let password = if std::io::stdin().is_terminal() { ask_twice()? } else { read_input()? };
    let (store, person) = named.find()?;
    let turn = &mut Turn::alone();
    let _epoch = match passwords::flaw(turn, &password, &person) {
        Some(Flaw::TooShort) => bail!("a password has at least {} characters", passwords::MIN_CHARS),
        Some(Flaw::TooLong) => bail!("a password has at most {} characters", passwords::MAX_CHARS),
        Some(Flaw::Guessable) => bail!(
            "this password is one of the first that somebody would try: choose a few words that do not belong together"
        ),
        None => sign_in::set_password(&store, turn, person.id, &password, &By::Operator, now())?,
    };
    limits::clear(&store, person.id)?;
    say!("The password of {} is set.", named.email);
    Ok(())
}

/// Asks for a password on the terminal, without showing what is typed.
fn ask_twice() -> Result<String> {
    let ask = |prompt: &str| rpassword::prompt_password(prompt).context("cannot read the password");
    let password = ask("The new password: ")?;
    ensure!(password == ask("The same once more: ")?, "the two are not the same; nothing has changed");
    Ok(password)
}

fn read_input() -> Result<String> {
    let mut password = String::new();
    std::io::stdin().take(PASSWORD_BYTES).read_to_string(&mut password).context("cannot read the password")?;
    Ok(password.trim_end_matches(['\r', '\n']).to_owned())
}

fn remove_second_factor(named: &Named) -> Result<()> {
    let (store, person) = named.find()?;
    let was_on = second_factor::switch_off(&store, person.id, &By::Operator, now())?;
    ensure!(was_on.is_some(), "{} has no second factor", named.email);
    limits::clear(&store, person.id)?;
    say!("{} signs in with the password alone, until they set up a second factor again.", named.email);
    Ok(())
}

fn sign_out(named: &Named) -> Result<()> {
    let (store, person) = named.find()?;
    let _epoch = sign_in::sign_out_everywhere(&store, person.id, &By::Operator, now())?;
    say!("{} is signed out everywhere.", named.email);
    Ok(())
}

fn suspend(named: &Named) -> Result<()> {
    let (store, person) = named.find()?;
    ensure!(suspension::suspend(&store, person.id, now())?, "{} is suspended already", named.email);
    say!("{} is signed out everywhere, and nobody signs in until `account resume`.", named.email);
    Ok(())
}

fn resume(named: &Named) -> Result<()> {
    let (store, person) = named.find()?;
    ensure!(suspension::resume(&store, person.id, now())?, "{} is not suspended", named.email);
    say!("{} can sign in again.", named.email);
    Ok(())
}

fn tell_events(named: &Named) -> Result<()> {
    let (store, person) = named.find()?;
    let (mut out, mut after) = (std::io::stdout().lock(), None);
    if let Some(since) = person.suspended_at {
        writeln!(out, "Suspended since {}.", moment(since))?;
    }
    loop {
        let page = events::page(&store, person.id, after, EVENTS_AT_ONCE)?;
        for event in &page.events {
            writeln!(out, "{}", line(event))?;
        }
        if after.is_none() && page.events.is_empty() {
            writeln!(out, "No event of it is kept.")?;
        }
        after = page.next;
        if after.is_none() {
            return Ok(());
        }
    }
}

/// An event on one line: "2026-11-27 18:05:12 UTC  new device  Firefox on Windows".
fn line(event: &AccountEvent) -> String {
    let device = [event.device.browser.as_deref(), event.device.system.as_deref()];
    let device = device.into_iter().flatten().collect::<Vec<_>>().join(" on ");
    let by = match event.actor {
        AccountActor::Person => device,
        AccountActor::Operator => "by the operator".to_owned(),
    };
    let kind = <&str>::from(event.kind).replace('_', " ");
    format!("{}  {kind:<22}  {by}", moment(event.at)).trim_end().to_owned()
}
