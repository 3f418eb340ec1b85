//! Makes every address that pages, forms and mails link to.
//!
//! [`crate::web`] has the table of routes that answer them; `tests/app/addresses.rs` compares the two.

use std::fmt;

use crate::domain::{Kind, Part, Reference};

/// The start; it redirects to the orders.
pub const HOME: &str = "/";
/// The sign-in form.
pub const SIGN_IN: &str = "/sign-in";
/// The form for the code of the second factor.
pub const SIGN_IN_CODE: &str = "/sign-in/code";
/// Goes to the marketplace to sign in.
pub const SIGN_IN_MARKETPLACE: &str = "/sign-in/marketplace";
/// Where the marketplace sends a visitor back to.
pub const SIGN_IN_RETURN: &str = "/sign-in/return";
/// Ends the session.
pub const SIGN_OUT: &str = "/sign-out";
/// Switches the language.
pub const LANGUAGE: &str = "/language";
/// The interface for the marketplace's programs.
pub const API: &str = "/api/v1";
/// My orders.
pub const ORDERS: &str = "/orders";
/// My open disputes and requests.
pub const DISPUTES: &str = "/disputes";
/// My closed disputes and requests.
pub const CLOSED_DISPUTES: &str = "/disputes?view=closed";
/// My notifications.
pub const NOTIFICATIONS: &str = "/notifications";
/// Marks my notifications as read.
pub const NOTIFICATIONS_READ: &str = "/notifications/read";
/// My account.
pub const ACCOUNT: &str = "/account";
/// My account with all of my devices.
pub const ACCOUNT_ALL_DEVICES: &str = "/account?devices=all#devices";
/// Changes my password.
pub const ACCOUNT_PASSWORD: &str = "/account/password";
/// Makes, replaces or ends the address of my calendar.
pub const ACCOUNT_CALENDAR: &str = "/account/calendar";
/// My calendar on the page of my account.
pub const CALENDAR: &str = "/account#calendar";
/// Asks for everything that is known of me.
pub const ACCOUNT_DATA: &str = "/account/data";
/// Everything that is known of me, as a file.
pub const ACCOUNT_DATA_FILE: &str = "/account/data.zip";
/// Where the page of my account asks for it.
pub const DATA: &str = "/account#data";
/// The events of my account.
pub const ACCOUNT_EVENTS: &str = "/account/events";
/// Signs me out on one device.
pub const ACCOUNT_END_DEVICE: &str = "/account/devices/end";
/// Signs me out on every device.
pub const ACCOUNT_SIGN_OUT_EVERYWHERE: &str = "/account/sign-out-everywhere";
/// My second factor.
pub const SECOND_FACTOR: &str = "/account/second-factor";
/// Switches the second factor on.
pub const SECOND_FACTOR_SET_UP: &str = "/account/second-factor/set-up";
/// Makes new recovery codes.
pub const RECOVERY_CODES: &str = "/account/second-factor/codes";
/// Confirms that I have saved the recovery codes.
pub const RECOVERY_CODES_KEPT: &str = "/account/second-factor/kept";
/// Switches the second factor off.
pub const SECOND_FACTOR_OFF: &str = "/account/second-factor/off";
/// Asks for a link that sets a password.
pub const PASSWORD_FORGOTTEN: &str = "/password/forgotten";
/// Says that the link was sent.
pub const PASSWORD_SENT: &str = "/password/sent";
/// How the Oplossingscentrum works.
pub const HELP: &str = "/help";
/// What cancelling an order means.
pub const CANCELLING: &str = "/help/cancelling";
/// The name and the icons of the product, for the home screen of a phone.
pub const MANIFEST: &str = "/manifest.webmanifest";
/// What is kept of a person, why and how long.
pub const PRIVACY: &str = "/privacy";
/// The public keys that check the signatures of dossiers.
pub const SIGNING_KEYS: &str = "/.well-known/oplossingscentrum-keys";
/// How accessible the pages are.
pub const ACCESSIBILITY: &str = "/accessibility";
/// Moves the clock of a demo.
pub const DEMO_CLOCK: &str = "/demo/clock";
/// Signs in with one click in a demo.
pub const DEMO_SIGN_IN: &str = "/demo/sign-in";
/// The mails that a demo would have sent.
pub const DEMO_MAIL: &str = "/demo/mail";
/// The webhooks that a demo received.
pub const DEMO_WEBHOOKS: &str = "/demo/webhooks";
/// Where a demo receives them.
pub const DEMO_RECEIVER: &str = "/demo/webhooks/received";
/// The beginning of every address that stops mails.
pub const UNSUBSCRIBE: &str = "/unsubscribe/";

