//! Cmdlets about plans: changes that were rehearsed, written down, and are done exactly.

mod approval;
mod approve_plan;
mod export_plan;
mod get_plan;
mod invoke_plan;
mod test_plan;

pub use approve_plan::APPROVE_PLAN;
pub use export_plan::EXPORT_PLAN;
pub use get_plan::GET_PLAN;
pub use invoke_plan::INVOKE_PLAN;
pub use test_plan::TEST_PLAN;

use crate::command::{Param, PathName};
use crate::diagnostic::{Category, Diagnostic};
use crate::plan::{Document, Moved};
use crate::store::{Entry, Store};
use crate::tenant::catalogue;
use crate::tenant::{Change, Tenant};

/// A plan that is read.
static PLAN: Param<PathName> = Param::new("Path", "The plan's file.")
    .aliases(&["LiteralPath", "Plan"])
    .position(0)
    .by_value();

/// What the journal says of a plan.
struct Known {
    /// What was committed since the plan was made.
    since: Vec<Entry>,
}

/// Whether a plan was made for this tenant, and what happened here since.
fn known(document: &Document, tenant: &Tenant, store: Option<&Store>) -> Result<Known, Diagnostic> {
    let mark = &document.tenant;
    let name = &tenant.organisation().name;
    let another = |why: String| {
        Diagnostic::new("AnotherTenant", Category::Stale, why)
            .about(&*mark.name)
            .hint("open the tenant that it was made for with --tenant, or rehearse it again here")
    };
    let since = match (store, &mark.checksum) {
        (Some(store), Some(checksum)) => {
            let history = store.history(mark.sequence)?;
            let own = history.sum.map(|sum| format!("{sum:016x}"));
            let is_other = history.last < mark.sequence || own.is_some_and(|own| own != *checksum);
            if is_other {
                return Err(another(format!(
                    "the plan was made for another tenant than {name}: its record {} isn't in this journal",
                    mark.sequence
                )));
            }
            let later = history.entries.into_iter();
            later.filter(|entry| entry.seq > mark.sequence).collect()
        }
        _ if mark.name != *name => {
            return Err(another(format!(
                "the plan was made for {}, and this is {name}",
                mark.name
            )));
        }
        _ => Vec::new(),
    };
    if document.catalogue != catalogue::DATE {
        return Err(Diagnostic::new(
            "OtherCatalogue",
            Category::Stale,
            format!(
                "the plan was made by the facts of {}, and this program goes by those of {}",
                document.catalogue,
                catalogue::DATE
            ),
        )
        .hint("rehearse it again: products, plans or rules may be others"));
    }
    Ok(Known { since })
}

impl Known {
    /// How a row moved, with the change that did it where the journal knows.
    fn how(&self, moved: &Moved) -> String {
        let mut how = moved.how.join("; ");
        let subjects: Vec<_> = moved.row.changes.iter().map(Change::subject).collect();
        let by = self.since.iter().rev().find(|entry| {
            let mut touched = entry.changes.iter().map(Change::subject);
            touched.any(|subject| subjects.contains(&subject))
        });
        if let Some(entry) = by {
            how.push_str(&format!(" (change {} by {})", entry.seq, entry.by));
        }
        how
    }

    /// The change that applied a plan.
    fn application(&self, hash: &str) -> Option<&Entry> {
        self.since
            .iter()
            .find(|entry| entry.plan.as_deref() == Some(hash))
    }
}
