//! Visits the public address as a browser would: over TLS, by the name that people type.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use rustls::pki_types::ServerName;
use rustls::{CertificateError, ClientConnection, StreamOwned};
use url::Url;

use crate::webhook::client::tls;

/// The most that is read of an answer, in bytes.
const MOST_BYTES: u64 = 64 * 1024;
/// What `/healthz` of this program says.
const OURS: &str = "ok";

/// Asks for `/healthz` there, and says in words what answers.
///
/// # Errors
///
/// When it is not this program, or people would not reach it.
pub(super) fn visit(public_url: &str, patience: Duration) -> Result<String> {
    let url = Url::parse(public_url).context("it is no address")?;
    let addresses = url.socket_addrs(|| None).context("its name leads nowhere")?;
    let connected = addresses.iter().find_map(|address| TcpStream::connect_timeout(address, patience).ok());
    let stream = connected.context("nothing answers there; is the proxy running?")?;
    let reached = stream.peer_addr()?;
    stream.set_read_timeout(Some(patience))?;
    stream.set_write_timeout(Some(patience))?;
    let answer = if url.scheme() == "https" { ask(&url, over_tls(&url, stream)?) } else { ask(&url, stream) };
    let answer = answer.map_err(in_words)?;
    told(&answer).map(|told| format!("{told} at {reached}"))
}

fn over_tls(url: &Url, stream: TcpStream) -> Result<StreamOwned<ClientConnection, TcpStream>> {
    let name = ServerName::try_from(url.host_str().unwrap_or_default().to_owned()).context("it has no name")?;
    Ok(StreamOwned::new(ClientConnection::new(tls(), name)?, stream))
}

fn ask(url: &Url, mut stream: impl Read + Write) -> io::Result<String> {
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    let host = format!("{}{port}", url.host_str().unwrap_or_default());
    // In one piece: a server that answers the beginning and hangs up would take its answer away with the rest unread.
    let request = format!("GET /healthz HTTP/1.1\r\nHost: {host}\r\nAccept: */*\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes())?;
    stream.flush()?;
    let mut answer = Vec::new();
    match stream.take(MOST_BYTES).read_to_end(&mut answer) {
        // A server may hang up without taking leave.
        Err(error) if answer.is_empty() => Err(error),
        _ => Ok(String::from_utf8_lossy(&answer).into_owned()),
    }
}

/// What an answer is, in words.
fn told(answer: &str) -> Result<&'static str> {
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((answer, ""));
    let status = head.split(' ').nth(1).and_then(|status| status.parse::<u16>().ok());
    let header = |name: &str| {
        head.lines().filter_map(|line| line.split_once(':')).find(|(given, _)| given.eq_ignore_ascii_case(name))
    };
    match status {
        // The body may come in chunks, each with its length in front.
        Some(200) if body.lines().any(|line| line.trim() == OURS) => Ok("this program answers"),
        Some(301 | 302 | 303 | 307 | 308) => {
            let target = header("location").map_or("another address", |(_, target)| target.trim());
            bail!("it leads on to {target}: set --public-url to the address that people end at")
        }
        Some(502..=504) => Ok("a proxy answers, and the program behind it does not run yet"),
        Some(status) => bail!("something else than this program answers there, with {status}"),
        None => bail!("what answers there does not speak HTTP"),
    }
}

/// Why there was no conversation.
fn in_words(error: io::Error) -> anyhow::Error {
    let tls = error.get_ref().and_then(|cause| cause.downcast_ref::<rustls::Error>());
    match tls {
        Some(rustls::Error::InvalidCertificate(why)) => match why {
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
                anyhow!("its certificate has expired")
            }
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                anyhow!("its certificate is for another name")
            }
            CertificateError::UnknownIssuer => {
                anyhow!("its certificate is by an authority that this machine does not know")
            }
            why => anyhow!("its certificate is not right: {why:?}"),
        },
        Some(rustls::Error::InvalidMessage(_)) => anyhow!("what answers there does not speak TLS"),
        _ => anyhow::Error::new(error).context("it does not answer"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_answers_is_told_in_words() {
        let answer = |status: &str, more: &str| format!("HTTP/1.1 {status}\r\n{more}");
        assert_eq!(told(&answer("200 OK", "\r\nok\n")).unwrap(), "this program answers");
        assert_eq!(
            told(&answer("200 OK", "transfer-encoding: chunked\r\n\r\n3\r\nok\n\r\n0\r\n")).unwrap(),
            "this program answers"
        );
        assert!(told(&answer("502 Bad Gateway", "\r\n")).unwrap().contains("does not run yet"));
        for (wrong, why) in [
            (answer("200 OK", "\r\n<h1>Welcome to nginx!</h1>"), "something else than this program"),
            (answer("404 Not Found", "\r\n"), "something else than this program answers there, with 404"),
            (
                answer("308 x", "Location: https://www.example.com/healthz\r\n\r\n"),
                "leads on to https://www.example.com/healthz",
            ),
            ("220 mail.example.com ESMTP".to_owned(), "does not speak HTTP"),
            (String::new(), "does not speak HTTP"),
        ] {
            let said = told(&wrong).unwrap_err().to_string();
            assert!(said.contains(why), "{wrong}: {said}");
        }
    }
}
