//! Checks the tables after a storm.

use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use diesel::RunQueryDsl;
use diesel::sql_types::BigInt;
use oplossingscentrum::clock::real_now;
use oplossingscentrum::operations::orders::relay;
use oplossingscentrum::store::{Error, Store, orders};

use crate::database::Database;

/// Impossible states, each with a query that looks for it. The program's own checker, `doctor`, looks for more; these
/// queries are written without its rules.
const NEVER: [(&str, &str); 15] = [
    (
        "an order with two open disputes",
        "SELECT order_reference FROM disputes WHERE state = 'open' GROUP BY order_reference HAVING count(*) > 1",
    ),
    (
        "a timeline with a hole, or with more or less than the order knows of",
        "SELECT o.reference FROM orders o LEFT JOIN events e ON e.order_reference = o.reference \
         GROUP BY o.reference, o.events \
         HAVING count(e.number) <> o.events OR min(e.number) <> 1 OR max(e.number) <> o.events",
    ),
    (
        "disputes with a hole in their numbers, or more or less than the order knows of",
        "SELECT o.reference FROM orders o LEFT JOIN disputes d ON d.order_reference = o.reference \
         GROUP BY o.reference, o.disputes \
         HAVING count(d.number) <> o.disputes OR coalesce(max(d.number), 0) <> o.disputes",
    ),
    (
        "an event that happened before the one before it",
        "SELECT e.number FROM events e JOIN events before \
         ON before.order_reference = e.order_reference AND before.number = e.number - 1 WHERE e.at < before.at",
    ),
    (
        "a dispute that did not open once",
        "SELECT d.number FROM disputes d WHERE 1 <> (SELECT count(*) FROM events e \
         WHERE e.order_reference = d.order_reference AND e.dispute_number = d.number AND e.what = 'opened')",
    ),
    (
        "a dispute that ended more or less often than once",
        "SELECT d.number FROM disputes d WHERE (CASE WHEN d.state = 'open' THEN 0 ELSE 1 END) <> \
         (SELECT count(*) FROM events e WHERE e.order_reference = d.order_reference AND e.dispute_number = d.number \
         AND e.what IN ('update_given', 'accepted', 'declined', 'withdrawn', 'lapsed'))",
    ),
    (
        "a dispute that ended in another way, or at another moment, than its timeline says",
        "SELECT d.number FROM disputes d JOIN events e \
         ON e.order_reference = d.order_reference AND e.dispute_number = d.number \
         AND e.what IN ('update_given', 'accepted', 'declined', 'withdrawn', 'lapsed') \
         WHERE e.at <> d.closed_at OR d.state <> CASE e.what WHEN 'update_given' THEN 'answered' ELSE e.what END",
    ),
    (
        "silence that was settled at another moment than the deadline, or an answer that came at it or later",
        "SELECT d.number FROM disputes d WHERE (d.state = 'lapsed' AND d.closed_at <> d.respond_by) \
         OR (d.state NOT IN ('open', 'lapsed') AND d.closed_at >= d.respond_by)",
    ),
    (
        "an order whose status or next deadline is not that of what is open on it",
        "SELECT o.reference FROM orders o \
         LEFT JOIN disputes d ON d.order_reference = o.reference AND d.state = 'open' \
         WHERE (o.status IN ('in_dispute', 'change_requested')) <> (d.number IS NOT NULL) \
         OR (o.status = 'change_requested') <> (coalesce(d.kind, '') = 'change') \
         OR coalesce(o.settles_at <> coalesce(d.respond_by, o.completes_at), \
         (o.settles_at IS NULL) <> (coalesce(d.respond_by, o.completes_at) IS NULL))",
    ),
    (
        "somebody who is not told, or told of what they did themselves",
        "SELECT t.number FROM events t JOIN orders o ON o.reference = t.order_reference WHERE t.what <> 'placed' \
         AND (coalesce(t.told_customer_id, 0) <> CASE WHEN t.actor = 'customer' THEN 0 ELSE o.customer_id END \
         OR coalesce(t.told_freelancer_id, 0) <> CASE WHEN t.actor = 'freelancer' THEN 0 ELSE o.freelancer_id END)",
    ),
    ("an event that is not relayed", "SELECT o.reference FROM orders o WHERE o.relayed <> o.events"),
    (
        "an event whose mail was lost or written twice",
        "SELECT t.number FROM (SELECT order_reference, number, what, told_customer_id AS account FROM events \
         WHERE told_customer_id IS NOT NULL UNION ALL SELECT order_reference, number, what, told_freelancer_id FROM events \
         WHERE told_freelancer_id IS NOT NULL) t \
         LEFT JOIN outbox m ON m.account_id = t.account AND m.order_reference = t.order_reference AND m.what = 'event' \
         AND CASE WHEN t.what = 'commented' THEN t.number BETWEEN m.event_number AND m.last_event_number \
         AND m.last_event_number IS NOT NULL ELSE t.number = m.event_number END \
         GROUP BY t.order_reference, t.number, t.account HAVING count(m.key) <> 1",
    ),
    (
        "a change that the marketplace sees without an entry of the feed or with two, or an entry of another event",
        "SELECT e.number FROM events e \
         LEFT JOIN disputes d ON d.order_reference = e.order_reference AND d.number = e.dispute_number \
         LEFT JOIN feed f ON f.order_reference = e.order_reference AND f.event_number = e.number \
         WHERE e.told_customer_id IS NOT NULL OR e.told_freelancer_id IS NOT NULL \
         GROUP BY e.order_reference, e.number, e.what, d.kind \
         HAVING count(f.position) <> CASE WHEN e.what IN ('delivered', 'revision_requested', 'approved', 'completed', 'accepted') \
         OR (e.what = 'lapsed' AND d.kind = 'cancellation') THEN 1 ELSE 0 END",
    ),
    (
        "a hole in the positions of the feed",
        "SELECT s.position FROM feed_sequence s \
         WHERE s.position <> s.forgotten + (SELECT count(*) FROM feed) OR s.position <> (SELECT max(f.position) FROM feed f)",
    ),
    (
        "a mail about what never happened",
        "SELECT x.key FROM outbox x LEFT JOIN events e \
         ON e.order_reference = x.order_reference AND e.number = x.event_number \
         WHERE x.what NOT IN ('password', 'notice') AND e.number IS NULL",
    ),
];

