//! Running it: one address, what a proxy says, who differs, and what is counted.

use std::io::{Read, Write};
use std::process::Command;

use crate::log;
use crate::people::Browser;
use crate::program::{PROGRAM, Serving, runs};
use crate::settings::{CUSTOMER_SERVICE, KEY};
use crate::soon::soon;
use crate::world::World;
use reqwest::Method;

/// A command with these variables; its exit code and what it said.
fn runs_with(arguments: &[&str], variables: &[(&str, &str)]) -> (Option<i32>, String) {
    let done = Command::new(PROGRAM).args(arguments).envs(variables.iter().copied()).output().unwrap();
    (done.status.code(), String::from_utf8([done.stdout, done.stderr].concat()).unwrap())
}

#[test]
fn a_page_at_another_host_leads_to_the_public_address_and_machines_ask_by_any_name() {
    let world = World::new();
    let visitor = world.visitor();
    let at = |method: &Method, path: &str| visitor.request(method, path, &[("host", "www.elders.example")], &[]);
    for path in ["/help", "/orders?q=a%26b&filter=open", "/nergens"] {
        let moved = at(&Method::GET, path).must(308);
        assert_eq!(moved.location(), format!("{}{path}", world.origin));
        assert_eq!(moved.header("set-cookie"), "");
    }
    at(&Method::HEAD, "/help").must(308);
    at(&Method::GET, "/healthz").must(200);
    at(&Method::GET, "/readyz").must(200);
    visitor.sees("/help");
}

#[test]
fn a_form_at_another_host_is_told_where_forms_work_and_the_log_names_both() {
    let world = World::new();
    let visitor = world.visitor();
    let elsewhere = "https://www.elders.example";
    let headers = [("host", "www.elders.example"), ("origin", elsewhere), ("sec-fetch-site", "same-origin")];
    let refused = visitor.request(&Method::POST, "/sign-in", &headers, &[]).must(403);
    refused.shows(elsewhere).shows(&world.origin);
    let told = log::lines_with("a form came from another address than --public-url");
    assert!(told.iter().any(|line| line.to_string().contains(elsewhere) && line.to_string().contains(&world.origin)));
    // A page elsewhere that posts here is refused as ever, and its name is not repeated.
    let forged = [("origin", elsewhere), ("sec-fetch-site", "cross-site")];
    visitor.request(&Method::POST, "/sign-in", &forged, &[]).must(403).hides(elsewhere);
}

#[test]
fn a_name_below_ours_is_not_bound_to_https() {
    let world = World::https();
    assert_eq!(world.visitor().sees("/help").header("strict-transport-security"), "max-age=31536000");
}

#[test]
fn the_id_that_a_proxy_gives_a_request_is_ours_too_behind_a_proxy_only() {
    let mut world = World::new();
    let id = |world: &World, given: &str| {
        let visitor: Browser = world.visitor();
        visitor.request(&Method::GET, "/help", &[("x-request-id", given)], &[]).header("x-request-id").to_owned()
    };
    let given = "4f3a9c2e-proxy_1";
    assert_ne!(id(&world, given), given, "a visitor names no request");
    world.closes();
    world.settings().behind_proxy = "1".parse().unwrap();
    world.opens();
    assert_eq!(id(&world, given), given);
    for wrong in ["kort", "met spatie erin", &"x".repeat(65), "een<script>"] {
        assert_ne!(id(&world, wrong), wrong);
    }
}

#[test]
fn servers_that_differ_in_key_or_version_are_seen() {
    let world = World::new();
    let (visitor, now) = (world.visitor(), world.now().naive_utc());
    let own = oplossingscentrum::operations::maintenance::servers::this_server(&world.app.settings.secret);
    let row = |id: &str, version: &str, key: &str| {
        world
            .sql(&format!(
                "INSERT INTO servers VALUES ('{id}', '{version}', '{key}', '{}')",
                now.format("%Y-%m-%d %H:%M:%S.%6f")
            ))
            .unwrap();
    };
    row("same", &own.version, &own.key_fingerprint);
    assert!(!visitor.sees("/readyz").html.contains("another"));
    row("stopped", "0.0.1", "");
    assert!(!visitor.sees("/readyz").html.contains("another"));
    row("older", "0.0.1", &own.key_fingerprint);
    let told = visitor.sees("/readyz").html;
    assert!(told.contains("another version") && !told.contains("secret key"), "{told}");
    row("other", &own.version, "0123");
    assert!(visitor.sees("/readyz").html.contains("another one has another secret key"));
}

#[test]
fn failed_sign_ins_the_version_and_the_process_are_counted() {
    let world = World::new();
    let visitor = world.visitor();
    visitor.post("/sign-in", &[("email", "klant@example.com"), ("password", "mis")]).must(422);
    let told = world.operator().sees("/metrics").html;
    for line in [
        r#"oplossingscentrum_sign_ins_failed_total{why="password"} 1"#,
        "oplossingscentrum_database_writable 1",
        concat!(r#"oplossingscentrum_build_info{version=""#, env!("CARGO_PKG_VERSION"), r#""} 1"#),
    ] {
        assert!(told.lines().any(|said| said == line), "{line} is not in\n{told}");
    }
    assert!(told.contains("process_resident_memory_bytes"), "{told}");
}

/// The address of a server that gives everybody this answer.
fn answering(answer: &'static str) -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let (mut asked, mut bytes) = (Vec::new(), [0; 1024]);
            while !asked.ends_with(b"\r\n\r\n") {
                match stream.read(&mut bytes) {
                    // TLS does not end in an empty line.
                    Ok(read @ 1..) if bytes[0].is_ascii_uppercase() || !asked.is_empty() => {
                        asked.extend_from_slice(&bytes[..read]);
                    }
                    _ => break,
                }
            }
            let _ = write!(stream, "HTTP/1.1 {answer}");
        }
    });
    address
}

