//! Generates a marketplace's export: `cargo run --example generate_orders -- 200 > tests/data/orders.csv`, or JSON with
//! `--json`. The same number always gives the same orders, and a smaller one the first of them.

use std::collections::HashSet;
use std::error::Error;
use std::io::{self, Write};

use chrono::{DateTime, Days, NaiveDate, SecondsFormat, TimeDelta, Utc};
use oplossingscentrum::domain::Reference;
use serde_json::json;

/// The moment of the made-up export: the evening before Tuesday 24 November 2026.
const EXPORTED_AT: &str = "2026-11-23T18:00:00Z";
const DAY: u64 = 86_400;

const FIRST_NAMES: [&str; 30] = [
    "Sanne", "Joost", "Fatima", "Bram", "Lotte", "Daan", "Renée", "Mohammed", "Femke", "Thijs", "Anouk", "Ruben",
    "Iris", "Jeroen", "Noor", "Bas", "Esra", "Wouter", "Merel", "Daniël", "Saskia", "Karim", "Hanneke", "Pim", "Yara",
    "Gijs", "Roos", "Willem", "Zoë", "Tim",
];

const LAST_NAMES: [&str; 37] = [
    "de Vries",
    "Bakker",
    "van den Berg",
    "Jansen",
    "El Amrani",
    "Visser",
    "Smit",
    "Meijer",
    "de Boer",
    "Mulder",
    "de Groot",
    "Bos",
    "Vos",
    "Peters",
    "Hendriks",
    "van Leeuwen",
    "Dekker",
    "Brouwer",
    "de Wit",
    "Dijkstra",
    "van 't Hof",
    "de Graaf",
    "van der Meer",
    "Yıldız",
    "Kok",
    "Jacobs",
    "de Haan",
    "Vermeulen",
    "van den Heuvel",
    "van der Veen",
    "de Bruijn",
    "Schouten",
    "Hoekstra",
    "Koster",
    "Prins",
    "Huisman",
    "Peeters",
];

/// The services, with the lowest and the highest price in euro.
const SERVICES: [(&str, u64, u64); 18] = [
    ("Logo voor", 150, 650),
    ("Huisstijl voor", 450, 1_600),
    ("Website voor", 800, 4_500),
    ("Webshop voor", 1_500, 7_500),
    ("Productfoto's voor", 180, 900),
    ("Webteksten voor", 120, 700),
    ("Flyer voor", 60, 240),
    ("Menukaart voor", 75, 300),
    ("Engelse vertaling van de folder van", 45, 350),
    ("Een maand Instagram-berichten voor", 150, 600),
    ("Animatievideo van 60 seconden voor", 500, 2_400),
    ("Nieuwsbrief van november voor", 50, 220),
    ("Boekhouding derde kwartaal van", 175, 650),
    ("Radiospot met voice-over voor", 140, 480),
    ("Interieurschets voor", 250, 1_200),
    ("Podcastmontage, 4 afleveringen, voor", 160, 560),
    ("Belettering van de bus van", 90, 380),
    ("Reserveringssysteem voor", 900, 5_200),
];

const CLIENTS: [&str; 20] = [
    "bakkerij De Korenaar",
    "fietsenmaker Van Dam",
    "café 't Hoekje",
    "tandartspraktijk Zuid",
    "kapsalon Knip & Zo",
    "hoveniersbedrijf Groenland",
    "boekhandel De Leeslamp",
    "yogastudio Adem",
    "schildersbedrijf Kwast & Zn.",
    "dierenkliniek De Poot",
    "brouwerij De Gouden Ketel",
    "kinderopvang Pippeloentje",
    "restaurant \"De Smidse\"",
    "camping De Zeven Linden, Ommen",
    "rijschool Spoor & Rit",
    "muziekschool Da Capo",
    "ijssalon Venezië",
    "fysiotherapie Aan de Gracht",
    "zeilmakerij Bries",
    "kringloopwinkel Tweede Ronde",
];

/// The shares of statuses, in percent: with the delivery date ahead, and once it has passed.
const AHEAD: [(&str, u64); 6] = [
    ("active", 62),
    ("delivered", 12),
    ("in_revision", 10),
    ("completed", 9),
    ("mutually_cancelled", 4),
    ("cancelled", 3),
];
const PASSED: [(&str, u64); 6] = [
    ("active", 8),
    ("delivered", 5),
    ("in_revision", 6),
    ("completed", 69),
    ("mutually_cancelled", 8),
    ("cancelled", 4),
];

