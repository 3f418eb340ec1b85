//! Sends a message: one POST on a connection of its own, to an address that was checked. It follows no redirect, knows no proxy
//! and no cookie, and throws the body of the answer away.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::spawn_blocking;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use url::{Host, Url};

use crate::webhook::guard::{Guard, Refused};

/// How long it may take to find and reach a receiver, its TLS included.
const CONNECTS: Duration = Duration::from_secs(10);
/// How long all of it may take.
const PATIENCE: Duration = Duration::from_secs(15);
/// The most bytes of the head of an answer, and of its body.
const HEAD_BYTES: usize = 16 * 1024;
const BODY_BYTES: usize = 4 * 1024;
/// How long the body of an answer may take: nothing in it matters.
const BODY: Duration = Duration::from_millis(250);
/// The most headers of an answer.
const HEADERS: usize = 64;

/// Why there was no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
pub enum Failure {
    /// It may not be reached.
    RefusedAddress,
    /// Its name has no address.
    UnknownName,
    /// Nothing listens there.
    NoConnection,
    /// The connection is not what it says.
    Tls,
    /// It took too long.
    Timeout,
    /// What it answered is no HTTP.
    Broken,
}

/// What came of a try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// The status of the answer.
    pub status: Result<u16, Failure>,
    /// The header `Retry-After` of the answer.
    pub retry_after: Option<String>,
    /// How long it took.
    pub took: Duration,
}

impl Attempt {
    /// Whether the receiver took the message. A redirect is a failure.
    #[must_use]
    pub fn is_taken(&self) -> bool {
        matches!(self.status, Ok(200..=299))
    }

    /// How long the receiver asks to wait: in seconds, or until a moment (RFC 9110, 10.2.3).
    #[must_use]
    pub fn wait_asked(&self, wall: DateTime<Utc>) -> Option<TimeDelta> {
        let asked = self.retry_after.as_deref()?;
        match asked.parse::<u32>() {
            Ok(seconds) => Some(TimeDelta::seconds(seconds.into())),
            Err(_) => Some(DateTime::parse_from_rfc2822(asked).ok()?.to_utc() - wall),
        }
    }

    /// The status, or a word for what happened.
    #[must_use]
    pub fn outcome(&self) -> String {
        match self.status {
            Ok(status) => status.to_string(),
            Err(failure) => <&str>::from(failure).to_owned(),
        }
    }
}

/// TLS that trusts the authorities of this machine. One that cannot be read trusts no server.
///
/// # Panics
///
/// When TLS cannot be set up at all.
#[must_use]
pub fn tls() -> Arc<ClientConfig> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("ring has the usual versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    Arc::new(config)
}

/// Sends messages.
#[derive(Clone)]
pub struct Client {
    guard: Guard,
    tls: TlsConnector,
    patience: Duration,
}

impl Client {
    /// A client that trusts the authorities of this machine. `SSL_CERT_FILE` names others.
    ///
    /// # Panics
    ///
    /// When TLS cannot be set up at all.
    #[must_use]
    pub fn new(guard: Guard) -> Self {
        Self { guard, tls: tls().into(), patience: PATIENCE }
    }

    /// The same with another limit for all of it.
    #[must_use]
    pub fn with_patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// How long a try takes at most.
    #[must_use]
    pub fn patience(&self) -> Duration {
        self.patience
    }

    /// Sends a body with these headers beside the usual ones.
    pub async fn post(&self, url: &str, headers: &[(&str, String)], body: &str) -> Attempt {
        let begun = Instant::now();
        let answer = timeout(self.patience, self.exchange(url, headers, body)).await;
        let (status, retry_after) = match answer {
            Ok(Ok((status, retry_after))) => (Ok(status), retry_after),
            Ok(Err(failure)) => (Err(failure), None),
            Err(_) => (Err(Failure::Timeout), None),
        };
        Attempt { status, retry_after, took: begun.elapsed() }
    }

    async fn exchange(&self, url: &str, headers: &[(&str, String)], body: &str) -> Result<Answer, Failure> {
        // It is read anew: what is allowed may have changed since it was added.
        let url = self.guard.read(url).map_err(Failure::from)?;
        let request = request(&url, headers, body).ok_or(Failure::RefusedAddress)?;
        let stream = timeout(CONNECTS, self.connect(&url)).await.map_err(|_| Failure::Timeout)??;
        if url.scheme() == "http" {
            return converse(stream, &request).await;
        }
        let name = match url.host().ok_or(Failure::RefusedAddress)? {
            Host::Domain(name) => ServerName::try_from(name.to_owned()).map_err(|_| Failure::Tls)?,
            Host::Ipv4(address) => ServerName::IpAddress(std::net::IpAddr::from(address).into()),
            Host::Ipv6(address) => ServerName::IpAddress(std::net::IpAddr::from(address).into()),
        };
        let private = timeout(CONNECTS, self.tls.connect(name, stream)).await.map_err(|_| Failure::Timeout)?;
        converse(private.map_err(|_| Failure::Tls)?, &request).await
    }

