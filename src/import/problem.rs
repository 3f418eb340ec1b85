//! Problems in an import file, in words that help its maker to correct them.

use std::fmt;

/// What kind of problem it is, as a word that programs read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum Code {
    /// The value cannot be taken.
    Invalid,
    /// A value is needed that is not there.
    Missing,
    /// The format has no such name.
    UnknownField,
    /// The name or the value is there twice.
    Repeated,
    /// There is no such account.
    UnknownAccount,
    /// The value was fixed when the order was made.
    Immutable,
    /// The order went on, and does not go back.
    WentOn,
    /// Another account has the address.
    Taken,
}

/// One problem in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What kind of problem it is.
    pub code: Code,
    /// The line in the file, from 1; the first line of an order that spans several.
    pub line: usize,
    /// The column (CSV) or key (JSON), when the problem is about one.
    pub column: Option<&'static str>,
    /// The value that the reason speaks of, as it is shown.
    pub value: Option<String>,
    /// The explanation; behind the value, when there is one.
    pub reason: String,
}

impl Problem {
    /// A problem without a value.
    #[must_use]
    pub fn new(line: usize, column: Option<&'static str>, reason: String) -> Self {
        Self { code: Code::Invalid, line, column, value: None, reason }
    }

    /// The same problem as one of that kind.
    #[must_use]
    pub fn coded(self, code: Code) -> Self {
        Self { code, ..self }
    }

    /// Whether it is the same question of form as the other one, on another line.
    fn is_like(&self, other: &Self) -> bool {
        (self.column, &self.reason, self.value.is_some()) == (other.column, &other.reason, other.value.is_some())
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.column {
            Some(column) => write!(f, "line {}, {column}: ", self.line)?,
            None => write!(f, "line {}: ", self.line)?,
        }
        match &self.value {
            Some(value) => write!(f, "{value} {}", self.reason),
            None => f.write_str(&self.reason),
        }
    }
}

/// The problems in words, one line for each question of form: the first line that has it, and on how many more lines it
/// is.
#[must_use]
pub fn told_once(problems: &[Problem]) -> Vec<String> {
    let mut kinds: Vec<(&Problem, usize)> = Vec::new();
    let mut places: std::collections::HashMap<_, usize> = std::collections::HashMap::new();
    for problem in problems {
        let kind = (problem.column, problem.reason.as_str(), problem.value.is_some());
        let at = *places.entry(kind).or_insert(kinds.len());
        match kinds.get_mut(at) {
            Some((first, more)) if first.is_like(problem) => *more += 1,
            _ => kinds.push((problem, 0)),
        }
    }
    let words = |(first, more): (&Problem, usize)| match more {
        0 => first.to_string(),
        1 => format!("{first} (and the same on 1 more line)"),
        more => format!("{first} (and the same on {more} more lines)"),
    };
    kinds.into_iter().map(words).collect()
}

/// Quotes a value for a terminal: shortens a long one and makes invisible characters visible.
pub(super) fn shown(value: &str) -> String {
    const MOST: usize = 60;
    match value.char_indices().nth(MOST) {
        None => format!("{value:?}"),
        Some((end, _)) => format!("{:?}…", &value[..end]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_reads_as_a_sentence() {
        let reason = String::from("has more than two decimals");
        let value = Some("\"12.345\"".into());
        let mut problem = Problem { value, ..Problem::new(7, Some("price"), reason) };
        assert_eq!(problem.to_string(), "line 7, price: \"12.345\" has more than two decimals");
        problem.column = None;
        assert_eq!(problem.to_string(), "line 7: \"12.345\" has more than two decimals");
    }

    #[test]
    fn one_question_of_form_is_one_message_however_many_lines_have_it() {
        let problem = |line, value: &str, reason: &str| Problem {
            value: Some(value.into()),
            ..Problem::new(line, Some("price"), reason.into())
        };
        let problems =
            [problem(2, "a", "is no price"), problem(3, "b", "is no price"), problem(3, "0", "is too little")];
        let many: Vec<Problem> = problems.into_iter().chain([problem(9, "c", "is no price")]).collect();
        assert_eq!(
            told_once(&many),
            ["line 2, price: a is no price (and the same on 2 more lines)", "line 3, price: 0 is too little"]
        );
    }

    #[test]
    fn a_value_is_shown_short_and_never_steers_a_terminal() {
        assert_eq!(shown("Café"), "\"Café\"");
        assert_eq!(shown("a\u{1b}[31mb\n"), r#""a\u{1b}[31mb\n""#);
        assert_eq!(shown(&"é".repeat(61)), format!("\"{}\"…", "é".repeat(60)));
    }
}
