//! Erasing a person: what goes, what stays, what stands in the way, and who would bring them back.

use oplossingscentrum::domain::Status;
use oplossingscentrum::domain::accounts::event::AccountEventKind;
use oplossingscentrum::domain::marketplace::key::Scope;
use reqwest::Method;
use serde_json::{Value, json};
use strum::VariantArray;

use crate::api::Program;
use crate::builders::Order;
use crate::databases::address;
use crate::page::Page;
use crate::people::Person;
use crate::postman::FAST;
use crate::program::runs;
use crate::smtp::Smtp;
use crate::soon::soon;
use crate::world::{PASSWORD, World};

/// The name that stands where an erased person's stood.
const NOBODY: &str = "Verwijderd account";

impl World {
    /// A program that may do everything; the two people of every order have ids.
    fn marketplace(&self) -> Program {
        let program = self.program(Scope::VARIANTS);
        for (id, email, name) in
            [("k1", "klant@example.com", "Sanne de Vries"), ("f1", "freelancer@example.com", "Daan Bakker")]
        {
            program
                .put(&format!("/accounts/{id}"), &json!({"email": email, "name": name, "adopt_email": true}))
                .must(200);
        }
        program
    }

    fn gives_id(&self, order: &Order, id: &str) {
        self.sql(&format!("UPDATE orders SET external_id = '{id}' WHERE reference = '{order}'")).unwrap();
    }

    /// The bytes of a fresh copy of the database, in which nothing is left of what was deleted.
    fn copied(&self) -> Vec<u8> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("copy.db");
        runs(&["backup", file.to_str().unwrap(), "--database", &address(self.target())]).well();
        std::fs::read(file).unwrap()
    }

    #[track_caller]
    fn is_sound(&self) -> String {
        let (went_well, said) = self.runs(&["doctor"], "");
        assert!(went_well, "{said}");
        said
    }
}

