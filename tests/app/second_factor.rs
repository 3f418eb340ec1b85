//! The second factor: switching it on and off, and the code after the password.

use oplossingscentrum::clock::real_now;
use oplossingscentrum::operations::accounts::{devices, totp};

use crate::page::Form;
use crate::page::Page;
use crate::page::squeezed;
use crate::passwords::NEW;
use crate::passwords::link_for;
use crate::people::Person;
use crate::world::PASSWORD;
use crate::world::World;

const PAGE: &str = "/account/second-factor";
const SET_UP: &str = "/account/second-factor/set-up";
const WRONG: &str = "Deze code werkt niet, of is al gebruikt. Vul de nieuwste code uit je app in.";

/// An app on a phone, with the secret that it read from the page.
pub struct Authenticator {
    pub secret: String,
}

impl Authenticator {
    /// Reads the secret from that page.
    fn scans(page: &Page) -> Self {
        Self { secret: squeezed(&page.document().select("code.secret").text()).replace(' ', "") }
    }

    /// The code that it shows, some steps of thirty seconds from now.
    pub fn code(&self, steps: i64) -> String {
        totp::code(&self.secret, real_now() + chrono::TimeDelta::seconds(30 * steps)).expect("it is a secret")
    }
}

impl Person {
    /// The form that switches the second factor on, filled in with the app's code.
    pub fn second_factor_form(&self) -> (Authenticator, Form) {
        let page = self.sees(SET_UP);
        let app = Authenticator::scans(&page);
        let form = page.form(SET_UP).fill("current_password", PASSWORD).fill("code", &app.code(0));
        (app, form)
    }

    /// Switches the second factor on; returns the app and the recovery codes.
    #[track_caller]
    pub fn switches_second_factor_on(&self) -> (Authenticator, Vec<String>) {
        let (app, form) = self.second_factor_form();
        let page = self.done(&form);
        (app, codes(&page))
    }

    /// Gives the password, and returns the form that asks for the code.
    #[track_caller]
    pub fn gives_password(&self) -> Form {
        let answer = self.signs_in(PASSWORD).must(303);
        self.sees(answer.location()).form("/sign-in/code")
    }

    /// Signs in with the password and that code.
    #[track_caller]
    pub fn signs_in_with(&self, code: &str) -> Page {
        self.gives_password().fill("code", code).send(self)
    }

    pub fn is_in(&self) -> bool {
        self.get("/orders").status == 200
    }
}

impl World {
    /// Makes every used code old, as if minutes had passed.
    pub fn codes_are_new_again(&self) {
        self.sql("UPDATE second_factors SET last_step = last_step - 10").unwrap();
    }

    /// The tables of second factors, as text.
    pub fn written_factors(&self, person: &Person) -> String {
        use oplossingscentrum::store::accounts::second_factors as factors;
        self.app
            .store
            .snapshot(|db| {
                let codes: Vec<_> = (1..=10).map(|number| factors::code_hash(db, person.id, number)).collect();
                Ok::<_, oplossingscentrum::store::Error>(format!("{:?} {codes:?}", factors::find(db, person.id)?))
            })
            .unwrap()
    }
}

/// The recovery codes on a page.
pub fn codes(page: &Page) -> Vec<String> {
    page.document().select(".codes li").iter().map(|code| squeezed(&code.text())).collect()
}

#[test]
fn it_is_switched_on_with_a_code_of_the_app_and_the_password() {
    let world = World::new();
    let (customer, elsewhere) = (world.customer(), world.customer());
    let page = customer.sees(PAGE);
    page.shows("Inloggen in twee stappen");
    assert_eq!(page.link_named("Instellen").as_deref(), Some(SET_UP));
    let page = customer.sees(SET_UP);
    let document = page.document();
    assert_eq!(document.select("svg.qr path").length(), 1, "a picture for the camera");
    let address = page.link_named("Staat de app op dit apparaat").unwrap();
    assert!(address.starts_with("otpauth://totp/Oplossingscentrum:klant%40example.com?secret="), "{address}");
    let before = customer.cookies();
    let (app, codes) = customer.switches_second_factor_on();
    assert!(!address.contains(&app.secret), "each page offers a secret of its own");
    assert_eq!(codes.len(), 10);
    customer.sees(PAGE).shows("Aan Na je wachtwoord").shows("Herstelcodes over10");
    assert!(customer.is_in() && customer.cookies() != before, "this session goes on, with a key of its own");
    assert!(!elsewhere.is_in(), "the others are over");
    customer.get(SET_UP).must(303);
    customer.sees("/account").shows("Aan Na je wachtwoord");
}

