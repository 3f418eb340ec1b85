//! What can be set when the program starts; see the table in `README.md`.

use std::fmt;
use std::sync::Arc;

use chrono_tz::Tz;
use tokio::sync::Notify;

use crate::clock::Clock;
use crate::store::Store;

/// What nobody but the servers may know: it signs session cookies, and the links in mails. Never printed.
#[derive(Clone)]
pub struct Secret(Arc<[u8]>);

impl Secret {
    /// A secret of these bytes.
    #[must_use]
    pub fn new(bytes: &[u8]) -> Self {
        Self(bytes.into())
    }

    /// The bytes themselves.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}

/// The settings the pages need.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The address people see in their browser, without a slash at the end.
    pub public_url: String,
    /// Where people reach customer service.
    pub customer_service_url: String,
    /// The marketplace's time zone: delivery dates are days in it, and moments are shown in it unless somebody chose
    /// another one.
    pub time_zone: Tz,
    /// Whether the address of a visitor is what the proxy in front of us says.
    pub behind_proxy: bool,
    /// Whether this is a demo: a movable clock, one-click sign-in and the mail page.
    pub demo: bool,
    /// What signs the links in mails.
    pub secret: Secret,
}

impl Settings {
    /// Whether people come over https; only then is the session cookie `Secure`.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.public_url.starts_with("https://")
    }
}

/// What every room of the running program shares.
#[derive(Clone)]
pub struct App {
    /// The database.
    pub store: Store,
    /// The clock.
    pub clock: Clock,
    /// The settings.
    pub settings: Settings,
    /// Wakes the worker when the next deadline may have come closer.
    pub wake: Arc<Notify>,
}
