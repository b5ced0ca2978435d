//! Export-Tenant: writes the tenant as Microsoft's own files.

use crate::command::{
    Args, Call, Cmdlet, Effect, Example, Flow, Output, Param, PathName, Run, Verb,
};
use crate::diagnostic::{Category, Diagnostic};
use crate::files::{Written, typed};
use crate::interop::Export;
use crate::tenant::Permission;
use crate::value::Value;

static PATH: Param<PathName> = Param::new("Path", "The directory; it is made if it isn't there.")
    .aliases(&["Directory", "LiteralPath"])
    .position(0);
static FORCE: Param<bool> = Param::new(
    "Force",
    "Writes into a directory that has something in it; files of the same names are replaced.",
);
static WHAT_IF: Param<bool> =
    Param::new("WhatIf", "Says which files it would write.").aliases(&["wi"]);

pub static EXPORT_TENANT: Cmdlet = Cmdlet {
    verb: Verb::Export,
    noun: "Tenant",
    aliases: &[],
    synopsis: "Writes the tenant as Microsoft's own files",
    description: "Users, groups, subscribed SKUs and subscriptions as Graph's JSON, and users as the admin centre's CSV. \
                  tenantsh init --from reads the JSON back to an equal tenant. What those formats have no place for is \
                  said when it runs, such as operators, the clock, mailboxes and OneDrives. The output is the files that were \
                  written.",
    parameters: &[&PATH.declaration, &FORCE.declaration, &WHAT_IF.declaration],
    requires: Permission::Read,
    effect: Effect::ReadOnly,
    output: Output::Text,
    examples: &[Example {
        line: "Export-Tenant exported -WhatIf",
        explanation: "The files that it would write.",
    }],
    graph: "",
    run: Run::Each(run),
};

fn run(call: &mut Call, args: &Args) -> Result<(), Flow> {
    let tenant = call.tenant();
    let name = args.get(&PATH);
    let directory = &typed(&name);
    let files = call.session().borrow().files.clone();
    if !args.get(&FORCE) && !files.is_empty_dir(directory)? {
        return Err(Diagnostic::new(
            "DirectoryNotEmpty",
            Category::Denied,
            format!("{} has something in it", directory.display()),
        )
        .about(directory.display().to_string())
        .hint("name another directory, or replace what is there with -Force")
        .into());
    }
    // All is made before anything is written.
    let export = Export::from(&*tenant);
    let (made, left) = (export.files()?, export.left_behind(tenant.organisation()));
    let files = files.rehearsing(args.get(&WHAT_IF));
    let mut would = Vec::new();
    let mut keep = |written| match written {
        Written::Done => true,
        Written::WouldWrite(sentence) => {
            would.push(sentence);
            false
        }
    };
    keep(files.create_dir(directory)?);
    let mut done = Vec::new();
    for (name, content) in made {
        let path = directory.join(name);
        if keep(files.write(&path, content.as_bytes(), false)?) {
            done.push(path);
        }
    }
    if !left.is_empty() {
        let notice = format!("the files have no place for: {}", left.join(", "));
        call.session().borrow_mut().console.notice(&notice);
    }
    for sentence in would {
        call.session().borrow_mut().console.notice(&sentence);
    }
    for path in done {
        call.write(Value::from(path.display().to_string()))?;
    }
    Ok(())
}
