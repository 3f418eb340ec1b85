//! Limits on sign-in attempts: counted once for all servers, also for parallel attempts.

use crate::page::Form;
use crate::passwords::mails;
use crate::people::Browser;
use crate::people::Person;
use crate::world::PASSWORD;
use crate::world::World;

/// Sends these forms at the same time; returns how many were examined and how many were told to wait.
fn all_at_once(forms: &[(Browser, Form)]) -> (usize, usize) {
    let answers: Vec<u16> = std::thread::scope(|scope| {
        let sent: Vec<_> = forms.iter().map(|(browser, form)| scope.spawn(|| form.send(browser).status)).collect();
        sent.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let count = |status: u16| answers.iter().filter(|answer| **answer == status).count();
    assert_eq!(count(422) + count(429), forms.len(), "{answers:?}");
    (count(422), count(429))
}

/// The same person at two servers, each with a browser of its own.
fn at_both(person: &Person, other: &str) -> [Person; 2] {
    [person.elsewhere(), person.with(person.elsewhere().at(other))]
}

#[test]
fn wrong_passwords_at_two_servers_are_counted_together() {
    let world = World::new();
    let other = world.another_server();
    let people = at_both(&world.customer(), &other.address);
    for turn in 0..10 {
        people[turn % 2].signs_in("dit is het niet").must(422);
    }
    for person in &people {
        person.signs_in(PASSWORD).must(429);
    }
}

#[test]
fn of_many_guesses_at_once_at_two_servers_ten_are_looked_at() {
    let world = World::new();
    let other = world.another_server();
    let people = at_both(&world.customer(), &other.address);
    let filled = |person: &Person| {
        let form = person.sees("/sign-in").form("/sign-in").fill("email", &person.email);
        (person.browser.clone(), form.fill("password", "dit is het niet"))
    };
    let forms: Vec<_> = people.iter().cycle().take(16).map(filled).collect();
    assert_eq!(all_at_once(&forms), (10, 6));
}

#[test]
fn of_many_codes_at_once_at_two_servers_five_are_looked_at() {
    let world = World::new();
    let other = world.another_server();
    let customer = world.customer();
    customer.switches_second_factor_on();
    let people = at_both(&customer, &other.address);
    let forms =
        people.each_ref().map(|person| (person.browser.clone(), person.gives_password().fill("code", "000000")));
    let forms: Vec<_> = forms.iter().cycle().take(10).cloned().collect();
    assert_eq!(all_at_once(&forms), (5, 5));
}

#[test]
fn password_links_asked_for_at_two_servers_are_counted_together() {
    let world = World::new();
    let other = world.another_server();
    let people = at_both(&world.customer(), &other.address);
    for turn in 0..6 {
        people[turn % 2].asks_for_a_link(&people[0].email).must(303);
    }
    assert_eq!(mails(&world, &people[0].email).len(), 3, "for one account");
    for turn in 6..20 {
        people[turn % 2].asks_for_a_link(&format!("iemand{turn}@example.com")).must(303);
    }
    for person in &people {
        person.asks_for_a_link("nog.iemand@example.com").must(429);
    }
}
