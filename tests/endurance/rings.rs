//! Webhooks while servers are killed: each entry arrives at least once, and those of an order in order.

use std::collections::{BTreeMap, BTreeSet};
use std::thread::sleep;
use std::time::Duration;

use actix_web::cookie::Key;
use diesel::RunQueryDsl;
use oplossingscentrum::clock::real_now;
use oplossingscentrum::operations::marketplace::webhooks;
use oplossingscentrum::secret::Secret;
use oplossingscentrum::store::{Error, Store};
use oplossingscentrum::webhook::sign::new_secret;
use rand::RngExt;

use crate::cast::Cast;
use crate::counts::{report, times};
use crate::database::Database;
use crate::examine::{count, examine};
use crate::receiver::Receiver;
use crate::server::{Recipe, Server};
use crate::settings::KEY;
use crate::soon::soon;
use crate::turn;
use crate::writers::Writer;

/// How many changes are made at each server between two kills.
const CHANGES: usize = 30;
/// How many entries a server may be sending when it dies.
const ON_THE_WAY: usize = 8;

#[test]
fn no_entry_is_lost_while_the_server_that_rings_is_killed_on_sqlite() {
    let _turn = turn();
    kill_while_it_rings(&Database::sqlite(), times(3, 60), 1);
}

#[test]
fn no_entry_is_lost_while_two_servers_that_ring_are_killed_on_postgresql() {
    let _turn = turn();
    kill_while_it_rings(&Database::postgres(), times(3, 40), 2);
}

fn kill_while_it_rings(database: &Database, kills: u32, servers: usize) {
    let (receiver, store) = (Receiver::new(), database.open());
    let recipes: Vec<Recipe> = (0..servers).map(|_| Recipe::new(database).ringing()).collect();
    let start = || recipes.iter().map(Recipe::start).collect::<Vec<Server>>();
    let cast = Cast::arrive(&store);
    let key = Secret::new(Key::from(KEY.as_bytes()).master());
    webhooks::add(&store, &key, ("shop", &receiver.url), &[], &new_secret(), real_now()).unwrap();
    let mut running = start();
    let mut writers: Vec<Writer> = recipes.iter().map(|recipe| Writer::new(recipe.address)).collect();
    for _ in 0..kills {
        for writer in &mut writers {
            writer.take_orders(&cast, &store);
        }
        for _ in 0..CHANGES {
            writers.iter_mut().for_each(Writer::gets_through);
        }
        for server in running {
            sleep(Duration::from_millis(rand::rng().random_range(0..200)));
            server.kill();
        }
        claims_end(&store);
        running = start();
        for writer in &mut writers {
            writer.settle_up();
        }
    }
    // The relay looks every two seconds by itself.
    sleep(Duration::from_secs(4));
    let waits = "SELECT position FROM webhook_deliveries WHERE delivered_at IS NULL";
    soon(|| count(&store, waits) == 0);
    running.iter_mut().for_each(Server::is_in_good_health);
    drop(running);
    examine(database);
    let mut arrived = BTreeSet::new();
    let mut versions: BTreeMap<String, i64> = BTreeMap::new();
    let taken = receiver.taken();
    for message in &taken {
        let entry = message.json()["data"].clone();
        if arrived.insert(entry["position"].as_i64().unwrap()) {
            let version = entry["order"]["version"].as_i64().unwrap();
            let before = versions.insert(entry["order"]["reference"].to_string(), version);
            assert!(before.is_none_or(|before| before < version), "{before:?} and then {version}");
        }
    }
    let entries = count(&store, "SELECT position FROM feed");
    assert_eq!(arrived.into_iter().collect::<Vec<_>>(), (1..=entries).collect::<Vec<_>>());
    let twice = taken.len() - usize::try_from(entries).unwrap();
    assert!(twice <= usize::try_from(kills).unwrap() * servers * ON_THE_WAY, "{twice} came twice");
    report(format_args!(
        "webhooks on {}: {kills} kills of {servers} server(s) among {entries} entries, 0 lost, {twice} sent once more",
        database.name()
    ));
}

/// The claims of servers that died end, as they do by themselves after a minute.
fn claims_end(store: &Store) {
    let end = |db: &mut _| {
        diesel::sql_query("UPDATE webhook_deliveries SET claimed_until = NULL").execute(db).map_err(Error::from)
    };
    store.write(end).unwrap();
}
