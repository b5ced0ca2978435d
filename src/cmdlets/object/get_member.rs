//! Get-Member: the properties of what comes down the pipe.

use crate::command::{
    Args, Call, Cmdlet, Effect, Example, Flow, Output, Param, PropertyName, Run, Stage, Verb,
};
use crate::diagnostic::Diagnostic;
use crate::tenant::Permission;
use crate::value::{Record, Shape, Value};
use crate::wildcard::Wildcard;

static NAME: Param<Option<Vec<PropertyName>>> =
    Param::new("Name", "Only these properties; wildcards are allowed.").position(0);

static MEMBER: Shape = Shape {
    name: "Member",
    properties: &["Name", "Type", "Example", "Of"],
    columns: &["Name", "Type", "Example", "Of"],
};

pub static GET_MEMBER: Cmdlet = Cmdlet {
    verb: Verb::Get,
    noun: "Member",
    aliases: &["gm"],
    synopsis: "Gets the properties of what comes down the pipe",
    description: "A row for each property of each kind of object: its name, the type of its values, and one of them. A \
                  property that is empty everywhere has no type.",
    parameters: &[&NAME.declaration],
    requires: Permission::None,
    effect: Effect::ReadOnly,
    output: Output::Records(&MEMBER),
    examples: &[Example {
        line: "Get-User | Get-Member *Name",
        explanation: "What a user has a name in.",
    }],
    graph: "",
    run: Run::Stream(start),
};

fn start(args: &Args) -> Result<Box<dyn Stage>, Diagnostic> {
    let names = args.get(&NAME).unwrap_or_default();
    Ok(Box::new(Members {
        names: names.iter().map(|name| Wildcard::new(name)).collect(),
        kinds: Vec::new(),
    }))
}

struct Members {
    names: Vec<Wildcard>,
    kinds: Vec<Kind>,
}

/// One kind of object, with its properties and a value of each once there is one.
struct Kind {
    name: String,
    properties: Vec<(String, Value)>,
}

impl Stage for Members {
    fn record(&mut self, _call: &mut Call, value: Value) -> Result<(), Flow> {
        let name = value.type_name();
        let index = match self.kinds.iter().position(|kind| kind.name == name) {
            Some(index) => index,
            None => {
                self.kinds.push(Kind {
                    name: name.to_owned(),
                    properties: Vec::new(),
                });
                self.kinds.len() - 1
            }
        };
        if let Some(kind) = self.kinds.get_mut(index) {
            kind.note(&value);
        }
        Ok(())
    }

    fn end(&mut self, call: &mut Call) -> Result<(), Flow> {
        if self.kinds.is_empty() {
            return Err(
                Diagnostic::usage("NoInput", "Get-Member needs an object, and none came")
                    .hint("pipe some into it: Get-User | Get-Member")
                    .into(),
            );
        }
        for kind in &self.kinds {
            for (name, value) in &kind.properties {
                let asked = |pattern: &Wildcard| pattern.matches(name);
                if self.names.is_empty() || self.names.iter().any(asked) {
                    let type_name = match value {
                        Value::Null => Value::Null,
                        some => some.type_name().into(),
                    };
                    let row = vec![
                        name.as_str().into(),
                        type_name,
                        value.clone(),
                        kind.name.as_str().into(),
                    ];
                    call.write(Value::object(Record::new(&MEMBER, row)))?;
                }
            }
        }
        Ok(())
    }
}

impl Kind {
    fn note(&mut self, item: &Value) {
        // An object's properties are known with the first one; a map's come as they come.
        let complete = matches!(item, Value::Object(_)) && !self.properties.is_empty();
        if !complete {
            let mut names = item.property_names();
            match item {
                Value::List(_) => names.push("Count"),
                Value::Text(_) => names.push("Length"),
                _ => {}
            }
            for name in names {
                if !self
                    .properties
                    .iter()
                    .any(|(own, _)| own.eq_ignore_ascii_case(name))
                {
                    self.properties.push((name.to_owned(), Value::Null));
                }
            }
        }
        for (name, example) in self.properties.iter_mut().filter(|(_, own)| own.is_null()) {
            *example = item.property(name).unwrap_or_default();
        }
    }
}
