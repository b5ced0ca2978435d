//! A record of the journal: one commit, or one note of the store to itself, under a checksummed header.

use std::thread;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use twox_hash::XxHash3_64;

use super::yaml::emit::{self, Unwritable};
use super::yaml::read;
use crate::tenant::Change;

/// One commit: who did what, when, and the facts that came of it. All of it is applied, or none.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Its number, given by the store when it is committed.
    pub seq: u64,
    /// The number of the run's first entry, where a script or pipeline committed several.
    pub run: Option<u64>,
    pub at: Timestamp,
    /// The tenant's clock, where it differs from `at`.
    pub tenant_at: Option<Timestamp>,
    pub by: String,
    pub command: Option<String>,
    pub script: Option<String>,
    pub reason: Option<String>,
    /// The numbers of the entries that this one takes back, wholly or in part.
    pub undoes: Vec<u64>,
    /// The SHA-256 of the plan that was applied.
    pub plan: Option<String>,
    pub changes: Vec<Change>,
}

impl Entry {
    /// An entry that says only who, when and what.
    pub fn new(at: Timestamp, by: impl Into<String>, changes: Vec<Change>) -> Self {
        Self {
            seq: 0,
            run: None,
            at,
            tenant_at: None,
            by: by.into(),
            command: None,
            script: None,
            reason: None,
            undoes: Vec::new(),
            plan: None,
            changes,
        }
    }
}

/// A state of tenant.yaml: enough to know it again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Fingerprint {
    /// What the file says of itself: records after this number are not in it.
    pub sequence: u64,
    pub size: u64,
    #[serde(with = "hex")]
    pub hash: u64,
}

/// What a record says.
#[derive(Clone, Debug, PartialEq)]
// Nearly every record is an entry.
#[allow(clippy::large_enum_variant)]
pub(super) enum Content {
    Entry(Entry),
    /// tenant.yaml is about to become this file.
    Checkpoint(Fingerprint),
    /// The checkpoint of that number is in place.
    Installed(u64),
    /// tenant.yaml was changed by hand; this version of it was taken over.
    Rebase(Fingerprint),
}

/// The written form: one map for every kind of record.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    seq: u64,
    at: Timestamp,
    by: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tenant_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    run: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    command: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    script: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty", with = "numbers")]
    undoes: Vec<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    plan: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    checkpoint: Option<Fingerprint>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    installed: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rebase: Option<Fingerprint>,
    /// Written apart, one change a line.
    #[serde(default, skip_serializing)]
    changes: Vec<Change>,
}

/// Bytes for which a change's line is given room; few are longer.
const LINE: usize = 176;

/// The body of an entry's record, behind [`Header::ROOM`] for its header.
pub(super) fn entry_body(entry: &Entry) -> Result<String, Unwritable> {
    let mut written = note(entry.seq, entry.at, &entry.by);
    written.tenant_at = entry.tenant_at;
    written.run = entry.run;
    written.command.clone_from(&entry.command);
    written.script.clone_from(&entry.script);
    written.reason.clone_from(&entry.reason);
    written.undoes.clone_from(&entry.undoes);
    written.plan.clone_from(&entry.plan);
    let mut body = String::with_capacity(512 + LINE * entry.changes.len());
    body.push_str(Header::ROOM);
    emit::block(&mut body, &written, 0)?;
    body.push_str(if entry.changes.is_empty() {
        "changes: []\n"
    } else {
        "changes:\n"
    });
    write_changes(&mut body, &entry.changes)?;
    Ok(body)
}

/// Writes changes, one a line; many by two threads, since the admin waits for it.
fn write_changes(out: &mut String, changes: &[Change]) -> Result<(), Unwritable> {
    const MANY: usize = 2_000;
    if changes.len() < MANY {
        return write_lines(out, changes);
    }
    let (first, second) = changes.split_at(changes.len() / 2);
    thread::scope(|scope| {
        let later = scope.spawn(|| {
            let mut lines = String::with_capacity(LINE * second.len());
            write_lines(&mut lines, second).map(|()| lines)
        });
        write_lines(out, first)?;
        match later.join() {
            Ok(lines) => out.push_str(&lines?),
            // A thread that panicked would be a fault of the program; the lines are then written here.
            Err(_) => write_lines(out, second)?,
        }
        Ok(())
    })
}

fn write_lines(out: &mut String, changes: &[Change]) -> Result<(), Unwritable> {
    for change in changes {
        out.push_str("- ");
        emit::flow(out, change)?;
        out.push('\n');
    }
    Ok(())
}

