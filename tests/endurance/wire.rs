//! One HTTP connection without a client library: kept alive, and exact about answers that never came.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// The longest wait for an answer: longer than any request here may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// An answer of the server.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    /// The status line and the headers.
    pub head: String,
    pub body: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers(name).next()
    }

    fn headers(&self, name: &str) -> impl Iterator<Item = &str> {
        let headers = self.head.lines().filter_map(|line| line.split_once(": "));
        headers.filter(move |(header, _)| header.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// The page, when it has that status.
    #[track_caller]
    pub fn must(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}\n{}", self.head, self.body);
        self
    }
}

/// A signed-in browser: its cookie and token.
#[derive(Debug, Clone, Default)]
pub struct Seat {
    cookie: String,
    csrf_token: String,
}

impl Seat {
    /// Keeps the cookie of the session and the token of its forms from a page.
    pub fn keep(&mut self, page: &Answer) {
        // Signing in also sets the cookie of a known browser, which these tests do not need.
        if let Some(cookie) = page.headers("set-cookie").find(|cookie| cookie.starts_with("session=")) {
            cookie.split(';').next().unwrap_or_default().clone_into(&mut self.cookie);
        }
        let token = page.body.split_once("name=\"csrf_token\" value=\"").and_then(|(_, rest)| rest.split_once('"'));
        self.csrf_token = token.map_or_else(String::new, |(token, _)| token.to_owned());
    }
}

/// A connection that is opened when needed and kept as long as the server allows.
pub struct Wire {
    address: SocketAddr,
    stream: Option<BufReader<TcpStream>>,
}

impl Wire {
    pub fn new(address: SocketAddr) -> Self {
        Self { address, stream: None }
    }

    pub fn get(&mut self, path: &str, seat: &Seat) -> io::Result<Answer> {
        self.ask(&format!("GET {path} HTTP/1.1\r\n{}\r\n", self.headers(seat)))
    }

    /// Sends a form of our own pages, with the seat's token.
    pub fn post(&mut self, path: &str, seat: &Seat, fields: &[(&str, &str)]) -> io::Result<Answer> {
        self.ask(&self.written(path, seat, fields))
    }

    /// Such a form as bytes.
    pub fn written(&self, path: &str, seat: &Seat, fields: &[(&str, &str)]) -> String {
        let mut all = vec![("csrf_token", seat.csrf_token.as_str())];
        all.extend(fields);
        let form = serde_html_form::to_string(&all).unwrap();
        format!(
            "POST {path} HTTP/1.1\r\n{}origin: http://{}\r\nsec-fetch-site: same-origin\r\n\
             content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{form}",
            self.headers(seat),
            self.address,
            form.len()
        )
    }

    fn headers(&self, seat: &Seat) -> String {
        format!("host: {}\r\naccept-language: nl\r\ncookie: {}\r\n", self.address, seat.cookie)
    }

    /// Sends a request unchanged and reads the answer. After an error it is unknown whether the server did the work.
    pub fn ask(&mut self, request: &str) -> io::Result<Answer> {
        let mut stream = match self.stream.take().filter(is_alive) {
            Some(stream) => stream,
            None => BufReader::new(connect(self.address)?),
        };
        stream.get_mut().write_all(request.as_bytes())?;
        let answer = read(&mut stream)?;
        if answer.header("connection") != Some("close") {
            self.stream = Some(stream);
        }
        Ok(answer)
    }
}

pub fn connect(address: SocketAddr) -> io::Result<TcpStream> {
    let stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// Whether the server has left a kept connection open: no data yet means open, an end of the stream means closed.
fn is_alive(stream: &BufReader<TcpStream>) -> bool {
    let stream = stream.get_ref();
    let peeked = stream.set_nonblocking(true).and_then(|()| stream.peek(&mut [0]));
    let is_quiet = peeked.is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock);
    is_quiet && stream.set_nonblocking(false).is_ok()
}

/// Reads one answer.
pub fn read(stream: &mut BufReader<TcpStream>) -> io::Result<Answer> {
    let mut head = String::new();
    loop {
        let before = head.len();
        if stream.read_line(&mut head)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if head[before..].trim_end().is_empty() {
            break;
        }
    }
    let status = head.get(9..12).and_then(|code| code.parse().ok()).ok_or(io::ErrorKind::InvalidData)?;
    let mut answer = Answer { status, head, body: String::new() };
    let length = answer.header("content-length").map_or(0, |length| length.parse().expect("a number"));
    let mut body = vec![0; length];
    stream.read_exact(&mut body)?;
    answer.body = String::from_utf8(body).expect("pages are UTF-8");
    Ok(answer)
}