#[test]
fn whoever_knows_the_password_alone_ends_no_session_and_no_sign_in_of_its_owner() {
    let world = World::new();
    let customer = world.customer();
    let (_, codes) = customer.switches_second_factor_on();
    world.codes_are_new_again();
    let known = customer.elsewhere();
    known.signs_in_with(&codes[0]).must(303);
    known.done(&known.sees("/orders").form("/sign-out"));
    let own = known.gives_password();
    for nth in 1..devices::MOST_UNFINISHED + 10 {
        let answer = customer.elsewhere().signs_in(PASSWORD).must(303);
        assert_eq!(answer.location().starts_with("/sign-in/code"), nth < devices::MOST_UNFINISHED, "{nth}");
    }
    let refused = customer.elsewhere();
    let answer = refused.signs_in(PASSWORD).must(303);
    refused.sees(answer.location()).shows("Er is te vaak geprobeerd in te loggen");
    own.fill("code", &codes[1]).send(&known).must(303);
    assert!(known.is_in() && customer.is_in());
    assert_eq!(world.sessions_of(&customer).len(), 2, "an unfinished sign-in is no device");
}

#[test]
fn the_page_that_sets_it_up_says_what_is_wrong_and_keeps_its_secret() {
    let world = World::new();
    let customer = world.customer();
    let page = customer.sees(SET_UP);
    let form = page.form(SET_UP);
    let missing =
        [("code", "Vul de code in die je app nu laat zien"), ("current_password", "Vul je huidige wachtwoord in")];
    form.send(&customer).refuses(&missing);
    let filled = |code: &str, password: &str| form.clone().fill("code", code).fill("current_password", password);
    let app = Authenticator::scans(&page);
    let wrong = "Deze code hoort niet bij de sleutel hierboven.";
    for code in ["000000", "12345", "abcdef", "x", &app.code(5), &app.code(-5)] {
        let again = filled(code, PASSWORD).send(&customer);
        assert!(again.summary()[0].1.starts_with(wrong), "{code}: {:?}", again.summary());
        assert_eq!(again.form(SET_UP).value("offer"), form.value("offer"), "the same secret is offered");
    }
    let current = ("current_password", "Dit is niet je huidige wachtwoord");
    filled(&app.code(0), "dit is het niet").send(&customer).refuses(&[current]);
    customer.sees(PAGE).shows("Instellen");
    // The offer of another account is of no use, nor is one that was made up.
    let freelancer = world.freelancer();
    for offer in [form.value("offer"), "x"] {
        let forged = filled(&app.code(0), PASSWORD).forge("offer", offer);
        forged.forge("csrf_token", &freelancer.csrf_token()).send(&freelancer).must(422);
    }
    filled(&format!(" {} {} ", &app.code(0)[..3], &app.code(0)[3..]), PASSWORD).send(&customer).must(303);
}

#[test]
fn after_the_password_the_code_is_asked_and_nobody_is_signed_in_before() {
    let world = World::new();
    let order = world.order().active();
    let (app, _) = world.customer().switches_second_factor_on();
    world.codes_are_new_again();
    let customer = world.visitor();
    let customer = world.freelancer().with(customer);
    let way = customer.get(&order.path).must(303).location().to_owned();
    let form = customer.sees(&way).form("/sign-in").fill("email", "klant@example.com").fill("password", PASSWORD);
    let page = customer.done(&form);
    assert_eq!((page.h1().as_str(), page.path.starts_with("/sign-in/code")), ("Vul je code in", true));
    for address in ["/orders", "/account", PAGE, &order.path, "/account/second-factor/codes"] {
        customer.get(address).must(303);
    }
    customer.post(&order.at("/disputes"), &[("kind", "update"), ("comment", "x")]).must(303);
    assert!(world.disputes(&order).is_empty());
    let before = customer.cookies();
    let form = page.form("/sign-in/code");
    assert_eq!(
        customer.done(&form.fill("code", &app.code(0))).path,
        order.path,
        "and then on to where they were going"
    );
    assert_ne!(customer.cookies(), before, "with a new key");
}

