//! The file that says where to report a weakness (RFC 9116).

use chrono::{DateTime, TimeDelta, Utc};

use crate::program::runs;
use crate::settings::{CUSTOMER_SERVICE, KEY};
use crate::world::{Kind, World};

#[test]
fn the_file_says_whom_to_write_to_until_when_in_which_languages_and_where_it_stands() {
    let mut world = World::closed(Kind { https: true, ..Kind::default() });
    world.settings().security_contact = Some("mailto:veilig@example.com".into());
    world.opens();
    let visitor = world.visitor();
    let page = visitor.sees("/.well-known/security.txt");
    assert_eq!(page.header("content-type"), "text/plain; charset=utf-8");
    assert_eq!(page.header("set-cookie"), "");
    let lines: Vec<&str> = page.html.lines().collect();
    let [contact, expires, languages, canonical] = lines[..] else { panic!("{}", page.html) };
    assert_eq!(contact, "Contact: mailto:veilig@example.com");
    assert_eq!(languages, "Preferred-Languages: nl, en");
    assert_eq!(canonical, "Canonical: https://oplossing.example.com/.well-known/security.txt");
    let expires: DateTime<Utc> = expires.strip_prefix("Expires: ").unwrap().parse().unwrap();
    let left = expires - world.now();
    assert!(left > TimeDelta::days(30) && left < TimeDelta::days(365), "{left}");
}

#[test]
fn without_a_contact_there_is_no_file() {
    let world = World::new();
    world.visitor().get("/.well-known/security.txt").must(404);
}

#[test]
fn a_contact_is_an_address_of_mail_or_of_a_page() {
    let with = |contact: &str| {
        let serve =
            ["serve", "--listen", "127.0.0.1:0", "--public-url", "http://localhost", "--database", "/dev/null/x.db"];
        let said =
            runs(&[&serve[..], &CUSTOMER_SERVICE, &["--secret-key", KEY, "--security-contact", contact]].concat());
        let said = said.complained;
        said.contains("--security-contact")
    };
    for right in ["mailto:veilig@example.com", "https://example.com/veilig"] {
        assert!(!with(right), "{right}");
    }
    for wrong in [
        "veilig@example.com",
        "http://example.com/veilig",
        "mailto:",
        "mailto:veilig",
        "https://",
        "javascript:alert(1)",
        "mailto:a@b.nl\nContact: mailto:c@d.nl",
    ] {
        assert!(with(wrong), "{wrong}");
    }
}
