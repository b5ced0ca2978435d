//! Users as CSV: the admin centre's "Export users" in both of its layouts, and Entra's "Download users".

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use smol_str::SmolStr;
use uuid::Uuid;

use super::parsed::{Found, FoundUser, SignIns};
use super::table::{Row, Table};
use crate::diagnostic::{Category, Diagnostic};
use crate::files::Text;
use crate::tenant::{CompactTimestamp, ExtraValue, Location, Symbol, User, UserKind};
use crate::value;

const UPN: &[&str] = &["User principal name"];
const ID: &[&str] = &["Object Id", "id"];

/// The columns that are read; all others are tallied as left out.
struct Columns {
    id: Option<usize>,
    upn: Option<usize>,
    display_name: Option<usize>,
    given_name: Option<usize>,
    surname: Option<usize>,
    mail: Option<usize>,
    addresses: Option<usize>,
    job_title: Option<usize>,
    department: Option<usize>,
    office: Option<usize>,
    city: Option<usize>,
    country: Option<usize>,
    usage_location: Option<usize>,
    kind: Option<usize>,
    blocked: Option<usize>,
    enabled: Option<usize>,
    synced: Option<usize>,
    created: Option<usize>,
    deleted: Option<usize>,
    licenses: Option<usize>,
}

impl Columns {
    fn of(table: &Table) -> Self {
        let column = |names: &[&str]| table.column(names);
        Self {
            id: column(ID),
            upn: column(UPN),
            display_name: column(&["Display name"]),
            given_name: column(&["First name", "givenName"]),
            surname: column(&["Last name", "surname"]),
            mail: column(&["mail"]),
            addresses: column(&["Proxy addresses"]),
            job_title: column(&["Title", "jobTitle"]),
            department: column(&["Department"]),
            office: column(&["Office", "officeLocation", "physicalDeliveryOfficeName"]),
            city: column(&["City"]),
            country: column(&["Country/Region", "CountryOrRegion", "country"]),
            usage_location: column(&["Usage location"]),
            kind: column(&["userType"]),
            blocked: column(&["Block credential"]),
            enabled: column(&["accountEnabled"]),
            synced: column(&["DirSyncEnabled", "directorySynced"]),
            created: column(&["When created", "createdDateTime"]),
            deleted: column(&["Soft deletion time stamp", "deletedDateTime"]),
            licenses: column(&["Licenses"]),
        }
    }

    fn all(&self) -> [Option<usize>; 20] {
        [
            self.id,
            self.upn,
            self.display_name,
            self.given_name,
            self.surname,
            self.mail,
            self.addresses,
            self.job_title,
            self.department,
            self.office,
            self.city,
            self.country,
            self.usage_location,
            self.kind,
            self.blocked,
            self.enabled,
            self.synced,
            self.created,
            self.deleted,
            self.licenses,
        ]
    }
}

/// Whether a table tells of users.
pub(super) fn is_users(table: &Table) -> bool {
    table.column(UPN).is_some()
}

pub(super) fn read(text: &Text, table: &Table, found: &mut Found) -> Result<(), Diagnostic> {
    let columns = Columns::of(table);
    if columns.id.is_none() {
        return Err(Diagnostic::new(
            "NotAnExport",
            Category::InvalidData,
            format!(
                "{} has no Object Id column: it is a list of users, no export",
                text.name()
            ),
        )
        .about(text.name())
        .hint("export the users from the admin centre or Entra, or ask Graph for /users"));
    }
    if columns.licenses.is_none() {
        found.notice(format!(
            "{} has no Licenses column: its users count as unlicensed",
            text.name()
        ));
    }
    if columns.blocked.is_none() && columns.enabled.is_none() {
        found.notice(format!(
            "{} does not say who is blocked: all count as enabled",
            text.name()
        ));
    }
    let read = columns.all();
    let rows = table.rows(found);
    let dates = Dates::of(&rows, &columns);
    if dates == Dates::DayFirst {
        found.notice(format!(
            "the dates of {} are read day first: one of them makes no sense otherwise",
            text.name()
        ));
    }
    for row in rows {
        if let Some(mut user) = user(&row, &columns, dates, found) {
            for (column, header) in table.headers.iter().enumerate() {
                // Most cells of these say only that the default holds.
                let default = row
                    .cell(Some(column))
                    .is_none_or(|cell| cell.eq_ignore_ascii_case("false"));
                let kept = Some(column) == columns.addresses || !read.contains(&Some(column));
                if !default && kept {
                    match further(header) {
                        Some(name) => {
                            let text = row.cell(Some(column)).map(SmolStr::from);
                            user.user.extra.set(&name, text.map(ExtraValue::Text));
                        }
                        None => found.leave_out(header),
                    }
                }
            }
            found.users.push(user);
        }
    }
    Ok(())
}

