//! The canonical reader and the emitter against a whole YAML reader.
//!
//! Longer runs: `MUTATIONS=10000000 cargo test --release --test it yaml -- --ignored --nocapture`.

use proptest::prelude::*;
use serde_json::Value;
use tenantsh::store::yaml::{emit, read};
use tenantsh::tenant::{Change, User};

use crate::random::Random;

fn users() -> String {
    let mut out = String::new();
    for n in 0..5 {
        out += &format!(
            "- id: 59cc0223-0000-4000-8000-00000000000{n}
  upn: u{n}@contoso.com
  display_name: 'O''Brien, {n}'
  # hired by hand
  mail: u{n}@contoso.com
  job_title: \"Head \\\"of\\\" \\u2028 all\"
  department: Sales & Marketing
  office: '00{n}'
  city: Åre
  usage_location: 'NO'
  kind: Guest
  enabled: false
  created: 2026-11-2{n}T02:51:36.123Z
  roles:
  - Global Administrator
  groups: [59cc0223-0000-4000-8000-00000000000a]
  licenses:
    - sku: SPE_E5
      disabled:
      - YAMMER_ENTERPRISE
      - 'ON'
    - {{sku: SPE_E3, group: 59cc0223-0000-4000-8000-00000000000a, error: Other}}
  data:
    mailbox:
      size_mb: 12{n}
      shared: true
    phone_number: '+46 8 12{n}'
"
        );
    }
    out
}

const CLASSES: [&str; 10] = [
    "bit",
    "character",
    "token",
    "line dropped",
    "line doubled",
    "lines swapped",
    "lines joined",
    "indent",
    "cut",
    "part copied",
];

const TOKENS: [&str; 40] = [
    ": ",
    " #",
    "- ",
    "&a ",
    "*a",
    "!!str ",
    "'",
    "\"",
    "|\n",
    ">-\n",
    "[",
    "]",
    "{",
    "}",
    ", ",
    "\t",
    "\r\n",
    "\u{85}",
    "\u{2028}",
    "\u{feff}",
    "\0",
    "null",
    "~",
    "yes",
    "0x1F",
    "1e3",
    "007",
    "-1",
    "<<: ",
    "? ",
    "---\n",
    "...\n",
    "%",
    "@",
    "`",
    "\\x41",
    "\n",
    "  ",
    "''",
    "99999999999999999999",
];

fn mutate(base: &str, class: usize, random: &mut Random) -> String {
    let at = (0..=random.below(base.len()))
        .rev()
        .find(|i| base.is_char_boundary(*i))
        .unwrap();
    let mut lines: Vec<String> = base.split_inclusive('\n').map(str::to_owned).collect();
    if lines.is_empty() {
        return String::new();
    }
    let (one, two) = (random.below(lines.len()), random.below(lines.len()));
    match class {
        0 => {
            let mut bytes = base.as_bytes().to_vec();
            bytes[random.below(base.len())] ^= 1 << random.below(8);
            return String::from_utf8_lossy(&bytes).into_owned();
        }
        1 => {
            let c = char::from_u32(random.below(0x300) as u32).unwrap();
            let next = at + base[at..].chars().next().map_or(0, char::len_utf8);
            return format!("{}{c}{}", &base[..at], &base[next..]);
        }
        2 => {
            return format!(
                "{}{}{}",
                &base[..at],
                TOKENS[random.below(TOKENS.len())],
                &base[at..]
            );
        }
        3 => lines[one].clear(),
        4 => lines.insert(two, lines[one].clone()),
        5 => lines.swap(one, two),
        6 => {
            lines[one].pop();
        }
        7 => match random.below(2) {
            0 => lines[one].insert_str(0, &"  "[random.below(2)..]),
            _ => lines[one] = lines[one].trim_start_matches(' ').into(),
        },
        8 => return base[..at].to_owned(),
        _ => {
            let from = (0..=random.below(base.len()))
                .rev()
                .find(|i| base.is_char_boundary(*i))
                .unwrap();
            let part: String = base[from..].chars().take(random.below(60)).collect();
            return format!("{}{part}{}", &base[..at], &base[at..]);
        }
    }
    lines.concat()
}

/// The lines of a mutated text that the base doesn't have.
fn difference(base: &str, text: &str) -> String {
    let lines = text
        .split_inclusive('\n')
        .filter(|line| !base.contains(line));
    lines.map(|line| format!("{line:?}\n")).collect()
}

