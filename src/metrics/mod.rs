//! Counters and gauges for operators, as OpenMetrics text (read by Prometheus and similar programs).
//!
//! No number is about a person: a request is counted under its route pattern, never its actual address.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use prometheus_client::encoding::text::{encode_eof, encode_registry};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

mod process;

use crate::store::Connections;
use crate::store::maintenance::gauges::Numbers;
use crate::turns::Running;

/// The content type of [`Metrics::text`].
pub const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// The prefix of every name.
const PREFIX: &str = "oplossingscentrum";
/// Upper bounds of the duration buckets, in seconds: a page takes milliseconds, signing in a tenth of a second.
const CLASSES: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

type Labels<const N: usize> = [(&'static str, String); N];

/// This process's counters since it started. Clones are cheap and share the counters.
#[derive(Debug, Clone)]
pub struct Metrics {
    registry: Arc<Registry>,
    requests: Family<Labels<3>, Counter>,
    durations: Family<Labels<2>, Histogram, fn() -> Histogram>,
    rounds: Counter,
    settled: Counter,
    mails_sent: Counter,
    mails_failed: Family<Labels<1>, Counter>,
    sign_ins_failed: Family<Labels<1>, Counter>,
    webhooks: Family<Labels<1>, Counter>,
    questions_opened: Family<Labels<1>, Counter>,
    questions_ended: Family<Labels<2>, Counter>,
}

impl Default for Metrics {
    fn default() -> Self {
        let (requests, rounds, settled) = (Family::default(), Counter::default(), Counter::default());
        let durations = Family::new_with_constructor((|| Histogram::new(CLASSES)) as fn() -> Histogram);
        let mut registry = Registry::with_prefix(PREFIX);
        registry.register("http_requests", "Requests answered, by method, route and status", requests.clone());
        registry.register("http_request_duration_seconds", "How long answering took", durations.clone());
        registry.register("sweep_rounds", "Rounds of the worker that settles what falls due", rounds.clone());
        registry.register("sweep_settled", "What silence decided and this process wrote down", settled.clone());
        let (mails_sent, mails_failed) = (Counter::default(), Family::default());
        registry.register("mails_sent", "Mails that the mail server took", mails_sent.clone());
        registry.register("mails_failed", "Tries to send a mail that failed, by cause", mails_failed.clone());
        let sign_ins_failed = Family::default();
        let help = "Attempts to sign in that failed: a wrong password or code, or too many attempts";
        registry.register("sign_ins_failed", help, sign_ins_failed.clone());
        let webhooks = Family::default();
        registry.register("webhooks", "Tries to deliver a webhook, by whether it was taken", webhooks.clone());
        let (opened, ended) = (Family::default(), Family::default());
        registry.register("questions_opened", "Disputes and requests that were opened, by kind", opened.clone());
        let help = "Disputes and requests that ended, by kind and outcome";
        registry.register("questions_ended", help, ended.clone());
        let build = Family::<Labels<1>, Gauge>::default();
        build.get_or_create(&[("version", env!("CARGO_PKG_VERSION").to_owned())]).set(1);
        registry.register("build_info", "The version of this program", build);
        Self {
            registry: Arc::new(registry),
            requests,
            durations,
            rounds,
            settled,
            mails_sent,
            mails_failed,
            sign_ins_failed,
            webhooks,
            questions_opened: opened,
            questions_ended: ended,
        }
    }
}

impl Metrics {
    /// Counts a request to a route pattern.
    pub fn request(&self, method: &str, route: &str, status: u16, took: Duration) {
        let labels = || [("method", method.to_owned()), ("route", route.to_owned())];
        let [method, route] = labels();
        self.requests.get_or_create(&[method, route, ("status", status.to_string())]).inc();
        self.durations.get_or_create(&labels()).observe(took.as_secs_f64());
    }

    /// Counts a round of the worker, and the number of outcomes that it settled.
    pub fn round(&self, settled: usize) {
        self.rounds.inc();
        self.settled.inc_by(settled.try_into().unwrap_or(u64::MAX));
    }

    /// Counts a question that began, or ended in that way. The server that relays its event counts it, so that the sum over all
    /// servers is right.
    pub fn question(&self, kind: &'static str, outcome: Option<&'static str>) {
        let kind = ("kind", kind.to_owned());
        match outcome {
            None => self.questions_opened.get_or_create(&[kind]).inc(),
            Some(outcome) => self.questions_ended.get_or_create(&[kind, ("outcome", outcome.to_owned())]).inc(),
        };
    }

    /// Counts an attempt to sign in that failed.
    pub fn sign_in_failed(&self, why: &'static str) {
        self.sign_ins_failed.get_or_create(&[("why", why.to_owned())]).inc();
    }

    /// Counts a mail that the mail server took.
    pub fn mail_sent(&self) {
        self.mails_sent.inc();
    }

    /// Counts a try to send a mail that failed.
    pub fn mail_failed(&self, cause: &'static str) {
        self.mails_failed.get_or_create(&[("cause", cause.to_owned())]).inc();
    }

    /// Counts a try to deliver a webhook.
    pub fn webhook(&self, is_taken: bool) {
        self.webhooks.get_or_create(&[("taken", is_taken.to_string())]).inc();
    }

    /// Writes everything as text, with the gauges of connections and database; without `numbers` the database is
    /// unavailable.
    #[must_use]
    pub fn text(
        &self,
        connections: Connections,
        running: Running,
        numbers: Option<&Numbers>,
        (now, is_in_doubt, is_writable): (DateTime<Utc>, bool, bool),
    ) -> String {
        let mut text = String::new();
        let written = encode_registry(&mut text, &self.registry)
            .and_then(|()| {
                encode_registry(&mut text, &standing(connections, running, numbers, (now, is_in_doubt, is_writable)))
            })
            .and_then(|()| encode_registry(&mut text, &process::figures()))
            .and_then(|()| encode_eof(&mut text));
        written.expect("writing to a string never fails");
        text
    }
}

/// Gauges: current values rather than counters.
fn standing(
    connections: Connections,
    running: Running,
    numbers: Option<&Numbers>,
    (now, is_in_doubt, is_writable): (DateTime<Utc>, bool, bool),
) -> Registry {
    let mut registry = Registry::with_prefix(PREFIX);
    let mut gauge = |name: &str, help: &str, value: i64| {
        let gauge = Gauge::<i64>::default();
        gauge.set(value);
        registry.register(name, help, gauge);
    };
    gauge("database_up", "Whether the database answered just now", i64::from(numbers.is_some()));
    gauge("clock_in_doubt", "Whether the clock is wrong, so that nothing is settled", i64::from(is_in_doubt));
    gauge(
        "database_writable",
        "Whether a row could be written just now; a full disk can still be read",
        i64::from(is_writable),
    );
    let bytes = running.body_bytes.try_into().unwrap_or(i64::MAX);
    gauge("body_bytes", "Bytes of forms that are being read or answered", bytes);
    if let Some(numbers) = numbers {
        let age =
            |since: Option<DateTime<Utc>>| since.map_or(0, |since| (now - since).max(TimeDelta::zero()).num_seconds());
        gauge("overdue_orders", "Orders whose deadline has passed, not written down yet", numbers.overdue);
        gauge("sweep_lag_seconds", "How long the oldest of those waits", age(numbers.overdue_since));
        gauge("relay_orders", "Orders with events whose mails are not written yet", numbers.to_relay);
        gauge("outbox_mails", "Mails that are due and not sent yet", numbers.mails_due);
        gauge("outbox_age_seconds", "How long the oldest of those waits", age(numbers.mails_due_since));
        gauge("outbox_held", "Whether all mail is held, as after a restore", numbers.is_mail_held.into());
        gauge("outbox_mails_set_aside", "Mails the mail server refused for good", numbers.mails_set_aside);
        gauge(
            "webhooks_waiting",
            "Webhooks that are not delivered yet; those of paused endpoints are not counted",
            numbers.webhooks,
        );
        gauge("webhook_oldest_seconds", "How long the oldest of those waits", age(numbers.webhooks_since));
        let open = Family::<Labels<1>, Gauge>::default();
        for (kind, count) in &numbers.open {
            open.get_or_create(&[("kind", kind.code().to_owned())]).set(*count);
        }
        registry.register("open_disputes", "Open disputes and requests, by kind", open);
    }
    let state = Family::<Labels<1>, Gauge>::default();
    for (name, count) in [("idle", connections.idle), ("busy", connections.busy)] {
        state.get_or_create(&[("state", name.to_owned())]).set(count.into());
    }
    registry.register("database_connections", "Connections of this process to the database", state);
    let (now, most) = (Family::<Labels<1>, Gauge>::default(), Family::<Labels<1>, Gauge>::default());
    for (name, figures) in [("heavy", running.heavy), ("search", running.searches)] {
        let label = [("work", name.to_owned())];
        now.get_or_create(&label).set(figures.now.try_into().unwrap_or(i64::MAX));
        most.get_or_create(&label).set(figures.most.try_into().unwrap_or(i64::MAX));
    }
    registry.register("turns_running", "Pieces of heavy work that run now: hashes and the like, and searches", now);
    registry.register("turns_running_most", "The most that ever ran at once", most);
    if let Some(held) = connections.write_lock {
        registry.register("write_lock_seconds", "How long each transaction held SQLite's write lock", held);
    }
    registry
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Kind;
    use crate::turns::Figures;

    #[test]
    fn everything_is_told_in_the_words_that_prometheus_reads() {
        let metrics = Metrics::default();
        metrics.request("GET", "/orders/{reference}", 200, Duration::from_millis(3));
        metrics.round(7);
        metrics.question("update", None);
        metrics.question("change", Some("lapsed"));
        let now = DateTime::UNIX_EPOCH + TimeDelta::seconds(100);
        let numbers = Numbers {
            open: vec![(Kind::Change, 4)],
            overdue: 2,
            overdue_since: Some(DateTime::UNIX_EPOCH),
            ..Numbers::default()
        };
        let write_lock = Some(Histogram::new([0.02]));
        let text = {
            let heavy = Figures { now: 3, most: 4, begun: 5 };
            let running = Running { heavy, body_bytes: 6, ..Running::default() };
            metrics.text(Connections { idle: 1, busy: 2, write_lock }, running, Some(&numbers), (now, false, true))
        };
        for line in [
            r#"oplossingscentrum_http_requests_total{method="GET",route="/orders/{reference}",status="200"} 1"#,
            r#"oplossingscentrum_http_request_duration_seconds_bucket{le="0.005",method="GET",route="/orders/{reference}"} 1"#,
            "oplossingscentrum_sweep_settled_total 7",
            r#"oplossingscentrum_questions_opened_total{kind="update"} 1"#,
            r#"oplossingscentrum_questions_ended_total{kind="change",outcome="lapsed"} 1"#,
            r#"oplossingscentrum_open_disputes{kind="change"} 4"#,
            "oplossingscentrum_overdue_orders 2",
            "oplossingscentrum_sweep_lag_seconds 100",
            "oplossingscentrum_outbox_age_seconds 0",
            "oplossingscentrum_webhook_oldest_seconds 0",
            r#"oplossingscentrum_database_connections{state="busy"} 2"#,
            "oplossingscentrum_write_lock_seconds_count 0",
            "oplossingscentrum_database_up 1",
            "oplossingscentrum_clock_in_doubt 0",
            concat!(r#"oplossingscentrum_build_info{version=""#, env!("CARGO_PKG_VERSION"), r#""} 1"#),
            r#"oplossingscentrum_turns_running{work="heavy"} 3"#,
            r#"oplossingscentrum_turns_running_most{work="heavy"} 4"#,
            r#"oplossingscentrum_turns_running{work="search"} 0"#,
            "oplossingscentrum_body_bytes 6",
        ] {
            assert!(text.lines().any(|told| told == line), "{line} is not in\n{text}");
        }
        for figure in ["process_resident_memory_bytes ", "process_open_fds ", "process_cpu_seconds_total "] {
            assert!(text.lines().any(|told| told.starts_with(figure)), "{figure} is not in\n{text}");
        }
        assert!(text.ends_with("# EOF\n"));
        let away = metrics.text(Connections::default(), Running::default(), None, (now, true, false));
        assert!(away.contains("oplossingscentrum_database_up 0\n") && !away.contains("overdue"));
    }
}
