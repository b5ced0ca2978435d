//! A long text put together of parts of another one and of new lines, and never in memory as one.

use std::borrow::Cow;
use std::hash::Hasher;
use std::io;

use twox_hash::XxHash3_64;

use super::disk::DiskFile;
use super::record::Fingerprint;

#[derive(Default)]
pub(super) struct Pieces<'t>(Vec<Cow<'t, str>>);

impl<'t> Pieces<'t> {
    /// Appends a part of the other text.
    pub fn part(&mut self, text: &'t str) {
        if !text.is_empty() {
            self.0.push(Cow::Borrowed(text));
        }
    }

    /// Appends a new text.
    pub fn new_text(&mut self, text: &str) {
        match self.0.last_mut() {
            Some(Cow::Owned(last)) => last.push_str(text),
            _ if text.is_empty() => {}
            _ => self.0.push(Cow::Owned(text.to_owned())),
        }
    }

    /// The text as one.
    pub fn to_text(&self) -> String {
        self.0.concat()
    }

    /// Whether something stands on the last line.
    pub fn is_within_line(&self) -> bool {
        self.0.last().is_some_and(|last| !last.ends_with('\n'))
    }

    /// What the text is as a file, to know it again.
    pub fn mark(&self, sequence: u64) -> Fingerprint {
        let mut hash = XxHash3_64::default();
        self.0.iter().for_each(|piece| hash.write(piece.as_bytes()));
        Fingerprint {
            sequence,
            size: self.0.iter().map(|piece| piece.len() as u64).sum(),
            hash: hash.finish(),
        }
    }

    /// Writes the text to an empty file.
    pub fn write_to(&self, file: &dyn DiskFile) -> io::Result<()> {
        const TOGETHER: usize = 1 << 20;
        let mut small = Vec::new();
        let mut offset = 0;
        let mut write = |bytes: &[u8]| {
            file.write_at(bytes, offset)?;
            offset += bytes.len() as u64;
            io::Result::Ok(())
        };
        for piece in self.0.iter().map(|piece| piece.as_bytes()) {
            if small.len() + piece.len() > TOGETHER {
                write(&small)?;
                small.clear();
            }
            if piece.len() > TOGETHER {
                write(piece)?;
            } else {
                small.extend_from_slice(piece);
            }
        }
        write(&small)
    }
}
