//! Signing in and out: cookies, other browsers, passwords, and too many attempts.

use oplossingscentrum::clock::real_now;

use crate::page::Page;
use crate::people::Browser;
use crate::people::Person;
use crate::world::PASSWORD;
use crate::world::World;

/// The attributes of the session's cookie in an answer.
fn session_cookie(page: &crate::page::Page, name: &str) -> (String, Vec<String>) {
    let cookies = page.headers.get_all("set-cookie").iter().map(|cookie| cookie.to_str().unwrap().to_owned());
    let cookie = cookies.into_iter().find(|cookie| cookie.starts_with(&format!("{name}=")));
    let cookie = cookie.unwrap_or_else(|| panic!("no cookie {name}: {:?}", page.headers));
    let mut parts = cookie.split("; ").map(ToOwned::to_owned);
    (parts.next().unwrap(), parts.collect())
}

fn is_signed_in(browser: &Browser) -> bool {
    browser.get("/account").status == 200
}

#[test]
fn over_https_the_cookie_is_pinned_to_the_host_and_hidden_from_script() {
    let world = World::https();
    let page = world.visitor().sees("/sign-in");
    let (_, flags) = session_cookie(&page, "__Host-session");
    for flag in ["Secure", "HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(flags.iter().any(|set| set == flag), "{flag}: {flags:?}");
    }
    assert!(!flags.iter().any(|flag| flag.starts_with("Domain")), "{flags:?}");
    assert!(page.header("strict-transport-security").contains("max-age="));
}

#[test]
fn what_a_step_came_to_is_said_once_and_nobody_else_puts_words_there() {
    let world = World::new();
    let (customer, order) = (world.customer(), world.order().active());
    let notices = |page: &Page| page.document().select(".notice").length();
    assert_eq!(notices(&customer.asks_for_update(&order, "Hoe staat het ervoor?")), 1);
    assert_eq!(notices(&customer.sees(&order.dispute(1))), 0, "it was said");
    let answer = customer.withdraw_form(&order).send(&customer);
    let cookie =
        answer.headers.get_all("set-cookie").iter().find_map(|set| set.to_str().unwrap().strip_prefix("flash="));
    let (hidden, flags) = cookie.expect("the browser brings it along").split_once(';').unwrap();
    for flag in ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=60"] {
        assert!(flags.contains(flag), "{flag}: {flags}");
    }
    let (first, rest) = hidden.split_at(1);
    let changed = format!("{}{rest}", if first == "B" { "C" } else { "B" });
    for forged in ["x", &hidden[..hidden.len() - 1], &changed, "Betaal%20hier"] {
        customer.takes_cookie(&format!("flash={forged}; Path=/"));
        assert_eq!(notices(&customer.sees(&order.at(""))), 0, "{forged}");
    }
}

/// The cookie with the outcome of a step, as an answer sets it.
fn flash(page: &Page) -> String {
    let set = page.headers.get_all("set-cookie").iter().map(|cookie| cookie.to_str().unwrap());
    set.filter_map(|cookie| cookie.split(';').next()).find(|cookie| cookie.starts_with("flash=")).unwrap().to_owned()
}

fn flashes(page: &Page) -> usize {
    page.document().select(".notice").length()
}

#[test]
fn what_a_step_came_to_is_said_to_the_same_account_only() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    let visitor = world.visitor();
    let brought = flash(&customer.sees("/account").form("/account").send(&customer).must(303));
    for (who, browser) in [("somebody else", &freelancer.browser), ("a visitor", &visitor)] {
        browser.takes_cookie(&format!("{brought}; Path=/"));
        assert_eq!(flashes(&browser.sees("/help")), 0, "{who}");
    }
    customer.takes_cookie(&format!("{brought}; Path=/"));
    assert_eq!(flashes(&customer.sees("/help")), 1);
}

#[test]
fn what_a_step_came_to_is_said_within_a_minute_or_never() {
    let world = World::new();
    let customer = world.customer();
    for (seconds_ago, said) in [(0, 1), (50, 1), (62, 0), (86_400, 0)] {
        let at = real_now().timestamp() - seconds_ago;
        let hidden = world.app.settings.secret.hide(&format!("flash.{}", customer.id.0), &format!("{at} Gelukt."));
        customer.takes_cookie(&format!("flash={hidden}; Path=/"));
        assert_eq!(flashes(&customer.sees("/help")), said, "{seconds_ago}");
    }
}

