//! The front end of the command language: text in; plain Rhai, pipelines, a source map and diagnostics out.

mod argument;
mod control;
mod cursor;
mod emit;
mod expand;
mod expression;
mod foreign;
mod function;
mod highlight;
mod import;
mod item;
mod lower;
mod notes;
mod operand;
mod operators;
mod parameter;
mod pipeline;
mod predicate;
mod scan;
mod scope;
mod statement;
mod syntax;
#[cfg(test)]
pub(crate) mod testing;
mod tree;
mod unknown;
mod verb;
mod yielded;

pub use cursor::{Cursor, CursorKind, Pipe, cursor};
pub use highlight::highlight;
pub use lower::{lower, lower_line};
pub use notes::{Highlight, HighlightKind};
pub use syntax::{
    Argument, ArgumentKind, FunctionSignature, Import, Lowered, Operand, PIPELINE_KEYWORD,
    ParameterSignature, Pipeline, SourceMap, Stage, Surroundings, runtime,
};
pub use unknown::unknown_variables;
pub use yielded::{Start, yielded};

#[cfg(test)]
mod tests {
    use super::testing::{lower_with, show};

    #[test]
    fn the_examples_become_these_pipelines() {
        let table: [(&str, &[&str]); 8] = [
            (
                "Get-User -Department Sales -Disabled | Where-Object { $_.Licenses.len() > 1 } | Remove-License -Sku ENTERPRISEPACK -WhatIf",
                &[
                    "Get-User -Department <Sales> -Disabled | Where-Object {0} | Remove-License -Sku <ENTERPRISEPACK> -WhatIf",
                ],
            ),
            (
                "Get-User anna@contoso.com                                  // barewords: UPNs, wildcards a*, GUIDs, C:\\paths",
                &["Get-User <anna@contoso.com>"],
            ),
            (
                "let leavers = Import-Csv leavers.csv | Select-Object UserPrincipalName",
                &["Import-Csv <leavers.csv> | Select-Object <UserPrincipalName>"],
            ),
            (
                "for u in Get-User -Enabled:$false { if u.Licenses.len() > 0 { Remove-License $u -All } }",
                &[
                    "Get-User -Enabled: <bool:false>",
                    "Remove-License $0 -All [discard]",
                ],
            ),
            (
                "Get-User | Where-Object { $_.Department -eq 'Sales' -and $_.Licenses -contains 'ENTERPRISEPACK' }",
                &["Get-User | Where-Object {0 native}"],
            ),
            (
                "Get-User | Where-Object Department -eq Sales",
                &["Get-User | Where-Object <Department> -eq <Sales>"],
            ),
            (
                "leavers | Remove-License -Sku ENTERPRISEPACK                           // an expression may begin a pipeline",
                &["head | Remove-License -Sku <ENTERPRISEPACK>"],
            ),
            (
                "let n = (Get-User -Unlicensed).len();",
                &["Get-User -Unlicensed"],
            ),
        ];
        for (text, expected) in table {
            let lowered = lower_with(text, &["leavers"]);
            assert!(lowered.errors.is_empty(), "{text}: {:?}", lowered.errors);
            assert_eq!(show(&lowered), expected, "{text}");
        }
    }
}
