//! PowerShell's behaviours that an admin's fingers rely on, by number: the same here, or different on purpose.
//!
//! docs/powershell.md explains each under the same number.

use std::sync::Arc;

use tenantsh::command::{Args, Call, Cmdlet, Effect, Flow, Output, Param, Run, Verb};
use tenantsh::diagnostic::{Category, Diagnostic};
use tenantsh::session::Answer;
use tenantsh::tenant::Permission;
use tenantsh::value::{Block, Value};

use crate::support::Rig;

static TEXT: Param<Option<Arc<str>>> = Param::new("Text", "A text.")
    .aliases(&["Caption"])
    .position(0);
static VALUE: Param<Option<Value>> = Param::new("Value", "Anything.").position(1);
static LIST: Param<Option<Vec<Arc<str>>>> = Param::new("List", "Texts.");
static NUMBER: Param<Option<i64>> = Param::new("Number", "A number.");
static FLAG: Param<Option<bool>> = Param::new("Flag", "A switch.");
static COLOUR: Param<Option<Arc<str>>> =
    Param::new("Colour", "One of two.").choice(&["Red", "Green"]);
static BLOCK: Param<Option<Arc<Block>>> = Param::new("Block", "A block.");
static LEFT: Param<bool> = Param::new("Left", "One way.").in_sets(&["Left"]);
static RIGHT: Param<bool> = Param::new("Right", "The other.").in_sets(&["Right"]);

/// Says what each of its own parameters is bound to.
static TEST_BINDING: Cmdlet = Cmdlet {
    verb: Verb::Test,
    noun: "Binding",
    aliases: &[],
    synopsis: "Says what its parameters are bound to",
    description: "",
    parameters: &[
        &TEXT.declaration,
        &VALUE.declaration,
        &LIST.declaration,
        &NUMBER.declaration,
        &FLAG.declaration,
        &COLOUR.declaration,
        &BLOCK.declaration,
        &LEFT.declaration,
        &RIGHT.declaration,
    ],
    requires: Permission::None,
    effect: Effect::ReadOnly,
    output: Output::Text,
    examples: &[],
    graph: "",
    run: Run::Each(tell),
};

static NAME: Param<Arc<str>> = Param::new("Name", "Its name.")
    .aliases(&["UserPrincipalName", "UPN"])
    .by_value()
    .by_property();
static COUNT: Param<Option<i64>> = Param::new("Count", "How many.").by_property();

/// The same, for what comes down the pipeline; the name "bad" is a fault.
static TEST_INPUT: Cmdlet = Cmdlet {
    noun: "Input",
    parameters: &[&NAME.declaration, &COUNT.declaration],
    run: Run::Each(tell_input),
    ..TEST_BINDING
};

fn tell(call: &mut Call, args: &Args) -> Result<(), Flow> {
    let bound: Vec<String> = args
        .iter()
        .filter(|(parameter, _, _)| {
            let own = TEST_BINDING.parameters.iter().chain(TEST_INPUT.parameters);
            own.map(|own| own.name).any(|own| own == parameter.name)
        })
        .map(|(parameter, value, _)| {
            format!(
                "{}={}:{}",
                parameter.name,
                value.type_name(),
                value.to_text()
            )
        })
        .collect();
    call.write(bound.join(" "))
}

fn tell_input(call: &mut Call, args: &Args) -> Result<(), Flow> {
    call.verbose("looking");
    match &*args.get(&NAME) {
        "bad" => Err(Diagnostic::new("Bad", Category::Rule, "bad is not good").into()),
        "odd" => {
            call.warn(Diagnostic::new("Odd", Category::Rule, "odd but good"))?;
            tell(call, args)
        }
        _ => tell(call, args),
    }
}

fn shell() -> Rig {
    Rig::with_cmdlets(&[&TEST_BINDING, &TEST_INPUT])
}

/// Lines with what they show.
fn shows(table: &[(&str, &[&str])]) {
    for (line, expected) in table {
        assert_eq!(shell().texts(line), *expected, "{line}");
    }
}

/// Lines with the id of the fault that stops them, and the word it points at.
fn refuses(table: &[(&str, &str, &str)]) {
    for (line, id, at) in table {
        let fault = shell().error(line);
        let span = fault.span.unwrap_or_default();
        let word = line.get(span.start..span.end).unwrap_or_default();
        assert_eq!((fault.id, word), (*id, *at), "{line}: {fault:?}");
    }
}

