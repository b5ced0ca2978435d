//! Reading in windows, however small, gives what reading the file whole gives.

use std::path::Path;

use proptest::prelude::*;

use super::super::super::disk::{DiskFile, Stat};
use super::*;
use crate::store::snapshot;

/// A file that is read and not written.
struct Text(Vec<u8>);

impl DiskFile for Text {
    fn stat(&self) -> io::Result<Stat> {
        Ok(Stat {
            device: 1,
            inode: 1,
            len: self.0.len() as u64,
            modified: 0,
            changed: 0,
        })
    }
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        // Less than is asked for, as a real file may.
        let rest = &self.0[usize::try_from(offset).unwrap().min(self.0.len())..];
        let count = rest.len().min(buffer.len()).min(97);
        buffer[..count].copy_from_slice(&rest[..count]);
        Ok(count)
    }
    fn write_at(&self, _: &[u8], _: u64) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }
    fn truncate(&self, _: u64) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }
    fn sync_data(&self) -> io::Result<()> {
        Ok(())
    }
    fn copy_ownership(&self, _: &dyn DiskFile) -> io::Result<()> {
        Ok(())
    }
    fn dress(&self) -> io::Result<(u32, u32, u32)> {
        Ok((0, 0, 0))
    }
    fn try_lock(&self) -> io::Result<bool> {
        Ok(true)
    }
}

const HEAD: &str = "format: 1
sequence: 7
organisation:
  name: Contoso
products:
- sku: SPE_E5
  sku_id: 00000000-0000-0000-0000-000000000001
  name: Microsoft 365 E5
users:
";

/// Users as files have them: canonical, with comments, in flow style, with the keys in another order.
fn user(n: u32) -> String {
    let id = format!("00000000-0000-4000-8000-{n:012}");
    match n % 4 {
        0 => format!(
            "- id: {id}\n  upn: u{n}@x.org\n  display_name: Åsa {n}\n  licenses:\n  - sku: SPE_E5\n"
        ),
        1 => format!(
            "# leaves soon\n- upn: u{n}@x.org\n  # twice\n  id: {id}\n\n  display_name: 'O''Brien'\n"
        ),
        2 => format!("- {{id: {id}, upn: u{n}@x.org, display_name: \"a, \\\"b\\\"\"}}\n"),
        _ => format!(
            "- id: {id}\n  upn: u{n}@x.org\n  display_name: U\n  licenses:\n    - sku: SPE_E5\n      disabled: []\n"
        ),
    }
}

fn file(users: u32) -> String {
    (1..=users).fold(HEAD.to_owned(), |text, n| text + user(n).as_str())
}

type Seen = Option<(Written, Fingerprint)>;

/// What both ways of reading make of a text.
fn both(text: &str, window: usize) -> (Seen, Seen) {
    let path = Path::new("tenant.yaml");
    let file = Text(text.as_bytes().to_vec());
    let whole = snapshot::read(path, text.as_bytes()).ok().map(|parts| {
        let written = Written {
            format: 1,
            sequence: parts.mark.sequence,
            organisation: parts.data.organisation,
            products: parts.data.products,
            groups: parts.data.groups,
            users: parts.data.users,
            is_canonical: parts.is_canonical,
        };
        (written, parts.mark)
    });
    (read_by(path, &file, window).unwrap(), whole)
}

fn assert_same(one: &(Written, Fingerprint), other: &(Written, Fingerprint)) {
    assert_eq!(one.1, other.1);
    assert_eq!(one.0.organisation, other.0.organisation);
    assert_eq!(one.0.products, other.0.products);
    assert_eq!(one.0.groups, other.0.groups);
    assert_eq!(one.0.users, other.0.users);
}

#[test]
fn every_window_gives_the_same() {
    let text = file(30);
    let windows_lines = text.replace('\n', "\r\n");
    let list: String = (1..=9).map(|n| user(n * 4)).collect();
    let list = format!("  {}", list.trim_end().replace('\n', "\n  "));
    let indented = format!("{HEAD}{list}");
    for text in [
        text.clone(),
        format!("\u{feff}{text}"),
        windows_lines,
        indented,
    ] {
        for window in (1..400).chain([1000, 1 << 20]) {
            let (own, whole) = both(&text, window);
            assert_same(&own.expect("read in windows"), &whole.expect("read whole"));
        }
    }
}

#[test]
fn what_is_wrong_or_in_another_order_is_left_to_reading_it_whole() {
    let text = file(30);
    for (from, to) in [
        ("upn: u29@x.org", "upn"),
        ("upn: u12@x.org", "nobody: 1"),
        ("users:\n", "users: []\n"),
        ("- upn: u29", "groups: []\n- upn: u29"),
        ("# leaves soon\n", "# a line that ends\u{85}here\n"),
    ] {
        for window in [50, 333, 1 << 20] {
            let text = text.replace(from, to);
            assert!(text.contains(to));
            assert!(both(&text, window).0.is_none(), "{to} by {window}");
        }
    }
    // Users need not come last for the file to be right.
    let text = text.replace("users:\n", "groups: []\nusers:\n") + "groups_of_old: []\n";
    assert!(both(&text, 100).0.is_none());
    let text = file(3) + "groups: []\n";
    let (own, whole) = both(&text, 100);
    assert!(own.is_none() && whole.is_some());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// Never another meaning, whatever a hand did to the file.
    #[test]
    fn what_is_read_in_windows_is_what_is_read_whole(
        window in 1usize..500,
        edits in prop::collection::vec(
            (any::<prop::sample::Index>(), 0usize..3, prop::sample::select(vec![
                "\n", "- ", "  ", "'", "\"", ": ", "#", "\r", "users:\n", "|\n", "\n- ", "[", "}", "é", "\n\n# c\n", "<<: ", "&a ",
            ])),
            0..4,
        ),
    ) {
        let mut text = file(12);
        for (place, cut, new) in edits {
            let mut at = place.index(text.len());
            while !text.is_char_boundary(at) {
                at -= 1;
            }
            let end = text[at..].char_indices().nth(cut).map_or(text.len(), |(i, _)| at + i);
            text.replace_range(at..end, new);
        }
        let (own, whole) = both(&text, window);
        if let Some(own) = own {
            let whole = whole.unwrap_or_else(|| panic!("read in windows, but not whole: {text}"));
            assert_same(&own, &whole);
        }
    }
}
