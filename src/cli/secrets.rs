//! Reads settings that hold a secret: given directly, or in a file.
//!
//! A file is the safer place. Flags stand in the list of processes, and the environment in `podman inspect` and in
//! `/proc/PID/environ`. A file is what systemd's `LoadCredential=`, `podman secret` and Kubernetes provide. No message
//! here repeats a value or the name of a file: a key that was put into the wrong variable would be shown by it.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use actix_web::cookie::Key;
use anyhow::{Context, Result, bail, ensure};
use clap::Args;

use crate::secret::Secret;

/// The most bytes of a file with a secret.
const MOST_BYTES: u64 = 64 * 1024;

/// The settings that hold a secret, as flags without the dashes.
const SECRETS: [&str; 6] = ["secret-key", "old-secret-key", "sign-in-secret", "old-sign-in-secret", "database", "smtp"];

/// Gives the value of a setting that can be given directly or in a file. An empty value counts as none, so that a
/// variable of an image or a unit can be unset.
pub(super) fn value_of(setting: &str, value: Option<&str>, file: Option<&Path>) -> Result<Option<String>> {
    let value = value.filter(|value| !value.is_empty());
    let file = file.filter(|file| !file.as_os_str().is_empty());
    match (value, file) {
        (Some(_), Some(_)) => bail!(
            "{variable} and {variable}_FILE are both set, or --{setting} and --{setting}-file: give one of them",
            variable = variable(setting)
        ),
        (Some(value), None) => Ok(Some(value.to_owned())),
        (None, Some(file)) => from_file(setting, file).map(Some),
        (None, None) => Ok(None),
    }
}

/// Reads a file without the line break at its end, which editors and `echo` add.
fn from_file(setting: &str, file: &Path) -> Result<String> {
    let name = format!("the file that --{setting}-file or {}_FILE names", variable(setting));
    // Anything else may never end, or wait for a writer.
    let is_file = fs::metadata(file).with_context(|| format!("cannot read {name}"))?.is_file();
    ensure!(is_file, "cannot read {name}: it is no regular file");
    let mut text = String::new();
    let opened = fs::File::open(file).with_context(|| format!("cannot read {name}"))?;
    opened.take(MOST_BYTES + 1).read_to_string(&mut text).with_context(|| format!("cannot read {name}"))?;
    ensure!(text.len() as u64 <= MOST_BYTES, "{name} is longer than {MOST_BYTES} bytes");
    let value = text.trim_end_matches(['\r', '\n']);
    ensure!(!value.is_empty(), "{name} is empty");
    ensure!(!value.chars().any(char::is_control), "{name} has a line break or another control character in it");
    Ok(value.to_owned())
}

/// The secret key of the servers.
#[derive(Args)]
pub(super) struct ServerKey {
    /// What signs the session cookies and hides stored secrets: 64 random bytes or more, the same on every server.
    #[arg(
        long,
        env = "OPLOSSINGSCENTRUM_SECRET_KEY",
        hide_env_values = true,
        required_unless_present = "secret_key_file"
    )]
    secret_key: Option<String>,
    /// A file that holds the secret key.
    #[arg(long, env = "OPLOSSINGSCENTRUM_SECRET_KEY_FILE", hide_env_values = true)]
    secret_key_file: Option<PathBuf>,
}

impl ServerKey {
    /// The key as it was given, once it is a good one.
    pub fn read(&self) -> Result<String> {
        let key = value_of("secret-key", self.secret_key.as_deref(), self.secret_key_file.as_deref())?;
        let key = key.unwrap_or_default();
        check_key(&key)?;
        Ok(key)
    }

    /// The secret that the servers make of it.
    pub fn secret(&self) -> Result<Secret> {
        Ok(Secret::new(Key::from(self.read()?.as_bytes()).master()))
    }
}

/// The fewest bytes of a secret key: as many as its signatures use (HMAC with SHA-512).
const KEY_BYTES: usize = 64;
/// The fewest different bytes of a secret key. A random key has many more; this finds a key
/// that was held down on the keyboard.
const DIFFERENT_BYTES: usize = 4;

/// Refuses a secret key that can be guessed, or that has the quotes of a file that is not read by a shell.
pub(super) fn check_key(key: &str) -> Result<()> {
    const ADVICE: &str = "make one with: openssl rand -base64 64 | tr -d '\\n'";
    let setting = format!("--secret-key ({})", variable("secret-key"));
    ensure!(key.len() >= KEY_BYTES, "{setting} needs {KEY_BYTES} bytes or more; {ADVICE}");
    let is_quoted = ['"', '\''].iter().any(|quote| key.starts_with(*quote) && key.ends_with(*quote));
    ensure!(!is_quoted, "{setting} stands in quotes, which would be part of it: leave them out");
    let different = key.bytes().collect::<BTreeSet<u8>>().len();
    ensure!(different >= DIFFERENT_BYTES, "{setting} repeats a few letters and can be guessed; {ADVICE}");
    Ok(())
}

/// Refuses an old secret key that cannot be one, or that is the new one.
pub(super) fn check_old_key(old: &str, key: &str) -> Result<()> {
    let setting = format!("--old-secret-key ({})", variable("old-secret-key"));
    ensure!(old.len() >= KEY_BYTES, "{setting} has fewer than {KEY_BYTES} bytes, so it was never a key");
    ensure!(old.as_bytes()[..KEY_BYTES] != key.as_bytes()[..KEY_BYTES], "{setting} is the same as --secret-key");
    Ok(())
}

/// The name of the variable: "secret-key" is `OPLOSSINGSCENTRUM_SECRET_KEY`.
fn variable(setting: &str) -> String {
    format!("OPLOSSINGSCENTRUM_{}", setting.to_uppercase().replace('-', "_"))
}