/// The same for one of the store's own notes.
pub(super) fn note_body(
    seq: u64,
    at: Timestamp,
    by: &str,
    content: &Content,
) -> Result<String, Unwritable> {
    let mut written = note(seq, at, by);
    match content {
        Content::Entry(entry) => return entry_body(entry),
        Content::Checkpoint(mark) => written.checkpoint = Some(*mark),
        Content::Installed(number) => written.installed = Some(*number),
        Content::Rebase(mark) => written.rebase = Some(*mark),
    }
    let mut body = String::from(Header::ROOM);
    emit::block(&mut body, &written, 0)?;
    Ok(body)
}

fn note(seq: u64, at: Timestamp, by: &str) -> Written {
    Written {
        seq,
        at,
        by: by.to_owned(),
        tenant_at: None,
        run: None,
        command: None,
        script: None,
        reason: None,
        undoes: Vec::new(),
        plan: None,
        checkpoint: None,
        installed: None,
        rebase: None,
        changes: Vec::new(),
    }
}

/// Reads a body back.
pub(super) fn read_body(body: &str) -> Result<Content, serde_yaml::Error> {
    let written: Written = match read::parse(body) {
        Ok(written) => written,
        Err(_) => serde_yaml::from_str(body)?,
    };
    Ok(
        match (written.checkpoint, written.installed, written.rebase) {
            (Some(mark), None, None) => Content::Checkpoint(mark),
            (None, Some(number), None) => Content::Installed(number),
            (None, None, Some(mark)) => Content::Rebase(mark),
            _ => Content::Entry(Entry {
                seq: written.seq,
                run: written.run,
                at: written.at,
                tenant_at: written.tenant_at,
                by: written.by,
                command: written.command,
                script: written.script,
                reason: written.reason,
                undoes: written.undoes,
                plan: written.plan,
                changes: written.changes,
            }),
        },
    )
}

/// The checksum of a body, chained to the record before it: a lost, foreign or reordered record breaks the chain.
pub(super) fn checksum(before: u64, seq: u64, body: &[u8]) -> u64 {
    let mut link = [0; 16];
    link[..8].copy_from_slice(&before.to_le_bytes());
    link[8..].copy_from_slice(&seq.to_le_bytes());
    XxHash3_64::oneshot_with_seed(XxHash3_64::oneshot(&link), body)
}

/// The line before a body. A comment to any YAML reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub seq: u64,
    /// Bytes of the body.
    pub len: u64,
    pub sum: u64,
}

impl Header {
    pub const START: &str = "--- # seq=";

    /// As many blanks as the longest header has characters.
    pub const ROOM: &str =
        "                                                                                ";

    pub fn of(before: u64, seq: u64, body: &str) -> Self {
        Self {
            seq,
            len: body.len() as u64,
            sum: checksum(before, seq, body.as_bytes()),
        }
    }

    pub fn render(&self) -> String {
        format!(
            "{}{} len={} sum={:016x}\n",
            Self::START,
            self.seq,
            self.len,
            self.sum
        )
    }

    /// Reads a whole line, its end included; anything that is not byte for byte what would be written is no header.
    pub fn read(line: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(line).ok()?;
        let mut fields = text
            .strip_prefix(Self::START)?
            .trim_end_matches('\n')
            .split(' ');
        let header = Self {
            seq: fields.next()?.parse().ok()?,
            len: fields.next()?.strip_prefix("len=")?.parse().ok()?,
            sum: u64::from_str_radix(fields.next()?.strip_prefix("sum=")?, 16).ok()?,
        };
        (header.render().as_bytes() == line).then_some(header)
    }
}

/// A hash as sixteen hexadecimal digits.
mod hex {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub fn serialize<S: Serializer>(hash: &u64, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&format!("{hash:016x}"))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
        let text = String::deserialize(deserializer)?;
        u64::from_str_radix(&text, 16).map_err(D::Error::custom)
    }
}

/// One number as itself, several as a list.
mod numbers {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written {
        One(u64),
        Several(Vec<u64>),
    }

    pub fn serialize<S: Serializer>(numbers: &[u64], serializer: S) -> Result<S::Ok, S::Error> {
        match numbers {
            [one] => one.serialize(serializer),
            several => several.serialize(serializer),
        }
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u64>, D::Error> {
        Ok(match Written::deserialize(deserializer)? {
            Written::One(number) => vec![number],
            Written::Several(numbers) => numbers,
        })
    }
}
