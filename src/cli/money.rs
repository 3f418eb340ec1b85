//! A file with an operator's own sentences about money (`--money-sentences FILE`, TOML): a table for each language.

use std::path::PathBuf;

use strum::VariantArray;
use toml::{Table, Value};

use crate::domain::Language;
use crate::settings::{OwnSentences, Sentences};

/// Longest sentence, in characters: it stands beside a button.
const LONGEST: usize = 400;

/// A file that was read.
#[derive(Debug, Clone)]
pub(super) struct SentencesFile {
    pub path: PathBuf,
    pub sentences: &'static OwnSentences,
}

/// Reads the file.
pub(super) fn read(path: &str) -> Result<SentencesFile, String> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("cannot read it: {error}"))?;
    // Settings are read once, and every page borrows these.
    Ok(SentencesFile { path: path.into(), sentences: Box::leak(Box::new(parse(&text)?)) })
}

fn parse(text: &str) -> Result<OwnSentences, String> {
    let table = text.parse::<Table>().map_err(|error| error.message().to_owned())?;
    let known = |name: &String| Language::VARIANTS.iter().any(|language| language.code() == name);
    if let Some(unknown) = table.keys().find(|name| !known(name)) {
        return Err(format!("there is no language {unknown}: its tables are [nl] and [en]"));
    }
    let of = |language: Language| match table.get(language.code()) {
        Some(Value::Table(own)) => sentences(language, own),
        _ => Err(format!("it needs a table [{}]", language.code())),
    };
    Ok(OwnSentences { nl: of(Language::Nl)?, en: of(Language::En)? })
}

fn sentences(language: Language, own: &Table) -> Result<Sentences, String> {
    const KEYS: [&str; 4] = ["running", "cancelled", "completed", "help"];
    let code = language.code();
    if let Some(unknown) = own.keys().find(|key| !KEYS.contains(&key.as_str())) {
        return Err(format!("[{code}] has no {unknown}: it takes {}", KEYS.join(", ")));
    }
    let said = |key: &str| match own.get(key) {
        None => Ok(None),
        Some(Value::String(said)) if (1..=LONGEST).contains(&said.trim().chars().count()) => {
            Ok(Some(said.trim().to_owned()))
        }
        Some(_) => Err(format!("{key} of [{code}] must be a text of 1 to {LONGEST} characters")),
    };
    let needed = |key: &str| said(key)?.ok_or_else(|| format!("[{code}] needs {key}"));
    Ok(Sentences {
        running: needed("running")?,
        cancelled: said("cancelled")?,
        completed: said("completed")?,
        help: needed("help")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &str = r#"
        [nl]
        running = "staat bij Escrow BV"
        cancelled = "Escrow BV betaalt {price} terug."
        help = "Escrow BV bewaart het geld."
        [en]
        running = "held by Escrow BV"
        help = "Escrow BV keeps the money."
    "#;

    #[test]
    fn a_file_has_a_table_for_each_language() {
        let own = parse(WHOLE).unwrap();
        assert_eq!(own.nl.running, "staat bij Escrow BV");
        assert_eq!(own.en.cancelled, None);
    }

    #[test]
    fn what_is_missing_or_unknown_is_said() {
        for (from, to, told) in [
            ("[en]", "[de]", "there is no language de"),
            ("help = \"Escrow BV keeps", "cancelled = \"Escrow BV keeps", "[en] needs help"),
            ("cancelled = ", "refunded = ", "[nl] has no refunded"),
            ("\"staat bij Escrow BV\"", "\" \"", "running of [nl] must be a text"),
            ("[nl]", "[nl", "unclosed"),
        ] {
            let error = parse(&WHOLE.replacen(from, to, 1)).unwrap_err();
            assert!(error.contains(told), "{told:?} is not in {error:?}");
        }
    }
}
