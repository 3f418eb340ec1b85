//! A file of settings (`--config FILE`, TOML). Its keys are the names of the flags. A flag wins from the environment, and the
//! environment from the file.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::{ArgAction, Command};
use toml::{Table, Value};

use crate::cli::environment::nearest_name;

const FLAG: &str = "--config";
/// The variable that names the file.
pub(super) const VARIABLE: &str = "OPLOSSINGSCENTRUM_CONFIG";

/// The arguments, with those of the file added that neither a flag nor a variable sets.
pub(super) fn with_file(
    arguments: Vec<OsString>,
    cli: &Command,
    variable: impl Fn(&str) -> Option<OsString>,
) -> Result<Vec<OsString>> {
    let Some(file) = file(&arguments).or_else(|| variable(VARIABLE).map(PathBuf::from)) else { return Ok(arguments) };
    let table = read(&file)?;
    let command = command(&arguments, cli);
    let known = longs(cli);
    let mut added = Vec::new();
    for (key, value) in &table {
        if !known.contains(&key.as_str()) || key == "config" {
            let nearest = nearest_name(known.iter().copied(), key);
            let hint = nearest.map(|nearest| format!("; did you mean {nearest}?")).unwrap_or_default();
            bail!("{}: there is no setting {key}{hint}", file.display());
        }
        let Some(argument) = command.get_arguments().find(|argument| argument.get_long() == Some(key)) else {
            continue;
        };
        let sets = |key: &str| is_flag(&arguments, key) || is_variable(command, key, &variable);
        if sets(key) || sets(&other_form(key)) {
            continue;
        }
        let takes_value = !matches!(argument.get_action(), ArgAction::SetTrue);
        match value {
            Value::Boolean(is_on) if !takes_value => added.extend(is_on.then(|| format!("--{key}").into())),
            value => added.push(OsString::from(format!("--{key}={}", written(&file, key, value)?))),
        }
    }
    let end = arguments.iter().position(|argument| argument == "--").unwrap_or(arguments.len());
    let (before, after) = arguments.split_at(end);
    Ok([before, &added, after].concat())
}

/// The file that `--config` names.
fn file(arguments: &[OsString]) -> Option<PathBuf> {
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        let argument = argument.to_string_lossy();
        match argument.strip_prefix(FLAG) {
            Some("") => return arguments.next().map(PathBuf::from),
            Some(rest) if rest.starts_with('=') => return Some(rest[1..].into()),
            _ => {}
        }
    }
    None
}

/// Reads the file. An error repeats no line of it, since one may hold a password.
fn read(file: &Path) -> Result<Table> {
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    text.parse::<Table>().map_err(|error| {
        let line = error.span().map_or(0, |span| text[..span.start].matches('\n').count() + 1);
        anyhow::anyhow!("{}, line {line}: {}", file.display(), error.message())
    })
}

/// The command that the arguments name.
fn command<'a>(arguments: &[OsString], cli: &'a Command) -> &'a Command {
    let names = arguments.iter().skip(1).filter_map(|argument| argument.to_str());
    names.fold(cli, |command, name| command.find_subcommand(name).unwrap_or(command))
}

/// The names of all flags of a command and those below it.
fn longs(command: &Command) -> Vec<&str> {
    let own = command.get_arguments().filter_map(clap::Arg::get_long);
    own.chain(command.get_subcommands().flat_map(longs)).collect()
}

fn is_flag(arguments: &[OsString], key: &str) -> bool {
    let flag = format!("--{key}");
    arguments.iter().any(|argument| argument.to_string_lossy().split('=').next() == Some(&flag))
}

fn is_variable(command: &Command, key: &str, variable: impl Fn(&str) -> Option<OsString>) -> bool {
    let argument = command.get_arguments().find(|argument| argument.get_long() == Some(key));
    let name = argument.and_then(|argument| argument.get_env()?.to_str().map(ToOwned::to_owned));
    name.and_then(|name| variable(&name)).is_some_and(|value| !value.is_empty())
}

/// The other form of a setting that holds a secret: the one that names a file, or the value itself.
fn other_form(key: &str) -> String {
    key.strip_suffix("-file").map_or_else(|| format!("{key}-file"), ToOwned::to_owned)
}

fn written(file: &Path, key: &str, value: &Value) -> Result<String> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Integer(number) => Ok(number.to_string()),
        Value::Boolean(is_on) => Ok(is_on.to_string()),
        _ => bail!("{}: {key} must be a text, a whole number, true or false", file.display()),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;
    use crate::cli::Cli;

    fn arguments(text: &str, typed: &[&str], variables: &[(&str, &str)]) -> Result<Vec<String>> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("settings.toml");
        std::fs::write(&file, text).unwrap();
        let mut typed: Vec<OsString> = typed.iter().map(OsString::from).collect();
        typed.extend([OsString::from("--config"), file.into()]);
        let set = |name: &str| variables.iter().find(|(set, _)| *set == name).map(|(_, value)| OsString::from(value));
        let found = with_file(typed.clone(), &Cli::command(), set)?;
        Ok(found[typed.len()..].iter().map(|added| added.to_str().unwrap().to_owned()).collect())
    }

    #[test]
    fn a_flag_goes_before_a_variable_and_a_variable_before_the_file() {
        let text = "listen = \"127.0.0.1:8080\"\nsession-days = 30\nbehind-proxy = true\nkeep = true\nlog = \"warn\"\n";
        let serve = ["oplossingscentrum", "serve"];
        let all = ["--behind-proxy=true", "--listen=127.0.0.1:8080", "--log=warn", "--session-days=30"];
        let mut found = arguments(text, &serve, &[]).unwrap();
        found.sort();
        assert_eq!(found, all, "keep is a setting of another command");
        let found = arguments(text, &[&serve[..], &["--session-days=7", "--log", "info"]].concat(), &[]).unwrap();
        assert!(!found.iter().any(|added| added.contains("days") || added.contains("log")), "{found:?}");
        let found = arguments(text, &serve, &[("OPLOSSINGSCENTRUM_LISTEN", "[::1]:1")]).unwrap();
        assert!(!found.iter().any(|added| added.contains("listen")), "{found:?}");
        let demo = arguments(text, &["oplossingscentrum", "demo"], &[]).unwrap();
        assert!(demo.contains(&"--keep".to_owned()) && !demo.iter().any(|added| added.contains("days")), "{demo:?}");
    }

    #[test]
    fn a_secret_that_a_variable_names_in_a_file_is_not_taken_from_the_settings() {
        let file = [("OPLOSSINGSCENTRUM_DATABASE_FILE", "/run/secrets/database")];
        let typed = ["oplossingscentrum", "account", "show", "x@example.com"];
        assert_eq!(arguments("database = \"x.db\"", &typed, &file).unwrap(), [""; 0]);
        assert_eq!(arguments("database = \"x.db\"", &typed, &[]).unwrap(), ["--database=x.db"]);
    }

    #[test]
    fn what_is_wrong_in_the_file_is_said_without_its_values() {
        let typed = ["oplossingscentrum", "serve"];
        let said = |text: &str| arguments(text, &typed, &[]).unwrap_err().to_string();
        let unknown = said("databse = \"postgres://u:geheim@h/n\"");
        assert!(
            unknown.contains("no setting databse; did you mean database?") && !unknown.contains("geheim"),
            "{unknown}"
        );
        let broken = said("listen = 1\nsecret-key = \"geheim\nlog = 2");
        assert!(broken.contains("line 2") && !broken.contains("geheim"), "{broken}");
        assert!(said("listen = [1]").contains("listen must be a text"));
    }
}
