//! The levels of the log: a healthy program never logs ERROR, a temporary failure is a WARN, and a bug is an ERROR,
//! once.

use std::io::Write;
use std::net::TcpStream;
use std::time::Duration;

use serde_json::Value;

use crate::databases::address;
use crate::log;
use crate::operators::while_the_database_is_away;
use crate::page::Page;
use crate::program::Serving;
use crate::rows::Row;
use crate::world::{Kind, World};

/// The log lines of that request.
fn lines_of(page: &Page) -> Vec<Value> {
    let id = page.header("x-request-id");
    assert_eq!(id.len(), 36, "{id}");
    log::lines_with(id)
}

/// The one line about the end of a request.
#[track_caller]
fn finished(lines: &[Value]) -> &Value {
    let found: Vec<_> = lines.iter().filter(|line| line["fields"]["message"] == "request finished").collect();
    assert_eq!(found.len(), 1, "{lines:#?}");
    found[0]
}

fn count(lines: &[Value], level: &str) -> usize {
    lines.iter().filter(|line| line["level"] == level).count()
}

#[test]
fn a_finished_request_is_one_line_of_information_with_its_route_status_and_milliseconds() {
    let world = World::new();
    let customer = world.customer();
    let order = world.order().active();
    for (page, method, route, status) in [
        (customer.get(&order.path), "GET", "/orders/{reference}", 200),
        (customer.post("/account", &[("language", "xx")]), "POST", "/account", 422),
        (world.visitor().get("/orders"), "GET", "/orders", 303),
        (customer.get("/nergens"), "GET", "none", 404),
    ] {
        let lines = lines_of(&page);
        let line = finished(&lines);
        assert_eq!((&line["level"], &line["fields"]["status"]), (&"INFO".into(), &status.into()), "{line}");
        assert_eq!((&line["span"]["method"], &line["span"]["route"]), (&method.into(), &route.into()), "{line}");
        assert!(line["fields"]["duration_ms"].as_f64().is_some_and(|ms| ms > 0.0 && ms < 60_000.0), "{line}");
        assert!(!line.to_string().contains(&order.to_string()), "{line}");
        assert_eq!((count(&lines, "WARN"), count(&lines, "ERROR")), (0, 0), "{lines:#?}");
    }
}

#[test]
fn a_database_that_is_away_is_a_warning_and_no_error() {
    let world = World::new();
    let page = while_the_database_is_away(&world, &world.customer());
    let lines = lines_of(&page.must(503));
    assert_eq!((&finished(&lines)["level"], count(&lines, "ERROR")), (&"WARN".into(), 0), "{lines:#?}");
}

#[test]
fn what_should_not_happen_is_an_error_exactly_once() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    let order = world.order().active();
    Row::CustomerCancels.opens(&order, &customer, &freelancer);
    world.sql(&format!("UPDATE disputes SET reason = 'zomaar' WHERE order_reference = '{order}'")).unwrap();
    let lines = lines_of(&customer.get(&order.path).must(500));
    assert_eq!((&finished(&lines)["level"], count(&lines, "ERROR")), (&"WARN".into(), 1), "{lines:#?}");
    let error = lines.iter().find(|line| line["level"] == "ERROR").unwrap();
    assert!(error["fields"]["cause"].as_str().is_some_and(|cause| cause.contains("disputes.reason")), "{error}");
    assert_eq!(error["span"]["route"], "/orders/{reference}", "{error}");
}

#[test]
fn a_client_that_hangs_up_is_in_the_log_too() {
    let world = World::closed(Kind::default());
    let serving = Serving::start(&address(world.target()), &[]);
    let mut stream = TcpStream::connect(&serving.address).unwrap();
    stream.write_all(b"POST /language HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nlanguage=").unwrap();
    std::thread::sleep(Duration::from_millis(200));
    drop(stream);
    std::thread::sleep(Duration::from_millis(200));
    serving.gets("TERM");
    let (_, _, log) = serving.ends();
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let of_form: Vec<_> = lines.iter().filter(|line| line["span"]["route"] == "/language").collect();
    assert_eq!(of_form.len(), 1, "{log}");
    assert_eq!(of_form[0]["level"], "INFO", "{log}");
}

#[test]
fn a_healthy_program_never_logs_an_error() {
    let world = World::closed(Kind::default());
    for (level, is_quiet) in [("info", false), ("warn", true)] {
        let serving = Serving::start(&address(world.target()), &["--log", level]);
        for path in ["/sign-in", "/help", "/orders", "/nergens", "/readyz"] {
            reqwest::blocking::get(format!("http://{}{path}", serving.address)).unwrap();
        }
        serving.gets("TERM");
        let (_, _, log) = serving.ends();
        let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(count(&lines, "ERROR"), 0, "{log}");
        let finished = lines.iter().filter(|line| line["fields"]["message"] == "request finished");
        assert_eq!(finished.count() < 6, is_quiet, "{log}");
    }
}
