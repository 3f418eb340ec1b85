//! `kill -9` at any moment: every acknowledged change is there, once, when the program is back.

use std::sync::atomic::AtomicBool;
use std::thread::sleep;
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use oplossingscentrum::clock::real_now;
use rand::RngExt;

use crate::cast::Cast;
use crate::cast::Question;
use crate::counts::report;
use crate::counts::times;
use crate::database::Database;
use crate::examine::count;
use crate::examine::examine;
use crate::server::Recipe;
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
