//! SMTP client: hands our mails to the mail server.
//!
//! Each mail has its own connection, with one time limit for all of it: a server that hangs anywhere or sends a byte a
//! minute is abandoned, and the next mail never meets a half-used connection.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use lettre::Message;
use lettre::message::Mailbox;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail as MailFrom, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailParameter};
use lettre::transport::smtp::{Error as Smtp, response::Response};
use percent_encoding::percent_decode_str;
use url::{Host, Url};

/// How a connection is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Privacy {
    /// TLS from the first byte (`smtps://`).
    Tls,
    /// TLS before any other command (`smtp://`).
    StartTls,
    /// No encryption: the server is this machine.
    Plain,
}

/// A mail server and our sender. Never printed: it holds a password.
#[derive(Clone)]
pub struct Server {
    host: String,
    port: u16,
    privacy: Privacy,
    credentials: Option<Credentials>,
    /// Our sender address.
    pub from: Mailbox,
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}

/// A mistake in the settings. It never repeats the setting, which may hold a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    /// The mail server's address is malformed.
    #[error("--smtp must look like smtps://user:password@host:465, or smtp://… for STARTTLS")]
    Address,
    /// The sender is malformed.
    #[error("--mail-from must be an e-mail address, for instance \"Oplossingscentrum <noreply@example.com>\"")]
    From,
}

/// A failed attempt to send a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SendFailure {
    /// Whether a retry is of no use.
    pub is_final: bool,
    /// The reason. The server's own words may name the address, so this is not for the log.
    pub reason: String,
    /// The reason for the log: a code, or our own observation.
    pub summary: String,
}

impl Server {
    /// Parses the mail server's address, `smtp[s]://user:password@host:port`, and our sender.
    pub fn new(address: &str, from: &str) -> Result<Self, Wrong> {
        let url = Url::parse(address).map_err(|_| Wrong::Address)?;
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or(Wrong::Address)?;
        if !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some() {
            return Err(Wrong::Address);
        }
        let (privacy, port) = match url.scheme() {
            "smtps" => (Privacy::Tls, 465),
            "smtp" if is_here(host) => (Privacy::Plain, 25),
            "smtp" => (Privacy::StartTls, 587),
            _ => return Err(Wrong::Address),
        };
        let decoded = |text: &str| percent_decode_str(text).decode_utf8().map(String::from).map_err(|_| Wrong::Address);
        let credentials = match (url.username(), url.password()) {
            ("", None) => None,
            (user, password) => Some(Credentials::new(decoded(user)?, decoded(password.unwrap_or_default())?)),
        };
        let from = Mailbox::from_str(from).map_err(|_| Wrong::From)?;
        Ok(Self {
            host: host.trim_matches(['[', ']']).to_owned(),
            port: url.port().unwrap_or(port),
            privacy,
            credentials,
            from,
        })
    }

    /// Sends a mail; `Ok` once the server has confirmed it. A failure is final only when the server refuses this very
    /// mail or its address.
    pub async fn send(&self, message: &Message, patience: Duration) -> Result<(), SendFailure> {
        match tokio::time::timeout(patience, self.converse(message)).await {
            Ok(done) => done,
            Err(_) => Err(SendFailure::passing("the mail server did not answer in time")),
        }
    }

    async fn converse(&self, message: &Message) -> Result<(), SendFailure> {
        let mut server = self.connect().await.map_err(|error| SendFailure::from_smtp(&error, false))?;
        let envelope = message.envelope();
        let utf8 = !envelope.to().iter().chain(envelope.from()).all(|address| address.to_string().is_ascii());
        let parameters = if utf8 { vec![MailParameter::SmtpUtfEight] } else { Vec::new() };
        if utf8 && !server.server_info().supports_feature(Extension::SmtpUtfEight) {
            return Err(SendFailure::lasting("the mail server does not take addresses like this one"));
        }
        let from = MailFrom::new(envelope.from().cloned(), parameters);
        server.command(from).await.map_err(|error| SendFailure::from_smtp(&error, false))?;
        for to in envelope.to() {
            server
                .command(Rcpt::new(to.clone(), Vec::new()))
                .await
                .map_err(|error| SendFailure::from_smtp(&error, true))?;
        }
        server.command(Data).await.map_err(|error| SendFailure::from_smtp(&error, false))?;
        let _taken: Response =
            server.message(&message.formatted()).await.map_err(|error| SendFailure::from_smtp(&error, true))?;
        // The server has the mail; its goodbye does not matter.
        let _ = tokio::time::timeout(Duration::from_secs(1), server.quit()).await;
        Ok(())
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, Smtp> {
        // Our own domain says more than this machine's name, which is unknown outside.
        let me = ClientId::Domain(self.from.email.domain().to_owned());
        let tls = || TlsParameters::new(self.host.clone());
        let outer = if self.privacy == Privacy::Tls { Some(tls()?) } else { None };
        let address = (self.host.as_str(), self.port);
        let mut server = AsyncSmtpConnection::connect_tokio1(address, None, &me, outer, None).await?;
        if self.privacy == Privacy::StartTls {
            server.starttls(tls()?, &me).await?;
        }
        if let Some(credentials) = &self.credentials {
            server.auth(DEFAULT_MECHANISMS, credentials).await?;
        }
        Ok(server)
    }
}

impl SendFailure {
    /// Reads an error of the server or the network. A permanent refusal is final only where it is about this mail:
    /// elsewhere it is about us, and the operator will correct that.
    fn from_smtp(error: &Smtp, about_this_mail: bool) -> Self {
        let summary = error.status().map_or_else(|| "no conversation".to_owned(), |code| code.to_string());
        Self { is_final: about_this_mail && error.is_permanent(), reason: chain(error), summary }
    }

