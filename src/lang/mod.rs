//! The front end of the command language: text in; plain Rhai, pipelines, a source map and diagnostics out.

mod annotations;
mod argument;
mod argument_value;
mod block_output;
mod comments;
mod control;
mod cursor;
mod dialect;
mod emit;
mod expression;
mod function;
mod highlight;
mod import;
mod interpolation;
mod loops;
mod lower;
mod mixed;
mod operand;
mod operators;
mod other_languages;
mod parameter;
mod pipeline;
mod powershell_function;
mod precedence;
mod predicate;
mod scan;
mod scope;
mod statement;
mod syntax;
#[cfg(test)]
pub(crate) mod testing;
mod types;
mod undefined_variables;
mod verb;

pub use annotations::{Highlight, HighlightKind};
pub use block_output::{Start, yielded};
pub use cursor::{Cursor, CursorKind, Pipe, cursor};
pub use highlight::highlight;
pub use lower::{lower, lower_line};
pub use syntax::{
    Argument, ArgumentKind, COLLECT, Environment, FunctionSignature, Import, Lowered, Operand,
    PIPELINE_KEYWORD, ParameterSignature, Pipeline, SourceMap, Stage, runtime,
};
pub use undefined_variables::unknown_variables;

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
