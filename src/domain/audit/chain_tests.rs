//! A chain that the program made has no faults, and each change behind its back is found where it is.

use chrono::TimeDelta;
use serde_json::Value;

use super::*;
use crate::domain::orders::change::Title;
use crate::domain::{AccountId, Party, Reason, Reference, Status, Step, Text};

#[test]
fn words_are_hashed_behind_their_salt() {
    let known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(salted_hash("a", "bc"), known, "SHA-256 of \"abc\", FIPS 180-2, B.1");
}

#[test]
fn facts_are_written_as_rfc_8785_says() {
    let written =
        |json: &str| serde_json_canonicalizer::to_string(&serde_json::from_str::<Value>(json).unwrap()).unwrap();
    let (given, canonical) = (
        // RFC 8785, 3.2.2 and 3.2.4.
        r#"{ "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
             "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/", "literals": [null, true, false] }"#,
        r#"{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}"#,
    );
    assert_eq!(written(given), canonical);
    // RFC 8785, 3.2.3: by UTF-16 code units, so that the emoji comes before the letter.
    let given = r#"{"\u20ac":1,"\r":2,"\ufb33":3,"1":4,"\ud83d\ude00":5,"\u0080":6,"\u00f6":7}"#;
    assert_eq!(written(given), "{\"\\r\":2,\"1\":4,\"\u{80}\":6,\"ö\":7,\"€\":1,\"😀\":5,\"\u{fb33}\":3}");
}

#[test]
fn a_fingerprint_is_eighty_bits_in_four_groups_that_are_easily_typed() {
    let groups = (1..=16_u128).fold(0, |bits, group| (bits << 5) | group);
    assert_eq!(fingerprint(&format!("{groups:020x}{:044x}", 0)), "1234 5678 9ABC DEFG");
    assert_eq!(fingerprint(&"f".repeat(64)), "ZZZZ ZZZZ ZZZZ ZZZZ");
    for same in ["7k3m9qxa4d2fp6r8", "7K3M-9QXA-4D2F-P6R8", " 7K3M 9QXA  4D2F P6R8\n"] {
        assert_eq!(typed(same), "7K3M 9QXA 4D2F P6R8", "{same:?}");
    }
    assert_eq!(typed("oil0 0000 0000 0000"), "0110 0000 0000 0000", "letters that it never has");
}

/// Numbers that look random and are the same at each run (Steele and Vigna, "split mix").
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % sides as u64).unwrap()
    }
}

/// An order with everything that is stored of its history.
#[derive(Clone)]
struct History {
    order: Order,
    disputes: Vec<Dispute>,
    chain: Chain,
}

impl History {
    fn random(seed: u64) -> Self {
        let dice = &mut Dice(seed);
        let mut now = DateTime::from_timestamp(1_790_000_000, 0).unwrap();
        let mut order = Order {
            reference: Reference::from_bits(seed),
            external_id: None,
            title: "Logo voor een bakkerij".into(),
            customer: AccountId(1),
            freelancer: AccountId(2),
            placed_at: now,
            price: Money::euro_cents(25_000),
            delivery_date: now.date_naive(),
            status: Status::Active,
            completes_at: None,
            unannounced_since: None,
            open_dispute: None,
            dispute_count: 0,
            event_count: 0,
        };
        let mut events = order.import(Status::Active, now).unwrap();
        let mut disputes: Vec<Dispute> = Vec::new();
        for _ in 0..40 {
            now += TimeDelta::minutes(i64::try_from(dice.roll(3_000)).unwrap());
            let by = [Party::Customer, Party::Freelancer][dice.roll(2)];
            let words = || Some(Text::parse("Ik hoor niets meer.").unwrap());
            let mut steps = order.settle(now);
            let number = order.dispute_count;
            let step = match dice.roll(9) {
                0 => order.deliver(by, words(), now),
                1 => order.request_revision(by, words().unwrap(), now),
                2 => order.open(by, Ask::Update, words(), now),
                3 if dice.roll(4) == 0 => order.open(by, Ask::Cancellation(Reason::Other), words(), now),
                4 => order.open(by, Ask::Change(change(dice)), words(), now),
                5 => order.comment(by, number, words().unwrap(), now),
                6 => order.accept(by, number, None, now),
                7 => order.decline(by, number, words(), now),
                _ => order.withdraw(by, number, now),
            };
            steps.extend(step);
            for Step { dispute, event } in steps {
                if let Some(dispute) = dispute {
                    disputes.retain(|known| known.number != dispute.number);
                    disputes.push(dispute);
                }
                events.push(event);
            }
        }
        let links = events.into_iter().map(|event| link(event, &disputes, dice)).collect();
        let mut history = Self { order, disputes, chain: Chain { links, ..Chain::default() } };
        history.hashed_anew();
        history
    }

