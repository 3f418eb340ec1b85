//! The account that a command is about.

use anyhow::{Context, Result};
use clap::Args;

use crate::cli::{Database, open};
use crate::domain::Account;
use crate::operations::accounts::sign_in;
use crate::store::Store;

/// Which account, in which database.
#[derive(Args)]
pub(super) struct Named {
    /// The account's e-mail address.
    pub(super) email: String,
    #[command(flatten)]
    database: Database,
}

impl Named {
    pub(super) fn new(email: &str, database: &Database) -> Self {
        Self { email: email.to_owned(), database: database.clone() }
    }

    /// The account, and its database.
    pub(super) fn find(&self) -> Result<(Store, Account)> {
        let (store, email) = (open(&self.database.target()?)?, &self.email);
        let person = sign_in::find_by_email(&store, email)?.with_context(|| format!("there is no account {email}"))?;
        Ok((store, person))
    }
}
