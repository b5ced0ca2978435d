//! Whether a plan still fits the tenant: each row against what it found when it was made.

use jiff::Timestamp;

use super::{Document, Row};
use crate::tenant::{Change, DataKind, Tenant, set_times};

/// What of a plan can be done now, and what can't any more.
#[derive(Debug, Default)]
pub struct Fit<'d> {
    /// Rows in the plan's order, with their changes as of now.
    pub rows: Vec<(&'d Row, Vec<Change>)>,
    pub moved: Vec<Moved<'d>>,
}

/// A row whose things are not any more what the plan found.
#[derive(Debug)]
pub struct Moved<'d> {
    pub row: &'d Row,
    /// A clause for each difference.
    pub how: Vec<String>,
}

impl Document {
    /// Holds every row against the tenant as it is.
    ///
    /// # Errors
    /// `interrupted` said so.
    pub fn fit(&self, tenant: &Tenant, now: Timestamp) -> Fit<'_> {
        let mut fit = Fit::default();
        let mut trial = tenant.clone();
        for row in &self.rows {
            let mut how: Vec<String> = row
                .before
                .iter()
                .flat_map(|image| image.differences(tenant))
                .collect();
            let mut changes = row.changes.clone();
            set_times(&mut changes, &|time| time == self.rehearsed, now);
            if how.is_empty() {
                how.extend(
                    changes
                        .iter()
                        .find_map(|change| expired(tenant, change, now)),
                );
            }
            if how.is_empty()
                && let Some(misfit) = apply(&mut trial, &changes)
            {
                how.push(misfit);
            }
            match how.is_empty() {
                true => fit.rows.push((row, changes)),
                false => fit.moved.push(Moved { row, how }),
            }
        }
        fit
    }
}

/// Data that would come back whole at the rehearsal, and is gone by now.
fn expired(tenant: &Tenant, change: &Change, now: Timestamp) -> Option<String> {
    let Change::DataClockStopped { user, data, .. } = change else {
        return None;
    };
    if !data.contains(&DataKind::Mailbox) {
        return None;
    }
    let found = tenant.user(*user)?.data.as_deref()?;
    let until = tenant.mailbox_held_until(found.mailbox.as_ref()?)?;
    (until <= now).then(|| format!("the mailbox was kept until {until}, and is gone"))
}

/// Applies all of a row, or nothing; then says what doesn't fit.
fn apply(tenant: &mut Tenant, changes: &[Change]) -> Option<String> {
    for (done, change) in changes.iter().enumerate() {
        if let Err(misfit) = tenant.apply(change) {
            for change in changes[..done].iter().rev() {
                // What was just applied can be taken back.
                let _ = tenant.apply(&change.clone().inverse());
            }
            return Some(misfit.message.clone());
        }
    }
    None
}