/// Pseudo-random numbers (`SplitMix64`), so that the example never changes by itself.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.roll() % end
    }

    fn pick<T: Copy>(&mut self, list: &[T]) -> T {
        let place = self.below(list.len().try_into().expect("a list is short"));
        list[usize::try_from(place).expect("it is below the length")]
    }

    fn status(&mut self, shares: &[(&'static str, u64)]) -> &'static str {
        let mut left = self.below(100);
        for (status, share) in shares {
            if left < *share {
                return status;
            }
            left -= share;
        }
        "active"
    }
}

struct Person {
    email: String,
    name: String,
    language: &'static str,
}

/// The person with that number: always the same one.
fn person(number: u64) -> Person {
    let mut dice = Dice(number);
    let (first, last) = (dice.pick(&FIRST_NAMES), dice.pick(&LAST_NAMES));
    let letters: String = format!("{first}{last}").to_lowercase().chars().filter(char::is_ascii_alphabetic).collect();
    Person {
        email: format!("{letters}.{number}@example.com"),
        name: format!("{first} {last}"),
        language: dice.pick(&["nl", "nl", "nl", "nl", "en", ""]),
    }
}

struct Order {
    reference: Reference,
    title: String,
    price: String,
    placed_at: DateTime<Utc>,
    delivery_date: NaiveDate,
    status: &'static str,
    status_since: Option<DateTime<Utc>>,
    customer: Person,
    freelancer: Person,
}

/// The order with that number, counted from 0. The marketplace grows: more orders come with more people.
fn order(number: u64, dice: &mut Dice, exported_at: DateTime<Utc>) -> Order {
    let seconds = |seconds: u64| TimeDelta::seconds(seconds.cast_signed());
    let (service, low, high) = dice.pick(&SERVICES);
    let euros = low + dice.below((high - low) / 5) * 5;
    let cents = dice.pick(&["00", "00", "00", "50", "95"]);
    let age = 3_600 + dice.below(90 * DAY);
    let placed_at = exported_at - seconds(age);
    let delivery_date = placed_at.date_naive() + Days::new(3 + dice.below(43));
    let is_passed = delivery_date < exported_at.date_naive();
    let status = dice.status(if is_passed { &PASSED } else { &AHEAD });
    let status_since = match status {
        "active" => None,
        // Delivered longer ago, it would have completed by itself.
        "delivered" => Some(exported_at - seconds(dice.below(age.min(2 * DAY)))),
        _ => Some(exported_at - seconds(dice.below(age))),
    };
    let people = 15 + number / 5;
    let customer = dice.below(people);
    let freelancer = (customer + 1 + dice.below(people - 1)) % people;
    Order {
        reference: Reference::from_bits(dice.roll()),
        title: format!("{service} {}", dice.pick(&CLIENTS)),
        price: format!("{euros}.{cents}"),
        placed_at,
        delivery_date,
        status,
        status_since,
        customer: person(customer),
        freelancer: person(freelancer),
    }
}

fn written(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

fn write_csv(orders: &[Order]) -> Result<(), Box<dyn Error>> {
    let mut csv = csv::Writer::from_writer(io::stdout().lock());
    csv.write_record([
        "reference",
        "title",
        "price",
        "currency",
        "placed_at",
        "delivery_date",
        "status",
        "status_since",
        "customer_email",
        "customer_name",
        "customer_language",
        "freelancer_email",
        "freelancer_name",
        "freelancer_language",
    ])?;
    for order in orders {
        csv.write_record([
            order.reference.to_string().as_str(),
            &order.title,
            &order.price,
            "EUR",
            &written(order.placed_at),
            &order.delivery_date.to_string(),
            order.status,
            &order.status_since.map(written).unwrap_or_default(),
            &order.customer.email,
            &order.customer.name,
            order.customer.language,
            &order.freelancer.email,
            &order.freelancer.name,
            order.freelancer.language,
        ])?;
    }
    Ok(csv.flush()?)
}

fn write_json(orders: &[Order]) -> Result<(), Box<dyn Error>> {
    let mut told = HashSet::new();
    let people = orders.iter().flat_map(|order| [&order.customer, &order.freelancer]);
    let accounts: Vec<_> = people
        .filter(|person| told.insert(&person.email))
        .map(|person| json!({ "email": person.email, "name": person.name, "language": person.language }))
        .collect();
    let orders: Vec<_> = orders
        .iter()
        .map(|order| {
            json!({
                "reference": order.reference.to_string(),
                "title": order.title,
                "price": order.price,
                "currency": "EUR",
                "placed_at": written(order.placed_at),
                "delivery_date": order.delivery_date.to_string(),
                "status": order.status,
                "status_since": order.status_since.map(written),
                "customer": order.customer.email,
                "freelancer": order.freelancer.email,
            })
        })
        .collect();
    let file = json!({ "accounts": accounts, "orders": orders });
    Ok(writeln!(io::stdout().lock(), "{}", serde_json::to_string_pretty(&file)?)?)
}

fn main() -> Result<(), Box<dyn Error>> {
    let (flags, numbers): (Vec<String>, Vec<String>) = std::env::args().skip(1).partition(|word| word.starts_with('-'));
    let count: usize = numbers.first().map_or(Ok(200), |number| number.parse())?;
    let exported_at = EXPORTED_AT.parse()?;
    let mut dice = Dice(2026);
    let mut taken = HashSet::new();
    let orders: Vec<Order> = (0..)
        .map(|number| order(number, &mut dice, exported_at))
        .filter(|order| taken.insert(order.reference))
        .take(count)
        .collect();
    if flags.iter().any(|flag| flag == "--json") { write_json(&orders) } else { write_csv(&orders) }
}