#[test]
fn a_code_works_once_and_a_step_of_drift_is_forgiven() {
    let world = World::new();
    let customer = world.customer();
    // Each used code is kept as a value: half a minute may end between two lines.
    let (app, form) = customer.second_factor_form();
    let used = form.value("code").to_owned();
    customer.done(&form);
    let again = customer.elsewhere();
    again.signs_in_with(&used).refuses(&[("code", WRONG)]);
    assert!(!again.is_in(), "the code that switched it on was used by that");
    world.codes_are_new_again();
    let used = app.code(1);
    again.signs_in_with(&used).must(303);
    let other = customer.elsewhere();
    for code in [used, app.code(0), app.code(-1)] {
        other.signs_in_with(&code).refuses(&[("code", WRONG)]);
    }
    world.codes_are_new_again();
    // Read when the password is given already: half a minute later it is too late.
    let form = other.gives_password();
    form.fill("code", &app.code(-1)).send(&other).must(303);
    world.codes_are_new_again();
    let late = customer.elsewhere();
    for code in [app.code(-3), app.code(3)] {
        late.signs_in_with(&code).refuses(&[("code", WRONG)]);
    }
}

#[test]
fn of_two_who_come_at_once_with_one_code_at_two_servers_one_gets_in() {
    let world = World::new();
    let other = world.another_server();
    let customer = world.customer();
    let (app, _) = customer.switches_second_factor_on();
    world.codes_are_new_again();
    let people = [customer.elsewhere(), customer.with(customer.elsewhere().at(&other.address))];
    let forms = people.each_ref().map(Person::gives_password);
    let code = app.code(0);
    let answers = std::thread::scope(|scope| {
        let sent = [0, 1].map(|who: usize| {
            let (form, person, code) = (forms[who].clone(), &people[who], &code);
            scope.spawn(move || form.fill("code", code).send(person).status)
        });
        sent.map(|thread| thread.join().unwrap())
    });
    let mut sorted = answers;
    sorted.sort_unstable();
    assert_eq!(sorted, [303, 422]);
}

#[test]
fn after_five_wrong_codes_one_has_to_wait_on_every_server_and_twenty_a_day_are_the_most() {
    let world = World::new();
    let other = world.another_server();
    let customer = world.customer();
    let (app, codes) = customer.switches_second_factor_on();
    world.codes_are_new_again();
    let guesser = customer.elsewhere();
    let wrong = |times: usize| {
        for _ in 0..times {
            guesser.signs_in_with("000000").must(422);
        }
    };
    wrong(5);
    for code in [&app.code(0), &codes[0]] {
        let elsewhere = customer.with(customer.elsewhere().at(&other.address));
        let page = elsewhere.signs_in_with(code).must(429);
        let seconds: u64 = page.header("retry-after").parse().unwrap();
        assert!((1..=15 * 60).contains(&seconds), "{seconds}");
        page.shows("Er zijn te veel codes geprobeerd.");
    }
    for _ in 0..3 {
        world.hours_pass_for_real(1);
        wrong(5);
    }
    world.hours_pass_for_real(1);
    let page = guesser.signs_in_with(&app.code(0)).must(429);
    assert!(page.header("retry-after").parse::<u64>().unwrap() > 18 * 3600, "{}", page.header("retry-after"));
    // A person who has the mailbox too gets in at once, in another way. That does not undo the count of the guesses.
    let owner = customer.elsewhere();
    let page = owner.follow(&owner.sets_password(&link_for(&world, &customer), NEW));
    page.form("/sign-in/code").fill("code", &app.code(0)).send(&owner).must(303);
    assert!(owner.is_in());
    let answer = guesser.signs_in(NEW).must(303);
    guesser.sees(answer.location()).form("/sign-in/code").fill("code", &codes[1]).send(&guesser).must(429);
}

#[test]
fn a_right_code_forgets_the_wrong_ones_before_it() {
    let world = World::new();
    let customer = world.customer();
    let (app, _) = customer.switches_second_factor_on();
    for _ in 0..2 {
        world.codes_are_new_again();
        let person = customer.elsewhere();
        for _ in 0..4 {
            person.signs_in_with("000000").must(422);
        }
        person.signs_in_with(&app.code(0)).must(303);
    }
}

