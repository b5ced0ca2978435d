//! The front end against Rhai itself: what it leaves alone, what it lowers to, and bad input.

use rhai::{AST, Dynamic, Engine, EvalContext, Expression};
use tenantsh::diagnostic::Diagnostic;
use tenantsh::lang::{self, Environment, Lowered};

use crate::random::Random;

const COMMANDS: [&str; 21] = [
    "Get-User",
    "Remove-License",
    "Add-License",
    "Where-Object",
    "ForEach-Object",
    "Select-Object",
    "Sort-Object",
    "Import-Csv",
    "Export-Csv",
    "Get-License",
    "Write-Host",
    "Invoke-Transaction",
    "Set-User",
    "Measure-Object",
    "Out-File",
    "where",
    "foreach",
    "select",
    "sort",
    "?",
    "%",
];

fn is_command(name: &str) -> bool {
    COMMANDS.iter().any(|own| own.eq_ignore_ascii_case(name))
}

fn lower_with(text: &str, variables: &[&str]) -> Lowered {
    let variables: Vec<String> = variables.iter().map(|name| (*name).to_owned()).collect();
    lang::lower(
        text,
        &Environment {
            is_command: &is_command,
            variables: &variables,
            first_pipeline: 0,
        },
    )
}

fn lower(text: &str) -> Lowered {
    lower_with(text, &[])
}

/// An engine that can parse lowered text and runs a pipeline to an array of what its slots say.
fn engine() -> Engine {
    let mut engine = Engine::new();
    engine.set_max_expr_depths(256, 256);
    engine.register_custom_syntax_with_state_raw(
        lang::PIPELINE_KEYWORD,
        |symbols, look, _| {
            Ok(match symbols.len() {
                1 => Some("$ident$".into()),
                2 => Some("(".into()),
                3 => Some("$int$".into()),
                _ => match symbols.last().map_or("", |symbol| symbol.as_str()) {
                    ")" => None,
                    "," => Some(if look == "{" { "$block$" } else { "$expr$" }.into()),
                    _ => Some(if look == "," { "," } else { ")" }.into()),
                },
            })
        },
        false,
        run_pipeline,
    );
    engine
}

fn run_pipeline(
    context: &mut EvalContext,
    inputs: &[Expression],
    _: &Dynamic,
) -> Result<Dynamic, Box<rhai::EvalAltResult>> {
    let mut values = rhai::Array::new();
    for input in &inputs[2..] {
        values.push(context.eval_expression_tree(input)?);
    }
    Ok(values.into())
}

fn compile(text: &str) -> Result<AST, rhai::ParseError> {
    engine().compile(text)
}

const EXAMPLES: [&str; 8] = [
    "Get-User -Department Sales -Disabled | Where-Object { $_.Licenses.len() > 1 } | Remove-License -Sku ENTERPRISEPACK -WhatIf",
    "Get-User anna@contoso.com                                  // barewords: UPNs, wildcards a*, GUIDs, C:\\paths",
    "let leavers = Import-Csv leavers.csv | Select-Object UserPrincipalName",
    "for u in Get-User -Enabled:$false { if u.Licenses.len() > 0 { Remove-License $u -All } }",
    "Get-User | Where-Object { $_.Department -eq 'Sales' -and $_.Licenses -contains 'ENTERPRISEPACK' }",
    "Get-User | Where-Object Department -eq Sales",
    "leavers | Remove-License -Sku ENTERPRISEPACK                           // an expression may begin a pipeline",
    "let n = (Get-User -Unlicensed).len();",
];

#[test]
fn the_examples_of_the_language_lower_and_compile() {
    for text in EXAMPLES {
        let lowered = lower_with(text, &["leavers"]);
        assert!(lowered.errors.is_empty(), "{text}: {:?}", lowered.errors);
        compile(&lowered.text).unwrap_or_else(|error| panic!("{}: {error}", lowered.text));
    }
    let whole = lower(&EXAMPLES.join("\n"));
    assert!(whole.errors.is_empty(), "{:?}", whole.errors);
    compile(&whole.text).unwrap();
    assert_eq!(whole.pipelines.len(), 9);
}

