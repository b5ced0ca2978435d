//! Standard output on its way: into the transcript too, and through the pager when it is taller than the screen.

use std::cell::{Cell, RefCell};
use std::io::{self, BufWriter, Stdout, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::rc::Rc;

use anstream::StripStream;

/// Where the transcript goes, if one is kept; without colours.
pub type Record = Rc<RefCell<Option<StripStream<Box<dyn Write>>>>>;

/// The output of one run.
pub struct Out {
    to: To,
    record: Record,
    /// Whether the pager has the screen.
    paging: Rc<Cell<bool>>,
}

enum To {
    Screen(BufWriter<Stdout>),
    /// Kept until it is known whether it fits into so many lines.
    Held {
        text: Vec<u8>,
        lines: usize,
        pager: String,
    },
    Pager(Child, Option<ChildStdin>),
}

impl Out {
    pub fn to_screen(record: &Record) -> Self {
        Self {
            to: To::Screen(BufWriter::new(io::stdout())),
            record: Rc::clone(record),
            paging: Rc::default(),
        }
    }

    /// Through a pager, if it comes to more than so many lines.
    pub fn paged(record: &Record, pager: &str, lines: usize, paging: &Rc<Cell<bool>>) -> Self {
        Self {
            to: To::Held {
                text: Vec::new(),
                lines,
                pager: pager.to_owned(),
            },
            record: Rc::clone(record),
            paging: Rc::clone(paging),
        }
    }

    /// Ends the holding back: to the screen, or to the pager if there is one to be had.
    fn release(&mut self, paged: bool) -> io::Result<()> {
        let To::Held { text, pager, .. } = &mut self.to else {
            return Ok(());
        };
        let text = std::mem::take(text);
        let started = if paged { start(pager) } else { None };
        self.to = match started {
            Some(mut child) => {
                self.paging.set(true);
                let stdin = child.stdin.take();
                To::Pager(child, stdin)
            }
            None => To::Screen(BufWriter::new(io::stdout())),
        };
        self.pass(&text)
    }

    fn pass(&mut self, bytes: &[u8]) -> io::Result<()> {
        match &mut self.to {
            To::Screen(screen) => screen.write_all(bytes),
            To::Pager(_, Some(pager)) => pager.write_all(bytes),
            To::Pager(_, None) => Ok(()),
            To::Held { text, lines, .. } => {
                text.extend_from_slice(bytes);
                let taller = text.iter().filter(|byte| **byte == b'\n').count() > *lines;
                if taller { self.release(true) } else { Ok(()) }
            }
        }
    }
}

fn start(pager: &str) -> Option<Child> {
    let mut words = pager.split_whitespace();
    Command::new(words.next()?)
        .args(words)
        // Without a locale it would take what isn't ASCII for rubbish.
        .env("LESSCHARSET", "utf-8")
        .stdin(Stdio::piped())
        .spawn()
        .ok()
}

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
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
            To::Screen(screen) => screen.flush(),
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
        }
    }
}