    /// Connects to one of the addresses that were checked.
    async fn connect(&self, url: &Url) -> Result<TcpStream, Failure> {
        let (guard, url) = (self.guard.clone(), url.clone());
        let found = spawn_blocking(move || guard.addresses(&url)).await.map_err(|_| Failure::UnknownName)?;
        let found: Vec<SocketAddr> = found.map_err(Failure::from)?;
        for address in found {
            if let Ok(stream) = TcpStream::connect(address).await {
                return Ok(stream);
            }
        }
        Err(Failure::NoConnection)
    }
}

impl From<Refused> for Failure {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Name => Self::UnknownName,
            Refused::Url | Refused::Plain | Refused::Address => Self::RefusedAddress,
        }
    }
}

/// The bytes of the request; `None` when one of its parts has a control character.
fn request(url: &Url, headers: &[(&str, String)], body: &str) -> Option<String> {
    let host = url.host_str()?;
    let authority = url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
    let target = url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()));
    let own = [
        ("host", authority),
        ("content-type", "application/json".to_owned()),
        ("content-length", body.len().to_string()),
        ("user-agent", concat!("oplossingscentrum/", env!("CARGO_PKG_VERSION")).to_owned()),
        ("connection", "close".to_owned()),
    ];
    let all = own.iter().map(|(name, value)| (*name, value)).chain(headers.iter().map(|(name, value)| (*name, value)));
    let lines: Vec<String> = all.map(|(name, value)| format!("{name}: {value}")).collect();
    let is_plain = |line: &str| !line.chars().any(char::is_control);
    let head = format!("POST {target} HTTP/1.1\r\n{}\r\n\r\n{body}", lines.join("\r\n"));
    (is_plain(&target) && lines.iter().all(|line| is_plain(line))).then_some(head)
}

/// A status, and the header `Retry-After`.
type Answer = (u16, Option<String>);

async fn converse(mut stream: impl AsyncRead + AsyncWrite + Unpin, request: &str) -> Result<Answer, Failure> {
    let broken = |_| Failure::Broken;
    stream.write_all(request.as_bytes()).await.map_err(broken)?;
    stream.flush().await.map_err(broken)?;
    let (mut read, mut part) = (Vec::new(), [0; 2048]);
    let answer = loop {
        let count = stream.read(&mut part).await.map_err(broken)?;
        read.extend_from_slice(&part[..count]);
        match answer_in(&read)? {
            Some(answer) => break answer,
            None if count == 0 || read.len() > HEAD_BYTES => return Err(Failure::Broken),
            None => {}
        }
    };
    // So that a receiver that is about to write a short body is not cut off.
    let mut rest = stream.take(BODY_BYTES as u64);
    let _ = timeout(BODY, tokio::io::copy(&mut rest, &mut tokio::io::sink())).await;
    Ok(answer)
}

/// The final answer at the begin of these bytes, when its head is complete.
fn answer_in(mut bytes: &[u8]) -> Result<Option<Answer>, Failure> {
    loop {
        let mut headers = [httparse::EMPTY_HEADER; HEADERS];
        let mut response = httparse::Response::new(&mut headers);
        let httparse::Status::Complete(length) = response.parse(bytes).map_err(|_| Failure::Broken)? else {
            return Ok(None);
        };
        let status = response.code.ok_or(Failure::Broken)?;
        if !(100..200).contains(&status) {
            let asked = response.headers.iter().find(|header| header.name.eq_ignore_ascii_case("retry-after"));
            let asked = asked.and_then(|header| Some(std::str::from_utf8(header.value).ok()?.trim().to_owned()));
            return Ok(Some((status, asked)));
        }
        bytes = &bytes[length..];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_final_answer_is_read_behind_those_that_announce_it() {
        let read = |text: &str| answer_in(text.as_bytes());
        assert_eq!(read("HTTP/1.1 200 OK\r\n\r\n"), Ok(Some((200, None))));
        assert_eq!(
            read("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 503 \r\nRetry-After: 7\r\n\r\nx"),
            Ok(Some((503, Some("7".into()))))
        );
        assert_eq!(read("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 2"), Ok(None));
        let wall = DateTime::from_timestamp(1_792_567_680, 0).unwrap();
        let waits = |asked: &str| {
            let attempt = Attempt { status: Ok(429), retry_after: Some(asked.into()), took: Duration::ZERO };
            attempt.wait_asked(wall)
        };
        assert_eq!(waits("120"), Some(TimeDelta::seconds(120)));
        assert_eq!(waits("Wed, 21 Oct 2026 07:29:00 GMT"), Some(TimeDelta::seconds(60)));
        assert_eq!(waits("soon"), None);
        assert_eq!(read("SSH-2.0-OpenSSH_9.2\r\n"), Err(Failure::Broken));
    }

    #[test]
    fn a_request_has_the_headers_of_its_message_and_no_others_can_be_slipped_in() {
        let url: Url = "https://shop.example:8443/hook?a=b%0d%0ac#part".parse().unwrap();
        let made = request(&url, &[("webhook-id", "evt_1".into())], "{}").unwrap();
        assert!(made.starts_with("POST /hook?a=b%0d%0ac HTTP/1.1\r\nhost: shop.example:8443\r\n"), "{made}");
        assert!(made.contains("\r\nwebhook-id: evt_1\r\n") && made.ends_with("\r\n\r\n{}"), "{made}");
        assert_eq!(request(&url, &[("webhook-id", "evt_1\r\nx: y".into())], "{}"), None);
    }
}
