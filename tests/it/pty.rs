//! The shell as its admin sees it: the program in a pseudo-terminal, judged by what is painted on the screen.

use std::time::{Duration, Instant};

use crate::terminal::{CTRL_C, CTRL_D, CTRL_R, Home, PROMPT, UP};

#[test]
fn it_greets_in_two_lines_and_leaves_with_ctrl_d() {
    let home = Home::new();
    let mut shell = home.sample();
    let text = shell.text();
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[0].starts_with("tenantsh "), "{text}");
    assert!(lines[1].contains("Get-Help"), "{text}");
    assert!(lines[2].starts_with(PROMPT.trim_end()), "{text}");
    shell.keys(CTRL_D);
    assert_eq!(shell.ends(), 0);
}

#[test]
fn tab_completes_commands_parameters_and_what_the_tenant_has() {
    let home = Home::new();
    let mut shell = home.sample();
    shell.keys("get-us\t");
    shell.sees("> Get-User");
    shell.keys(" -Depa\t");
    shell.sees("Get-User -Department");
    shell.keys(" mark\t");
    shell.sees("-Department Marketing");
    shell.cancel();
    // A menu, with the display name beside the product.
    shell.keys("Get-User -Sku E\t\t");
    shell.sees("ENTERPRISEPACK  (Office 365 E3)");
    shell.cancel();
    // In the middle of a line, and behind a pipe.
    shell.keys("get-us | Measure-Object\u{1b}[H\u{1b}[C\u{1b}[C\u{1b}[C\u{1b}[C\u{1b}[C\u{1b}[C\t");
    shell.sees("> Get-User | Measure-Object");
    shell.keys("\u{1b}[F | where-o\t");
    shell.sees("Measure-Object | Where-Object");
}

#[test]
fn tab_goes_by_what_else_stands_on_the_line() {
    let home = Home::new();
    let mut shell = home.sample();
    shell.keys("Enable-ServicePlan lukas@contoso.com ENTERPRISEPACK -Plan \t\t");
    shell.sees("SWAY  (Sway)");
    assert!(!shell.text().contains("EXCHANGE_S_ENTERPRISE"));
    shell.cancel();
    // Behind the pipe, and inside a block, the properties of what comes.
    shell.keys("Get-License | Select-Object Sku, Dis\t\t");
    shell.sees("DisabledPlans  DisplayName");
    shell.cancel();
    shell.keys("Get-User | Group-Object City | Where-Object { $_.C\t");
    shell.sees("{ $_.Count");
    shell.cancel();
    shell.keys("Get-Group 'wo\t");
    shell.sees("Get-Group 'Works council'");
    shell.cancel();
    shell.keys("help about_ex\t");
    shell.sees("help about_exit-codes");
}

#[test]
fn tab_offers_changes_by_number_and_shows_names_as_data() {
    let home = Home::new();
    let dir = home.0.path().join("tenant").display().to_string();
    let made = std::process::Command::new(env!("CARGO_BIN_EXE_tenantsh"))
        .args(["init", &dir])
        .output()
        .unwrap();
    assert!(made.status.success());
    let mut shell = home.shell(24, 80, &["--tenant", &dir], &[]);
    shell.line("Set-User bob@contoso.com -City Visby");
    shell.line("Set-User anna@contoso.com -DisplayName (\"A\\x1b[2J\\x1b]0;t\\x07B\")");
    shell.clear();
    shell.keys("Get-Change \t\t");
    shell.sees("Set-User bob@contoso.com -City Visby)");
    let text = shell.text();
    let (latest, earlier) = (text.find("Set-User anna"), text.find("Set-User bob"));
    assert!(latest < earlier, "{text}");
    shell.cancel();
    shell.keys("Get-User a\t\t");
    shell.sees("\\u{1b}[2J");
    assert!(shell.text().contains("> Get-User a"), "{}", shell.text());
}

