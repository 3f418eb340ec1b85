//! The device that a person uses, as far as its browser says.

use serde::{Deserialize, Serialize};

/// A browser and its system, in the words that their owner knows. Versions are left out: they change all the time, and
/// tell more than is needed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// "Firefox".
    pub browser: Option<String>,
    /// "Windows".
    pub system: Option<String>,
}

impl Device {
    /// Whether anything is known of it.
    #[must_use]
    pub fn is_known(&self) -> bool {
        self.browser.is_some() || self.system.is_some()
    }
}
