//! The dossier: what a party prints or keeps for a third person, and what checks it.

use std::io::{Cursor, Read, Write};
use std::path::Path;
use std::process::Command;

use oplossingscentrum::domain::Party;
use oplossingscentrum::domain::audit::chain::{fingerprint, hash};
use reqwest::Method;
use serde_json::{Value, json};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use crate::builders::Order;
use crate::fingerprint::lived;
use crate::people::Person;
use crate::program::runs;
use crate::world::World;

/// What the programs say of a change.
type Change = (&'static str, fn(&mut Value));
/// The files of a dossier by name.
type Files = Vec<(String, String)>;

/// Downloads the dossier of an order.
fn downloads(world: &World, person: &Person, order: &Order) -> Files {
    let (_, host) = world.origin.split_once("://").unwrap();
    let asked = person.bare_request(&Method::GET, &order.at("/dossier.zip")).header("host", host).send().unwrap();
    assert_eq!((asked.status().as_u16(), asked.headers()["content-type"].to_str().unwrap()), (200, "application/zip"));
    let mut bundle = ZipArchive::new(Cursor::new(asked.bytes().unwrap())).unwrap();
    let names: Vec<String> = bundle.file_names().map(|name| name.unwrap().into_owned()).collect();
    let mut read = |name: &String| {
        let mut content = String::new();
        bundle.by_name(name).unwrap().read_to_string(&mut content).unwrap();
        (name.clone(), content)
    };
    names.iter().map(&mut read).collect()
}

fn json_of(files: &[(String, String)]) -> Value {
    serde_json::from_str(&files.iter().find(|(name, _)| name == "dossier.json").unwrap().1).unwrap()
}

/// Checks a dossier with that content, with the program and with the script in it; both must say the same. Returns what they
/// name, nothing when all is well.
#[track_caller]
fn checked(folder: &Path, files: &[(String, String)], json: &Value, told: Option<&str>) -> Option<String> {
    let file = folder.join("dossier.zip");
    let mut bundle = ZipWriter::new(std::fs::File::create(&file).unwrap());
    for (name, content) in files {
        bundle.start_file(name.as_str(), SimpleFileOptions::default()).unwrap();
        let content = if name == "dossier.json" { json.to_string() } else { content.clone() };
        bundle.write_all(content.as_bytes()).unwrap();
        std::fs::write(folder.join(name), content).unwrap();
    }
    bundle.finish().unwrap();
    let file = file.to_str().unwrap();
    let with: Vec<&str> = told.into_iter().flat_map(|told| ["--fingerprint", told]).collect();
    let ours = runs(&[&["dossier", "verify", file], with.as_slice()].concat());
    let script = folder.join("controleren.py");
    let theirs = Command::new("python3").arg(script).arg(file).args(told).output().unwrap();
    let said = String::from_utf8(theirs.stdout).unwrap();
    assert_eq!(theirs.status.code(), Some(ours.code), "{ours:?}\n{said}{}", String::from_utf8_lossy(&theirs.stderr));
    (ours.code != 0).then(|| {
        let named: Vec<&str> = said.lines().collect();
        assert!(named.iter().all(|line| ours.said.contains(line)), "{ours:?} {said}");
        said
    })
}

#[test]
fn both_parties_print_the_chapters_that_a_third_person_asks_for() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    let order = lived(&world, &customer, &freelancer);
    let path = customer.sees(&order.path).link_named("Dossier om te bewaren of af te drukken").expect("a link");
    assert_eq!(path, order.at("/dossier"));
    let shown = [&customer, &freelancer].map(|person| {
        let page = person.sees(&path);
        for heading in [
            "1. De overeenkomst",
            "2. De klacht",
            "3. Het antwoord",
            "4. Bedragen",
            "5. Tijdlijn",
            "6. Bijlagen",
            "7. Controleren",
        ] {
            page.shows(heading);
        }
        for told in [
            "Er komt wat bij.",
            "Het duurt te lang.",
            "Nog één dag.",
            "Liever niet.",
            "Extra pagina",
            "€ 250,00",
            "€ 285,00",
        ] {
            page.shows(told);
        }
        let document = page.document();
        document.select("main").text().to_string()
    });
    assert_eq!(shown[0], shown[1], "nobody is you");
    customer.switches_language();
    customer.sees(&path).shows("2. The complaint").shows("7. Checking").shows("Fingerprint:");
    world.somebody("Vera").get(&path).must(404);
    world.somebody("Wim").get(&order.at("/dossier.zip")).must(404);
}

