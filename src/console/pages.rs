//! What is taller than the screen, a page at a time, where no pager can be started.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::keyboard::{self, Keyboard};

/// What is shown below a page, and taken away again.
const MORE: &[u8] = b"-- more: Space for a page, Enter for a line, q to end --";
const CLEAR: &[u8] = b"\r\x1b[K";

/// Rows on their way to the screen.
pub struct Pages {
    /// The rows of a page.
    lines: usize,
    /// The rows that still fit.
    left: usize,
    /// The admin has seen enough.
    ended: bool,
    stop: Arc<AtomicBool>,
}

impl Pages {
    pub fn new(lines: usize, stop: &Arc<AtomicBool>) -> Self {
        Self {
            lines: lines.max(1),
            left: lines.max(1),
            ended: false,
            stop: Arc::clone(stop),
        }
    }

    /// Shows what comes next, and waits for a key whenever a page is full.
    pub fn show(&mut self, mut text: &[u8], out: &mut dyn Write) -> io::Result<()> {
        while !text.is_empty() && !self.ended {
            if self.left == 0 {
                self.ask(out)?;
                continue;
            }
            let end = text.iter().position(|byte| *byte == b'\n');
            let end = end.map_or(text.len(), |at| at + 1);
            let (line, rest) = text.split_at(end);
            out.write_all(line)?;
            self.left -= usize::from(line.ends_with(b"\n"));
            text = rest;
        }
        Ok(())
    }

    fn ask(&mut self, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(MORE)?;
        out.flush()?;
        let _keys = Keyboard::key_by_key();
        loop {
            match keyboard::key(&self.stop) {
                Some(b' ') => self.left = self.lines,
                Some(b'\r' | b'\n') => self.left = 1,
                Some(b'q' | b'Q') | None => self.ended = true,
                // Whatever else is pressed means nothing here.
                Some(_) => continue,
            }
            break;
        }
        out.write_all(CLEAR)
    }
}