#[test]
fn words_are_coloured_as_they_are_typed() {
    let home = Home::new();
    let mut shell = home.sample();
    shell.keys("Get-User -City Bern");
    shell.sees("Bern");
    let cyan = vt100::Color::Idx(6);
    shell.until("a command's colour", |shell| {
        shell.look("Get-User") == Some((cyan, false))
    });
    assert_eq!(shell.look("-City"), Some((vt100::Color::Idx(4), false)));
    shell.cancel();
    // Underlined too: nothing is told by colour alone.
    shell.keys("Get-Uesr ");
    let red = vt100::Color::Idx(1);
    shell.until("an unknown command", |shell| {
        shell.look("Get-Uesr") == Some((red, true))
    });
    let plain = home.shell(24, 80, &["--sample"], &[("NO_COLOR", "1")]);
    let mut plain = plain;
    plain.keys("Get-User ");
    plain.sees("> Get-User");
    assert_eq!(plain.look("Get-User"), Some((vt100::Color::Default, false)));
}

#[test]
fn what_an_import_brings_is_there_on_later_lines() {
    let home = Home::new();
    std::fs::write(home.path().join("tools.rhai"), "fn Get_Answer(n) { 6 * n }").unwrap();
    let mut shell = home.sample();
    shell.line("import \"tools\" as t");
    shell.clear();
    shell.keys("get-ans\t -N 7\r");
    shell.sees("42");
    shell.at_prompt();
    assert!(shell.text().contains("Get-Answer -N 7"), "{}", shell.text());
}

#[test]
fn a_line_goes_on_until_it_is_whole() {
    let home = Home::new();
    let mut shell = home.sample();
    shell.clear();
    shell.keys("Get-User -City Stockholm |\r");
    shell.until("a second line", |shell| {
        let (row, _) = shell.screen.lock().unwrap().screen().cursor_position();
        row == 1
    });
    shell.keys("Where-Object {\r$_.Enabled }\r");
    shell.sees("anna@contoso.com");
    shell.at_prompt();
    assert!(!shell.text().contains("error"), "{}", shell.text());
}

#[test]
fn ctrl_c_clears_the_line_or_stops_what_runs_and_the_session_stays() {
    let home = Home::new();
    let mut shell = home.sample();
    shell.line("let kept = 42");
    shell.keys("Remove-User anna@contoso.com");
    shell.sees("anna@contoso.com");
    shell.cancel();
    for _ in 0..2 {
        shell.clear();
        shell.keys("print(\"going\"); loop { let n = Get-User | Measure-Object }\r");
        shell.until("output", |shell| shell.text().contains("\ngoing"));
        let pressed = Instant::now();
        shell.keys(CTRL_C);
        shell.sees("stopped by Ctrl-C");
        shell.at_prompt();
        assert!(pressed.elapsed() < Duration::from_secs(2));
    }
    let text = shell.line("kept + 1");
    assert!(text.contains("\n43\n"), "{text}");
    let text = shell.line("(Get-User anna@contoso.com).Enabled");
    assert!(text.contains("\ntrue\n"), "{text}");
}

#[test]
fn ctrl_c_at_a_question_is_a_no() {
    let home = Home::new();
    let mut shell = home.sample();
    shell.keys("Remove-License anna@contoso.com -All\r");
    shell.sees("(default is \"N\")");
    shell.keys(CTRL_C);
    shell.sees("nothing was changed");
    shell.at_prompt();
    let text = shell.line("(Get-License anna@contoso.com).Count");
    assert!(!text.contains("\n0\n"), "{text}");
}

#[test]
fn a_pasted_script_runs_as_one() {
    let home = Home::new();
    let mut shell = home.shell(50, 200, &["--sample"], &[]);
    let mut script = "let sum = 0\nfor n in 1..=10 {\n    sum += n\n}\n".to_owned();
    script.push_str(&"sum += 1\n".repeat(45));
    script.push_str("print(`total ${sum}`)");
    shell.keys(&format!("\u{1b}[200~{script}\u{1b}[201~"));
    shell.sees("print(`total");
    assert!(!shell.text().contains("total 100"));
    shell.keys("\r");
    shell.sees("total 100");
    shell.at_prompt();
}

#[test]
fn history_is_kept_between_shells_and_searched() {
    let home = Home::new();
    let mut first = home.sample();
    first.line("Get-Subscription POWER_BI_PRO");
    first.line("Get-User anna@contoso.com");
    first.line(" Get-User bob@contoso.com");
    first.keys(CTRL_D);
    assert_eq!(first.ends(), 0);
    let mut second = home.sample();
    // A line that begins with a blank is not kept.
    second.keys(UP);
    second.sees("Get-User anna@contoso.com");
    second.keys(UP);
    second.sees("Get-Subscription POWER_BI_PRO");
    second.cancel();
    second.keys(CTRL_R);
    second.keys("POWER");
    second.sees("Get-Subscription POWER_BI_PRO");
    second.keys("\r");
    second.sees("SkuPartNumber");
    second.at_prompt();
}

