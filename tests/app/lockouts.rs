//! Strangers cannot lock an owner out. Their wrong attempts never stop a browser that signed in before, a person with a
//! link from the account's mailbox, or a person who is signed in already.

use diesel::RunQueryDsl;
use oplossingscentrum::clock::real_now;
use oplossingscentrum::operations::accounts::limits::{self, Limits, Verdict};
use oplossingscentrum::secret::hex;
use oplossingscentrum::store::accounts::generations::Generations;
use oplossingscentrum::store::{Db, Error};
use sha2::{Digest, Sha256};

use crate::databases::Database;
use crate::page::{Form, Page};
use crate::passwords::{NEW, link_for, mails};
use crate::people::{Browser, Person};
use crate::program::Serving;
use crate::world::{Kind, PASSWORD, World};

const WRONG: &str = "dit is het niet";
const OTHER: &str = "nog een ander wachtwoord";
const HERE: &str = "203.0.113.9";
const ELSEWHERE: &str = "198.51.100.7";

impl World {
    /// A world behind proxies, in which each browser names its own address.
    fn behind(proxies: &str) -> Self {
        let mut world = Self::closed(Kind::default());
        world.settings().behind_proxy = proxies.parse().unwrap();
        world.opens();
        world
    }

    /// The names under which failed attempts are stored.
    fn failures(&self) -> Vec<String> {
        #[derive(diesel::QueryableByName)]
        struct Row {
            #[diesel(sql_type = diesel::sql_types::Text)]
            who_hash: String,
        }
        let load =
            |db: &mut Db| Ok::<Vec<Row>, Error>(diesel::sql_query("SELECT who_hash FROM sign_in_failures").load(db)?);
        self.app.store.snapshot(load).unwrap().into_iter().map(|row| row.who_hash).collect()
    }

    /// Stores a stranger's wrong password for each of these addresses, from that place.
    fn failed(&self, emails: &[String], place: &str) {
        let limits = Limits::new(&self.app.settings.secret, Generations::default());
        let count = |db: &mut Db| {
            for email in emails {
                let limits = limits.passwords_of_strangers(email, place.parse().unwrap());
                let verdict = limits::count(db, limits, real_now())?;
                assert!(matches!(verdict, Verdict::Allowed(_)), "it is looked at");
            }
            Ok::<_, Error>(())
        };
        self.app.store.write(count).unwrap();
    }

    /// The sign-in form, as a visitor at that address sees it.
    fn stranger(&self, address: &str) -> Stranger {
        let browser = self.visitor().coming_from(address);
        Stranger { form: browser.sees("/sign-in").form("/sign-in"), browser }
    }
}

/// A visitor who guesses passwords.
struct Stranger {
    browser: Browser,
    form: Form,
}

impl Stranger {
    fn tries(&self, email: &str, password: &str) -> Page {
        self.form.clone().fill("email", email).fill("password", password).send(&self.browser)
    }

    /// Guesses until told to wait; returns how many guesses were examined.
    fn guesses_until_told_to_wait(&self, email: &str) -> usize {
        let looked_at = (0..60).take_while(|_| self.tries(email, WRONG).status == 422).count();
        assert!(looked_at < 60, "nobody stops it");
        looked_at
    }

    /// Guesses once for each of these accounts.
    fn tries_accounts(&self, from: usize, to: usize) {
        for number in from..to {
            self.tries(&format!("iemand{number}@example.com"), WRONG).must(422);
        }
    }
}

impl Person {
    /// The same person in a new browser, at that address.
    fn new_browser(&self, address: &str) -> Self {
        self.with(self.elsewhere().browser.clone().coming_from(address))
    }

    fn signs_out(&self) {
        self.sees("/account").form("/sign-out").send(self).must(303);
    }

    fn changes_password(&self, current: &str, new: &str) -> Page {
        let form = self.sees("/account").form("/account/password");
        form.fill("current_password", current).fill("new_password", new).send(self)
    }
}

/// Guesses codes until told to wait; returns how many were examined.
fn guesses_codes(form: &Form, browser: &Browser) -> usize {
    (0..60).take_while(|_| form.clone().fill("code", "000000").send(browser).status == 422).count()
}

