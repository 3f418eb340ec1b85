//! The least a web server can do: the bare framework with one answer out of memory. The program's cost above that is
//! its own.

use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use actix_web::web::{self, Bytes};
use actix_web::{App, HttpResponse, HttpServer};
use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use crate::data::folder;
use crate::wire::Answer;

/// The argument with which the bench starts itself as that server.
pub const WORD: &str = "answer";

#[derive(Clone, Serialize, Deserialize)]
struct Kept {
    headers: Vec<(String, String)>,
    body: String,
}

/// A server that gives one answer to every request. Dropping it ends it.
pub struct Bare {
    child: Child,
    pub address: SocketAddr,
}

impl Bare {
    /// Starts a server that gives that answer, to the byte, with its headers.
    pub fn start(answer: &Answer) -> Result<Self> {
        let headers = answer.head.lines().skip(1).filter_map(|line| line.split_once(": "));
        // The framework writes these itself.
        let headers = headers.filter(|(name, _)| !["content-length", "date"].contains(name));
        let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let file = folder().join("answer.json");
        std::fs::write(&file, serde_json::to_vec(&Kept { headers, body: answer.body.clone() })?)?;
        let mut child = Command::new(std::env::current_exe()?).arg(WORD).arg(&file).stdout(Stdio::piped()).spawn()?;
        let mut address = String::new();
        BufReader::new(child.stdout.take().context("it speaks")?).read_line(&mut address)?;
        Ok(Self { child, address: address.trim().parse()? })
    }
}

impl Drop for Bare {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs as that server until it is killed.
pub fn serve(file: &Path) -> Result<()> {
    let Kept { headers, body } = serde_json::from_slice(&std::fs::read(file)?)?;
    let body = Bytes::from(body);
    let app = move || {
        let (headers, body) = (headers.clone(), body.clone());
        App::new().default_service(web::to(move || {
            let mut answer = HttpResponse::Ok();
            for (name, value) in &headers {
                answer.insert_header((name.as_str(), value.as_str()));
            }
            std::future::ready(answer.body(body.clone()))
        }))
    };
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("{}", listener.local_addr()?);
    Ok(actix_web::rt::System::new().block_on(HttpServer::new(app).listen(listener)?.run())?)
}
