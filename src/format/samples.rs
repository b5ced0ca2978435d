//! Things to format in the tests of this module.

use std::any::Any;
use std::sync::Arc;

use proptest::prelude::*;

use crate::value::{Object, Value};

/// An object with more properties than columns.
#[derive(Debug)]
pub(super) struct User {
    pub(super) upn: String,
    pub(super) name: String,
    pub(super) city: String,
    pub(super) logins: i64,
    pub(super) manager: Option<Arc<User>>,
}

impl User {
    pub(super) fn new(upn: &str, name: &str) -> Self {
        Self {
            upn: upn.into(),
            name: name.into(),
            city: "Sydney".into(),
            logins: 3,
            manager: None,
        }
    }
}

impl Object for User {
    fn type_name(&self) -> &'static str {
        "User"
    }

    fn properties(&self) -> &'static [&'static str] {
        &[
            "UserPrincipalName",
            "DisplayName",
            "City",
            "Licenses",
            "Logins",
            "Manager",
        ]
    }

    fn columns(&self) -> &'static [&'static str] {
        &["UserPrincipalName", "DisplayName", "Logins", "Licenses"]
    }

    fn at(&self, index: usize) -> Value {
        match index {
            0 => self.upn.as_str().into(),
            1 => self.name.as_str().into(),
            2 => self.city.as_str().into(),
            3 => Value::list(vec!["SPE_E3".into(), "VISIO".into()]),
            4 => self.logins.into(),
            5 => self.manager.as_ref().map_or(Value::Null, |manager| {
                Value::Object(Arc::clone(manager) as Arc<dyn Object>)
            }),
            _ => Value::Null,
        }
    }

    fn identity(&self) -> String {
        self.upn.clone()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

pub(super) fn user(upn: &str, name: &str) -> Value {
    Value::object(User::new(upn, name))
}

pub(super) fn map<const N: usize>(entries: [(&str, Value); N]) -> Value {
    Value::map(entries.into_iter().collect())
}

/// Letters, wide and joined emoji, marks, flags, keycaps, tones: everything that makes width hard.
pub(super) fn hard_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[a-z@. ]{1,6}",
        "\\PC",
        Just("日本".to_owned()),
        Just("👩\u{200D}💻".to_owned()),
        Just("❤\u{FE0F}".to_owned()),
        Just("1\u{FE0F}\u{20E3}".to_owned()),
        Just("☝\u{1F3FB}".to_owned()),
        Just("🇦🇺".to_owned()),
        Just("e\u{301}".to_owned()),
        Just("\u{200D}\u{FE0F}\u{FE0E}".to_owned()),
        Just("لا".to_owned()),
    ];
    proptest::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}
