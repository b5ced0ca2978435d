//! Scripts with slips in them: whatever the slip, the answer is in its place and in the admin's words, and nothing panics.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tenantsh::cmdlets::CATALOG;
use tenantsh::diagnostic::Diagnostic;
use tenantsh::format::render_diagnostic;
use tenantsh::session::Policy;

use crate::diagnostics::check_words;
use crate::random::Random;
use crate::support::Rig;

const SCRIPTS: [&str; 12] = [
    "fn inner(u) {\n  Get-User $u | % { $_.Department }\n}\nfn outer(u) {\n  inner(u)\n}\nouter(\"anna@contoso.com\")",
    "let leavers = [\"anna@contoso.com\", \"ben@contoso.com\"]\nfor u in leavers {\n  Remove-License $u -All -WhatIf\n}",
    "$n = 0\nGet-User -Department Sales | ForEach-Object {\n  $n += 1\n  \"$n ${$_.Name}\"\n}",
    "let m = #{ Sku: \"ENTERPRISEPACK\", WhatIf: true }\nGet-User a* | Remove-License @m",
    "switch (Get-User).len() {\n  0 => print(\"none\"),\n  1..5 => Get-User | Select-Object Name,City\n  _ if true => throw \"many\"\n}",
    "try {\n  Get-User nobody@contoso.com\n} catch (e) {\n  print(`${e.message}: ${e.id}`)\n}",
    "fn Remove_Leaver(User, Sku) {\n  let found = Get-User $User\n  if found.Licenses.len() > 0 { Remove-License $found -Sku $Sku -WhatIf }\n}\nRemove-Leaver -User anna@contoso.com -Sku SPE_E5",
    "Get-User | Where-Object { $_.Licenses.Count -gt 1 -and -not ($_.City -in 'Visby','Oslo') } | Sort-Object { $_.Name.len() } | Format-Table Name,@{n='N';e={$_.Licenses.Count}}",
    "transaction {\n  Set-User anna@contoso.com -City Visby\n  if true { throw \"no\" }\n}",
    "let add = |a, b| a + b\nlet total = 0\nwhile total < 10 { total = add.call(total, 3) }\nprint(total)",
    "Get-User | Group-Object Department | % { \"$($_.Name): $($_.Count)\" } | Out-String",
    "(Get-Subscription | Measure-Object Prepaid -Sum).Sum.to_string() -replace '\\d','x' -split ','",
];

/// What fingers put in a wrong place.
const SLIPS: [&str; 48] = [
    "|",
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    ",",
    ";",
    ":",
    "=",
    "==",
    "=>",
    ".",
    "..",
    "-",
    "--",
    "!",
    "?",
    "@",
    "#{",
    "@(",
    "@{",
    "$",
    "$_",
    "${",
    "\"",
    "'",
    "`",
    "\n",
    "\\",
    "&&",
    "||",
    "-eq",
    "-and",
    "-Nope",
    "-Sku",
    "-WhatIf",
    "nope",
    "$nope",
    "Get-Nope",
    "Get-User",
    "fn f(a) { a }",
    ".len()",
    ".Nope",
    "5",
    "null",
    "return",
];

/// A text's words, signs and blanks.
fn tokens(text: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '@' | '.');
        let end = if is_word(first) {
            rest.find(|c| !is_word(c)).unwrap_or(rest.len())
        } else {
            first.len_utf8()
        };
        let (token, behind) = rest.split_at(end);
        tokens.push(token);
        rest = behind;
    }
    tokens
}

fn mutant(random: &mut Random, texts: &[&str]) -> String {
    let mut tokens = tokens(random.of(texts));
    for _ in 0..=random.below(2) {
        let at = random.below(tokens.len().max(1));
        let other = tokens.len().saturating_sub(1).min(at + 1);
        match random.below(5) {
            0 if !tokens.is_empty() => {
                tokens.remove(at);
            }
            1 if !tokens.is_empty() => tokens.swap(at, other),
            2 if !tokens.is_empty() => tokens[at] = random.of(&SLIPS),
            3 => tokens.truncate(at),
            _ => tokens.insert(at.min(tokens.len()), random.of(&SLIPS)),
        }
    }
    tokens.concat()
}

fn check(fault: &Diagnostic, text: &str) {
    assert!(
        !fault.id.is_empty() && !fault.message.is_empty(),
        "{text:?}"
    );
    check_words(fault, text);
    let notes = fault.notes.iter();
    let places = notes.map(|note| (&note.source, note.span));
    for (source, span) in places.chain([(&fault.source, fault.span)]) {
        if let (Some(source), Some(span)) = (source, span) {
            let place = source.text.get(span.start..span.end);
            assert!(place.is_some(), "{text:?}: {fault:?}");
        }
    }
    render_diagnostic(fault, true, Some(80));
}

/// A script under way, by the time of its beginning and its flag to stop.
type Watched = Arc<Mutex<Option<(Instant, Arc<AtomicBool>)>>>;

/// A slip can make an endless loop: it is stopped as if by Ctrl-C.
fn watchdog() -> Watched {
    let watched = Watched::default();
    let weak = Arc::downgrade(&watched);
    std::thread::spawn(move || {
        while let Some(watched) = weak.upgrade() {
            if let Some((begin, stop)) = &*watched.lock().unwrap()
                && begin.elapsed() > Duration::from_secs(2)
            {
                stop.store(true, Ordering::Relaxed);
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    });
    watched
}

/// Runs mutants from a seed on, while some are wanted; how many, and how many of them failed.
fn run(first: u64, wanted: impl Fn(u64) -> bool) -> (u64, u64) {
    let examples = CATALOG.iter().flat_map(|cmdlet| cmdlet.examples);
    let texts: Vec<&str> = examples
        .map(|example| example.line)
        .chain(SCRIPTS)
        .collect();
    let watched = watchdog();
    let (mut ran, mut failed) = (0, 0);
    while wanted(ran) {
        let seed = first + ran;
        let mut random = Random(seed);
        let text = mutant(&mut random, &texts);
        let mut rig = Rig::with_policy(Policy {
            what_if: true,
            ..Policy::default()
        });
        *watched.lock().unwrap() = Some((Instant::now(), Arc::clone(&rig.stop)));
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let ran = rig.script(&text);
            let said = ran.log.errors.iter().chain(&ran.log.warnings);
            for fault in ran.faults.iter().chain(said) {
                check(fault, &text);
            }
            for fault in &ran.faults {
                assert!(
                    fault.source.is_some(),
                    "answered without a place: {fault:?}"
                );
            }
            !ran.faults.is_empty()
        }));
        *watched.lock().unwrap() = None;
        match outcome {
            Ok(fault) => failed += u64::from(fault),
            Err(_) => panic!("seed {seed}: {text}"),
        }
        ran += 1;
    }
    (ran, failed)
}

#[test]
fn a_slip_is_answered_in_its_place() {
    let (ran, failed) = run(1, |ran| ran < 1_500);
    assert!(failed > ran / 3, "{failed} of {ran}: the slips harm nobody");
}

/// More of the same: `MUTANTS=100000 MUTANTS_SEED=1 cargo test --release --test it mutants::many -- --ignored --nocapture`.
#[test]
#[ignore = "runs MUTANTS (20,000)"]
fn many() {
    let number = |name: &str, default: u64| {
        std::env::var(name).map_or(default, |text| text.parse().unwrap())
    };
    let (count, first) = (number("MUTANTS", 20_000), number("MUTANTS_SEED", 1).max(1));
    let (ran, failed) = run(first, |ran| ran < count);
    println!("{ran} mutants from seed {first}, {failed} refused");
}
