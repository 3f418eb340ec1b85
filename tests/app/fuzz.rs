//! Arbitrary requests to every address: nothing panics, and no answer is a 5xx. A failing request is reduced until no
//! part can be left out.

use std::cell::Cell;

use oplossingscentrum::domain::Status;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use reqwest::Method;

use crate::builders::Order;
use crate::counts::report;
use crate::counts::times;
use crate::people::Browser;
use crate::people::Person;
use crate::routes::routes;
use crate::world::World;

/// Unusual entries.
const ODD: [&str; 42] = [
    "",
    " ",
    "\u{0}",
    "\u{200b}",
    "\u{202e}abc",
    "\r\n",
    "0",
    "-1",
    "1",
    "30",
    "31",
    "1e9",
    "NaN",
    "٣",
    "9223372036854775808",
    "12,50",
    "€ 1.040,25",
    "0,01",
    "0.001",
    "-0,01",
    "99999999999,99",
    "1.2.3",
    "update",
    "cancellation",
    "change",
    "other",
    "too_late",
    "personal",
    "nl",
    "en",
    "xx",
    "Europe/Amsterdam",
    "UTC",
    "../../etc/passwd",
    "//evil.example",
    "/orders",
    "<script>alert(1)</script>",
    "{{7*7}}",
    "' OR 1=1 --",
    "%00",
    "\u{1F469}\u{200D}\u{1F4BB}",
    "make",
];

/// The names of all fields and search parameters.
const NAMES: [&str; 30] = [
    "csrf_token",
    "kind",
    "reason",
    "comment",
    "form_token",
    "extra_days",
    "extra_title[]",
    "extra_price[]",
    "lines",
    "language",
    "time_zone",
    "theme",
    "mail_comments",
    "mail_reminders",
    "current_password",
    "new_password",
    "email",
    "password",
    "next",
    "action",
    "filter",
    "role",
    "q",
    "after",
    "view",
    "step",
    "code",
    "device",
    "advance",
    "x",
];

pub fn runner(cases: u32) -> TestRunner {
    TestRunner::new(Config { cases, failure_persistence: None, max_shrink_iters: 2_000, ..Config::default() })
}

pub fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => select(&ODD[..]).prop_map(ToOwned::to_owned),
        3 => any::<String>(),
        2 => "[ -~]{0,60}",
        1 => (select(&ODD[..]), select(vec![2_499_usize, 2_500, 2_501, 9_000])).prop_map(|(odd, times)| odd.repeat(times)),
        1 => "[A-Za-z0-9._-]{20,90}",
    ]
}

/// The content types of a body; forms send the first.
const TYPES: [&str; 5] = [
    "application/x-www-form-urlencoded",
    "application/json",
    "multipart/form-data; boundary=x",
    "text/plain",
    "\u{fffd}",
];

/// A request: its route, one of some orders and disputes, and its content.
#[derive(Debug, Clone)]
struct Asked {
    route: prop::sample::Index,
    post: bool,
    reference: Result<prop::sample::Index, String>,
    number: String,
    fields: Vec<(&'static str, String)>,
    raw: Option<Vec<u8>>,
    as_what: &'static str,
}

fn asked() -> impl Strategy<Value = Asked> {
    let odd = prop_oneof!["[Oo][Cc]-[0-9A-Za-z]{0,10}", value()];
    let reference = prop_oneof![9 => any::<prop::sample::Index>().prop_map(Ok), 1 => odd.prop_map(Err)];
    let number =
        prop_oneof![6 => Just("1".to_owned()), 1 => any::<i64>().prop_map(|number| number.to_string()), 1 => value()];
    let raw = prop::option::weighted(0.1, vec(any::<u8>(), 0..400));
    let as_what = prop_oneof![9 => Just(TYPES[0]), 1 => select(&TYPES[..])];
    let fields = vec((select(&NAMES[..]), value()), 0..8);
    (any::<prop::sample::Index>(), any::<bool>(), reference, number, fields, raw, as_what).prop_map(
        |(route, post, reference, number, fields, raw, as_what)| Asked {
            route,
            post,
            reference,
            number,
            fields,
            raw,
            as_what,
        },
    )
}

fn encoded(text: &str) -> String {
    // Addresses have a limited length.
    let short: String = text.chars().take(300).collect();
    utf8_percent_encode(&short, NON_ALPHANUMERIC).to_string()
}

/// Two people, and orders in every status on which something can be done.
struct Place<'a> {
    world: &'a World,
    people: [Person; 2],
    tokens: [String; 2],
    orders: Vec<Order>,
}

