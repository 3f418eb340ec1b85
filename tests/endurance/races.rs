//! Accept, decline, withdraw and the deadline at the same instant: one of them wins, once, and the others are told
//! which.

use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Barrier};
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Europe::Amsterdam;
use oplossingscentrum::clock::real_now;
use oplossingscentrum::domain::Language;
use oplossingscentrum::domain::{Dispute, EventKind, Order, Party, State};
use oplossingscentrum::i18n::format::Reader;
use oplossingscentrum::i18n::outcomes::Outcomes;
use oplossingscentrum::i18n::time_markup::{Piece, pieces};
use oplossingscentrum::store::Store;
use oplossingscentrum::store::orders::{disputes, events};
use rand::RngExt;

use crate::cast::Cast;
use crate::cast::Question;
use crate::cast::signed_in;
use crate::counts::report;
use crate::counts::times;
use crate::database::Database;
use crate::examine::examine;
use crate::server::Recipe;
use crate::server::Server;
use crate::turn;
use crate::wire::Answer;
use crate::wire::Seat;
use crate::wire::Wire;

const MOST_CLIENTS: usize = 32;
/// How many rounds are placed and judged together.
const BATCH: u32 = 50;

#[test]
fn one_of_all_who_come_at_once_wins_on_sqlite() {
    let _turn = turn();
    race(&Database::sqlite(), 1, times(50, 20_000));
}

#[test]
fn one_of_all_who_come_at_once_wins_on_two_servers_that_share_postgresql() {
    let _turn = turn();
    race(&Database::postgres(), 2, times(50, 20_000));
}

/// One attempt of a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Attempt {
    Accept,
    Decline,
    Withdraw,
}

impl Attempt {
    const ALL: [Self; 3] = [Self::Accept, Self::Decline, Self::Withdraw];

    fn word(self) -> &'static str {
        match self {
            Self::Accept => "accept",
            Self::Decline => "decline",
            Self::Withdraw => "withdraw",
        }
    }

    fn outcome(self) -> EventKind {
        match self {
            Self::Accept => EventKind::Accepted,
            Self::Decline => EventKind::Declined,
            Self::Withdraw => EventKind::Withdrawn,
        }
    }
}

/// A client's part in a round.
struct Role {
    order: String,
    attempt: Attempt,
    by: Party,
    start: Arc<Barrier>,
}

/// A browser of each party; it waits for the barrier and then sends.
struct Client {
    parts: Sender<Role>,
    answers: Receiver<Answer>,
}

impl Client {
    fn sits_down(server: &Server) -> Self {
        let address = server.address;
        let (parts, to_do) = mpsc::channel::<Role>();
        let (answered, answers) = mpsc::channel();
        std::thread::spawn(move || {
            let seats = [signed_in(address, Party::Customer), signed_in(address, Party::Freelancer)];
            let mut wire = Wire::new(address);
            for Role { order, attempt, by, start } in to_do {
                let seat: &Seat = &seats[usize::from(by == Party::Freelancer)];
                start.wait();
                let path = format!("/orders/{order}/disputes/1/{}", attempt.word());
                if answered.send(wire.post(&path, seat, &[]).unwrap()).is_err() {
                    return;
                }
            }
        });
        Self { parts, answers }
    }
}

/// One contested order, and one that only silence may end: no page of it is read, so a worker must settle it.
struct Round {
    order: Order,
    silent: Order,
    question: Question,
    attempts: Vec<Attempt>,
    answers: Vec<Answer>,
}

#[derive(Default)]
struct Won {
    accepted: u32,
    declined: u32,
    withdrawn: u32,
    lapsed: u32,
}

fn race(database: &Database, servers: usize, rounds: u32) {
    let recipes: Vec<Recipe> = (0..servers).map(|_| Recipe::new(database)).collect();
    let store = database.open();
    let cast = Cast::arrive(&store);
    keep_awake(&store, cast);
    let mut running: Vec<Server> = recipes.iter().map(Recipe::start).collect();
    let clients: Vec<Client> = (0..MOST_CLIENTS).map(|nth| Client::sits_down(&running[nth % servers])).collect();
    let started = Instant::now();
    let (mut won, mut sent) = (Won::default(), 0);
    let (mut to_go, mut lead) = (rounds, Duration::from_millis(12));
    while to_go > 0 {
        let batch = to_go.min(BATCH);
        to_go -= batch;
        keep_awake(&store, cast);
        let orders = cast.place(&store, 2 * usize::try_from(batch).unwrap());
        let mut played = Vec::new();
        for pair in orders.chunks_exact(2) {
            let round = play(&store, &clients, pair, lead);
            let somebody_won = round.answers.iter().any(|answer| answer.status == 303);
            // The lead adapts to this machine, so that the deadline wins about one round in four.
            lead = lead.mul_f64(if somebody_won { 0.9 } else { 1.33 });
            played.push(round);
        }
        for round in &played {
            wait_for_silence(&store, &round.silent);
            sent += round.answers.len();
            judge(&store, round, &mut won);
        }
    }
    let seconds = started.elapsed().as_secs_f64();
    running.iter_mut().for_each(Server::is_in_good_health);
    drop(running);
    examine(database);
    let Won { accepted, declined, withdrawn, lapsed } = won;
    assert_eq!(accepted + declined + withdrawn + lapsed, rounds);
    assert!([accepted, declined, withdrawn, lapsed].iter().all(|won| *won > 0), "each of the four wins now and then");
    report(format_args!(
        "races on {}, {servers} server(s): {rounds} rounds, {sent} attempts of 2 to {MOST_CLIENTS} clients at once; won by \
         accepting {accepted}, declining {declined}, withdrawing {withdrawn}, the deadline {lapsed}; {:.0} rounds a second ({seconds:.0}s)",
        database.name(),
        f64::from(rounds) / seconds
    ));
}

