//! Get-Role: directory roles, who holds them and what they allow (R1-R5).

use std::sync::Arc;

use crate::cmdlets::shared::AnyOf;
use crate::command::{Args, Call, Cmdlet, Effect, Example, Flow, Names, Output, Param, Run, Verb};
use crate::objects;
use crate::tenant::Permission;
use crate::value::Value;
use crate::wildcard::is_pattern;

static ROLE: Param<Option<Vec<Arc<str>>>> =
    Param::new("Role", "Only these roles; wildcards are allowed.")
        .aliases(&["RoleName", "Name"])
        .naming(Names::Role)
        .position(0)
        .by_value()
        .by_property();

pub static GET_ROLE: Cmdlet = Cmdlet {
    verb: Verb::Get,
    noun: "Role",
    aliases: &[],
    synopsis: "Gets directory roles, who holds them and what they allow",
    description: "Members are users of the tenant, Operators those who administer it without being its users. May lists \
                  what the role allows.",
    parameters: &[&ROLE.declaration],
    requires: Permission::Read,
    effect: Effect::ReadOnly,
    output: Output::Records(&objects::ROLE),
    examples: &[
        Example {
            line: "Get-Role | Where-Object MemberCount -gt 0",
            explanation: "The roles that users hold.",
        },
        Example {
            line: "Get-Role 'License Administrator' | Select-Object -ExpandProperty May",
            explanation: "What a role allows.",
        },
    ],
    graph: "Get-MgDirectoryRole",
    run: Run::Each(run),
};

fn run(call: &mut Call, args: &Args) -> Result<(), Flow> {
    let tenant = call.tenant();
    let Some(names) = args.get(&ROLE) else {
        for role in tenant.known_roles() {
            call.write(Value::object(objects::role(&tenant, role)))?;
        }
        return Ok(());
    };
    if let [name] = names.as_slice()
        && !is_pattern(name)
        && !args.piped()
    {
        call.is_exact();
    }
    for name in &names {
        let found = if is_pattern(name) {
            let pattern = AnyOf::of(std::slice::from_ref(name));
            let roles = tenant.known_roles().into_iter();
            roles
                .filter(|role| pattern.matches(Some(role.name())))
                .collect()
        } else {
            vec![tenant.find_role(name)?]
        };
        for role in found {
            call.write(Value::object(objects::role(&tenant, role)))?;
        }
    }
    Ok(())
}