#[test]
fn signing_out_takes_along_what_was_to_be_said_and_the_pages_that_the_browser_kept() {
    for action in ["/sign-out", "/account/sign-out-everywhere"] {
        let world = World::new();
        let customer = world.customer();
        let form = customer.sees("/account").form(action);
        let brought = flash(&customer.sees("/account").form("/account").send(&customer).must(303));
        assert!(customer.cookies().contains(&brought), "it is on its way");
        let answer = form.send(&customer).must(303);
        assert_eq!(answer.header("clear-site-data"), "\"cache\"", "{action}");
        assert!(!customer.cookies().contains("flash="), "{action}: {}", customer.cookies());
    }
}

#[test]
fn over_plain_http_on_this_machine_the_cookie_is_the_same_without_secure() {
    let world = World::new();
    let page = world.visitor().sees("/sign-in");
    let (_, flags) = session_cookie(&page, "session");
    for flag in ["HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(flags.iter().any(|set| set == flag), "{flag}: {flags:?}");
    }
    assert!(!flags.iter().any(|flag| flag == "Secure"), "{flags:?}");
    assert_eq!(page.header("strict-transport-security"), "");
}

#[test]
fn signing_in_gives_a_new_session_and_leaves_the_old_one_with_nobody() {
    let world = World::new();
    let customer = world.customer().elsewhere();
    customer.sees("/sign-in");
    let before = customer.cookies();
    customer.signs_in(PASSWORD).must(303);
    assert_ne!(customer.cookies(), before);
    let old = world.visitor();
    old.takes_cookie(&before);
    assert!(is_signed_in(&customer) && !is_signed_in(&old));
}

#[test]
fn signing_out_ends_the_session_on_the_server_too() {
    let world = World::new();
    let customer = world.customer();
    let cookie = customer.session_cookie();
    let answer = customer.done_elsewhere("/sign-out");
    assert_eq!(answer, "/sign-in");
    let thief = world.visitor();
    thief.takes_cookie(&cookie);
    assert!(!is_signed_in(&thief), "the old cookie opens nothing");
    assert!(!is_signed_in(&customer));
}

#[test]
fn signing_out_everywhere_ends_every_browser() {
    let world = World::new();
    let (here, there) = (world.customer(), world.customer());
    let other = world.freelancer();
    assert!(is_signed_in(&there));
    assert_eq!(here.done_elsewhere("/account/sign-out-everywhere"), "/sign-in");
    assert!(!is_signed_in(&here) && !is_signed_in(&there));
    assert!(is_signed_in(&other), "but nobody else");
}

#[test]
fn a_new_password_ends_the_other_sessions_and_keeps_this_one() {
    let world = World::new();
    let (here, there) = (world.customer(), world.customer());
    let before = here.cookies();
    let form = here.sees("/account").form("/account/password");
    let page = here.done(&form.fill("current_password", PASSWORD).fill("new_password", "een heel ander wachtwoord"));
    page.shows("Je wachtwoord is veranderd.");
    assert!(is_signed_in(&here) && !is_signed_in(&there));
    assert_ne!(here.cookies(), before, "with a key of its own");
    let again = here.elsewhere();
    again.signs_in(PASSWORD).must(422);
    again.signs_in("een heel ander wachtwoord").must(303);
}

#[test]
fn somebody_who_made_their_own_cookie_is_nobody() {
    let world = World::new();
    let customer = world.customer();
    let cookie = customer.session_cookie();
    for forged in [format!("{cookie}x"), "session=abc".to_owned(), cookie.replace("session=", "session=A")] {
        let visitor = world.visitor();
        visitor.takes_cookie(&forged);
        assert!(!is_signed_in(&visitor), "{forged}");
    }
}

#[test]
fn sessions_live_by_real_time_and_not_by_the_movable_clock() {
    let world = World::new();
    let customer = world.customer();
    world.days_pass(60);
    assert!(is_signed_in(&customer));
}

