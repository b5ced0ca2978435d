//! Lines typed ahead, pasted, given up: each runs once and in order, or is answered.

use std::time::Duration;

use crate::terminal::{CTRL_C, CTRL_D, Home, PROMPT, Shell};

/// A second of work, which says when it has begun.
const WORK: &str =
    "print(\"begun\"); let n = 0; while n < 300 { n += 1; Get-User | Measure-Object | Out-Null }";

#[track_caller]
fn in_order(shell: &Shell, parts: &[&str]) {
    let text = shell.text();
    let mut rest = text.as_str();
    for part in parts {
        let Some((_, after)) = rest.split_once(part) else {
            panic!("no {part:?} in its place:\n{text}");
        };
        rest = after;
    }
}

#[test]
fn lines_in_one_write_all_run_in_order() {
    let home = Home::new();
    let mut shell = home.sample();
    shell.clear();
    shell.keys("1+1\r2+2\r3+3\r");
    shell.sees("\n6\n");
    shell.at_prompt();
    in_order(&shell, &["1+1\n2\n", "2+2\n4\n", "3+3\n6\n"]);
    // The same with line feeds, and more than one read of the editor takes.
    shell.clear();
    let many: String = (1..=200).map(|n| format!("let v{n} = {n}\n")).collect();
    shell.keys(&format!("{many}`all ${{v1 + v200}}`\n"));
    shell.sees("all 201");
    shell.at_prompt();
}

#[test]
fn lines_typed_while_a_command_runs_all_run_and_ctrl_d_leaves_behind_them() {
    let home = Home::new();
    let mut shell = home.sample();
    shell.clear();
    shell.keys(&format!("{WORK}\r"));
    shell.sees("\nbegun");
    for line in ["11+11\r", "22+22\r", "33+33\r"] {
        shell.keys(line);
        std::thread::sleep(Duration::from_millis(20));
    }
    shell.sees("\n66\n");
    shell.at_prompt();
    in_order(&shell, &["\n22\n", "\n44\n", "\n66\n"]);
    shell.clear();
    shell.keys(&format!("{WORK}\r"));
    shell.sees("\nbegun");
    shell.keys("5+5\r");
    shell.keys(CTRL_D);
    assert_eq!(shell.ends(), 0);
    in_order(&shell, &["\n10\n"]);
    let mut shell = home.sample();
    shell.keys("7+7\r\u{4}");
    assert_eq!(shell.ends(), 0);
    in_order(&shell, &["7+7\n14\n"]);
}

#[test]
fn ctrl_c_drops_what_was_typed_ahead() {
    let home = Home::new();
    let mut shell = home.sample();
    shell.clear();
    shell.keys("print(\"begun\"); loop { let n = Get-User | Measure-Object }\r`${1}st`\r");
    shell.sees("\nbegun");
    shell.keys(CTRL_C);
    shell.sees("stopped by Ctrl-C");
    shell.at_prompt();
    shell.line("`${2}nd`");
    assert!(!shell.text().contains("1st"), "{}", shell.text());
}

#[test]
fn what_is_no_answer_is_no_and_the_lines_behind_it_do_not_run() {
    let home = Home::new();
    let mut shell = home.sample();
    shell.keys("Remove-License anna@contoso.com -All\r");
    shell.sees("(default is \"N\")");
    shell.keys("Get-Date\rRemove-License bob@contoso.com -All -Confirm:$false\r");
    shell.sees("'Get-Date' is taken as No");
    shell.at_prompt();
    let text = shell.line("(Get-License bob@contoso.com).Count");
    assert!(!text.contains("\n0\n"), "{text}");
}

#[test]
fn a_key_that_repeats_gives_a_question_up_and_not_the_shell() {
    let home = Home::new();
    let mut shell = home.sample();
    for round in 0..8 {
        shell.clear();
        shell.keys("Remove-License anna@contoso.com -All\r");
        shell.sees("(default is \"N\")");
        shell.keys(CTRL_C);
        std::thread::sleep(Duration::from_millis(round * 3));
        shell.keys(CTRL_C);
        shell.sees("nothing was changed");
        shell.at_prompt();
        // The late one doesn't stop the next line.
        let text = shell.line(&format!("{round}+41"));
        assert!(text.contains(&format!("\n{}\n", round + 41)), "{text}");
    }
}

#[test]
fn a_line_that_cannot_go_on_is_answered_at_once() {
    let home = Home::new();
    let mut shell = home.shell(40, 80, &["--sample"], &[]);
    for (line, answer) in [
        ("ls *", "there is no variable 'ls'"),
        ("nothing *all*", "there is no variable 'nothing'"),
        ("y++", "there is no operator ++"),
        ("x --", "there is no operator --"),
        ("!!", "Get-History"),
    ] {
        let text = shell.line(line);
        assert!(text.contains(answer), "{line}: {text}");
    }
    // What can go on waits, and says so.
    shell.clear();
    shell.keys("let kept = 40 +\r");
    shell.until("the further line", |shell| shell.typed().trim_end() == ">>");
    shell.sees("Ctrl-C gives it up");
    shell.keys("2\r");
    shell.at_prompt();
    assert!(shell.line("kept").contains("\n42\n"));
}

#[test]
fn further_lines_have_a_prompt_of_their_own_and_can_be_edited() {
    let home = Home::new();
    for env in [&[][..], &[("NO_COLOR", "1")]] {
        let mut shell = home.shell(24, 80, &["--sample"], env);
        shell.clear();
        shell.keys("if 1 == 1 {\r\"o\" + \"ne\"\r");
        shell.sees("{\n>> \"o\" + \"ne\"\n>>");
        // Backspace joins the empty line to the one above, and Tab completes in a further line.
        shell.keys("\u{7f}\u{7f} + \"s\"");
        shell.sees(">> \"o\" + \"ne\" + \"s\"");
        shell.keys("\r}\r");
        shell.sees("\nones\n");
        shell.at_prompt();
        shell.clear();
        shell.keys("if true {\rGet-Us\t");
        shell.sees(">> Get-User");
        shell.keys(CTRL_C);
        shell.at_prompt();
        let text = shell.line("Get-History");
        assert!(
            !text.contains('\u{e000}') && text.contains(PROMPT),
            "{text}"
        );
    }
}

#[test]
fn without_colours_nothing_is_shown_that_was_not_typed() {
    let home = Home::new();
    let mut shell = home.sample();
    shell.line("Get-User anna@contoso.com");
    shell.clear();
    shell.keys("Get-U");
    shell.sees("Get-User anna");
    let mut plain = home.shell(24, 80, &["--sample"], &[("NO_COLOR", "1")]);
    plain.clear();
    plain.keys("Get-U");
    plain.sees("Get-U");
    std::thread::sleep(Duration::from_millis(100));
    assert!(!plain.text().contains("anna"), "{}", plain.text());
}
