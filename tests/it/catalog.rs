//! The declarations: what must hold of every cmdlet, its examples, and its page under docs.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use tenantsh::cmdlets::{CATALOG, FOREIGN};
use tenantsh::command::{Cmdlet, Effect, Run};
use tenantsh::help::{Part, TOPICS, page};
use tenantsh::tenant::Permission;

use crate::support::{Rig, sample};

/// Ours, and those that go by the names of other modules.
fn all() -> impl Iterator<Item = &'static &'static Cmdlet> {
    CATALOG.iter().chain(FOREIGN)
}

#[test]
fn names_and_aliases_are_unique() {
    let mut seen = HashSet::new();
    for cmdlet in all() {
        let aliases = cmdlet.aliases.iter().map(|alias| (*alias).to_owned());
        for name in std::iter::once(cmdlet.name()).chain(aliases) {
            assert!(
                seen.insert(name.to_lowercase()),
                "{name} stands for two cmdlets"
            );
        }
    }
}

#[test]
fn declarations_are_sound() {
    for cmdlet in all() {
        let name = cmdlet.name();
        assert!(
            !cmdlet.synopsis.ends_with('.'),
            "{name}: a synopsis is a line, not a sentence"
        );
        assert!(
            cmdlet.description.ends_with('.'),
            "{name}: a description is sentences"
        );
        assert!(!cmdlet.examples.is_empty(), "{name} has no example");
        assert_eq!(
            matches!(cmdlet.effect, Effect::Changes(_)),
            matches!(cmdlet.run, Run::Change { .. }),
            "{name}: what changes the tenant goes through the gate, and nothing else does"
        );
        if matches!(cmdlet.run, Run::Change { .. }) {
            let reads = matches!(cmdlet.requires, Permission::Read | Permission::None);
            // What is taken back may be anything: the rules ask for the role that each change takes.
            let asks_by_itself = matches!(&*name, "Undo-Change" | "Invoke-Plan");
            assert!(
                !reads || asks_by_itself,
                "{name} changes, but needs no role"
            );
        }
        let mut names = HashSet::new();
        let mut positions = HashSet::new();
        for parameter in cmdlet.all_parameters() {
            for own in parameter.names() {
                assert!(names.insert(own.to_lowercase()), "{name}: -{own} twice");
            }
            assert!(
                parameter.help.ends_with('.'),
                "{name}: -{} has no sentence",
                parameter.name
            );
            if let Some(position) = parameter.position {
                let sets = parameter.sets.join(",");
                assert!(
                    positions.insert((position, sets)),
                    "{name}: two at {position}"
                );
            }
        }
    }
}

/// Microsoft's catalogue, as far as the examples need it.
const CATALOGUE: &str = "\u{feff}Product_Display_Name,String_Id,GUID,Service_Plan_Name,Service_Plan_Id,Service_Plans_Included_Friendly_Names\r\n\
    Planner Plan 1,PROJECT_P1,beb6439c-caad-48d3-bf46-0c82871e12be,PROJECT_P1,4a12c688-56c6-461a-87b1-30d6f32136f9,Project Plan 1\r\n";

/// Files that the examples read.
struct Files(PathBuf);

impl Files {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap().keep();
        fs::write(
            dir.join("leavers.txt"),
            "noah@contoso.com\nnina@contoso.com\n",
        )
        .unwrap();
        fs::write(
            dir.join("leavers.csv"),
            "UserPrincipalName,Reason\nnoah@contoso.com,left\nnina@contoso.com,\"left, too\"\n",
        )
        .unwrap();
        fs::write(
            dir.join("blocked.rhai"),
            "let department = param(\"Department\")\n\
             Get-User -Department $department -Disabled -Licensed | Remove-License -All\n",
        )
        .unwrap();
        drop(Rig::kept(&dir.join("last-month")));
        fs::write(dir.join("catalogue.csv"), CATALOGUE).unwrap();
        fs::write(dir.join("leavers.json"), r#"[{"UPN": "noah@contoso.com"}]"#).unwrap();
        fs::write(dir.join("leavers.yaml"), "- UPN: noah@contoso.com\n").unwrap();
        Self(dir)
    }

