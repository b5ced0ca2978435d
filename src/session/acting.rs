//! Who acts, asked again whenever the tenant has changed: a role that is taken ends what it allowed at once.

use super::Session;
use crate::diagnostic::{Category, Diagnostic};
use crate::tenant::{Actor, Change};

impl Session {
    /// Another admin acts from here on.
    ///
    /// # Errors
    /// `InTransaction` where changes of the one before wait to be committed: they would bear the wrong name.
    pub fn act_as(&mut self, actor: Actor) -> Result<(), Diagnostic> {
        let pending = self.transaction.as_ref().map(|open| &open.changes);
        if pending.is_some_and(|changes| !changes.is_empty()) && actor.name != self.actor.name {
            return Err(Diagnostic::new(
                "InTransaction",
                Category::Denied,
                format!(
                    "changes of {} wait in the transaction: another admin can't commit them",
                    self.actor.name
                ),
            )
            .hint("end the transaction first"));
        }
        self.actor = actor;
        Ok(())
    }

    /// Asks the tenant again who acts, after these changes to it. Whoever may act no more is signed out.
    ///
    /// # Errors
    /// Why they may not.
    pub(super) fn ask_actor_again<'c>(
        &mut self,
        mut changes: impl Iterator<Item = &'c Change>,
    ) -> Result<(), Diagnostic> {
        if !self.actor.is_signed_in() {
            return Ok(());
        }
        let own = self.actor.name.as_str();
        // A new name is no other admin.
        let renamed = changes.find_map(|change| match change {
            Change::UserEdited { was, now, .. } if was.upn.as_deref() == Some(own) => {
                now.upn.clone()
            }
            _ => None,
        });
        let name = renamed.as_deref().unwrap_or(own).to_owned();
        self.actor = self.tenant.actor(&name).inspect_err(|_| {
            self.actor = Actor::nobody();
        })?;
        Ok(())
    }

    /// The same where what was done stays: it is told and is no failure.
    pub(super) fn warn_if_signed_out<'c>(&mut self, changes: impl Iterator<Item = &'c Change>) {
        let before = self.actor.name.clone();
        if let Err(fault) = self.ask_actor_again(changes) {
            let message = format!("{before} is signed out: {}", fault.message);
            let warning = Diagnostic::new("SignedOut", Category::Denied, message)
                .about(before)
                .hint("Connect-Tenant -As NAME signs another admin in");
            self.console.warning(&warning);
        }
    }
}
