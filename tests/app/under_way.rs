//! An unfinished sign-in while the account changes: it ends together with its proof.

use std::sync::LazyLock;
use std::thread;
use std::time::{Duration, Instant};

use argon2::{Algorithm, Argon2, Params, PasswordHasher, Version};
use diesel::RunQueryDsl;
use oplossingscentrum::clock::{Times, real_now};
use oplossingscentrum::operations::accounts::events::By;
use oplossingscentrum::operations::accounts::second_factor::{self, Confirmed, Offer, SwitchedOn};
use oplossingscentrum::operations::accounts::{sign_in, suspension, totp};
use oplossingscentrum::store::Error;
use oplossingscentrum::turns::Turn;

use crate::page::{Form, Page};
use crate::people::Person;
use crate::world::{PASSWORD, World};

/// A hash that takes a second or more to compare with: enough time for the account to change.
fn slow_hash(text: &str) -> String {
    let slow = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(8 * 1024, 150, 1, None).unwrap());
    slow.hash_password(text.as_bytes()).unwrap().to_string()
}

static SLOW: LazyLock<String> = LazyLock::new(|| slow_hash(PASSWORD));

/// A change to an account, on the pages or on the command line.
type Change = fn(&World, &Person);

fn sets_a_password(world: &World, person: &Person) {
    let (store, new) = (&world.app.store, "een heel ander wachtwoord");
    sign_in::set_password(store, &mut Turn::alone(), person.id, new, &By::Operator, times(world)).unwrap();
}

fn signs_out_everywhere(world: &World, person: &Person) {
    sign_in::sign_out_everywhere(&world.app.store, person.id, &By::Operator, times(world)).unwrap();
}

fn suspends(world: &World, person: &Person) {
    assert!(suspension::suspend(&world.app.store, person.id, times(world)).unwrap());
}

fn switches_the_second_factor_on(world: &World, person: &Person) {
    let (store, secret) = (&world.app.store, &world.app.settings.secret);
    let offer = Offer::new(secret, person.id, real_now());
    let code = totp::code(&offer.shared, real_now()).unwrap();
    let confirmed = Confirmed { offer, code, by: By::Operator };
    let codes =
        second_factor::switch_on(store, &mut Turn::alone(), secret, person.id, &confirmed, times(world)).unwrap();
    assert!(matches!(codes, SwitchedOn::Yes { .. }));
}

fn switches_the_second_factor_off(world: &World, person: &Person) {
    assert!(second_factor::switch_off(&world.app.store, person.id, &By::Operator, times(world)).unwrap().is_some());
}

fn times(world: &World) -> Times {
    world.app.clock.times()
}

#[derive(diesel::QueryableByName)]
struct Count {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    rows: i64,
}

impl World {
    /// How many rows a table has.
    pub fn rows(&self, table: &str) -> i64 {
        let count = diesel::sql_query(format!("SELECT count(*) AS rows FROM {table}"));
        self.app.store.snapshot(|db| Ok::<_, Error>(count.get_result::<Count>(db)?.rows)).unwrap()
    }

    /// Makes that person's password slow to compare with.
    fn has_a_slow_password(&self, person: &Person) {
        self.sql(&format!("UPDATE accounts SET password_hash = '{}' WHERE id = {}", *SLOW, person.id.0)).unwrap();
    }

    /// Sends a form that signs in, and changes the account during the comparison; returns the page that the form led
    /// to.
    #[track_caller]
    fn changes_meanwhile(&self, person: &Person, form: &Form, change: Change) -> Page {
        self.sql("DELETE FROM sign_in_failures").unwrap();
        thread::scope(|scope| {
            let sending = scope.spawn(|| form.send(person));
            // An attempt is counted before it is examined.
            let begun = Instant::now();
            while self.rows("sign_in_failures") == 0 {
                assert!(begun.elapsed() < Duration::from_secs(20), "the attempt is not counted");
                thread::sleep(Duration::from_millis(5));
            }
            change(self, person);
            assert!(!sending.is_finished(), "the change came too late to test anything");
            sending.join().unwrap()
        })
    }
}

#[track_caller]
fn is_sent_back(person: &Person, answer: &Page) {
    assert!(!person.is_in(), "it was let in by what does not count any more");
    assert_eq!((answer.status, answer.location()), (303, "/sign-in"));
    person.sees("/sign-in").shows("Je account is intussen veranderd. Log nog een keer in.");
    assert!(!person.is_in());
}

#[test]
fn whoever_gave_the_old_password_while_the_account_changed_is_not_signed_in() {
    let changes: [Change; 4] = [sets_a_password, signs_out_everywhere, switches_the_second_factor_on, suspends];
    for change in changes {
        let world = World::new();
        let person = world.somebody("Kim de Boer");
        world.has_a_slow_password(&person);
        let thief = person.elsewhere();
        let form = thief.sees("/sign-in").form("/sign-in").fill("email", &thief.email).fill("password", PASSWORD);
        let answer = world.changes_meanwhile(&thief, &form, change);
        is_sent_back(&thief, &answer);
        assert_eq!(world.rows("sessions"), 0, "no session is left, half signed in or not");
    }
}

#[test]
fn whoever_gave_the_password_before_the_second_factor_changed_is_asked_for_it_again() {
    let world = World::new();
    let person = world.somebody("Kim de Boer");
    person.switches_second_factor_on();
    world.has_a_slow_password(&person);
    let thief = person.elsewhere();
    let form = thief.sees("/sign-in").form("/sign-in").fill("email", &thief.email).fill("password", PASSWORD);
    let answer = world.changes_meanwhile(&thief, &form, switches_the_second_factor_off);
    is_sent_back(&thief, &answer);
}

#[test]
fn whoever_gave_a_code_while_the_account_changed_is_not_signed_in() {
    let changes: [Change; 4] = [sets_a_password, signs_out_everywhere, suspends, switches_the_second_factor_off];
    for (change, status) in changes.into_iter().zip([303, 303, 303, 422]) {
        let world = World::new();
        let person = world.somebody("Kim de Boer");
        let (_, codes) = person.switches_second_factor_on();
        let thief = person.elsewhere();
        let form = thief.gives_password().fill("code", &codes[0]);
        let typed = codes[0].split_once('-').unwrap().1.replace('-', "");
        world.sql(&format!("UPDATE recovery_codes SET code_hash = '{}'", slow_hash(&typed))).unwrap();
        let answer = world.changes_meanwhile(&thief, &form, change).must(status);
        if status == 303 {
            is_sent_back(&thief, &answer);
        }
        // Without the second factor its codes are gone too, and so is this one.
        assert!(!thief.is_in());
    }
}

#[test]
fn whoever_changes_their_own_password_stays_signed_in_here() {
    let world = World::new();
    let person = world.somebody("Kim de Boer");
    let form = person.sees("/account").form("/account/password");
    person.done(&form.fill("current_password", PASSWORD).fill("new_password", "een heel ander wachtwoord"));
    assert!(person.is_in());
    person.elsewhere().signs_in("een heel ander wachtwoord").must(303);
}
