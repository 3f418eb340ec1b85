//! SMTP client: hands our mails to the mail server.
//!
//! Each mail has its own connection, with one time limit for all of it: a server that hangs anywhere or sends a byte a
//! minute is abandoned, and the next mail never meets a half-used connection.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use lettre::Message;
use lettre::message::Mailbox;
use lettre::transport::smtp::Error as Smtp;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail as MailFrom, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailParameter};
use lettre::{Address, address::Envelope};
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
    /// An authority of our own, trusted beside those of the system.
    authority: Option<Certificate>,
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
    /// The file of an authority is no certificate.
    #[error("--smtp-ca-file must hold a certificate in PEM: -----BEGIN CERTIFICATE-----")]
    Authority,
}

/// What to do after a failed try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remedy {
    /// Try it again, for three days.
    TryAgain,
    /// Try it again, a few times: a policy of the server refuses it.
    TryAFewTimes,
    /// Set it aside: the address does not exist, or cannot get this mail.
    SetAside,
}

/// Why a try failed, for logs and counters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Cause {
    /// There is no conversation: nothing listens, the network fails, or TLS does.
    Connection,
    /// The server does not take our user name and password.
    SignIn,
    /// The server did not answer in time.
    Timeout,
    /// The address does not exist, or cannot get this mail.
    Address,
    /// A policy of the server refuses it.
    Policy,
    /// The server cannot take it now.
    Busy,
    /// There is no mail to send.
    Unwritable,
}

impl Cause {
    /// Whether no other mail can be sent either.
    #[must_use]
    pub fn is_of_the_server(self) -> bool {
        matches!(self, Self::Connection | Self::SignIn | Self::Timeout)
    }
}

/// A part of the conversation with the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Connection,
    SignIn,
    Sender,
    Recipient,
    Content,
}

/// A failed attempt to send a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SendFailure {
    /// What to do now.
    pub remedy: Remedy,
    /// Why it failed.
    pub cause: Cause,
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
            authority: None,
            from,
        })
    }

    /// Trusts a server whose certificate is by that authority too, a certificate in PEM.
    pub fn trusting(self, authority: &[u8]) -> Result<Self, Wrong> {
        let is_pem = authority.windows(11).any(|bytes| bytes == b"-----BEGIN ");
        let authority = Certificate::from_pem(authority).ok().filter(|_| is_pem).ok_or(Wrong::Authority)?;
        // Only now is it read as a certificate.
        let server = Self { authority: Some(authority), ..self };
        server.tls().map_err(|_| Wrong::Authority)?;
        Ok(server)
    }

    fn tls(&self) -> Result<TlsParameters, Smtp> {
        let builder = TlsParameters::builder(self.host.clone());
        match &self.authority {
            Some(authority) => builder.add_root_certificate(authority.clone()).build(),
            None => builder.build(),
        }
    }

    /// Sends a mail; `Ok` with the server's answer once it has confirmed it.
    pub async fn send(&self, message: &Message, patience: Duration) -> Result<String, SendFailure> {
        tokio::time::timeout(patience, self.converse(message)).await.unwrap_or_else(|_| Err(SendFailure::timeout()))
    }

    /// Talks to the server without sending anything, to see whether it is there.
    pub async fn greet(&self, patience: Duration) -> Result<(), SendFailure> {
        let greeted = async { self.connect().await.map(|mut server| async move { drop(server.quit().await) }) };
        match tokio::time::timeout(patience, greeted).await {
            Ok(Ok(leaves)) => {
                let _ = tokio::time::timeout(Duration::from_secs(1), leaves).await;
                Ok(())
            }
            Ok(Err(failure)) => Err(failure),
            Err(_) => Err(SendFailure::timeout()),
        }
    }

    async fn converse(&self, message: &Message) -> Result<String, SendFailure> {
        let mut server = self.connect().await?;
        let envelope = &in_punycode(message.envelope());
        let utf8 = !envelope.to().iter().chain(envelope.from()).all(|address| address.to_string().is_ascii());
        let parameters = if utf8 { vec![MailParameter::SmtpUtfEight] } else { Vec::new() };
        if utf8 && !server.server_info().supports_feature(Extension::SmtpUtfEight) {
            return Err(SendFailure::lasting("the mail server does not take addresses like this one"));
        }
        let from = MailFrom::new(envelope.from().cloned(), parameters);
        server.command(from).await.map_err(|error| SendFailure::from_smtp(&error, Stage::Sender))?;
        for to in envelope.to() {
            server
                .command(Rcpt::new(to.clone(), Vec::new()))
                .await
                .map_err(|error| SendFailure::from_smtp(&error, Stage::Recipient))?;
        }
        server.command(Data).await.map_err(|error| SendFailure::from_smtp(&error, Stage::Sender))?;
        let taken = server.message(&message.formatted()).await;
        let taken = taken.map_err(|error| SendFailure::from_smtp(&error, Stage::Content))?;
        // The server has the mail; its goodbye does not matter.
        let _ = tokio::time::timeout(Duration::from_secs(1), server.quit()).await;
        Ok(without_addresses(&format!("{} {}", taken.code(), taken.message().collect::<Vec<_>>().join(" "))))
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, SendFailure> {
        let mut server = self.reach().await.map_err(|error| SendFailure::from_smtp(&error, Stage::Connection))?;
        if let Some(credentials) = &self.credentials {
            let signed_in = server.auth(DEFAULT_MECHANISMS, credentials).await;
            signed_in.map_err(|error| SendFailure::from_smtp(&error, Stage::SignIn))?;
        }
        Ok(server)
    }

    async fn reach(&self) -> Result<AsyncSmtpConnection, Smtp> {
        // Our own domain says more than this machine's name, which is unknown outside.
        let me = ClientId::Domain(self.from.email.domain().to_owned());
        let outer = if self.privacy == Privacy::Tls { Some(self.tls()?) } else { None };
        let address = (self.host.as_str(), self.port);
        let mut server = AsyncSmtpConnection::connect_tokio1(address, None, &me, outer, None).await?;
        if self.privacy == Privacy::StartTls {
            server.starttls(self.tls()?, &me).await?;
        }
        Ok(server)
    }
}