/// Finds the flags that show a secret to every user of the machine, who can list its processes. A database address
/// without a password (without `@`) shows none.
pub(super) fn shown_by(arguments: impl IntoIterator<Item = OsString>) -> Vec<&'static str> {
    let mut arguments = arguments.into_iter().map(|argument| argument.to_string_lossy().into_owned()).peekable();
    let mut shown = Vec::new();
    while let Some(argument) = arguments.next() {
        let (flag, value) = match argument.split_once('=') {
            Some((flag, value)) => (flag.to_owned(), Some(value.to_owned())),
            None => (argument, arguments.peek().cloned()),
        };
        let found = SECRETS.into_iter().find(|setting| flag.strip_prefix("--") == Some(*setting));
        let Some(setting) = found else { continue };
        if setting.contains("secret") || value.is_some_and(|value| value.contains("://") && value.contains('@')) {
            shown.push(setting);
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: Option<&str> = Some("a secret that stands in no message");

    fn file(content: &[u8]) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), content).unwrap();
        file
    }

    #[test]
    fn a_secret_comes_directly_or_from_a_file_without_its_last_line_break() {
        assert_eq!(value_of("smtp", KEY, None).unwrap().as_deref(), KEY);
        for (content, expected) in [("key", "key"), ("key\n", "key"), ("key\r\n", "key"), (" key \n\n", " key ")] {
            let file = file(content.as_bytes());
            assert_eq!(value_of("secret-key", None, Some(file.path())).unwrap().as_deref(), Some(expected));
            assert_eq!(value_of("secret-key", Some(""), Some(file.path())).unwrap().as_deref(), Some(expected));
        }
        assert_eq!(value_of("smtp", None, None).unwrap(), None);
        assert_eq!(value_of("smtp", Some(""), Some(Path::new(""))).unwrap(), None);
    }

    #[test]
    fn what_is_wrong_with_a_secret_is_said_by_the_names_of_its_settings_alone() {
        let whole = file(b"the content of the file");
        let (empty, binary) = (file(b"\r\n\n"), file(b"\xff\xfe the content"));
        let (broken, long) = (file(b"the content\nof two lines"), file(&vec![b'k'; 70_000]));
        let folder = tempfile::tempdir().unwrap();
        let gone = folder.path().join("a-key-that-was-taken-for-a-name");
        for (value, path, expected) in [
            (KEY, whole.path(), "are both set"),
            (None, empty.path(), "is empty"),
            (None, binary.path(), "cannot read"),
            (None, folder.path(), "cannot read"),
            (None, &*gone, "cannot read"),
            (None, broken.path(), "control character"),
            (None, long.path(), "longer than"),
            #[cfg(unix)]
            (None, Path::new("/dev/zero"), "no regular file"),
        ] {
            let said = format!("{:#}", value_of("secret-key", value, Some(path)).unwrap_err());
            assert!(said.contains(expected) && said.contains("OPLOSSINGSCENTRUM_SECRET_KEY_FILE"), "{said}");
            for secret in [KEY.unwrap(), "the content", "a-key-that", &*path.to_string_lossy()] {
                assert!(!said.contains(secret), "{said}");
            }
        }
    }

    #[test]
    fn a_key_that_can_be_guessed_is_refused_without_repeating_it() {
        let random = "q8Zr0w5nVt+Lh2YxkCfD1sJbE7uGmPaO9iNQz3R4/TvKWdXy6HjUcSlIeFgBpMoA1Bx=";
        assert!(check_key(random).is_ok());
        assert!(check_key(&"0123456789abcdef".repeat(4)).is_ok());
        let quoted = format!("\"{random}\"");
        for wrong in ["", &random[..63], &"a".repeat(64), &"ab".repeat(40), &quoted, &format!("'{random}'")] {
            let said = check_key(wrong).unwrap_err().to_string();
            assert!(said.contains("OPLOSSINGSCENTRUM_SECRET_KEY"), "{said}");
            assert!(wrong.len() < 40 || !said.contains(&wrong[..40]), "{said}");
        }
    }

    #[test]
    fn an_old_key_is_a_key_and_another_one() {
        let key = "q8Zr0w5nVt+Lh2YxkCfD1sJbE7uGmPaO9iNQz3R4/TvKWdXy6HjUcSlIeFgBpMoA1Bx=";
        assert!(check_old_key(&key.to_lowercase(), key).is_ok());
        for wrong in [&key[..63], key, &format!("{}other", &key[..64])] {
            let said = check_old_key(wrong, key).unwrap_err().to_string();
            assert!(said.contains("OPLOSSINGSCENTRUM_OLD_SECRET_KEY") && !said.contains(&wrong[..40]), "{said}");
        }
    }

    #[test]
    fn a_flag_that_shows_a_secret_is_noticed_however_it_is_written() {
        for (written, expected) in [
            ("serve --secret-key abc --listen 127.0.0.1:80", &["secret-key"][..]),
            ("serve --secret-key=abc", &["secret-key"]),
            ("serve --old-secret-key=abc --secret-key-file key", &["old-secret-key"]),
            ("serve --database postgres://u:p@host/name --smtp=smtps://u:p@host", &["database", "smtp"]),
            ("serve --database data/a@b.db --smtp smtp://localhost", &[]),
            ("serve --secret-key-file key --database-file database --smtp-file=smtp", &[]),
            ("serve --sign-in-secret abc --old-sign-in-secret=abc", &["sign-in-secret", "old-sign-in-secret"]),
            ("serve", &[]),
        ] {
            assert_eq!(shown_by(written.split(' ').map(OsString::from)), expected, "{written}");
        }
    }
}