impl<'a> Place<'a> {
    fn new(world: &'a World) -> Self {
        let (customer, freelancer) = world.parties();
        let tokens = [customer.csrf_token(), freelancer.csrf_token()];
        let statuses =
            [Status::Active, Status::Delivered, Status::InRevision, Status::InDispute, Status::ChangeRequested];
        let orders =
            statuses.into_iter().chain([Status::Completed]).map(|status| world.order().up_to(status)).collect();
        Self { world, people: [customer, freelancer], tokens, orders }
    }

    /// Sends it, and returns the status.
    fn asks(&self, asked: &Asked) -> Result<u16, String> {
        let routes: Vec<_> = routes().into_iter().filter(|route| !route.is_demo()).collect();
        let route = asked.route.get(&routes);
        let who = usize::from(asked.number.len() % 2 == 1);
        let reference = match &asked.reference {
            Ok(index) => index.get(&self.orders).to_string(),
            Err(odd) => encoded(odd),
        };
        let mut path = route.pattern.replace("{reference}", &reference).replace("{number}", &encoded(&asked.number));
        for name in ["{file}", "{secret}", "{token}", "{key}", "{id}", "{external_id}"] {
            path = path.replace(name, &encoded(&asked.number));
        }
        let pairs = asked.fields.iter().map(|(name, value)| (*name, value.as_str()));
        if !asked.post {
            let query = pairs.map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect::<Vec<_>>();
            return self.people[who].browser.sends(
                &Method::GET,
                &format!("{path}?{}", query.join("&")),
                "",
                Vec::new(),
            );
        }
        let all: Vec<_> = [("csrf_token", self.tokens[who].as_str())].into_iter().chain(pairs).collect();
        let body = asked.raw.clone().unwrap_or_else(|| serde_html_form::to_string(all).unwrap().into_bytes());
        self.people[who].browser.sends(&Method::POST, &path, asked.as_what, body)
    }

    /// Whether a session ended on the way, which is the purpose of some of these forms.
    fn is_over(&self) -> bool {
        self.people.iter().any(|person| person.get("/account").status != 200)
    }
}

impl Browser {
    /// Sends a request with this body, and returns its status.
    fn sends(&self, method: &Method, path: &str, as_what: &str, body: Vec<u8>) -> Result<u16, String> {
        let mut request = self.bare_request(method, path);
        for (name, value) in self.own_headers() {
            request = request.header(name, value);
        }
        if *method == Method::POST {
            request = request.header("content-type", as_what).body(body);
        }
        request.send().map(|answer| answer.status().as_u16()).map_err(|error| format!("{method} {path}: {error}"))
    }
}

#[test]
fn no_form_and_no_address_breaks_whatever_is_sent_to_it() {
    const ROUND: u32 = 500;
    let world = World::new();
    let (rounds, counts) = (times(4, 400), [const { Cell::new(0_u32) }; 6]);
    for _ in 0..rounds {
        let place = Place::new(&world);
        let sent = runner(ROUND).run(&asked(), |asked| {
            let status = place.asks(&asked).map_err(TestCaseError::fail)?;
            prop_assert!(status < 500, "{status}");
            let count = &counts[usize::from(status / 100)];
            count.set(count.get() + 1);
            Ok(())
        });
        sent.unwrap_or_else(|failure| panic!("{failure}"));
        if place.is_over() {
            // The next round signs in again; the wrong guesses of these two are deleted first.
            place.world.sql("DELETE FROM sign_in_failures").unwrap();
            for person in &place.people {
                place.world.has_the_password_again(person);
            }
        }
    }
    let [_, _, fine, moved, refused, _] = counts.map(|count| count.get());
    assert!(fine > 100 && moved > 20 && refused > 100, "{fine} {moved} {refused}: these hardly reach anything");
    report(format_args!(
        "forms and addresses: {} requests ({fine} answered 2xx, {moved} 3xx, {refused} 4xx), no 5xx",
        rounds * ROUND
    ));
}