/// Gives the workers deadlines in the next half minute, as a busy marketplace does. They sleep until the next deadline
/// that they know, and a question that is written behind their back falls due sooner.
fn keep_awake(store: &Store, cast: Cast) {
    // Close together for a fast machine, and further apart for a busy one.
    let tenths = (1..=15).chain([20, 30, 50, 80, 130, 200, 300]);
    for (tenth, order) in tenths.zip(&cast.place(store, 22)) {
        Cast::ask(store, order, Question::Change, soon(100_000 * tenth));
    }
}

/// Waits until a worker has settled the unanswered question; a busy machine may take its time.
fn wait_for_silence(store: &Store, silent: &Order) {
    let began = Instant::now();
    while store.snapshot(|db| disputes::find(db, silent.reference, 1)).unwrap().is_none_or(|dispute| dispute.is_open())
    {
        assert!(began.elapsed() < Duration::from_secs(60), "no worker settles what fell due");
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn soon(micros: i64) -> DateTime<Utc> {
    real_now() + TimeDelta::microseconds(micros)
}

/// Asks a question with its deadline that far ahead, and releases the clients.
fn play(store: &Store, clients: &[Client], pair: &[Order], lead: Duration) -> Round {
    let [order, silent] = pair else { unreachable!("they come in pairs") };
    let mut random = rand::rng();
    let question = Question::ALL[random.random_range(0..3)];
    let count = random.random_range(2..=MOST_CLIENTS);
    let first = random.random_range(0..3);
    let attempts: Vec<Attempt> = (0..count).map(|nth| Attempt::ALL[(nth + first) % 3]).collect();
    let opener = question.written().0;
    let deadline = soon(lead.mul_f64(random.random_range(0.5..1.5)).as_micros().try_into().unwrap());
    Cast::ask(store, order, question, deadline);
    Cast::ask(store, silent, Question::Change, deadline + TimeDelta::milliseconds(30));
    let start = Arc::new(Barrier::new(count + 1));
    for (client, attempt) in clients.iter().zip(&attempts) {
        let by = if *attempt == Attempt::Withdraw { opener } else { opener.other() };
        let order = order.reference.to_string();
        client.parts.send(Role { order, attempt: *attempt, by, start: start.clone() }).unwrap();
    }
    start.wait();
    let answers = clients.iter().take(count).map(|client| client.answers.recv().unwrap()).collect();
    Round { order: order.clone(), silent: silent.clone(), question, attempts, answers }
}

/// Checks that there is one winner, and that all others were told which.
fn judge(store: &Store, round: &Round, won: &mut Won) {
    let Round { order, silent, question, attempts, answers } = round;
    let (found, timeline, quiet) = store
        .snapshot(|db| {
            let found = disputes::of_order(db, order.reference)?;
            Ok::<_, oplossingscentrum::store::Error>((
                found,
                events::of_order(db, order.reference)?,
                disputes::of_order(db, silent.reference)?,
            ))
        })
        .unwrap();
    let [dispute] = &found[..] else { panic!("{question:?}: {} disputes", found.len()) };
    assert!(matches!(quiet[0].state, State::Lapsed(at) if at == quiet[0].respond_by), "{:?}", quiet[0].state);
    let whats: Vec<EventKind> = timeline.iter().map(|event| event.kind).collect();
    let [EventKind::Placed, EventKind::Opened, end] = whats[..] else { panic!("{question:?}: {whats:?}") };
    let winners: Vec<EventKind> =
        attempts.iter().zip(answers).filter(|(_, answer)| answer.status == 303).map(|(a, _)| a.outcome()).collect();
    let expected: &[EventKind] = if end == EventKind::Lapsed { &[] } else { &[end] };
    assert_eq!(winners, expected, "{question:?}: who was told that they did it, and what is written");
    let named = ended(dispute);
    for answer in answers.iter().filter(|answer| answer.status != 303) {
        assert_eq!(answer.status, 409, "{}\n{}", answer.head, answer.body);
        assert!(answer.body.contains(&named), "{end:?}: no {named:?} in {}", answer.body);
    }
    match end {
        EventKind::Accepted => won.accepted += 1,
        EventKind::Declined => won.declined += 1,
        EventKind::Withdrawn => won.withdrawn += 1,
        _ => won.lapsed += 1,
    }
}

/// The end, as the page of a late client says it.
fn ended(dispute: &Dispute) -> String {
    let reader = Reader { language: Language::Nl, zone: Amsterdam };
    let said = Outcomes { reader, dispute, viewer: Party::Customer, other: "" }.ended().expect("it is over");
    let written = pieces(&said).into_iter().map(|piece| match piece {
        Piece::Words(words) => words.to_owned(),
        Piece::Time { datetime, shown, .. } => format!("<time datetime=\"{datetime}\">{shown}</time>"),
    });
    written.collect()
}
