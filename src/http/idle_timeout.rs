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
struct Connection {
    socket: Socket,
    /// Since when nothing is asked on it; nothing while a request is worked on.
    idle_since: Cell<Option<Instant>>,
    /// A body that was refused.
    refused: RefCell<Option<Box<dyn Any>>>,
}

/// Begins to watch a connection.
pub fn track(connection: &dyn Any, data: &mut Extensions) {
    let Some(stream) = connection.downcast_ref::<TcpStream>() else { return };
    let Ok(socket) = SockRef::from(stream).try_clone() else { return };
    let connection =
        Rc::new(Connection { socket, idle_since: Cell::new(Some(Instant::now())), refused: RefCell::default() });
    rt::spawn(close_when_idle(Rc::downgrade(&connection)));
    data.insert(connection);
}

async fn close_when_idle(connection: Weak<Connection>) {
    while let Some(connection) = connection.upgrade() {
        let now = Instant::now();
        let until = connection.idle_since.get().unwrap_or(now) + IDLE;
        if until <= now {
            // What it was sent already still arrives.
            let _ = connection.socket.shutdown(Shutdown::Both);
            return;
        }
        drop(connection);
        sleep_until(until).await;
    }
}

/// Ends the connection after the answer. The framework does so by itself when somebody still holds on to the body; one
/// that nobody wants any more it would read to its end, also when it comes in chunks and has none.
pub fn close_after_response(request: &ServiceRequest, body: impl Any) {
    if let Some(connection) = request.conn_data::<Rc<Connection>>() {
        connection.refused.replace(Some(Box::new(body)));
    }
}

/// Leaves a connection alone while its request is worked on.
pub async fn middleware(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let connection = request.conn_data::<Rc<Connection>>().cloned();
    let set = |idle_since| connection.iter().for_each(|connection| connection.idle_since.set(idle_since));
    set(None);
    let answer = next.call(request).await;
    set(Some(Instant::now()));
    answer
}