#[test]
fn a_link_from_the_mailbox_opens_the_account_while_a_stranger_guesses_on() {
    let world = World::behind("true");
    let owner = world.customer().new_browser(HERE);
    let stranger = world.stranger(HERE);
    assert_eq!(stranger.guesses_until_told_to_wait(&owner.email), 10);
    owner.signs_in(PASSWORD).must(429).shows("een link");
    let link = link_for(&world, &owner);
    stranger.tries(&owner.email, WRONG).must(429);
    let answer = owner.sets_password(&link, NEW);
    stranger.guesses_until_told_to_wait(&owner.email);
    owner.follow(&answer);
    assert!(owner.is_in(), "the link signs in");
    owner.signs_out();
    stranger.guesses_until_told_to_wait(&owner.email);
    owner.signs_in(NEW).must(303);
    assert!(owner.is_in(), "and makes the browser known");
}

#[test]
fn a_browser_that_signed_in_before_signs_in_while_a_stranger_guesses_on() {
    let world = World::behind("true");
    let owner = world.customer().new_browser(HERE);
    owner.signs_in(PASSWORD).must(303);
    owner.signs_out();
    let stranger = world.stranger(HERE);
    stranger.guesses_until_told_to_wait(&owner.email);
    stranger.tries_accounts(1, 50);
    stranger.tries("nog.iemand@example.com", WRONG).must(429);
    for _ in 0..9 {
        owner.signs_in(WRONG).must(422);
    }
    owner.signs_in(PASSWORD).must(303);
    assert!(owner.is_in(), "neither the account's limit nor the address's stops it");
    owner.new_browser(HERE).signs_in(PASSWORD).must(429);
}

#[test]
fn a_known_browser_has_a_limit_of_its_own() {
    let world = World::behind("true");
    let owner = world.customer().new_browser(HERE);
    owner.signs_in(PASSWORD).must(303);
    owner.signs_out();
    for _ in 0..10 {
        owner.signs_in(WRONG).must(422);
    }
    owner.signs_in(PASSWORD).must(429);
    owner.new_browser(HERE).signs_in(PASSWORD).must(303);
}

#[test]
fn who_is_signed_in_changes_the_password_and_the_second_factor_while_a_stranger_guesses_on() {
    let world = World::behind("true");
    let owner = world.customer();
    let owner = owner.with(owner.browser.clone().coming_from(HERE));
    let stranger = world.stranger(HERE);
    stranger.guesses_until_told_to_wait(&owner.email);
    owner.changes_password(PASSWORD, NEW).must(303);
    stranger.guesses_until_told_to_wait(&owner.email);
    owner.changes_password(NEW, PASSWORD).must(303);
    stranger.guesses_until_told_to_wait(&owner.email);
    owner.switches_second_factor_on();
    stranger.guesses_until_told_to_wait(&owner.email);
    let form = owner.sees("/account/second-factor").form("/account/second-factor/off");
    form.fill("current_password", PASSWORD).send(&owner.browser).must(303);
}

#[test]
fn a_password_by_mail_forgets_no_wrong_code() {
    let world = World::behind("true");
    let owner = world.customer();
    owner.switches_second_factor_on();
    let mut looked_at = 0;
    for new in ["het eerste van drie", "het tweede van drie", "het derde van drie"] {
        // A person who reads the owner's mail, and has no code.
        let reader = owner.new_browser(ELSEWHERE);
        let answer = reader.sets_password(&link_for(&world, &owner), new);
        let page = reader.follow(&answer);
        looked_at += guesses_codes(&page.form("/sign-in/code"), &reader);
        let again = reader.new_browser(ELSEWHERE);
        let page = again.follow(&again.signs_in(new).must(303));
        looked_at += guesses_codes(&page.form("/sign-in/code"), &again);
    }
    assert_eq!(looked_at, 10, "five by link and five by password");
}

#[test]
fn behind_two_proxies_each_visitor_has_an_address_of_their_own() {
    let world = World::behind("2");
    let owner = world.customer();
    let stranger = world.stranger(&format!("{ELSEWHERE}, 10.0.0.2"));
    stranger.tries_accounts(0, 50);
    stranger.tries("nog.iemand@example.com", WRONG).must(429);
    owner.new_browser(&format!("{HERE}, 10.0.0.2")).signs_in(PASSWORD).must(303);
}

#[test]
fn failures_are_kept_as_hashes_that_need_the_key() {
    let world = World::behind("true");
    world.stranger(HERE).tries("niemand@example.com", WRONG).must(422);
    let kept = world.failures();
    assert!(!kept.is_empty());
    for known in ["account:niemand@example.com", "address:203.0.113.9", "niemand@example.com", HERE] {
        let plain = hex(&Sha256::digest(known));
        assert!(!kept.contains(&plain) && !kept.contains(&known.to_owned()), "{known}");
    }
}

