//! The times in a change, of which a plan's are those of its application and not of its rehearsal.

use std::collections::HashSet;

use jiff::Timestamp;
use uuid::Uuid;

use super::{Change, Mailbox, OneDrive, Subject, User};

/// Which image a time belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Image {
    Was,
    Now,
}

impl Change {
    /// Shows every time that says when something happened, to be replaced or left.
    pub fn visit_times(&mut self, visit: &mut dyn FnMut(Image, &mut Timestamp)) {
        use Image::{Now, Was};
        match self {
            Change::UserAdded { now } => user(now, &mut |time| visit(Now, time)),
            Change::UserPurged { was } => user(was, &mut |time| visit(Was, time)),
            Change::UserDeleted { at, .. } | Change::DataClockStarted { at, .. } => visit(Now, at),
            Change::UserRestored { was, .. } | Change::DataClockStopped { was, .. } => {
                visit(Was, was);
            }
            Change::SessionsRevoked { was, now, .. } => {
                was.iter_mut().for_each(|time| visit(Was, time));
                now.iter_mut().for_each(|time| visit(Now, time));
            }
            Change::MailboxChanged { was, now, .. } => {
                mailbox(was, &mut |time| visit(Was, time));
                mailbox(now, &mut |time| visit(Now, time));
            }
            Change::OnedriveChanged { was, now, .. } => {
                onedrive(was, &mut |time| visit(Was, time));
                onedrive(now, &mut |time| visit(Now, time));
            }
            _ => {}
        }
    }
}

fn user(user: &mut User, visit: &mut dyn FnMut(&mut Timestamp)) {
    for time in [&mut user.created, &mut user.deleted].into_iter().flatten() {
        let mut seen = Timestamp::from(*time);
        visit(&mut seen);
        *time = seen.into();
    }
    if let Some(data) = user.data.as_deref_mut() {
        data.mailbox.iter_mut().for_each(|own| mailbox(own, visit));
        data.onedrive
            .iter_mut()
            .for_each(|own| onedrive(own, visit));
        data.sessions_revoked.iter_mut().for_each(&mut *visit);
    }
}

fn mailbox(mailbox: &mut Mailbox, visit: &mut dyn FnMut(&mut Timestamp)) {
    let times = [
        &mut mailbox.litigation_hold,
        &mut mailbox.disconnected,
        &mut mailbox.deleted,
    ];
    times.into_iter().flatten().for_each(visit);
}

fn onedrive(drive: &mut OneDrive, visit: &mut dyn FnMut(&mut Timestamp)) {
    let times = [&mut drive.unlicensed, &mut drive.deleted];
    times.into_iter().flatten().for_each(visit);
}

/// Puts one moment in the place of those that `is_meant` picks. A before-image keeps its time, unless an earlier one of the
/// changes gave the same thing that time.
pub fn set_times(changes: &mut [Change], is_meant: &dyn Fn(Timestamp) -> bool, to: Timestamp) {
    let mut set: HashSet<Uuid> = HashSet::new();
    for change in changes {
        let Subject::User(id) = change.subject() else {
            continue;
        };
        let mut sets = false;
        let was_set = set.contains(&id);
        change.visit_times(&mut |image, time| {
            if is_meant(*time) && (image == Image::Now || was_set) {
                *time = to;
                sets |= image == Image::Now;
            }
        });
        if sets {
            set.insert(id);
        }
    }
}
