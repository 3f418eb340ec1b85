//! Begins the log, and refuses a filter that would silence it.

use anyhow::{Context, Result, bail};
use tracing_subscriber::EnvFilter;

/// The crates that write to the log.
const CRATES: [&str; 11] = [
    "oplossingscentrum",
    "actix_http",
    "actix_rt",
    "actix_server",
    "actix_session",
    "actix_web",
    "lettre",
    "mio",
    "r2d2",
    "rustls",
    "tracing_actix_web",
];
const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];

/// Begins the log on standard error, as JSON lines.
pub(super) fn begin(filter: &str) -> Result<()> {
    check(filter)?;
    let filter = filter.replace(' ', "");
    // Broken HTTP from strangers is not our fault and stays out of the log; an operator can ask for `actix_http::h1`.
    let filter = EnvFilter::try_new(format!("actix_http::h1=off,{filter}")).context("--log cannot be read")?;
    // A log that cannot be written (its disk is full) does not stop the program; and a complaint would go to the same
    // full disk.
    let subscriber =
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).log_internal_errors(false);
    // There is one span at most, so a list of spans says nothing more.
    subscriber.json().with_span_list(false).init();
    Ok(())
}

/// Refuses a filter that names no level or no crate. `EnvFilter` takes any word for the name of a crate, so a misspelled
/// level would leave the log empty without a word.
fn check(filter: &str) -> Result<()> {
    for directive in filter.split(',').map(str::trim) {
        let (target, level) = match directive.split_once('=') {
            Some((target, level)) => (Some(target), level),
            None if LEVELS.contains(&directive.to_lowercase().as_str()) => (None, directive),
            None => (Some(directive), "trace"),
        };
        let is_crate = |target: &str| {
            let name = target.split([':', '[', '{']).next().unwrap_or_default();
            CRATES.contains(&name)
        };
        if !LEVELS.contains(&level.to_lowercase().as_str()) || target.is_some_and(|target| !is_crate(target)) {
            bail!(
                "--log (OPLOSSINGSCENTRUM_LOG): a part of it is no level ({}) and no crate=level, for instance \
                 info,oplossingscentrum=debug",
                LEVELS.join(", ")
            );
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_that_names_nothing_is_refused() {
        for right in [
            "info",
            "WARN",
            "off",
            "info,oplossingscentrum=debug",
            "warn, actix_http::h1=debug",
            "oplossingscentrum::worker=trace,error",
            "oplossingscentrum",
        ] {
            assert!(check(right).is_ok() && EnvFilter::try_new(right.replace(' ', "")).is_ok(), "{right}");
        }
        for wrong in
            ["", "inof", "foo", "json", "info,", "oplossingscentrum=inof", "oplosingscentrum=debug", "=info", "1x"]
        {
            assert!(check(wrong).is_err(), "{wrong}");
        }
    }
}