#[test]
fn who_knows_the_password_and_guesses_codes_stops_neither_a_known_browser_nor_a_link() {
    let world = World::behind("true");
    let owner = world.customer();
    let (app, codes) = owner.switches_second_factor_on();
    world.codes_are_new_again();
    let known = owner.new_browser(HERE);
    known.signs_in_with(&app.code(0)).must(303);
    known.signs_out();
    let thief = owner.new_browser(HERE);
    let form = thief.gives_password();
    assert_eq!(guesses_codes(&form, &thief), 5);
    thief.new_browser(ELSEWHERE).signs_in_with(&codes[0]).must(429);
    known.signs_in_with(&codes[1]).must(303);
    assert!(known.is_in());
    let by_link = owner.new_browser(ELSEWHERE);
    let page = by_link.follow(&by_link.sets_password(&link_for(&world, &owner), NEW));
    page.form("/sign-in/code").fill("code", &codes[2]).send(&by_link).must(303);
    assert!(by_link.is_in());
}

#[test]
fn a_right_code_forgets_the_wrong_codes_of_its_own_way_only() {
    let world = World::behind("true");
    let owner = world.customer();
    let (_, codes) = owner.switches_second_factor_on();
    let thief = owner.new_browser(ELSEWHERE);
    let form = thief.gives_password();
    assert_eq!(guesses_codes(&form, &thief), 5);
    let by_link = owner.new_browser(HERE);
    let page = by_link.follow(&by_link.sets_password(&link_for(&world, &owner), OTHER));
    page.form("/sign-in/code").fill("code", &codes[0]).send(&by_link).must(303);
    let again = owner.new_browser(ELSEWHERE);
    let page = again.follow(&again.signs_in(OTHER).must(303));
    page.form("/sign-in/code").fill("code", "000000").send(&again).must(429);
}

#[test]
fn ten_wrong_passwords_at_one_place_stop_no_other_place() {
    let world = World::behind("true");
    let owner = world.customer();
    let stranger = world.stranger(ELSEWHERE);
    assert_eq!(stranger.guesses_until_told_to_wait(&owner.email), 10);
    owner.new_browser(ELSEWHERE).signs_in(PASSWORD).must(429);
    owner.new_browser(HERE).signs_in(PASSWORD).must(303);
}

#[test]
fn a_place_that_is_new_to_the_account_gets_in_while_many_places_guess() {
    let world = World::behind("true");
    let owner = world.customer();
    let guesses = |from: u8, to: u8, each: usize| {
        for place in from..to {
            world.failed(&vec![owner.email.clone(); each], &format!("192.0.2.{place}"));
        }
    };
    // A hundred in an hour: a place with three failures before waits, a new place does not.
    guesses(0, 34, 3);
    let stranger = world.stranger("192.0.2.1");
    stranger.tries(&owner.email, WRONG).must(429);
    let late = owner.new_browser(HERE);
    late.signs_in(WRONG).must(422);
    late.signs_in(WRONG).must(422);
    late.signs_in(PASSWORD).must(303);
    let mistaken = world.stranger("198.51.100.8");
    for _ in 0..3 {
        mistaken.tries(&owner.email, WRONG).must(422);
    }
    mistaken.tries(&owner.email, PASSWORD).must(429);
    world.hours_pass_for_real(1);
    mistaken.tries(&owner.email, PASSWORD).must(303);
}

#[test]
fn of_ipv6_networks_of_64_56_and_48_bits_have_a_limit_each() {
    let world = World::behind("true");
    let mut number = 0;
    let mut fails_from = |place: &str, times: usize| {
        let emails: Vec<_> = (number..number + times).map(|number| format!("iemand{number}@example.com")).collect();
        number += times;
        world.failed(&emails, place);
    };
    let waits = |place: &str| world.stranger(place).tries("nog.iemand@example.com", WRONG).status == 429;
    fails_from("2001:db8:1:100::1", 50);
    assert!(waits("2001:db8:1:100:ffff::2"), "50 from a /64");
    assert!(!waits("2001:db8:1:101::2"));
    for network in 1..4 {
        fails_from(&format!("2001:db8:1:10{network}::1"), if network == 1 { 49 } else { 50 });
    }
    assert!(waits("2001:db8:1:1ff::2"), "200 from a /56");
    assert!(!waits("2001:db8:1:200::2"));
    for network in 3..7 {
        for half in 0..4 {
            fails_from(&format!("2001:db8:1:{network}0{half}::1"), 50);
        }
    }
    assert!(waits("2001:db8:1:ff00::2"), "1,000 from a /48");
    assert!(!waits("2001:db8:2::2"));
}