    /// Gives every event its hash, as an operator would who changed the past.
    fn hashed_anew(&mut self) {
        let hashes = hashes("", &facts(&self.order, &self.disputes, &self.chain.links));
        self.chain.hashed = i32::try_from(hashes.len()).unwrap();
        self.chain.hashes = (1..).zip(hashes).collect();
    }

    fn faults(&self) -> Vec<Fault> {
        self.chain.faults(&self.order, &self.disputes)
    }

    fn changed(&self, change: impl FnOnce(&mut Self)) -> Self {
        let mut changed = self.clone();
        change(&mut changed);
        changed
    }
}

fn change(dice: &mut Dice) -> ChangeRequest {
    let extra = Extra { title: Title::parse("Extra pagina").unwrap(), price: Money::euro_cents(2_500) };
    ChangeRequest::new(ExtraDays::new(3), vec![extra; dice.roll(3)]).unwrap()
}

fn link(event: Event, disputes: &[Dispute], dice: &mut Dice) -> Link {
    let salt = format!("{:032x}", dice.roll(usize::MAX));
    let asked = disputes.iter().find(|dispute| Some(dispute.number) == event.dispute);
    let extras = asked.filter(|_| event.kind == EventKind::Opened).and_then(|dispute| match &dispute.ask {
        Ask::Change(change) if !change.extras().is_empty() => Some(titles(change.extras())),
        _ => None,
    });
    let words = event.text.as_ref().map(|text| Words {
        hash: salted_hash(&salt, text.as_str()),
        titles_hash: extras.map(|titles| salted_hash(&salt, &titles)),
        said: Some((salt.clone(), text.to_string())),
    });
    Link { event, recorded_at: None, words }
}

