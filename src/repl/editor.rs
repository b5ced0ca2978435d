//! The line editor: history, completion, colours, and more lines while the input isn't whole.

use std::borrow::Cow;
use std::cell::RefCell;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rustyline::completion::{Completer, Pair};
use rustyline::config::ColorMode;
use rustyline::error::ReadlineError;
use rustyline::highlight::{CmdKind, Highlighter};
use rustyline::hint::{Hint, Hinter, HistoryHinter};
use rustyline::history::DefaultHistory;
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{
    Cmd, CompletionType, ConditionalEventHandler, Config, Context, Event, EventContext,
    EventHandler, Helper, KeyCode, KeyEvent, Modifiers, Movement, RepeatCount,
};

use super::Shell;
use super::complete::offers;
use super::continuation::{self, Backspace, Enter};
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
        continuation::ask(&shell.host);
        let browsing = Arc::new(AtomicBool::new(false));
        let history = DefaultHistory::with_config(&config()?);
        let mut editor = editor(shell, &browsing, history)?;
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

    /// Forgets what was typed ahead: after Ctrl-C nothing of it is to run.
    pub fn drop_ahead(&mut self, shell: &Shell) -> Result<(), ReadlineError> {
        let history = std::mem::take(self.editor.history_mut());
        // What it has read and not yet used goes with the old one.
        self.editor = editor(shell, &self.browsing, history)?;
        Ok(())
    }

    pub fn read(&mut self, prompt: &str) -> Result<String, ReadlineError> {
        self.browsing.store(false, Ordering::Relaxed);
        if let Some(assistant) = self.editor.helper_mut() {
            prompt.clone_into(&mut assistant.prompt);
        }
        let line = self.editor.readline(prompt)?;
        let line = continuation::typed(&line).into_owned();
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

fn config() -> Result<Config, ReadlineError> {
    Ok(Config::builder()
        .history_ignore_space(true)
        .history_ignore_dups(true)?
        .completion_type(CompletionType::List)
        .auto_add_history(false)
        // Which colours there are is decided by the assistant, who also paints what has none.
        .color_mode(ColorMode::Forced)
        .build())
}

fn editor(
    shell: &Shell,
    browsing: &Arc<AtomicBool>,
    history: DefaultHistory,
) -> Result<rustyline::Editor<Assistant, DefaultHistory>, ReadlineError> {
    let mut editor = rustyline::Editor::with_history(config()?, history)?;
    editor.set_helper(Some(Assistant {
        host: Rc::clone(&shell.host),
        session: Rc::clone(&shell.session),
        stop: Arc::clone(&shell.stop),
        hinter: HistoryHinter::new(),
        prompt: String::new(),
        color: shell.color,
    }));
    for (key, backward) in [(KeyCode::Up, true), (KeyCode::Down, false)] {
        editor.bind_sequence(
            KeyEvent(key, Modifiers::NONE),
            EventHandler::Conditional(Box::new(Arrow {
                backward,
                browsing: Arc::clone(browsing),
            })),
        );
    }
    // The key that the terminal has for the end of the input is none, which is no key to leave by.
    let none = char::from(console::NO_KEY);
    let nothing = match none.is_control() {
        true => Cmd::Noop,
        false => Cmd::SelfInsert(1, none),
    };
    editor.bind_sequence(
        KeyEvent::new(none, Modifiers::NONE),
        EventHandler::Simple(nothing),
    );
    editor.bind_sequence(
        KeyEvent::ctrl('D'),
        EventHandler::Conditional(Box::new(End)),
    );
    let enter = [
        KeyEvent(KeyCode::Enter, Modifiers::NONE),
        KeyEvent::ctrl('J'),
        KeyEvent::ctrl('M'),
    ];
    for key in enter {
        editor.bind_sequence(key, EventHandler::Conditional(Box::new(Enter)));
    }
    for key in [
        KeyEvent(KeyCode::Backspace, Modifiers::NONE),
        KeyEvent::ctrl('H'),
    ] {
        editor.bind_sequence(key, EventHandler::Conditional(Box::new(Backspace)));
    }
    Ok(editor)
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

/// Ctrl-D: leaves an empty line, and takes the next character out of any other.
struct End;

impl ConditionalEventHandler for End {
    fn handle(&self, _: &Event, n: RepeatCount, _: bool, context: &EventContext) -> Option<Cmd> {
        Some(match context.line().is_empty() {
            true => Cmd::EndOfFile,
            false => Cmd::Kill(Movement::ForwardChar(n)),
        })
    }
}

/// What the editor asks while a line is typed.
struct Assistant {
    host: Rc<RefCell<Host>>,
    session: Rc<RefCell<Session>>,
    /// Set by Ctrl-C.
    stop: Arc<AtomicBool>,
    hinter: HistoryHinter,
    /// What stands in front of the line.
    prompt: String,
    color: bool,
}

impl Helper for Assistant {}

impl Validator for Assistant {
    fn validate(&self, context: &mut ValidationContext) -> Result<ValidationResult, ReadlineError> {
        // A late Ctrl-C was meant for the line before. One right behind this Enter comes after this, and is for this line.
        self.stop.store(false, Ordering::Relaxed);
        let line = continuation::typed(context.input());
        match continuation::is_incomplete(&self.host.borrow(), &line) {
            true => Ok(ValidationResult::Incomplete),
            false => Ok(ValidationResult::Valid(None)),
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
        let hint = self.hint(line, position, context);
        let hint = hint.map(|hint| hint.shown).unwrap_or_default();
        let line = continuation::blanked(line);
        let (start, found) = offers(&self.host.borrow(), &self.session.borrow(), &line, position);
        let whole = format!("{}{line}{hint}", self.prompt);
        let screen = Screen::new(console::width().unwrap_or(80), &whole);
        Ok((start, menu::pairs(&found, &screen)))
    }
}

/// What is shown behind the cursor.
struct Beside {
    shown: String,
    /// Whether the right arrow takes it.
    typed: bool,
}

impl Hint for Beside {
    fn display(&self) -> &str {
        &self.shown
    }

    fn completion(&self) -> Option<&str> {
        self.typed.then_some(&self.shown)
    }
}

impl Hinter for Assistant {
    type Hint = Beside;

    fn hint(&self, line: &str, position: usize, context: &Context<'_>) -> Option<Beside> {
        // Without a colour it can't be told from what was typed.
        if !self.color {
            return None;
        }
        if continuation::waits(line) && position == line.len() {
            return Some(Beside {
                shown: "the rest of the line above; Ctrl-C gives it up".to_owned(),
                typed: false,
            });
        }
        if line.contains('\n') {
            return None;
        }
        let shown = self.hinter.hint(line, position, context)?;
        Some(Beside { shown, typed: true })
    }
}

impl Highlighter for Assistant {
    fn highlight<'l>(&self, line: &'l str, _: usize) -> Cow<'l, str> {
        if !self.color {
            return continuation::painted(line);
        }
        let mut painted = String::with_capacity(line.len() * 2);
        let mut end = 0;
        for token in self.host.borrow().highlight(&continuation::blanked(line)) {
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
        match continuation::painted(&painted) {
            Cow::Owned(shown) => Cow::Owned(shown),
            Cow::Borrowed(_) => Cow::Owned(painted),
        }
    }

    fn highlight_hint<'h>(&self, hint: &'h str) -> Cow<'h, str> {
        Cow::Owned(format!("\u{1b}[2m{hint}\u{1b}[0m"))
    }

    fn highlight_char(&self, line: &str, _: usize, _: CmdKind) -> bool {
        self.color || line.contains('\n')
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