#[test]
fn an_error_shows_its_place_and_the_prompt_is_back() {
    let home = Home::new();
    let mut shell = home.sample();
    let text = shell.line("Get-User -Ctiy Bern");
    assert!(text.contains("-Ctiy") && text.contains("^^^^^"), "{text}");
    assert!(text.contains("City"), "{text}");
    let text = shell.line("Get-User anna@contoso.com | Select-Object DisplayName");
    assert!(text.contains("Anna"), "{text}");
}

#[test]
fn a_question_mark_is_help_and_exit_takes_a_code() {
    let home = Home::new();
    // The tour is as tall as the screen of 24.
    let mut shell = home.shell(40, 80, &["--sample"], &[]);
    assert!(shell.line("?").contains("Get-Subscription"));
    // Nothing more is waited for.
    assert!(shell.line("cd ..").contains("other programs"));
    let text = shell.line("Connect-MgGraph");
    assert!(text.contains("nothing is connected"), "{text}");
    shell.start("exit 3");
    assert_eq!(shell.ends(), 3);
}

#[test]
fn a_table_fits_the_terminal_as_it_is_now() {
    let home = Home::new();
    let mut shell = home.sample();
    let narrow = shell.line("Get-User -City Stockholm -Department Sales");
    let longest = |text: &str| text.lines().map(|line| line.chars().count()).max();
    assert!(longest(&narrow) <= Some(80), "{narrow}");
    shell.resize(50, 200);
    let wide = shell.line("Get-User -City Stockholm -Department Sales");
    assert!(longest(&wide) > Some(80), "{wide}");
}

#[test]
fn another_shells_changes_are_seen_at_the_next_command() {
    let home = Home::new();
    let dir = home.0.path().join("tenant").display().to_string();
    let made = std::process::Command::new(env!("CARGO_BIN_EXE_tenantsh"))
        .args(["init", &dir])
        .output()
        .unwrap();
    assert!(made.status.success());
    let mut one = home.shell(24, 80, &["--tenant", &dir], &[]);
    let mut two = home.shell(24, 80, &["--tenant", &dir], &[]);
    let mut reader = home.shell(24, 80, &["--tenant", &dir, "--read-only"], &[]);
    for (city, changing) in [("Visby", true), ("Malmo", false)] {
        let (changing, other) = match changing {
            true => (&mut one, &mut two),
            false => (&mut two, &mut one),
        };
        changing.line(&format!("Set-User anna@contoso.com -City {city}"));
        for shell in [other, &mut reader] {
            let text = shell.line("(Get-User anna@contoso.com).City");
            assert!(text.contains(&format!("\n{city}\n")), "{text}");
        }
    }
}

#[test]
fn lines_are_kept_by_number_and_run_again_but_not_secrets() {
    let home = Home::new();
    let mut shell = home.sample();
    shell.line("1 + 1");
    shell.line("let token = \"hunter2\"");
    let text = shell.line("Get-History");
    assert!(
        text.contains("1 + 1") && !text.contains("hunter2"),
        "{text}"
    );
    let text = shell.line("Invoke-History 1");
    assert!(text.contains("\n1 + 1\n2\n"), "{text}");
    let text = shell.line("Invoke-History 77");
    assert!(text.contains("there is no line 77"), "{text}");
    let text = shell.line("(Get-Error).Id");
    assert!(text.contains("HistoryNotFound"), "{text}");
    // The arrow finds what begins like the line.
    shell.clear();
    shell.keys("1");
    shell.keys(UP);
    shell.sees("> 1 + 1");
    shell.cancel();
    shell.keys(CTRL_D);
    assert_eq!(shell.ends(), 0);
    let kept = std::fs::read_to_string(home.0.path().join(".local/state/tenantsh/history"));
    let kept = kept.unwrap();
    assert!(
        kept.contains("1 + 1") && !kept.contains("hunter2"),
        "{kept}"
    );
}