#[test]
fn every_change_of_a_thousand_histories_is_found_where_it_is() {
    for seed in 0..1_000 {
        let history = History::random(seed);
        let dice = &mut Dice(seed ^ 0xffff);
        assert_eq!(history.faults(), [], "{seed}");
        let events = history.chain.links.len();
        let at = dice.roll(events);
        let number = i32::try_from(at + 1).unwrap();
        let later = |history: &mut History| history.chain.links[at].event.at += TimeDelta::microseconds(1);
        assert_eq!(history.changed(later).faults(), [Fault::Changed(number)], "{seed}: another moment");
        let other = |history: &mut History| {
            let event = &mut history.chain.links[at].event;
            event.kind = if event.kind == EventKind::Approved { EventKind::Retitled } else { EventKind::Approved };
        };
        assert!(history.changed(other).faults().contains(&Fault::Changed(number)), "{seed}: another thing");
        let gone = history.changed(|history| drop(history.chain.links.remove(at)));
        assert!(gone.faults().contains(&Fault::Gone(number)), "{seed}: deleted");
        let unhashed = history.changed(|history| drop(history.chain.hashes.remove(at)));
        assert_eq!(unhashed.faults(), [Fault::Unhashed(number)], "{seed}: its hash deleted");
        let cut = history.changed(|history| history.chain.links.truncate(at));
        let tail: Vec<Fault> = (at + 1..=events).map(|number| Fault::Gone(i32::try_from(number).unwrap())).collect();
        if at > 0 {
            assert!(tail.iter().all(|fault| cut.faults().contains(fault)), "{seed}: cut");
        }
        let flipped = history.changed(|history| {
            let hash = &mut history.chain.hashes[at].1;
            let digit = if hash.starts_with('0') { "1" } else { "0" };
            hash.replace_range(..1, digit);
        });
        assert!(flipped.faults().contains(&Fault::Changed(number)), "{seed}: another hash");
        let with = dice.roll(events);
        if with != at {
            let moved = history.changed(|history| {
                history.chain.links.swap(at, with);
                let numbers = (1..).zip(&mut history.chain.links);
                numbers.for_each(|(number, link)| link.event.number = number);
            });
            let both = [at, with].map(|at| Fault::Changed(i32::try_from(at + 1).unwrap()));
            assert!(both.iter().all(|fault| moved.faults().contains(fault)), "{seed}: moved");
        }
        let worded = history.chain.links.iter().position(|link| link.words.is_some());
        let Some(worded) = worded else { continue };
        let said = |history: &mut History, words: Option<(String, String)>| {
            history.chain.links[worded].words.as_mut().unwrap().said = words;
        };
        let rewritten = history.changed(|history| said(history, Some(("0".repeat(32), "Anders.".into()))));
        let number = i32::try_from(worded + 1).unwrap();
        assert!(rewritten.faults().contains(&Fault::Text(number)), "{seed}: other words");
        let erased = history.changed(|history| said(history, None));
        assert_eq!((erased.faults(), erased.chain.head()), (vec![], history.chain.head()), "{seed}: erased");
        let forged = rewritten.changed(|forged| {
            let words = forged.chain.links[worded].words.as_mut().unwrap();
            let (salt, text) = words.said.clone().unwrap();
            words.hash = salted_hash(&salt, &text);
            words.titles_hash = None;
            words.said = None;
            forged.hashed_anew();
        });
        assert_eq!(forged.faults(), [], "{seed}: a chain alone proves nothing against who can write all of it");
        let head = |history: &History| fingerprint(history.chain.head().unwrap());
        assert_ne!(head(&forged), head(&history), "{seed}: the mails do");
    }
}

#[test]
fn what_was_agreed_and_asked_is_in_the_hash_and_no_person_is() {
    let history = (0..1_000).map(History::random).find(|history| {
        history
            .disputes
            .iter()
            .any(|dispute| dispute.accepted_change().is_some_and(|change| !change.extras().is_empty()))
    });
    let history = history.unwrap();
    let others: [&dyn Fn(&mut History); 5] = [
        &|history| history.disputes[0].old_price = Money::euro_cents(1),
        &|history| history.disputes[0].respond_by += TimeDelta::microseconds(1),
        &|history| history.disputes[0].old_delivery_date = history.order.placed_at.date_naive() - TimeDelta::days(1),
        &|history| {
            let accepted = history.disputes.iter_mut().find(|dispute| dispute.accepted_change().is_some());
            accepted.unwrap().part = Part::Date;
        },
        &|history| {
            let change = ChangeRequest::new(ExtraDays::new(4), vec![]).unwrap();
            let asked = history.disputes.iter_mut().find(|dispute| dispute.accepted_change().is_some());
            asked.unwrap().ask = Ask::Change(change);
        },
    ];
    for (nth, other) in others.iter().enumerate() {
        assert_ne!(history.changed(other).faults(), [], "{nth}");
    }
    let anonymous = history.changed(|history| {
        history.order.title = "Verwijderd".into();
        (history.order.customer, history.order.freelancer) = (AccountId(8), AccountId(9));
    });
    assert_eq!(anonymous.faults(), []);
}
