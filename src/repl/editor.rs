//! The line editor: history, completion, colours, and more lines while the input isn't whole.

use std::borrow::Cow;
use std::cell::RefCell;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rustyline::completion::{Completer, Pair};
use rustyline::error::ReadlineError;
use rustyline::highlight::{CmdKind, Highlighter};
use rustyline::hint::{Hinter, HistoryHinter};
use rustyline::history::DefaultHistory;
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{
    Cmd, CompletionType, ConditionalEventHandler, Config, Context, Event, EventContext,
    EventHandler, Helper, KeyCode, KeyEvent, Modifiers, RepeatCount,
};

use super::Shell;
use super::complete::offers;
use super::menu::{self, Screen};
use super::secrets::looks_secret;
use crate::console;
use crate::host::Host;
use crate::lang::HighlightKind;
use crate::session::Session;

/// The editor with the admin's history.
pub struct Editor {
    editor: rustyline::Editor<Assistant, DefaultHistory>,
    history: Option<PathBuf>,
    /// Whether the arrows go from line to line, since the first was pressed on an empty one.
    browsing: Arc<AtomicBool>,
}

impl Editor {
    pub fn new(shell: &Shell) -> Result<Self, ReadlineError> {
        let config = Config::builder()
            .history_ignore_space(true)
            .history_ignore_dups(true)?
            .completion_type(CompletionType::List)
            .auto_add_history(false)
            .build();
        let mut editor = rustyline::Editor::with_config(config)?;
        editor.set_helper(Some(Assistant {
            host: Rc::clone(&shell.host),
            session: Rc::clone(&shell.session),
            hinter: HistoryHinter::new(),
            prompt: String::new(),
            color: shell.color,
        }));
        let browsing = Arc::new(AtomicBool::new(false));
        for (key, backward) in [(KeyCode::Up, true), (KeyCode::Down, false)] {
            editor.bind_sequence(
                KeyEvent(key, Modifiers::NONE),
                EventHandler::Conditional(Box::new(Arrow {
                    backward,
                    browsing: Arc::clone(&browsing),
                })),
            );
        }
        if let Some(path) = &shell.history {
            // The first time there is none.
            let _ = editor.load_history(path);
        }
        Ok(Self {
            editor,
            history: shell.history.clone(),
            browsing,
        })
    }

    pub fn read(&mut self, prompt: &str) -> Result<String, ReadlineError> {
        self.browsing.store(false, Ordering::Relaxed);
        if let Some(assistant) = self.editor.helper_mut() {
            prompt.clone_into(&mut assistant.prompt);
        }
        let line = self.editor.readline(prompt)?;
        if !line.trim().is_empty() && !looks_secret(&line) {
            // A line that begins with a blank isn't added. History that can't be kept is no reason to stop.
            let added = self.editor.add_history_entry(&line).unwrap_or(false);
            if let (true, Some(path)) = (added, &self.history) {
                let _ = self.editor.append_history(path);
            }
        }
        Ok(line)
    }

    pub fn clear(&mut self) -> Result<(), ReadlineError> {
        self.editor.clear_screen()
    }
}

/// An arrow: to the line that begins like what is typed; within a text of several lines it only moves.
struct Arrow {
    backward: bool,
    browsing: Arc<AtomicBool>,
}

impl ConditionalEventHandler for Arrow {
    fn handle(&self, _: &Event, _: RepeatCount, _: bool, context: &EventContext) -> Option<Cmd> {
        if context.line().is_empty() {
            self.browsing.store(true, Ordering::Relaxed);
        }
        let several = context.line().contains('\n');
        match (
            several || self.browsing.load(Ordering::Relaxed),
            self.backward,
        ) {
            (true, _) => None,
            (false, true) => Some(Cmd::HistorySearchBackward),
            (false, false) => Some(Cmd::HistorySearchForward),
        }
    }
}

/// What the editor asks while a line is typed.
struct Assistant {
    host: Rc<RefCell<Host>>,
    session: Rc<RefCell<Session>>,
    hinter: HistoryHinter,
    /// What stands in front of the line.
    prompt: String,
    color: bool,
}

impl Helper for Assistant {}

impl Validator for Assistant {
    fn validate(&self, context: &mut ValidationContext) -> Result<ValidationResult, ReadlineError> {
        // `?` is a whole line to the shell, and the beginning of one to the language.
        let whole = super::spelled_out(context.input()).is_some();
        if !whole && self.host.borrow().is_incomplete(context.input()) {
            Ok(ValidationResult::Incomplete)
        } else {
            Ok(ValidationResult::Valid(None))
        }
    }
}

impl Completer for Assistant {
    type Candidate = Pair;

    fn complete(
        &self,
        line: &str,
        position: usize,
        context: &Context<'_>,
    ) -> Result<(usize, Vec<Pair>), ReadlineError> {
        let (start, found) = offers(&self.host.borrow(), &self.session.borrow(), line, position);
        let hint = self.hint(line, position, context).unwrap_or_default();
        let whole = format!("{}{line}{hint}", self.prompt);
        let screen = Screen::new(console::width().unwrap_or(80), &whole);
        Ok((start, menu::pairs(&found, &screen)))
    }
}

impl Hinter for Assistant {
    type Hint = String;

    fn hint(&self, line: &str, position: usize, context: &Context<'_>) -> Option<String> {
        if line.contains('\n') {
            return None;
        }
        self.hinter.hint(line, position, context)
    }
}

impl Highlighter for Assistant {
    fn highlight<'l>(&self, line: &'l str, _: usize) -> Cow<'l, str> {
        if !self.color {
            return Cow::Borrowed(line);
        }
        let mut painted = String::with_capacity(line.len() * 2);
        let mut end = 0;
        for token in self.host.borrow().highlight(line) {
            let (start, stop) = (token.span.start, token.span.end);
            let (Some(before), Some(word)) = (line.get(end..start), line.get(start..stop)) else {
                continue;
            };
            painted.push_str(before);
            match color(token.kind) {
                Some(code) => {
                    painted.push_str(&format!("\u{1b}[{code}m{word}\u{1b}[0m"));
                }
                None => painted.push_str(word),
            }
            end = stop;
        }
        painted.push_str(line.get(end..).unwrap_or_default());
        Cow::Owned(painted)
    }

    fn highlight_hint<'h>(&self, hint: &'h str) -> Cow<'h, str> {
        if self.color {
            Cow::Owned(format!("\u{1b}[2m{hint}\u{1b}[0m"))
        } else {
            Cow::Borrowed(hint)
        }
    }

    fn highlight_char(&self, _: &str, _: usize, _: CmdKind) -> bool {
        self.color
    }
}

fn color(kind: HighlightKind) -> Option<&'static str> {
    match kind {
        HighlightKind::Command => Some("1;36"),
        HighlightKind::UnknownCommand => Some("4;31"),
        HighlightKind::Parameter => Some("34"),
        HighlightKind::Text => Some("32"),
        HighlightKind::Number => Some("33"),
        HighlightKind::Variable => Some("35"),
        HighlightKind::Comment => Some("2"),
        HighlightKind::Keyword => Some("1"),
        _ => None,
    }
}
