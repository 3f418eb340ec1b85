//! Parses the address of the database. No error repeats the address, because it may hold a password.

use std::net::IpAddr;
use std::path::PathBuf;
use std::str::FromStr;

use percent_encoding::percent_decode_str;
use url::Url;

/// Which database to open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A file, created if missing.
    Sqlite(PathBuf),
    /// A `postgres://` address.
    Postgres(String),
}

/// A fault in the address of a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// The address is empty.
    #[error("it is empty")]
    Empty,
    /// Neither a path nor an address.
    #[error("it is neither a path, nor sqlite://PATH, nor postgres://USER:PASSWORD@HOST/NAME")]
    Unknown,
    /// The URL does not parse. The parser's own messages repeat nothing.
    #[error(
        "it is no address: {0} (in a name or a password, write / as %2F, : as %3A, @ as %40, ? as %3F, # as %23 and % as %25)"
    )]
    Unreadable(url::ParseError),
    /// A `%` is not followed by two hexadecimal digits, or encodes no text.
    #[error("a % in it does not begin two hexadecimal digits (in a name or a password, write % as %25)")]
    Percent,
    /// The path is not the name of a database.
    #[error("behind the host there is more than a name (in a name or a password, write / as %2F, @ as %40, # as %23)")]
    Name,
    /// The query is not a list of libpq's settings.
    #[error(
        "what stands behind the ? is not NAME=VALUE, or no setting of libpq (in a name or a password, write ? as %3F)"
    )]
    Setting,
    /// The value of `sslmode` is unknown.
    #[error("sslmode must be disable, require, verify-ca or verify-full")]
    Mode,
    /// PostgreSQL on another machine, and TLS is optional.
    #[error(
        "PostgreSQL on another machine is spoken to over TLS only, and sslmode=prefer and allow do without where they \
         must: write ?sslmode=verify-full (or require), or ?sslmode=disable on a network that nobody else is on"
    )]
    InTheOpen,
    /// TLS is needed, and this build has no TLS to PostgreSQL.
    #[error(
        "it needs TLS to PostgreSQL, which this program was built without: build it with --features pg-tls, or write \
         ?sslmode=disable on a network that nobody else is on"
    )]
    NoTls,
}

/// All settings that libpq knows. Its error repeats an unknown one, which may be part of a password.
const SETTINGS: [&str; 50] = [
    "application_name",
    "channel_binding",
    "client_encoding",
    "connect_timeout",
    "dbname",
    "fallback_application_name",
    "gssdelegation",
    "gssencmode",
    "gsslib",
    "host",
    "hostaddr",
    "keepalives",
    "keepalives_count",
    "keepalives_idle",
    "keepalives_interval",
    "krbsrvname",
    "load_balance_hosts",
    "max_protocol_version",
    "min_protocol_version",
    "oauth_client_id",
    "oauth_client_secret",
    "oauth_issuer",
    "oauth_scope",
    "options",
    "passfile",
    "password",
    "port",
    "require_auth",
    "requirepeer",
    "scram_client_key",
    "scram_server_key",
    "service",
    "ssl",
    "ssl_max_protocol_version",
    "ssl_min_protocol_version",
    "sslcert",
    "sslcertmode",
    "sslcompression",
    "sslcrl",
    "sslcrldir",
    "sslkey",
    "sslkeylogfile",
    "sslmode",
    "sslnegotiation",
    "sslpassword",
    "sslrootcert",
    "sslsni",
    "target_session_attrs",
    "tcp_user_timeout",
    "user",
];

/// Settings with a number as value, or for `port` a list of numbers. libpq's error repeats a wrong value.
const NUMBERS: [&str; 7] = [
    "connect_timeout",
    "keepalives",
    "keepalives_count",
    "keepalives_idle",
    "keepalives_interval",
    "port",
    "tcp_user_timeout",
];

impl FromStr for Target {
    type Err = AddressError;

    /// Parses a path, `sqlite://PATH` or `postgres://…`. PostgreSQL on another machine must have an `sslmode` that insists
    /// on TLS, or `sslmode=disable`.
    fn from_str(written: &str) -> Result<Self, AddressError> {
        let written = written.trim();
        if written.is_empty() {
            return Err(AddressError::Empty);
        }
        if let Some(scheme) = written.split_once("://").map(|(scheme, _)| scheme.to_lowercase())
            && ["postgres", "postgresql"].contains(&scheme.as_str())
        {
            return postgres(written).map(Self::Postgres);
        }
        let path = written.strip_prefix("sqlite://").unwrap_or(written);
        if is_path(path) { Ok(Self::Sqlite(path.into())) } else { Err(AddressError::Unknown) }
    }
}

