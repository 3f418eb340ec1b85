//! `check`: prints every setting as it is understood, and tries what they name. `healthcheck`: asks a running server.

use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use url::Url;

use crate::cli::duration::written_short;
use crate::cli::output::{moment, say};
use crate::cli::{Serve, Understood, public_address, understand};
use crate::mail::server::Server;
use crate::operations::mail::mail_queue;
use crate::store::{Error, Store, Target};

/// How long each try may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Prints the settings and tries them; an error when one of them does not work.
pub(super) fn run(serve: &Serve) -> Result<()> {
    let understood = understand(serve)?;
    print(serve, &understood);
    let tries = [
        ("database", try_database(&understood.target)),
        ("mail", Ok(say_whether_held(&understood.target))),
        ("mail server", try_mail(understood.mail.as_ref())),
        ("public address", public_address::visit(&understood.public_url, PATIENCE)),
    ];
    let mut failed = 0;
    for (what, tried) in tries {
        match tried {
            Ok(said) => say!("{what}: {said}"),
            Err(error) => {
                failed += 1;
                say!("{what}: WRONG: {error:#}");
            }
        }
    }
    ensure!(failed == 0, "{failed} of these do not work");
    Ok(())
}

fn print(serve: &Serve, understood: &Understood) {
    let (shared, unset) = (&serve.shared, "not set");
    let text = |value: Option<&str>| value.unwrap_or(unset).to_owned();
    let hidden =
        |secret: Option<&String>| secret.map_or_else(|| unset.to_owned(), |key| format!("{} bytes, hidden", key.len()));
    let (sign_in_secret, old_sign_in_secret) = shared.marketplace.secrets().unwrap_or_default();
    let settings = [
        ("listen", serve.listen.to_string()),
        ("metrics-listen", serve.metrics_listen.map_or_else(|| unset.to_owned(), |listen| listen.to_string())),
        ("api-listen", serve.api_listen.map_or_else(|| unset.to_owned(), |listen| listen.to_string())),
        ("database", without_password(&understood.target)),
        ("public-url", understood.public_url.clone()),
        ("secret-key", format!("{} bytes, hidden", understood.secret_key.len())),
        ("old-secret-key", hidden(understood.old_secret_key.as_ref())),
        ("behind-proxy", format!("{:?}", serve.behind_proxy)),
        ("security-contact", text(serve.security_contact.as_deref())),
        ("api-rate", serve.api_rate.to_string()),
        ("session-idle-days", serve.session_idle_days.to_string()),
        ("session-days", serve.session_days.to_string()),
        ("keep-closed", written_short(serve.keep.retention().closed)),
        ("keep-account-events", written_short(serve.keep.retention().account_events)),
        ("webhook-allow", if serve.webhooks.is_empty() { unset.to_owned() } else { format!("{:?}", serve.webhooks) }),
        ("accept-clock", serve.accept_clock.to_string()),
        ("customer-service-url", text(shared.customer_service_url.as_deref())),
        ("time-zone", shared.time_zone.to_string()),
        (
            "smtp",
            understood.mail.as_ref().map_or_else(|| unset.to_owned(), |server| format!("{server:?}, the rest hidden")),
        ),
        (
            "smtp-ca-file",
            shared.mail.smtp_ca_file.as_ref().map_or_else(|| unset.to_owned(), |file| file.display().to_string()),
        ),
        ("mail-from", text(shared.mail.mail_from.as_deref())),
        ("marketplace-name", text(shared.marketplace_name.as_deref())),
        ("terms-url", text(shared.terms_url.as_deref())),
        ("privacy-url", text(shared.privacy_url.as_deref())),
        ("marketplace-url", text(shared.marketplace.marketplace_url.as_deref())),
        ("sign-in-url", shared.marketplace.sign_in_url.as_ref().map_or_else(|| unset.to_owned(), ToString::to_string)),
        ("sign-in-secret", hidden(sign_in_secret.as_ref())),
        ("old-sign-in-secret", hidden(old_sign_in_secret.as_ref())),
        ("order-actions", shared.marketplace.order_actions.clone()),
        ("money", text(shared.money.as_deref())),
        (
            "money-sentences",
            shared.money_sentences.as_ref().map_or_else(|| unset.to_owned(), |file| file.path.display().to_string()),
        ),
        ("log", shared.log.clone().unwrap_or_else(|| "info".to_owned())),
    ];
    for (name, value) in settings {
        say!("{name:<22}{value}");
    }
}

/// The address of a database without what may be secret.
fn without_password(target: &Target) -> String {
    match target {
        Target::Sqlite(path) => path.display().to_string(),
        Target::Postgres(address) => Url::parse(address).map_or_else(
            |_| "postgres://…".to_owned(),
            |url| {
                let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
                format!("postgres://{}{port}{}, the rest hidden", url.host_str().unwrap_or_default(), url.path())
            },
        ),
    }
}

fn try_database(target: &Target) -> Result<String> {
    if let Target::Sqlite(path) = target
        && !path.exists()
    {
        return Ok("there is none yet; `serve` makes it".to_owned());
    }
    let tables = match Store::open_to_look(target) {
        Ok(_) => "its tables are up to date",
        Err(Error::Older) => "its tables are older; `serve` brings them up to date",
        Err(Error::Foreign) => "it has no tables yet; `serve` makes them",
        Err(error) => return Err(error.into()),
    };
    let faults = Store::faults(target)?;
    ensure!(faults.is_empty(), "{}", faults.join("; "));
    Ok(format!("it answers; {tables}"))
}

/// Says whether mail is held, as far as there is a database that can be read.
fn say_whether_held(target: &Target) -> String {
    let held = match target {
        Target::Sqlite(path) if !path.exists() => None,
        _ => Store::open_to_look(target).ok().and_then(|store| mail_queue::held_since(&store).ok().flatten()),
    };
    held.map_or_else(
        || "it is not held".to_owned(),
        |since| format!("all of it is held since {}, until `mail resume`", moment(since)),
    )
}

fn try_mail(server: Option<&Server>) -> Result<String> {
    let Some(server) = server else { return Ok("not set: no mail is sent".to_owned()) };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    match runtime.block_on(server.greet(PATIENCE)) {
        Ok(()) => Ok("it answers, and takes the password if there is one".to_owned()),
        Err(failure) => bail!(failure.reason),
    }
}

/// Asks the server on this machine whether it runs.
pub(super) fn healthcheck(listen: SocketAddr) -> Result<()> {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    let address = SocketAddr::new(ip, listen.port());
    let mut stream =
        TcpStream::connect_timeout(&address, PATIENCE).with_context(|| format!("nothing answers at {address}"))?;
    stream.set_read_timeout(Some(PATIENCE))?;
    write!(stream, "GET /healthz HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).context("it does not answer")?;
    ensure!(&answer == b"HTTP/1.1 200", "it runs and is not well");
    say!("It runs.");
    Ok(())
}
