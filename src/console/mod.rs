//! The admin's terminal, or the pipe in its place: results on standard output, everything else on standard error.

mod keyboard;
mod out;
mod pages;
mod progress;

use std::cell::Cell;
use std::io::{self, IsTerminal, Write};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use anstream::StripStream;

use crate::diagnostic::{Category, Diagnostic, Span};
use crate::format::{
    Format, Printer, Style, diagnostic_json, render_diagnostic, render_warning, safe, wrap,
};
use crate::session::{Answer, Console, Question, Work};
use crate::value::Value;
pub use keyboard::{Keyboard, NO_KEY, give_back};
use out::{Out, Record, Stopped};
use progress::{Cursor, Progress};

/// How the program shows things, as the command line and the environment have it.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    pub format: Format,
    pub style: Style,
    /// Colours on standard error.
    pub error_color: bool,
    /// Somebody sits there and is to be asked.
    pub interactive: bool,
    /// Somebody watches standard error, and is to see how far long work has come.
    pub progress: bool,
}

/// Standard output and standard error.
pub struct Terminal {
    look: Look,
    /// None between two runs: each begins its output anew.
    printer: Option<Printer>,
    record: Record,
    /// The command that shows what is taller than the screen.
    pager: Option<String>,
    paging: Rc<Cell<bool>>,
    /// Set by Ctrl-C.
    stop: Arc<AtomicBool>,
    /// What was said while the pager had the screen.
    waiting: String,
    progress: Progress,
    alike: ErrorThrottle,
    drops_ahead: bool,
}

/// Errors of one kind from one place, one for each record that failed: a list of 5,000 must not bury what else is said.
#[derive(Default)]
struct ErrorThrottle {
    kind: Option<(&'static str, Option<Span>)>,
    count: usize,
}

impl ErrorThrottle {
    /// So many are shown.
    const SHOWN: usize = 10;

    /// Whether to show one more.
    fn shows(&mut self, error: &Diagnostic) -> bool {
        let kind = Some((error.id, error.span));
        if self.kind != kind || error.span.is_none() {
            *self = Self { kind, count: 0 };
        }
        self.count += 1;
        self.count <= Self::SHOWN
    }
}

impl Terminal {
    pub fn new(look: Look) -> Self {
        Self {
            look,
            printer: None,
            record: Record::default(),
            pager: None,
            paging: Rc::default(),
            stop: Arc::default(),
            waiting: String::new(),
            progress: Progress::new(look.progress),
            alike: ErrorThrottle::default(),
            drops_ahead: false,
        }
    }

    /// Shows what is taller than the screen with a command such as `less -FRX`.
    pub fn page_with(mut self, pager: String) -> Self {
        self.pager = Some(pager);
        self
    }

    /// Gives a question up when Ctrl-C sets the flag.
    pub fn stopped_by(mut self, stop: &Arc<AtomicBool>) -> Self {
        self.stop = Arc::clone(stop);
        self
    }

    /// A line that the admin types; none at the end of the input, or after Ctrl-C.
    fn read_line(&mut self) -> Option<String> {
        let mut line = String::new();
        let _keys = Keyboard::for_answer();
        let typed = keyboard::answered(&self.stop) && io::stdin().read_line(&mut line).ok()? > 0;
        self.progress.leave_to_others(false);
        if !typed {
            self.write_error("\n");
            return None;
        }
        self.typed(line.trim_end());
        Some(line)
    }

    /// A line that answers nothing may be one of several that were typed ahead: the rest of them was meant to follow
    /// what is now declined.
    fn not_an_answer(&mut self, line: &str) {
        let line = safe::cell(line.trim()).into_owned();
        if !line.is_empty() {
            keyboard::drop_unread();
            self.drops_ahead = true;
            self.notice(&format!(
                "'{line}' is taken as No; what was typed ahead is dropped"
            ));
        }
    }