/// Plain Rhai that every rule of the front end might trip over. Each compiles and runs in Rhai alone.
const PLAIN: [&str; 46] = [
    "let m = #{`a\nb`: 1, \"c d\": 2, e: 3}; m[\"a\\nb\"]",
    "let x = 5; let y = x - 1; x-y",
    "let Get = 10; let User = 3; Get-User",
    "fn sub(a, b) { a-b } sub(5, 3)",
    "let f = |x| x - 1; f.call(3)",
    "let a = 6; let b = 3; a | b",
    "[1, 2, 3].filter(|x| x > 1).map(|x| x * 2)",
    "let x = 3; switch x { 1 => \"a\", 2..5 if x > 2 => \"b\", 5..=9 => \"c\", _ => \"d\" }",
    "switch 1 { 1 => { 5 } 2 => 6, _ => if true { 7 } else { 8 } }",
    "let name = \"x\"; `hello ${name} ${ let y = 2; y + 1 } \\${no} $x`",
    "`outer ${ `inner ${1 + 1}` } end`",
    "/* a /* nested */ comment */ 1 // end",
    "#\"raw \" string \\n\"#",
    "##\"raw \"# string\"##",
    "let m = #{a: 1, \"b c\": 2, c: #{d: [1, 2]}}; m.c.d[1] + m[\"b c\"]",
    "let t = 0; for (v, i) in [4, 5] { t += v * i; } t",
    "let t = 0; for v in 0..5 { if v == 2 { continue; } t += v; if t > 5 { break; } } t",
    "let x = 0; do { x += 1; } until x > 3; x",
    "let x = 0; do { x += 1; } while x < 3; x",
    "let x = 0; while x < 10 { x += 1; } x",
    "let x = loop { break 5; }; x",
    "try { throw 42; } catch (e) { e }",
    "try { throw 42; } catch { }\nlet y = 1; y",
    "fn add(n) { this += n; } let x = 1; x.add(2); x",
    "let add = Fn(\"sum\"); fn sum(a, b) { a + b } add.curry(1).call(2)",
    "let o = #{n: 1, f: |x| this.n + x}; o.f(2)",
    "let x = 1; let y = (x << 4) | 3 & 2 ^ 1; y >> 1",
    "let m = #{}; m?.a?.b ?? 7",
    "let a = [1]; a?[5] ?? 9",
    "2 ** 3 ** 2",
    "let x = if true { 1 } else if false { 2 } else { 3 }; x",
    "let x = { let y = 2; y * 3 }; x",
    "1 in [1, 2] && 3 !in [1, 2]",
    "let x = -5; - x + -3",
    "'x'.to_upper() + '\\n' + '\\x41' + '\\u0041'",
    "const LIMIT = 3; LIMIT",
    "private fn secret() { 1 } secret()",
    "fn f() { return 1; } f()",
    "fn f() { return\n 1 } f()",
    "let x = 1\n    + 2\n    - 3\n; x",
    "let x = [\n  1,\n  2,\n]\n.len()\n; x",
    "let f = || { 1 }; f.call()",
    "let x = 10;\nif x > 5\n{\n  1\n}\nelse\n{\n  2\n}",
    "let s = \"a\\\"b\"; s + \"it's\" + \"\"\"q\"",
    "let x = 1; { let x = 2; } x; ;",
    "let x = 0x1F + 0b11 + 0o7 + 1_000; x + 1.5e1 + 1.0",
];

fn run(text: &str) -> String {
    let engine = engine();
    match engine.eval::<Dynamic>(text) {
        Ok(value) => format!("{value:?}"),
        Err(error) => format!("error: {error}"),
    }
}

#[test]
fn plain_rhai_is_left_alone() {
    for text in PLAIN {
        compile(text).unwrap_or_else(|error| panic!("not Rhai: {text}: {error}"));
        let lowered = lower(text);
        assert!(lowered.errors.is_empty(), "{text}: {:?}", lowered.errors);
        assert_eq!(lowered.text, text);
        assert_eq!(run(&lowered.text), run(text), "{text}");
        let around = Environment {
            is_command: &is_command,
            variables: &[],
            first_pipeline: 0,
        };
        let unknown = lang::unknown_variables(text, &around);
        assert!(unknown.is_empty(), "{text}: {unknown:?}");
    }
}

/// Fragments that fit badly together, which is their point.
const FRAGMENTS: [&str; 96] = [
    "Get-User",
    "Where-Object",
    "Remove-License",
    "Frob-It",
    "Get-Nothing",
    "where",
    "?",
    "%",
    " ",
    " ",
    " ",
    "\n",
    "\n",
    "\r\n",
    "\t",
    ";",
    ",",
    "|",
    "||",
    "&&",
    "&",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "#{",
    "@{",
    "@(",
    "$(",
    "${",
    "`",
    "`\n",
    "'",
    "''",
    "\"",
    "'x'",
    "'Sales'",
    "\"a $x\"",
    "$_",
    "$x",
    "$true",
    "$null",
    "$",
    "@x",
    "@",
    "-Name",
    "-Sku:",
    "-5",
    "--",
    "--%",
    "-eq",
    "-and",
    "-not",
    "-in",
    "-join",
    "\u{2013}eq",
    "\u{201C}",
    "\u{2019}",
    ">",
    ">>",
    "2>",
    "<",
    "=",
    "==",
    "=>",
    "+=",
    "-",
    "!",
    ".",
    "..",
    "?.",
    "::",
    ":",
    "#",
    "//",
    "/*",
    "*/",
    "let x",
    "fn f(a)",
    "if",
    "else",
    "for u in",
    "while",
    "switch",
    "do",
    "try",
    "catch",
    "return",
    "|x|",
    "\u{200F}",
    "\0",
    "\u{FEFF}",
    "\u{1F600}",
    "transaction {",
];