#[test]
fn who_mistypes_again_and_again_counts_once_for_an_address_that_many_share() {
    let world = World::behind("true");
    let stranger = world.stranger(HERE);
    for email in ["een@example.com", "twee@example.com", "drie@example.com", "vier@example.com", "vijf@example.com"] {
        assert_eq!(stranger.guesses_until_told_to_wait(email), 10);
    }
    stranger.tries_accounts(0, 45);
    stranger.tries("nog.iemand@example.com", WRONG).must(429);
}

#[test]
fn links_are_asked_for_from_a_known_browser_however_many_others_asked_from_that_address() {
    let world = World::behind("true");
    let owner = world.customer().new_browser(HERE);
    owner.signs_in(PASSWORD).must(303);
    owner.signs_out();
    let visitor = world.visitor().coming_from(HERE);
    for number in 0..20 {
        visitor.asks_for_a_link(&format!("iemand{number}@example.com")).must(303);
    }
    visitor.asks_for_a_link(&owner.email).must(429);
    owner.asks_for_a_link(&owner.email).must(303);
    assert_eq!(mails(&world, &owner.email).len(), 1);
}

#[test]
fn the_cookie_of_a_known_browser_lives_for_a_year_and_opens_nothing() {
    for (world, name) in [(World::https(), "__Host-device"), (World::new(), "device")] {
        let owner = world.customer().elsewhere();
        let wrong = owner.signs_in(WRONG).must(422);
        assert!(device_cookie(&wrong, name).is_none(), "only who gets in");
        let page = owner.signs_in(PASSWORD).must(303);
        let cookie = device_cookie(&page, name).expect("the browser is known now");
        for flag in ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=31536000"] {
            assert!(cookie.contains(flag), "{flag}: {cookie}");
        }
        assert_eq!(cookie.contains("Secure"), name.starts_with("__Host-"), "{cookie}");
        assert!(!cookie.contains("Domain") && !cookie.contains(&owner.id.0.to_string()), "{cookie}");
        let alone = world.visitor();
        alone.takes_cookie(cookie.split("; ").next().unwrap());
        assert_eq!(alone.get("/account").status, 303, "it signs nobody in");
    }
}

/// The cookie of a known browser that an answer sets.
fn device_cookie<'a>(page: &'a Page, name: &str) -> Option<&'a str> {
    let cookies = page.headers.get_all("set-cookie").iter().map(|cookie| cookie.to_str().unwrap());
    cookies.into_iter().find(|cookie| cookie.starts_with(&format!("{name}=")))
}

/// Whether the account knows that browser: it gets in where strangers have used up their attempts.
fn is_known(world: &World, person: &Person, password: &str) -> bool {
    world.stranger(HERE).guesses_until_told_to_wait(&person.email);
    person.signs_in(password).status == 303
}

#[test]
fn a_browser_stays_known_after_signing_out_and_a_new_password_until_signing_out_everywhere() {
    let world = World::behind("true");
    let owner = world.customer().new_browser(HERE);
    owner.signs_in(PASSWORD).must(303);
    owner.signs_out();
    assert!(is_known(&world, &owner, PASSWORD), "after signing out");
    owner.changes_password(PASSWORD, NEW).must(303);
    owner.signs_out();
    assert!(is_known(&world, &owner, NEW), "after a new password");
    let elsewhere = owner.new_browser(HERE);
    elsewhere.sets_password(&link_for(&world, &owner), PASSWORD).must(303);
    assert!(is_known(&world, &owner, PASSWORD), "after a new password by mail");
    owner.sees("/account").form("/account/sign-out-everywhere").send(&owner.browser).must(303);
    assert!(!is_known(&world, &owner, PASSWORD), "after signing out everywhere");
    assert!(!is_known(&world, &elsewhere, PASSWORD), "in no browser");
}

