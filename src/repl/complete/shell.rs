//! What the shell has: commands and their parameters, topics, variables, typed lines, changes, paths.

use super::word::Offer;
use super::{Line, Offers};
use crate::command::{Cmdlet, Names};
use crate::files::Files;
use crate::help::TOPICS;

/// So many of the latest changes are offered.
const CHANGES: usize = 200;

/// What is set without anybody setting it.
const GIVEN: [&str; 5] = ["_", "true", "false", "null", "Error"];

impl Line<'_> {
    /// Where a line begins also variables and the shell's own words, if no command begins like them.
    pub(super) fn commands(&self, piped: bool) -> Offers<'_> {
        if piped {
            return self.cmdlets();
        }
        let words = super::super::WORDS.iter().copied();
        let variables = self.cursor.variables.iter().map(String::as_str);
        let names = words.chain(variables);
        Box::new(self.cmdlets().chain(names.map(Offer::last)))
    }

    pub(super) fn cmdlets(&self) -> Offers<'_> {
        let catalog = self.host.catalog();
        // Those of other modules only to who has begun to name one: `Get-Mg`.
        let foreign = is_foreign(&self.word.typed).then(|| catalog.foreign());
        let cmdlets = catalog.iter().chain(foreign.into_iter().flatten());
        Box::new(cmdlets.flat_map(|cmdlet| {
            let aliases = cmdlet.aliases.iter();
            let aliases = aliases.map(|alias| Offer::of(cmdlet.name()).also(*alias));
            aliases.chain([Offer::of(cmdlet.name())])
        }))
    }

    pub(super) fn topics(&self) -> Offers<'_> {
        let topics = TOPICS.iter();
        let topics = topics.map(|topic| {
            Offer::of(topic.title())
                .beside(topic.synopsis)
                .also(topic.name)
        });
        Box::new(self.cmdlets().chain(topics))
    }

    /// What can still be given to the command.
    pub(super) fn parameters(&self) -> Offers<'_> {
        let open = self.draft.iter().flat_map(|draft| draft.open_parameters());
        Box::new(open.flat_map(|parameter| {
            let name = format!("-{}", parameter.name);
            let aliases = parameter.aliases.iter();
            let also = aliases.map(|alias| format!("-{alias}"));
            let other = also.map({
                let name = name.clone();
                move |alias| Offer::of(name.clone()).also(alias)
            });
            other.chain([Offer::of(name)]).collect::<Vec<_>>()
        }))
    }

    /// The parameters of the command that is named on the line.
    pub(super) fn parameters_of_named(&self) -> Offers<'_> {
        let named = self.named(Names::Command).into_iter();
        let cmdlets = named.filter_map(|name| self.host.catalog().find(name));
        let parameters = cmdlets.flat_map(Cmdlet::all_parameters);
        Box::new(parameters.map(|parameter| Offer::of(parameter.name)))
    }

    pub(super) fn variables(&self) -> Offers<'_> {
        let own = self.cursor.variables.iter().map(String::as_str);
        Box::new(own.chain(GIVEN).map(|name| Offer::of(format!("${name}"))))
    }

    pub(super) fn variable_names(&self) -> Offers<'_> {
        Box::new(self.cursor.variables.iter().map(|name| Offer::of(&**name)))
    }

    /// The latest changes first, with when and what they were.
    pub(super) fn changes(&self) -> Offers<'_> {
        let store = self.session.store().ok();
        let entries = store.into_iter().flat_map(|store| store.latest(CHANGES));
        Box::new(entries.map(|entry| {
            let what = entry.command.or(entry.script).unwrap_or(entry.by);
            let when = entry.at.strftime("%Y-%m-%d %H:%M");
            Offer::of(entry.seq.to_string()).beside(format!("{when} {what}"))
        }))
    }

    /// The lines of this session, the latest first.
    pub(super) fn lines(&self) -> Offers<'_> {
        let lines = self.session.history.iter().rev();
        Box::new(lines.map(|own| Offer::of(own.id.to_string()).beside(&*own.line)))
    }

    pub(super) fn paths(&self) -> Offers<'_> {
        super::all(Files::default().completions(&self.word.typed))
    }
}

/// Whether the noun of a command begins like those of Microsoft's modules.
fn is_foreign(typed: &str) -> bool {
    const MODULES: [&str; 4] = ["mg", "msol", "azuread", "entra"];
    let noun = typed.split_once('-').map(|(_, noun)| noun.to_lowercase());
    noun.is_some_and(|noun| MODULES.iter().any(|module| noun.starts_with(module)))
}
