//! `kill -9` at any moment: every acknowledged change is there, once, when the program is back.

use std::collections::BTreeSet;
use std::sync::atomic::AtomicBool;
use std::thread::sleep;
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use diesel::RunQueryDsl;
use oplossingscentrum::clock::real_now;
use oplossingscentrum::operations::orders::lists;
use oplossingscentrum::store::outbox::MailState;
use oplossingscentrum::store::{Error, Store};
use rand::RngExt;

use crate::cast::Cast;
use crate::cast::Question;
use crate::counts::report;
use crate::counts::times;
use crate::database::Database;
use crate::examine::count;
use crate::examine::examine;
use crate::server::{Recipe, Server};
use crate::smtp::Smtp;
use crate::soon::soon;
use crate::turn;
use crate::writers::Counted;
use crate::writers::Writer;

const WRITERS: usize = 16;
/// How many questions stay unanswered in each life of the server: their deadlines pass while it runs, while it is dead
/// and while it starts.
const SILENT: usize = 8;

#[test]
fn nothing_acknowledged_is_lost_and_nothing_happens_twice_on_sqlite() {
    let _turn = turn();
    kill_again_and_again(&Database::sqlite(), times(4, 200));
}

#[test]
fn nothing_acknowledged_is_lost_and_nothing_happens_twice_on_postgresql() {
    let _turn = turn();
    kill_again_and_again(&Database::postgres(), times(3, 100));
}

fn kill_again_and_again(database: &Database, kills: u32) {
    let started = Instant::now();
    let recipe = Recipe::new(database);
    let cast = Cast::arrive(&database.open());
    let mut server = recipe.start();
    // On PostgreSQL a second server works beside it, and dies too.
    let beside = matches!(database, Database::Postgres(_)).then(|| Recipe::new(database));
    let mut writers: Vec<Writer> = (0..WRITERS).map(|_| Writer::new(server.address)).collect();
    for _ in 0..kills {
        {
            let store = database.open();
            for order in &cast.place(&store, SILENT) {
                let soon = TimeDelta::milliseconds(rand::rng().random_range(0..1_500));
                Cast::ask(&store, order, Question::CustomerCancels, real_now() + soon);
            }
            for writer in &mut writers {
                writer.take_orders(&cast, &store);
            }
        }
        let never = AtomicBool::new(false);
        let life = Duration::from_millis(rand::rng().random_range(20..900));
        let other = beside.as_ref().map(Recipe::start);
        let earlier = life.mul_f64(rand::random());
        std::thread::scope(|scope| {
            for writer in &mut writers {
                scope.spawn(|| writer.write_until(&never));
            }
            sleep(earlier);
            drop(other);
            sleep(life.saturating_sub(earlier));
            // The writers stop by themselves, in the middle of their work.
            server.kill();
        });
        if rand::rng().random_ratio(1, 8) {
            // Kills it again during its start.
            let stillborn = recipe.spawn();
            sleep(Duration::from_millis(rand::rng().random_range(0..60)));
            stillborn.kill();
        }
        server = recipe.start();
        let store = database.open();
        for writer in &mut writers {
            writer.settle_up();
            writer.compare(&store);
        }
    }
    // The relay looks every two seconds by itself.
    sleep(Duration::from_secs(4));
    server.is_in_good_health();
    examine(database);
    let lapsed = count(&database.open(), "SELECT 1 AS n FROM disputes WHERE state = 'lapsed'");
    assert_eq!(lapsed, i64::from(kills) * i64::try_from(SILENT).unwrap(), "each deadline that fell was settled");
    let Counted { acknowledged, sent_again, were_done, put_off } = writers.iter().map(|writer| writer.counted).sum();
    assert!(acknowledged > kills && put_off == 0);
    report(format_args!(
        "{} on {}: {kills} kills under {WRITERS} writers, {acknowledged} changes acknowledged, 0 lost, 0 twice; {sent_again} \
         sent again, {were_done} of which had been done unheard; {lapsed} deadlines ({}s)",
        "kill -9",
        database.name(),
        started.elapsed().as_secs()
    ));
}

#[test]
fn no_mail_is_lost_or_sent_twice_while_the_server_is_killed_on_sqlite() {
    let _turn = turn();
    kill_while_mails_are_sent(&Database::sqlite(), times(4, 100), 1);
}

#[test]
fn no_mail_is_lost_or_sent_twice_while_two_servers_are_killed_on_postgresql() {
    let _turn = turn();
    kill_while_mails_are_sent(&Database::postgres(), times(3, 60), 2);
}

/// SMTP cannot tell a mail that was taken from one whose sender died before it heard so. Such a mail is sent once more,
/// with the same `Message-ID`; each account has at most one mail on its way.
const ON_THE_WAY: usize = 2;
/// How many changes are made at each server between two kills.
const CHANGES: usize = 30;

fn kill_while_mails_are_sent(database: &Database, kills: u32, servers: usize) {
    let smtp = Smtp::new();
    let recipes: Vec<Recipe> = (0..servers).map(|_| Recipe::new(database).mailing_through(smtp.port)).collect();
    let start = || recipes.iter().map(Recipe::start).collect::<Vec<Server>>();
    let cast = Cast::arrive(&database.open());
    let mut running = start();
    let mut writers: Vec<Writer> = recipes.iter().map(|recipe| Writer::new(recipe.address)).collect();
    for _ in 0..kills {
        for writer in &mut writers {
            writer.take_orders(&cast, &database.open());
        }
        for _ in 0..CHANGES {
            writers.iter_mut().for_each(Writer::gets_through);
        }
        // Dies among the mails of these changes.
        for server in running {
            sleep(Duration::from_millis(rand::rng().random_range(0..400)));
            server.kill();
        }
        claims_end(&database.open());
        running = start();
        for writer in &mut writers {
            writer.settle_up();
        }
    }
    let due = || {
        let store = database.open();
        lists::newest_mail(&store, real_now(), i64::MAX).unwrap()
    };
    soon(|| due().iter().all(|mail| mail.state != MailState::Waiting));
    running.iter_mut().for_each(Server::is_in_good_health);
    drop(running);
    examine(database);
    let taken: Vec<(String, String)> = smtp.taken().into_iter().map(|mail| (mail.id(), mail.to)).collect();
    let different: BTreeSet<&(String, String)> = taken.iter().collect();
    let sent = due().len();
    assert!(due().iter().all(|mail| matches!(mail.state, MailState::Sent(_))), "none is set aside");
    assert_eq!(different.len(), sent, "each mail of the outbox was taken");
    let twice = taken.len() - different.len();
    assert!(twice <= usize::try_from(kills).unwrap() * ON_THE_WAY, "{twice} mails were sent twice");
    report(format_args!(
        "kill -9 on {}: {kills} kills of {servers} server(s) among {sent} mails, 0 lost, {twice} sent once more because the \
         server died before it heard that they were taken",
        database.name()
    ));
}

/// The claims of servers that died end, as they do by themselves after two minutes.
fn claims_end(store: &Store) {
    let end = |db: &mut _| diesel::sql_query("UPDATE outbox SET claimed_until = NULL").execute(db).map_err(Error::from);
    store.write(end).unwrap();
}
