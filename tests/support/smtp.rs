//! A mail server for tests, on loopback: it knows enough SMTP to accept, refuse, hang and hang up.

// Each test program uses only some of this.
#![allow(dead_code)]

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex};

use mail_parser::{Message, MessageParser};
use oplossingscentrum::mail::server::Server;

use crate::soon::soon;

/// The server's reaction to a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Takes it.
    Take,
    /// Answers the recipient command with this refusal.
    Refuse(&'static str),
    /// Falls silent at the recipient command, until the client goes away.
    Hang,
    /// Hangs up in the middle of the mail.
    DropInData,
    /// Takes the mail, but is killed before it can confirm.
    TakeInSilence,
}

/// An accepted mail.
#[derive(Debug, Clone)]
pub struct Taken {
    pub to: String,
    pub raw: Vec<u8>,
}

impl Taken {
    /// The mail, read by a third-party parser.
    pub fn read(&self) -> Message<'_> {
        MessageParser::default().parse(&self.raw).expect("it is a mail")
    }

    pub fn subject(&self) -> String {
        self.read().subject().unwrap().to_owned()
    }

    pub fn id(&self) -> String {
        self.read().message_id().unwrap().to_owned()
    }

    pub fn text(&self) -> String {
        self.read().body_text(0).unwrap().replace("\r\n", "\n")
    }

    pub fn html(&self) -> String {
        self.read().body_html(0).unwrap().into_owned()
    }

    /// A raw header of the mail, unfolded; `None` when absent.
    pub fn header(&self, name: &str) -> Option<String> {
        self.read().header_raw(name.to_owned()).map(|raw| raw.split_whitespace().collect::<Vec<_>>().join(" "))
    }
}

type Wait = (String, Sender<()>, Receiver<()>);

#[derive(Default)]
struct State {
    /// Reactions to the next mails for an address; [`Answer::Take`] by default.
    answers: Mutex<Vec<(String, Vec<Answer>)>>,
    taken: Mutex<Vec<Taken>>,
    /// The recipients of all attempts.
    tried: Mutex<Vec<String>>,
    signed_in: Mutex<Vec<String>>,
    /// An address whose next mail is held before it is taken, with a channel that reports it and one that releases it.
    waits: Mutex<Option<Wait>>,
}

/// The server. It listens until the test ends.
pub struct Smtp {
    pub port: u16,
    state: Arc<State>,
    /// The port of an absent server, kept from everybody else until the test ends.
    _held: Option<TcpStream>,
}

impl Smtp {
    pub fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(State::default());
        let shared = state.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let state = shared.clone();
                // A client that hangs up ends only its own conversation.
                std::thread::spawn(move || converse(&stream, &state));
            }
        });
        Self { port, state, _held: None }
    }

    /// An absent server: its port has no listener. A connection that starts there keeps other tests from listening on it.
    pub fn gone() -> Self {
        let other = TcpListener::bind("127.0.0.1:0").unwrap();
        let held = TcpStream::connect(other.local_addr().unwrap()).unwrap();
        Self { port: held.local_addr().unwrap().port(), state: Arc::default(), _held: Some(held) }
    }

    /// The program's settings for this server.
    pub fn server(&self) -> Server {
        Server::new(&format!("smtp://127.0.0.1:{}", self.port), "Oplossingscentrum <noreply@example.com>").unwrap()
    }

    /// Reacts like this to the next attempts for that address, and takes the mails after them.
    pub fn answers(&self, to: &str, answers: &[Answer]) {
        self.state.answers.lock().unwrap().push((to.to_owned(), answers.to_vec()));
    }

    /// Reacts like this to every further attempt for that address.
    pub fn always_answers(&self, to: &str, answer: Answer) {
        self.answers(to, &vec![answer; 1_000]);
    }

    /// Holds the next mail for that address, once it is complete, until it is released.
    pub fn waits_before_it_takes(&self, to: &str) -> (Receiver<()>, Sender<()>) {
        let ((tells, told), (go_on, waits)) = (mpsc::channel(), mpsc::channel());
        *self.state.waits.lock().unwrap() = Some((to.to_owned(), tells, waits));
        (told, go_on)
    }

    /// Takes everything from now on.
    pub fn is_well_again(&self) {
        self.state.answers.lock().unwrap().clear();
    }

    pub fn taken(&self) -> Vec<Taken> {
        self.state.taken.lock().unwrap().clone()
    }

    /// The mails it took for that address, in order.
    pub fn taken_for(&self, to: &str) -> Vec<Taken> {
        self.taken().into_iter().filter(|mail| mail.to == to).collect()
    }

    /// The number of attempts for that address.
    pub fn tries(&self, to: &str) -> usize {
        self.state.tried.lock().unwrap().iter().filter(|tried| *tried == to).count()
    }

    pub fn signed_in(&self) -> Vec<String> {
        self.state.signed_in.lock().unwrap().clone()
    }

    /// Waits until it has taken that many mails, and returns all of them.
    #[track_caller]
    pub fn has_taken(&self, count: usize) -> Vec<Taken> {
        soon(|| self.taken().len() >= count);
        let taken = self.taken();
        assert_eq!(taken.len(), count, "{:?}", taken.iter().map(Taken::subject).collect::<Vec<_>>());
        taken
    }
}

