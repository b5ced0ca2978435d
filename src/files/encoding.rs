//! Bytes as text and back: UTF-8 and UTF-16, with the byte order mark that tells them apart.

use std::path::Path;

use crate::diagnostic::{Category, Diagnostic};

/// How a file holds its text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encoding {
    #[default]
    Utf8,
    /// UTF-8 behind a byte order mark, without which a spreadsheet takes it for something older.
    Utf8Bom,
    /// Little end first, as Windows PowerShell and a spreadsheet's "Unicode text" have it.
    Utf16,
    Utf16Be,
}

impl Encoding {
    /// What they are called in PowerShell.
    pub const NAMES: &[&str] = &[
        "utf8",
        "utf8BOM",
        "utf8NoBOM",
        "unicode",
        "bigendianunicode",
    ];

    /// The encoding of one of [`Encoding::NAMES`]; UTF-8 for any other.
    pub fn named(name: &str) -> Self {
        match name.to_ascii_lowercase().as_str() {
            "utf8bom" => Self::Utf8Bom,
            "unicode" => Self::Utf16,
            "bigendianunicode" => Self::Utf16Be,
            _ => Self::Utf8,
        }
    }

    /// The encoding of a file's bytes by what they begin with, and how many bytes that takes.
    fn of(bytes: &[u8]) -> (Self, usize) {
        match bytes {
            [0xFF, 0xFE, ..] => (Self::Utf16, 2),
            [0xFE, 0xFF, ..] => (Self::Utf16Be, 2),
            [0xEF, 0xBB, 0xBF, ..] => (Self::Utf8Bom, 3),
            _ => (Self::Utf8, 0),
        }
    }

    pub(super) fn mark(self) -> &'static [u8] {
        match self {
            Self::Utf8 => &[],
            Self::Utf8Bom => &[0xEF, 0xBB, 0xBF],
            Self::Utf16 => &[0xFF, 0xFE],
            Self::Utf16Be => &[0xFE, 0xFF],
        }
    }

    /// A whole file of this encoding.
    pub fn encode(self, text: String) -> Vec<u8> {
        let unit = match self {
            Self::Utf8 => return text.into_bytes(),
            Self::Utf8Bom => return [self.mark(), text.as_bytes()].concat(),
            Self::Utf16 => u16::to_le_bytes,
            Self::Utf16Be => u16::to_be_bytes,
        };
        let mut bytes = self.mark().to_vec();
        bytes.reserve(text.len() * 2);
        bytes.extend(text.encode_utf16().flat_map(unit));
        bytes
    }
}

/// Why bytes are no text, and the line on which that shows.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NotText {
    what: String,
    line: usize,
    cure: &'static str,
}

const AS_UTF8: &str =
    "save the file as UTF-8: a spreadsheet calls it \"CSV UTF-8\", PowerShell -Encoding utf8";

impl NotText {
    /// `before` is what was read up to the fault.
    fn after(before: &[u8], what: String) -> Self {
        let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
        let cure = AS_UTF8;
        Self { what, line, cure }
    }

    pub(super) fn about(self, path: &Path) -> Diagnostic {
        Diagnostic::new(
            "NotText",
            Category::InvalidData,
            format!("{}:{}: not text: {}", path.display(), self.line, self.what),
        )
        .about(path.display().to_string())
        .hint(self.cure)
    }
}

/// A file's bytes as text, without a byte order mark.
pub(super) fn decode(mut bytes: Vec<u8>) -> Result<(String, Encoding), NotText> {
    let (encoding, mark) = Encoding::of(&bytes);
    let text = match encoding {
        Encoding::Utf16 => utf16(&bytes[mark..], u16::from_le_bytes)?,
        Encoding::Utf16Be => utf16(&bytes[mark..], u16::from_be_bytes)?,
        Encoding::Utf8 | Encoding::Utf8Bom => {
            bytes.drain(..mark);
            utf8(bytes)?
        }
    };
    Ok((text, encoding))
}

/// Whether a file that begins so is no text, however it goes on.
pub(super) fn is_hopeless(start: &[u8]) -> bool {
    match Encoding::of(start) {
        (Encoding::Utf16 | Encoding::Utf16Be, _) => false,
        (Encoding::Utf8 | Encoding::Utf8Bom, _) => match std::str::from_utf8(start) {
            Ok(text) => text.contains('\0'),
            // A character that is cut off may go on.
            Err(error) => error.error_len().is_some(),
        },
    }
}