    fn printer(&mut self) -> &mut Printer {
        let look = &self.look;
        self.printer.get_or_insert_with(|| {
            let mut style = look.style;
            style.width = style.width.and_then(|_| width());
            let out = Out::new(&self.record, &self.stop);
            let out = match (&self.pager, height()) {
                // In a pipe rows and the line don't meet.
                _ if style.width.is_none() => out,
                (Some(pager), Some(height)) => {
                    // The prompt wants a line too.
                    let lines = height.saturating_sub(1);
                    out.beside(&self.progress).paged(pager, lines, &self.paging)
                }
                _ => out.beside(&self.progress),
            };
            Printer::new(look.format, style, Box::new(out))
        })
    }

    /// Gives the pager its end, waits until the admin leaves it, and says what waited for that.
    fn end_page(&mut self) -> io::Result<()> {
        if self.paging.get()
            && let Some(printer) = self.printer.take()
        {
            printer.finish()?;
        }
        self.say_waiting();
        Ok(())
    }

    /// Says how many errors were alike, if not all were shown.
    fn end_alike(&mut self) {
        let ErrorThrottle { kind, count } = std::mem::take(&mut self.alike);
        if let (Some((id, _)), Some(more)) = (kind, count.checked_sub(ErrorThrottle::SHOWN))
            && more > 0
        {
            self.write_error(&format!("… and {more} more like these ({id})\n"));
        }
    }

    fn say_waiting(&mut self) {
        let waiting = std::mem::take(&mut self.waiting);
        if !waiting.is_empty() {
            self.to_stderr(&waiting);
        }
    }

    fn write_error(&mut self, text: &str) {
        // What is on its way to standard output was said first.
        if let Some(printer) = &mut self.printer
            && !matches!(
                self.look.format,
                Format::Json | Format::Csv | Format::Jsonl | Format::Yaml | Format::Html
            )
        {
            let _ = printer.flush();
        }
        if let Some(record) = &mut *self.record.borrow_mut() {
            let _ = record.write_all(text.as_bytes());
        }
        if self.paging.get() {
            self.waiting.push_str(text);
            return;
        }
        self.to_stderr(text);
    }

    fn to_stderr(&self, text: &str) {
        self.progress.aside(|| {
            // Nobody is left to tell when standard error is closed.
            let _ = io::stderr().write_all(text.as_bytes());
            ((), Cursor::after(text.as_bytes()))
        });
    }

    fn machine(&self) -> bool {
        matches!(self.look.format, Format::Json | Format::Jsonl)
    }
}

/// The terminal's width now; it may have been resized since.
pub fn width() -> Option<usize> {
    terminal_size::terminal_size().map(|(width, _)| usize::from(width.0))
}

/// The terminal's height now.
fn height() -> Option<usize> {
    terminal_size::terminal_size().map(|(_, height)| usize::from(height.0))
}

fn closed(error: &io::Error) -> Diagnostic {
    if error.get_ref().is_some_and(|inner| inner.is::<Stopped>()) {
        return Diagnostic::interrupted();
    }
    if error.kind() == io::ErrorKind::BrokenPipe {
        return Diagnostic::new(
            "OutputClosed",
            Category::Io,
            "nobody reads the output any more",
        );
    }
    Diagnostic::new(
        "OutputFailed",
        Category::Io,
        format!("the output can't be written: {error}"),
    )
}

impl Console for Terminal {
    fn output(&mut self, value: &Value) -> Result<(), Diagnostic> {
        self.printer().value(value).map_err(|error| closed(&error))
    }

    fn print(&mut self, text: &str) -> Result<(), Diagnostic> {
        match self.look.format {
            Format::Table | Format::List | Format::Md => {
                self.output(&Value::from(text))?;
                // Who watches sees it when it is said.
                match &mut self.printer {
                    Some(printer) if self.look.style.width.is_some() => {
                        printer.flush().map_err(|error| closed(&error))
                    }
                    _ => Ok(()),
                }
            }
            _ => {
                self.notice(text);
                Ok(())
            }
        }
    }

    fn finish(&mut self) -> Result<(), Diagnostic> {
        self.end_alike();
        // json has an array to show even when nothing came.
        let printer = match (self.printer.take(), self.look.format) {
            (None, Format::Json) => {
                self.printer();
                self.printer.take()
            }
            (printer, _) => printer,
        };
        let Some(printer) = printer else {
            return Ok(());
        };
        // The pager is waited for, whether or not it took everything.
        let finished = printer.finish();
        self.say_waiting();
        let left_out = finished.map_err(|error| closed(&error))?;
        if !left_out.is_empty() {
            self.notice(&format!(
                "left out of the CSV, whose columns are those of the first object: {}",
                left_out.join(", ")
            ));
        }
        Ok(())
    }