fn user(row: &Row, columns: &Columns, dates: Dates, found: &mut Found) -> Option<FoundUser> {
    let upn = row.cell(columns.upn);
    let who = format!("user {}", upn.unwrap_or("without a name"));
    let unusable =
        |found: &mut Found, reason: String| found.unused(row.place, who.as_str(), reason);
    let Some(upn) = upn else {
        unusable(found, "it has no user principal name".to_owned());
        return None;
    };
    let Some(id) = row.cell(columns.id) else {
        unusable(found, "it has no object id".to_owned());
        return None;
    };
    let Ok(id) = Uuid::try_parse(id) else {
        unusable(found, format!("its object id {id:?} is no GUID"));
        return None;
    };
    let text = |column| row.cell(column).map(SmolStr::from);
    let symbol = |column| row.cell(column).map(Symbol::new);
    let mut user = User::new(id, upn, row.cell(columns.display_name).unwrap_or(upn));
    user.given_name = text(columns.given_name);
    user.surname = text(columns.surname);
    user.mail = text(columns.mail).or_else(|| row.cell(columns.addresses).and_then(primary));
    user.job_title = symbol(columns.job_title);
    user.department = symbol(columns.department);
    user.office = symbol(columns.office);
    user.city = symbol(columns.city);
    user.country = symbol(columns.country);
    let mut cell = Cell {
        row,
        who: &who,
        found,
    };
    user.usage_location = cell.read(columns.usage_location, "usage location", Location::new);
    user.kind = cell
        .read(columns.kind, "user type", kind)
        .unwrap_or_default();
    let blocked = cell.read(columns.blocked, "block credential", boolean);
    let enabled = cell.read(columns.enabled, "accountEnabled", boolean);
    user.enabled = enabled.unwrap_or(!blocked.unwrap_or_default());
    user.synced = cell
        .read(columns.synced, "directory sync", boolean)
        .unwrap_or_default();
    user.created = cell.read(columns.created, "creation time", |cell| {
        dates.time(cell).map(CompactTimestamp::from)
    });
    user.deleted = cell.read(columns.deleted, "deletion time", |cell| {
        dates.time(cell).map(CompactTimestamp::from)
    });
    let products = row
        .cell(columns.licenses)
        .filter(|cell| !cell.eq_ignore_ascii_case("Unlicensed"));
    Some(FoundUser {
        place: row.place,
        user,
        licenses: Vec::new(),
        from_csv: true,
        products: products.map(Box::from),
        sign_ins: SignIns::Unknown,
    })
}

/// The cells of a row that must be of a form; one that isn't is listed as unused.
struct Cell<'a> {
    row: &'a Row<'a>,
    who: &'a str,
    found: &'a mut Found,
}

impl Cell<'_> {
    fn read<T>(
        &mut self,
        column: Option<usize>,
        name: &str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let cell = self.row.cell(column)?;
        let value = read(cell);
        if value.is_none() {
            let reason = format!("{cell:?} can't be read as one");
            self.found
                .unused(self.row.place, format!("{name} of {}", self.who), reason);
        }
        value
    }
}

