//! Line numbers for positions in a file.

/// Turns increasing positions in a text into line numbers.
pub(super) struct Lines<'a> {
    text: &'a [u8],
    at: usize,
    line: usize,
}

impl<'a> Lines<'a> {
    pub(super) fn new(text: &'a [u8]) -> Self {
        Self { text, at: 0, line: 1 }
    }

    /// Returns the line, from 1, of the byte at this position. `\n`, `\r\n` and a lone `\r` each end a line, as in an
    /// editor.
    pub(super) fn number(&mut self, place: usize) -> usize {
        while self.at < place {
            let next = self.text.get(self.at + 1);
            match self.text.get(self.at) {
                Some(b'\n') => self.line += 1,
                Some(b'\r') if next != Some(&b'\n') => self.line += 1,
                _ => {}
            }
            self.at += 1;
        }
        self.line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_line_break_counts_once() {
        let mut lines = Lines::new(b"a\nb\r\nc\rd\n\ne");
        let numbers: Vec<usize> = [0, 2, 5, 7, 10].into_iter().map(|place| lines.number(place)).collect();
        assert_eq!(numbers, [1, 2, 3, 4, 6]);
    }
}