fn utf8(bytes: Vec<u8>) -> Result<String, NotText> {
    if bytes.starts_with(b"PK\x03\x04") {
        let mut fault = NotText::after(&[], "it is a workbook or an archive".to_owned());
        fault.cure = "open it in a spreadsheet and save the sheet as \"CSV UTF-8\"";
        return Err(fault);
    }
    if let Some(at) = memchr::memchr(0, &bytes) {
        let what = match at {
            0 | 1 if bytes.get(1 - at).is_some_and(|byte| *byte != 0) => {
                "it looks like UTF-16 without a byte order mark".to_owned()
            }
            _ => format!("byte {} is NUL", at + 1),
        };
        return Err(NotText::after(&bytes[..at], what));
    }
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let bytes = error.as_bytes();
        let byte = bytes.get(at).copied().unwrap_or_default();
        let what = format!("byte {} is 0x{byte:02X}, which is not UTF-8", at + 1);
        NotText::after(&bytes[..at], what)
    })
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, NotText> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let units = pairs.iter().map(|pair| unit(*pair));
    let mut text = String::with_capacity(bytes.len() / 2);
    for decoded in char::decode_utf16(units) {
        match decoded {
            Ok(c) => text.push(c),
            Err(error) => {
                let what = format!(
                    "0x{:04X} is half of a UTF-16 pair",
                    error.unpaired_surrogate()
                );
                return Err(NotText::after(text.as_bytes(), what));
            }
        }
    }
    if rest.is_empty() {
        Ok(text)
    } else {
        let what = "UTF-16 ends within a character".to_owned();
        Err(NotText::after(text.as_bytes(), what))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<String, NotText> {
        Ok(decode(bytes.to_vec())?.0)
    }

    #[test]
    fn byte_order_marks_choose_the_encoding() {
        assert_eq!(read(b"\xEF\xBB\xBFa\xC3\xA5").unwrap(), "aå");
        assert_eq!(read(b"a\xC3\xA5").unwrap(), "aå");
        assert_eq!(read(b"\xFF\xFEa\0\xE5\0").unwrap(), "aå");
        assert_eq!(read(b"\xFE\xFF\0a\0\xE5").unwrap(), "aå");
        assert_eq!(read(b"").unwrap(), "");
        assert_eq!(read(b"\xFF\xFE").unwrap(), "");
    }

    #[test]
    fn what_is_no_text_is_placed() {
        for (bytes, what, line) in [
            (
                b"ok\n\xE5sa".as_slice(),
                "byte 4 is 0xE5, which is not UTF-8",
                2,
            ),
            (b"a\nb\0", "byte 4 is NUL", 2),
            (
                b"a\0b\0",
                "it looks like UTF-16 without a byte order mark",
                1,
            ),
            (b"\0\0\0", "byte 1 is NUL", 1),
            (b"PK\x03\x04\0\0", "it is a workbook or an archive", 1),
            (
                b"\xFF\xFEa\0\n\0\x00\xD8",
                "0xD800 is half of a UTF-16 pair",
                2,
            ),
            (b"\xFF\xFEa\0b", "UTF-16 ends within a character", 1),
        ] {
            let fault = read(bytes).unwrap_err();
            assert_eq!((&*fault.what, fault.line), (what, line));
        }
    }

    #[test]
    fn what_can_not_become_text_shows_at_its_beginning() {
        for (start, hopeless) in [
            (b"PK\x03\x04\0".as_slice(), true),
            (b"a\xE5b", true),
            (b"\0\0", true),
            (b"a\xC3", false),
            (b"\xFF\xFEa\0", false),
            (b"", false),
        ] {
            assert_eq!(is_hopeless(start), hopeless, "{start:?}");
        }
    }

    #[test]
    fn what_is_encoded_again_is_what_was_read() {
        for bytes in [
            b"a\xC3\xA5".as_slice(),
            b"\xEF\xBB\xBFa\xC3\xA5\r\n",
            b"\xFF\xFEa\0\xE5\0\x3D\xD8\x00\xDE",
            b"\xFE\xFF\0a\0\xE5",
            b"",
            b"\xFF\xFE",
        ] {
            let (text, encoding) = decode(bytes.to_vec()).unwrap();
            assert_eq!(encoding.encode(text), bytes, "{encoding:?}");
        }
    }
}