    fn passing(reason: &str) -> Self {
        Self { is_final: false, reason: reason.to_owned(), summary: reason.to_owned() }
    }

    /// A failure that a retry does not help.
    #[must_use]
    pub fn lasting(reason: &str) -> Self {
        Self { is_final: true, ..Self::passing(reason) }
    }
}

/// Joins an error and its causes on one line of limited length.
fn chain(error: &dyn std::error::Error) -> String {
    const MOST: usize = 500;
    let mut said = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let cause_said = cause.to_string();
        if !said.contains(&cause_said) {
            said = format!("{said}: {cause_said}");
        }
        next = cause.source();
    }
    let printable = said.chars().filter(|c| c.is_whitespace() || !c.is_control()).collect::<String>();
    printable.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(MOST).collect()
}

/// Whether the host is this machine.
fn is_here(host: &str) -> bool {
    match Host::parse(host) {
        Ok(Host::Domain(name)) => name == "localhost",
        Ok(Host::Ipv4(address)) => address.is_loopback(),
        Ok(Host::Ipv6(address)) => address.is_loopback(),
        Err(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead, Write};

    use super::*;

    const FROM: &str = "Oplossingscentrum <noreply@example.com>";

    fn server(address: &str) -> Server {
        Server::new(address, FROM).unwrap_or_else(|wrong| panic!("{address}: {wrong}"))
    }

    #[test]
    fn smtps_is_tls_from_the_start_and_smtp_is_starttls_unless_it_is_this_machine() {
        let how = |address: &str| (server(address).privacy, server(address).port);
        assert_eq!(how("smtps://mail.example.com"), (Privacy::Tls, 465));
        assert_eq!(how("smtps://localhost:4650"), (Privacy::Tls, 4650));
        assert_eq!(how("smtp://mail.example.com"), (Privacy::StartTls, 587));
        assert_eq!(how("smtp://mail.example.com:25/"), (Privacy::StartTls, 25));
        assert_eq!(how("smtp://localhost:1025"), (Privacy::Plain, 1025));
        assert_eq!(how("smtp://127.0.0.1:1025"), (Privacy::Plain, 1025));
        assert_eq!(how("smtp://[::1]:1025"), (Privacy::Plain, 1025));
        assert_eq!(how("smtp://localhost.example.com").0, Privacy::StartTls);
    }

    #[test]
    fn a_server_that_should_know_tls_and_does_not_is_told_nothing() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let heard = std::thread::spawn(move || {
            let (stream, _) = listener.accept().unwrap();
            let mut lines = std::io::BufReader::new(stream.try_clone().unwrap()).lines();
            let mut heard = Vec::new();
            let say = |line: &str| (&stream).write_all(line.as_bytes()).unwrap();
            say("220 loopback\r\n");
            while let Some(Ok(line)) = lines.next() {
                heard.push(line);
                say("250-loopback\r\n250 AUTH PLAIN\r\n");
            }
            heard
        });
        let outside = server(&format!("smtp://post:geheim@mail.example.com:{port}"));
        assert_eq!(outside.privacy, Privacy::StartTls);
        let outside = Server { host: "127.0.0.1".into(), ..outside };
        let message =
            Message::builder().from(outside.from.clone()).to(outside.from.clone()).body(String::new()).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let failure = runtime.block_on(outside.send(&message, Duration::from_secs(5))).unwrap_err();
        assert!(!failure.is_final && failure.reason.to_lowercase().contains("starttls"), "{failure:?}");
        let heard = heard.join().unwrap();
        assert!(heard.iter().all(|line| line.starts_with("EHLO") || line == "QUIT"), "{heard:?}");
    }

    #[test]
    fn user_and_password_may_hold_any_character_and_are_never_printed() {
        let server = server("smtps://klant%40example.com:p%3A%2Fss@mail.example.com");
        let credentials = server.credentials.clone().unwrap();
        assert_eq!(credentials, Credentials::new("klant@example.com".into(), "p:/ss".into()));
        assert_eq!(format!("{server:?}"), "mail.example.com:465");
    }

    #[test]
    fn what_is_no_mail_server_is_refused_without_repeating_it() {
        for wrong in
            ["", "mail.example.com", "http://mail.example.com", "smtp://", "smtp://geheim@:25", "smtps://h/pad"]
        {
            let refused = Server::new(wrong, FROM).unwrap_err();
            assert_eq!(refused, Wrong::Address, "{wrong}");
            assert!(!refused.to_string().contains("geheim"));
        }
        assert_eq!(Server::new("smtp://localhost", "niemand").unwrap_err(), Wrong::From);
        assert_eq!(Server::new("smtp://localhost", "a@b.nl\r\nBcc: c@d.nl").unwrap_err(), Wrong::From);
    }
}
