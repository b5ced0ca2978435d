//! Who approved a plan: signatures beside its file, held against the policy.

use std::path::{Path, PathBuf};

use crate::diagnostic::{Category, Diagnostic};
use crate::files;
use crate::plan::Document;
use crate::policy::Approval;
use crate::signature;

/// Where somebody's signature of a plan is kept.
pub fn signature_file(plan: &Path, name: &str) -> PathBuf {
    let mut path = plan.as_os_str().to_owned();
    let plain: String = name
        .chars()
        .map(|c| {
            if c.is_alphanumeric() || "@.-_+".contains(c) {
                c
            } else {
                '_'
            }
        })
        .collect();
    path.push(format!(".{plain}.sig"));
    path.into()
}

/// What became of each approval that there could be.
pub struct Approvals {
    pub by: Vec<String>,
    /// Signatures that don't hold, and why.
    pub void: Vec<String>,
}

/// Looks for signatures of everybody who may approve.
///
/// # Errors
/// ssh-keygen can't be run, or the plan can't be read.
pub fn approvals(
    plan: &Path,
    document: &Document,
    rule: &Approval,
    policy_dir: &Path,
) -> Result<Approvals, Diagnostic> {
    let text = files::bytes(plan).unwrap_or_default();
    let signers = policy_dir.join(&rule.signers);
    let mut found = Approvals {
        by: Vec::new(),
        void: Vec::new(),
    };
    for name in &rule.by {
        let signature = signature_file(plan, name);
        if !signature.is_file() {
            continue;
        }
        if *name == document.by {
            found.void.push(format!(
                "{name} made the plan, and can't be the one who approves it"
            ));
            continue;
        }
        match signature::check(&text, &signature, &signers, name)? {
            Ok(()) => found.by.push(name.clone()),
            Err(why) => found.void.push(format!(
                "the approval of {name} doesn't hold for this plan as it is now: {why}"
            )),
        }
    }
    Ok(found)
}

/// Refuses a plan that changes more users than go without, unless somebody approved it.
///
/// # Errors
/// `NotApproved`, with what is wrong with the signatures there are.
pub fn require(
    plan: &Path,
    document: &Document,
    users: usize,
    rule: &Approval,
    policy_dir: &Path,
) -> Result<Vec<String>, Diagnostic> {
    if users <= rule.over {
        return Ok(Vec::new());
    }
    let found = approvals(plan, document, rule, policy_dir)?;
    if !found.by.is_empty() {
        return Ok(found.by);
    }
    let mut fault = Diagnostic::new(
        "NotApproved",
        Category::Denied,
        format!(
            "the plan changes {users} users, and nobody who may has approved it; nothing was changed",
        ),
    )
    .about(plan.display().to_string())
    .hint(format!(
        "one of {}: tenantsh approve {} --as NAME --key FILE",
        rule.by.join(", "),
        plan.display()
    ));
    for why in found.void {
        fault = fault.note(why, None, None);
    }
    Err(fault)
}
