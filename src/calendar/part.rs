//! Nested iCalendar components. The `icalendar` crate escapes and folds each line; the nesting is ours, because the
//! crate's own components write the time of the request and a random number into every alarm and time zone, so that no
//! two answers would be the same.

use std::fmt::Write;

use icalendar::Property;

/// A component with its lines and inner components.
#[derive(Debug, Clone)]
pub(super) struct Component {
    name: &'static str,
    lines: Vec<Property>,
    parts: Vec<Component>,
}

impl Component {
    pub fn new(name: &'static str) -> Self {
        Self { name, lines: Vec::new(), parts: Vec::new() }
    }

    /// Adds a line.
    pub fn line(self, key: &str, value: &str) -> Self {
        self.property(Property::new(key, clean(value)))
    }

    /// Adds a line with a parameter.
    pub fn line_with(self, key: &str, (parameter, of): (&str, &str), value: &str) -> Self {
        self.property(Property::new(key, clean(value)).add_parameter(parameter, of).done())
    }

    fn property(mut self, line: Property) -> Self {
        self.lines.push(line);
        self
    }

    /// Adds inner components.
    pub fn holding(mut self, parts: impl IntoIterator<Item = Self>) -> Self {
        self.parts.extend(parts);
        self
    }

    /// The text, with the format's line ends.
    pub fn text(self) -> String {
        let mut text = String::new();
        self.write(&mut text);
        text
    }

    fn write(self, out: &mut String) {
        let always = "writing to a string never fails";
        write!(out, "BEGIN:{}\r\n", self.name).expect(always);
        for line in self.lines {
            let line: String = line.try_into().expect(always);
            out.push_str(&line);
        }
        for part in self.parts {
            part.write(out);
        }
        write!(out, "END:{}\r\n", self.name).expect(always);
    }
}

/// Removes the control characters that no line can hold.
fn clean(text: &str) -> String {
    text.chars().filter(|c| *c != '\r').map(|c| if c.is_control() && c != '\n' { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use calcard::icalendar::{ICalendar, ICalendarProperty, ICalendarValue};
    use proptest::prelude::*;

    fn read_back(title: &str) -> (String, String) {
        let text = Component::new("VCALENDAR").holding([Component::new("VEVENT").line("SUMMARY", title)]).text();
        let read = ICalendar::parse(&text).expect("another program can read it");
        let summary = read.components[1].property(&ICalendarProperty::Summary).expect("the line is there");
        let ICalendarValue::Text(summary) = &summary.values[0] else { panic!("{summary:?}") };
        assert_eq!(read.components.len(), 2, "nothing else came of it: {text}");
        (summary.clone(), text)
    }

    #[test]
    fn a_title_is_read_back_as_it_was_whatever_stands_in_it() {
        for title in [
            "Logo, flyer; en kaart: \"groot\" \\ klein",
            "regel\nregel",
            "een \\n die er al stond\\",
            "END:VEVENT\nBEGIN:VEVENT\nSUMMARY:vals",
            "日本語のタイトルはとても長いので折り返されるはずです。日本語のタイトルはとても長い",
            "e\u{301}\u{1f469}\u{200d}\u{1f4bb} familie \u{202e}omgekeerd",
            "                                                                                          x",
        ] {
            assert_eq!(read_back(title).0, title);
        }
    }

    #[test]
    fn control_characters_never_reach_a_line() {
        assert_eq!(read_back("a\r\nEND:VCALENDAR\r\n\u{0}b\u{7}").0, "a\nEND:VCALENDAR\n b ");
    }

    proptest! {
        #[test]
        fn any_text_stays_itself_in_short_lines(title in "[ -~\u{a0}-\u{10ffff}\n]{1,300}") {
            let (read, text) = read_back(&title);
            // The parser trims values; ours have no spaces around them.
            let cleaned = clean(&title);
            prop_assert_eq!(read.trim(), cleaned.trim());
            for line in text.split("\r\n") {
                // RFC 5545 asks for at most 75; the crate forgets the space before the last piece.
                prop_assert!(line.len() <= 76, "{}: {line}", line.len());
            }
        }
    }
}
