//! Lists of users: a text with one a line, or a CSV with a column that names them.

use super::parsed::Found;
use super::table::Table;
use super::{Unused, place};
use crate::diagnostic::{Category, Diagnostic};
use crate::files::Text;

/// The columns that may name users; the first that is there counts.
const COLUMNS: [&str; 9] = [
    "User principal name",
    "UPN",
    "Mail",
    "Object Id",
    "Id",
    "PrimarySmtpAddress",
    "EmployeeId",
    "SamAccountName",
    "OnPremisesSamAccountName",
];

/// A list of users that was read.
#[derive(Clone, Debug, Default)]
pub struct UserList {
    pub users: Vec<ListedUser>,
    pub unused: Vec<Unused>,
}

/// A user of a list, by UPN, mail address or id as the list has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedUser {
    pub name: String,
    pub line: usize,
}

/// Reads a list of users. A CSV without a column that names them is an error that says which columns it has.
pub fn read_user_list(text: &Text) -> Result<UserList, Diagnostic> {
    let table = Table::read(0, text);
    let Some(column) = table.column(&COLUMNS) else {
        return if table.headers.len() > 1 {
            Err(no_column(text, &table.headers))
        } else {
            Ok(plain(text))
        };
    };
    let mut list = UserList::default();
    let mut found = Found::default();
    let mut named = Found::default();
    for row in table.rows(&mut found) {
        match row.cell(Some(column)) {
            Some(name) => named.unused(row.place, name, ""),
            None => found.unused(
                row.place,
                "a row",
                format!("its {} is empty", table.headers[column]),
            ),
        }
    }
    let texts = std::slice::from_ref(text);
    list.unused = place(&found, texts);
    // Placed as faults are, which turns offsets into lines.
    list.users = place(&named, texts)
        .into_iter()
        .map(|at| ListedUser {
            name: at.what,
            line: at.line,
        })
        .collect();
    Ok(list)
}

/// One user a line; blank lines and lines that begin with `#` say nothing.
fn plain(text: &Text) -> UserList {
    let lines = text.content.lines().map(str::trim).zip(1..);
    let users = lines.filter(|(name, _)| !name.is_empty() && !name.starts_with('#'));
    let listed = |(name, line): (&str, usize)| ListedUser {
        name: name.trim_matches('"').to_owned(),
        line,
    };
    UserList {
        users: users.map(listed).collect(),
        unused: Vec::new(),
    }
}

fn no_column(text: &Text, headers: &[String]) -> Diagnostic {
    Diagnostic::new(
        "NoUserColumn",
        Category::InvalidData,
        format!(
            "{} has no column that names users, only {}",
            text.name(),
            headers.join(", ")
        ),
    )
    .about(text.name())
    .hint("name the column UserPrincipalName, UPN, Mail, Id, EmployeeId or SamAccountName")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(content: &str) -> Result<UserList, Diagnostic> {
        read_user_list(&Text {
            path: "leavers".into(),
            content: content.to_owned(),
        })
    }

    fn users(content: &str) -> Vec<(String, usize)> {
        let list = read(content).unwrap().users;
        list.into_iter()
            .map(|user| (user.name, user.line))
            .collect()
    }

    #[test]
    fn texts_and_tables_name_the_same_users() {
        let expected = [("a@x.com".to_owned(), 2), ("b@x.com".to_owned(), 4)];
        for content in [
            "# left\na@x.com\n\n b@x.com\n",
            "UserPrincipalName,Reason\r\na@x.com,\"left, see \"\"HR\"\"\"\r\n\r\nb@x.com,x\r\n",
            "Reason;User principal name\nx;a@x.com\n\nx;b@x.com",
            "upn\na@x.com\n\nb@x.com",
            "Name,Mail\nA,a@x.com\n,\nB,b@x.com",
        ] {
            assert_eq!(users(content), expected, "{content}");
        }
    }

    #[test]
    fn rows_that_name_nobody_are_listed_and_tables_without_a_column_refused() {
        let list = read("UPN,Reason\n,x\na@x.com\nb@x.com,y\n").unwrap();
        let lines: Vec<_> = list.unused.iter().map(|unused| unused.line).collect();
        assert_eq!((lines, list.users[0].line), (vec![2, 3], 4));
        let fault = read("Name,Reason\nA,x").unwrap_err();
        assert!(fault.message.contains("only Name, Reason"), "{fault}");
        assert!(read("").unwrap().users.is_empty());
    }
}
