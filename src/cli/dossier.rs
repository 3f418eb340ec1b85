//! The commands for dossiers: checking one, and a new key that signs them.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail, ensure};
use clap::Subcommand;
use serde_json::Value;
use zip::ZipArchive;

use crate::cli::output::say;
use crate::cli::{Database, now, open};
use crate::domain::audit::dossier::{self, Sound};
use crate::domain::audit::note::{self, PublicKey, Worth};
use crate::operations::orders::signing;
use crate::secret::sha256;

#[derive(Subcommand)]
pub(super) enum DossierCommand {
    /// Checks whether the events and words of a dossier are those of its fingerprint. It needs no database.
    Verify {
        /// The file, as it was downloaded.
        file: PathBuf,
        /// A fingerprint from a mail about the order: then nothing has changed since that mail.
        #[arg(long)]
        fingerprint: Option<String>,
        /// A file with the keys of the site, as `/.well-known/oplossingscentrum-keys` shows them: they check the signature.
        #[arg(long, value_name = "FILE")]
        keys: Option<PathBuf>,
    },
    /// Signs dossiers with a new key from now on. What was signed before stays valid.
    RotateKey {
        #[command(flatten)]
        database: Database,
    },
}

pub(super) fn run(command: &DossierCommand) -> Result<()> {
    match command {
        DossierCommand::Verify { file, fingerprint, keys } => {
            let keys = keys.as_deref().map(read_keys).transpose()?;
            verify(file, fingerprint.as_deref(), keys.as_deref())
        }
        DossierCommand::RotateKey { database } => {
            let ended = signing::end_all(&open(&database.target()?)?, now().wall)?;
            say!("{ended} ended. The next dossier is signed with a new key.");
            Ok(())
        }
    }
}

fn read_keys(file: &Path) -> Result<Vec<PublicKey>> {
    let written = fs::read_to_string(file).with_context(|| file.display().to_string())?;
    let keys = written.lines().filter(|line| !line.trim().is_empty()).map(|line| line.trim().parse());
    let keys: Result<Vec<PublicKey>, ()> = keys.collect();
    keys.map_err(|()| anyhow!("{} is no list of keys", file.display()))
}

/// The most bytes of one file in a dossier that are read.
const LARGEST: u64 = 256 * 1024 * 1024;

fn verify(file: &Path, fingerprint: Option<&str>, keys: Option<&[PublicKey]>) -> Result<()> {
    let bundle = File::open(file).with_context(|| file.display().to_string())?;
    let mut bundle = ZipArchive::new(bundle).context("it is no dossier")?;
    let mut read = |name: &str| {
        let mut content = String::new();
        bundle.by_name(name).context("it is no dossier")?.take(LARGEST).read_to_string(&mut content)?;
        Ok::<_, anyhow::Error>(content)
    };
    let (json, html, note) = (read("dossier.json")?, read("dossier.html")?, read("dossier.note")?);
    let hash = sha256(&json);
    let json: Value = serde_json::from_str(&json).context("it is no dossier")?;
    let found = dossier::verify(&json, fingerprint.filter(|given| !given.trim().is_empty()));
    let mut wrong = found.as_ref().err().cloned().unwrap_or_default();
    if json["html"] != sha256(&html).as_str() {
        wrong.push("dossier.html is not the one that was made with it".to_owned());
    }
    let signed = signature(&note, (&json, &hash), keys);
    wrong.extend(signed.as_ref().err().map(|&fault| fault.to_owned()));
    for line in &wrong {
        say!("{line}");
    }
    let (Ok(Sound { events, fingerprint, told_at }), Ok(signed)) = (found, signed) else {
        bail!("the dossier was changed, or is of another order");
    };
    ensure!(wrong.is_empty(), "the dossier was changed");
    say!("In order: {events} events, fingerprint {fingerprint}");
    if let Some(number) = told_at {
        say!("The fingerprint that you gave is that of event {number}: nothing before it has changed.");
    }
    say!("{signed}");
    Ok(())
}

/// What the signature says, or what is wrong with it.
fn signature(note: &str, (json, hash): (&Value, &str), keys: Option<&[PublicKey]>) -> Result<String, &'static str> {
    let (text, worth) = note::open(note, keys.unwrap_or_default()).ok_or("dossier.note is no signature")?;
    let site = text.lines().next().unwrap_or_default();
    match worth {
        _ if text != dossier::statement(site, json, hash) => Err("the signature is of another dossier"),
        Worth::Right => {
            let at = json["made_at"].as_str().unwrap_or_default();
            Ok(format!("Signed by {site}: it told this on {at}."))
        }
        Worth::Wrong => Err("the signature is not by the key that it names"),
        Worth::Unknown if keys.is_some() => Err("the signature is by none of the keys that you gave"),
        Worth::Unknown => Ok(format!(
            "Not checked: its signature, by {site}. --keys takes what stands there at /.well-known/oplossingscentrum-keys."
        )),
    }
}
