//! Standard output on its way: into the transcript too, and through the pager when it is taller than the screen.

use std::cell::{Cell, RefCell};
use std::io::{self, BufWriter, Stdout, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anstream::StripStream;

use super::keyboard;
use super::pages::Pages;
use super::progress::{Cursor, Progress};

/// Where the transcript goes, if one is kept; without colours.
pub type Record = Rc<RefCell<Option<StripStream<Box<dyn Write>>>>>;

/// The output of one run.
pub struct Out {
    to: To,
    record: Record,
    progress: Progress,
    /// Whether the pager has the screen.
    paging: Rc<Cell<bool>>,
    stop: Arc<AtomicBool>,
    /// The bytes that are still written after Ctrl-C.
    last_words: usize,
}

enum To {
    Screen(BufWriter<Screen>),
    /// Kept until it is known whether it fits into so many lines.
    DeferredVec {
        text: Vec<u8>,
        lines: usize,
        pager: String,
    },
    Pager(Child, Option<ChildStdin>),
    /// There is no pager to be had.
    Pages(Pages, BufWriter<Screen>),
}

/// Ctrl-C came in the middle of much output.
#[derive(Debug, thiserror::Error)]
#[error("stopped by Ctrl-C")]
pub struct Stopped;

/// Standard output, with the line of progress out of its way.
struct Screen {
    out: Stdout,
    progress: Progress,
}

impl Write for Screen {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let out = &mut self.out;
        self.progress
            .aside(|| (out.write(bytes), Cursor::after(bytes)))
    }

    fn flush(&mut self) -> io::Result<()> {
        let out = &mut self.out;
        self.progress.aside(|| (out.flush(), Cursor::AtStart))
    }
}

impl Out {
    /// To standard output; what comes after `stop` was set is cut.
    pub fn new(record: &Record, stop: &Arc<AtomicBool>) -> Self {
        /// What was made before Ctrl-C is shown as far as a few screens take.
        const LAST_WORDS: usize = 64 << 10;
        let progress = Progress::default();
        Self {
            to: To::Screen(screen(&progress)),
            record: Rc::clone(record),
            progress,
            paging: Rc::default(),
            stop: Arc::clone(stop),
            last_words: LAST_WORDS,
        }
    }

    /// On the same terminal as the line of progress.
    pub fn beside(mut self, progress: &Progress) -> Self {
        self.to = To::Screen(screen(progress));
        self.progress = progress.clone();
        self
    }

    /// Through a pager, if it comes to more than so many lines.
    pub fn paged(mut self, pager: &str, lines: usize, paging: &Rc<Cell<bool>>) -> Self {
        self.to = To::DeferredVec {
            text: Vec::new(),
            lines,
            pager: pager.to_owned(),
        };
        self.paging = Rc::clone(paging);
        self
    }

    /// Ends the holding back: to the screen, or to the pager if there is one to be had.
    fn release(&mut self, paged: bool) -> io::Result<()> {
        let To::DeferredVec { text, pager, lines } = &mut self.to else {
            return Ok(());
        };
        let (text, lines) = (std::mem::take(text), *lines);
        // A pager would take what was typed ahead for its own keys.
        let paged = paged && !keyboard::typed_ahead();
        self.to = match paged.then(|| start(pager)) {
            Some(Some(mut child)) => {
                self.paging.set(true);
                self.progress.leave_to_others(true);
                let stdin = child.stdin.take();
                To::Pager(child, stdin)
            }
            Some(None) => To::Pages(Pages::new(lines, &self.stop), screen(&self.progress)),
            None => To::Screen(screen(&self.progress)),
        };
        self.pass(&text)
    }

    fn pass(&mut self, bytes: &[u8]) -> io::Result<()> {
        match &mut self.to {
            To::Screen(screen) => screen.write_all(bytes),
            To::Pager(_, Some(pager)) => pager.write_all(bytes),
            To::Pager(_, None) => Ok(()),
            To::Pages(pages, screen) => pages.show(bytes, screen),
            To::DeferredVec { text, lines, .. } => {
                text.extend_from_slice(bytes);
                let taller = text.iter().filter(|byte| **byte == b'\n').count() > *lines;
                if taller { self.release(true) } else { Ok(()) }
            }
        }
    }
}

fn screen(progress: &Progress) -> BufWriter<Screen> {
    BufWriter::new(Screen {
        out: io::stdout(),
        progress: progress.clone(),
    })
}

fn start(pager: &str) -> Option<Child> {
    let mut words = pager.split_whitespace();
    Command::new(words.next()?)
        .args(words)
        // Without a locale it would take what isn't ASCII for rubbish.
        .env("LESSCHARSET", "utf-8")
        // Nothing that is typed in it is a command to the system, or writes a file.
        .env("LESSSECURE", "1")
        .env("PAGERSECURE", "1")
        .stdin(Stdio::piped())
        .spawn()
        .ok()
}

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.stop.load(Ordering::Relaxed) {
            let left = self.last_words.checked_sub(bytes.len());
            self.last_words = left.ok_or_else(|| io::Error::other(Stopped))?;
        }
        if let Some(record) = &mut *self.record.borrow_mut() {
            // A transcript that can't be kept is no reason to stop.
            let _ = record.write_all(bytes);
        }
        self.pass(bytes)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.release(false)?;
        match &mut self.to {
            To::Screen(screen) | To::Pages(_, screen) => screen.flush(),
            To::Pager(_, Some(pager)) => pager.flush(),
            _ => Ok(()),
        }
    }
}

impl Drop for Out {
    fn drop(&mut self) {
        if let To::Pager(child, stdin) = &mut self.to {
            // The pager sees the end, and has the screen until the admin leaves it.
            drop(stdin.take());
            let _ = child.wait();
            self.paging.set(false);
            self.progress.leave_to_others(false);
        }
    }
}