impl Target {
    /// Whether this is PostgreSQL on another machine without TLS, so that the network can read everything.
    #[must_use]
    pub fn is_in_the_open(&self) -> bool {
        let Self::Postgres(address) = self else { return false };
        Url::parse(address).is_ok_and(|url| !is_here(&url) && mode(&url).as_deref() == Some("disable"))
    }
}

/// Whether this can be a path. A misspelled URL or a libpq keyword string is refused: otherwise a file would be created with
/// the password in its name.
fn is_path(written: &str) -> bool {
    let lower = written.to_lowercase();
    let is_address = lower.contains("://") || lower.starts_with("postgres:") || lower.starts_with("postgresql:");
    let has_credentials = lower.split_once(':').is_some_and(|(_, rest)| rest.contains('@'));
    let has_settings = ["password", "user", "host", "dbname"].iter().any(|name| {
        let behind = lower.split(name).nth(1);
        behind.is_some_and(|behind| behind.trim_start().starts_with('='))
    });
    // `docker run --env-file` passes quotes on.
    let is_quoted = written.starts_with(['"', '\'']) || written.ends_with(['"', '\'']);
    !written.is_empty()
        && !is_quoted
        && !written.chars().any(char::is_control)
        && !is_address
        && !has_credentials
        && !has_settings
}

/// Checks everything that libpq would complain about, because its errors repeat parts of the address.
fn postgres(written: &str) -> Result<String, AddressError> {
    let url = Url::parse(written).map_err(AddressError::Unreadable)?;
    if url.fragment().is_some() || url.path().contains('@') || url.path().matches('/').count() > 1 {
        return Err(AddressError::Name);
    }
    if !is_encoded(url.as_str()) {
        return Err(AddressError::Percent);
    }
    let is_pair = |pair: &str| pair.split_once('=').is_some_and(|(name, value)| is_setting(name, value));
    if url.query().is_some_and(|query| !query.split('&').all(is_pair)) {
        return Err(AddressError::Setting);
    }
    let insists = match mode(&url).as_deref() {
        Some("require" | "verify-ca" | "verify-full") => true,
        Some("disable") => false,
        Some("prefer" | "allow") | None if is_here(&url) => false,
        Some("prefer" | "allow") => return Err(AddressError::InTheOpen),
        None => return if cfg!(feature = "pg-tls") { Ok(insisting(url)) } else { Err(AddressError::NoTls) },
        Some(_) => return Err(AddressError::Mode),
    };
    if insists && !cfg!(feature = "pg-tls") { Err(AddressError::NoTls) } else { Ok(url.into()) }
}

/// Whether libpq accepts this setting.
fn is_setting(name: &str, value: &str) -> bool {
    let is_number = value.bytes().all(|byte| byte.is_ascii_digit() || (name == "port" && byte == b','));
    SETTINGS.contains(&name) && !value.contains('=') && (is_number || !NUMBERS.contains(&name))
}

/// Whether all percent encoding is well-formed and decodes to UTF-8 without NUL.
fn is_encoded(address: &str) -> bool {
    let is_whole = |rest: &str| rest.get(..2).is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
    let decoded = percent_decode_str(address).decode_utf8();
    address.split('%').skip(1).all(is_whole) && decoded.is_ok_and(|decoded| !decoded.contains('\0'))
}

/// Adds `sslmode=require`.
fn insisting(mut url: Url) -> String {
    url.query_pairs_mut().append_pair("sslmode", "require");
    url.into()
}

/// Returns the last value of a setting, which is the one that libpq uses.
fn setting(url: &Url, name: &str) -> Option<String> {
    let pairs = url.query()?.split('&').filter_map(|pair| pair.split_once('='));
    let value = pairs.rev().find(|(key, _)| *key == name)?.1;
    Some(percent_decode_str(value).decode_utf8_lossy().into_owned())
}

/// Returns the `sslmode` of the address, or of libpq's environment variable.
fn mode(url: &Url) -> Option<String> {
    let written = setting(url, "sslmode").or_else(|| {
        let ssl = setting(url, "ssl")?;
        Some(if ssl == "true" { "require" } else { "?" }.to_owned())
    });
    written.or_else(|| std::env::var("PGSSLMODE").ok().filter(|mode| !mode.is_empty()))
}

