//! The cmdlets about objects and files, where a transcript can't show it: files, bad input, sizes.

use std::fs;
use std::path::PathBuf;

use tempfile::TempDir;

use crate::support::Rig;

/// A directory, and how a line names a file in it.
pub struct Dir(TempDir);

impl Dir {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        fs::write(self.path(name), content).unwrap();
    }

    /// The line with `DIR` in it as the directory.
    pub fn line(&self, line: &str) -> String {
        line.replace("DIR", &self.0.path().display().to_string())
    }
}

#[test]
fn out_file_writes_what_the_screen_would_show() {
    let (dir, mut rig) = (Dir::new(), Rig::new());
    rig.values(
        &dir.line("Get-User -City Sydney | Select-Object DisplayName, City | Out-File 'DIR/a.txt'"),
    );
    let written = dir.read("a.txt");
    assert!(written.starts_with("DisplayName"), "{written}");
    assert!(written.lines().count() > 3, "{written}");
    rig.values(&dir.line("[\"x\u{1b}[1m\", \"two\\nlines\"] | Out-File 'DIR/b.txt'"));
    assert_eq!(dir.read("b.txt"), "x\u{1b}[1m\ntwo\nlines\n");
    rig.values(&dir.line("\"more\" | Out-File 'DIR/b.txt' -Append"));
    rig.values(&dir.line("\"new\" | Out-File 'DIR/c.txt' -Append"));
    assert!(dir.read("b.txt").ends_with("lines\nmore\n"));
    assert_eq!(dir.read("c.txt"), "new\n");
    let passed =
        rig.texts(&dir.line("[\"a\", \"b\"] | Tee-Object 'DIR/d.txt' | Select-Object -First 1"));
    assert_eq!(passed, ["a"]);
    assert_eq!(dir.read("d.txt"), "a\n");
}

#[test]
fn what_an_export_writes_its_import_reads() {
    let (dir, mut rig) = (Dir::new(), Rig::new());
    let line = "Get-User | Select-Object DisplayName, City, Enabled, Licenses";
    let expected = rig.texts(&format!(
        "{line} | ForEach-Object {{ `${{$_.DisplayName}}/${{$_.City}}` }}"
    ));
    for format in ["Json", "Yaml", "Csv"] {
        rig.values(&dir.line(&format!("{line} | Export-{format} 'DIR/users'")));
        let read = rig.texts(&dir.line(&format!(
            "Import-{format} 'DIR/users' | ForEach-Object {{ `${{$_.DisplayName}}/${{$_.City}}` }}"
        )));
        assert_eq!(read, expected, "{format}");
    }
    rig.values(&dir.line("[] | Export-Json 'DIR/none'"));
    assert_eq!(dir.read("none"), "[]\n");
    rig.values(&dir.line("[#{ a: 1 }] | Export-Json 'DIR/one'"));
    let one = rig.texts(
        &dir.line("Import-Json 'DIR/one' | Measure-Object | Select-Object -ExpandProperty Count"),
    );
    assert_eq!(one, ["1"]);
    rig.values(&dir.line("Import-Json 'DIR/one' | Export-Csv 'DIR/one.csv'; Get-Content 'DIR/one.csv' -Raw | Out-File 'DIR/copy'"));
    assert_eq!(dir.read("copy"), "a\n1\n\n");
}

