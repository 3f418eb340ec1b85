//! Bytes to text: UTF-8, or what spreadsheets write, which is said.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_16BE, UTF_16LE, WINDOWS_1252};

use crate::import::intake::Intake;
use crate::import::lines::Lines;
use crate::import::problem::shown;

const UTF8_MARK: &[u8] = b"\xEF\xBB\xBF";
/// How many characters are looked at to recognise UTF-16 without a mark.
const LOOKED_AT: usize = 64;

/// Strips a UTF-8 byte order mark, when there is one.
pub(super) fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(UTF8_MARK).unwrap_or(bytes)
}

/// Decodes a file. Another encoding than UTF-8 is recognised and said. Of UTF-8 with broken bytes each broken line is
/// noted. `None` when it is noted that nothing can be read.
pub(super) fn text<'a>(bytes: &'a [u8], intake: &mut Intake) -> Option<Cow<'a, str>> {
    if let Some(encoding) = utf_16(bytes) {
        return Some(decoded(bytes, encoding, intake));
    }
    let bytes = without_mark(bytes);
    // A file in an encoding of one byte has none of UTF-8's longer characters, except by a rare chance.
    let has_utf8 = bytes.utf8_chunks().any(|chunk| !chunk.valid().is_ascii());
    if !has_utf8 && bytes.utf8_chunks().any(|chunk| !chunk.invalid().is_empty()) {
        return Some(decoded(bytes, WINDOWS_1252, intake));
    }
    note_broken_lines(bytes, intake);
    Some(String::from_utf8_lossy(bytes))
}

fn decoded<'a>(bytes: &'a [u8], encoding: &'static Encoding, intake: &mut Intake) -> Cow<'a, str> {
    intake.say(1, format!("the file is in {} and was read so; save it as UTF-8 if letters are wrong", encoding.name()));
    encoding.decode_with_bom_removal(bytes).0
}

/// Recognises UTF-16: by its mark, or by the empty bytes of ASCII characters at its beginning.
fn utf_16(bytes: &[u8]) -> Option<&'static Encoding> {
    if let Some((encoding, _)) = Encoding::for_bom(bytes).filter(|(found, _)| *found != encoding_rs::UTF_8) {
        return Some(encoding);
    }
    let pairs = || bytes.chunks_exact(2).take(LOOKED_AT);
    let is_all = |ascii: usize| pairs().len() > 1 && pairs().all(|pair| pair[1 - ascii] == 0 && pair[ascii] != 0);
    if is_all(0) {
        Some(UTF_16LE)
    } else if is_all(1) {
        Some(UTF_16BE)
    } else {
        None
    }
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
