//! Makes usage errors without the values that were typed: a password may stand in the wrong place, and standard error
//! ends in journals.

use std::ffi::OsString;

use anyhow::{Context, Result};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Command, Error};

use crate::cli::environment;
use crate::store::Target;

/// The address of a database as it was typed. It is parsed after the command line, because clap repeats a value that does
/// not parse.
#[derive(Clone)]
pub(super) struct Address(String);

impl From<String> for Address {
    fn from(written: String) -> Self {
        Self(written)
    }
}

impl Address {
    /// Parses the address. `flag` is the option it came from.
    pub fn target(&self, flag: &'static str) -> Result<Target> {
        self.0.parse::<Target>().context(flag)
    }
}

/// Replaces the values in a usage error by an ellipsis. The names of options and of similar commands stay. A value that comes
/// from a variable is told by the name of the variable too.
pub(super) fn without_values(mut error: Error, cli: &Command) -> Error {
    if let Some(variable) = variable(&error, cli) {
        let tip = format!("its value comes from the variable {variable}");
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![tip.into()]));
    }
    let is_typo = error.get(ContextKind::SuggestedSubcommand).is_some();
    for kind in [ContextKind::InvalidValue, ContextKind::InvalidSubcommand, ContextKind::InvalidArg] {
        let Some(ContextValue::String(value)) = error.get(kind) else { continue };
        let stays = match kind {
            ContextKind::InvalidSubcommand => is_typo,
            // clap names our own options here, except for an argument that it does not know.
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

/// The variable whose value is wrong, unless the value was given as a flag.
fn variable(error: &Error, cli: &Command) -> Option<String> {
    let Some(ContextValue::String(option)) = error.get(ContextKind::InvalidArg) else { return None };
    let variable = environment::variable_of(cli, option)?;
    let flag = option.split([' ', '=']).next().unwrap_or_default();
    let is_flag = |argument: OsString| argument.to_string_lossy().split('=').next() == Some(flag);
    (std::env::var_os(&variable).is_some() && !std::env::args_os().any(is_flag)).then_some(variable)
}

/// Whether this is only the name of an option, such as `--public-url`.
fn is_flag(value: &str) -> bool {
    let name = value.strip_prefix("--");
    name.is_some_and(|name| name.chars().all(|letter| letter.is_ascii_lowercase() || letter == '-'))
}
