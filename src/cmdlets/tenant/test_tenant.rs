//! Test-Tenant: puts the tenant's files and what they hold to the proof.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::command::{
    Args, Call, Cmdlet, Effect, Example, Flow, Output, Param, PathName, Run, Verb,
};
use crate::objects::CHECK;
use crate::store::{self, Disk, Holder, RealDisk, Verdict};
use crate::tenant::Permission;
use crate::value::{Record, Value};

static PATH: Param<Option<PathName>> =
    Param::new("Path", "Another tenant's directory, instead of this one.")
        .aliases(&["LiteralPath", "Directory"])
        .position(0);

pub static TEST_TENANT: Cmdlet = Cmdlet {
    verb: Verb::Test,
    noun: "Tenant",
    aliases: &[],
    synopsis: "Puts a tenant's files and what they hold to the proof",
    description: "Everything is read anew from the disk, and nothing is written. Shape: tenant.yaml can be read, keys are \
                  unique, nothing refers to what isn't there. Snapshot: tenant.yaml is one that the journal knows. \
                  Journal: the checksum chain holds from the first record of the oldest file to the last of the newest. \
                  History: every change since the last hand edit, taken back from now, finds what it had made. Rules: \
                  what no change would be allowed to cause, but an import or a hand edit can bring in, is a warning. \
                  A failed check is a failed record to the exit code. Of a \
                  tenant in memory only the rules can be checked.",
    parameters: &[&PATH.declaration],
    requires: Permission::Read,
    effect: Effect::ReadOnly,
    output: Output::Records(&CHECK),
    examples: &[
        Example {
            line: "Test-Tenant",
            explanation: "Is everything as it was promised?",
        },
        Example {
            line: "Test-Tenant | Where-Object Result -eq Failed",
            explanation: "Only what is wrong.",
        },
    ],
    graph: "",
    run: Run::Each(run),
};

fn run(call: &mut Call, args: &Args) -> Result<(), Flow> {
    let named = args.get(&PATH).map(|path| PathBuf::from(&*path.0));
    let own = call
        .session()
        .borrow()
        .store()
        .ok()
        .map(|store| store.dir().to_path_buf());
    let tenant = match named.or(own) {
        Some(dir) => {
            let disk: Arc<dyn Disk> = Arc::new(RealDisk);
            let proof = store::verify(&disk, Path::new(&dir), Holder::reader());
            for finding in &proof.findings {
                if finding.verdict == Verdict::Failed {
                    call.session().borrow_mut().failed += 1;
                }
                row(
                    call,
                    finding.check,
                    verdict(finding.verdict),
                    &finding.detail,
                )?;
            }
            proof.tenant
        }
        None => Some(call.tenant().as_ref().clone()),
    };
    let Some(tenant) = tenant else {
        return row(call, "Rules", "Skipped", "the tenant can't be opened");
    };
    let now = call.session().borrow().tenant_now();
    const SHOWN: usize = 20;
    let breaches = tenant.breaches(now);
    if breaches.is_empty() {
        let detail = "nothing stands against the rules";
        return row(call, "Rules", "Passed", detail);
    }
    for breach in breaches.iter().take(SHOWN) {
        row(call, "Rules", "Warned", &breach.message)?;
    }
    if let Some(more) = breaches.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        row(call, "Rules", "Warned", &format!("and {more} more"))?;
    }
    Ok(())
}

fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Passed => "Passed",
        Verdict::Failed => "Failed",
        Verdict::Skipped => "Skipped",
    }
}

fn row(call: &mut Call, check: &str, result: &str, detail: &str) -> Result<(), Flow> {
    let values = vec![check.into(), result.into(), detail.into()];
    call.write(Value::object(Record::new(&CHECK, values)))
}
