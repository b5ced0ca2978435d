//! A change carried out on the one thing that it is about: checked against its before-image, then done.

use std::sync::Arc;

use super::change::{Change, DataKind, UserFields};
use super::{Assignment, Group, GroupLicense, Organisation, Product, User, UserData};

/// Why a change doesn't fit: what was expected, as a clause.
type Fit = Result<(), &'static str>;

fn expect(fits: bool, otherwise: &'static str) -> Fit {
    if fits { Ok(()) } else { Err(otherwise) }
}

/// Nothing of the user is changed where it doesn't fit.
pub(super) fn user(user: &mut User, change: &Change) -> Fit {
    use Change::*;
    match change {
        LicenseAssigned {
            sku,
            group,
            disabled,
            error,
            ..
        } => {
            let held = |own: &Assignment| own.sku == *sku && own.group == *group;
            expect(
                !user.licenses.iter().any(held),
                "the license is already held",
            )?;
            let new = Assignment {
                sku: sku.clone(),
                group: *group,
                disabled: Arc::clone(disabled),
                error: *error,
            };
            push(&mut user.licenses, new);
        }
        LicenseRemoved {
            sku, group, was, ..
        } => {
            let index = position(user, sku, *group)?;
            let own = &user.licenses[index];
            expect(
                same_set(&own.disabled, &was.disabled) && own.error == was.error,
                "the license isn't what it was",
            )?;
            remove(&mut user.licenses, index);
        }
        PlansSwitched {
            sku,
            group,
            was,
            now,
            ..
        } => {
            let index = position(user, sku, *group)?;
            expect(
                same_set(&user.licenses[index].disabled, was),
                "other plans are switched off",
            )?;
            Arc::make_mut(&mut user.licenses)[index].disabled = Arc::clone(now);
        }
        LicenseErrorChanged {
            sku,
            group,
            was,
            now,
            ..
        } => {
            let index = position(user, sku, Some(*group))?;
            expect(
                user.licenses[index].error == *was,
                "the license's error is another",
            )?;
            Arc::make_mut(&mut user.licenses)[index].error = *now;
        }
        UserEdited { was, now, .. } => fields(user, was, now)?,
        UserDeleted { at, .. } => {
            expect(user.deleted.is_none(), "the user is already deleted")?;
            user.deleted = Some((*at).into());
        }
        UserRestored { was, .. } => {
            expect(
                user.deleted == Some((*was).into()),
                "the user wasn't deleted at that time",
            )?;
            user.deleted = None;
        }
        SignInBlocked { .. } => {
            expect(user.enabled, "sign-in is already blocked")?;
            user.enabled = false;
        }
        SignInAllowed { .. } => {
            expect(!user.enabled, "sign-in is already allowed")?;
            user.enabled = true;
        }
        RoleAssigned { role, .. } => {
            expect(!user.roles.contains(role), "the role is already held")?;
            push(&mut user.roles, *role);
        }
        RoleRemoved { role, .. } => {
            let index = user.roles.iter().position(|own| own == role);
            remove(&mut user.roles, index.ok_or("the role isn't held")?);
        }
        MemberAdded { group, .. } => {
            expect(!user.groups.contains(group), "the user is already a member")?;
            push(&mut user.groups, *group);
        }
        MemberRemoved { group, .. } => {
            let index = user.groups.iter().position(|own| own == group);
            remove(&mut user.groups, index.ok_or("the user is no member")?);
        }
        SessionsRevoked { .. }
        | DataClockStarted { .. }
        | DataClockStopped { .. }
        | MailboxChanged { .. }
        | OnedriveChanged { .. }
        | PhoneNumberReleased { .. }
        | PhoneNumberAssigned { .. } => {
            let mut known = user.data.as_deref().cloned().unwrap_or_default();
            data(&mut known, change)?;
            user.data = Some(Box::new(known));
            UserData::tidy(&mut user.data);
        }
        _ => return Err("it isn't about a user"),
    }
    Ok(())
}

fn data(known: &mut UserData, change: &Change) -> Fit {
    use Change::*;
    match change {
        SessionsRevoked { was, now, .. } => {
            expect(
                known.sessions_revoked == *was,
                "the sessions were revoked at another time",
            )?;
            known.sessions_revoked = *now;
        }
        DataClockStarted { at, data, .. } => clock(known, data, None, Some(*at))?,
        DataClockStopped { was, data, .. } => clock(known, data, Some(*was), None)?,
        MailboxChanged { was, now, .. } => {
            let own = known.mailbox.get_or_insert_default();
            expect(own == &**was, "the mailbox isn't what it was")?;
            own.clone_from(now);
        }
        OnedriveChanged { was, now, .. } => {
            let own = known.onedrive.get_or_insert_default();
            expect(own == &**was, "the OneDrive isn't what it was")?;
            own.clone_from(now);
        }
        PhoneNumberReleased { was, .. } => {
            expect(
                known.phone_number.as_ref() == Some(was),
                "the phone number is another",
            )?;
            known.phone_number = None;
        }
        PhoneNumberAssigned { now, .. } => {
            expect(known.phone_number.is_none(), "there is a phone number")?;
            known.phone_number = Some(now.clone());
        }
        _ => return Err("it isn't about a user's data"),
    }
    Ok(())
}

