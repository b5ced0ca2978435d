//! The keyboard of a terminal: how it reads while a command runs, and while a question waits for its answer.

use std::sync::atomic::AtomicBool;
#[cfg(unix)]
use std::sync::{OnceLock, atomic::Ordering};

#[cfg(unix)]
use rustix::termios::{
    LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr,
};

/// What stands for a key that isn't there.
pub const NO_KEY: u8 = if cfg!(target_os = "macos") { 0xff } else { 0 };

/// A way of reading the keyboard, until it is dropped.
pub struct Keyboard {
    #[cfg(unix)]
    before: Option<Termios>,
}

#[cfg(unix)]
impl Keyboard {
    /// Ctrl-D is a key like others: typed ahead, it reaches the editor behind the lines before it.
    pub fn without_end() -> Self {
        if let Ok(first) = tcgetattr(std::io::stdin()) {
            let _ = FIRST.set(first);
        }
        Self::with_end(NO_KEY)
    }

    /// Ctrl-D is the end of the input.
    pub fn for_answer() -> Self {
        const CTRL_D: u8 = 4;
        Self::with_end(CTRL_D)
    }

    /// Each key is read when it is pressed, and isn't shown.
    pub fn key_by_key() -> Self {
        Self::with(|now| {
            now.local_modes
                .remove(LocalModes::ICANON | LocalModes::ECHO);
            now.special_codes[SpecialCodeIndex::VMIN] = 1;
            now.special_codes[SpecialCodeIndex::VTIME] = 0;
        })
    }

    fn with_end(key: u8) -> Self {
        Self::with(|now| now.special_codes[SpecialCodeIndex::VEOF] = key)
    }

    fn with(change: impl FnOnce(&mut Termios)) -> Self {
        let stdin = std::io::stdin();
        let before = tcgetattr(&stdin).ok();
        if let Some(before) = &before {
            let mut now = before.clone();
            change(&mut now);
            let _ = tcsetattr(&stdin, OptionalActions::Now, &now);
        }
        Self { before }
    }
}

#[cfg(unix)]
impl Drop for Keyboard {
    fn drop(&mut self) {
        if let Some(before) = &self.before {
            let _ = tcsetattr(std::io::stdin(), OptionalActions::Now, before);
        }
    }
}

#[cfg(not(unix))]
impl Keyboard {
    pub fn without_end() -> Self {
        Self {}
    }

    pub fn for_answer() -> Self {
        Self {}
    }

    pub fn key_by_key() -> Self {
        Self {}
    }
}

/// How the keyboard was read before anything changed it.
#[cfg(unix)]
static FIRST: OnceLock<Termios> = OnceLock::new();

/// Gives the terminal back as it was, where the process is about to end on the spot.
pub fn give_back() {
    #[cfg(unix)]
    if let Some(first) = FIRST.get() {
        let _ = tcsetattr(std::io::stdin(), OptionalActions::Now, first);
    }
}

/// Waits for a key; none when Ctrl-C came first, or at the end of the input.
#[cfg(unix)]
pub fn key(stop: &AtomicBool) -> Option<u8> {
    let mut key = [0];
    let read = answered(stop).then(|| rustix::io::read(std::io::stdin(), &mut key));
    matches!(read, Some(Ok(1))).then_some(key[0])
}

#[cfg(not(unix))]
pub fn key(_: &AtomicBool) -> Option<u8> {
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).ok()?;
    line.bytes().next()
}

/// Waits for input; false when Ctrl-C came first.
#[cfg(unix)]
pub fn answered(stop: &AtomicBool) -> bool {
    const OFTEN: i64 = 50_000_000;
    loop {
        match waiting(OFTEN) {
            _ if stop.load(Ordering::Relaxed) => return false,
            Ok(false) | Err(rustix::io::Errno::INTR) => {}
            // An input that can't be waited for is read as it is.
            _ => return true,
        }
    }
}

#[cfg(not(unix))]
pub fn answered(_: &AtomicBool) -> bool {
    true
}

/// Whether something was typed that nobody has read.
pub fn typed_ahead() -> bool {
    #[cfg(unix)]
    return waiting(0) == Ok(true);
    #[cfg(not(unix))]
    false
}

#[cfg(unix)]
fn waiting(nanoseconds: i64) -> rustix::io::Result<bool> {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    let stdin = std::io::stdin();
    let mut input = [PollFd::new(&stdin, PollFlags::IN)];
    let timeout = Timespec {
        tv_sec: 0,
        tv_nsec: nanoseconds,
    };
    Ok(poll(&mut input, Some(&timeout))? > 0)
}

/// Forgets what the terminal holds and nobody has read.
pub fn drop_unread() {
    #[cfg(unix)]
    let _ = rustix::termios::tcflush(std::io::stdin(), rustix::termios::QueueSelector::IFlush);
}