fn random_text(random: &mut Random) -> String {
    let count = 1 + random.below(24);
    (0..count)
        .map(|_| match random.below(12) {
            0 => random.of(&EXAMPLES),
            _ => random.of(&FRAGMENTS),
        })
        .collect()
}

/// What must hold for any text at all.
fn check(text: &str) {
    let lowered = lower_with(text, &["leavers"]);
    if lowered.errors.is_empty() {
        assert_eq!(
            lowered.text.matches('\n').count(),
            text.matches('\n').count(),
            "lines of {text:?} -> {:?}",
            lowered.text
        );
    }
    for diagnostic in lowered.errors.iter().chain(&lowered.warnings) {
        let span = diagnostic.span.unwrap_or_default();
        assert!(
            text.get(span.start..span.end).is_some(),
            "span {span:?} in {text:?}: {diagnostic:?}"
        );
    }
    for (line, content) in lowered.text.lines().enumerate() {
        let columns = content.chars().count();
        for column in [1, columns / 2 + 1, columns + 1] {
            let offset = lowered.map.offset(line + 1, column);
            assert!(offset.is_some_and(|offset| text.is_char_boundary(offset)));
        }
    }
    let variables = ["leavers".to_owned()];
    let around = Environment {
        is_command: &is_command,
        variables: &variables,
        first_pipeline: 0,
    };
    let line = lang::lower_line(text, &around);
    assert_eq!(line.errors, lowered.errors, "{text:?}");
    let newlines = |text: &str| text.matches('\n').count();
    assert_eq!(newlines(&line.text), newlines(&lowered.text), "{text:?}");
    let mut end = 0;
    for part in lang::highlight(text, &around) {
        assert!(part.span.start >= end && text.get(part.span.start..part.span.end).is_some());
        end = part.span.end;
    }
    for unknown in lang::unknown_variables(text, &around) {
        let span = unknown.span.unwrap();
        assert_eq!(text.get(span.start..span.end), unknown.target.as_deref());
    }
    let cursor = lang::cursor(text, text.len(), &around);
    assert!(text.get(cursor.span.start..cursor.span.end).is_some());
}

#[test]
fn every_prefix_of_every_example_is_read() {
    for text in EXAMPLES.iter().chain(&PLAIN) {
        for (i, _) in text.char_indices() {
            check(&text[..i]);
            check(&text[i..]);
        }
    }
}

#[test]
fn random_texts_are_read() {
    for seed in 1..3000 {
        let mut random = Random(seed);
        check(&random_text(&mut random));
    }
}

/// More of the same, for a while: `FUZZ_SECONDS=600 FUZZ_SEED=1 cargo test --release --test it lang::fuzz -- --ignored --nocapture`.
#[test]
#[ignore = "runs for FUZZ_SECONDS (60)"]
fn fuzz() {
    let number = |name: &str, default: u64| {
        std::env::var(name).map_or(default, |text| text.parse().unwrap_or(default))
    };
    let (seconds, first) = (number("FUZZ_SECONDS", 60), number("FUZZ_SEED", 1).max(1));
    let begin = std::time::Instant::now();
    let mut seed = first;
    while begin.elapsed().as_secs() < seconds {
        let text = random_text(&mut Random(seed));
        if let Err(panic) = std::panic::catch_unwind(|| check(&text)) {
            println!("seed {seed}: {text:?}");
            std::panic::resume_unwind(panic);
        }
        seed += 1;
    }
    println!("{} texts from seed {first}", seed - first);
}

