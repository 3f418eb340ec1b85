//! Bytes to text: UTF-8, without a byte order mark.

use std::borrow::Cow;

use crate::import::intake::Intake;
use crate::import::lines::Lines;
use crate::import::problem::shown;

const UTF8_MARK: &[u8] = b"\xEF\xBB\xBF";
const UTF16_MARKS: [&[u8]; 2] = [b"\xFF\xFE", b"\xFE\xFF"];

/// Strips a UTF-8 byte order mark, when there is one.
pub(super) fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(UTF8_MARK).unwrap_or(bytes)
}

/// Decodes a file: replaces broken bytes and notes each line that has some. `None` for UTF-16.
pub(super) fn text<'a>(bytes: &'a [u8], intake: &mut Intake) -> Option<Cow<'a, str>> {
    if UTF16_MARKS.iter().any(|mark| bytes.starts_with(mark)) {
        intake.note(1, None, "the file is in UTF-16 (it begins with its byte order mark); save it as UTF-8".into());
        return None;
    }
    if bytes.starts_with(UTF8_MARK) {
        let reason = "the file begins with a byte order mark (BOM); save it as UTF-8 without one";
        intake.note(1, None, reason.into());
    }
    let bytes = without_mark(bytes);
    note_broken_lines(bytes, intake);
    Some(String::from_utf8_lossy(bytes))
}

fn note_broken_lines(bytes: &[u8], intake: &mut Intake) {
    let mut lines = Lines::new(bytes);
    let mut place = 0;
    let mut noted = 0;
    for chunk in bytes.utf8_chunks() {
        place += chunk.valid().len();
        if let Some(broken) = chunk.invalid().first() {
            let line = lines.number(place);
            if line != noted {
                let before = chunk.valid().rsplit(['\n', '\r', ',']).next().unwrap_or_default();
                let reason =
                    format!("the byte {broken:02X} behind {} is not UTF-8; save the file as UTF-8", shown(before));
                intake.note(line, None, reason);
                noted = line;
            }
        }
        place += chunk.invalid().len();
    }
}