/// What Graph calls a column; `None` for one that says of the licenses what would be false after the first change.
fn further(header: &str) -> Option<String> {
    let words = header.split(|c: char| !c.is_alphanumeric() && c != '_');
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    let plain = words.concat().to_lowercase();
    let known = match plain.as_str() {
        "licenseassignmentdetails" => return None,
        "fax" => "faxNumber",
        "mobilephone" => "mobilePhone",
        "phonenumber" | "telephonenumber" => "businessPhones",
        "stateorprovince" => "state",
        "lastdirsynctime" => "onPremisesLastSyncDateTime",
        "lastpasswordchangetimestamp" => "lastPasswordChangeDateTime",
        "alternateemailaddress" => "otherMails",
        _ => "",
    };
    if !known.is_empty() {
        return Some(known.to_owned());
    }
    // `Preferred data location` is `preferredDataLocation`.
    let mut name = String::new();
    for word in words {
        let mut letters = word.chars();
        let first = letters.next().into_iter();
        match name.is_empty() {
            true => name.extend(first.flat_map(char::to_lowercase)),
            false => name.extend(first.flat_map(char::to_uppercase)),
        }
        name.push_str(letters.as_str());
    }
    (!name.is_empty()).then_some(name)
}

/// A time as any export writes it, month first where that isn't said.
pub(super) fn time(cell: &str) -> Option<Timestamp> {
    Dates::MonthFirst.time(cell)
}

fn kind(cell: &str) -> Option<UserKind> {
    match &*cell.to_ascii_lowercase() {
        "member" => Some(UserKind::Member),
        "guest" => Some(UserKind::Guest),
        _ => None,
    }
}

/// As the portals write it, and as spreadsheets of other languages rewrite it.
fn boolean(cell: &str) -> Option<bool> {
    match &*cell.to_lowercase() {
        "true" | "yes" | "1" | "wahr" | "vrai" | "verdadero" | "verdadeiro" | "vero" | "waar"
        | "sant" => Some(true),
        "false" | "no" | "0" | "falsch" | "faux" | "falso" | "onwaar" | "falskt" => Some(false),
        _ => None,
    }
}

/// Whether `3/4/2021` is in March, as Entra writes it, or in April, as a spreadsheet may have rewritten it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Dates {
    MonthFirst,
    DayFirst,
}

impl Dates {
    /// Day first where a date can't be read otherwise and none says the contrary.
    fn of(rows: &[Row], columns: &Columns) -> Self {
        let cells = rows
            .iter()
            .flat_map(|row| [columns.created, columns.deleted].map(|column| row.cell(column)))
            .flatten()
            .filter(|cell| cell.contains('/'));
        let (mut day_only, mut month_only) = (false, false);
        for cell in cells {
            let month = Dates::MonthFirst.time(cell).is_some();
            let day = Dates::DayFirst.time(cell).is_some();
            day_only |= day && !month;
            month_only |= month && !day;
        }
        match day_only && !month_only {
            true => Dates::DayFirst,
            false => Dates::MonthFirst,
        }
    }

    /// ISO 8601; with slashes as said, `8/19/2021 1:25:31 PM` by Entra; with dots always day first. UTC.
    fn time(self, cell: &str) -> Option<Timestamp> {
        if let Some(time) = value::time(cell) {
            return Some(time);
        }
        let date = match self {
            _ if cell.contains('.') => "%d.%m.%Y",
            Dates::MonthFirst => "%m/%d/%Y",
            Dates::DayFirst => "%d/%m/%Y",
        };
        let civil = ["%I:%M:%S %p", "%H:%M:%S", "%H:%M"]
            .iter()
            .find_map(|time| DateTime::strptime(format!("{date} {time}"), cell).ok())
            .or_else(|| {
                Date::strptime(date, cell)
                    .ok()
                    .map(|date| date.at(0, 0, 0, 0))
            })?;
        TimeZone::UTC.to_timestamp(civil).ok()
    }
}

/// The primary address of `SMTP:anna@contoso.com+smtp:al@contoso.com`: the one in capitals.
fn primary(addresses: &str) -> Option<SmolStr> {
    let mut addresses = addresses.split(['+', ';', ',', ' ']);
    addresses
        .find_map(|address| address.strip_prefix("SMTP:"))
        .map(SmolStr::from)
}
