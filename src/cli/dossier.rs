//! The command that checks a dossier.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use clap::Subcommand;
use sha2::{Digest, Sha256};
use zip::ZipArchive;

use crate::cli::output::say;
use crate::domain::audit::dossier;
use crate::secret::hex;

#[derive(Subcommand)]
pub(super) enum DossierCommand {
    /// Checks whether the events and words of a dossier are those of its fingerprint. It needs no database.
    Verify {
        /// The file, as it was downloaded.
        file: PathBuf,
        /// A fingerprint from a mail about the order: then nothing has changed since that mail.
        #[arg(long)]
        fingerprint: Option<String>,
    },
}

pub(super) fn run(command: &DossierCommand) -> Result<()> {
    let DossierCommand::Verify { file, fingerprint } = command;
    verify(file, fingerprint.as_deref())
}

/// The most bytes of one file in a dossier that are read.
const LARGEST: u64 = 256 * 1024 * 1024;

fn verify(file: &Path, fingerprint: Option<&str>) -> Result<()> {
    let bundle = File::open(file).with_context(|| file.display().to_string())?;
    let mut bundle = ZipArchive::new(bundle).context("it is no dossier")?;
    let mut read = |name: &str| {
        let mut content = String::new();
        bundle.by_name(name).context("it is no dossier")?.take(LARGEST).read_to_string(&mut content)?;
        Ok::<_, anyhow::Error>(content)
    };
    let (json, html) = (read("dossier.json")?, read("dossier.html")?);
    let json: serde_json::Value = serde_json::from_str(&json).context("it is no dossier")?;
    let found = dossier::verify(&json, fingerprint);
    let is_its_page = json["html"] == hex(&Sha256::digest(&html)).as_str();
    if !is_its_page {
        say!("dossier.html is not the one that was made with it");
    }
    match found {
        Ok(sound) => {
            ensure!(is_its_page, "the dossier was changed");
            say!("In order: {} events, fingerprint {}", sound.events, sound.fingerprint);
            if let Some(number) = sound.told_at {
                say!("The fingerprint that you gave is that of event {number}: nothing before it has changed.");
            }
            Ok(())
        }
        Err(wrong) => {
            for line in &wrong {
                say!("{line}");
            }
            anyhow::bail!("the dossier was changed, or is of another order")
        }
    }
}
