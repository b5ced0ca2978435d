//! Where-Object: lets through the objects that pass a test.

use std::sync::Arc;

use super::column::Columns;
use crate::command::{
    Args, Call, Cmdlet, Effect, Example, Flow, Names, Output, Param, Parameter, Run, Stage, Verb,
};
use crate::diagnostic::Diagnostic;
use crate::tenant::Permission;
use crate::value::{Block, Operator, Predicate, Property, Value};

static TEST: Param<Value> = Param::new(
    "FilterScript",
    "A block that is true for what is let through, or the name of a property.",
)
.aliases(&["Property"])
.offering(Names::Property)
.position(0);
static VALUE: Param<Option<Value>> = Param::new("Value", "What the property is compared with.")
    .position(1)
    .offering(Names::PropertyValue);
static NOT: Param<bool> = Param::new(
    "Not",
    "Lets through where the property is false or missing.",
);

macro_rules! comparisons {
    ($($name:ident: $text:literal),* $(,)?) => {
        $(static $name: Param<bool> = Param::new($text, "Compares the property with the value.");)*

        static COMPARISONS: &[&Param<bool>] = &[$(&$name),*];

        static PARAMETERS: &[&Parameter] =
            &[&TEST.declaration, &VALUE.declaration, &NOT.declaration, $(&$name.declaration),*];
    };
}

comparisons! {
    EQ: "eq", NE: "ne", GT: "gt", GE: "ge", LT: "lt", LE: "le", LIKE: "like", NOT_LIKE: "notlike", MATCH: "match",
    NOT_MATCH: "notmatch", CONTAINS: "contains", NOT_CONTAINS: "notcontains", IN: "in", NOT_IN: "notin",
    CEQ: "ceq", CNE: "cne", CGT: "cgt", CGE: "cge", CLT: "clt", CLE: "cle", CLIKE: "clike",
    CNOT_LIKE: "cnotlike", CMATCH: "cmatch", CNOT_MATCH: "cnotmatch", CCONTAINS: "ccontains",
    CNOT_CONTAINS: "cnotcontains", CIN: "cin", CNOT_IN: "cnotin",
}

pub static WHERE_OBJECT: Cmdlet = Cmdlet {
    verb: Verb::Where,
    noun: "Object",
    aliases: &["where", "?"],
    synopsis: "Lets through the objects that pass a test",
    description: "The test is a block in which $_ is the object, or a property with a comparison. Comparisons ignore \
                  letter case; those that begin with c don't.",
    parameters: PARAMETERS,
    requires: Permission::None,
    effect: Effect::ReadOnly,
    output: Output::Input,
    examples: &[
        Example {
            line: "Get-User | Where-Object { $_.Department -eq 'Sales' -and $_.Licenses -contains 'ENTERPRISEPACK' }",
            explanation: "A block with PowerShell's operators.",
        },
        Example {
            line: "Get-User | Where-Object Department -eq Sales",
            explanation: "The short form, for one property.",
        },
    ],
    graph: "",
    run: Run::Stream(start),
};

enum Test {
    Native(Predicate),
    Block(Arc<Block>),
}

fn start(args: &Args) -> Result<Box<dyn Stage>, Diagnostic> {
    let used: Vec<&&Param<bool>> = COMPARISONS
        .iter()
        .filter(|param| args.get(**param))
        .collect();
    let test = match args.get(&TEST) {
        Value::Block(_) if !used.is_empty() || args.has(&VALUE) || args.has(&NOT) => {
            return Err(Diagnostic::usage(
                "AmbiguousParameterSet",
                "a block and a comparison can't be used together",
            )
            .hint("put the comparison into the block"));
        }
        Value::Block(block) => match &block.predicate {
            Some(predicate) => Test::Native(predicate.clone()),
            None => Test::Block(block),
        },
        name => Test::Native(simple(&name.to_text(), &used, args)?),
    };
    let test = match test {
        Test::Native(predicate) if args.get(&NOT) => Test::Native(Predicate::Not(predicate.into())),
        other => other,
    };
    let columns = match args.get(&TEST) {
        Value::Block(_) => Columns::new(&[])?,
        name => Columns::one(name.to_text().split('.').next().unwrap_or_default()),
    };
    Ok(Box::new(Where { test, columns }))
}

/// `Where-Object Department -eq Sales`, `Where-Object Enabled`.
fn simple(name: &str, used: &[&&Param<bool>], args: &Args) -> Result<Predicate, Diagnostic> {
    let property = Property::new(name.split('.').map(str::to_owned).collect());
    let value = args.get(&VALUE);
    match (used, value) {
        ([], None) => Ok(Predicate::Truthy(property)),
        ([], Some(_)) => Err(Diagnostic::usage(
            "MissingArgument",
            format!("'{name}' is to be compared, but how?"),
        )
        .hint(format!("write Where-Object {name} -eq …"))),
        ([one], None) if !args.has(&VALUE) => {
            let operator = one.declaration.name;
            Err(
                Diagnostic::usage("MissingArgument", format!("-{operator} wants a value")).hint(
                    format!("write Where-Object {name} -{operator} 'value', or $null for none"),
                ),
            )
        }
        ([one], value) => {
            let operator = Operator::named(one.declaration.name).ok_or_else(|| {
                Diagnostic::usage(
                    "UnknownOperator",
                    format!("-{} compares nothing", one.declaration.name),
                )
            })?;
            Ok(Predicate::Compare {
                property,
                operator,
                operand: value.unwrap_or_default(),
            })
        }
        _ => Err(Diagnostic::usage(
            "AmbiguousParameterSet",
            "only one comparison can be used at a time",
        )
        .hint("join several in a block: { $_.A -eq 1 -and $_.B -eq 2 }")),
    }
}

struct Where {
    test: Test,
    /// The property of the short form; a block may ask for any.
    columns: Columns,
}

impl Stage for Where {
    fn sieve(&self) -> Option<&Predicate> {
        match &self.test {
            Test::Native(predicate) if self.columns.is_settled() => Some(predicate),
            _ => None,
        }
    }

    fn record(&mut self, call: &mut Call, value: Value) -> Result<(), Flow> {
        if self.columns.is_settled() {
            return self.test(call, value);
        }
        for value in self.columns.ready(value) {
            self.test(call, value)?;
        }
        Ok(())
    }

    fn end(&mut self, call: &mut Call) -> Result<(), Flow> {
        for value in self.columns.rest()? {
            self.test(call, value)?;
        }
        Ok(())
    }
}

impl Where {
    fn test(&self, call: &mut Call, value: Value) -> Result<(), Flow> {
        let passes = match &self.test {
            Test::Native(predicate) => predicate.test(&value)?,
            Test::Block(block) => call.test_block(block, &value)?,
        };
        if passes { call.write(value) } else { Ok(()) }
    }
}
