//! Where a cursor stands in what is being typed.

use super::cursor;
use crate::lang::Environment;
use crate::lang::testing::is_command;

#[test]
fn the_cursor_knows_where_it_stands() {
    use crate::lang::CursorKind::{Command, None, Parameter, Property, Value, Variable};
    let variables = ["leavers".to_owned()];
    let around = Environment {
        is_command: &is_command,
        variables: &variables,
        first_pipeline: 0,
    };
    let property = |path: &[&str]| Property {
        path: path.iter().map(|part| (*part).to_owned()).collect(),
    };
    // The cursor is at the bar; what comes to it is told as the head and the names of the commands in front.
    for (text, kind, word, comes) in [
        ("¦", Command { piped: false }, "", ""),
        ("Get-Us¦", Command { piped: false }, "Get-Us", ""),
        ("let x = Get-¦", Command { piped: false }, "Get-", ""),
        (
            "Get-User | Whe¦",
            Command { piped: true },
            "Whe",
            "Get-User",
        ),
        ("leavers | Rem¦", Command { piped: true }, "Rem", ""),
        (
            "Get-User | ForEach-Object { Rem¦",
            Command { piped: false },
            "Rem",
            "",
        ),
        ("Get-User -Dep¦", Parameter, "-Dep", ""),
        (
            "Get-User | Sort-Object -Desc¦",
            Parameter,
            "-Desc",
            "Get-User",
        ),
        ("Get-User an¦", Value, "an", ""),
        ("Get-User anna ¦", Value, "", ""),
        ("Get-User -Department Sales,I¦", Value, "I", ""),
        ("Get-User -Department 'R, D', I¦", Value, "I", ""),
        ("Get-User -Department 'R, D¦", Value, "'R, D", ""),
        ("Get-User -Enabled:$f¦", Variable, "$f", ""),
        ("Get-User -Name:an¦", Value, "an", ""),
        ("Get-User 'Ann¦", Value, "'Ann", ""),
        ("Get-User an¦na -Enabled", Value, "an", ""),
        (
            "Get-User | Sort-Object { $_.A }, De¦",
            Value,
            "De",
            "Get-User",
        ),
        (
            "Get-User | Where-Object { $_.Dep¦",
            property(&[]),
            "Dep",
            "Get-User",
        ),
        (
            "Get-User | Where-Object { $_.Licenses.¦",
            property(&["Licenses"]),
            "",
            "Get-User",
        ),
        (
            "Get-User | Sort-Object Id | Where-Object { $_.A -eq 1 -and $_.¦ }",
            property(&[]),
            "",
            "Get-User Sort-Object",
        ),
        (
            "Get-User | Select-Object @{ Name = 'x'; Expression = { $_.¦",
            property(&[]),
            "",
            "Get-User",
        ),
        (
            "Get-User | ForEach-Object { Get-License $_.¦",
            property(&[]),
            "",
            "Get-User",
        ),
        (
            "Get-User | ForEach-Object { Get-License | Where-Object { $_.¦",
            property(&[]),
            "",
            "Get-License",
        ),
        (
            "Get-User | ForEach-Object { $_ | Select-Object N¦",
            Value,
            "N",
            "Get-User",
        ),
        (
            "Get-User | Where-Object { $_.A } | Select-Object { $_.¦",
            property(&[]),
            "",
            "Get-User Where-Object",
        ),
        (
            "$leavers | Where-Object { $_.¦",
            property(&[]),
            "",
            "leavers",
        ),
        ("leavers.¦", property(&[]), "", "leavers"),
        ("nobody.¦", None, "", ""),
        (
            "let a = Get-User; a | Where-Object { $_.¦",
            property(&[]),
            "",
            "Get-User",
        ),
        (
            "let a = Get-User | Sort-Object Id\na = a | Where-Object A\n$a.¦",
            property(&[]),
            "",
            "Get-User Sort-Object Where-Object",
        ),
        ("for u in Get-User { u.¦", property(&[]), "", "Get-User"),
        ("(Get-User anna).Ci¦", property(&[]), "Ci", "Get-User"),
        (
            "(Get-User | Sort-Object Id).A.¦",
            property(&["A"]),
            "",
            "Get-User Sort-Object",
        ),
        ("$lea¦", Variable, "$lea", ""),
        ("Get-User a // comm¦", None, "", ""),
    ] {
        let offset = text.find('¦').unwrap();
        let text = text.replace('¦', "");
        let cursor = cursor(&text, offset, &around);
        assert_eq!(cursor.kind, kind, "{text}");
        assert_eq!(&text[cursor.span.start..cursor.span.end], word, "{text}");
        let stages = cursor.pipe.stages.iter().map(|stage| stage.name.clone());
        let came: Vec<String> = cursor.pipe.head.into_iter().chain(stages).collect();
        assert_eq!(came.join(" "), comes, "{text}");
    }
    // Of the command at the cursor, the arguments on both sides are known; of its list, the items in front.
    let text = "Get-User -Enabled -Name 'a b',  x -City Bern";
    let cursor = cursor(text, text.find("x ").unwrap() + 1, &around);
    assert_eq!(cursor.listed, ["a b"]);
    assert_eq!(cursor.front, 2);
    assert_eq!(cursor.stage.unwrap().arguments.len(), 4);
}
