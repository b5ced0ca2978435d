//! Reading `policy.yaml`: what isn't understood is an error at its line, since a rule that is overlooked protects nobody.

use jiff::civil::Time;

use super::{Hours, Policy};
use crate::diagnostic::{Category, Diagnostic, Source, Span};

const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

impl Policy {
    /// Reads a policy.
    ///
    /// # Errors
    /// At its line, what isn't understood; nothing is changed under a policy that can't be read.
    pub fn read(name: &str, content: &str) -> Result<Self, Diagnostic> {
        let source = Source::new(name, content);
        let fault = |message: String| {
            Diagnostic::new("PolicyUnreadable", Category::Denied, message)
                .about(name)
                .hint("nothing is changed under a policy that can't be read: mend the line")
        };
        let is_blank = content
            .lines()
            .all(|line| line.trim().is_empty() || line.trim_start().starts_with('#'));
        let mut policy: Self = match is_blank {
            true => Self::default(),
            false => serde_yaml::from_str(content).map_err(|error| {
                let message = error.to_string();
                let message = message.split(" at line ").next().unwrap_or_default();
                let fault = fault(format!("the policy can't be read: {message}"));
                match error.location() {
                    Some(place) => fault
                        .at(line_span(content, place.line()))
                        .in_source(&source),
                    None => fault.in_source(&source),
                }
            })?,
        };
        policy.source = Some(source.clone());
        let at = |key: &str, message: String| {
            let fault = fault(message);
            match policy.span(&[key]) {
                Some(span) => fault.at(span).in_source(&source),
                None => fault,
            }
        };
        if let Some(hours) = &policy.hours {
            for (key, text) in [("from", &hours.from), ("to", &hours.to)] {
                if time(text).is_none() {
                    return Err(at(
                        key,
                        format!("`{key}` is a time such as '20:00', not '{text}'"),
                    ));
                }
            }
            if let Some(day) = hours.days.iter().find(|day| !DAYS.contains(&&***day)) {
                return Err(at(
                    "days",
                    format!("a day is one of {}, not '{day}'", DAYS.join(", ")),
                ));
            }
            if hours.offset_minutes().is_none() {
                let text = hours.utc_offset.clone().unwrap_or_default();
                return Err(at(
                    "utc_offset",
                    format!("`utc_offset` is like '+02:00', not '{text}'"),
                ));
            }
        }
        if let Some(percent) = policy.limits.percent.filter(|p| !(0.0..=100.0).contains(p)) {
            return Err(at(
                "percent",
                format!("`percent` is between 0 and 100, not {percent}"),
            ));
        }
        if policy
            .approval
            .as_ref()
            .is_some_and(|own| own.by.is_empty())
        {
            return Err(at("by", "`by` names nobody who may approve".to_owned()));
        }
        Ok(policy)
    }

    /// Where words stand in the file, each behind the one before.
    pub(super) fn span(&self, words: &[&str]) -> Option<Span> {
        let text = &self.source.as_ref()?.text;
        let mut at = 0;
        let mut found = 0..0;
        for word in words {
            let start = at + text[at..].find(word)?;
            found = start..start + word.len();
            at = found.end;
        }
        let start = text[..found.start].rfind('\n').map_or(0, |end| end + 1);
        let end = text[found.end..]
            .find('\n')
            .map_or(text.len(), |end| found.end + end);
        Some(Span::new(start, end))
    }
}

impl Hours {
    /// Minutes ahead of UTC.
    pub(super) fn offset_minutes(&self) -> Option<i64> {
        let Some(text) = &self.utc_offset else {
            return Some(0);
        };
        let (sign, rest) = match text.strip_prefix('-') {
            Some(rest) => (-1, rest),
            None => (1, text.strip_prefix('+')?),
        };
        let (hours, minutes) = rest.split_once(':')?;
        let (hours, minutes): (i64, i64) = (hours.parse().ok()?, minutes.parse().ok()?);
        (hours < 15 && minutes < 60).then_some(sign * (60 * hours + minutes))
    }

    /// Whether a moment is in them: minutes of the day and the day of the week there. A span over midnight belongs to the
    /// day on which it began.
    pub(super) fn hold(&self, at: jiff::Timestamp) -> bool {
        let (Some(from), Some(to), Some(offset)) =
            (time(&self.from), time(&self.to), self.offset_minutes())
        else {
            return false;
        };
        let minutes = at.as_second().div_euclid(60) + offset;
        let (day, now) = (minutes.div_euclid(24 * 60), minutes.rem_euclid(24 * 60));
        let minute = |time: Time| i64::from(time.hour()) * 60 + i64::from(time.minute());
        let (from, to) = (minute(from), minute(to));
        // 1970 began on a Thursday.
        let named = |day: i64| DAYS[usize::try_from((day + 3).rem_euclid(7)).unwrap_or_default()];
        let allowed =
            |day: i64| self.days.is_empty() || self.days.iter().any(|own| own == named(day));
        match from <= to {
            true => (from..to).contains(&now) && allowed(day),
            false if now >= from => allowed(day),
            false => now < to && allowed(day - 1),
        }
    }
}

fn time(text: &str) -> Option<Time> {
    let (hours, minutes) = text.split_once(':')?;
    Time::new(hours.parse().ok()?, minutes.parse().ok()?, 0, 0).ok()
}

fn line_span(text: &str, line: usize) -> Span {
    let start: usize = text
        .split_inclusive('\n')
        .take(line.saturating_sub(1))
        .map(str::len)
        .sum();
    let end = text[start..]
        .find('\n')
        .map_or(text.len(), |end| start + end);
    Span::new(start, end)
}
