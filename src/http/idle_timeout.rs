//! Closes idle connections.
//!
//! The framework limits the time for the head of a connection's first request, and the silence between two requests,
//! but one byte of a second head stops both clocks. So each connection is also watched from outside: it is left alone
//! while a request is answered, and then has [`IDLE`] to send the whole next head.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::net::Shutdown;
use std::pin::Pin;
use std::rc::{Rc, Weak};
use std::task::{Context, Poll};
use std::time::Duration;

use actix_web::body::{BodySize, MessageBody};
use actix_web::dev::{Extensions, ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::rt;
use actix_web::rt::net::TcpStream;
use actix_web::web::Bytes;
use socket2::{SockRef, Socket};
use tokio::time::{Instant, sleep_until};

/// The longest idle time. It exceeds the framework's own two limits together, so that a client that is only slow gets
/// the framework's answer.
const IDLE: Duration = Duration::from_secs(15);

/// One connection, as seen from outside. It is dropped with the connection.
pub struct Connection {
    socket: Socket,
    /// The moment since when the connection is idle; `None` while a request is answered.
    idle_since: Cell<Option<Instant>>,
    /// The body of a request that was refused.
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
            // Data that was already sent still arrives.
            let _ = connection.socket.shutdown(Shutdown::Both);
            return;
        }
        drop(connection);
        sleep_until(until).await;
    }
}

/// Closes the connection after the answer. The framework does that by itself while the unread body is held. It would
/// read a dropped body to its end, even a chunked one that never ends.
pub fn close_after_response(connection: Option<&Rc<Connection>>, body: impl Any) {
    if let Some(connection) = connection {
        connection.refused.replace(Some(Box::new(body)));
    }
}

/// The connection of a request.
pub fn connection(request: &ServiceRequest) -> Option<Rc<Connection>> {
    request.conn_data::<Rc<Connection>>().cloned()
}

/// Suspends the idle timeout while the request is answered, and begins it anew with each part of the answer that the client
/// takes. So a slow reader gets a long answer whole, and a reader that takes nothing is idle.
pub async fn middleware<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let connection = connection(&request);
    let set = |idle_since| connection.iter().for_each(|connection| connection.idle_since.set(idle_since));
    set(None);
    let answer = next.call(request).await;
    set(Some(Instant::now()));
    answer.map(|answer| answer.map_body(|_, body| Answer { body: Box::pin(body), connection }))
}

/// The body of an answer, which tells its connection when the client takes a part of it.
struct Answer<B> {
    body: Pin<Box<B>>,
    connection: Option<Rc<Connection>>,
}

impl<B: MessageBody> MessageBody for Answer<B> {
    type Error = B::Error;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        if let Some(connection) = &self.connection {
            connection.idle_since.set(Some(Instant::now()));
        }
        self.body.as_mut().poll_next(context)
    }
}
