//! What is wrong with a line, said so that whoever made the file can mend it.

use std::fmt;

/// One thing that is wrong with a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The line in the file, from 1; where an order spans several, its first.
    pub line: usize,
    /// The column (CSV) or key (JSON) it is about, when it is about one.
    pub column: Option<&'static str>,
    /// What is wrong, naming the value.
    pub reason: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.column {
            Some(column) => write!(f, "line {}, {column}: {}", self.line, self.reason),
            None => write!(f, "line {}: {}", self.line, self.reason),
        }
    }
}

/// A value in quotation marks, with its start only when it is long, and with what cannot be seen made visible: it ends
/// up on somebody's terminal.
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
        let reason = String::from("\"12.345\" has more than two decimals");
        let mut problem = Problem { line: 7, column: Some("price"), reason };
        assert_eq!(problem.to_string(), "line 7, price: \"12.345\" has more than two decimals");
        problem.column = None;
        assert_eq!(problem.to_string(), "line 7: \"12.345\" has more than two decimals");
    }

    #[test]
    fn a_value_is_shown_short_and_never_steers_a_terminal() {
        assert_eq!(shown("Café"), "\"Café\"");
        assert_eq!(shown("a\u{1b}[31mb\n"), r#""a\u{1b}[31mb\n""#);
        assert_eq!(shown(&"é".repeat(61)), format!("\"{}\"…", "é".repeat(60)));
    }
}
