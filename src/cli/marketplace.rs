//! The settings of the marketplace's own side: how its people come in through it, and whose buttons move an order.

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use clap::Args;
use clap::builder::PossibleValuesParser;
use strum::VariantNames;
use url::{Host, Url};

use crate::cli::secrets;
use crate::secret::Secret;
use crate::settings::{Entrance, HandOff, OrderActions};

/// The fewest bytes of the shared secret: as many as its signatures have.
const SECRET_BYTES: usize = 32;

/// How the marketplace and this program work together.
#[derive(Args)]
pub(super) struct MarketplaceSettings {
    /// The address of the marketplace's pages, without a path. Who follows a sign-in link from there is signed in at once.
    #[arg(long, env = "OPLOSSINGSCENTRUM_MARKETPLACE_URL", value_parser = origin)]
    pub marketplace_url: Option<String>,
    /// The page of the marketplace that signs visitors in who come here first; `docs/integrating.md` tells what it does.
    #[arg(long, env = "OPLOSSINGSCENTRUM_SIGN_IN_URL", value_parser = page)]
    pub sign_in_url: Option<Url>,
    /// The secret that the marketplace and this program share and sign with: 32 random bytes or more.
    #[arg(long, env = "OPLOSSINGSCENTRUM_SIGN_IN_SECRET", hide_env_values = true, requires = "sign_in_url")]
    pub sign_in_secret: Option<String>,
    /// A file that holds it.
    #[arg(long, env = "OPLOSSINGSCENTRUM_SIGN_IN_SECRET_FILE", hide_env_values = true, requires = "sign_in_url")]
    pub sign_in_secret_file: Option<PathBuf>,
    /// The secret before, while it is changed: answers that are signed with it are still taken.
    #[arg(long, env = "OPLOSSINGSCENTRUM_OLD_SIGN_IN_SECRET", hide_env_values = true, requires = "sign_in_url")]
    pub old_sign_in_secret: Option<String>,
    /// A file that holds it.
    #[arg(long, env = "OPLOSSINGSCENTRUM_OLD_SIGN_IN_SECRET_FILE", hide_env_values = true, requires = "sign_in_url")]
    pub old_sign_in_secret_file: Option<PathBuf>,
    /// Whose buttons deliver, approve, and ask for revisions: those `here`, or those of the `marketplace`.
    #[arg(
        long,
        env = "OPLOSSINGSCENTRUM_ORDER_ACTIONS",
        default_value = "here",
        value_parser = PossibleValuesParser::new(OrderActions::VARIANTS)
    )]
    pub order_actions: String,
}

impl MarketplaceSettings {
    /// How people come in, with the secrets read from their files.
    pub fn entrance(&self) -> Result<Entrance> {
        let (secret, old) = self.secrets()?;
        let hand_off = match (&self.sign_in_url, secret) {
            (Some(url), Some(secret)) => {
                let shared = Secret::new(secret.as_bytes());
                let shared = old.iter().fold(shared, |shared, old| shared.accepting(old.as_bytes()));
                Some(HandOff { url: url.clone(), secret: shared })
            }
            (Some(_), None) => anyhow::bail!(
                "--sign-in-url needs --sign-in-secret-file: what the marketplace and this program tell each other is signed"
            ),
            (None, _) => None,
        };
        Ok(Entrance { origin: self.marketplace_url.clone(), hand_off })
    }

    /// The secret that is shared with the marketplace, and the one before.
    pub fn secrets(&self) -> Result<(Option<String>, Option<String>)> {
        let read = |setting: &str, value: &Option<String>, file: &Option<PathBuf>| -> Result<Option<String>> {
            let secret = secrets::value_of(setting, value.as_deref(), file.as_deref())?;
            let is_long = secret.as_ref().is_none_or(|secret| secret.len() >= SECRET_BYTES);
            ensure!(is_long, "--{setting} needs {SECRET_BYTES} bytes or more; make one with: openssl rand -base64 32");
            Ok(secret)
        };
        let secret = read("sign-in-secret", &self.sign_in_secret, &self.sign_in_secret_file)?;
        let old = read("old-sign-in-secret", &self.old_sign_in_secret, &self.old_sign_in_secret_file)?;
        ensure!(old.is_none() || old != secret, "--old-sign-in-secret is the same as --sign-in-secret");
        Ok((secret, old))
    }

    /// Whose buttons move an order.
    pub fn order_actions(&self) -> OrderActions {
        self.order_actions.parse().unwrap_or_default()
    }
}

/// Reads the address of a page: over https, unless it is on this very machine.
fn page(written: &str) -> Result<Url> {
    let url = Url::parse(written).context("this must be an address like https://marketplace.example.com/sign-in")?;
    let is_here = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    let is_safe = url.scheme() == "https" || (url.scheme() == "http" && is_here);
    ensure!(is_safe && url.has_host(), "this must begin with https:// (http:// only works on this machine)");
    ensure!(url.username().is_empty() && url.password().is_none(), "this must not have a name or a password in it");
    ensure!(url.fragment().is_none(), "this must not have a # in it");
    Ok(url)
}

/// Reads the address of a site, and writes it as a browser does.
fn origin(written: &str) -> Result<String> {
    let url = page(written)?;
    ensure!(url.path() == "/" && url.query().is_none(), "this must be an address without a path");
    Ok(url.origin().ascii_serialization())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_of_the_marketplace_is_written_as_a_browser_writes_it() {
        for written in ["https://Markt.example.com", "https://markt.example.com/", "https://markt.example.com:443"] {
            assert_eq!(origin(written).unwrap(), "https://markt.example.com", "{written}");
        }
        assert_eq!(origin("http://127.0.0.1:9000").unwrap(), "http://127.0.0.1:9000");
        for wrong in [
            "markt.example.com",
            "http://markt.example.com",
            "https://markt.example.com/shop",
            "ftp://x",
            "https://a@b",
        ] {
            assert!(origin(wrong).is_err(), "{wrong}");
        }
        assert!(page("https://markt.example.com/sign-in?to=oc").is_ok());
    }
}
