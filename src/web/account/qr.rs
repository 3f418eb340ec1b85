//! Draws a QR code as one path of inline SVG. There is no external image and no `data:` address, so that the content
//! policy of every other page holds here too.

use std::fmt::Write;

use qrcode::{Color, QrCode};

/// A QR code.
pub(in crate::web) struct Qr {
    /// The width and height, in squares.
    pub size: usize,
    /// The dark squares as an SVG path: horizontal runs, row by row.
    pub path: String,
}

impl Qr {
    /// Makes the code of that text; `None` when the text is too long.
    pub fn new(text: &str) -> Option<Self> {
        let code = QrCode::new(text).ok()?;
        let (size, squares) = (code.width(), code.to_colors());
        let mut path = String::new();
        for (y, row) in squares.chunks(size).enumerate() {
            let mut x = 0;
            for run in row.chunk_by(|one, next| one == next) {
                if run[0] == Color::Dark {
                    let width = run.len();
                    write!(path, "M{x} {y}h{width}v1h-{width}z").expect("writing to a string never fails");
                }
                x += run.len();
            }
        }
        Some(Self { size, path })
    }

    /// The `viewBox`: the code and the four white squares around it that cameras need.
    pub fn view(&self) -> String {
        format!("-4 -4 {0} {0}", self.size + 8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_drawn_square_by_square() {
        let qr = Qr::new("otpauth://totp/x").unwrap();
        assert_eq!(qr.size, 25);
        assert!(qr.path.starts_with("M0 0h7v1h-7z"), "the upper edge of the first corner: {}", qr.path);
        assert_eq!(qr.view(), "-4 -4 33 33");
        assert!(Qr::new(&"x".repeat(5_000)).is_none());
    }
}
