//! What texts come to, and where they are broken.

use super::super::to_json;
use super::*;
use serde_json::json;

fn place(read: Result<Vec<Value>, Broken>) -> (String, Option<(usize, usize)>, bool) {
    let broken = read.unwrap_err();
    (broken.what, broken.place, broken.cut)
}

#[test]
fn documents_are_read_in_their_order() {
    let read = |text: &str| -> Vec<_> { read_json(text).unwrap().iter().map(to_json).collect() };
    assert_eq!(
        read("\u{feff} {\"b\": [1, 2.5, null], \"a\": true}\n"),
        [json!({"b": [1, 2.5, null], "a": true})]
    );
    assert_eq!(read("1\n\"x\"\n"), [json!(1), json!("x")]);
    assert!(read(" \n").is_empty());
    assert_eq!(
        read("18446744073709551615"),
        [json!(18446744073709551615.0)]
    );
    let yaml = read_yaml("a: &x {n: 1, 2: yes}\nb: *x\n---\n- ~\n- 'text'\n").unwrap();
    let yaml: Vec<_> = yaml.iter().map(to_json).collect();
    let x = json!({"n": 1, "2": "yes"});
    assert_eq!(yaml, [json!({"a": x, "b": x}), json!([null, "text"])]);
}

#[test]
fn what_is_broken_is_placed() {
    let (what, at, cut) = place(read_json("{\n  \"a\": [1,\n"));
    assert!(what.contains("EOF"), "{what}");
    assert_eq!((at, cut), (Some((2, 10)), true));
    let (_, at, cut) = place(read_json("{\"a\": 1}\n{\"a\" 1}"));
    assert_eq!((at, cut), (Some((2, 6)), false));
    let (what, at, _) = place(read_json("{\"Name\": 1,\n\"name\": 2}"));
    assert_eq!(what, "two keys are named 'name'");
    assert_eq!(at, Some((2, 6)));
    assert!(read_json(&"[".repeat(10_000)).is_err());
    let (_, at, _) = place(read_yaml("a: 1\nb: [1, 2\n"));
    assert_eq!(at.map(|(line, _)| line), Some(3));
    assert!(place(read_yaml("a: 1\nA: 2\n")).0.contains("two keys"));
    assert_eq!(
        place(read_yaml("a: !secret x\n")).0,
        "a: tags are not read here"
    );
    assert!(read_yaml(&"[".repeat(10_000)).is_err());
}

#[test]
fn what_is_broken_says_in_which_record() {
    let broken = |text: &str| {
        let broken = check_json(text).unwrap_err();
        (broken.place, broken.record)
    };
    assert_eq!(broken("[{\"a\": 1},\n {\"a\" 2}]"), (Some((2, 7)), Some(2)));
    assert_eq!(broken("{\"a\" 2}"), (Some((1, 6)), None));
    assert_eq!(
        broken("{\"a\": 1}\n{\"a\": 1} {\"a\" 2}"),
        (Some((2, 15)), Some(3))
    );
    assert_eq!(broken("1\n\n[1, 2,\n\n x]"), (Some((5, 2)), Some(3)));
    // What is looked at without being kept is looked at as closely.
    for text in [
        "[\"\\ud800\"]",
        "[1e999]",
        "[{\"a\": {\"B\": 1, \"b\": 2}}]",
    ] {
        assert_eq!(check_json(text).unwrap_err(), read_json(text).unwrap_err());
    }
    let keys: Vec<String> = (0..100).map(|n| format!("\"k{n}\": {n}")).collect();
    let twice = format!("{{{}, \"K7\": 0}}", keys.join(","));
    assert_eq!(
        check_json(&twice).unwrap_err().what,
        "two keys are named 'K7'"
    );
    assert!(check_json(&format!("[{{{0}}}, {{{0}}}]", keys.join(","))).is_ok());
}

#[test]
fn items_are_handed_over_until_there_are_enough() {
    let text = "{\"a\": 1}\n[2, [3]]\nnull [] 5";
    let read = |count: usize| {
        let mut items = Vec::new();
        json_items(text, &mut |item| {
            items.push(to_json(&item));
            items.len() < count
        })
        .unwrap();
        items
    };
    let all = [json!({"a": 1}), json!(2), json!([3]), json!(null), json!(5)];
    for count in 1..=5 {
        assert_eq!(read(count), all[..count]);
    }
    assert_eq!(read(9), all);
    let outline = check_json(text).unwrap();
    assert_eq!((outline.documents, outline.list), (5, false));
}

/// With the square of their number they would take minutes.
#[test]
fn very_many_documents_are_read() {
    let text = "{\"name\": \"somebody with a name\", \"seats\": 5}\n".repeat(60_000);
    assert_eq!(read_json(&text).unwrap().len(), 60_000);
}

#[test]
fn aliases_do_not_explode() {
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for level in 1..12 {
        let below = format!("*a{}, ", level - 1).repeat(9);
        bomb.push_str(&format!("a{level}: &a{level} [{below}]\n"));
    }
    assert!(read_yaml(&bomb).is_err());
    let long = "x".repeat(100_000);
    let many = format!("a: &a {long}\nb: [{}]\n", "*a, ".repeat(10_000));
    let (what, _, _) = place(read_yaml(&many));
    assert!(what.contains("aliases repeat"), "{what}");
}