/// What the reader accepts, the whole YAML reader must accept with the same meaning.
fn compare(mutations: u64, seed: u64) -> [(u64, u64); CLASSES.len()] {
    let base = users();
    assert!(base.len() >= 2048);
    let mut random = Random(seed);
    let mut counts = [(0, 0); CLASSES.len()];
    for n in 0..mutations {
        let class = n as usize % CLASSES.len();
        let mut text = mutate(&base, class, &mut random);
        if random.below(4) == 0 {
            text = mutate(&text, random.below(CLASSES.len()), &mut random);
        }
        counts[class].0 += 1;
        if let Ok(own) = read::parse::<Vec<User>>(&text) {
            counts[class].1 += 1;
            match serde_yaml::from_str::<Vec<User>>(&text) {
                Ok(other) => assert_eq!(
                    own,
                    other,
                    "seed {seed}, mutation {n}:\n{}",
                    difference(&base, &text)
                ),
                Err(error) => panic!(
                    "seed {seed}, mutation {n}: {error}\n{}",
                    difference(&base, &text)
                ),
            }
        }
    }
    counts
}

#[test]
fn the_canonical_form_is_accepted() {
    let text = users();
    let own: Vec<User> = read::parse(&text).unwrap();
    assert_eq!(own, serde_yaml::from_str::<Vec<User>>(&text).unwrap());
    let mut written = String::new();
    own.iter()
        .for_each(|user| emit::item(&mut written, user, 0).unwrap());
    assert_eq!(read::parse::<Vec<User>>(&written).unwrap(), own);
    assert_eq!(serde_yaml::from_str::<Vec<User>>(&written).unwrap(), own);
}

#[test]
fn the_reader_agrees_with_the_whole_yaml_reader() {
    let seed = std::env::var("SEED")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(1);
    for (accepted, class) in compare(20_000, seed).iter().zip(CLASSES) {
        assert!(accepted.0 > 0 && accepted.1 > 0, "{class}: {accepted:?}");
    }
}

#[test]
#[ignore = "long"]
fn the_reader_agrees_in_a_long_run() {
    let mutations = std::env::var("MUTATIONS")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(1_000_000);
    let counts = compare(mutations, 2);
    println!(
        "{mutations} mutated files of {} bytes (seed 2), no disagreement",
        users().len()
    );
    for (count, class) in counts.iter().zip(CLASSES) {
        println!(
            "  {class}: {} tried, {} accepted by the canonical reader",
            count.0, count.1
        );
    }
}

proptest! {
    #[test]
    fn any_text_comes_back_from_the_emitter(text in any::<String>(), other in "[ -~]{0,12}") {
        for text in [&text, &other] {
            let value = serde_json::json!([{"k": text, "l": [text, {"m": text}]}]);
            let mut block = String::new();
            emit::item(&mut block, &value[0], 0).unwrap();
            prop_assert_eq!(&read::parse::<Value>(&block).unwrap(), &value);
            prop_assert_eq!(&serde_yaml::from_str::<Value>(&block).unwrap(), &value);
            let mut flow = String::from("- ");
            emit::flow(&mut flow, &value[0]).unwrap();
            prop_assert!(!flow.contains('\n'));
            prop_assert_eq!(&read::parse::<Value>(&flow).unwrap(), &value);
            prop_assert_eq!(&serde_yaml::from_str::<Value>(&flow).unwrap(), &value);
        }
    }
}

/// Texts that once came back as something else, or not at all.
#[test]
fn texts_that_were_lost_come_back() {
    for text in ["a:?", "\u{1bc80}:?", "a:?b", "a?:"] {
        let value = serde_json::json!([{"k": text, "l": [text]}]);
        let mut flow = String::from("- ");
        emit::flow(&mut flow, &value[0]).unwrap();
        assert_eq!(read::parse::<Value>(&flow).unwrap(), value, "{flow}");
        assert_eq!(
            serde_yaml::from_str::<Value>(&flow).unwrap_or_else(|e| panic!("{flow}: {e}")),
            value
        );
    }
}

#[test]
fn a_change_is_one_line_that_reads_back() {
    let change = crate::store::removal(7);
    let mut line = String::from("- ");
    emit::flow(&mut line, &change).unwrap();
    assert_eq!(
        line,
        "- {do: license_removed, user: 00000000-0000-0000-0000-000000000007, sku: SPE_E5, \
         was: {disabled: [YAMMER_ENTERPRISE, 'NO']}}"
    );
    assert_eq!(read::parse::<Vec<Change>>(&line).unwrap(), [change]);
}