impl SendFailure {
    /// Reads an error of the server or the network.
    fn from_smtp(error: &Smtp, stage: Stage) -> Self {
        let reason = chain(error);
        let Some(code) = error.status().map(|code| code.to_string()) else {
            // The network's and the certificate's faults name no person.
            let cause = if error.is_timeout() { Cause::Timeout } else { Cause::Connection };
            return Self { remedy: Remedy::TryAgain, cause, summary: reason.clone(), reason };
        };
        let enhanced = enhanced_code(&reason);
        let remedy = if error.is_permanent() { remedy(stage, &code, enhanced) } else { Remedy::TryAgain };
        let cause = match (stage, remedy) {
            (Stage::Connection, _) => Cause::Connection,
            (Stage::SignIn, _) => Cause::SignIn,
            (_, Remedy::SetAside) => Cause::Address,
            (_, Remedy::TryAFewTimes) => Cause::Policy,
            (_, Remedy::TryAgain) => Cause::Busy,
        };
        let summary =
            enhanced.map_or(code.clone(), |(class, subject, detail)| format!("{code} {class}.{subject}.{detail}"));
        Self { remedy, cause, reason, summary }
    }

    fn timeout() -> Self {
        let reason = "the mail server did not answer in time".to_owned();
        Self { remedy: Remedy::TryAgain, cause: Cause::Timeout, summary: reason.clone(), reason }
    }

    /// A failure that a retry does not help, because the address cannot get the mail.
    fn lasting(reason: &str) -> Self {
        Self { cause: Cause::Address, ..Self::unwritable(reason) }
    }

    /// There is no mail to send.
    #[must_use]
    pub fn unwritable(reason: &str) -> Self {
        let reason = reason.to_owned();
        Self { remedy: Remedy::SetAside, cause: Cause::Unwritable, summary: reason.clone(), reason }
    }
}

/// What to do about a permanent refusal (a code of 5xx) at that stage. It is about this mail only where the code says that the
/// address does not exist (RFC 3463: 5.1.1, 5.1.2; RFC 7505: 5.1.10) or cannot get a mail of this size (5.3.4). Servers
/// also answer 5xx to what passes: a quota, a full mailbox, a rate.
fn remedy(stage: Stage, code: &str, enhanced: Option<(u8, u16, u16)>) -> Remedy {
    match (stage, enhanced) {
        (Stage::Connection | Stage::SignIn, _) => Remedy::TryAgain,
        (_, Some((5, 3, 4))) => Remedy::SetAside,
        (Stage::Sender, _) => Remedy::TryAgain,
        (_, Some((5, 1, 1 | 2 | 10))) => Remedy::SetAside,
        (_, Some((5, 7, _))) => Remedy::TryAFewTimes,
        (Stage::Recipient, None) if code == "550" => Remedy::SetAside,
        _ => Remedy::TryAgain,
    }
}