#[test]
fn after_signing_in_people_get_to_the_page_they_wanted() {
    let world = World::new();
    let order = world.order().active();
    let customer = world.customer().elsewhere();
    let way = customer.get(&format!("{}?action=update", order.at("/resolution"))).must(303).location().to_owned();
    let form = customer.sees(&way).form("/sign-in").fill("email", " KLANT@example.com ").fill("password", PASSWORD);
    assert_eq!(customer.done(&form).h1(), "Ontvang een update van een bestelling");
    let answer = customer.get(&way).must(303);
    assert_eq!(
        answer.location(),
        order.at("/resolution?action=update"),
        "whoever is signed in already goes straight on"
    );
}

#[test]
fn the_way_back_never_leads_to_another_host() {
    let world = World::new();
    for sly in ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "evil", "", "/ x"]
    {
        let customer = world.customer().elsewhere();
        let form = customer.sees("/sign-in").form("/sign-in").fill("email", &customer.email).fill("password", PASSWORD);
        assert_eq!(form.forge("next", sly).send(&customer).must(303).location(), "/", "{sly:?}");
        let page = customer.post("/language", &[("language", "nl"), ("next", sly)]).must(303);
        assert_eq!(page.location(), "/", "{sly:?}");
        let query = serde_html_form::to_string([("next", sly)]).unwrap();
        assert_eq!(customer.get(&format!("/sign-in?{query}")).must(303).location(), "/", "{sly:?}");
    }
}

fn fails(person: &Person, times: usize) {
    for _ in 0..times {
        person.signs_in("dit is het niet").must(422);
    }
}

#[test]
fn after_ten_failures_in_one_place_an_account_has_to_wait_there_even_with_the_right_password() {
    let world = World::new();
    let customer = world.customer().elsewhere();
    fails(&customer, 10);
    let page = customer.signs_in(PASSWORD).must(429);
    let seconds: u64 = page.header("retry-after").parse().unwrap();
    assert!((1..=15 * 60).contains(&seconds), "{seconds}");
    page.shows("Er is te vaak geprobeerd in te loggen.");
    assert_eq!(page.form("/sign-in").value("email"), customer.email, "the address is kept");
    world.freelancer();
}

#[test]
fn signing_in_forgets_the_failures_before_it() {
    let world = World::new();
    let customer = world.customer().elsewhere();
    fails(&customer, 9);
    customer.signs_in(PASSWORD).must(303);
    let again = customer.elsewhere();
    fails(&again, 9);
    again.signs_in(PASSWORD).must(303);
}

#[test]
fn after_failures_for_fifty_accounts_a_whole_network_address_has_to_wait_whatever_it_claims_to_be() {
    let world = World::new();
    let (customer, visitor) = (world.customer(), world.visitor());
    let form = visitor.sees("/sign-in").form("/sign-in").fill("password", "dit is het niet");
    for number in 0..50 {
        form.clone().fill("email", &format!("iemand{number}@example.com")).send(&visitor).must(422);
    }
    let last = customer.elsewhere();
    let form = last.sees("/sign-in").form("/sign-in").fill("email", &last.email).fill("password", PASSWORD);
    let mut headers = last.own_headers().to_vec();
    headers.extend([("x-forwarded-for", "203.0.113.9"), ("forwarded", "for=203.0.113.9")]);
    let page = last.request(&reqwest::Method::POST, "/sign-in", &headers, &form.fields);
    assert_eq!(page.status, 429, "{}", page.main());
}

#[test]
fn an_unknown_address_is_told_the_same_as_a_wrong_password() {
    let world = World::new();
    let visitor = world.visitor();
    let form = visitor.sees("/sign-in").form("/sign-in");
    let try_with =
        |email: &str, password: &str| form.clone().fill("email", email).fill("password", password).send(&visitor);
    let [unknown, wrong] = [try_with("niemand@example.com", PASSWORD), try_with("klant@example.com", "fout fout fout")];
    assert_eq!((unknown.status, wrong.status), (422, 422));
    assert_eq!(unknown.summary(), wrong.summary());
}

impl Person {
    /// Sends one of the small forms of the menu or the account page; returns where it leads.
    fn done_elsewhere(&self, action: &str) -> String {
        self.sees("/account").form(action).send(self).must(303).location().to_owned()
    }
}