/// The beginning of every address that a question's mail leads to.
pub const ANSWER: &str = "/answer/";

/// The sign-in form, on the way to a page.
#[must_use]
pub fn sign_in(next: &str) -> String {
    format!("{SIGN_IN}?next={}", encode(next))
}

/// The form for the code of the second factor, on the way to a page.
#[must_use]
pub fn sign_in_code(next: &str) -> String {
    format!("{SIGN_IN_CODE}?next={}", encode(next))
}

/// Everything that is known of me, with the proof that it is me who asks.
#[must_use]
pub fn account_data(proof: &str) -> String {
    format!("{ACCOUNT_DATA_FILE}?proof={}", encode(proof))
}

/// The link that sets a password.
#[must_use]
pub fn password(token: &str) -> String {
    format!("/password/{token}")
}

/// The address that stops one kind of mail.
#[must_use]
pub fn unsubscribe(token: &str) -> String {
    format!("{UNSUBSCRIBE}{token}")
}

/// The link that signs a person in through the marketplace.
#[must_use]
pub fn sign_in_link(token: &str) -> String {
    format!("/sign-in/link/{token}")
}

/// Goes to the marketplace to sign in, on the way to a page.
#[must_use]
pub fn sign_in_marketplace(next: &str) -> String {
    format!("{SIGN_IN_MARKETPLACE}?next={}", encode(next))
}

/// The link of a question's mail.
#[must_use]
pub fn answer(token: &str) -> String {
    format!("{ANSWER}{token}")
}

/// The same link, to accept that part of a change.
#[must_use]
pub fn answer_part(answer: &str, part: Part) -> String {
    match part {
        Part::All => answer.to_owned(),
        Part::Date | Part::Extras => format!("{answer}?part={}", part.as_ref()),
    }
}

/// The file that a calendar program reads.
#[must_use]
pub fn calendar(secret: &str) -> String {
    format!("/calendar/{secret}.ics")
}

/// A style, script or picture.
#[must_use]
pub fn asset(file: &str) -> String {
    format!("/static/{file}")
}

/// One mail of a demo.
#[must_use]
pub fn demo_mail(id: &str) -> String {
    format!("{DEMO_MAIL}/{id}")
}

/// The addresses of an order.
#[must_use]
pub fn order(reference: Reference) -> OrderPath {
    OrderPath { reference }
}

/// The addresses of a dispute or request.
#[must_use]
pub fn dispute(reference: Reference, number: i32) -> DisputePath {
    order(reference).dispute(number)
}

/// The address of an order's page and of the actions on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrderPath {
    reference: Reference,
}

impl fmt::Display for OrderPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{ORDERS}/{}", self.reference)
    }
}

impl OrderPath {
    /// The order's dossier.
    #[must_use]
    pub fn dossier(&self) -> String {
        format!("{self}/dossier")
    }

    /// The order's dossier as a file to keep.
    #[must_use]
    pub fn dossier_file(&self) -> String {
        format!("{self}/dossier.zip")
    }

    /// The order with its whole timeline, to print.
    #[must_use]
    pub fn print(&self) -> String {
        format!("{self}/print")
    }

    /// What changed since the page was shown.
    #[must_use]
    pub fn news(&self) -> String {
        format!("{self}/news")
    }

    /// Delivers the work.
    #[must_use]
    pub fn deliver(&self) -> String {
        format!("{self}/deliver")
    }

    /// Asks for a revision.
    #[must_use]
    pub fn revision(&self) -> String {
        format!("{self}/revision")
    }

    /// Approves the work.
    #[must_use]
    pub fn approve(&self) -> String {
        format!("{self}/approve")
    }

    /// The Oplossingscentrum of this order.
    #[must_use]
    pub fn resolution(&self) -> String {
        format!("{self}/resolution")
    }

