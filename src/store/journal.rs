//! The journal: scanned with its checksum chain, torn tail told from damage, appended to.

use std::io;

use super::disk::DiskFile;
use super::record::{Header, checksum};

/// The first line of a journal file: which record it begins with and what that one is chained to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Head {
    pub first: u64,
    pub after: u64,
}

impl Head {
    pub fn render(&self) -> String {
        format!(
            "# tenantsh journal format=1 first={} after={:016x}\n",
            self.first, self.after
        )
    }

    fn read(line: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(line).ok()?;
        let mut fields = text.trim_end_matches('\n').split(' ').skip(4);
        let head = Self {
            first: fields.next()?.strip_prefix("first=")?.parse().ok()?,
            after: u64::from_str_radix(fields.next()?.strip_prefix("after=")?, 16).ok()?,
        };
        (head.first > 0 && head.render().as_bytes() == line).then_some(head)
    }
}

/// A place in the chain: where the next record goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Position {
    /// Byte offset in the current file.
    pub offset: u64,
    /// Number of the last record.
    pub seq: u64,
    /// Its checksum.
    pub sum: u64,
    /// Bytes of its body; 0 at the beginning of a file, before any record.
    pub len: u64,
}

impl Position {
    /// Whether a file still reaches this place by the same records: its last line of header says so for all of them.
    pub fn is_in(&self, file: &dyn DiskFile) -> io::Result<bool> {
        let line = match self.len {
            0 => Head {
                first: self.seq + 1,
                after: self.sum,
            }
            .render(),
            len => Header {
                seq: self.seq,
                len,
                sum: self.sum,
            }
            .render(),
        };
        let Some(at) = self.offset.checked_sub(self.len + line.len() as u64) else {
            return Ok(false);
        };
        let mut found = vec![0; line.len()];
        let is_last = |offset: u64| {
            let mut last = [0];
            Ok::<_, io::Error>(file.read_at(&mut last, offset)? == 1 && last == *b"\n")
        };
        Ok(file.read_at(&mut found, at)? == line.len()
            && found == line.as_bytes()
            && is_last(self.offset - 1)?)
    }
}

/// A record that is whole: its number and where its body is in the scanned bytes.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub seq: u64,
    /// Its checksum, which hangs on all before it.
    pub sum: u64,
    pub body: std::ops::Range<usize>,
}

/// Why a scan did not reach the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// Nothing well-formed follows: the end of a write that was never acknowledged.
    Torn,
    /// Well-formed records follow: bytes that were acknowledged have changed.
    Damage { next: u64 },
}

/// What a scan found.
#[derive(Clone, Debug)]
pub(super) struct Scan {
    pub records: Vec<Found>,
    /// After the last whole record.
    pub end: Position,
    pub fault: Option<Fault>,
}

/// Reads the first line of a journal file.
pub(super) fn read_head(bytes: &[u8]) -> Option<(Head, usize)> {
    let len = line_end(bytes, 0)?;
    Some((Head::read(&bytes[..len])?, len))
}

/// Walks the records in `bytes`, which begin at `from.offset` in the file.
pub(super) fn scan(bytes: &[u8], from: Position) -> Scan {
    let mut records = Vec::new();
    let (mut at, mut end) = (0, from);
    while at < bytes.len() {
        let Some((header, body)) = record_at(bytes, at) else {
            break;
        };
        let chained = header.seq == end.seq + 1
            && checksum(end.sum, header.seq, &bytes[body.clone()]) == header.sum;
        if !chained {
            break;
        }
        at = body.end;
        end = Position {
            offset: from.offset + at as u64,
            seq: header.seq,
            sum: header.sum,
            len: header.len,
        };
        records.push(Found {
            seq: header.seq,
            sum: header.sum,
            body,
        });
    }
    let fault = (at < bytes.len()).then(|| match record_after(bytes, at, end.seq + 1) {
        Some(next) => Fault::Damage { next },
        None => Fault::Torn,
    });
    Scan {
        records,
        end,
        fault,
    }
}

/// The header and body at an offset, if there are such.
pub(super) fn record_at(bytes: &[u8], at: usize) -> Option<(Header, std::ops::Range<usize>)> {
    let start = line_end(bytes, at)?;
    let header = Header::read(&bytes[at..start])?;
    let end = start.checked_add(usize::try_from(header.len).ok()?)?;
    let body = bytes.get(start..end)?;
    // What follows may be anything: a whole record stays one, whatever was torn behind it.
    body.ends_with(b"\n").then_some((header, start..end))
}

/// The number of a well-formed record at or behind the place where the chain broke.
///
/// A torn write can't look like one: it would bear the next number itself, and no body holds a header
/// with a line break behind it (the emitter writes no line break inside a text).
fn record_after(bytes: &[u8], at: usize, next: u64) -> Option<u64> {
    let start = Header::START.as_bytes();
    (at..bytes.len()).find_map(|place| {
        if !bytes[place..].starts_with(start) {
            return None;
        }
        let (header, body) = record_at(bytes, place)?;
        let torn = place == at && header.seq == next;
        let own = format!("seq: {}\n", header.seq);
        (!torn && bytes[body].starts_with(own.as_bytes())).then_some(header.seq)
    })
}

/// The offset after the line break at or behind `at`.
fn line_end(bytes: &[u8], at: usize) -> Option<usize> {
    bytes[at..]
        .iter()
        .position(|b| *b == b'\n')
        .map(|i| at + i + 1)
}
