//! Which users a list cmdlet of Microsoft's modules returns, and in which order.

use std::sync::Arc;

use super::parameters::{COUNT_VARIABLE, FILTER, SEARCH, SORT, TOP};
use crate::command::{Args, Call, Flow};
use crate::diagnostic::Diagnostic;
use crate::objects::{UserFilter, has_word};
use crate::tenant::{Tenant, User};
use crate::value::{Object, Record, Value, order};

type Test<'a> = Box<dyn Fn(&User) -> bool + 'a>;

/// The users asked for.
pub struct Query<'a> {
    passes: Vec<Test<'a>>,
    top: Option<usize>,
    sort: Option<(&'static str, bool)>,
    count_variable: Option<Arc<str>>,
}

impl<'a> Query<'a> {
    /// All users but the deleted ones.
    pub fn new() -> Self {
        Self {
            passes: vec![Box::new(|user| user.deleted.is_none())],
            top: None,
            sort: None,
            count_variable: None,
        }
    }

    /// All soft-deleted users.
    pub fn deleted() -> Self {
        let mut query = Self::new();
        query.passes = vec![Box::new(|user| user.deleted.is_some())];
        query
    }

    /// What `-Filter`, `-Search`, `-Top`, `-Sort` and `-CountVariable` of Get-MgUser ask for.
    ///
    /// # Errors
    /// A filter, search or order that Graph would refuse.
    pub fn of_graph(tenant: &Tenant, args: &Args) -> Result<Self, Diagnostic> {
        let mut query = Self::new();
        if let Some(text) = args.get(&FILTER) {
            query.filter(tenant, &text)?;
        }
        if let Some(text) = args.get(&SEARCH) {
            query.search(&text)?;
        }
        query.limit(args.get(&TOP))?;
        if let Some(text) = args.get(&SORT) {
            query.sort = Some(sorted_by(&text)?);
        }
        query.count_variable = args.get(&COUNT_VARIABLE);
        Ok(query)
    }

    pub fn filter(&mut self, tenant: &Tenant, text: &str) -> Result<(), Diagnostic> {
        let filter = UserFilter::parse(text, tenant)?;
        self.and(move |user| filter.passes(user));
        Ok(())
    }

    pub fn limit(&mut self, top: Option<i64>) -> Result<(), Diagnostic> {
        if let Some(top) = top {
            let many = usize::try_from(top).map_err(|_| {
                Diagnostic::usage("InvalidArgument", format!("-Top can't be {top}"))
                    .hint("it is a number of objects, such as 10")
            })?;
            self.top = Some(many);
        }
        Ok(())
    }

    pub fn and(&mut self, passes: impl Fn(&User) -> bool + 'a) {
        self.passes.push(Box::new(passes));
    }

    /// `"displayName:Anna"`, also with a quote around it as Graph wants it.
    fn search(&mut self, text: &str) -> Result<(), Diagnostic> {
        let bare = text.trim().trim_matches('"');
        let (field, wanted) = bare.split_once(':').ok_or_else(|| {
            Diagnostic::usage("InvalidArgument", format!("-Search can't be '{text}'"))
                .hint("name a property and a text: '\"displayName:Anna\"'")
        })?;
        let name = searchable(field).ok_or_else(|| {
            Diagnostic::usage(
                "InvalidArgument",
                format!("-Search doesn't look into '{field}'"),
            )
            .hint("it looks into displayName, mail and userPrincipalName")
        })?;
        let wanted = wanted.to_lowercase();
        self.and(move |user| {
            let text = user.property(name).unwrap_or_default();
            has_word(&text.to_text(), &wanted)
        });
        Ok(())
    }

    /// Writes the users as records, and sets the variable for their number.
    pub fn write(self, call: &mut Call, make: fn(&Tenant, &User) -> Record) -> Result<(), Flow> {
        let tenant = call.tenant();
        let top = self.top.unwrap_or(usize::MAX);
        let mut count = 0usize;
        let mut kept: Vec<&Arc<User>> = Vec::new();
        for (index, user) in tenant.users().iter().enumerate() {
            if index % 4096 == 0 {
                call.check_interrupt()?;
            }
            if !self.passes.iter().all(|passes| passes(user)) {
                continue;
            }
            count += 1;
            if self.sort.is_some() {
                kept.push(user);
            } else if count <= top {
                call.write(Value::object(make(&tenant, user)))?;
            }
        }
        if let Some((name, descending)) = self.sort {
            let key = |user: &User| user.property(name).unwrap_or_default();
            kept.sort_by(|a, b| {
                let order = order(&key(a), &key(b), false).unwrap_or(std::cmp::Ordering::Equal);
                if descending { order.reverse() } else { order }
            });
            for user in kept.into_iter().take(top) {
                call.write(Value::object(make(&tenant, user)))?;
            }
        }
        if let Some(name) = &self.count_variable {
            let count = i64::try_from(count).unwrap_or(i64::MAX);
            call.set_variable(name.trim_start_matches('$'), count.into());
        }
        Ok(())
    }
}

fn searchable(field: &str) -> Option<&'static str> {
    ["DisplayName", "Mail", "UserPrincipalName"]
        .into_iter()
        .find(|name| name.eq_ignore_ascii_case(field.trim()))
}

fn sorted_by(text: &str) -> Result<(&'static str, bool), Diagnostic> {
    let mut words = text.split_whitespace();
    let name = words.next().unwrap_or_default();
    let descending = match words.next().map(str::to_ascii_lowercase).as_deref() {
        None | Some("asc") => Some(false),
        Some("desc") => Some(true),
        Some(_) => None,
    };
    match (searchable(name), descending) {
        (Some(name), Some(descending)) if name != "Mail" => Ok((name, descending)),
        _ => Err(
            Diagnostic::usage("InvalidArgument", format!("-Sort can't be '{text}'")).hint(
                "Graph sorts by displayName or userPrincipalName; | Sort-Object takes any property",
            ),
        ),
    }
}
