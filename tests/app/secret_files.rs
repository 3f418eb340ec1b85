//! Secrets that the real program reads from files, and its errors when it cannot.

use std::process::{Command, Output};

use crate::databases::address;
use crate::program::{PROGRAM, Serving};
use crate::settings::{CUSTOMER_SERVICE, KEY};
use crate::world::{Kind, World};

/// Runs a command with these variables, and none of the tests' own; returns its exit code and all its output.
fn runs_with(arguments: &[&str], variables: &[(&str, &str)]) -> (Option<i32>, String) {
    let Output { status, stdout, stderr } =
        Command::new(PROGRAM).args(arguments).envs(variables.iter().copied()).output().unwrap();
    (status.code(), String::from_utf8([stdout, stderr].concat()).unwrap())
}

#[test]
fn the_key_and_the_database_are_read_from_files() {
    let world = World::closed(Kind::default());
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, content: &str| {
        std::fs::write(folder.path().join(name), content).unwrap();
        folder.path().join(name).to_str().unwrap().to_owned()
    };
    let key = file("key", &format!("{KEY}\n"));
    let database = file("database", &format!("{}\n", address(world.target())));
    let smtp = file("smtp", "smtp://localhost:25\n");
    let serving = Serving::start_with(
        &[],
        &[
            ("OPLOSSINGSCENTRUM_SECRET_KEY_FILE", &key),
            ("OPLOSSINGSCENTRUM_DATABASE_FILE", &database),
            ("OPLOSSINGSCENTRUM_SMTP_FILE", &smtp),
            ("OPLOSSINGSCENTRUM_MAIL_FROM", "noreply@example.com"),
        ],
    );
    let page = reqwest::blocking::get(format!("http://{}/sign-in", serving.address)).unwrap();
    assert!(page.text().unwrap().contains("/password/forgotten"), "it can send a link by mail");
    serving.gets("TERM");
    let (_, _, log) = serving.ends();
    assert!(!log.contains("--secret-key was given as a flag") && !log.contains(KEY), "{log}");
    let (code, said) = runs_with(&["doctor", "--database-file", &database], &[]);
    assert_eq!(code, Some(0), "{said}");
}

#[test]
fn a_secret_that_cannot_be_read_is_said_by_the_name_of_its_setting_and_never_shown() {
    let folder = tempfile::tempdir().unwrap();
    let (empty, gone) = (folder.path().join("empty"), folder.path().join("gone"));
    std::fs::write(&empty, "\n").unwrap();
    let key = "een geheim van vierenzestig tekens of meer dat in geen melding staat";
    let serve = ["serve", "--listen", "127.0.0.1:0", "--public-url", "http://localhost"];
    let serve = [&serve[..], &CUSTOMER_SERVICE].concat();
    let (empty, gone) = (empty.to_str().unwrap(), gone.to_str().unwrap());
    for (setting, value) in
        [("SECRET_KEY", key), ("DATABASE", "postgres://u:geheim@[::1/x"), ("SMTP", "smtp://u:geheim@h")]
    {
        let variable = format!("OPLOSSINGSCENTRUM_{setting}");
        let file = format!("{variable}_FILE");
        let mut others = vec![
            ("OPLOSSINGSCENTRUM_SECRET_KEY", key),
            ("OPLOSSINGSCENTRUM_DATABASE", "/dev/null/x.db"),
            ("OPLOSSINGSCENTRUM_MAIL_FROM", "noreply@example.com"),
        ];
        others.retain(|(name, _)| *name != variable);
        for (wrong, says) in [
            (vec![(&*file, empty)], "is empty"),
            (vec![(&*file, gone)], "cannot read"),
            // A key in the wrong variable.
            (vec![(&*file, value)], "cannot read"),
            (vec![(&*file, empty), (&*variable, value)], "are both set"),
        ] {
            let (code, said) = runs_with(&serve, &[&others[..], &wrong].concat());
            assert_eq!(code, Some(1), "{said}");
            assert!(said.contains(says) && said.contains(&file), "{says}: {said}");
            assert!(!said.contains("geheim") && !said.contains("oplossingscentrum: /"), "{said}");
        }
    }
}

#[test]
fn a_key_in_a_flag_is_warned_of_without_showing_it() {
    let world = World::closed(Kind::default());
    let serving = Serving::start(&address(world.target()), &[]);
    serving.gets("TERM");
    let (_, _, log) = serving.ends();
    let warned: Vec<&str> = log.lines().filter(|line| line.contains("--secret-key")).collect();
    assert!(warned.len() == 1 && warned[0].contains(r#""level":"WARN""#) && !warned[0].contains(KEY), "{log}");
}
