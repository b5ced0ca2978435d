//! Which variables a place of the text can see, and which names the text declares anywhere.

use std::collections::{HashMap, HashSet};

/// The names in lexical scope, innermost last.
#[derive(Debug, Default)]
pub(super) struct Scope {
    frame: Frame,
    /// The scopes around the functions that are being read: a function sees only its own names.
    outer: Vec<Frame>,
    /// Every name that was ever in scope.
    pub declared: HashSet<String>,
    /// Those that were declared with a `$`: without one they are only words.
    dollars: HashSet<String>,
}

#[derive(Debug, Default)]
struct Frame {
    names: Vec<Name>,
    /// How often each name is in `names`.
    count: HashMap<String, usize>,
}

#[derive(Debug)]
struct Name {
    text: String,
    /// Lives until the function ends, whatever block it was met in.
    sticky: bool,
}

impl Scope {
    /// Where a block begins; hand it to `leave` at the block's end.
    pub fn mark(&self) -> usize {
        self.frame.names.len()
    }

    pub fn leave(&mut self, mark: usize) {
        let mut kept = Vec::new();
        while self.frame.names.len() > mark {
            let Some(name) = self.frame.names.pop() else {
                break;
            };
            if name.sticky {
                kept.push(name);
            } else if let Some(count) = self.frame.count.get_mut(&name.text) {
                *count -= 1;
            }
        }
        self.frame.names.extend(kept.into_iter().rev());
    }

    pub fn declare(&mut self, name: &str) {
        self.add(name, false);
    }

    /// Declares a name that outlives its block: it belongs to the function.
    pub fn declare_in_function(&mut self, name: &str) {
        self.add(name, true);
    }

    fn add(&mut self, name: &str, sticky: bool) {
        if !self.declared.contains(name) {
            self.declared.insert(name.to_owned());
        }
        *self.frame.count.entry(name.to_owned()).or_default() += 1;
        self.frame.names.push(Name {
            text: name.to_owned(),
            sticky,
        });
    }

    /// Notes that a name was declared as `$name = …`.
    pub fn with_dollar(&mut self, name: &str) {
        self.dollars.insert(name.to_owned());
    }

    /// A variable of this name that wasn't declared with a `$`.
    pub fn has_named(&self, name: &str) -> bool {
        self.has(name) && !self.dollars.contains(name)
    }

    pub fn in_function(&self) -> bool {
        !self.outer.is_empty()
    }

    pub fn enter_function(&mut self) {
        self.outer.push(std::mem::take(&mut self.frame));
    }

    pub fn leave_function(&mut self) {
        self.frame = self.outer.pop().unwrap_or_default();
    }

    pub fn has(&self, name: &str) -> bool {
        self.frame.count.get(name).is_some_and(|count| *count > 0)
    }

    /// The variable that `$name` means: PowerShell ignores letter case, so a single other spelling will do.
    pub fn resolve(&self, name: &str) -> Option<String> {
        if self.has(name) {
            return Some(name.to_owned());
        }
        let mut others = self.visible().filter(|own| own.eq_ignore_ascii_case(name));
        let found = others.next()?;
        others.next().is_none().then(|| found.to_owned())
    }

    pub fn visible(&self) -> impl Iterator<Item = &str> {
        self.frame
            .count
            .iter()
            .filter(|(_, count)| **count > 0)
            .map(|(name, _)| name.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn l7_blocks_and_functions_hide_names() {
        let mut scope = Scope::default();
        scope.declare("a");
        let mark = scope.mark();
        scope.declare("b");
        scope.declare_in_function("c");
        scope.leave(mark);
        assert!(scope.has("a") && !scope.has("b") && scope.has("c"));
        scope.enter_function();
        assert!(!scope.has("a"));
        scope.leave_function();
        assert_eq!(scope.resolve("A").as_deref(), Some("a"));
        assert!(scope.declared.contains("b"));
    }
}