#[test]
fn hostile_texts_are_refused_in_time() {
    let begin = std::time::Instant::now();
    for text in [
        "(".repeat(10_000),
        "[".repeat(10_000),
        "{".repeat(10_000),
        "Get-User (".repeat(10_000),
        "`${".repeat(10_000),
        "|x| ".repeat(10_000),
        "if x { ".repeat(10_000),
        "@(".repeat(10_000),
        "@{a=".repeat(10_000),
        "! ".repeat(100_000),
        format!("let x = {}1", "-".repeat(100_000)),
        "\n".repeat(1_000_000),
        "Get-User a; ".repeat(80_000),
        "Get-User | ".repeat(90_000),
        "Get-User | Where-Object { $_.A -eq 1".to_owned()
            + &*" -and $_.A -eq 1".repeat(60_000)
            + " }",
        "Get-User ".to_owned() + &*"a,".repeat(500_000) + "a",
        "let x = ".to_owned() + &*"1 + ".repeat(250_000) + "1",
        "\"".repeat(1_000_000),
        "'".repeat(1_000_000),
        "Get-User `a ".repeat(80_000),
        "for u in Get-User { ".repeat(10_000),
        "else if x ".repeat(100_000),
        "x | ".repeat(250_000),
        "x = ".repeat(250_000),
        "/*".repeat(500_000),
    ] {
        let start = std::time::Instant::now();
        lower(&text);
        let spent = start.elapsed();

        assert!(
            spent.as_secs() < 120,
            "{:?}… took {spent:?}",
            &text[..text.len().min(30)]
        );
    }
    println!("{:?}", begin.elapsed());
}

/// Parts of Rhai's own grammar: random rows of them are seldom Rhai, but some are.
const RHAI: [&str; 48] = [
    "a",
    "b",
    "1",
    "2.5",
    "\"t\"",
    "'c'",
    "`t ${a}`",
    "true",
    "a.b",
    "f(a)",
    "[a, 1]",
    "#{k: a}",
    "(a)",
    "|x| x",
    "{ a }",
    " + ",
    " - ",
    "-",
    " | ",
    " || ",
    " && ",
    " == ",
    " in ",
    " .. ",
    " ?? ",
    "!",
    " = ",
    " += ",
    "let a = ",
    "let b = ",
    "const C = ",
    "return ",
    "if a ",
    "else ",
    "while a ",
    "for i in ",
    "switch a { 1 => 2, _ => ",
    "}",
    "{ ",
    "fn f(a) { a }",
    "; ",
    ";\n",
    "\n",
    "\n",
    ", ",
    " // c\n",
    "[0]",
    ".len()",
];

#[test]
fn l3_whatever_rhai_compiles_is_left_alone() {
    let engine = engine();
    let mut compiled = 0;
    for seed in 1..40_000 {
        let mut random = Random(seed);
        let count = 1 + random.below(9);
        let text: String = (0..count).map(|_| RHAI[random.below(RHAI.len())]).collect();
        if engine.compile(&text).is_err() {
            continue;
        }
        compiled += 1;
        let lowered = lower(&text);
        let around = Environment {
            is_command: &is_command,
            variables: &[],
            first_pipeline: 0,
        };
        let line = lang::lower_line(&text, &around);
        if line.errors.is_empty() {
            let shown = engine.compile(&line.text);
            assert!(shown.is_ok(), "{text:?} as a line is {:?}", line.text);
        }
        // Rhai takes a closure without a body at the end of the text; a REPL asks for the body.
        let bodiless = |error: &Diagnostic| {
            error.message.ends_with("after '|'") || error.message.ends_with("after '||'")
        };
        if !lowered.errors.is_empty() && lowered.errors.iter().all(bodiless) {
            continue;
        }
        assert!(lowered.errors.is_empty(), "{text:?}: {:?}", lowered.errors);
        assert_eq!(lowered.text, text, "seed {seed}");
    }
    assert!(compiled > 500, "only {compiled} texts were Rhai");
}

/// Run with `cargo test --release --test it lang::lowering_is_faster -- --ignored --nocapture`.
#[test]
#[ignore = "measures time, so it wants a release build and a quiet machine"]
fn lowering_is_faster_than_compiling() {
    let mut text = String::new();
    for i in 0..500 {
        text.push_str(&format!(
            "let user{i} = Get-User u{i}@contoso.com -Department Sales\n"
        ));
        text.push_str("if user0.Licenses.len() > 1 { print(`a ${user0.Name} b`) } else { let x = [1, 2, 3] }\n");
    }
    let engine = engine();
    let compiled = lower(&text);
    assert!(compiled.errors.is_empty());
    let time = |work: &dyn Fn()| {
        (0..10)
            .map(|_| {
                let start = std::time::Instant::now();
                work();
                start.elapsed()
            })
            .min()
            .unwrap_or_default()
    };
    let lowering = time(&|| {
        lower(&text);
    });
    let compiling = time(&|| {
        let _ = engine.compile(&compiled.text);
    });
    println!("lowering {lowering:?}, compiling {compiling:?}");
    assert!(lowering < compiling);
}