#[test]
fn the_program_and_the_script_find_the_same_in_a_dossier() {
    let (world, folder) = (World::new(), tempfile::tempdir().unwrap());
    let (customer, freelancer) = world.parties();
    let order = lived(&world, &customer, &freelancer);
    let files = downloads(&world, &customer, &order);
    let mut names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["CONTROLEREN.txt", "controleren.py", "dossier.html", "dossier.json"]);
    let html = &files.iter().find(|(name, _)| name == "dossier.html").unwrap().1;
    assert!(!html.contains("<script") && html.contains("7. Controleren"));
    let sound = json_of(&files);
    let told = sound["fingerprint"].as_str().unwrap().to_owned();
    let mailed = fingerprint(&world.chain(&order).hashes[3].1);
    for right in [None, Some(told.as_str()), Some(mailed.as_str()), Some(&told.replace(' ', "-").to_lowercase())] {
        assert_eq!(checked(folder.path(), &files, &sound, right), None, "{right:?}");
    }
    let wrong = checked(folder.path(), &files, &sound, Some("0000 0000 0000 0000"));
    assert!(wrong.unwrap().contains("no event has the fingerprint"));
    let changes: [Change; 9] = [
        ("event 3 is not what its hash says", |json| json["events"][2]["facts"]["actor"] = "freelancer".into()),
        ("event 2 is not what its hash says", |json| json["events"][1]["facts"]["asked"]["extras_cents"][0] = 1.into()),
        ("event 4 does not have its text of then", |json| json["events"][3]["text"] = "Anders.".into()),
        ("event 2 does not have its titles of then", |json| json["events"][1]["titles"][0] = "Anders".into()),
        ("event 4 lacks its text", |json| {
            json["events"][3].as_object_mut().unwrap().remove("text");
        }),
        ("event 2 is not in its place", |json| json["events"].as_array_mut().unwrap().swap(1, 2)),
        ("event 3 is not in its place", |json| drop(json["events"].as_array_mut().unwrap().remove(2))),
        ("the last events are missing", |json| drop(json["events"].as_array_mut().unwrap().pop())),
        ("dossier.html is not", |json| json["html"] = "0".repeat(64).into()),
    ];
    for (named, change) in changes {
        let mut other = sound.clone();
        change(&mut other);
        let said = checked(folder.path(), &files, &other, None).expect(named);
        assert!(said.contains(named), "{named}: {said}");
    }
    let mut forged = sound.clone();
    forged["events"][1]["facts"]["price_cents"] = 1.into();
    let mut previous = String::new();
    for event in forged["events"].as_array_mut().unwrap() {
        previous = hash(&previous, &event["facts"]);
        event["hash"] = json!(previous);
    }
    (forged["head"], forged["fingerprint"]) = (json!(previous), json!(fingerprint(&previous)));
    assert_eq!(
        checked(folder.path(), &files, &forged, None),
        None,
        "a chain alone does not stop who can write all of it"
    );
    let said = checked(folder.path(), &files, &forged, Some(&mailed)).expect("the mail does");
    assert!(said.contains("no event has the fingerprint"), "{said}");
}

#[test]
fn a_dossier_holds_nothing_that_its_reader_could_not_see_and_tells_of_what_was_erased() {
    let (world, folder) = (World::new(), tempfile::tempdir().unwrap());
    let (customer, freelancer) = world.parties();
    let order = lived(&world, &customer, &freelancer);
    world.erases(&order, Party::Freelancer);
    let before = world.events(&order);
    for person in [&customer, &freelancer] {
        let files = downloads(&world, person, &order);
        let json = json_of(&files);
        assert_eq!(checked(folder.path(), &files, &json, None), None, "erased, and in order");
        let pages = format!("{}{}", person.sees(&order.at("/print")).text(), person.sees(&order.dispute(2)).text());
        for event in json["events"].as_array().unwrap() {
            for said in event["text"]
                .as_str()
                .into_iter()
                .chain(event["titles"].as_array().into_iter().flatten().filter_map(Value::as_str))
            {
                assert!(pages.contains(said), "{said}");
            }
        }
        let all: String = files.iter().map(|(_, content)| content.as_str()).collect();
        for hidden in ["@example.com", "Er komt wat bij.", "Nog één dag.", "Extra pagina"] {
            assert!(!all.contains(hidden), "{hidden}");
        }
        assert!(all.contains("Deze tekst is gewist op") && all.contains("Het duurt te lang."));
        assert!(json["events"][1]["erased_at"].is_string());
    }
    assert_eq!(world.events(&order), before, "nobody learns that it was downloaded");
    for person in [&customer, &freelancer] {
        assert!(!person.sees("/notifications").text().to_lowercase().contains("dossier"));
    }
}
