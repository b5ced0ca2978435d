//! PowerShell's types in brackets: `[int]$x`, `[PSCustomObject]@{…}`, `[math]::Round(…)`.

use super::lower::Lowerer;
use super::scan::Token;

/// The types that a value can be converted to, as .NET's full names end.
const CASTS: [&str; 34] = [
    "int",
    "int32",
    "int64",
    "long",
    "uint32",
    "double",
    "float",
    "decimal",
    "single",
    "string",
    "string[]",
    "int[]",
    "object[]",
    "array",
    "bool",
    "boolean",
    "datetime",
    "void",
    "hashtable",
    "ordered",
    "pscustomobject",
    "psobject",
    "char",
    "guid",
    "arraylist",
    "list[object]",
    "list[string]",
    "list[psobject]",
    "list[pscustomobject]",
    "switch",
    "object",
    "regex",
    "timespan",
    "math",
];

/// A type's name without its namespace, in lower case.
fn short(name: &str) -> String {
    let lower = name.to_ascii_lowercase();
    let (outer, inner) = match lower.split_once('[') {
        Some((outer, inner)) => (outer, Some(inner)),
        None => (lower.as_str(), None),
    };
    let outer = outer.rsplit('.').next().unwrap_or(outer);
    match inner {
        Some(inner) => format!("{outer}[{}", inner.rsplit('.').next().unwrap_or(inner)),
        None => outer.to_owned(),
    }
}

/// The static members that are known, and the functions that do it.
const STATICS: [(&str, &str, &str); 22] = [
    ("datetime", "now", "_ps_now()"),
    ("datetime", "utcnow", "_ps_now()"),
    ("datetime", "today", "_ps_today()"),
    ("datetime", "parse", "_ps_as_date"),
    ("math", "round", "_ps_round"),
    ("math", "floor", "_ps_floor"),
    ("math", "ceiling", "_ps_ceiling"),
    ("math", "abs", "_ps_abs"),
    ("math", "max", "_ps_max"),
    ("math", "min", "_ps_min"),
    ("math", "truncate", "_ps_truncate"),
    ("string", "isnullorempty", "_ps_is_empty"),
    ("string", "isnullorwhitespace", "_ps_is_blank"),
    ("string", "join", "_ps_join_with"),
    ("string", "empty", "\"\""),
    ("environment", "newline", "\"\\n\""),
    ("int", "maxvalue", "2147483647"),
    ("arraylist", "new", "_ps_new_list"),
    ("list[object]", "new", "_ps_new_list"),
    ("list[string]", "new", "_ps_new_list"),
    ("list[psobject]", "new", "_ps_new_list"),
    ("list[pscustomobject]", "new", "_ps_new_list"),
];

/// The methods that go by .NET's names in any letter case.
const METHODS: [&str; 33] = [
    "ToLower",
    "ToUpper",
    "Trim",
    "TrimStart",
    "TrimEnd",
    "Contains",
    "StartsWith",
    "EndsWith",
    "IndexOf",
    "Replace",
    "Split",
    "Substring",
    "PadLeft",
    "PadRight",
    "ToString",
    "Add",
    "AddRange",
    "Clear",
    "ToArray",
    "Where",
    "ForEach",
    "AddDays",
    "AddHours",
    "AddMinutes",
    "AddMonths",
    "AddYears",
    "ContainsKey",
    "Remove",
    "GetEnumerator",
    "Keys",
    "Values",
    "Count",
    "Length",
];

/// The name of a method as it is registered, where .NET's is meant.
pub(super) fn method(name: &str) -> Option<&'static str> {
    let found = METHODS.iter().find(|own| own.eq_ignore_ascii_case(name))?;
    // Rhai's own of these names do the same, but for lists.
    (!matches!(
        *found,
        "Keys" | "Values" | "Clear" | "Remove" | "Count" | "Length"
    ) || *found == name)
        .then_some(*found)
}

impl Lowerer<'_> {
    /// The name of the type in the bracket that opens here, and where the bracket ends.
    pub fn type_name(&self, open: Token) -> Option<(String, usize)> {
        let rest = &self.source[open.end..];
        let mut depth = 0_usize;
        for (i, c) in rest.char_indices() {
            match c {
                '[' => depth += 1,
                ']' if depth == 0 => {
                    let name = &rest[..i];
                    let begins = name.starts_with(|c: char| c.is_ascii_alphabetic());
                    return begins.then(|| (short(name), open.end + i + 1));
                }
                ']' => depth -= 1,
                c if c.is_ascii_alphanumeric() || matches!(c, '.' | '_') => {}
                _ => return None,
            }
        }
        None
    }

    /// A type in front of what is converted to it, where no Rhai can be meant: `[int]$x`.
    pub fn cast(&self, open: Token) -> Option<(String, usize)> {
        if !self.mixed {
            return None;
        }
        let (name, end) = self.type_name(open)?;
        if !CASTS.contains(&name.as_str()) {
            return None;
        }
        let behind = self.source[end..].trim_start_matches([' ', '\t']);
        let value = behind.starts_with(['$', '"', '\'', '@', '(', '[', '-'])
            || behind.starts_with(|c: char| c.is_ascii_digit());
        (value && !behind.starts_with("[0")).then_some((name, end))
    }

    /// What a static member becomes, and where its name ends: `[math]::Round`.
    pub fn static_member(&self, open: Token) -> Option<(&'static str, usize)> {
        let (name, end) = self.type_name(open)?;
        let member = self.source[end..].strip_prefix("::")?;
        let length = super::scan::word_end(member, 0);
        let member = member[..length].to_ascii_lowercase();
        let found = STATICS
            .iter()
            .find(|(own, known, _)| *own == name && *known == member)?;
        Some((found.2, end + 2 + length))
    }
}
