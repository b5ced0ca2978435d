//! Export-Csv: writes objects to a CSV file.

use std::path::PathBuf;

use crate::cmdlets::output::{place, write_file};
use crate::command::{
    Args, Call, Cmdlet, Effect, Example, Flow, Output, Param, PathName, Run, Stage, Verb,
};
use crate::diagnostic::Diagnostic;
use crate::format::{Format, Style, to_string};
use crate::tenant::Permission;
use crate::value::Value;

static PATH: Param<PathName> = Param::new("Path", "The file; one that exists is replaced.")
    .aliases(&["LiteralPath"])
    .position(0);
static RAW: Param<bool> = Param::new(
    "Raw",
    "Leaves cells as they are that a spreadsheet would run as formulas.",
);
static NO_TYPE_INFORMATION: Param<bool> = Param::new(
    "NoTypeInformation",
    "Accepted for the habit's sake: no type line is ever written.",
)
.aliases(&["NTI"]);

pub static EXPORT_CSV: Cmdlet = Cmdlet {
    verb: Verb::Export,
    noun: "Csv",
    aliases: &[],
    synopsis: "Writes objects to a CSV file",
    description: "The columns are the properties of the first object. The file is written whole or not at all. A cell \
                  that begins with =, +, - or @ gets a quote before it, so that a spreadsheet shows it instead of \
                  running it; Import-Csv takes it away again.",
    parameters: &[
        &PATH.declaration,
        &RAW.declaration,
        &NO_TYPE_INFORMATION.declaration,
    ],
    requires: Permission::None,
    effect: Effect::ReadOnly,
    output: Output::Nothing,
    examples: &[Example {
        line: "Get-User -Unlicensed | Select-Object UserPrincipalName, City | Export-Csv unlicensed.csv",
        explanation: "A list for a colleague.",
    }],
    graph: "",
    run: Run::Stream(start),
};

fn start(args: &Args) -> Result<Box<dyn Stage>, Diagnostic> {
    Ok(Box::new(Export {
        path: place(args, &PATH)?,
        style: Style {
            raw_csv: args.get(&RAW),
            ..Style::default()
        },
        rows: Vec::new(),
    }))
}

struct Export {
    path: PathBuf,
    style: Style,
    rows: Vec<Value>,
}

impl Stage for Export {
    fn record(&mut self, _call: &mut Call, value: Value) -> Result<(), Flow> {
        self.rows.push(value);
        Ok(())
    }

    fn end(&mut self, call: &mut Call) -> Result<(), Flow> {
        let text = to_string(Format::Csv, self.style, &self.rows);
        Ok(write_file(call, &self.path, text, false)?)
    }
}