/// Whether all hosts are this machine: a socket or a loopback address. Without a host libpq uses `PGHOST`, else a socket. A
/// service file may name any host.
fn is_here(url: &Url) -> bool {
    let variable = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
    if setting(url, "service").is_some() || variable("PGSERVICE").is_some() {
        return false;
    }
    let authority = url.host_str().filter(|host| !host.is_empty());
    let authority = authority.map(|host| percent_decode_str(host).decode_utf8_lossy().into_owned());
    let hosts = setting(url, "host").or(authority).or_else(|| variable("PGHOST"));
    let addresses = setting(url, "hostaddr").or_else(|| variable("PGHOSTADDR"));
    let all_here = |hosts: Option<String>| hosts.is_none_or(|hosts| hosts.split(',').all(is_this_machine));
    match addresses {
        Some(_) => all_here(addresses),
        None => all_here(hosts),
    }
}

fn is_this_machine(host: &str) -> bool {
    let is_socket = host.is_empty() || host.starts_with(['/', '@']);
    let address = host.trim_matches(['[', ']']).parse::<IpAddr>();
    is_socket || host.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(written: &str) -> Result<Target, AddressError> {
        written.parse()
    }

    #[test]
    fn an_address_names_its_database() {
        assert_eq!(target("data/demo.db"), Ok(Target::Sqlite("data/demo.db".into())));
        assert_eq!(target("sqlite:///srv/oc.db"), Ok(Target::Sqlite("/srv/oc.db".into())));
        for same in ["postgres://localhost/oc", " postgres://localhost/oc\n", "POSTGRES://localhost/oc"] {
            assert_eq!(target(same), Ok(Target::Postgres("postgres://localhost/oc".into())), "{same}");
        }
        let odd = "postgresql://u%40x:p%2Fw@[::1]:5433/oc?application_name=oc";
        assert_eq!(target(odd), Ok(Target::Postgres(odd.into())));
    }

    #[test]
    fn on_this_machine_nothing_is_asked_and_on_another_one_tls_is() {
        for here in [
            "postgres:///oc",
            "postgres://localhost/oc",
            "postgres://u:p@127.0.0.1:5432/oc?sslmode=prefer",
            "postgres://[::1]/oc",
            "postgres:///oc?host=/run/postgresql",
            "postgres://%2Frun%2Fpostgresql/oc",
            "postgres://db.example.com/oc?hostaddr=127.0.0.1",
        ] {
            assert!(target(here).is_ok_and(|target| !target.is_in_the_open()), "{here}: {:?}", target(here));
        }
        for there in ["db.example.com", "10.0.0.7", "localhost,db.example.com", "localhost.example.com"] {
            let refused = |rest: &str| target(&format!("postgres://u:p@{there}/oc{rest}")).unwrap_err();
            assert_eq!(refused("?sslmode=prefer"), AddressError::InTheOpen, "{there}");
            assert_eq!(refused("?sslmode=allow"), AddressError::InTheOpen, "{there}");
            assert_eq!(
                refused("?sslmode=disable&sslmode=prefer"),
                AddressError::InTheOpen,
                "{there}: the last one counts"
            );
            assert_eq!(refused("?sslmode=yes"), AddressError::Mode, "{there}");
            let open = target(&format!("postgres://u:p@{there}/oc?sslmode=disable")).unwrap();
            assert!(open.is_in_the_open(), "{there}");
        }
        assert_eq!(target("postgres:///oc?host=db.example.com&sslmode=prefer"), Err(AddressError::InTheOpen));
        assert_eq!(
            target("postgres:///oc?hostaddr=10.0.0.7&host=localhost&sslmode=prefer"),
            Err(AddressError::InTheOpen)
        );
        assert_eq!(target("postgres:///oc?service=oc&sslmode=prefer"), Err(AddressError::InTheOpen));
    }

    #[test]
    #[cfg(not(feature = "pg-tls"))]
    fn a_program_without_tls_says_so_before_it_connects() {
        for written in ["", "?sslmode=require", "?sslmode=verify-full", "?ssl=true"] {
            let refused = target(&format!("postgres://u:p@db.example.com/oc{written}"));
            assert_eq!(refused, Err(AddressError::NoTls), "{written}");
        }
        assert_eq!(target("postgres://localhost/oc?sslmode=require"), Err(AddressError::NoTls));
    }

    #[test]
    #[cfg(feature = "pg-tls")]
    fn a_program_with_tls_insists_on_it_on_another_machine() {
        let insisting = target("postgres://u:p@db.example.com/oc").unwrap();
        assert_eq!(insisting, Target::Postgres("postgres://u:p@db.example.com/oc?sslmode=require".into()));
        assert!(!insisting.is_in_the_open());
    }
}