fn clock(
    known: &mut UserData,
    data: &[DataKind],
    was: Option<jiff::Timestamp>,
    now: Option<jiff::Timestamp>,
) -> Fit {
    for kind in data {
        let own = match kind {
            DataKind::Mailbox => &mut known.mailbox.get_or_insert_default().disconnected,
            DataKind::OneDrive => &mut known.onedrive.get_or_insert_default().unlicensed,
        };
        expect(*own == was, "the data's clock isn't what it was")?;
        *own = now;
    }
    Ok(())
}

fn fields(user: &mut User, was: &UserFields, now: &UserFields) -> Fit {
    let own = UserFields::of(user);
    let mut next = own.clone();
    macro_rules! edit {
        ($($field:ident)*) => {$(
            if was.$field != now.$field {
                expect(own.$field == was.$field, concat!("its ", stringify!($field), " is another"))?;
                next.$field.clone_from(&now.$field);
            }
        )*};
    }
    edit!(upn display_name given_name surname mail job_title department office city country usage_location kind);
    for (name, value) in was.extra.iter() {
        expect(
            own.extra.get(name) == Some(value),
            "one of its further fields is another",
        )?;
        next.extra.set(name, None);
    }
    for (name, value) in now.extra.iter() {
        expect(
            next.extra.get(name).is_none(),
            "one of its further fields is another",
        )?;
        next.extra.set(name, Some(value.clone()));
    }
    let (Some(upn), Some(display_name), Some(kind)) = (next.upn, next.display_name, next.kind)
    else {
        return Err("a user can't be without name and kind");
    };
    user.upn = upn;
    user.display_name = display_name;
    user.kind = kind;
    user.given_name = next.given_name;
    user.surname = next.surname;
    user.mail = next.mail;
    user.job_title = next.job_title;
    user.department = next.department;
    user.office = next.office;
    user.city = next.city;
    user.country = next.country;
    user.usage_location = next.usage_location;
    user.extra = next.extra;
    Ok(())
}

pub(super) fn group(group: &mut Group, change: &Change) -> Fit {
    match change {
        Change::GroupLicenseAssigned { sku, disabled, .. } => {
            expect(
                !group.licenses.iter().any(|own| own.sku == *sku),
                "the group already has the license",
            )?;
            group.licenses.push(GroupLicense {
                sku: sku.clone(),
                disabled: disabled.to_vec(),
            });
        }
        Change::GroupLicenseRemoved { sku, was, .. } => {
            let index = group.licenses.iter().position(|own| own.sku == *sku);
            let index = index.ok_or("the group doesn't have the license")?;
            expect(
                same_set(&group.licenses[index].disabled, &was.disabled),
                "the group's license isn't what it was",
            )?;
            group.licenses.remove(index);
        }
        _ => return Err("it isn't about a group"),
    }
    Ok(())
}

pub(super) fn product(product: &mut Product, change: &Change) -> Fit {
    match change {
        Change::ProductEdited { was, now } => {
            expect(*product == **was, "the product isn't what it was")?;
            expect(was.sku == now.sku, "a product's key stays")?;
            product.clone_from(now);
        }
        Change::SubscriptionChanged { nth, was, now, .. } => {
            let nth = usize::try_from(*nth).unwrap_or(usize::MAX);
            let list = &mut product.subscriptions;
            match was {
                Some(was) => expect(
                    list.get(nth) == Some(was),
                    "the subscription isn't what it was",
                )?,
                None => expect(nth <= list.len(), "there are fewer subscriptions")?,
            }
            match (was, now) {
                (Some(_), Some(now)) => list[nth] = now.clone(),
                (Some(_), None) => drop(list.remove(nth)),
                (None, Some(now)) => list.insert(nth, now.clone()),
                (None, None) => {}
            }
        }
        _ => return Err("it isn't about a product"),
    }
    Ok(())
}

pub(super) fn organisation(own: &mut Organisation, change: &Change) -> Fit {
    match change {
        Change::ClockMoved { was, now } => {
            expect(own.clock_offset == *was, "the clock stands elsewhere")?;
            own.clock_offset = *now;
        }
        Change::OrganisationEdited { was, now } => {
            expect(*own == **was, "the organisation isn't what it was")?;
            own.clone_from(now);
        }
        _ => return Err("it isn't about the organisation"),
    }
    Ok(())
}

fn position(user: &User, sku: &str, group: Option<uuid::Uuid>) -> Result<usize, &'static str> {
    let held = |own: &Assignment| &*own.sku == sku && own.group == group;
    let index = user.licenses.iter().position(held);
    index.ok_or("the license isn't held")
}

fn push<T: Clone>(list: &mut Arc<[T]>, item: T) {
    *list = list.iter().cloned().chain([item]).collect();
}

fn remove<T: Clone>(list: &mut Arc<[T]>, index: usize) {
    let kept = list.iter().enumerate().filter(|(i, _)| *i != index);
    *list = kept.map(|(_, item)| item.clone()).collect();
}

/// The order of a list of plans means nothing.
pub(super) fn same_set<T: PartialEq>(a: &[T], b: &[T]) -> bool {
    a.len() == b.len() && a.iter().all(|item| b.contains(item))
}
