//! HTTP below the pages: the server and its sockets, the context of each request, the headers of every answer,
//! compression, and idle connections.
//!
//! Nothing here knows a page. [`crate::web`] puts these around its routes.

pub(crate) mod client_address;
pub(crate) mod compression;
pub(crate) mod context;
pub(crate) mod idle_timeout;
pub(crate) mod loopback;
pub mod metrics;
pub(crate) mod middleware;
pub mod old_key;
pub(crate) mod public_host;
pub mod server;
