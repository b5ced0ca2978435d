//! The front end against Rhai itself: what it leaves alone, what it lowers to, and bad input.

use rhai::{AST, Dynamic, Engine, EvalContext, Expression};
use tenantsh::diagnostic::Diagnostic;
use tenantsh::lang::{self, ArgumentKind, Lowered, Operand, Pipeline, Surroundings};
use tenantsh::value::Value;

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
        &Surroundings {
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

/// A pipeline in one line, for tests: names, parameters, `=`-marked texts, slots, blocks.
fn show(lowered: &Lowered) -> Vec<String> {
    lowered.pipelines.iter().map(show_pipeline).collect()
}

fn show_pipeline(pipeline: &Pipeline) -> String {
    let mut text = String::new();
    if pipeline.head.is_some() {
        text.push_str("head | ");
    }
    let stages: Vec<String> = pipeline
        .stages
        .iter()
        .map(|stage| {
            let mut words = vec![stage.name.clone()];
            words.extend(stage.arguments.iter().map(|argument| match &argument.kind {
                ArgumentKind::Parameter { name, colon } => {
                    format!("-{name}{}", if *colon { ":" } else { "" })
                }
                ArgumentKind::Value(operand) => show_operand(operand),
                ArgumentKind::Splat(slot) => format!("@{slot}"),
                ArgumentKind::EndOfParameters => "--".to_owned(),
            }));
            words.join(" ")
        })
        .collect();
    text.push_str(&stages.join(" | "));
    if pipeline.discard {
        text.push_str(" [discard]");
    }
    if pipeline.condition {
        text.push_str(" [condition]");
    }
    text
}

fn show_operand(operand: &Operand) -> String {
    match operand {
        Operand::Literal {
            value: Value::Text(text),
            raw,
        } if **text == *raw => format!("<{raw}>"),
        Operand::Literal { value, raw } => format!("<{}:{raw}>", value.type_name()),
        Operand::Slot(slot) => format!("${slot}"),
        Operand::Block {
            slot, predicate, ..
        } => format!(
            "{{{slot}{}}}",
            if predicate.is_some() { " native" } else { "" }
        ),
        Operand::List(items) => {
            let items: Vec<String> = items.iter().map(show_operand).collect();
            format!("({})", items.join(","))
        }
        Operand::Map(entries) => {
            let show =
                |(name, value): &(String, Operand)| format!("{name}={}", show_operand(value));
            let entries: Vec<String> = entries.iter().map(show).collect();
            format!("@[{}]", entries.join(","))
        }
    }
}

#[test]
fn the_examples_of_the_language_lower_and_compile() {
    let expected: [&[&str]; 8] = [
        &[
            "Get-User -Department <Sales> -Disabled | Where-Object {0} | Remove-License -Sku <ENTERPRISEPACK> -WhatIf",
        ],
        &["Get-User <anna@contoso.com>"],
        &["Import-Csv <leavers.csv> | Select-Object <UserPrincipalName>"],
        &[
            "Get-User -Enabled: <bool:false>",
            "Remove-License $0 -All [discard]",
        ],
        &["Get-User | Where-Object {0 native}"],
        &["Get-User | Where-Object <Department> -eq <Sales>"],
        &["head | Remove-License -Sku <ENTERPRISEPACK>"],
        &["Get-User -Unlicensed"],
    ];
    for (text, expected) in EXAMPLES.iter().zip(expected) {
        let lowered = lower_with(text, &["leavers"]);
        assert!(lowered.errors.is_empty(), "{text}: {:?}", lowered.errors);
        compile(&lowered.text).unwrap_or_else(|error| panic!("{}: {error}", lowered.text));
        assert_eq!(show(&lowered), expected, "{text}");
    }
    let whole = lower(&EXAMPLES.join("\n"));
    assert!(whole.errors.is_empty(), "{:?}", whole.errors);
    compile(&whole.text).unwrap();
    assert_eq!(whole.pipelines.len(), 9);
}

/// Plain Rhai that every rule of the front end might trip over. Each compiles and runs in Rhai alone.
const PLAIN: [&str; 45] = [
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

struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        // xorshift: repeatable from its seed, which is printed on failure.
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit as u64).unwrap_or(0)
    }

    fn text(&mut self) -> String {
        let count = 1 + self.below(24);
        (0..count)
            .map(|_| {
                if self.below(12) == 0 {
                    EXAMPLES[self.below(EXAMPLES.len())]
                } else {
                    FRAGMENTS[self.below(FRAGMENTS.len())]
                }
            })
            .collect()
    }
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
    let around = Surroundings {
        is_command: &is_command,
        variables: &variables,
        first_pipeline: 0,
    };
    let mut end = 0;
    for part in lang::highlight(text, &around) {
        assert!(part.span.start >= end && text.get(part.span.start..part.span.end).is_some());
        end = part.span.end;
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
        random.below(2);
        check(&random.text());
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
        let text = Random(seed).text();
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
        random.below(2);
        let count = 1 + random.below(9);
        let text: String = (0..count).map(|_| RHAI[random.below(RHAI.len())]).collect();
        if engine.compile(&text).is_err() {
            continue;
        }
        compiled += 1;
        let lowered = lower(&text);
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

/// Sources with what they become; `leavers`, `u` and `m` are variables.
fn becomes(table: &[(&str, &str, &[&str])]) {
    for (source, text, pipelines) in table {
        let lowered = lower_with(source, &["leavers", "u", "m"]);
        assert!(lowered.errors.is_empty(), "{source}: {:?}", lowered.errors);
        assert_eq!(lowered.text, *text, "{source}");
        assert_eq!(show(&lowered), *pipelines, "{source}");
        let error = compile(text).err();
        assert!(error.is_none(), "{text}: {error:?}");
    }
}

/// Sources with the finding that stops them: its id, the text it points at, and whether more input would help.
fn refused(table: &[(&str, &str, &str, bool)]) {
    for (source, id, at, incomplete) in table {
        let lowered = lower_with(source, &["leavers", "u", "m"]);
        assert!(!lowered.errors.is_empty(), "accepted: {source}");
        let error = &lowered.errors[0];
        let span = error.span.unwrap_or_default();
        assert_eq!(
            (error.id, &source[span.start..span.end], error.incomplete),
            (*id, *at, *incomplete),
            "{source}"
        );
    }
}

#[test]
fn l1_a_command_may_start() {
    becomes(&[
        (
            "f(Get-User a, 2); [Get-User a, Get-User b]; #{k: Get-User a, j: 2}",
            "f(__ps _ps_it1(0), 2); [__ps _ps_it1(1), __ps _ps_it1(2)]; #{k: __ps _ps_it1(3), j: 2}",
            &[
                "Get-User <a>",
                "Get-User <a>",
                "Get-User <b>",
                "Get-User <a>",
            ],
        ),
        (
            "let f = |x| Get-User $x\n[1].map(|x| Get-User x)",
            "let f = |x| __ps _ps_it1(0,x);\n[1].map(|x| __ps _ps_it1(1,x))",
            &["Get-User $0", "Get-User $0"],
        ),
        (
            "`n = ${Get-User a}`",
            "`n = ${__ps _ps_it1(0)}`",
            &["Get-User <a>"],
        ),
        (
            "return Get-User a",
            "return __ps _ps_it1(0)",
            &["Get-User <a>"],
        ),
        (
            "transaction {\n  Get-User a\n  Remove-License u -All\n}",
            "({let _ps_it1=();__ps _ps_it1(0, {\n  __ps _ps_it2(1);\n  __ps _ps_it2(2,u)\n})})",
            &[
                "Invoke-Transaction {0}",
                "Get-User <a> [discard]",
                "Remove-License $0 -All",
            ],
        ),
    ]);
}

#[test]
fn l2_commands_and_subtractions() {
    becomes(&[
        (
            "let Get = 10; let User = 3; Get-User",
            "let Get = 10; let User = 3; Get-User",
            &[],
        ),
        ("Frob-User", "Frob-User", &[]),
        ("Get - User", "Get - User", &[]),
        ("u-u", "u-u", &[]),
    ]);
}

#[test]
fn l3_newlines_end_statements() {
    becomes(&[
        (
            "Get-User `\n  -Department Sales |\n  // note\n  Where-Object { $_.Enabled }\n\nGet-User b\n  | ? { $_.A } // c\nlet x = 5\nlet y = x\nGet-User c",
            "({let _ps_it1=();__ps _ps_it1(0\n\n\n,( _ps_it1.Enabled ))});\n\n({let _ps_it1=();__ps _ps_it1(1\n,( _ps_it1.A ))});// c\nlet x = 5;\nlet y = x;\n__ps _ps_it1(2)",
            &[
                "Get-User -Department <Sales> | Where-Object {0 native} [discard]",
                "Get-User <b> | ? {0 native} [discard]",
                "Get-User <c>",
            ],
        ),
        ("let x = 1\nfoo(x)\n[1]", "let x = 1;\nfoo(x)\n[1]", &[]),
        (
            "Get-User \"multi\nline\" -X 5\nGet-User b",
            "__ps _ps_it1(0\n);\n__ps _ps_it1(1)",
            &[
                "Get-User <multi\nline> -X <int:5> [discard]",
                "Get-User <b>",
            ],
        ),
        (
            "if u {\n1 }\nelse { 2 }\nu",
            "if u {\n1 }\nelse { 2 }\nu",
            &[],
        ),
    ]);
}

#[test]
fn l4_l5_pipes_and_closures() {
    becomes(&[
        (
            "leavers | Remove-License -Sku X",
            "__ps _ps_it1(0,(leavers))",
            &["head | Remove-License -Sku <X>"],
        ),
        ("u | m", "u | m", &[]),
        ("[1].map(|x| x | 2)", "[1].map(|x| x | 2)", &[]),
        (
            "leavers | where A",
            "__ps _ps_it1(0,(leavers))",
            &["head | where <A>"],
        ),
    ]);
}

#[test]
fn l4_a_list_begins_a_pipeline() {
    becomes(&[
        (
            "'a','b' | Remove-License -Sku X",
            "__ps _ps_it1(0,(['a','b']))",
            &["head | Remove-License -Sku <X>"],
        ),
        (
            "'anna@contoso.com', u.Name,\n  m[0] // the last\n  | Remove-License -Sku X\nu",
            "__ps _ps_it1(0,([\"anna@contoso.com\", u.Name,\n  m[0]])\n);\nu",
            &["head | Remove-License -Sku <X> [discard]"],
        ),
        (
            "let n = 1, 2 | Measure-Object; n += 1 + 2, -3 | Measure-Object",
            "let n = __ps _ps_it1(0,([1, 2])); n += __ps _ps_it1(1,(1 + [2, -3]))",
            &["head | Measure-Object", "head | Measure-Object"],
        ),
        (
            "$n = 'a','b' | Measure-Object; let s = ('a','b' | Measure-Object).Count",
            "let n = __ps _ps_it1(0,(['a','b'])); let s = (__ps _ps_it1(1,(['a','b']))).Count",
            &["head | Measure-Object", "head | Measure-Object"],
        ),
        (
            "for x in 'a','b' | Get-User { print(x) }",
            "for x in __ps _ps_it1(0,(['a','b'])){ print(x) }",
            &["head | Get-User"],
        ),
        (
            "return 'a','b' | Get-User",
            "return __ps _ps_it1(0,(['a','b']))",
            &["head | Get-User"],
        ),
        (
            "Get-User | ForEach-Object { $_.Name, 'x' | Get-User }",
            "({let _ps_it1=();__ps _ps_it1(0,( __ps _ps_it2(1,([_ps_it1.Name, 'x']))))})",
            &["Get-User | ForEach-Object {0}", "head | Get-User"],
        ),
        ("$n = 'aa', 2", "let n = [\"aa\", 2]", &[]),
        // Where a comma is Rhai's it ends the pipeline's head, and where no pipe follows it stays for Rhai to refuse.
        (
            "f(u, m | Get-User); [u, m | Get-User]; #{a: u, b: m | Get-User}; switch u { 1 => u, 2 => m | Get-User }",
            "f(u, __ps _ps_it1(0,(m))); [u, __ps _ps_it1(1,(m))]; #{a: u, b: __ps _ps_it1(2,(m))}; switch u { 1 => u, 2 => __ps _ps_it1(3,(m))}",
            &[
                "head | Get-User",
                "head | Get-User",
                "head | Get-User",
                "head | Get-User",
            ],
        ),
        (
            "[1].map(|a, b| a | Get-User)",
            "[1].map(|a, b| __ps _ps_it1(0,(a)))",
            &["head | Get-User"],
        ),
    ]);
    for text in ["let a = 1, b = 2", "1, 2", "u, m | 2", "(u, m)"] {
        let lowered = lower_with(text, &["u", "m"]);
        assert!(lowered.errors.is_empty(), "{text}: {:?}", lowered.errors);
        assert_eq!(lowered.text, text);
        assert!(compile(text).is_err(), "{text}");
    }
}

#[test]
fn l6_to_l9_argument_mode() {
    becomes(&[
        (
            "get-user –Department Sales, 'It''s', \"a $u b\" -Id 00123 -N -5 -X 64kb -Y -90d -Z 0x1F",
            "__ps _ps_it1(0,_ps_text(\"a \",u,\" b\"))",
            &[
                "get-user -Department (<Sales>,<It's>,$0) -Id <int:00123> -N <int:-5> -X <int:64kb> -Y <-90d> -Z <int:0x1F>",
            ],
        ),
        (
            "Get-User -User u -Name:$u -Path \"$u\"\\new.csv C:\\out\\$u.csv $u.Name[0].len() $u",
            "__ps _ps_it1(0,u,u,_ps_text(u,\"\\\\new.csv\"),_ps_text(\"C:\\\\out\\\\\",u,\".csv\"),u.Name[0].len(),u)",
            &["Get-User -User $0 -Name: $1 -Path $2 $3 $4 $5"],
        ),
        (
            "Get-User O'Brien https://x/y ~tilde a=b [ab]* a`,b",
            "__ps _ps_it1(0)",
            &["Get-User <O'Brien> <https://x/y> <~tilde> <a=b> <[ab]*> <a,b>"],
        ),
        (
            "Get-User -- -foo -5",
            "__ps _ps_it1(0)",
            &["Get-User -- <-foo> <int:-5>"],
        ),
        (
            "Get-User @m -Confirm:$false",
            "__ps _ps_it1(0,m)",
            &["Get-User @0 -Confirm: <bool:false>"],
        ),
    ]);
}

#[test]
fn l12_blocks() {
    becomes(&[
        (
            "Get-User | ForEach-Object { Get-User $_.Manager | Where-Object { $_.A -eq 1 } }",
            "({let _ps_it1=();__ps _ps_it1(0,( ({let _ps_it2=();__ps _ps_it2(1,_ps_it1.Manager,( _ps_eq(_ps_it2.A , 1) ))})))})",
            &[
                "Get-User | ForEach-Object {0}",
                "Get-User $0 | Where-Object {1 native}",
            ],
        ),
        (
            "Get-User | Select-Object A, @{Name='x'; Expression={ $_.A + 1 }} -First 5",
            "({let _ps_it1=();__ps _ps_it1(0,'x'  ,( _ps_it1.A + 1 ))})",
            &["Get-User | Select-Object (<A>,@[Name=$0,Expression={1}]) -First <int:5>"],
        ),
        (
            "Get-User | Where-Object {$_.A -eq 'x'}|Remove-License",
            "({let _ps_it1=();__ps _ps_it1(0,(_ps_eq(_ps_it1.A , 'x')))})",
            &["Get-User | Where-Object {0 native} | Remove-License"],
        ),
        (
            "Get-User | Where-Object { if $_.A { $true } else { $_.B } }",
            "({let _ps_it1=();__ps _ps_it1(0,{ if _ps_b(_ps_it1.A) { true } else { _ps_it1.B } })})",
            &["Get-User | Where-Object {0}"],
        ),
    ]);
}

#[test]
fn l13_b53_operators() {
    becomes(&[
        (
            "Get-User | Where-Object { -not $_.Enabled -or !($_.Department -in 'Sales','IT') -and $_.Count -gt -5 }",
            "({let _ps_it1=();__ps _ps_it1(0,( ((! _ps_b(_ps_it1.Enabled )|| !_ps_b((_ps_in(_ps_it1.Department , [\"Sales\",\"IT\"])) ))&& _ps_b(_ps_gt(_ps_it1.Count , -5))) ))})",
            &["Get-User | Where-Object {0 native}"],
        ),
        (
            "Get-User | Where-Object { $_.Name -like 'a*' && $_.Licenses.len() > 1 }",
            "({let _ps_it1=();__ps _ps_it1(0,( _ps_b(_ps_like(_ps_it1.Name , \"a*\" ))&& _ps_it1.Licenses.len() > 1 ))})",
            &["Get-User | Where-Object {0}"],
        ),
        (
            "Get-User | Where-Object { 'E3' -in $_.Licenses }",
            "({let _ps_it1=();__ps _ps_it1(0,( _ps_in(\"E3\" , _ps_it1.Licenses) ))})",
            &["Get-User | Where-Object {0 native}"],
        ),
        (
            "Get-User | Where-Object { $_.'Display Name' -eq \"x\" }",
            "({let _ps_it1=();__ps _ps_it1(0,( _ps_eq(_ps_it1[\"Display Name\"] , \"x\") ))})",
            &["Get-User | Where-Object {0 native}"],
        ),
        (
            "Get-User | Where-Object { $_.A -eq $null -or $_.B -eq $true }",
            "({let _ps_it1=();__ps _ps_it1(0,( (_ps_b(_ps_eq(_ps_it1.A , () ))|| _ps_b(_ps_eq(_ps_it1.B , true))) ))})",
            &["Get-User | Where-Object {0 native}"],
        ),
        (
            "$u -replace 'a','b' -split ','",
            "_ps_split(_ps_replace(u , ['a','b' ]), ',')",
            &[],
        ),
        ("if u.A -eq 5 { 1 }", "if _ps_b(_ps_eq(u.A , 5)) { 1 }", &[]),
    ]);
}

#[test]
fn l14_b24_headers() {
    becomes(&[
        (
            "if Get-User x* { 1 } else { 2 }",
            "if _ps_b(__ps _ps_it1(0)){ 1 } else { 2 }",
            &["Get-User <x*> [condition]"],
        ),
        (
            "if (Get-User x) { Get-User y }",
            "if _ps_b((__ps _ps_it1(0))) { __ps _ps_it1(1)}",
            &["Get-User <x> [condition]", "Get-User <y>"],
        ),
        (
            "if !(Get-User x) { Get-User y }\nGet-User z",
            "if !_ps_b((__ps _ps_it1(0))) { __ps _ps_it1(1)}\n__ps _ps_it1(2)",
            &[
                "Get-User <x> [condition]",
                "Get-User <y> [discard]",
                "Get-User <z>",
            ],
        ),
        (
            "for u in Get-User | Where-Object { $_.Enabled } { print(u) }",
            "for u in ({let _ps_it1=();__ps _ps_it1(0,( _ps_it1.Enabled ))}){ print(u) }",
            &["Get-User | Where-Object {0 native}"],
        ),
        (
            "while Get-User a { Get-User b }",
            "while _ps_b(__ps _ps_it1(0)){ __ps _ps_it1(1)}",
            &["Get-User <a> [condition]", "Get-User <b> [discard]"],
        ),
    ]);
}

#[test]
fn l16_discarded_values() {
    becomes(&[
        (
            "Get-User a; Get-User b",
            "__ps _ps_it1(0); __ps _ps_it1(1)",
            &["Get-User <a> [discard]", "Get-User <b>"],
        ),
        (
            "switch 1 {\n  1 => Get-User a\n  2 => { Get-User b }\n}\nGet-User c",
            "switch 1 {\n  1 => __ps _ps_it1(0),\n  2 => { __ps _ps_it1(1)}\n}\n__ps _ps_it1(2)",
            &[
                "Get-User <a> [discard]",
                "Get-User <b> [discard]",
                "Get-User <c>",
            ],
        ),
        (
            "try { Get-User a } catch (e) { Get-User b }",
            "try { __ps _ps_it1(0)} catch (e) { __ps _ps_it1(1)}",
            &["Get-User <a> [discard]", "Get-User <b> [discard]"],
        ),
        (
            "fn f() { Get-User a\nGet-User b }",
            "fn f() { __ps _ps_it1(0);\n__ps _ps_it1(1)}",
            &["Get-User <a> [discard]", "Get-User <b>"],
        ),
    ]);
}

#[test]
fn l17_variables() {
    becomes(&[
        (
            "$n = 5\n$n += 1\nfor i in 0..2 { $k = i; $n = $n + $k }",
            "let k=();let n = 5;\nn += 1;\nfor i in 0..2 { k = i; n = n + k }",
            &[],
        ),
        (
            "$x = @('aa','bb'); $y = @(Get-User a); $z = @{ a = 1\n b = 'two' }",
            "let x = [\"aa\" ,\"bb\"]; let y = _ps_list(__ps _ps_it1(0)); let z = #{ \"a\" : 1\n ,\"b\" : \"two\" }",
            &["Get-User <a>"],
        ),
        ("$Leavers.len()", "leavers.len()", &[]),
    ]);
}

#[test]
fn l19_functions_are_commands() {
    becomes(&[(
        "fn Remove_Leaver(user, sku) { Get-User $user | Remove-License -Sku $sku }\nRemove-Leaver u E3",
        "fn Remove_Leaver(user, sku) { __ps _ps_it1(0,user,sku)}\n__ps _ps_it1(1,u)",
        &[
            "Get-User $0 | Remove-License -Sku $1",
            "Remove-Leaver $0 <E3>",
        ],
    )]);
}

#[test]
fn l18_b12_b13_what_is_refused() {
    refused(&[
        ("Get-User > out.txt", "NoRedirection", ">", false),
        ("Get-User 2> x", "NoRedirection", "2>", false),
        ("Get-Usr anna", "UnknownCmdlet", "Get-Usr", false),
        (
            "leavers | Remove-Licence -Sku X",
            "UnknownCmdlet",
            "Remove-Licence",
            false,
        ),
        (
            "Get-User | Wher-Object { $_.A }",
            "UnknownCmdlet",
            "Wher-Object",
            false,
        ),
        ("Get-User --% x", "NoVerbatim", "--%", false),
        (
            "Get-User -Filter \"a/$count ne 0\"",
            "UndefinedVariable",
            "$count",
            false,
        ),
        ("Get-User \"$u: x\"", "BadVariable", "$u:", false),
        ("$_.Name", "NoItem", "$_", false),
        (
            "Get-User -Foo:",
            "ParameterRequiresArgument",
            "-Foo:",
            false,
        ),
        ("Get-User ,a", "MissingArgument", ",", false),
        ("Get-User a,,b", "MissingArgument", ",", false),
        ("Get-User -foo.bar", "BadParameter", ".", false),
        ("__ps _ps_it1(0)", "ReservedName", "__ps", false),
        ("let _ps_x = 1;", "ReservedName", "_ps_x", false),
        ("# note", "NotRhai", "# note", false),
        ("Get-User # note", "NotRhai", "# note", false),
        ("function Get-X { 1 }", "NotRhai", "function", false),
        (
            "Get-User a\u{200E}b",
            "InvisibleCharacter",
            "\u{200E}",
            false,
        ),
        ("(1]", "UnexpectedToken", "]", false),
        ("1 }", "UnexpectedToken", "}", false),
        ("let x = \"a\nb", "UnclosedText", "\"", false),
    ]);
}

#[test]
fn b19_b23_unfinished_text_asks_for_more() {
    refused(&[
        ("Get-User |", "Incomplete", "", true),
        ("Get-User a,", "Incomplete", ",", true),
        ("Get-User `", "Incomplete", "`", true),
        ("Get-User (", "UnclosedBracket", "(", true),
        ("Get-User 'a", "UnclosedText", "'", true),
        ("Get-User \"a", "UnclosedText", "\"", true),
        ("Get-User | Where-Object {", "UnclosedBracket", "{", true),
        ("let x = [1,", "UnclosedBracket", "[", true),
        ("let x =", "Incomplete", "=", true),
        ("if u", "Incomplete", "if", true),
        ("fn f()", "Incomplete", "fn", true),
        ("1 +", "Incomplete", "+", true),
        ("/* a", "UnclosedComment", "/*", true),
        ("`a", "UnclosedText", "`", true),
    ]);
}

#[test]
fn l7_a_dotted_bareword_is_text_and_says_so() {
    let lowered = lower_with("Import-Csv leavers.csv", &["leavers"]);
    assert_eq!(show(&lowered), ["Import-Csv <leavers.csv>"]);
    assert_eq!(lowered.warnings[0].id, "DottedText");
    assert!(lower("Import-Csv leavers.csv").warnings.is_empty());
}

#[test]
fn l19_a_function_is_reported_with_its_documentation() {
    let lowered = lower("/// Removes.\n/// Twice.\nfn Do_It(a, b) { a }");
    let function = &lowered.functions[0];
    assert_eq!(function.name, "Do_It");
    assert_eq!(function.parameters, ["a", "b"]);
    assert_eq!(function.doc, "Removes.\nTwice.");
}

#[test]
fn the_cursor_knows_where_it_stands() {
    use tenantsh::lang::CursorKind::{Command, None, Parameter, Property, Value, Variable};
    let value = |parameter: Option<&str>, position| Value {
        command: "Get-User".to_owned(),
        parameter: parameter.map(str::to_owned),
        position,
    };
    let variables = ["leavers".to_owned()];
    let around = Surroundings {
        is_command: &is_command,
        variables: &variables,
        first_pipeline: 0,
    };
    for (text, kind, word) in [
        ("", Command { piped: false }, ""),
        ("Get-Us", Command { piped: false }, "Get-Us"),
        ("let x = Get-", Command { piped: false }, "Get-"),
        ("Get-User | Whe", Command { piped: true }, "Whe"),
        ("leavers | Rem", Command { piped: true }, "Rem"),
        (
            "Get-User -Dep",
            Parameter {
                command: "Get-User".to_owned(),
            },
            "-Dep",
        ),
        ("Get-User an", value(Option::None, 0), "an"),
        ("Get-User anna ", value(Option::None, 1), ""),
        ("Get-User -Department ", value(Some("Department"), 0), ""),
        (
            "Get-User -Department Sa",
            value(Some("Department"), 0),
            "Sa",
        ),
        (
            "Get-User -Department Sales,I",
            value(Some("Department"), 0),
            "I",
        ),
        ("Get-User -Enabled:$f", Variable, "$f"),
        ("Get-User -Name:an", value(Some("Name"), 0), "an"),
        ("Get-User 'Ann", value(Option::None, 0), "'Ann"),
        (
            "Get-User | Where-Object { $_.Dep",
            Property { path: vec![] },
            "Dep",
        ),
        (
            "Get-User | Where-Object { $_.Licenses.",
            Property {
                path: vec!["Licenses".to_owned()],
            },
            "",
        ),
        ("$lea", Variable, "$lea"),
        ("Get-User a // comm", None, ""),
    ] {
        let cursor = lang::cursor(text, text.len(), &around);
        assert_eq!(cursor.kind, kind, "{text}");
        assert_eq!(&text[cursor.span.start..cursor.span.end], word, "{text}");
    }
    let cursor = lang::cursor("Get-User | Sort-Object | Sel", 28, &around);
    assert_eq!(cursor.earlier, ["Get-User", "Sort-Object"]);
}

#[test]
fn colours_follow_the_grammar() {
    use tenantsh::lang::HighlightKind::{
        Bareword, Command, Comment, Operator, Parameter, Text, UnknownCommand, Variable,
    };
    let around = Surroundings {
        is_command: &is_command,
        variables: &[],
        first_pipeline: 0,
    };
    let parts = |text: &str| -> Vec<_> {
        lang::highlight(text, &around)
            .iter()
            .map(|part| (text[part.span.start..part.span.end].to_owned(), part.kind))
            .collect()
    };
    let own = |text: &str, kind| (text.to_owned(), kind);
    assert_eq!(
        parts("Get-User a -City 'x' | Where-Object { $_.A -eq 'xy' } // c"),
        [
            own("Get-User", Command),
            own("a", Bareword),
            own("-City", Parameter),
            own("'x'", Text),
            own("|", Operator),
            own("Where-Object", Command),
            own("$_", Variable),
            own("-eq", Operator),
            own("'xy'", Text),
            own("// c", Comment),
        ]
    );
    assert_eq!(parts("Get-Usr")[0].1, UnknownCommand);
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