#[test]
fn b01_barewords_keep_wildcards() {
    shows(&[
        ("Test-Binding dir/*.txt", &["Text=text:dir/*.txt"]),
        ("Test-Binding [1-2]*", &["Text=text:[1-2]*"]),
        ("Get-User [x-z]*", &["zoe@contoso.com", "yuki@contoso.com"]),
    ]);
}

#[test]
fn b02_slashes_and_dots_are_ordinary() {
    shows(&[
        (r"Test-Binding ..\a/./b", &[r"Text=text:..\a/./b"]),
        (r#"Test-Binding "C:\temp""#, &[r"Text=text:C:\temp"]),
    ]);
}

#[test]
fn b03_what_ends_a_bareword() {
    shows(&[
        (
            "Test-Binding O'Brien a=b:c#d[1]",
            &["Text=text:O'Brien Value=text:a=b:c#d[1]"],
        ),
        ("Test-Binding a(1 + 1)", &["Text=text:a Value=int:2"]),
        ("[Test-Binding a].len()", &["1"]),
    ]);
    refuses(&[
        ("Test-Binding a > b", "NoRedirection", ">"),
        ("Test-Binding a&b", "NoBackground", "&"),
    ]);
}

#[test]
fn b04_a_backtick_escapes_one_character() {
    shows(&[
        ("Test-Binding a` b", &["Text=text:a b"]),
        ("Test-Binding \"a`tb`u{e9}`q\"", &["Text=text:a\tb\u{e9}q"]),
        ("Test-Binding `&", &["Text=text:&"]),
        // A pair of backticks is a template of Rhai's.
        ("Test-Binding `a ${1 + 1}`", &["Text=text:a 2"]),
    ]);
}

#[test]
fn b05_single_quotes_take_nothing_specially() {
    shows(&[
        ("Test-Binding 'it''s `n $x'", &["Text=text:it's `n $x"]),
        (
            "Test-Binding x | Where-Object { $_.Length -eq '11' }",
            &["Text=text:x"],
        ),
        ("\"a\" | Where-Object { $_ -eq 'a' }", &["a"]),
    ]);
}

#[test]
fn b06_double_quotes_expand() {
    shows(&[(
        "let n = 5; let l = [\"a\", \"b\"]; Test-Binding \"$n $l ${n}x $(1 + 1)\"",
        &["Text=text:5 a b 5x 2"],
    )]);
    refuses(&[("let n = 5; Test-Binding \"$n: x\"", "BadVariable", "$n:")]);
}

#[test]
fn b07_a_text_parameter_gets_the_original_spelling() {
    shows(&[
        (
            "Test-Binding 00123 00123",
            &["Text=text:00123 Value=int:123"],
        ),
        ("Test-Binding 0x10 1E5", &["Text=text:0x10 Value=text:1E5"]),
        ("Test-Binding -List 007, 1.50", &["List=list:007, 1.50"]),
        (
            "Test-Binding 64kb 64kb",
            &["Text=text:64kb Value=int:65536"],
        ),
    ]);
}

#[test]
fn b08_a_negative_number_is_a_value() {
    shows(&[("Test-Binding a -5", &["Text=text:a Value=int:-5"])]);
}

#[test]
fn b09_two_dashes_end_parameters() {
    shows(&[(
        "Test-Binding -- -Flag -5",
        &["Text=text:-Flag Value=int:-5"],
    )]);
}

#[test]
fn b10_verbatim_is_refused() {
    refuses(&[("Test-Binding --% a", "NoVerbatim", "--%")]);
}

#[test]
fn b11_parameter_tokens_and_pasted_characters() {
    shows(&[
        (
            "Test-Binding -Text:a -Number:5",
            &["Text=text:a Number=int:5"],
        ),
        (
            "Test-Binding \u{2013}Text \u{201C}a b\u{201D}",
            &["Text=text:a b"],
        ),
        (
            "Test-Binding \u{2014}Text \u{2018}a\u{2019}",
            &["Text=text:a"],
        ),
    ]);
    refuses(&[("Test-Binding -foo.bar", "BadParameter", ".")]);
}

#[test]
fn b12_a_colon_wants_a_value() {
    shows(&[("Test-Binding -Text: a", &["Text=text:a"])]);
    refuses(&[
        ("Test-Binding -Text:", "ParameterRequiresArgument", "-Text:"),
        (
            "Test-Binding -Text:\n",
            "ParameterRequiresArgument",
            "-Text:",
        ),
        ("Test-Binding ,a", "MissingArgument", ","),
        ("Test-Binding -List: 1,;", "MissingArgument", ","),
    ]);
}

#[test]
fn b13_commas_make_lists() {
    shows(&[
        ("Test-Binding -List a,b, c,\n  d", &["List=list:a, b, c, d"]),
        ("Test-Binding -List (\"a\", \"b\")", &["List=list:a, b"]),
        ("$x = 'a', 'b'; $x.Count", &["2"]),
        // In a call, an array or a map the comma is Rhai's.
        ("[Test-Binding a, Test-Binding b].len()", &["2"]),
    ]);
    refuses(&[("Test-Binding -List a,,b", "MissingArgument", ",")]);
    assert!(shell().host.is_incomplete("Test-Binding -List a,"));
}

#[test]
fn b14_a_block_stays_unevaluated() {
    shows(&[(
        "Test-Binding -Block { throw 1 }",
        &["Block=script block:{ throw 1 }"],
    )]);
}

#[test]
fn b15_brackets_are_expressions_with_members() {
    shows(&[
        (
            "Test-Binding (1 + 1) $(\"ab\".len())",
            &["Text=text:2 Value=int:2"],
        ),
        ("Test-Binding (\"ab\").len()", &["Text=text:2"]),
        ("Test-Binding -List @(1, 2)", &["List=list:1, 2"]),
        (
            "Test-Binding -Value @{a = 1; b = 'xy'}",
            &["Value=map:@{a=1; b=xy}"],
        ),
        ("Test-Binding -Value #{a: 1}", &["Value=map:@{a=1}"]),
        (
            "Test-Binding (Get-User anna@contoso.com).Department",
            &["Text=text:Sales"],
        ),
    ]);
}

#[test]
fn b16_a_splat_is_an_argument_only() {
    shows(&[(
        "let p = #{Text: \"a\", Number: 3}; Test-Binding @p",
        &["Text=text:a Number=int:3"],
    )]);
    let fault = shell().error("let p = #{}; let q = @p;");
    assert_eq!(fault.category, Category::Usage);
}

#[test]
fn b17_an_expression_at_command_position_is_an_expression() {
    shows(&[("5", &["5"]), ("1 + 1", &["2"]), ("\"a\"", &["a"])]);
}

#[test]
fn b18_an_expression_only_begins_a_pipeline() {
    shows(&[
        (
            "[\"a\", \"b\"] | Test-Input",
            &["Name=text:a", "Name=text:b"],
        ),
        ("'a', \"b\" | Test-Input", &["Name=text:a", "Name=text:b"]),
        (
            "let n = ('a', 'b' | Test-Input).len(); let m = 'a',\n 'b'\n | Test-Input\nn + m.len()",
            &["4"],
        ),
        ("1 | 2", &["3"]),
        ("1 | 1 | 4", &["5"]),
    ]);
}

#[test]
fn b19_an_empty_pipe_element_is_an_error() {
    refuses(&[("Get-User | | Test-Input", "EmptyPipeElement", "")]);
    assert!(shell().host.is_incomplete("Get-User |"));
    assert!(!shell().line("| Get-User").faults.is_empty());
}

#[test]
fn b20_a_trailing_pipe_continues() {
    shows(&[(
        "\"a\" | // first\n  // second\n\n  Test-Input",
        &["Name=text:a"],
    )]);
}

#[test]
fn b21_a_leading_pipe_continues() {
    shows(&[(
        "Get-User anna@contoso.com\n  // why\n  | Select-Object -ExpandProperty City",
        &["Stockholm"],
    )]);
}

#[test]
fn b22_a_backtick_at_the_end_continues() {
    shows(&[
        ("Test-Binding `\n  a `  \n b", &["Text=text:a Value=text:b"]),
        ("Test-Binding a``\n", &["Text=text:a`"]),
    ]);
}

#[test]
fn b23_what_is_open_asks_for_more() {
    for text in [
        "Test-Binding 'a",
        "Test-Binding \"a",
        "Test-Binding (",
        "Get-User | ? {",
        "if true {",
    ] {
        assert!(shell().host.is_incomplete(text), "{text}");
    }
    assert!(!shell().host.is_incomplete("Test-Binding )"));
}

#[test]
fn b24_if_needs_no_parentheses() {
    shows(&[
        ("if Get-User anna@contoso.com { 1 } else { 2 }", &["1"]),
        ("if (Get-User nobody@contoso.com) { 1 } else { 2 }", &["2"]),
        ("if 1 == 1 { 3 }", &["3"]),
    ]);
}

#[test]
fn b25_redirection_names_the_alternative() {
    for line in [
        "Get-User > users.txt",
        "Get-User 2> errors.txt",
        "Get-User >> users.txt",
    ] {
        let fault = shell().error(line);
        assert_eq!(fault.id, "NoRedirection");
        assert!(fault.hint.as_ref().unwrap().contains("Out-File"));
    }
}

#[test]
fn b26_positions_fill_in_order_and_names_stand_anywhere() {
    shows(&[
        ("Test-Binding a b", &["Text=text:a Value=text:b"]),
        ("Test-Binding -Value b a", &["Text=text:a Value=text:b"]),
        ("Test-Binding b -Text a", &["Text=text:a Value=text:b"]),
        (
            "Test-Binding a -Flag b",
            &["Text=text:a Value=text:b Flag=bool:true"],
        ),
    ]);
}

#[test]
fn b27_too_many_values() {
    refuses(&[("Test-Binding a b c", "PositionalParameterNotFound", "c")]);
}

#[test]
fn b28_an_unambiguous_beginning_is_enough() {
    shows(&[
        ("Test-Binding -te a -NUM 5", &["Text=text:a Number=int:5"]),
        ("Test-Binding -cap a", &["Text=text:a"]),
    ]);
}

#[test]
fn b29_an_ambiguous_beginning_is_not() {
    refuses(&[("Test-Binding -L a", "AmbiguousParameter", "-L")]);
    let fault = shell().error("Test-Binding -L a");
    assert!(fault.message.contains("-List") && fault.message.contains("-Left"));
}

#[test]
fn b30_an_unknown_parameter() {
    refuses(&[("Test-Binding -Txet a", "NamedParameterNotFound", "-Txet")]);
    let fault = shell().error("Test-Binding -Txet a");
    assert!(fault.hint.as_ref().unwrap().contains("Text"));
}

#[test]
fn b31_a_value_that_looks_like_a_parameter_is_never_data() {
    refuses(&[
        ("Test-Binding -Text -Flag", "MissingArgument", "-Text"),
        (
            "Remove-License anna@contoso.com -Sku -WhatIff",
            "MissingArgument",
            "-Sku",
        ),
    ]);
    shows(&[("Test-Binding -Text '-abc'", &["Text=text:-abc"])]);
}

#[test]
fn b32_a_parameter_given_twice() {
    refuses(&[("Test-Binding -Text a -text b", "ParameterAlreadyBound", "b")]);
}

#[test]
fn b33_switch_with_colon_false() {
    shows(&[
        ("Test-Binding -Flag", &["Flag=bool:true"]),
        ("Test-Binding -Flag:$false", &["Flag=bool:false"]),
        ("Test-Binding -Flag:0", &["Flag=bool:false"]),
        ("Test-Binding", &[""]),
    ]);
    refuses(&[(
        "Remove-License anna@contoso.com -All -WhatIf $false",
        "PositionalParameterNotFound",
        "$false",
    )]);
}

#[test]
fn b34_a_bool_is_a_switch_with_a_colon() {
    shows(&[
        ("Test-Binding -Flag:$true", &["Flag=bool:true"]),
        ("Test-Binding -Flag:1", &["Flag=bool:true"]),
        ("Test-Binding -Flag:false", &["Flag=bool:false"]),
        ("Test-Binding -Flag:(1 > 2)", &["Flag=bool:false"]),
    ]);
    refuses(&[("Test-Binding -Flag:maybe", "InvalidArgument", "maybe")]);
}

#[test]
fn b35_a_failed_conversion_names_the_parameter() {
    refuses(&[("Test-Binding -Number many", "InvalidArgument", "many")]);
    assert!(
        shell()
            .error("Test-Binding -Number many")
            .message
            .contains("-Number")
    );
    let computed = shell().error("let n = \"many\"; Test-Binding -Number $n");
    assert_eq!(
        (computed.id, computed.message.contains("-Number")),
        ("InvalidArgument", true)
    );
}

#[test]
fn b36_one_value_makes_a_list_of_one() {
    shows(&[("Test-Binding -List a", &["List=list:a"])]);
    // No cmdlet takes whatever values are left.
    refuses(&[(
        "Test-Binding -List a b c d",
        "PositionalParameterNotFound",
        "d",
    )]);
}

#[test]
fn b37_parameters_have_aliases() {
    shows(&[
        ("Test-Binding -Caption a", &["Text=text:a"]),
        ("Get-User -UPN anna@contoso.com", &["anna@contoso.com"]),
    ]);
}

#[test]
fn b38_mandatory_parameters() {
    refuses(&[
        ("Test-Input", "MissingMandatoryParameter", "Test-Input"),
        ("Test-Input -Name ''", "EmptyArgument", "''"),
        ("Test-Input -Name $null", "EmptyArgument", "$null"),
        (
            "Add-License anna@contoso.com -Sku @()",
            "EmptyArgument",
            "@()",
        ),
    ]);
}

#[test]
fn b39_parameters_that_exclude_each_other() {
    refuses(&[
        (
            "Test-Binding -Left -Right",
            "AmbiguousParameterSet",
            "Test-Binding",
        ),
        (
            "Remove-License anna@contoso.com -Sku SPE_E3 -All",
            "AmbiguousParameterSet",
            "Remove-License",
        ),
    ]);
}

#[test]
fn b40_the_pipeline_binds_by_value_and_then_by_property() {
    shows(&[
        ("\"a\" | Test-Input", &["Name=text:a"]),
        (
            "#{UPN: \"a\", Count: 3} | Test-Input",
            &["Name=text:a Count=int:3"],
        ),
        // What isn't a text doesn't bind by value, and so doesn't keep its property from binding.
        (
            "Get-User anna@contoso.com | Test-Input",
            &["Name=text:anna@contoso.com"],
        ),
    ]);
    let ran = shell().line("[#{Other: 1}, #{Name: \"b\"}] | Test-Input");
    assert_eq!(ran.log.errors[0].id, "InputObjectNotBound");
    assert_eq!(ran.texts(), ["Name=text:b"], "the others go on");
}

#[test]
fn b41_a_block_is_not_evaluated_for_each_object() {
    refuses(&[(
        "\"a\" | Test-Input -Name { $_ }",
        "InvalidArgument",
        "{ $_ }",
    )]);
    let fault = shell().error("\"a\" | Test-Input -Name { $_ }");
    assert!(fault.hint.as_ref().unwrap().contains("ForEach-Object"));
}

#[test]
fn b42_a_named_argument_wins_over_the_splat() {
    for argument in ["-Text b", "-te b", "-Caption b", "b"] {
        let line = format!("let p = @{{ Text = 'aa'; Number = 3 }}; Test-Binding @p {argument}");
        assert_eq!(shell().texts(&line), ["Text=text:b Number=int:3"], "{line}");
    }
    shows(&[(
        "let p = @{ cap = 'aa' }; Test-Binding @p -Text b",
        &["Text=text:b"],
    )]);
    let fault = shell().error("let p = #{Txet: 1}; Test-Binding @p");
    assert_eq!(fault.id, "NamedParameterNotFound");
}

#[test]
fn b43_a_set_of_choices() {
    shows(&[("Test-Binding -Colour RED", &["Colour=text:Red"])]);
    refuses(&[("Test-Binding -Colour Blue", "InvalidArgument", "Blue")]);
    let fault = shell().error("Test-Binding -Colour Blue");
    assert!(fault.hint.as_ref().unwrap().contains("Red, Green"));
}

#[test]
fn b44_error_action() {
    let input = "[\"a\", \"bad\", \"c\"] | Test-Input";
    let good = ["Name=text:a", "Name=text:c"];
    for action in ["", " -ErrorAction Continue"] {
        let ran = shell().line(&format!("{input}{action}"));
        assert_eq!(
            (ran.texts().as_slice(), ran.log.errors.len()),
            (&good.map(String::from)[..], 1)
        );
    }
    for action in ["SilentlyContinue", "Ignore"] {
        let mut shell = shell();
        let ran = shell.line(&format!("{input} -ErrorAction {action}"));
        assert_eq!(
            (ran.texts().as_slice(), ran.log.errors.len()),
            (&good.map(String::from)[..], 0)
        );
        let kept = usize::from(action == "SilentlyContinue");
        assert_eq!(shell.session.borrow().errors.len(), kept, "{action}");
    }
    let fault = shell().error(&format!("{input} -ea Stop"));
    assert_eq!(fault.id, "Bad");
    shows(&[(
        "let m = \"\"; try { \"bad\" | Test-Input -ErrorAction Stop } catch (e) { m = e.message } m",
        &["bad is not good"],
    )]);
}

#[test]
fn b45_verbose_only_when_asked() {
    let notices = |line: &str| shell().line(line).log.notices;
    assert!(notices("Test-Input -Name a").is_empty());
    assert_eq!(notices("Test-Input -Name a -Verbose"), ["looking"]);
    let warnings = |line: &str| shell().line(line).log.warnings.len();
    assert_eq!(warnings("Test-Input -Name odd"), 1);
    assert_eq!(
        warnings("Test-Input -Name odd -WarningAction SilentlyContinue"),
        0
    );
    assert_eq!(shell().error("Test-Input -Name odd -wa Stop").id, "Odd");
}

#[test]
fn b46_what_if_on_what_changes() {
    let mut shell = shell();
    let ran = shell.line("Remove-License anna@contoso.com -All -WhatIf");
    assert_eq!(ran.column("Outcome"), ["WhatIf"]);
    assert!(
        ran.log.notices[0].starts_with("what if"),
        "{:?}",
        ran.log.notices
    );
    assert_eq!(
        shell.texts("(Get-User anna@contoso.com).Licenses.len()"),
        ["1"],
        "nothing was changed"
    );
    refuses(&[("Get-User -WhatIf", "NamedParameterNotFound", "-WhatIf")]);
}

#[test]
fn b47_confirm_without_a_terminal_is_an_error() {
    let line = "Get-User -Department Sales | Remove-License -All -Confirm";
    let fault = shell().error(line);
    assert_eq!(
        (fault.id, fault.category),
        ("ConfirmationNeeded", Category::Denied)
    );
    let mut asked = Rig::interactive();
    // The last answer first.
    asked
        .answers
        .borrow_mut()
        .extend([Answer::NoToAll, Answer::Yes, Answer::No, Answer::Yes]);
    let ran = asked.line(line);
    assert_eq!(ran.log.questions.len(), 4);
    let removed = ran.column("Outcome");
    let removed = removed.iter().filter(|outcome| *outcome == "Removed");
    assert_eq!(removed.count(), 2, "anna's and erik's direct ones");
    // A removal asks once by itself, where somebody can answer.
    let one = "Remove-License anna@contoso.com -All";
    assert_eq!(Rig::interactive().error(one).id, "NotConfirmed");
    assert!(
        Rig::interactive()
            .line(&format!("{one} -Confirm:$false"))
            .log
            .questions
            .is_empty()
    );
}

#[test]
fn b48_out_variable() {
    let mut shell = shell();
    shell.texts("\"a\" | Test-Input -OutVariable got");
    assert_eq!(shell.texts("got"), ["Name=text:a"]);
    shell.texts("\"b\" | Test-Input -ov +got");
    assert_eq!(shell.texts("got.len()"), ["2"]);
    shell.line("[\"bad\", \"c\"] | Test-Input -ErrorVariable wrong -ErrorAction SilentlyContinue");
    assert_eq!(shell.texts("wrong"), ["bad is not good"]);
    shell.line("\"bad\" | Test-Input -ev +wrong -ea SilentlyContinue");
    assert_eq!(shell.texts("wrong.len()"), ["2"]);
    shows(&[
        // The name stays a name once the variable is there, and code behind it knows the variable.
        (
            "\"a\" | Test-Input -ov got\n\"b\" | Test-Input -ov Got\n$got.len()",
            &["Name=text:a", "Name=text:b", "1"],
        ),
        (
            "let n = [1, 2] | Where-Object { $_ -gt 1 } -OutVariable big | ForEach-Object { $_ }; $big.len()",
            &["1"],
        ),
        (
            "fn f() { let x = Get-User -Department Legal -ov legal; $legal.len() } f()",
            &["4"],
        ),
    ]);
    shows(&[(
        "Get-User -OutVariable all | Select-Object -First 2 -OutVariable two | Measure-Object | Select-Object -ExpandProperty Count\n\
         two.len()",
        &["2", "2"],
    )]);
    shows(&[(
        "Get-User -ov all | Where-Object Department -eq IT -ov it | Where-Object { $_.Enabled } -ov able | Where-Object { $_.Enabled -eq $false }\n\
         [all.len() > it.len(), it.len() - able.len()]",
        &["true", "1"],
    )]);
}

#[test]
fn b49_select_first_stops_the_producers() {
    shows(&[
        (
            "let n = 0; let two = Get-User | ForEach-Object { n += 1; $_ } | Select-Object -First 2; n",
            &["2"],
        ),
        (
            "[\"a\", \"bad\"] | Test-Input | Select-Object -First 1",
            &["Name=text:a"],
        ),
    ]);
}

#[test]
fn b50_a_block_runs_in_the_scope_around_it() {
    shows(&[(
        "let n = 0; [1, 2, 3] | ForEach-Object { n += $_ }; n",
        &["6"],
    )]);
}

#[test]
fn b51_where_object_without_a_block() {
    let people = |test: &str| {
        shell().texts(&format!("Get-User -Department IT | Where-Object {test} | Select-Object -ExpandProperty GivenName"))
    };
    assert_eq!(people("Enabled -EQ $false"), ["Viktor"]);
    assert_eq!(people("-Not Enabled"), ["Viktor"]);
    assert_eq!(people("Enabled").len(), people("Enabled -eq $true").len());
    assert_eq!(people("GivenName -CLike 'm*'"), Vec::<String>::new());
    assert_eq!(people("GivenName -Like 'm*'"), ["Megan"]);
    assert_eq!(people("Licenses -contains spe_e5"), ["Grace"]);
    shows(&[("[1, 3, 5] | Where-Object { $_ -gt 2 }", &["3", "5"])]);
}

#[test]
fn b52_operators() {
    shows(&[
        ("\"Sales\" -eq \"sales\"", &["true"]),
        ("\"Sales\" -ceq \"sales\"", &["false"]),
        ("[\"a\", \"b\"] -contains \"B\"", &["true"]),
        ("\"anna\" -like \"A*\"", &["true"]),
        ("\"anna\" -match \"^an+a$\"", &["true"]),
        ("[1, 2, 3, 2] -eq 2", &["2", "2"]),
        ("\"a-b-c\" -replace \"-\", \"+\"", &["a+b+c"]),
        ("\"a b\" -split \" \"", &["a", "b"]),
        ("[\"a\", \"b\"] -join \"+\"", &["a+b"]),
        ("5 -is \"int\"", &["true"]),
        ("if [1, 2] -eq 3 { 1 } else { 2 }", &["2"]),
    ]);
}

#[test]
fn b53_and_or_bind_alike_and_loosely() {
    shows(&[
        ("[1] | Where-Object { $true -or $true -and $false }", &[]),
        ("[1] | Where-Object { $true || $true && $false }", &["1"]),
        ("[1] | Where-Object { $false -and $true -eq $false }", &[]),
        ("[1] | Where-Object { -not $false -and $_ -eq 1 }", &["1"]),
        (
            "[1] | Where-Object { $x = 1; $true || $true -and $false }",
            &[],
        ),
    ]);
}

#[test]
fn b54_truth() {
    shows(&[
        ("[\"False\"] | Where-Object { $_ }", &["False"]),
        ("[0, \"\", 5] | Where-Object { $_ }", &["5"]),
        ("[1] | Where-Object { @() }", &[]),
        ("[1] | Where-Object { $null }", &[]),
    ]);
    // Plain Rhai keeps to true and false.
    assert!(!shell().line("if \"False\" { 1 }").faults.is_empty());
}

#[test]
fn b55_names_are_found_in_the_registry_only() {
    shows(&[
        ("get-USER anna@contoso.com", &["anna@contoso.com"]),
        ("[1] | where { $_ } | % { $_ + 1 }", &["2"]),
    ]);
    assert_eq!(shell().line("Get-Uesr anna").faults.len(), 1, "told once");
    refuses(&[
        ("Get-Uesr anna", "UnknownCmdlet", "Get-Uesr"),
        (
            "Get-User | Wher-Object { $_ }",
            "UnknownCmdlet",
            "Wher-Object",
        ),
    ]);
    assert!(
        shell()
            .error("Get-Uesr anna")
            .hint
            .as_ref()
            .unwrap()
            .contains("Get-User")
    );
}
