//! What the readers find in the files, before it is put together as a tenant.

use std::collections::{BTreeSet, HashMap, HashSet};

use jiff::Timestamp;
use uuid::Uuid;

use crate::tenant::{AssignmentError, Product, Role, Subscription, Symbol, User, UserData};

/// Where something stands: the number of its file and a byte offset, made a line only for what is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub file: usize,
    pub offset: usize,
}

/// A record or a field that could not be used.
#[derive(Debug)]
pub(super) struct Fault {
    pub place: Place,
    pub what: String,
    pub reason: String,
}

/// A user whose licenses aren't resolved yet: the products may stand in a later file.
#[derive(Debug)]
pub(super) struct FoundUser {
    pub place: Place,
    pub user: User,
    pub licenses: Vec<FoundLicense>,
    /// A table tells neither of groups nor of plans.
    pub from_csv: bool,
    /// Names of products joined by `+`, as the admin centre writes them.
    pub products: Option<Box<str>>,
    pub sign_ins: SignIns,
}

/// What a file says of a user's sign-ins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SignIns {
    Told,
    /// Nothing, which means never where the file has the column: Graph leaves the field out of who never signed in.
    Silent,
    /// Nothing, and the file can't.
    Unknown,
}

#[derive(Debug)]
pub(super) struct FoundLicense {
    pub place: Place,
    pub sku: Uuid,
    /// The group it is inherited from.
    pub group: Option<Uuid>,
    /// Ids of the plans that are switched off.
    pub disabled: Vec<Uuid>,
    pub error: Option<AssignmentError>,
}

#[derive(Debug)]
pub(super) struct FoundProduct {
    pub place: Place,
    /// Its key is the part number so far.
    pub product: Product,
    /// `consumedUnits`.
    pub reported: Option<u32>,
}

#[derive(Debug)]
pub(super) struct FoundGroup {
    pub place: Place,
    pub id: Uuid,
    pub name: Option<Symbol>,
    /// Of a dynamic group.
    pub membership_rule: Option<Box<str>>,
    pub synced: bool,
    /// What its members inherit; none where the file doesn't say.
    pub licenses: Option<Vec<FoundLicense>>,
}

#[derive(Debug)]
pub(super) struct FoundSubscription {
    pub place: Place,
    pub sku: Uuid,
    pub part_number: Symbol,
    pub subscription: Subscription,
}

/// What a row says of a user's data.
#[derive(Debug)]
pub(super) struct FoundReport {
    /// UPN, mail address or id.
    pub user: Box<str>,
    pub data: UserData,
    pub last_used: Option<Timestamp>,
}

/// Everything found in all files.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub users: Vec<FoundUser>,
    pub products: Vec<FoundProduct>,
    pub groups: Vec<FoundGroup>,
    pub subscriptions: Vec<FoundSubscription>,
    pub reports: Vec<FoundReport>,
    /// Users and the groups that list them as members.
    pub members: Vec<(Uuid, Uuid)>,
    /// Users and the roles that list them as members.
    pub holders: Vec<(Uuid, Role)>,
    /// Names of groups that only a user's membership mentions.
    pub group_names: HashMap<Uuid, Symbol>,
    /// The tenants of which the subscribed SKUs are.
    pub accounts: BTreeSet<String>,
    /// Files whose page was asked for `signInActivity`.
    pub with_sign_ins: HashSet<usize>,
    pub faults: Vec<Fault>,
    sentences: Vec<String>,
    tallies: Vec<Tally>,
    left_out: Vec<(String, usize)>,
}

/// A notice that holds for many records and is told once.
#[derive(Debug)]
struct Tally {
    sentence: &'static str,
    first: String,
    count: usize,
}

impl Found {
    pub fn unused(&mut self, place: Place, what: impl Into<String>, reason: impl Into<String>) {
        self.faults.push(Fault {
            place,
            what: what.into(),
            reason: reason.into(),
        });
    }

    pub fn notice(&mut self, sentence: String) {
        self.sentences.push(sentence);
    }

    /// Notes that a sentence holds for one more record.
    pub fn tally(&mut self, sentence: &'static str, of: &str) {
        match self.tallies.iter_mut().find(|t| t.sentence == sentence) {
            Some(tally) => tally.count += 1,
            None => self.tallies.push(Tally {
                sentence,
                first: of.to_owned(),
                count: 1,
            }),
        }
    }

    /// Notes that a field that carries something has no place in the tenant.
    pub fn leave_out(&mut self, field: &str) {
        let same = |(name, _): &&mut (String, usize)| name.eq_ignore_ascii_case(field);
        match self.left_out.iter_mut().find(same) {
            Some((_, count)) => *count += 1,
            None => self.left_out.push((field.to_owned(), 1)),
        }
    }

    pub fn notices(&self) -> Vec<String> {
        let tallies = self.tallies.iter().map(|tally| match tally.count {
            1 => format!("{} ({})", tally.sentence, tally.first),
            n => format!("{} ({n} times, first {})", tally.sentence, tally.first),
        });
        let mut notices: Vec<String> = self.sentences.iter().cloned().chain(tallies).collect();
        if !self.left_out.is_empty() {
            let fields = self
                .left_out
                .iter()
                .map(|(name, n)| format!("{name} ({n})"));
            let fields: Vec<_> = fields.collect();
            notices.push(format!(
                "fields that the tenant has no place for were left out: {}",
                fields.join(", ")
            ));
        }
        notices
    }
}