#[derive(diesel::QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

pub fn count(store: &Store, select: &str) -> i64 {
    let counted = store.snapshot(|db| {
        diesel::sql_query(format!("SELECT count(*) AS n FROM ({select}) found")).get_result(db).map_err(Error::from)
    });
    counted.map(|Count { n }| n).unwrap()
}

/// Fails when the tables hold an impossible state. Every check of a whole database calls this.
pub fn examine(database: &Database) {
    let store = database.open();
    // A program that was stopped leaves the relay's last part to the next one; here that is this test. One that still runs
    // holds what it relays at this moment.
    let until = Instant::now() + Duration::from_secs(20);
    while store.read(orders::relay::is_behind).unwrap() && Instant::now() < until {
        relay::relay_all(&store, real_now()).unwrap();
        sleep(Duration::from_millis(20));
    }
    for (what, select) in NEVER {
        assert_eq!(count(&store, select), 0, "there is {what}");
    }
    if let Database::Sqlite { .. } = database {
        for check in [
            "SELECT 1 FROM pragma_integrity_check WHERE integrity_check <> 'ok'",
            "SELECT 1 FROM pragma_foreign_key_check",
        ] {
            assert_eq!(count(&store, check), 0, "{check}");
        }
    }
    let program = env!("CARGO_BIN_EXE_oplossingscentrum");
    let found = Command::new(program).args(["doctor", "--database", &database.address()]).output().unwrap();
    let [told, wrong] = [found.stdout, found.stderr].map(|said| String::from_utf8_lossy(&said).into_owned());
    assert!(found.status.success(), "{told}{wrong}");
}
