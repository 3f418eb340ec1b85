//! Reads the `User-Agent` header: browser and system, in the words that their owner knows.
//!
//! A `User-Agent` follows habits, not rules: every browser claims to be some others too, so the order of the checks
//! matters. Versions and models are not read: they change all the time, and tell more than is needed. A few names of
//! our own are enough; a list of thousands of devices is not, since people know a handful of browsers and systems by
//! name.

use crate::domain::accounts::device::Device;
use crate::http::context::RequestContext;

/// Texts to look for, each with its name. The first match counts.
type Names = [(&'static str, &'static str)];

const BROWSERS: &Names = &[
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("OPT/", "Opera"),
    ("Vivaldi/", "Vivaldi"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("DuckDuckGo/", "DuckDuckGo"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chromium/", "Chromium"),
    ("Chrome/", "Chrome"),
    // Only Safari gives its version this way, beside the name that all the others claim too.
    ("Version/", "Safari"),
];

const SYSTEMS: &Names = &[
    ("Windows Phone", "Windows Phone"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "Chromebook"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
];

/// The device of a request.
pub(super) fn device(context: &RequestContext) -> Device {
    read(context.user_agent.as_ref().and_then(|value| value.to_str().ok()).unwrap_or_default())
}

fn read(says: &str) -> Device {
    let find = |names: &Names| names.iter().find(|(sign, _)| says.contains(sign)).map(|(_, name)| (*name).to_owned());
    Device { browser: find(BROWSERS), system: find(SYSTEMS) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Language;
    use crate::i18n::labels;

    #[test]
    fn a_device_is_called_what_its_owner_calls_it() {
        for (says, expected) in [
            ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0", "Firefox op Windows"),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 \
                 Safari/537.36 Edg/142.0.0.0",
                "Edge op Windows",
            ),
            (
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
                "Chrome op Linux",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                 Version/18.6 Mobile/15E148 Safari/604.1",
                "Safari op iPhone",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                 CriOS/142.0.7444.77 Mobile/15E148 Safari/604.1",
                "Chrome op iPhone",
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                 Version/18.6 Safari/605.1.15",
                "Safari op Mac",
            ),
            (
                "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 \
                 Chrome/130.0.0.0 Mobile Safari/537.36",
                "Samsung Internet op Android",
            ),
            ("Mozilla/5.0 (Android 15; Mobile; rv:145.0) Gecko/145.0 Firefox/145.0", "Firefox op Android"),
            (
                "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 \
                 Safari/537.36",
                "Chrome op Chromebook",
            ),
            ("Iets op Linux", "Linux"),
            ("curl/8.14.1", "Onbekend apparaat"),
            ("", "Onbekend apparaat"),
        ] {
            assert_eq!(labels::device(Language::Nl.words(), &read(says)), expected, "{says}");
        }
    }
}
