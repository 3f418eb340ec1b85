//! Finds misspelled variables. A setting that the program does not read would otherwise be missing without a word.

use std::collections::BTreeSet;

use anyhow::{Result, bail};
use clap::Command;

/// All our variables begin with this.
const PREFIX: &str = "OPLOSSINGSCENTRUM_";
/// Variables of our tests begin with this; the program does not read them.
const OF_TESTS: &str = "OPLOSSINGSCENTRUM_TEST_";
/// A name is suggested when it is at least this similar (Jaro-Winkler, 0 to 1; our choice: it finds one or two slips).
const SIMILAR: f64 = 0.9;

/// Refuses a variable with our prefix that no command reads, and names the nearest one that exists. The variables of all
/// commands are known to each of them, because one file of variables often serves several.
pub(super) fn refuse_unknown(cli: &Command, names: impl IntoIterator<Item = String>) -> Result<()> {
    let known = variables(cli);
    let unknown = |name: &String| name.starts_with(PREFIX) && !known.contains(name) && !is_of_another(name);
    let Some(name) = names.into_iter().filter(unknown).min() else { return Ok(()) };
    match nearest(&known, &name) {
        Some(nearest) => bail!("there is no setting {name}; did you mean {nearest}?"),
        None => bail!("there is no setting {name}; `oplossingscentrum serve --help` lists all of them"),
    }
}

/// The variables of a command and of all commands below it.
fn variables(command: &Command) -> BTreeSet<String> {
    let own = command.get_arguments().filter_map(|argument| argument.get_env()?.to_str().map(ToOwned::to_owned));
    own.chain(command.get_subcommands().flat_map(variables)).collect()
}

/// Whether the variable is set by something else: our tests, or Kubernetes, which describes each service of a namespace
/// in variables with the name of the service ("Environment variables" in its documentation of services).
fn is_of_another(name: &str) -> bool {
    let rest = name.strip_prefix(PREFIX).unwrap_or_default();
    let is_port = rest.strip_prefix("PORT").is_some_and(|port| {
        port.is_empty()
            || port.strip_prefix('_').is_some_and(|port| port.starts_with(|first: char| first.is_ascii_digit()))
    });
    name.starts_with(OF_TESTS) || rest == "SERVICE_HOST" || rest.starts_with("SERVICE_PORT") || is_port
}

fn nearest<'a>(known: &'a BTreeSet<String>, name: &str) -> Option<&'a str> {
    nearest_name(known.iter().map(String::as_str), name)
}

/// The known name that is most similar to this one, if one is similar at all.
pub(super) fn nearest_name<'a>(known: impl Iterator<Item = &'a str>, name: &str) -> Option<&'a str> {
    let without = |name: &str| name.strip_prefix(PREFIX).unwrap_or(name).to_owned();
    let similarity = |known: &str| strsim::jaro_winkler(&without(known), &without(name));
    let best = known.map(|known| (similarity(known), known)).max_by(|(a, _), (b, _)| a.total_cmp(b))?;
    (best.0 >= SIMILAR).then_some(best.1)
}

/// The variable of an option such as `--session-days`, in any command.
pub(super) fn variable_of(command: &Command, option: &str) -> Option<String> {
    let long = option.strip_prefix("--")?.split([' ', '=']).next()?;
    let own = command.get_arguments().find(|argument| argument.get_long() == Some(long));
    let own = own.and_then(|argument| argument.get_env()?.to_str().map(ToOwned::to_owned));
    own.or_else(|| command.get_subcommands().find_map(|command| variable_of(command, option)))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;
    use crate::cli::Cli;

    fn said(name: &str) -> Option<String> {
        let names = ["PATH", "OPLOSSINGSCENTRUM_LISTEN", name].map(ToOwned::to_owned);
        refuse_unknown(&Cli::command(), names).err().map(|error| error.to_string())
    }

    #[test]
    fn a_misspelled_variable_is_refused_with_the_nearest_name() {
        for (name, nearest) in [
            ("BEHIND_PROXIES", "BEHIND_PROXY"),
            ("SESION_DAYS", "SESSION_DAYS"),
            ("SMPT", "SMTP"),
            ("DATABASE_FILES", "DATABASE_FILE"),
            ("PUBLIC_URI", "PUBLIC_URL"),
            ("LISTENS", "LISTEN"),
        ] {
            let said = said(&format!("{PREFIX}{name}")).unwrap();
            assert!(
                said.contains(&format!("{PREFIX}{name};")) && said.contains(&format!("{PREFIX}{nearest}?")),
                "{said}"
            );
        }
        assert!(said("OPLOSSINGSCENTRUM_XYZZY").unwrap().contains("--help"));
    }

    #[test]
    fn a_variable_of_another_command_of_a_test_and_of_kubernetes_is_left_alone() {
        for name in [
            "OPLOSSINGSCENTRUM_KEEP",
            "OPLOSSINGSCENTRUM_SECRET_KEY_FILE",
            "OPLOSSINGSCENTRUM_TEST_DATABASE",
            "OPLOSSINGSCENTRUM_SERVICE_HOST",
            "OPLOSSINGSCENTRUM_SERVICE_PORT_HTTP",
            "OPLOSSINGSCENTRUM_PORT",
            "OPLOSSINGSCENTRUM_PORT_8080_TCP_ADDR",
            "OPLOSSINGSCENTRUMX",
        ] {
            assert_eq!(said(name), None, "{name}");
        }
        assert!(said("OPLOSSINGSCENTRUM_PORTS").is_some());
    }

    #[test]
    fn an_option_has_the_variable_that_its_help_names() {
        let variable = |option: &str| variable_of(&Cli::command(), option);
        assert_eq!(variable("--session-days <SESSION_DAYS>").as_deref(), Some("OPLOSSINGSCENTRUM_SESSION_DAYS"));
        assert_eq!(variable("--keep").as_deref(), Some("OPLOSSINGSCENTRUM_KEEP"));
        assert_eq!(variable("--from <FROM>"), None);
    }
}
