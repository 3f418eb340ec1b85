//! Problems in an import file, in words that help its maker to correct them.

use std::fmt;

/// One problem in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The line in the file, from 1; the first line of an order that spans several.
    pub line: usize,
    /// The column (CSV) or key (JSON), when the problem is about one.
    pub column: Option<&'static str>,
    /// The explanation, which names the value.
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