    /// A file name in a line becomes one in the directory.
    fn place(&self, line: &str) -> String {
        let mut line = line.to_owned();
        for name in [
            "leavers.txt",
            "leavers.csv",
            "unlicensed.csv",
            "sales.csv",
            "blocked.rhai",
            "last-month",
            "catalogue.csv",
            "unlicensed.txt",
            "unlicensed.json",
            "unlicensed.yaml",
            "leavers.json",
            "leavers.yaml",
            "sales.csv",
            "sales.yaml",
            "legal.yaml",
        ] {
            line = line.replace(name, &self.0.join(name).display().to_string());
        }
        line
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn every_example_runs() {
    let files = Files::new();
    for cmdlet in all() {
        for example in cmdlet.examples {
            let kept = tempfile::tempdir().unwrap();
            let mut rig = Rig::kept(kept.path());
            let line = files.place(example.line);
            // Of this very tenant, as its journal knows it.
            let plan =
                "Get-User -Department Legal | Remove-License -All -WhatIf | Export-Plan legal.yaml";
            rig.try_run(&files.place(plan)).unwrap();
            if let Err(faults) = rig.try_run(&line) {
                panic!("{}: {}: {faults:#?}", cmdlet.name(), example.line);
            }
            let failed = rig.session.borrow().failed;
            assert_eq!(failed, 0, "{}: {}", cmdlet.name(), rig.screen.take());
            if example.line.contains("-WhatIf") {
                assert!(
                    *rig.session.borrow().tenant() == sample(),
                    "{} changed something",
                    example.line
                );
            }
        }
    }
}

#[test]
fn every_cmdlet_explains_itself() {
    for cmdlet in all() {
        let mut rig = Rig::new();
        let asked = rig.texts(&format!("{} -?", cmdlet.name()));
        let helped = rig.texts(&format!("Get-Help {}", cmdlet.name()));
        assert_eq!(asked, helped);
        assert!(asked[0].contains(cmdlet.synopsis));
    }
}

fn written(cmdlet: &Cmdlet) -> String {
    let text = page(cmdlet, &Part::Page { full: true }).unwrap();
    format!("# {}\n\n```text\n{text}\n```\n", cmdlet.name())
}

#[test]
fn the_pages_under_docs_are_the_declarations() {
    pages_are("docs/cmdlets", CATALOG);
    pages_are("docs/microsoft-cmdlets", FOREIGN);
}

fn pages_are(folder: &str, cmdlets: &[&Cmdlet]) {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let update = std::env::var_os("UPDATE").is_some();
    if update {
        let _ = fs::remove_dir_all(&dir);
        fs::create_dir_all(&dir).unwrap();
    }
    for cmdlet in cmdlets {
        let path = dir.join(format!("{}.md", cmdlet.name()));
        if update {
            fs::write(&path, written(cmdlet)).unwrap();
        }
        let stands = fs::read_to_string(&path).unwrap_or_default();
        assert!(
            stands == written(cmdlet),
            "{} is stale: UPDATE=1 cargo test writes it",
            path.display()
        );
    }
    let pages = fs::read_dir(&dir).unwrap().count();
    assert_eq!(pages, cmdlets.len(), "a page without its cmdlet");
}

#[test]
fn topics_are_found_by_any_of_their_names_and_fit_the_screen() {
    let mut rig = Rig::new();
    let listed = rig.texts("Get-Help about_*");
    for topic in TOPICS {
        assert!(listed[0].contains(&topic.title()), "{}", topic.title());
        let page = rig.texts(&format!("Get-Help {}", topic.title()));
        assert!(!page[0].contains("\n#") && !page[0].contains("```"));
        for line in page[0].lines() {
            let prose = !line.starts_with([' ', '|']);
            assert!(!prose || line.chars().count() <= 80, "{line}");
        }
    }
    let same = rig.texts("Get-Help about_what-if");
    assert_eq!(rig.texts("Get-Help ABOUT_What_If"), same);
    let error = rig.error("Get-Help about_pipeline");
    assert!(format!("{error:?}").contains("about_pipelines"));
}

#[test]
fn help_says_the_role_and_the_name_in_graph_powershell() {
    let asking = |cmdlet: &&&Cmdlet| cmdlet.requires != Permission::None;
    for cmdlet in CATALOG.iter().filter(asking) {
        let text = page(cmdlet, &Part::Page { full: false }).unwrap();
        assert!(text.contains("\nROLE\n"), "{}", cmdlet.name());
    }
    let page = Rig::new().texts("Get-Help Remove-License");
    assert!(page[0].contains("License Administrator"));
    assert!(page[0].contains("Set-MgUserLicense"));
}