#[test]
fn csv_files_of_all_kinds_are_read_or_refused_with_their_line() {
    let (dir, mut rig) = (Dir::new(), Rig::new());
    let read = |rig: &mut Rig, content: &[u8]| {
        dir.write("a.csv", content);
        rig.line(&dir.line("Import-Csv 'DIR/a.csv' | ConvertTo-Json -Compress"))
    };
    for (content, json) in [
        (
            "\u{feff}Name,City\r\nAnna,Lund\r\n",
            r#"{"Name":"Anna","City":"Lund"}"#,
        ),
        (
            "Name;City\nAnna;\"Lund; Sweden\"\n",
            r#"{"Name":"Anna","City":"Lund; Sweden"}"#,
        ),
        ("Name\tCity\nAnna\tLund", r#"{"Name":"Anna","City":"Lund"}"#),
        (
            "Name,Note\nAnna,\"says \"\"hi\"\",\nand more\"\n\n,\n",
            r#"{"Name":"Anna","Note":"says \"hi\",\nand more"}"#,
        ),
        (
            "\n\nName,Size\nTom,5\" pipe\n",
            r#"{"Name":"Tom","Size":"5\" pipe"}"#,
        ),
        ("'=Name,B\n'+1,'x\n", r#"{"=Name":"+1","B":"'x"}"#),
        (
            "sep=;\r\nName;City\r\nA;B,C\r\n",
            r#"{"Name":"A","City":"B,C"}"#,
        ),
        ("#TYPE Selected.User\r\nName\r\nA\r\n", r#"{"Name":"A"}"#),
        ("Name|City\nA|B\n", r#"{"Name":"A","City":"B"}"#),
        ("Name,City\rA,B\r", r#"{"Name":"A","City":"B"}"#),
        ("Name,City\n", "[]"),
    ] {
        let ran = read(&mut rig, content.as_bytes());
        assert_eq!(ran.texts(), [json], "{content:?}: {:?}", ran.faults);
    }
    for (content, what) in [
        ("", "a.csv: there is nothing in it"),
        ("\n\n", "a.csv: there is nothing in it"),
        (
            "A,B\n1,2\n\n1,2,3\n",
            "a.csv:4: this row has 3 cells, the header 2",
        ),
        (
            "A,B\n\"1\n2\",3\n4\n",
            "a.csv:4: this row has 1 cells, the header 2",
        ),
        (
            "A,B\n1,2\n1,\"2\n3,4\n",
            "a.csv:3: a quote is opened in this row",
        ),
        (
            "A,B\n1,\"2,3\n4,5\n",
            "a.csv:2: a quote is opened in this row",
        ),
        ("A,B\n\"1,2\n3,4\n", "a.csv:2: this row has 1 cells"),
        ("A,B,\"C\n1,2,3\n", "a.csv:1: a quote is opened in this row"),
        ("A,b,B\n1,2,3\n", "a.csv:1: two columns are named 'B'"),
        ("A,,B\n1,2,3\n", "a.csv:1: column 2 has no name"),
        ("sep=;\nA;B\n1;2\n\n1\n", "a.csv:5: this row has 1 cells"),
        ("A,B\r1,2\r1\r", "a.csv:3: this row has 1 cells"),
        ("[\n  {\"A\": 1}\n]\n", "a.csv:1: this is JSON"),
        ("PK\u{3}\u{4}", "a.csv:1: not text: it is a workbook"),
        ("A\0,\0", "a.csv:1: not text: it looks like UTF-16"),
    ] {
        let ran = read(&mut rig, content.as_bytes());
        let message = ran.faults[0].message.clone();
        assert!(message.contains(what), "{content:?}: {message}");
        assert!(ran.values.is_empty(), "{content:?}");
    }
    let ran = read(&mut rig, b"A\n\xff\n");
    assert!(ran.faults[0].message.contains("a.csv:2: not text"));
}

#[test]
fn broken_json_and_yaml_files_are_told_with_line_and_column() {
    let (dir, mut rig) = (Dir::new(), Rig::new());
    for (format, content, what) in [
        (
            "Json",
            "[\n  {\"a\": 1},\n  {\"a\":",
            "a:3:7: the text ends within the JSON in record 2: it is cut off",
        ),
        (
            "Json",
            "[\n  {\"a\": 1},\n  {\"a\" 2}\n]",
            "a:3:8: the JSON is broken in record 2 (expected `:`)",
        ),
        ("Json", "  \n", "a: there is nothing in it"),
        ("Yaml", "a: 1\nb: [1,\n", "a:3:1: the YAML is broken"),
        (
            "Yaml",
            "a: 1\na: 2\n",
            "the YAML is broken (two keys are named 'a')",
        ),
    ] {
        dir.write("a", content);
        let fault = rig.error(&dir.line(&format!("Import-{format} 'DIR/a'")));
        assert!(fault.message.contains(what), "{}", fault.message);
    }
}

/// `cargo test --release --test it json_of_100_mb -- --ignored --nocapture` says how long it takes, in how much memory.
#[test]
#[ignore = "long"]
fn json_of_100_mb_is_read() {
    use std::fmt::Write as _;
    const SIZE: usize = 100 << 20;
    let (dir, mut rig) = (Dir::new(), Rig::new());
    let mut text = String::with_capacity(SIZE + 512);
    let mut count = 0;
    while text.len() < SIZE {
        text.push(if count == 0 { '[' } else { ',' });
        write!(
            text,
            "\n  {{\"id\": \"{count:08}-0000-4000-8000-000000000000\", \"userPrincipalName\": \"user{count}@contoso.com\", \
             \"displayName\": \"User {count}\", \"accountEnabled\": true, \"seats\": {}, \"city\": null, \
             \"assignedLicenses\": [{{\"skuId\": \"6fd2c87f-b296-42f0-b197-1e91e994b900\", \"disabledPlans\": []}}]}}",
            count % 7
        )
        .unwrap();
        count += 1;
    }
    dir.write("cut.json", &text);
    text.push_str("\n]\n");
    dir.write("big.json", &text);
    let size = text.len() >> 20;
    drop(text);
    let run = |rig: &mut Rig, line: &str| {
        let began = std::time::Instant::now();
        let ran = rig.line(&dir.line(line));
        println!("{line}: {:.2?}, peak {}", began.elapsed(), peak());
        ran
    };
    println!("{size} MiB, {count} objects, peak before {}", peak());
    let ran = run(
        &mut rig,
        "Import-Json 'DIR/big.json' | Measure-Object seats -Sum",
    );
    assert_eq!(ran.column("Count"), [count.to_string()]);
    let ran = run(
        &mut rig,
        "Import-Json 'DIR/big.json' | Where-Object seats -gt 5 | Select-Object -First 1",
    );
    assert_eq!(ran.values.len(), 1);
    let ran = run(&mut rig, "Import-Json 'DIR/cut.json'");
    assert!(ran.faults[0].message.contains("it is cut off"));
}

/// The most memory that the process ever held, where the system says.
fn peak() -> String {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.unwrap_or("unknown").trim().to_owned()
}

#[test]
fn a_property_of_a_list_is_that_of_each_object() {
    let mut rig = Rig::new();
    let cities = rig.texts("Get-User -Department Sales | Select-Object -ExpandProperty City");
    assert!(cities.len() > 3);
    for line in [
        "(Get-User -Department Sales).City",
        "(Get-User -Department Sales).city",
        "let all = Get-User -Department Sales; all.City",
        "@{ All = Get-User -Department Sales } | ForEach-Object { $_.All.City }",
        "let all = Get-User -Department Sales; Write-Output $all.City",
    ] {
        assert_eq!(rig.texts(line), cities, "{line}");
    }
    let skus = rig.texts("(Get-User -Department Sales).Licenses");
    assert!(skus.len() > cities.len() && skus.iter().all(|sku| !sku.contains(',')));
    assert_eq!(rig.texts("(Get-User nobody*).City.len()"), ["0"]);
    assert_eq!(
        rig.texts("(Get-User -Department Sales).Count"),
        [cities.len().to_string()]
    );
    let fault = rig.error("(Get-User).Nope");
    assert_eq!(fault.message, "User has no property 'Nope'");
}

#[test]
fn a_typed_line_shows_each_plain_expression_and_a_script_none() {
    let mut rig = Rig::new();
    let line = "1 + 1; let x = 3; x; (Get-User anna@contoso.com).City; Get-User nobody*; x += 1; x";
    assert_eq!(rig.texts(line), ["2", "3", "Stockholm", "4"]);
    assert!(rig.script("1 + 1; 2").values.is_empty());
}