#[test]
fn between_the_two_steps_are_ten_minutes_one_browser_and_the_same_password() {
    let world = World::new();
    let customer = world.customer();
    let (app, _) = customer.switches_second_factor_on();
    world.codes_are_new_again();
    let page = world.visitor().get("/sign-in/code").must(303);
    assert!(page.location().starts_with("/sign-in"), "without a password there is no second step");
    world.visitor().post("/sign-in/code", &[("code", &app.code(0))]).must(303);
    // The token of another session is of no use, and the form does not name its account.
    let half_in = customer.elsewhere();
    let form = half_in.gives_password().fill("code", &app.code(0));
    assert!(!form.fields.iter().any(|(_, value)| value.contains("klant")), "{form:?}");
    form.clone().forge("csrf_token", "x").send(&half_in).must(403);
    let from_elsewhere = [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")];
    half_in.request(&reqwest::Method::POST, "/sign-in/code", &from_elsewhere, &form.fields).must(403);
    world.hours_pass_for_real(1);
    let answer = form.send(&half_in).must(303);
    assert!(answer.location().starts_with("/sign-in") && !half_in.is_in(), "{}", answer.location());
    let form = half_in.gives_password().fill("code", &app.code(0));
    let link = link_for(&world, &customer);
    world.visitor().sets_password(&link, NEW).must(303);
    form.send(&half_in).must(303);
    assert!(!half_in.is_in(), "the password it began with is not the password any more");
}

#[test]
fn a_password_by_mail_leaves_the_second_factor_on() {
    let world = World::new();
    let customer = world.customer();
    customer.switches_second_factor_on();
    let link = link_for(&world, &customer);
    world.visitor().sets_password(&link, NEW).must(303);
    let page = customer.signs_in(NEW).must(303);
    assert!(page.location().starts_with("/sign-in/code"), "{}", page.location());
    assert!(!customer.is_in());
}

#[test]
fn it_is_switched_off_with_the_password_and_other_sessions_end() {
    let world = World::new();
    let customer = world.customer();
    let (app, _) = customer.switches_second_factor_on();
    world.codes_are_new_again();
    let elsewhere = customer.elsewhere();
    elsewhere.signs_in_with(&app.code(0)).must(303);
    let form = customer.sees(PAGE).form("/account/second-factor/off");
    form.send(&customer).refuses(&[("off_password", "Vul je huidige wachtwoord in")]);
    let wrong = form.clone().fill("current_password", "dit is het niet").send(&customer);
    wrong.refuses(&[("off_password", "Dit is niet je huidige wachtwoord")]);
    customer.done(&form.fill("current_password", PASSWORD)).shows("Inloggen in twee stappen staat uit.");
    assert!(customer.is_in() && !elsewhere.is_in());
    elsewhere.signs_in(PASSWORD).must(303);
    assert!(elsewhere.is_in(), "the password is enough again");
    assert!(world.written_factors(&customer).starts_with("None"), "and nothing is left of it");
}

#[test]
fn the_demo_asks_for_the_code_also_after_its_one_click() {
    let world = World::demo();
    let visitor = world.visitor();
    let customer = world.freelancer_of_demo(&visitor);
    let page = customer.sees(SET_UP);
    let app = Authenticator::scans(&page);
    let form = page.form(SET_UP).fill("current_password", oplossingscentrum::demo::PASSWORD);
    customer.done(&form.fill("code", &app.code(0)));
    world.codes_are_new_again();
    let again = world.visitor();
    let answer = again.post("/demo/sign-in", &[("email", &customer.email)]).must(303);
    assert_eq!(again.get("/orders").status, 303);
    let form = again.sees(answer.location()).form("/sign-in/code");
    form.fill("code", &app.code(0)).send(&again).must(303);
    again.sees("/orders");
}

impl World {
    /// The freelancer of a demo, signed in with one click in that browser.
    fn freelancer_of_demo(&self, browser: &crate::people::Browser) -> Person {
        let email = "freelancer@example.com";
        browser.post("/demo/sign-in", &[("email", email)]).must(303);
        let find = |db: &mut _| oplossingscentrum::store::accounts::find_by_email(db, email);
        let known = self.app.store.snapshot(find).unwrap().unwrap();
        Person { id: known.id, name: known.name, email: known.email, browser: browser.clone() }
    }
}
