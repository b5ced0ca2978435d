//! What Tab offers: commands, parameters, properties of what flows, and the values that the tenant has.

mod filter;
mod quotes;
mod shell;
mod tenant;
mod word;

use std::borrow::Cow;

use crate::command::{Kind, Names, OutputColumns, Parameter, PartialCommand, names, passing};
use crate::host::Host;
use crate::lang::{Cursor, CursorKind, Pipe};
use crate::objects;
use crate::session::Session;
use crate::tenant::{Tenant, User};
use crate::value::Object;
use word::{Offer, Word};

pub use word::Candidate;

/// What a source has to offer, before the typed word sifts it.
type Offers<'a> = Box<dyn Iterator<Item = Offer<'a>> + 'a>;

/// What could stand at a place of a line, and where the word begins whose place it takes.
pub fn offers(
    host: &Host,
    session: &Session,
    line: &str,
    position: usize,
) -> (usize, Vec<Candidate>) {
    let position = position.min(line.len());
    if let Some((command, rest)) = super::short_form(line)
        && position >= rest
    {
        // As if the command itself were typed.
        let whole = format!("{command} {}", &line[rest..]);
        let shift = command.len() + 1;
        let (start, found) = at(host, session, &whole, position - rest + shift);
        return ((start + rest).saturating_sub(shift), found);
    }
    at(host, session, line, position)
}

fn at(host: &Host, session: &Session, text: &str, position: usize) -> (usize, Vec<Candidate>) {
    let cursor = host.cursor(text, position);
    let written = text.get(cursor.span.start..cursor.span.end);
    let written = written.unwrap_or_default();
    let behind = text.get(cursor.span.end..).unwrap_or_default();
    let code = matches!(cursor.kind, CursorKind::Compared { .. });
    let word = Word::new(written, behind, &cursor.listed, code);
    let tenant = session.tenant();
    let line = Line {
        host,
        session,
        tenant: &tenant,
        draft: draft(host, &cursor),
        cursor: &cursor,
        word: &word,
    };
    if line.offered() == Some(Names::Filter) {
        let (start, found) = line.filter(written, behind);
        return (cursor.span.start + start, found);
    }
    (cursor.span.start, line.candidates())
}

/// The command at the cursor, if one is there and known.
fn draft<'a>(host: &'a Host, cursor: &'a Cursor) -> Option<PartialCommand<'a>> {
    let stage = cursor.stage.as_ref()?;
    let cmdlet = host.catalog().find(&stage.name)?;
    let front = (cursor.kind == CursorKind::Value).then_some(cursor.front);
    Some(PartialCommand::new(
        host.catalog(),
        cmdlet,
        stage,
        front,
        cursor.pipe.brings_something(),
    ))
}

/// What is known where Tab was pressed.
struct Line<'a> {
    host: &'a Host,
    session: &'a Session,
    tenant: &'a Tenant,
    cursor: &'a Cursor,
    draft: Option<PartialCommand<'a>>,
    word: &'a Word<'a>,
}

impl<'a> Line<'a> {
    fn candidates(&self) -> Vec<Candidate> {
        match &self.cursor.kind {
            CursorKind::Command { piped } => self.word.sorted(self.commands(*piped)),
            CursorKind::Parameter => self.word.names(self.parameters()),
            CursorKind::Value => match self.draft.as_ref().and_then(|draft| draft.at) {
                Some(parameter) => self.values(parameter),
                None => Vec::new(),
            },
            CursorKind::Property { path } => self.word.sorted(self.properties(path)),
            CursorKind::Compared { property } => self.word.sorted(self.values_of(property)),
            CursorKind::Operator { names } => {
                let names = names.iter().map(|name| Offer::of(format!("-{name}")));
                self.word.names(names)
            }
            CursorKind::Variable => self.word.names(self.variables()),
            CursorKind::None => Vec::new(),
        }
    }

    /// What the value at the cursor is a name of.
    fn offered(&self) -> Option<Names> {
        let parameter = self.draft.as_ref()?.at?;
        match (parameter.offers, parameter.kind) {
            (Some(names), _) | (None, Kind::Name(names)) => Some(names),
            _ => None,
        }
    }

