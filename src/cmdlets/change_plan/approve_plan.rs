//! Approve-Plan: signs a plan that somebody else made.

use super::PLAN;
use super::approval::signature_file;
use crate::command::{
    Args, Call, Cmdlet, Effect, Example, Flow, Output, Param, PathName, Run, Verb,
};
use crate::diagnostic::{Category, Diagnostic};
use crate::files::{self, Written, typed};
use crate::plan;
use crate::session::{in_memory, read_policy};
use crate::signature;
use crate::tenant::Permission;

static KEY: Param<PathName> = Param::new(
    "Key",
    "Your SSH key: the private one, or the public one of a key that the agent holds.",
)
.position(1);

pub static APPROVE_PLAN: Cmdlet = Cmdlet {
    verb: Verb::Approve,
    noun: "Plan",
    aliases: &[],
    synopsis: "Signs a plan that somebody else made",
    description: "Writes a signature beside the plan, made by ssh-keygen with your key. policy.yaml says who may approve and \
                  which keys are theirs; whoever made a plan can't approve it. A plan that is changed afterwards has lost \
                  its approval. The output is the name of the signature's file, which ssh-keygen -Y verify checks too.",
    parameters: &[&PLAN.declaration, &KEY.declaration],
    requires: Permission::Read,
    effect: Effect::ReadOnly,
    output: Output::Text,
    examples: &[Example {
        line: "Get-Plan legal.yaml | Format-Table Target, Action, Undo",
        explanation: "Look first, then: Approve-Plan legal.yaml -Key ~/.ssh/id_ed25519",
    }],
    graph: "",
    run: Run::Each(run),
};

fn run(call: &mut Call, args: &Args) -> Result<(), Flow> {
    let name = args.get(&PLAN);
    let path = typed(&name);
    let (document, _) = plan::open(&path)?;
    let (actor, files, dir) = {
        let session = call.session().borrow();
        let store = session.kept_store().ok_or_else(in_memory)?;
        (
            session.actor.name.clone(),
            session.files.clone(),
            store.dir().to_owned(),
        )
    };
    let policy = read_policy(&dir.join("policy.yaml"))?;
    let refused = |message: String, hint: &str| {
        Diagnostic::new("MayNotApprove", Category::Denied, message)
            .about(&*actor)
            .hint(hint)
    };
    let rule = policy
        .as_ref()
        .and_then(|policy| policy.approval())
        .ok_or_else(|| {
            refused(
                "the policy says nothing of approvals".to_owned(),
                "policy.yaml: approval: {over: 50, by: [NAME], signers: allowed_signers}",
            )
        })?;
    if !rule.by.contains(&actor) {
        let message = format!(
            "{actor} may not approve plans; the policy lets {}",
            rule.by.join(", ")
        );
        return Err(refused(message, "act as one of them: --as NAME").into());
    }
    if document.by == actor {
        let message = format!("{actor} made the plan, and can't be the one who approves it");
        return Err(refused(message, "another of those who may approve has to").into());
    }
    let text = files::bytes(&path).unwrap_or_default();
    let signed = signature::sign(&text, &typed(&args.get(&KEY)))?;
    let place = signature_file(&path, &actor);
    if let Written::WouldWrite(sentence) = files.write(&place, &signed, false)? {
        call.session().borrow_mut().console.notice(&sentence);
        return Ok(());
    }
    // A key that nobody knows as theirs would be found out only when the plan is applied.
    if let Err(why) = signature::check(&text, &place, &dir.join(&rule.signers), &actor)? {
        let message = format!(
            "the signature is not one of {actor}'s by {}: {why}",
            rule.signers
        );
        return Err(refused(
            message,
            "use the key that the file of signers has, or let it be added there",
        )
        .into());
    }
    call.is_exact();
    call.write(place.display().to_string().as_str())
}
