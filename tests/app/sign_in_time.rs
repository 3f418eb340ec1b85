//! Timing: how long an answer takes does not tell whether an address has an account, or a password.

use std::net::Ipv4Addr;
use std::time::{Duration, Instant};

use oplossingscentrum::clock::real_now;
use oplossingscentrum::operations::accounts::passwords;
use oplossingscentrum::operations::accounts::sign_in::{Attempt, SignIn, sign_in};
use oplossingscentrum::turns::Turn;

use crate::counts::is_long;
use crate::counts::report;
use crate::counts::times;
use crate::world::World;

/// The most measurements.
const TRIES: usize = 5;

fn median(mut taken: Vec<Duration>) -> Duration {
    taken.sort_unstable();
    taken[taken.len() / 2]
}

/// How much longer the slowest takes than the fastest, in hundredths.
fn spread(medians: &[Duration]) -> f64 {
    let (fastest, slowest) = (medians.iter().min().unwrap(), medians.iter().max().unwrap());
    (slowest.as_secs_f64() / fastest.as_secs_f64() - 1.0) * 100.0
}

#[test]
fn a_wrong_password_takes_as_long_for_a_known_address_an_unknown_one_and_one_without_a_password() {
    let world = World::new();
    let (known, without) = (world.customer(), world.freelancer());
    let hash = passwords::hash(&mut Turn::alone(), "het echte wachtwoord");
    world.sql(&format!("UPDATE accounts SET password_hash = '{hash}' WHERE email = '{}'", known.email)).unwrap();
    world.sql(&format!("UPDATE accounts SET password_hash = NULL WHERE email = '{}'", without.email)).unwrap();
    let addresses = [known.email.as_str(), "niemand@example.com", without.email.as_str()];
    let store = &world.app.store;
    let mut turn = Turn::alone();
    let mut one = |email: &str, round: u32| {
        if round.is_multiple_of(8) {
            world.sql("DELETE FROM sign_in_failures").unwrap();
        }
        let begun = Instant::now();
        let (email, password) = (email.to_owned(), "dit is het niet".to_owned());
        let attempt = Attempt { address: Ipv4Addr::from_bits(round).into(), device: None, email, password };
        let tried = sign_in(store, &mut turn, &world.app.settings.secret, &attempt, real_now()).unwrap();
        assert_eq!(tried, SignIn::Wrong, "{}", attempt.email);
        begun.elapsed()
    };
    // The short run takes few samples and allows for chance; only the long run measures the promise.
    let (rounds, most) = (times(24, 300), if is_long() { 5.0 } else { 40.0 });
    // One after the other, each first in turn, so that other work on this machine slows all three alike. When it does
    // not, the measurement is repeated: chance differs each time, and a real difference is there every time.
    let mut spreads = Vec::new();
    for _ in 0..TRIES {
        let medians = measure(rounds, |who, round| one(addresses[who], round)).map(median);
        world.sql("DELETE FROM sign_in_failures").unwrap();
        let spread = spread(&medians);
        report(format_args!("{rounds} sign-ins each: known, unknown, no password {medians:.2?}, {spread:.1} % apart"));
        assert!(medians[0] > Duration::from_millis(5), "the real parameters were measured: {medians:?}");
        if spread < most {
            return;
        }
        spreads.push(spread);
    }
    panic!("{spreads:.1?} % apart");
}

/// How long each of the three takes, in every round.
fn measure(rounds: u32, mut one: impl FnMut(usize, u32) -> Duration) -> [Vec<Duration>; 3] {
    let mut taken = [vec![], vec![], vec![]];
    for round in 0..rounds {
        for turn in 0..3 {
            let who = ((round + turn) % 3) as usize;
            taken[who].push(one(who, round));
        }
    }
    taken
}