#[test]
fn a_profile_runs_first_and_a_transcript_keeps_what_is_shown() {
    let home = Home::new();
    let settings = home.0.path().join(".config/tenantsh");
    std::fs::create_dir_all(&settings).unwrap();
    std::fs::write(
        settings.join("profile.rhai"),
        "import \"own\"\nlet answer = 41\nfn twice(n) { n * 2 }\nprint(\"profile ran\")\n",
    )
    .unwrap();
    std::fs::write(settings.join("own.rhai"), "fn Get_Own() { \"of my own\" }").unwrap();
    let mut shell = home.sample();
    shell.sees("profile ran");
    shell.line("Start-Transcript log.txt");
    let text = shell.line("answer + twice(1)");
    assert!(text.contains("\n43\n"), "{text}");
    let text = shell.line("Get-Own");
    assert!(text.contains("\nof my own\n"), "{text}");
    shell.line("Get-User anna@contoso.com -Nope");
    shell.line("let password = \"hunter2\"");
    shell.line("Stop-Transcript");
    shell.line("\"not kept\"");
    let log = std::fs::read_to_string(home.0.path().join("log.txt")).unwrap();
    for part in ["> answer + twice(1)\n43\n", "-Nope", "Stop-Transcript"] {
        assert!(log.contains(part), "{part}: {log}");
    }
    for part in ["hunter2", "not kept", "\u{1b}"] {
        assert!(!log.contains(part), "{part}: {log}");
    }
    let plain = home.shell(24, 80, &["--sample", "--no-profile"], &[]);
    assert!(!plain.text().contains("profile ran"));
}

#[test]
fn what_is_taller_than_the_screen_goes_through_the_pager() {
    let home = Home::new();
    let pager = home.0.path().join("pager");
    std::fs::write(&pager, "#!/bin/sh\nsed 's/^/paged /' | tail -n 3\n").unwrap();
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(&pager, std::fs::Permissions::from_mode(0o755)).unwrap();
    let pager = pager.display().to_string();
    let mut shell = home.shell(24, 80, &["--sample"], &[("PAGER", &pager)]);
    let text = shell.line("Get-User");
    assert_eq!(text.matches("paged ").count(), 3, "{text}");
    let text = shell.line("Get-User -City Stockholm | Select-Object -First 3");
    assert!(!text.contains("paged "), "{text}");
    // What is asked after it is asked when the pager is left.
    let text = shell.line("Get-User; Get-Uesr");
    assert!(text.contains("Get-Uesr"), "{text}");
}

#[test]
fn nothing_typed_in_the_pager_is_a_command_or_writes_a_file() {
    let home = Home::new();
    let mut shell = home.shell(24, 80, &["--sample"], &[("PAGER", "less -FRXK")]);
    shell.clear();
    shell.keys("Get-User\r");
    shell.sees("\n:");
    for keys in ["!touch made\r", "s written\r", "|^touch piped\r", "v"] {
        shell.keys(keys);
        std::thread::sleep(Duration::from_millis(100));
    }
    for _ in 0..5 {
        if shell.is_at_prompt() {
            break;
        }
        shell.keys("q");
        std::thread::sleep(Duration::from_millis(200));
    }
    shell.at_prompt();
    for name in ["made", "written", "piped"] {
        assert!(!home.path().join(name).exists(), "{name}");
    }
}

#[test]
fn without_a_pager_rows_come_page_by_page() {
    let home = Home::new();
    let mut shell = home.shell(12, 80, &["--sample"], &[("PAGER", "/nowhere/less")]);
    shell.clear();
    shell.keys("Get-User | Select-Object UserPrincipalName\r");
    shell.sees("-- more");
    shell.keys("!x");
    shell.keys(" ");
    shell.sees("-- more");
    shell.keys("\r");
    shell.sees("-- more");
    shell.keys("q");
    shell.at_prompt();
    assert!(!shell.text().contains("-- more"), "{}", shell.text());
}

#[test]
fn the_prompt_tells_what_is_only_rehearsed_and_what_only_read() {
    let home = Home::new();
    for (option, shown) in [("--what-if", "[what-if]"), ("--read-only", "[read-only]")] {
        let shell = home.shell(24, 80, &["--sample", option], &[]);
        assert!(
            shell.typed().ends_with(&format!("{shown}> ")),
            "{}",
            shell.text()
        );
    }
}