fn has(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

fn erases(program: &Program, id: &str) -> Page {
    program.sends(&Method::DELETE, &format!("/accounts/{id}"), &[], None)
}

/// A problem without the number of its request.
fn bare(page: &Page) -> Value {
    let mut problem: Value = serde_json::from_str(&page.html).unwrap();
    problem["instance"] = Value::Null;
    problem
}

/// A person who used everything there is, with closed orders only.
fn lived(world: &World) -> (Person, Person, Order) {
    let (customer, freelancer) = world.parties();
    let order = world.order().titled("Logo voor een bakkerij").active();
    customer.asks_to_cancel(&order, "too_late", "Het duurt te lang.");
    freelancer.declines(&order, "Bijna klaar.");
    freelancer.delivers(&order);
    customer.approves(&order);
    customer.makes_a_calendar();
    customer.switches_second_factor_on();
    world.visitor().asks_for_a_link(&customer.email);
    world.relays();
    (customer, freelancer, order)
}

#[test]
fn of_an_erased_person_nothing_is_left_but_orders_with_a_name_that_says_so() {
    let world = World::new();
    let (customer, freelancer, order) = lived(&world);
    assert!(has(&world.copied(), "Sanne de Vries") && has(&world.copied(), "klant@example.com"));
    let (went_well, said) = world.runs(&["account", "erase", &customer.email], "");
    assert!(went_well && said.contains("klant@example.com is erased."), "{said}");
    let left = world.copied();
    for gone in ["Sanne de Vries", "klant@example.com", "calendar_made", "factor_on"] {
        assert!(!has(&left, gone), "{gone} is still there");
    }
    assert!(!customer.is_in(), "it is signed out");
    customer.elsewhere().signs_in(PASSWORD).must(422);
    world.visitor().asks_for_a_link(&customer.email).must(303);
    assert!(world.outbox().iter().all(|mail| mail.to.id != customer.id), "no mail goes to it");
    let written = world.written(&customer);
    assert!(written.is_erased() && written.is_suspended() && written.password_hash.is_none());
    assert_eq!(world.event_kinds(&customer), [AccountEventKind::Erased]);
    for page in
        [order.path.clone(), "/orders?filter=closed".to_owned(), "/notifications".to_owned(), order.at("/print")]
    {
        freelancer.sees(&page).shows(NOBODY).hides("Sanne de Vries");
    }
    freelancer.switches_language();
    freelancer.sees(&order.path).shows("Deleted account");
    assert_eq!(world.row(&order).price.cents, 25_000, "amounts and outcomes stay");
    assert_eq!(world.row(&order).status, Status::Completed);
    assert!(world.is_sound().contains("1 accounts are erased."));
    for command in ["erase", "show", "export"] {
        assert!(!world.runs(&["account", command, &customer.email], "").0, "{command}: there is nobody");
    }
    assert!(!world.runs(&["account", "list"], "").1.contains("erased:"));
    world.sql(&format!("UPDATE accounts SET name = 'Sanne' WHERE id = {}", customer.id.0)).unwrap();
    let (went_well, said) = world.runs(&["doctor"], "");
    assert!(!went_well && said.contains("it is erased, and something of a person"), "{said}");
}

#[test]
fn it_is_refused_while_an_order_goes_on_in_the_same_words_whatever_is_open_on_it() {
    let world = World::new();
    let (program, customer) = (world.marketplace(), world.customer());
    let (quiet, asked) = (world.order().active(), world.order().delivered());
    world.gives_id(&quiet, "A-1");
    world.gives_id(&asked, "A-2");
    world.order().completed();
    let before = erases(&program, "k1").must(409);
    let named: Vec<String> =
        bare(&before)["errors"].as_array().unwrap().iter().map(|one| one["detail"].to_string()).collect();
    assert_eq!((named.len(), named.concat().contains("OC-")), (2, false), "{named:?}");
    assert!(named.concat().contains("A-1") && named.concat().contains("A-2"), "{named:?}");
    customer.asks_to_cancel(&asked, "not_as_agreed", "Niet wat ik vroeg.");
    assert_eq!(bare(&erases(&program, "k1").must(409)), bare(&before), "what is open plays no part");
    let (went_well, said) = world.runs(&["account", "erase", &customer.email], "");
    assert!(!went_well && said.contains("2 orders go on: ") && said.contains("A-2"), "{said}");
    assert_eq!(world.written(&customer).name, "Sanne de Vries");
    world.runs(&["order", "close", "A-1", "--as", "cancelled"], "");
    world.days_pass(3);
    // Silence has cancelled the other one, and nobody has written it down yet.
    assert_eq!(erases(&program, "k1").must(202).html, "");
    assert_eq!(world.row(&asked).status, Status::MutuallyCancelled);
    world.is_sound();
}

#[test]
fn an_erased_person_gets_no_mail_and_the_other_one_reads_that_they_are_gone() {
    let (world, smtp) = (World::new(), Smtp::new());
    let (customer, freelancer) = world.parties();
    let order = world.order().delivered();
    customer.approves(&order);
    // The mails of both events are not written yet.
    let (went_well, said) = world.runs(&["account", "erase", &customer.email], "");
    assert!(went_well, "{said}");
    let _postman = world.postman(&smtp, FAST);
    smtp.has_taken(1);
    soon(|| world.waiting().is_empty());
    assert!(smtp.taken_for(&customer.email).is_empty() && smtp.taken().len() == 1);
    let mail = smtp.taken_for(&freelancer.email).remove(0);
    assert!(mail.text().contains(NOBODY) && !mail.text().contains("Sanne"), "{}", mail.text());
}

#[test]
fn an_erased_person_does_not_come_back_by_a_later_put_or_file() {
    let world = World::new();
    let (program, (customer, _, order)) = (world.marketplace(), lived(&world));
    world.gives_id(&order, "A-1");
    erases(&program, "k1").must(202);
    erases(&program, "k1").must(202);
    erases(&program, "nobody").must(404);
    let person = json!({"email": "klant@example.com", "name": "Sanne de Vries", "adopt_email": true});
    let put = program.put("/accounts/k1", &person).must(200);
    let told: Value = serde_json::from_str(&put.html).unwrap();
    assert_eq!((&told["erased"], &told["email"], &told["name"]), (&json!(true), &Value::Null, &Value::Null));
    assert_eq!(program.get("/accounts/k1").must(200).html, put.html);
    let of = |customer: &str| {
        json!({"title": "Een andere titel", "price": "250.00", "currency": "EUR", "placed_at": "2026-01-01T10:00:00Z",
               "delivery_date": "2099-01-01", "status": "active", "customer": customer, "freelancer": "f1"})
    };
    let refused = program.put("/orders/NEW", &of("k1"));
    assert!([409, 422].contains(&refused.status) && refused.html.contains("erased"), "{}", refused.html);
    let seen: Value = serde_json::from_str(&program.get("/orders/A-1").must(200).html).unwrap();
    assert_eq!((&seen["customer"], &seen["freelancer"]), (&Value::Null, &json!("f1")));
    let file = "external_id,title,price,placed_at,delivery_date,status,customer_id,customer_email,customer_name,freelancer_id\n\
                A-1,Logo voor een bakkerij,250.00,2026-01-01T10:00:00Z,2099-01-01,completed,k1,klant@example.com,Sanne de Vries,f1\n";
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("orders.csv");
    std::fs::write(&path, file).unwrap();
    let (_, said) = world.runs(&["import", path.to_str().unwrap()], "");
    assert!(!has(&world.copied(), "klant@example.com") && !has(&world.copied(), "Sanne de Vries"), "{said}");
    assert!(world.written(&customer).is_erased());
    assert_eq!(world.written(&customer).external_id, None);
    // The same address under another id is another person.
    program.put("/accounts/k2", &json!({"email": "klant@example.com", "name": "Sanne"})).must(201);
    world.is_sound();
}

#[test]
fn without_ids_the_address_itself_does_not_come_back() {
    let world = World::new();
    let (customer, _, _) = lived(&world);
    assert!(world.runs(&["account", "erase", &customer.email], "").0);
    let file = "title,price,placed_at,delivery_date,status,customer_email,customer_name,freelancer_email,freelancer_name,reference\n\
                Nieuw,250.00,2026-01-01T10:00:00Z,2099-01-01,active,klant@example.com,Sanne de Vries,freelancer@example.com,Daan Bakker,OC-7K3M9QXA\n";
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("orders.csv");
    std::fs::write(&path, file).unwrap();
    let (_, said) = world.runs(&["import", path.to_str().unwrap()], "");
    assert!(said.contains("this person was erased here"), "{said}");
    assert!(!has(&world.copied(), "klant@example.com"));
}

#[test]
fn a_restore_names_who_was_erased_since_the_backup() {
    let world = World::new();
    let (customer, _, _) = lived(&world);
    let folder = tempfile::tempdir().unwrap();
    let (before, after) = (folder.path().join("before.db"), folder.path().join("after.db"));
    let backs_up = |file: &std::path::Path| {
        runs(&["backup", file.to_str().unwrap(), "--database", &address(world.target())]).well()
    };
    backs_up(&before);
    assert!(world.runs(&["account", "erase", &customer.email], "").0);
    backs_up(&after);
    for newer in [address(world.target()), after.to_str().unwrap().to_owned()] {
        let other = world.another_database(false);
        let restore = ["restore", before.to_str().unwrap(), "--database", &other.address(), "--erased-in", &newer];
        let said = runs(&restore).well();
        assert!(said.contains("klant@example.com was erased since"), "{said}");
        assert!(!said.contains("freelancer@example.com"), "{said}");
    }
    let other = world.another_database(false);
    let said = runs(&["restore", before.to_str().unwrap(), "--database", &other.address()]).well();
    assert!(said.contains("it cannot know: --erased-in"), "{said}");
}

#[test]
fn a_restore_names_an_erased_person_whose_id_came_after_the_backup() {
    let world = World::new();
    let (customer, _, _) = lived(&world);
    let folder = tempfile::tempdir().unwrap();
    let before = folder.path().join("before.db");
    runs(&["backup", before.to_str().unwrap(), "--database", &address(world.target())]).well();
    world.sql("UPDATE accounts SET external_id = 'later' WHERE email = 'klant@example.com'").unwrap();
    assert!(world.runs(&["account", "erase", &customer.email], "").0);
    let (other, newer) = (world.another_database(false), address(world.target()));
    let restore = ["restore", before.to_str().unwrap(), "--database", &other.address(), "--erased-in", &newer];
    let said = runs(&restore).well();
    assert!(said.contains("klant@example.com was erased since"), "{said}");
}
