//! The program's mail worker in its own thread, and a view of the outbox.

use std::collections::HashMap;
use std::thread::JoinHandle;
use std::time::Duration;

use chrono::DateTime;
use oplossingscentrum::app::App;
use oplossingscentrum::mail::message::message_id;
use oplossingscentrum::mail::server::Server;
use oplossingscentrum::mail::write::write;
use oplossingscentrum::store::outbox::{self, MailState, QueuedMail};
use oplossingscentrum::worker::deliver::{self, Pace};
use oplossingscentrum::worker::relay;
use tokio::sync::oneshot;

use crate::smtp::{Smtp, Taken};
use crate::soon::soon;
use crate::world::World;

/// The fastest pace: a failed attempt is repeated at once, and all waits are short.
pub const FAST: Pace = Pace {
    at_once: 4,
    patience: Duration::from_secs(5),
    margin: Duration::from_secs(1),
    first_retry: Duration::from_millis(20),
    longest_retry: Duration::from_millis(40),
    idle: Duration::from_millis(10),
};
/// The same pace, but a failed mail is retried only after the clock is moved.
pub const ONCE: Pace =
    Pace { first_retry: Duration::from_secs(3_600), longest_retry: Duration::from_secs(3_600), ..FAST };

/// A worker that delivers until it is dropped, which ends it at any point of its work.
pub struct Postman {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl World {
    /// Starts a worker on this world's database that delivers to that server.
    pub fn postman(&self, smtp: &Smtp, pace: Pace) -> Postman {
        self.postman_to(smtp.server(), pace)
    }

    /// The same, for a server reached in another way.
    pub fn postman_to(&self, server: Server, pace: Pace) -> Postman {
        Postman::start(self.app.clone(), server, pace)
    }

    /// The same as in another program: with its own connections.
    pub fn another_postman(&self, smtp: &Smtp, pace: Pace) -> Postman {
        Postman::start(App { store: self.another_store(), ..self.app.clone() }, smtp.server(), pace)
    }

    /// Everything in the outbox, oldest first, including mails that are not due yet.
    pub fn outbox(&self) -> Vec<QueuedMail> {
        let for_ever = "2999-01-01T00:00:00Z".parse::<DateTime<chrono::Utc>>().unwrap();
        self.relays();
        let mut rows = self.app.store.snapshot(|db| outbox::newest(db, for_ever, 9_999)).unwrap();
        rows.reverse();
        rows
    }

    /// The program's own name of that mail, which its message id hides.
    #[track_caller]
    pub fn name_of(&self, mail: &Taken) -> String {
        let (names, id) = (self.names(), mail.id());
        names.get(&id).unwrap_or_else(|| panic!("{id} is not in the outbox")).clone()
    }

    /// The program's own names of all mails, by their message ids.
    pub fn names(&self) -> HashMap<String, String> {
        let (now, settings) = (self.now(), &self.app.settings);
        let for_ever = "2999-01-01T00:00:00Z".parse::<DateTime<chrono::Utc>>().unwrap();
        let rows = self.app.store.snapshot(|db| outbox::newest(db, for_ever, 9_999)).unwrap();
        let named = |row: &QueuedMail| {
            let mail = write(row, settings, now)?;
            Some((message_id(&mail, settings), mail.id))
        };
        rows.iter().filter_map(named).collect()
    }

    /// The keys of the waiting mails in the outbox.
    pub fn waiting(&self) -> Vec<String> {
        self.outbox().into_iter().filter(|row| row.state == MailState::Waiting).map(|row| row.key).collect()
    }

    /// The mail with that key, once the relay has written it.
    #[track_caller]
    pub fn queued(&self, key: &str) -> QueuedMail {
        let find = || self.outbox().into_iter().find(|row| row.key == key);
        soon(|| find().is_some());
        find().unwrap_or_else(|| panic!("there is no {key}"))
    }
}

impl Postman {
    fn start(app: App, server: Server, pace: Pace) -> Self {
        let (stop, stopped) = oneshot::channel::<()>();
        let thread = std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                tokio::select! {
                    () = relay::run(app.clone(), std::future::pending()) => {}
                    () = deliver::run(app, server, pace, std::future::pending()) => {}
                    _ = stopped => {}
                }
            });
        });
        Self { stop: Some(stop), thread: Some(thread) }
    }
}

impl Drop for Postman {
    fn drop(&mut self) {
        drop(self.stop.take());
        let ended = self.thread.take().map(JoinHandle::join);
        assert!(std::thread::panicking() || ended.is_none_or(|ended| ended.is_ok()), "the postman panicked");
    }
}
