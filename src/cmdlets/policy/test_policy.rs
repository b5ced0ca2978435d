//! Test-Policy: whether the policy can be read, and whom it protects.

use std::sync::Arc;

use crate::cmdlets::shared::find_user;
use crate::command::{
    Args, Call, Cmdlet, Effect, Example, Flow, Output, Param, Run, UserName, Verb,
};
use crate::diagnostic::Diagnostic;
use crate::files::typed;
use crate::policy::{Facts, Policy};
use crate::session::{in_memory, read_policy};
use crate::tenant::{Change, Permission, Tenant, User};
use crate::value::{Record, Shape, Value};

static PATH: Param<Option<Arc<str>>> = Param::new(
    "Path",
    "A policy that isn't in force yet; policy.yaml of the tenant when left out.",
);
static USER: Param<Option<Vec<UserName>>> = Param::new(
    "User",
    "Only of these users; all that are protected when left out.",
)
.aliases(&["UserPrincipalName", "UPN"])
.position(0)
.by_value()
.by_property();

static SHAPE: Shape = Shape {
    name: "PolicyCheck",
    properties: &["UserPrincipalName", "Protected", "Line", "Why"],
    columns: &["UserPrincipalName", "Protected", "Line", "Why"],
};

pub static TEST_POLICY: Cmdlet = Cmdlet {
    verb: Verb::Test,
    noun: "Policy",
    aliases: &[],
    synopsis: "Says whom the policy protects, and whether it can be read",
    description: "policy.yaml lies in the tenant's directory. It names users, groups, roles and products that nobody changes, \
                  how many users one run may change, whether a change needs a reason, the hours for it, and who must approve \
                  a plan. Every change is held against it, however it is asked for. A key that it doesn't know is an error \
                  at its line, and then nothing is changed at all.",
    parameters: &[&USER.declaration, &PATH.declaration],
    requires: Permission::Read,
    effect: Effect::ReadOnly,
    output: Output::Records(&SHAPE),
    examples: &[Example {
        line: "Test-Policy | Where-Object Protected",
        explanation: "Everybody whom the policy protects.",
    }],
    graph: "",
    run: Run::Each(run),
};

fn run(call: &mut Call, args: &Args) -> Result<(), Flow> {
    let path = match args.get(&PATH) {
        Some(path) => typed(&path),
        None => {
            let session = call.session().borrow();
            session
                .kept_store()
                .ok_or_else(in_memory)?
                .dir()
                .join("policy.yaml")
        }
    };
    let Some(policy) = read_policy(&path)? else {
        let notice = format!(
            "there is no {}: nothing is protected, nothing limited",
            path.display()
        );
        call.session().borrow_mut().console.notice(&notice);
        return Ok(());
    };
    let tenant = call.tenant();
    match args.get(&USER) {
        Some(names) => {
            for name in names {
                let user = find_user(&tenant, &name)?;
                let fault = verdict(&policy, &tenant, user, call);
                call.write(row(user, fault))?;
            }
        }
        None => {
            for user in tenant.users() {
                call.check_interrupt()?;
                if let Some(fault) = verdict(&policy, &tenant, user, call) {
                    call.write(row(user, Some(fault)))?;
                }
            }
        }
    }
    Ok(())
}

/// What the policy would say if the user's sign-in were blocked.
fn verdict(policy: &Policy, tenant: &Tenant, user: &User, call: &Call) -> Option<Diagnostic> {
    let changes = [Change::SignInBlocked { user: user.id }];
    let facts = Facts {
        changes: &changes,
        tenant,
        users: 0,
        reason: None,
        at: call.session().borrow().clock.now(),
        rehearsed: true,
        planned: true,
    };
    policy.check(&facts).err()
}

fn row(user: &User, fault: Option<Diagnostic>) -> Value {
    let line = fault.as_ref().and_then(|fault| {
        let (source, span) = fault.source.as_ref().zip(fault.span)?;
        i64::try_from(source.line_column(span.start).0).ok()
    });
    Value::object(Record::new(
        &SHAPE,
        vec![
            (&*user.upn).into(),
            fault.is_some().into(),
            line.into(),
            fault.map(|fault| fault.message.clone()).into(),
        ],
    ))
}
