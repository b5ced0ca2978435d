//! `$WhatIfPreference`, `$ErrorActionPreference` and their like: how the commands that follow are to behave.

use std::cell::RefCell;
use std::rc::Rc;

use rhai::{Dynamic, Engine, EvalAltResult};

use super::convert::to_value;
use super::engine_error::raise;
use crate::diagnostic::Diagnostic;
use crate::lang::runtime;
use crate::session::Session;

/// The values of the preferences for streams.
const ACTIONS: [&str; 4] = ["Continue", "Stop", "SilentlyContinue", "Ignore"];

pub fn register(engine: &mut Engine, session: &Rc<RefCell<Session>>) {
    let own = Rc::clone(session);
    engine.register_fn(
        runtime::PREFER,
        move |name: &str, value: Dynamic| -> Result<(), Box<EvalAltResult>> {
            let mut session = own.borrow_mut();
            let mut policy = session.policy.clone();
            let text = to_value(&value).to_text().into_owned();
            let one_of = |choices: &[&'static str]| {
                let found = choices.iter().find(|own| own.eq_ignore_ascii_case(&text));
                found.copied().ok_or_else(|| {
                    let fault = Diagnostic::usage(
                        "InvalidArgument",
                        format!("${} can't be '{text}'", shown(name)),
                    );
                    raise(fault.hint(format!("it is one of {}", choices.join(", "))))
                })
            };
            match name {
                "whatifpreference" => policy.prefers_what_if = to_value(&value).truthy(),
                "confirmpreference" => match one_of(&["None", "Low", "Medium", "High"])? {
                    "None" => policy.yes = true,
                    "High" => policy.confirm = false,
                    _ => policy.confirm = true,
                },
                "erroractionpreference" => policy.error_action = Some(one_of(&ACTIONS)?.into()),
                "warningpreference" => policy.warning_action = Some(one_of(&ACTIONS)?.into()),
                "verbosepreference" => policy.verbose = one_of(&ACTIONS)? == "Continue",
                // Nothing here writes to these streams.
                _ => {}
            }
            session.set_policy(policy);
            Ok(())
        },
    );
    let own = Rc::clone(session);
    engine.register_fn(runtime::PREFERENCE, move |name: &str| -> Dynamic {
        let session = own.borrow();
        let policy = &session.policy;
        let text = |action: &Option<std::sync::Arc<str>>| -> Dynamic {
            action.as_deref().unwrap_or("Continue").to_owned().into()
        };
        match name {
            "whatifpreference" => (policy.prefers_what_if || policy.what_if).into(),
            "confirmpreference" => match (policy.yes, policy.confirm) {
                (true, _) => "None".into(),
                (_, true) => "Low".into(),
                _ => "High".into(),
            },
            "erroractionpreference" => text(&policy.error_action),
            "warningpreference" => text(&policy.warning_action),
            "verbosepreference" if policy.verbose => "Continue".into(),
            _ => "SilentlyContinue".into(),
        }
    });
}

fn shown(name: &str) -> &str {
    match name {
        "confirmpreference" => "ConfirmPreference",
        "erroractionpreference" => "ErrorActionPreference",
        "warningpreference" => "WarningPreference",
        _ => "VerbosePreference",
    }
}
