//! A transaction as a stage: what the commands of a block change becomes durable together, and is told only then.

use super::call::{Call, Flow};
use crate::objects;
use crate::session::Session;
use crate::value::{Block, Value};

impl Call<'_, '_> {
    /// Runs a block whose changes are committed as one, or not at all: its first error ends it.
    pub fn run_transaction(&mut self, block: &Block) -> Result<(), Flow> {
        let shared = self.shared.session;
        self.run_scripted(|host, _| {
            let outer = {
                let mut session = shared.borrow_mut();
                if !session.begin() {
                    drop(session);
                    return host.run_block(block, Value::Null);
                }
                let mut policy = session.policy.clone();
                policy.error_action.get_or_insert_with(|| "Stop".into());
                session.enter(policy, false)
            };
            let outcome = host.run_block(block, Value::Null);
            let mut session = shared.borrow_mut();
            session.leave(outer)?;
            match outcome {
                Ok(values) => Ok(settle(&mut session, values)?),
                Err(flow) => {
                    if session.abandon()? {
                        tell(
                            &mut session,
                            "the transaction was taken back: nothing was changed",
                        );
                    }
                    Err(flow)
                }
            }
        })
    }
}

/// Commits, and writes into the rows that waited what became of them.
fn settle(session: &mut Session, values: Vec<Value>) -> Result<Vec<Value>, Flow> {
    let (changes, number) = session.end()?;
    match number {
        Some(number) => tell(session, &format!("committed as change {number}")),
        None if changes > 0 && !session.policy.what_if => tell(session, "committed"),
        None => {}
    }
    let settled = values
        .into_iter()
        .map(|value| objects::settle(value, number));
    Ok(settled.collect())
}

fn tell(session: &mut Session, text: &str) {
    if !session.policy.quiet {
        session.console.notice(text);
    }
}
