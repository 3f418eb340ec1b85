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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_is_known_by_its_browser_or_its_system() {
        let device = |browser: Option<&str>, system: Option<&str>| Device {
            browser: browser.map(str::to_owned),
            system: system.map(str::to_owned),
        };
        assert!(device(Some("Firefox"), Some("Windows")).is_known());
        assert!(device(Some("Firefox"), None).is_known() && device(None, Some("Windows")).is_known());
        assert!(!device(None, None).is_known());
    }
}
