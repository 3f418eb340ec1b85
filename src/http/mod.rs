//! HTTP below the pages, and below whatever else answers it: the server and its sockets, what is known of each request,
//! the headers of every answer, compression, and connections that do nothing.
//!
//! Nothing here knows a page. [`crate::web`] puts these around its routes.

pub(crate) mod client_address;
pub(crate) mod compression;
pub(crate) mod context;
pub(crate) mod idle_timeout;
pub(crate) mod loopback;
pub mod metrics;
pub(crate) mod middleware;
pub mod server;
