//! How long a connection may sit there without asking for anything.
//!
//! The framework has a clock for the head of a connection's first request and for the silence between two requests, but
//! one byte of a second head stops both. So each connection is watched from outside: while a request is worked on it is
//! left alone, and after that it has this long to send the next one, all of its head.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::net::Shutdown;
use std::rc::{Rc, Weak};
use std::time::Duration;

use actix_web::body::MessageBody;
use actix_web::dev::{Extensions, ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::rt;
use actix_web::rt::net::TcpStream;
use socket2::{SockRef, Socket};
use tokio::time::{Instant, sleep_until};

/// Longer than the framework's own two clocks together, so that those who are only slow get its answer.
const IDLE: Duration = Duration::from_secs(15);

/// One connection, as seen from outside. It ends with the connection.
struct Line {
    socket: Socket,
    /// Since when nothing is asked on it; nothing while a request is worked on.
    idle_since: Cell<Option<Instant>>,
    /// A body that was refused.
    refused: RefCell<Option<Box<dyn Any>>>,
}

/// Begins to watch a connection.
pub(super) fn watch(connection: &dyn Any, data: &mut Extensions) {
    let Some(stream) = connection.downcast_ref::<TcpStream>() else { return };
    let Ok(socket) = SockRef::from(stream).try_clone() else { return };
    let line = Rc::new(Line { socket, idle_since: Cell::new(Some(Instant::now())), refused: RefCell::default() });
    rt::spawn(hang_up_when_idle(Rc::downgrade(&line)));
    data.insert(line);
}

async fn hang_up_when_idle(line: Weak<Line>) {
    while let Some(line) = line.upgrade() {
        let now = Instant::now();
        let until = line.idle_since.get().unwrap_or(now) + IDLE;
        if until <= now {
            // What it was sent already still arrives.
            let _ = line.socket.shutdown(Shutdown::Both);
            return;
        }
        drop(line);
        sleep_until(until).await;
    }
}

/// Ends the connection after the answer. The framework does so by itself when somebody still holds on to the body; one
/// that nobody wants any more it would read to its end, also when it comes in chunks and has none.
pub(super) fn hang_up_after_this(request: &ServiceRequest, body: impl Any) {
    if let Some(line) = request.conn_data::<Rc<Line>>() {
        line.refused.replace(Some(Box::new(body)));
    }
}

/// Leaves a connection alone while its request is worked on.
pub(super) async fn while_at_work(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let line = request.conn_data::<Rc<Line>>().cloned();
    let set = |idle_since| line.iter().for_each(|line| line.idle_since.set(idle_since));
    set(None);
    let answer = next.call(request).await;
    set(Some(Instant::now()));
    answer
}
