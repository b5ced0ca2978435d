//! A point in time in twelve bytes, for what a million users have.

use std::num::NonZeroU32;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A [`Timestamp`], kept small: an `Option` of it takes no more room.
///
/// Invariant: it was made of a timestamp. The parts are ordered as the times are.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CompactTimestamp {
    /// The seconds since 1970, rounded down, in two halves: an `i64` would be aligned to eight bytes.
    high: i32,
    low: u32,
    /// The nanoseconds within the second, and one.
    nano: NonZeroU32,
}

const SECOND: i128 = 1_000_000_000;

impl From<Timestamp> for CompactTimestamp {
    fn from(time: Timestamp) -> Self {
        let nanoseconds = time.as_nanosecond();
        let seconds = nanoseconds.div_euclid(SECOND);
        Self {
            high: (seconds >> 32) as i32,
            low: seconds as u32,
            nano: NonZeroU32::MIN.saturating_add(nanoseconds.rem_euclid(SECOND) as u32),
        }
    }
}

impl From<CompactTimestamp> for Timestamp {
    fn from(moment: CompactTimestamp) -> Self {
        let seconds = i128::from(moment.high) << 32 | i128::from(moment.low);
        // Every moment was a timestamp, so none is out of range.
        Timestamp::from_nanosecond(seconds * SECOND + i128::from(moment.nano.get() - 1))
            .unwrap_or_default()
    }
}

impl std::str::FromStr for CompactTimestamp {
    type Err = jiff::Error;
    fn from_str(text: &str) -> Result<Self, jiff::Error> {
        text.parse::<Timestamp>().map(Self::from)
    }
}

impl std::fmt::Debug for CompactTimestamp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Debug::fmt(&Timestamp::from(*self), f)
    }
}

impl Serialize for CompactTimestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Timestamp::from(*self).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for CompactTimestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Timestamp::deserialize(deserializer).map(Self::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_time_comes_back_and_keeps_its_order() {
        let times = [
            "-009999-01-02T01:59:59Z",
            "0001-01-01T00:00:00Z",
            "1901-12-13T20:45:51.999999999Z",
            "1969-12-31T23:59:59.999999999Z",
            "1970-01-01T00:00:00Z",
            "2026-11-24T02:51:36.123Z",
            "2106-02-07T06:28:16Z",
            "9999-12-30T22:00:00.999999999Z",
        ];
        let times: Vec<Timestamp> = times.iter().map(|text| text.parse().unwrap()).collect();
        let moments: Vec<CompactTimestamp> =
            times.iter().copied().map(CompactTimestamp::from).collect();
        assert!(moments.is_sorted());
        for (time, moment) in times.iter().zip(&moments) {
            assert_eq!(Timestamp::from(*moment), *time);
        }
        assert_eq!(size_of::<Option<CompactTimestamp>>(), 12);
    }
}