#[test]
fn check_says_in_words_what_answers_at_the_public_address() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("x.db");
    let check = |public: &str| {
        let serve =
            ["check", "--listen", "127.0.0.1:0", "--public-url", public, "--database", database.to_str().unwrap()];
        runs_with(&[&serve[..], &CUSTOMER_SERVICE].concat(), &[("OPLOSSINGSCENTRUM_SECRET_KEY", KEY)])
    };
    let elsewhere = "308 Permanent Redirect\r\nlocation: https://www.example.com/healthz\r\n\r\n";
    for (answer, code, says) in [
        ("200 OK\r\n\r\nok\n", 0, "public address: this program answers at 127.0.0.1"),
        ("502 Bad Gateway\r\n\r\n", 0, "a proxy answers, and the program behind it does not run yet"),
        ("200 OK\r\n\r\n<h1>Welcome to nginx!</h1>", 1, "public address: WRONG: something else than this program"),
        (elsewhere, 1, "it leads on to https://www.example.com/healthz"),
    ] {
        let (ended, said) = check(&answering(answer));
        assert!(ended == Some(code) && said.contains(says), "{answer:?}: {said}");
    }
    let plain = answering("400 Bad Request\r\n\r\n").replace("http://127.0.0.1", "https://localhost");
    let (ended, said) = check(&plain);
    assert!(ended == Some(1) && said.contains("does not speak TLS"), "{said}");
}

#[test]
fn questions_are_counted_by_kind_and_outcome_once_and_for_operators_alone() {
    let world = World::with_worker();
    let (customer, freelancer) = world.parties();
    let (order, other) = (world.order().active(), world.order().active());
    customer.asks_for_update(&order, "Hoe staat het?");
    freelancer.gives_update(&order, "Bijna klaar.");
    customer.asks_to_cancel(&other, "other", "Daarom.");
    let told = || world.operator().sees("/metrics").html;
    let has = |line: &str| told().lines().any(|said| said == line);
    soon(|| has(r#"oplossingscentrum_questions_ended_total{kind="update",outcome="answered"} 1"#));
    soon(|| has(r#"oplossingscentrum_questions_opened_total{kind="cancellation"} 1"#));
    assert!(has(r#"oplossingscentrum_questions_opened_total{kind="update"} 1"#));
    world.visitor().get("/metrics").must(404);
}

#[test]
fn check_prints_the_settings_without_secrets_and_ends_by_what_it_tried() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("x.db");
    let public = answering("200 OK\r\ncontent-length: 3\r\n\r\nok\n");
    let serve = ["check", "--listen", "127.0.0.1:0", "--public-url", &public, "--database", database.to_str().unwrap()];
    let key = [("OPLOSSINGSCENTRUM_SECRET_KEY", KEY)];
    let (code, said) = runs_with(&[&serve[..], &CUSTOMER_SERVICE].concat(), &key);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("66 bytes, hidden") && said.contains("there is none yet") && !said.contains(KEY), "{said}");
    assert!(!database.exists(), "it makes nothing");
    let mail = ["--smtp", "smtp://post:geheim@127.0.0.1:1", "--mail-from", "noreply@example.com"];
    let (code, said) = runs_with(&[&serve[..], &CUSTOMER_SERVICE, &mail].concat(), &key);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("mail server: WRONG") && !said.contains("geheim"), "{said}");
}

#[test]
fn a_file_of_settings_serves_and_a_health_check_asks_it() {
    let world = World::new();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("settings.toml");
    let database = crate::databases::address(world.target());
    std::fs::write(&file, format!("database = \"{database}\"\nsecret-key = \"{KEY}\"\nsession-days = 30\n")).unwrap();
    let serving = Serving::start_with(&["--config", file.to_str().unwrap()], &[]);
    runs(&["healthcheck", "--listen", &serving.address]).well();
    serving.gets("TERM");
    let address = serving.address.clone();
    assert!(serving.ends().0.success());
    assert!(runs(&["healthcheck", "--listen", &address]).badly().contains("nothing answers"));
}

#[test]
fn a_role_that_may_not_make_tables_is_told_so() {
    let world = World::new();
    if !world.is_postgres() {
        return;
    }
    let other = world.another_database(true);
    let sql = |sql: &str| {
        use diesel::connection::SimpleConnection;
        let mut db = <diesel::PgConnection as diesel::Connection>::establish(&other.address()).unwrap();
        db.batch_execute(sql).unwrap();
    };
    sql("DROP ROLE IF EXISTS lezer; CREATE ROLE lezer LOGIN PASSWORD 'lezer'; REVOKE ALL ON SCHEMA public FROM PUBLIC");
    let address = format!("postgres://lezer:lezer@localhost/{}", other.name.as_deref().unwrap());
    for may in ["SELECT 'not even look'", "GRANT USAGE ON SCHEMA public TO lezer"] {
        sql(may);
        let said = runs(&["migrate", "--database", &address]).badly();
        assert!(said.contains("may not make tables"), "{may}: {said}");
    }
    sql("DROP OWNED BY lezer");
}
