//! The easy beginning of an update: how far, and when. Both become plain text before what was typed.

use chrono::NaiveDate;
use strum::{EnumString, IntoStaticStr, VariantArray};

use crate::i18n::Words;
use crate::web::form::{Choice, Form, PostForm};
use crate::web::layout::Page;

/// How far the work is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
enum Progress {
    Begun,
    Quarter,
    Half,
    ThreeQuarters,
    Done,
}

/// When the other party gets it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
enum When {
    AsAgreed,
    Later,
}

impl Progress {
    fn label(self, words: &Words) -> String {
        match self {
            Self::Begun => words.progress_begun(),
            Self::Quarter => words.progress_quarter(),
            Self::Half => words.progress_half(),
            Self::ThreeQuarters => words.progress_three_quarters(),
            Self::Done => words.progress_done(),
        }
    }

    fn sentence(self, words: &Words) -> String {
        match self {
            Self::Begun => words.progress_says_begun(),
            Self::Quarter => words.progress_says_quarter(),
            Self::Half => words.progress_says_half(),
            Self::ThreeQuarters => words.progress_says_three_quarters(),
            Self::Done => words.progress_says_done(),
        }
    }
}

/// The choices on the page.
pub(super) struct ProgressView {
    pub how_far: Vec<Choice>,
    pub when: Vec<Choice>,
    /// Beginnings of sentences, which the page's script puts into the text.
    pub beginnings: [String; 3],
}

impl ProgressView {
    pub fn new(page: &Page, form: &Form, delivery_date: NaiveDate) -> Self {
        let (words, date) = (page.words, page.reader.date(delivery_date));
        let choice = |value: &'static str, label: String, field: &str| Choice {
            value: value.to_owned(),
            label,
            chosen: form.value(field) == value,
        };
        let when = |when: &When| match when {
            When::AsAgreed => words.when_as_agreed(date.as_str()),
            When::Later => words.when_later(),
        };
        Self {
            how_far: Progress::VARIANTS.iter().map(|far| choice(far.into(), far.label(words), "progress")).collect(),
            when: When::VARIANTS.iter().map(|at| choice(at.into(), when(at), "when")).collect(),
            beginnings: [words.begin_waiting(), words.begin_tomorrow(), words.begin_sorry()],
        }
    }
}

/// The whole text of an update: what was chosen, in sentences, and then what was typed.
pub(super) fn text_of(page: &Page, posted: &PostForm, delivery_date: NaiveDate) -> String {
    let words = page.words;
    let far = posted.get("progress").parse::<Progress>().ok().map(|far| far.sentence(words));
    let when = posted.get("when").parse::<When>().ok().map(|when| match when {
        When::AsAgreed => words.when_says_as_agreed(page.reader.date(delivery_date)),
        When::Later => words.when_says_later(),
    });
    let chosen = far.into_iter().chain(when).collect::<Vec<_>>().join(" ");
    let typed = posted.get("comment");
    match (chosen.is_empty(), typed.trim().is_empty()) {
        (true, _) => typed.to_owned(),
        (false, true) => chosen,
        (false, false) => format!("{chosen}\n\n{typed}"),
    }
}