    /// The form that opens a question of this kind.
    #[must_use]
    pub fn resolution_of(&self, kind: Kind) -> String {
        format!("{self}/resolution?action={}", kind.code())
    }

    /// The form that asks for a change.
    #[must_use]
    pub fn change(&self) -> String {
        format!("{self}/change")
    }

    /// Asks for a change.
    #[must_use]
    pub fn changes(&self) -> String {
        format!("{self}/changes")
    }

    /// Opens a dispute.
    #[must_use]
    pub fn disputes(&self) -> String {
        format!("{self}/disputes")
    }

    /// One dispute or request.
    #[must_use]
    pub fn dispute(self, number: i32) -> DisputePath {
        DisputePath { order: self, number }
    }
}

/// The address of a dispute's page and of the actions on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DisputePath {
    order: OrderPath,
    number: i32,
}

impl fmt::Display for DisputePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.order.disputes(), self.number)
    }
}

impl DisputePath {
    /// Accepts the question.
    #[must_use]
    pub fn accept(&self) -> String {
        format!("{self}/accept")
    }

    /// Accepts the question, or a part of it.
    #[must_use]
    pub fn accept_part(&self, part: Part) -> String {
        match part {
            Part::All => self.accept(),
            Part::Date | Part::Extras => format!("{}?part={}", self.accept(), part.as_ref()),
        }
    }

    /// Reminds the other party of the question.
    #[must_use]
    pub fn remind(&self) -> String {
        format!("{self}/remind")
    }

    /// Tells that the question is in front of its reader.
    #[must_use]
    pub fn seen(&self) -> String {
        format!("{self}/seen")
    }

    /// Declines the question.
    #[must_use]
    pub fn decline(&self) -> String {
        format!("{self}/decline")
    }

    /// Gives an update.
    #[must_use]
    pub fn update(&self) -> String {
        format!("{self}/update")
    }

    /// Adds a comment.
    #[must_use]
    pub fn comments(&self) -> String {
        format!("{self}/comments")
    }

    /// Withdraws the question.
    #[must_use]
    pub fn withdraw(&self) -> String {
        format!("{self}/withdraw")
    }
}

/// The page of an address that only takes a form.
#[must_use]
pub fn page_of(address: &str) -> String {
    let (parent, last) = address.rsplit_once('/').unwrap_or_default();
    match last {
        "changes" => format!("{parent}/change"),
        "disputes" => format!("{parent}/resolution"),
        _ if parent == "/account/devices" => ACCOUNT_ALL_DEVICES.to_owned(),
        _ if parent.is_empty() || parent == "/demo" => HOME.to_owned(),
        _ => parent.to_owned(),
    }
}

/// The path when it is local, or else the start page. `//host`, `/\host` and everything with a scheme or a control
/// character lead elsewhere in some browser.
#[must_use]
pub fn local_path(path: &str) -> &str {
    let is_local = path.starts_with('/') && !path.starts_with("//") && !path.contains(['\\', '\r', '\n', '\t']);
    if is_local && path.chars().all(|c| c.is_ascii_graphic()) { path } else { "/" }
}

/// Encodes a text as one value of a query.
#[must_use]
pub fn encode(text: &str) -> String {
    serde_html_form::to_string([("", text)]).map(|pair| pair[1..].to_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn next_never_leads_to_another_host() {
        assert_eq!(local_path("/orders?filter=open"), "/orders?filter=open");
        for sly in
            ["", "//evil.example", "/\\evil.example", "https://evil.example", "/a\r\nSet-Cookie: x", "orders", "/\t/x"]
        {
            assert_eq!(local_path(sly), "/", "{sly:?}");
        }
    }

    #[test]
    fn a_path_is_one_value_of_a_query() {
        assert_eq!(sign_in("/orders?q=a&role=any"), "/sign-in?next=%2Forders%3Fq%3Da%26role%3Dany");
        let order = order("OC-7K3M9QXA".parse().unwrap());
        assert_eq!(order.to_string(), "/orders/OC-7K3M9QXA");
        assert_eq!(order.dispute(2).accept(), "/orders/OC-7K3M9QXA/disputes/2/accept");
    }
}
