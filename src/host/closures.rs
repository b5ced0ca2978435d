//! Rhai's closures as blocks, for as long as the pipeline runs that takes them: `$column` with an expression in it.

use std::cell::RefCell;

use rhai::FnPtr;

use crate::value::Block;

/// Beyond every slot that a pipeline has.
const FIRST: usize = 1 << 31;

thread_local! {
    static KNOWN: RefCell<Vec<FnPtr>> = const { RefCell::new(Vec::new()) };
}

/// Forgets, when it goes, the closures that came after it.
pub struct Scope(usize);

impl Scope {
    pub fn enter() -> Self {
        Self(KNOWN.with_borrow(Vec::len))
    }
}

impl Drop for Scope {
    fn drop(&mut self) {
        KNOWN.with_borrow_mut(|known| known.truncate(self.0));
    }
}

/// The block that stands for a closure; outside of a pipeline it is only a text.
pub fn block(closure: &FnPtr) -> Block {
    let id = KNOWN.with_borrow_mut(|known| {
        known.push(closure.clone());
        FIRST + known.len() - 1
    });
    Block {
        id,
        text: " a function ".to_owned(),
        predicate: None,
    }
}

/// The closure that a block stands for.
pub fn closure(block: &Block) -> Option<FnPtr> {
    let index = block.id.checked_sub(FIRST)?;
    KNOWN.with_borrow(|known| known.get(index).cloned())
}