    fn values(&self, parameter: &'static Parameter) -> Vec<Candidate> {
        match (self.offered(), parameter.kind) {
            (Some(names @ (Names::Change | Names::Line)), _) => {
                self.word.ordered(self.source(names))
            }
            (Some(names), _) => self.word.sorted(self.source(names)),
            (None, Kind::Choice(choices)) => {
                let choices = choices.iter().map(|choice| Offer::of(*choice));
                self.word.sorted(choices)
            }
            _ => Vec::new(),
        }
    }

    /// All that a parameter of a kind may be given, as far as it is known.
    fn source(&self, names: Names) -> Offers<'_> {
        match names {
            Names::User => self.users(),
            Names::DeletedUser => self.deleted_users(),
            Names::Member => self.members(),
            Names::Admin => self.admins(),
            Names::Sku => self.skus(),
            Names::HeldSku => self.held_skus(),
            Names::CatalogSku => self.catalog_skus(),
            Names::Plan => self.plans(),
            Names::PlanOn => self.switched_plans(true),
            Names::PlanOff => self.switched_plans(false),
            Names::Group => self.groups(),
            Names::Department => self.shared_text(|user| user.department.as_ref()),
            Names::City => self.shared_text(|user| user.city.as_ref()),
            Names::Country => self.shared_text(|user| user.country.as_ref()),
            Names::Location => self.locations(),
            Names::Role => self.roles(),
            Names::Property | Names::Column => self.properties(&[]),
            Names::PropertyValue => self.property_values(),
            Names::Command => self.cmdlets(),
            Names::Topic => self.topics(),
            Names::Parameter => self.parameters_of_named(),
            Names::Change => self.changes(),
            Names::Line => self.lines(),
            Names::Path => self.paths(),
            Names::Variable => self.variable_names(),
            // Its words go on within the value.
            Names::Filter => Box::new(std::iter::empty()),
        }
    }

    /// The properties of what passes the cursor, or of what is under one of them.
    fn properties(&self, path: &[String]) -> Offers<'_> {
        let pipe = &self.cursor.pipe;
        if !path.is_empty() {
            return match &pipe.head {
                Some(head) if pipe.stages.is_empty() => {
                    all(self.host.properties_of(head, path).unwrap_or_default())
                }
                // What is under a property is a list, or has nothing.
                _ => all(names(&["Count"])),
            };
        }
        match self.passing(pipe) {
            Some(own) if own == names(objects::USER.properties) => all(names(self.of_users())),
            Some(names) => all(names),
            None => {
                let mut names = names(&objects::property_names().collect::<Vec<_>>());
                names.extend(self.of_users().iter().map(|name| (*name).to_owned()));
                names.sort_unstable();
                names.dedup();
                all(names)
            }
        }
    }

    /// The properties of users, further fields of an export included.
    fn of_users(&self) -> &'static [&'static str] {
        let first = self.tenant.users().first();
        first.map_or(objects::USER.properties, |user| Object::properties(&**user))
    }

    fn passing(&self, pipe: &Pipe) -> OutputColumns {
        let head = pipe.head.as_ref();
        let head = head.map(|name| self.host.properties_of(name, &[]));
        passing(head, &pipe.stages, self.host.catalog())
    }

    /// What stands for things of a kind on the line of the command, else on those in front of it.
    fn named(&self, names: Names) -> Vec<&str> {
        let own = self.draft.iter().flat_map(|draft| draft.named(names));
        let own: Vec<&str> = own.collect();
        if !own.is_empty() {
            return own;
        }
        let stages = self.cursor.pipe.stages.iter().rev();
        let in_front = stages.filter_map(|stage| {
            let cmdlet = self.host.catalog().find(&stage.name)?;
            let draft = PartialCommand::new(self.host.catalog(), cmdlet, stage, None, true);
            Some(draft.named(names))
        });
        in_front
            .into_iter()
            .find(|found| !found.is_empty())
            .unwrap_or_default()
    }

    /// The users that are named on the line.
    fn named_users(&self) -> Vec<&'a User> {
        let found = self.named(Names::User).into_iter();
        let found = found.filter_map(|text| self.tenant.find_user(text).ok());
        found.map(|user| &**user).collect()
    }
}

fn all<'a>(texts: impl IntoIterator<Item = String, IntoIter: 'a>) -> Offers<'a> {
    Box::new(texts.into_iter().map(|text| Offer::of(Cow::Owned(text))))
}
