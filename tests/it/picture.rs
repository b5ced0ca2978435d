//! The README's picture: a real session, painted by the program and drawn as SVG.
//!
//! `UPDATE=1 cargo test --test it picture` draws docs/session.svg anew.

use std::fmt::Write;
use std::path::Path;

use vt100::{Color, Screen};

use crate::terminal::Home;

const ROWS: u16 = 21;
const COLS: u16 = 124;
/// The size of a character cell, and the margin around all of them.
const WIDTH: f32 = 8.4;
const HEIGHT: f32 = 18.0;
const MARGIN: f32 = 14.0;

fn fill(color: Color) -> &'static str {
    const NAMED: [&str; 16] = [
        "#3b4252", "#e06c75", "#98c379", "#e5c07b", "#61afef", "#c678dd", "#56b6c2", "#d8dee9",
        "#6b7386", "#e06c75", "#98c379", "#e5c07b", "#61afef", "#c678dd", "#56b6c2", "#ffffff",
    ];
    match color {
        Color::Idx(index) => NAMED.get(usize::from(index)).copied().unwrap_or("#d8dee9"),
        Color::Default | Color::Rgb(..) => "#d8dee9",
    }
}

/// A screen as SVG: each run of characters of one look is a text of its own.
fn svg(screen: &Screen) -> String {
    let (width, height) = (
        f32::from(COLS) * WIDTH + 2.0 * MARGIN,
        f32::from(ROWS) * HEIGHT + 2.0 * MARGIN,
    );
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" font-family=\"monospace\" \
         font-size=\"14\">\n<rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"#1e222a\"/>\n"
    );
    for row in 0..ROWS {
        let mut col = 0;
        while col < COLS {
            let start = col;
            let mut text = String::new();
            let look = screen
                .cell(row, col)
                .map(|cell| (cell.fgcolor(), cell.bold()));
            while let Some(cell) = screen.cell(row, col)
                && Some((cell.fgcolor(), cell.bold())) == look
            {
                if !cell.is_wide_continuation() {
                    text.push_str(if cell.has_contents() {
                        cell.contents()
                    } else {
                        " "
                    });
                }
                col += 1;
            }
            let Some((color, bold)) = look.filter(|_| !text.trim().is_empty()) else {
                col = col.max(start + 1);
                continue;
            };
            let text = text
                .trim_end()
                .replace('&', "&amp;")
                .replace('<', "&lt;")
                .replace('>', "&gt;");
            let (x, y) = (
                f32::from(start) * WIDTH + MARGIN,
                f32::from(row + 1) * HEIGHT + MARGIN - 4.0,
            );
            let weight = if bold { " font-weight=\"bold\"" } else { "" };
            let _ = writeln!(
                svg,
                "<text x=\"{x:.1}\" y=\"{y:.1}\" fill=\"{}\"{weight} xml:space=\"preserve\">{text}</text>",
                fill(color)
            );
        }
    }
    svg.push_str("</svg>\n");
    svg
}

#[test]
fn the_session_of_the_readme_can_be_drawn() {
    let home = Home::new();
    let mut shell = home.shell(ROWS, COLS, &["--sample"], &[]);
    for (line, answer) in [
        (
            "Get-User -Disabled -Licensed | Remove-License -All -WhatIf",
            "nothing was changed",
        ),
        ("Get-User -Sku ENTERPRISE_PACK", "did you mean"),
    ] {
        shell.keys(line);
        shell.keys("\r");
        shell.until(answer, |shell| shell.text().contains(answer));
        shell.until("the prompt", |shell| shell.text().trim_end().ends_with('>'));
    }
    let drawn = svg(shell.screen.lock().unwrap().screen());
    for part in ["SkippedInherited", "did you mean", "</svg>"] {
        assert!(drawn.contains(part), "{part}: {drawn}");
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/session.svg");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &drawn).unwrap();
    }
    let kept = std::fs::read_to_string(path).unwrap();
    assert!(
        kept.contains("SkippedInherited"),
        "the picture is of another session"
    );
}