#[test]
fn a_browser_is_known_to_each_account_that_signed_in_with_it() {
    let world = World::behind("true");
    let (customer, freelancer) = world.parties();
    let shared = customer.new_browser(HERE);
    let other = freelancer.with(shared.browser.clone());
    shared.signs_in(PASSWORD).must(303);
    shared.signs_out();
    other.signs_in(PASSWORD).must(303);
    other.sees("/account").form("/account/sign-out-everywhere").send(&other.browser).must(303);
    assert!(!is_known(&world, &other, PASSWORD));
    assert!(is_known(&world, &shared, PASSWORD), "what one ends is not ended for the other");
    let stranger = world.somebody("Iemand Anders");
    assert!(!is_known(&world, &stranger.with(shared.new_browser(HERE).browser.clone()), PASSWORD));
}

#[test]
fn a_stranger_learns_nothing_from_the_limits_of_an_account() {
    let world = World::behind("true");
    let owner = world.customer();
    let Stranger { browser, form } = world.stranger(HERE);
    let of = |email: &str, address: &str| {
        let stranger = Stranger { browser: browser.clone().coming_from(address), form: form.clone() };
        let answers = (0..12).map(|_| stranger.tries(email, WRONG)).map(|answer| {
            // The number of seconds to wait depends on the moment of asking.
            answer.bare().replace(email, "").replace(answer.header("retry-after"), "")
        });
        answers.collect::<Vec<_>>()
    };
    let nobody = "niets@example.com";
    assert_eq!(nobody.len(), owner.email.len());
    assert_eq!(of(&owner.email, HERE), of(nobody, ELSEWHERE));
}

#[test]
fn every_link_of_an_account_works_until_one_is_used() {
    let world = World::behind("true");
    let owner = world.customer();
    let [first, second, third] = [(); 3].map(|()| link_for(&world, &owner));
    for link in [&first, &second, &third] {
        world.visitor().sees(link);
    }
    world.visitor().sets_password(&second, NEW).must(303);
    for link in [&first, &second, &third] {
        world.visitor().get(link).must(404);
    }
}

#[test]
fn recovery_codes_are_made_five_times_an_hour_at_most() {
    let world = World::behind("true");
    let owner = world.customer();
    owner.switches_second_factor_on();
    let codes = "/account/second-factor/codes";
    let renews = || owner.sees("/account/second-factor").form(codes).fill("current_password", PASSWORD).send(&owner);
    for _ in 0..4 {
        renews().must(303);
    }
    let page = renews().must(429);
    page.shows("Je hebt kort na elkaar vaak herstelcodes laten maken.");
    assert!((1..=3600).contains(&page.header("retry-after").parse::<u32>().unwrap()));
    world.hours_pass_for_real(1);
    renews().must(303);
}

#[test]
fn the_command_line_forgets_what_is_counted_for_one_account() {
    let world = World::behind("true");
    let (owner, other) = world.parties();
    owner.switches_second_factor_on();
    let thief = owner.new_browser(HERE);
    let form = thief.gives_password();
    assert_eq!(guesses_codes(&form, &thief), 5);
    let stranger = world.stranger(HERE);
    for person in [&owner, &other] {
        stranger.guesses_until_told_to_wait(&person.email);
    }
    let (went_well, said) = world.runs(&["limits", "clear", &owner.email], "");
    assert!(went_well, "{said}");
    let again = owner.new_browser(HERE);
    assert_eq!(guesses_codes(&again.gives_password(), &again), 5, "codes and passwords count from the beginning");
    other.new_browser(HERE).signs_in(PASSWORD).must(429);
    assert!(!world.runs(&["limits", "clear", "niemand@example.com"], "").0);
}

#[test]
fn a_header_that_is_not_believed_is_told_in_the_log_once() {
    let database = Database::sqlite();
    for (arguments, times) in [(&[][..], 1), (&["--behind-proxy"], 0), (&["--behind-proxy", "203.0.113.0/24"], 1)] {
        let serving = Serving::start(&database.address(), arguments);
        let client = reqwest::blocking::Client::builder().no_proxy().build().unwrap();
        for _ in 0..3 {
            let request = client.get(format!("http://{}/sign-in", serving.address));
            assert_eq!(request.header("x-forwarded-for", HERE).send().unwrap().status(), 200);
        }
        serving.gets("TERM");
        let (_, _, log) = serving.ends();
        assert_eq!(log.matches("X-Forwarded-For").count(), times, "{arguments:?}: {log}");
        assert!(!log.contains(HERE), "{log}");
    }
}
