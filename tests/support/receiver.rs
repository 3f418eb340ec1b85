//! A receiver of webhooks for tests, on loopback: it takes, fails, redirects, hangs, and answers nonsense.

// Each test program uses only some of this.
#![allow(dead_code)]

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;

/// What a receiver does with a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reply {
    /// Answers with this status.
    Status(u16),
    /// Answers 503 and asks to wait so many seconds.
    Wait(u32),
    /// Answers 302 and leads to itself.
    Redirect,
    /// Says nothing.
    Silence,
    /// Sends a byte of the head a second.
    Slowly,
    /// Answers 200 with a body of 100 MB.
    Huge,
    /// Answers something that is no HTTP.
    Nonsense,
}

/// A message that came.
#[derive(Debug, Clone)]
pub struct Received {
    pub headers: HashMap<String, String>,
    pub body: String,
    pub reply: Reply,
}

impl Received {
    pub fn id(&self) -> &str {
        &self.headers["webhook-id"]
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

type Decides = dyn Fn(&Received) -> Reply + Send + Sync;

/// A receiver, until the test ends.
#[derive(Clone)]
pub struct Receiver {
    pub url: String,
    connections: Arc<AtomicUsize>,
    received: Arc<Mutex<Vec<Received>>>,
    decides: Arc<Mutex<Arc<Decides>>>,
}

impl Receiver {
    /// One that takes everything.
    pub fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let receiver = Self {
            url: format!("http://{}/hook", listener.local_addr().unwrap()),
            connections: Arc::default(),
            received: Arc::default(),
            decides: Arc::new(Mutex::new(Arc::new(|_: &Received| Reply::Status(204)))),
        };
        let own = receiver.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                own.connections.fetch_add(1, Ordering::SeqCst);
                let own = own.clone();
                std::thread::spawn(move || own.serves(stream));
            }
        });
        receiver
    }

    /// From now on it replies so.
    pub fn replies(&self, decides: impl Fn(&Received) -> Reply + Send + Sync + 'static) {
        *self.decides.lock().unwrap() = Arc::new(decides);
    }

    /// Everything that came, and everything that it took.
    pub fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }

    pub fn taken(&self) -> Vec<Received> {
        self.received().into_iter().filter(|one| matches!(one.reply, Reply::Status(200..=299) | Reply::Huge)).collect()
    }

    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    pub fn port(&self) -> &str {
        self.url.trim_start_matches("http://127.0.0.1:").trim_end_matches("/hook")
    }

    fn serves(&self, mut stream: TcpStream) {
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        let (mut headers, mut line) = (HashMap::new(), String::new());
        let Ok(_) = reader.read_line(&mut line) else { return };
        assert!(line.is_empty() || line.starts_with("POST /hook HTTP/1.1") || !line.is_ascii(), "{line}");
        loop {
            line.clear();
            match reader.read_line(&mut line) {
                Ok(0) | Err(_) => break,
                Ok(_) if line == "\r\n" => break,
                Ok(_) => {
                    if let Some((name, value)) = line.split_once(':') {
                        headers.insert(name.to_owned(), value.trim().to_owned());
                    }
                }
            }
        }
        let length = headers.get("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
        let mut body = vec![0; length];
        if reader.read_exact(&mut body).is_err() {
            return;
        }
        let mut received = Received { headers, body: String::from_utf8(body).unwrap(), reply: Reply::Silence };
        let decides = self.decides.lock().unwrap().clone();
        received.reply = decides(&received);
        let reply = received.reply;
        if reply != Reply::Silence {
            // What is taken counts before its sender knows, as with a receiver that dies just then.
            self.received.lock().unwrap().push(received);
        }
        let _ = answers(&mut stream, reply, &self.url);
    }
}

fn answers(stream: &mut TcpStream, reply: Reply, own: &str) -> std::io::Result<()> {
    let empty = "content-length: 0\r\n\r\n";
    match reply {
        Reply::Status(status) => write!(stream, "HTTP/1.1 {status} So\r\n{empty}"),
        Reply::Wait(seconds) => write!(stream, "HTTP/1.1 503 So\r\nRetry-After: {seconds}\r\n{empty}"),
        Reply::Redirect => write!(stream, "HTTP/1.1 302 So\r\nLocation: {own}\r\n{empty}"),
        Reply::Silence => {
            std::thread::sleep(Duration::from_secs(3));
            Ok(())
        }
        Reply::Slowly => {
            for byte in "HTTP/1.1 200 So\r\n".as_bytes() {
                stream.write_all(&[*byte])?;
                std::thread::sleep(Duration::from_secs(1));
            }
            Ok(())
        }
        Reply::Huge => {
            write!(stream, "HTTP/1.1 200 So\r\ncontent-length: 104857600\r\n\r\n")?;
            (0..6_400).try_for_each(|_| stream.write_all(&[b'x'; 16_384]))
        }
        Reply::Nonsense => stream.write_all(b"220 smtp.example ESMTP\r\n"),
    }
}
