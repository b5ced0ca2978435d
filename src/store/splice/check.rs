//! Whether lines that are to be written read back as what they were made of.

use serde::de::DeserializeOwned;

use super::super::yaml::read::parse;

/// Reads new lines back: with our reader, and with the YAML crate as long as its budget lasts or where ours does not
/// take them.
pub(super) struct ReadBack {
    /// Bytes that the crate may still read: it takes twenty times as long.
    budget: usize,
    /// All that was read back is in canonical form.
    pub is_canonical: bool,
}

impl ReadBack {
    /// For the new version of a file of that many bytes: the crate takes no longer than opening the file does.
    pub fn new(size: usize) -> Self {
        Self {
            budget: (size / 20).max(64 << 10),
            is_canonical: true,
        }
    }

    /// Whether the lines read as the value, by both readers.
    pub fn reads_as<T: DeserializeOwned>(&mut self, lines: &str, is: impl Fn(&T) -> bool) -> bool {
        let canonical = parse::<T>(lines).ok();
        if canonical.as_ref().is_some_and(|read| !is(read)) {
            return false;
        }
        if canonical.is_none() || self.budget >= lines.len() {
            self.budget = self.budget.saturating_sub(lines.len());
            if !serde_yaml::from_str::<T>(lines).is_ok_and(|read| is(&read)) {
                return false;
            }
        }
        self.is_canonical &= canonical.is_some();
        true
    }
}
