//! What is wrong with a command line, told without the values in it: one of them may be a password in the wrong place, and
//! what a program complains of ends in journals.

use anyhow::{Context, Result};
use clap::Error;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::store::Target;

/// The address of a database as it was written. It is read once the command line is, since a complaint about the command
/// line repeats what it is about.
#[derive(Clone)]
pub(super) struct Address(String);

impl From<String> for Address {
    fn from(written: String) -> Self {
        Self(written)
    }
}

impl Address {
    /// The database that it names; `flag` is where it was written.
    pub fn target(&self, flag: &'static str) -> Result<Target> {
        self.0.parse::<Target>().context(flag)
    }
}

/// The same complaint, with a dash where it repeats a value. Names of flags, and commands that resemble one of ours, stay.
pub(super) fn without_values(mut error: Error) -> Error {
    let is_typo = error.get(ContextKind::SuggestedSubcommand).is_some();
    for kind in [ContextKind::InvalidValue, ContextKind::InvalidSubcommand, ContextKind::InvalidArg] {
        let Some(ContextValue::String(value)) = error.get(kind) else { continue };
        let stays = match kind {
            ContextKind::InvalidSubcommand => is_typo,
            // Which flag lacks its value, or has the wrong one, is ours to tell; an argument that is none is theirs.
            ContextKind::InvalidArg => error.kind() != ErrorKind::UnknownArgument || is_flag(value),
            _ => false,
        };
        if !stays {
            error.insert(kind, ContextValue::String("…".to_owned()));
        }
    }
    if error.kind() == ErrorKind::UnknownArgument {
        error.remove(ContextKind::Suggested);
    }
    error
}

/// `--public-url`, and nothing that could be more than the name of a flag.
fn is_flag(value: &str) -> bool {
    let name = value.strip_prefix("--");
    name.is_some_and(|name| name.chars().all(|letter| letter.is_ascii_lowercase() || letter == '-'))
}
