//! Parses the addresses that people see: our own, and those they can write to.

use anyhow::{Result, bail, ensure};
use url::Url;

/// Parses the public address: without a path, over https unless it is this very machine, written as a browser writes
/// it.
pub(super) fn public_url(written: &str) -> Result<String> {
    let url = written.trim_end_matches('/').to_lowercase();
    let (scheme, host) = url.split_once("://").unwrap_or_default();
    let name = host.split(':').next().unwrap_or_default();
    let is_host = !host.is_empty() && host.chars().all(|c| c.is_ascii_alphanumeric() || "-.:[]".contains(c));
    let is_here = ["localhost", "127.0.0.1"].contains(&name) || host.starts_with("[::1]");
    match scheme {
        "https" if is_host => Ok(url.strip_suffix(":443").unwrap_or(&url).to_owned()),
        "http" if is_host && is_here => Ok(url.strip_suffix(":80").unwrap_or(&url).to_owned()),
        "http" if is_host => bail!("--public-url must begin with https:// (http:// only works on localhost)"),
        _ => bail!("--public-url must be an address without a path, for instance https://oplossing.example.com"),
    }
}

/// Parses the security contact: an address to write to, or a page that says how to report.
pub(super) fn security_contact(written: &str) -> Result<String> {
    ensure!(is_contact(written), "this must be an address like mailto:security@example.com or https://…");
    Ok(written.to_owned())
}

/// Parses the address of customer service, which stands on every page.
pub(super) fn customer_service(written: &str) -> Result<String> {
    ensure!(is_contact(written), "this must be an address like https://example.com/help or mailto:help@example.com");
    Ok(written.to_owned())
}

/// Parses the address of a page of the marketplace, which stands on every page.
pub(super) fn page_of_operator(written: &str) -> Result<String> {
    ensure!(
        written.starts_with("https://") && is_contact(written),
        "this must be the address of a page: https://example.com/terms"
    );
    Ok(written.to_owned())
}

/// Parses a name that stands on every page: one line of 1 to 60 characters.
pub(super) fn name_on_pages(written: &str) -> Result<String> {
    let name = written.trim();
    let is_line = !name.is_empty() && name.chars().count() <= 60 && !name.chars().any(char::is_control);
    ensure!(is_line, "this must be a name of 1 to 60 characters on one line");
    Ok(name.to_owned())
}

/// Whether a browser can follow the address: a page over https, or a mailbox.
fn is_contact(written: &str) -> bool {
    let is_plain = !written.chars().any(|c| c.is_whitespace() || c.is_control() || "\"'<>".contains(c));
    let is_mailbox = |address: &str| {
        let mailbox = address.split('?').next().unwrap_or_default();
        mailbox
            .split_once('@')
            .is_some_and(|(name, host)| !name.is_empty() && host.contains('.') && !host.ends_with('.'))
    };
    let is_page = || written.starts_with("https://") && Url::parse(written).is_ok_and(|url| url.has_host());
    is_plain && (written.strip_prefix("mailto:").is_some_and(is_mailbox) || is_page())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_url_is_https_and_has_no_path() {
        assert_eq!(public_url("https://oplossing.example.com/").unwrap(), "https://oplossing.example.com");
        assert_eq!(public_url("http://localhost:8080").unwrap(), "http://localhost:8080");
        assert_eq!(public_url("https://Oplossing.example.com:443").unwrap(), "https://oplossing.example.com");
        assert_eq!(public_url("http://[::1]:8080").unwrap(), "http://[::1]:8080");
        for wrong in [
            "",
            "oplossing.example.com",
            "https://x.example?pad",
            "http://oplossing.example.com",
            "https://x.example/pad",
            "https://",
        ] {
            assert!(public_url(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn people_can_follow_the_address_of_customer_service() {
        for right in [
            "https://markt.example.nl/help",
            "https://markt.example.nl",
            "mailto:klantenservice@markt.example.nl",
            "mailto:help@markt.example.nl?subject=Bestelling",
        ] {
            assert_eq!(customer_service(right).unwrap(), right);
        }
        for wrong in [
            "",
            "klantenservice@markt.nl",
            "www.markt.nl/help",
            "markt.nl",
            "http://markt.nl/help",
            "javascript:alert(1)",
            "mailto:",
            "mailto:klantenservice",
            "mailto:@markt.nl",
            "\"https://markt.nl\"",
            " https://markt.nl",
            "https://",
            "tel:+31201234567",
        ] {
            assert!(customer_service(wrong).is_err(), "{wrong}");
        }
    }
}
