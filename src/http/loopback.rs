//! Recognises the names of this very machine: a demo answers to no other.
//!
//! A demo signs every visitor in with one click. The page of a stranger must not use that: its own name can resolve to
//! this machine (DNS rebinding), but the browser still sends that name as `Host`.

use std::net::{Ipv4Addr, Ipv6Addr};

use actix_web::dev::ServiceRequest;
use actix_web::http::header::{HOST, ORIGIN};

/// Whether the request was sent to a name of this machine: by its `Host`, and by its target where that names a host too
/// (RFC 9112, 3.2.2).
pub fn is_addressed(request: &ServiceRequest) -> bool {
    let mut hosts = request.headers().get_all(HOST).map(|host| host.to_str().unwrap_or_default()).peekable();
    let is_told = hosts.peek().is_some();
    is_told && hosts.all(is_loopback) && request.uri().authority().is_none_or(|name| is_loopback(name.as_str()))
}

/// Whether the request comes from a page of this machine, or names no origin.
pub fn is_origin(request: &ServiceRequest) -> bool {
    let mut origins = request.headers().get_all(ORIGIN).map(|origin| origin.to_str().unwrap_or_default());
    origins.all(|origin| origin.strip_prefix("http://").is_some_and(is_loopback))
}

/// Whether a host, with or without a port, is this machine: `localhost` and names that end in it (RFC 6761, 6.3),
/// 127.0.0.0/8 or `[::1]`. No other name is, however similar.
fn is_loopback(authority: &str) -> bool {
    let (host, port) = match authority.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, port)) => return is_port(port) && address.parse().is_ok_and(|ip: Ipv6Addr| ip.is_loopback()),
        None => authority.find(':').map_or((authority, ""), |at| authority.split_at(at)),
    };
    is_port(port) && (is_localhost(host) || host.parse().is_ok_and(|ip: Ipv4Addr| ip.is_loopback()))
}

fn is_localhost(host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    let is_label = |label: &str| !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    host == "localhost" || host.strip_suffix(".localhost").is_some_and(|names| names.split('.').all(is_label))
}

/// Whether this is empty, or a colon and a number.
fn is_port(written: &str) -> bool {
    let number = written.strip_prefix(':');
    written.is_empty()
        || number.is_some_and(|number| number.bytes().all(|b| b.is_ascii_digit()) && number.parse::<u16>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_this_machine_are_known_with_any_port() {
        for host in [
            "localhost",
            "LocalHost",
            "demo.localhost",
            "a-1.b.localhost",
            "127.0.0.1",
            "127.1.2.3",
            "127.255.255.255",
            "[::1]",
            "[0:0:0:0:0:0:0:1]",
        ] {
            assert!(is_loopback(host) && is_loopback(&format!("{host}:8080")), "{host}");
        }
    }

    #[test]
    fn everything_else_is_somebody_elses_name() {
        for host in [
            "",
            ":8080",
            "evil.example",
            "evil.example:8080",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "evil-localhost",
            "evillocalhost",
            ".localhost",
            "a..localhost",
            "evil.example/.localhost",
            "localhost.",
            "localhost:",
            "localhost:80:80",
            "localhost:+80",
            "localhost:65536",
            "localhost@evil.example",
            "user@localhost",
            "localhost/evil",
            "localhost, evil.example",
            " localhost",
            "locаlhost",
            "0.0.0.0",
            "0",
            "127.1",
            "127.0.0.01",
            "0x7f.0.0.1",
            "0177.0.0.1",
            "2130706433",
            "128.0.0.1",
            "126.255.255.255",
            "192.168.0.1",
            "[::]",
            "[::1",
            "::1",
            "[::1]evil",
            "[::1].evil.example",
            "[::ffff:127.0.0.1]",
            "[::ffff:7f00:1]",
            "[fe80::1%25lo]",
            "[127.0.0.1]",
        ] {
            assert!(!is_loopback(host), "{host}");
        }
    }
}