    fn error(&mut self, error: &Diagnostic) {
        let text = if self.machine() {
            format!("{}\n", diagnostic_json(error))
        } else {
            if self.alike.kind != Some((error.id, error.span)) {
                self.end_alike();
            }
            if !self.alike.shows(error) {
                return;
            }
            render_diagnostic(error, self.look.error_color, width())
        };
        self.write_error(&text);
    }

    fn warning(&mut self, warning: &Diagnostic) {
        if self.alike.kind != Some((warning.id, warning.span)) {
            self.end_alike();
        }
        if !self.alike.shows(warning) {
            return;
        }
        // The line that they all come from, and the cure, are shown once.
        let again = self.alike.count > 1;
        let short = again.then(|| warning.headline());
        let warning = short.as_ref().unwrap_or(warning);
        let text = render_warning(warning, self.look.error_color, width());
        self.write_error(&text);
    }

    fn notice(&mut self, text: &str) {
        self.end_alike();
        let safe = safe::lines(text);
        // A terminal would break it within words.
        let lines: Vec<String> = match width().filter(|_| io::stderr().is_terminal()) {
            Some(width) => safe.lines().flat_map(|line| wrap(line, width)).collect(),
            None => vec![safe.into_owned()],
        };
        self.write_error(&format!("{}\n", lines.join("\n")));
    }

    fn drops_ahead(&mut self) -> bool {
        std::mem::take(&mut self.drops_ahead)
    }

    fn can_record(&self) -> bool {
        true
    }

    fn record(&mut self, log: Option<Box<dyn Write>>) {
        if let Some(printer) = &mut self.printer {
            let _ = printer.flush();
        }
        *self.record.borrow_mut() = log.map(StripStream::new);
    }

    fn typed(&mut self, text: &str) {
        if let Some(record) = &mut *self.record.borrow_mut() {
            let _ = writeln!(record, "{text}");
        }
    }

    fn begin(&mut self, what: &dyn Fn() -> String, total: Option<usize>) -> Work {
        self.progress.begin(what, total)
    }

    fn interactive(&self) -> bool {
        self.look.interactive
    }

    fn prompt(&mut self, name: &str) -> Option<String> {
        if !self.look.interactive {
            return None;
        }
        self.end_page().ok()?;
        self.write_error(&format!("{name}: "));
        self.read_line()
    }

    fn ask(&mut self, question: &Question) -> Answer {
        if !io::stdin().is_terminal() {
            return Answer::No;
        }
        if self.end_page().is_err() {
            return Answer::No;
        }
        self.notice(&question.what);
        loop {
            let choices = match (question.number, question.per_record) {
                (Some(number), _) => format!("Type {number} to go on, anything else to stop: "),
                (None, true) => {
                    "[Y] Yes [A] Yes to all [N] No [L] No to all [?] Help (default is \"N\"): "
                        .to_owned()
                }
                (None, false) => "[Y] Yes [N] No [?] Help (default is \"N\"): ".to_owned(),
            };
            self.write_error(&choices);
            let Some(line) = self.read_line() else {
                return Answer::No;
            };
            let answer = line.trim().to_lowercase();
            if let Some(number) = question.number {
                if answer == number.to_string() {
                    return Answer::Yes;
                }
                self.not_an_answer(&line);
                return Answer::No;
            }
            match (answer.as_str(), question.per_record) {
                ("y" | "yes", _) => return Answer::Yes,
                ("a", true) => return Answer::YesToAll,
                ("l", true) => return Answer::NoToAll,
                ("?", _) => self.write_error(
                    "Yes does what is said above and writes it to the tenant; No changes nothing.\n",
                ),
                ("" | "n" | "no", _) => return Answer::No,
                _ => {
                    self.not_an_answer(&line);
                    return Answer::No;
                }
            }
        }
    }
}
