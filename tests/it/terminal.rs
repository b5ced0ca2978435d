//! A pseudo-terminal with the program in it: what its admin types and sees.

use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use tempfile::TempDir;

pub const PROMPT: &str = "Contoso (Global Administrator)> ";
pub const CTRL_C: &str = "\u{3}";
pub const CTRL_D: &str = "\u{4}";
pub const CTRL_R: &str = "\u{12}";
pub const UP: &str = "\u{1b}[A";

/// A running shell and the screen in front of it.
pub struct Shell {
    master: Box<dyn MasterPty + Send>,
    writer: Box<dyn Write + Send>,
    pub screen: Arc<Mutex<vt100::Parser>>,
    child: Box<dyn Child + Send + Sync>,
}

/// A home of its own, so that nobody's history and profile are met.
pub struct Home(pub TempDir);

impl Home {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub fn shell(&self, rows: u16, cols: u16, args: &[&str], env: &[(&str, &str)]) -> Shell {
        let size = size(rows, cols);
        let pair = native_pty_system().openpty(size).unwrap();
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_tenantsh"));
        command.args(args);
        command.env_clear();
        command.env("HOME", self.0.path());
        command.env("TERM", "xterm-256color");
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("PAGER", "");
        for (name, value) in env {
            command.env(name, value);
        }
        command.cwd(self.0.path());
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let screen = Arc::new(Mutex::new(vt100::Parser::new(some(rows), some(cols), 0)));
        let mut reader = pair.master.try_clone_reader().unwrap();
        let painted = Arc::clone(&screen);
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            // The end of the pseudo-terminal is an error on some systems.
            while let Ok(read @ 1..) = reader.read(&mut bytes) {
                painted.lock().unwrap().process(&bytes[..read]);
            }
        });
        let mut shell = Shell {
            writer: pair.master.take_writer().unwrap(),
            master: pair.master,
            screen,
            child,
        };
        shell.at_prompt();
        shell
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// On the built-in sample, at 80 columns and 24 rows.
    pub fn sample(&self) -> Shell {
        self.shell(24, 80, &["--sample"], &[])
    }
}

/// The prompt, whatever mode it tells.
fn is_prompt(text: &str) -> bool {
    let text = text.trim_end();
    let plain = text.replace(" [what-if]", "").replace(" [read-only]", "");
    plain == PROMPT.trim_end()
}

fn size(rows: u16, cols: u16) -> PtySize {
    PtySize {
        rows,
        cols,
        pixel_width: 0,
        pixel_height: 0,
    }
}

fn some(number: u16) -> NonZeroU16 {
    NonZeroU16::new(number).unwrap()
}

impl Shell {
    pub fn keys(&mut self, keys: &str) {
        self.writer.write_all(keys.as_bytes()).unwrap();
        self.writer.flush().unwrap();
    }

    pub fn text(&self) -> String {
        self.screen.lock().unwrap().screen().contents()
    }

    /// The line with the cursor, up to the cursor.
    pub fn typed(&self) -> String {
        let parser = self.screen.lock().unwrap();
        let (row, col) = parser.screen().cursor_position();
        let mut lines = parser.screen().rows(0, col);
        lines.nth(usize::from(row)).unwrap_or_default()
    }

    #[track_caller]
    pub fn until(&self, what: &str, holds: impl Fn(&Self) -> bool) {
        let end = Instant::now() + Duration::from_secs(20);
        while !holds(self) {
            assert!(Instant::now() < end, "{what} never came:\n{}", self.text());
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    #[track_caller]
    pub fn sees(&self, text: &str) {
        self.until(text, |shell| shell.text().contains(text));
    }

    #[track_caller]
    pub fn at_prompt(&mut self) {
        self.until("the prompt", Self::is_at_prompt);
    }

    pub fn is_at_prompt(&self) -> bool {
        is_prompt(&self.typed())
    }

    /// Types a line on an empty screen and sets it going.
    #[track_caller]
    pub fn start(&mut self, line: &str) {
        self.clear();
        self.keys(line);
        self.until("the echo", |shell| !shell.is_at_prompt());
        self.keys("\r");
    }

    /// Types a line on an empty screen, and waits for the prompt that follows.
    #[track_caller]
    pub fn line(&mut self, line: &str) -> String {
        self.clear();
        self.keys(line);
        self.until("the echo", |shell| {
            shell.text().contains(&line[line.len() - 1..])
        });
        self.keys("\r");
        self.until("the next prompt", |shell| {
            let text = shell.text();
            text.matches("Contoso (").count() > 1 && shell.is_at_prompt()
        });
        self.text()
    }

    pub fn resize(&mut self, rows: u16, cols: u16) {
        let mut parser = self.screen.lock().unwrap();
        self.master.resize(size(rows, cols)).unwrap();
        parser.screen_mut().set_size(some(rows), some(cols));
    }

    /// Gives the line up that is being typed.
    #[track_caller]
    pub fn cancel(&mut self) {
        self.keys(CTRL_C);
        self.at_prompt();
        self.clear();
    }

    /// Empties the screen, as Ctrl-L does.
    #[track_caller]
    pub fn clear(&mut self) {
        self.keys("\u{c}");
        self.until("an empty screen", |shell| is_prompt(&shell.text()));
    }

    /// The colour and the decoration of a word's first character.
    pub fn look(&self, word: &str) -> Option<(vt100::Color, bool)> {
        let parser = self.screen.lock().unwrap();
        let screen = parser.screen();
        let (_, cols) = screen.size();
        let lines: Vec<String> = screen.rows(0, cols.get()).collect();
        let found = lines.iter().enumerate().rev();
        let (row, col) = found
            .filter_map(|(row, line)| Some((row, line.rfind(word)?)))
            .next()?;
        let cell = screen.cell(u16::try_from(row).ok()?, u16::try_from(col).ok()?)?;
        Some((cell.fgcolor(), cell.underline()))
    }

    #[track_caller]
    pub fn ends(&mut self) -> u32 {
        let end = Instant::now() + Duration::from_secs(20);
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.exit_code();
            }
            assert!(Instant::now() < end, "it goes on:\n{}", self.text());
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Shell {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
