//! Lines after the first of one statement: what asks for more shows `>> ` in front of each.
//!
//! The editor measures the text it holds, so the prompt of a further line must be part of that text. Three characters
//! that nobody types stand for it; they are painted as `>> ` and taken out before anything reads the line.

use std::borrow::Cow;
use std::cell::RefCell;
use std::rc::Rc;

use rustyline::{Cmd, ConditionalEventHandler, Event, EventContext, Movement, RepeatCount, Word};

use crate::host::Host;

/// One column of the prompt. A private character: three bytes, one column wide.
const MARK: char = '\u{e000}';
const MARKS: &str = "\u{e000}\u{e000}\u{e000}";
const SHOWN: &str = ">> ";

thread_local! {
    /// What judges whether a line is whole. The editor wants its handlers to be `Send`, and calls them on its own thread.
    static HOST: RefCell<Option<Rc<RefCell<Host>>>> = const { RefCell::new(None) };
}

/// Lets the handlers of this thread ask a host.
pub fn ask(host: &Rc<RefCell<Host>>) {
    HOST.with(|own| *own.borrow_mut() = Some(Rc::clone(host)));
}

/// The text that was typed.
pub fn typed(line: &str) -> Cow<'_, str> {
    match line.contains(MARK) {
        true => Cow::Owned(line.replace(MARK, "")),
        false => Cow::Borrowed(line),
    }
}

/// The text with every place where it was: blanks for the marks.
pub fn blanked(line: &str) -> Cow<'_, str> {
    match line.contains(MARK) {
        true => Cow::Owned(line.replace(MARK, "   ")),
        false => Cow::Borrowed(line),
    }
}

/// The marks as they are shown.
pub fn painted(line: &str) -> Cow<'_, str> {
    match line.contains(MARK) {
        true => Cow::Owned(line.replace(MARKS, SHOWN).replace(MARK, " ")),
        false => Cow::Borrowed(line),
    }
}

/// Whether the last line is empty, and another stands above it.
pub fn waits(line: &str) -> bool {
    line.strip_suffix(MARKS)
        .is_some_and(|above| above.ends_with('\n'))
}

/// Whether a line asks for another one.
pub fn is_incomplete(host: &Host, line: &str) -> bool {
    // `?` is a whole line to the shell, and the beginning of one to the language.
    super::spelled_out(line).is_none() && host.is_incomplete(line)
}

/// Enter: ends the line, or begins another one of the same statement.
pub struct Enter;

impl ConditionalEventHandler for Enter {
    fn handle(&self, _: &Event, _: RepeatCount, _: bool, context: &EventContext) -> Option<Cmd> {
        let goes_on = HOST.with(|host| {
            let host = host.borrow();
            let host = host.as_ref()?.try_borrow().ok()?;
            Some(is_incomplete(&host, &typed(context.line())))
        });
        let another = format!("\n{MARKS}");
        (goes_on == Some(true)).then_some(Cmd::Insert(1, another))
    }
}

/// Backspace: at the beginning of a further line it takes the prompt away as one; another joins the line to that above.
pub struct Backspace;

impl ConditionalEventHandler for Backspace {
    fn handle(&self, _: &Event, _: RepeatCount, _: bool, context: &EventContext) -> Option<Cmd> {
        let before = context.line().get(..context.pos())?;
        let word = Movement::BackwardWord(1, Word::Big);
        before.ends_with(MARKS).then_some(Cmd::Kill(word))
    }
}
