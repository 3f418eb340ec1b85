//! A demo answers to the names of this machine only. Another name that resolves to this machine belongs to a stranger's
//! page (DNS rebinding).

use std::io::{Read, Write};
use std::net::TcpStream;

use reqwest::Method;

use crate::world::World;

/// The answer to a request with exactly this head, and no body.
fn answer(world: &World, head: &str) -> String {
    let mut stream = TcpStream::connect(world.origin.trim_start_matches("http://")).unwrap();
    stream.write_all(format!("{head}\r\nconnection: close\r\n\r\n").as_bytes()).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

fn status(answer: &str) -> u16 {
    answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_else(|| panic!("no status: {answer}"))
}

const ELSEWHERE: [&str; 12] = [
    "evil.example",
    "evil.example:8080",
    "EVIL.EXAMPLE",
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "evil-localhost:8080",
    "localhost@evil.example",
    "0.0.0.0:8080",
    "192.168.1.2:8080",
    "[::ffff:127.0.0.1]:8080",
    "2130706433",
    "",
];

#[test]
fn a_demo_answers_no_other_name_by_whatever_method_and_makes_no_session_for_it() {
    let world = World::demo();
    let methods = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "QUERY"];
    let paths = ["/orders", "/sign-in", "/demo/sign-in", "/healthz", "/nergens"];
    let by_host = ELSEWHERE.map(|host| (host, "GET", "/sign-in"));
    let by_method = methods.map(|method| ("evil.example:8080", method, "/demo/sign-in"));
    let by_path = paths.map(|path| ("evil.example:8080", "GET", path));
    for (host, method, path) in by_host.into_iter().chain(by_method).chain(by_path) {
        let said = answer(&world, &format!("{method} {path} HTTP/1.1\r\nhost: {host}"));
        // An empty host is invalid HTTP to some parsers; it gets no page either way.
        assert!([400, 421].contains(&status(&said)), "{method} {path} {host}: {said}");
        assert!(!said.to_lowercase().contains("set-cookie"), "{said}");
    }
    for head in [
        "GET /sign-in HTTP/1.0",
        "GET http://evil.example/sign-in HTTP/1.1\r\nhost: 127.0.0.1",
        "GET /sign-in HTTP/1.1\r\nhost: 127.0.0.1\r\nhost: evil.example",
        "GET /sign-in HTTP/1.1\r\nhost: evil.example\r\nhost: 127.0.0.1",
    ] {
        let said = answer(&world, head);
        assert!([400, 421].contains(&status(&said)), "{head}: {said}");
        assert!(!said.to_lowercase().contains("set-cookie"), "{said}");
    }
}

#[test]
fn a_demo_answers_every_name_of_this_machine() {
    let world = World::demo();
    for host in [
        "localhost",
        "localhost:8080",
        "LOCALHOST:1",
        "mijn.localhost:8080",
        "127.0.0.1:8080",
        "127.8.8.8",
        "[::1]:8080",
    ] {
        let said = answer(&world, &format!("GET /sign-in HTTP/1.1\r\nhost: {host}"));
        assert_eq!(status(&said), 200, "{host}: {said}");
    }
}

#[test]
fn a_demo_signs_nobody_in_for_a_page_of_a_stranger() {
    let world = World::demo();
    let visitor = world.visitor();
    let form = visitor.sees("/sign-in").form("/demo/sign-in").choose("email", "klant@example.com");
    let evil =
        [("host", "evil.example:8080"), ("origin", "http://evil.example:8080"), ("sec-fetch-site", "same-origin")];
    let page = visitor.request(&Method::POST, "/demo/sign-in", &evil, &form.fields).must(421);
    assert_eq!(page.header("set-cookie"), "");
    page.shows("Deze demo luistert niet naar deze naam");
    for origin in ["http://evil.example", "https://localhost", "null", "http://localhost.evil.example:8080"] {
        for method in [Method::GET, Method::POST] {
            let headers = [("origin", origin), ("sec-fetch-site", "same-origin")];
            visitor.request(&method, "/demo/sign-in", &headers, &form.fields).must(403);
        }
    }
    visitor.get("/orders").must(303);
}

#[test]
fn a_real_program_has_one_address_and_leads_every_other_name_there() {
    let world = World::new();
    let said = answer(&world, "GET /sign-in HTTP/1.1\r\nhost: intern.example:8080");
    assert_eq!(status(&said), 308, "{said}");
    assert!(said.contains(&format!("location: {}/sign-in", world.origin)), "{said}");
}