fn next_answer(state: &State, to: &str) -> Answer {
    state.tried.lock().unwrap().push(to.to_owned());
    let mut answers = state.answers.lock().unwrap();
    let planned = answers.iter_mut().find(|(address, answers)| address == to && !answers.is_empty());
    planned.map_or(Answer::Take, |(_, answers)| answers.remove(0))
}

fn converse(stream: &TcpStream, state: &State) -> Option<()> {
    let mut input = BufReader::new(stream);
    let say = |line: &str| {
        let mut out = stream;
        out.write_all(format!("{line}\r\n").as_bytes()).ok()
    };
    let (mut to, mut answer) = (String::new(), Answer::Take);
    say("220 loopback")?;
    loop {
        let mut line = String::new();
        if input.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let (command, rest) = line.trim_end().split_once([' ', ':']).unwrap_or((line.trim_end(), ""));
        match command.to_ascii_uppercase().as_str() {
            "EHLO" => say("250-loopback\r\n250-8BITMIME\r\n250 AUTH PLAIN")?,
            "AUTH" => {
                state.signed_in.lock().unwrap().push(rest.to_owned());
                say("235 welcome")?;
            }
            "RCPT" => {
                rest.split(['<', '>']).nth(1)?.clone_into(&mut to);
                answer = next_answer(state, &to);
                match answer {
                    Answer::Refuse(words) => say(words)?,
                    Answer::Hang => return input.read_line(&mut String::new()).ok().map(drop),
                    Answer::Take | Answer::DropInData | Answer::TakeInSilence => say("250 ok")?,
                }
            }
            "DATA" => {
                say("354 go ahead")?;
                let raw = mail(&mut input, answer == Answer::DropInData)?;
                let waits = state.waits.lock().unwrap().take_if(|(address, ..)| *address == to);
                if let Some((_, tells, waits)) = waits {
                    tells.send(()).ok()?;
                    waits.recv().ok()?;
                }
                state.taken.lock().unwrap().push(Taken { to: to.clone(), raw });
                if answer == Answer::TakeInSilence {
                    return input.read_line(&mut String::new()).ok().map(drop);
                }
                say("250 taken")?;
            }
            "QUIT" => {
                say("221 bye")?;
                return Some(());
            }
            _ => say("250 ok")?,
        }
    }
}

/// Reads a mail up to the line with only a dot; `None` when it is dropped half-way.
fn mail(input: &mut impl BufRead, drops: bool) -> Option<Vec<u8>> {
    let mut raw = Vec::new();
    loop {
        let mut line = Vec::new();
        if input.read_until(b'\n', &mut line).ok()? == 0 || (drops && raw.len() > 200) {
            return None;
        }
        match line.as_slice() {
            b".\r\n" => return Some(raw),
            [b'.', rest @ ..] => raw.extend(rest),
            whole => raw.extend(whole),
        }
    }
}