/// The first enhanced status code in an answer: "5.1.1" (RFC 3463).
fn enhanced_code(answer: &str) -> Option<(u8, u16, u16)> {
    answer.split(|c: char| c.is_whitespace() || c == ':').find_map(|word| {
        let mut parts = word.split('.');
        let code = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
        (parts.next().is_none() && matches!(code.0, 2 | 4 | 5)).then_some(code)
    })
}

/// The envelope with its domains as every mail server knows them: "xn--caf-zon-dya.be" for "café-zon.be".
fn in_punycode(envelope: &Envelope) -> Envelope {
    let ascii = |address: &Address| match Host::parse(address.domain()) {
        Ok(Host::Domain(domain)) => Address::new(address.user(), domain).unwrap_or_else(|_| address.clone()),
        _ => address.clone(),
    };
    let to = envelope.to().iter().map(ascii).collect();
    Envelope::new(envelope.from().map(ascii), to).unwrap_or_else(|_| envelope.clone())
}

/// An answer for the log: words that may be an address are left out.
fn without_addresses(answer: &str) -> String {
    const MOST: usize = 200;
    let word = |word: &str| if word.contains('@') { "…".to_owned() } else { word.to_owned() };
    answer.split_whitespace().map(word).collect::<Vec<_>>().join(" ").chars().take(MOST).collect()
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
        assert!(
            failure.remedy == Remedy::TryAgain && failure.reason.to_lowercase().contains("starttls"),
            "{failure:?}"
        );
        let heard = heard.join().unwrap();
        assert!(heard.iter().all(|line| line.starts_with("EHLO") || line == "QUIT"), "{heard:?}");
    }

    #[test]
    fn only_an_address_that_does_not_exist_is_given_up_at_once_and_a_policy_after_a_few_tries() {
        use {Remedy::*, Stage::*};
        for (stage, answer, expected) in [
            (Recipient, "550 5.1.1 no such user", SetAside),
            (Recipient, "550 5.1.2 no such host", SetAside),
            (Recipient, "556 5.1.10 null MX", SetAside),
            (Content, "550 5.1.1 no such user", SetAside),
            (Recipient, "550 no such user here", SetAside),
            (Content, "552 5.3.4 too big", SetAside),
            (Sender, "552 5.3.4 too big", SetAside),
            (Recipient, "550 5.7.1 not today", TryAFewTimes),
            (Content, "554 5.7.0 the limit on outgoing messages was exceeded", TryAFewTimes),
            (Recipient, "552 5.2.2 mailbox full", TryAgain),
            (Recipient, "550 5.4.5 daily limit", TryAgain),
            (Recipient, "550 5.1.90 daily limit", TryAgain),
            (Content, "554 5.2.0 SubmissionQuotaExceeded", TryAgain),
            (Content, "550 no", TryAgain),
            (Recipient, "554 no", TryAgain),
            (Sender, "550 5.1.1 who are you", TryAgain),
            (SignIn, "535 5.7.8 wrong password", TryAgain),
            (Connection, "554 5.7.1 go away", TryAgain),
        ] {
            assert_eq!(remedy(stage, &answer[..3], enhanced_code(&answer[4..])), expected, "{stage:?} {answer}");
        }
        assert_eq!(enhanced_code("permanent error (550): 5.1.1 <x>: 1.2.3"), Some((5, 1, 1)));
        assert_eq!(enhanced_code("mail.example.com 10.0.0.1 says 250"), None);
    }

    #[test]
    fn an_international_domain_travels_in_punycode_and_the_name_before_it_as_it_is() {
        let ascii = |to: &str| {
            let envelope = Envelope::new(None, vec![to.parse().unwrap()]).unwrap();
            in_punycode(&envelope).to()[0].to_string()
        };
        assert_eq!(ascii("sanne@café-zon.be"), "sanne@xn--caf-zon-dya.be");
        assert_eq!(ascii("sanne@example.com"), "sanne@example.com");
        assert_eq!(ascii("søren@example.com"), "søren@example.com");
    }

    #[test]
    fn what_a_server_answers_is_logged_without_addresses() {
        assert_eq!(without_addresses("250 2.0.0 <klant@example.com>  queued as 4F3A"), "250 2.0.0 … queued as 4F3A");
    }

    #[test]
    fn an_authority_of_our_own_is_a_certificate() {
        let with = |pem: &[u8]| server("smtps://mail.example.com").trusting(pem);
        for wrong in [&b""[..], b"geheim", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
            assert_eq!(with(wrong).unwrap_err(), Wrong::Authority);
        }
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
