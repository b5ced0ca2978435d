//! A shell on the sample tenant for tests: runs lines and keeps what they put out, say and fail with.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use jiff::Timestamp;
use tenantsh::cmdlets::CATALOG;
use tenantsh::command::{Catalog, Cmdlet};
use tenantsh::diagnostic::{Diagnostic, Source};
use tenantsh::files::{self, Files};
use tenantsh::host::{Host, Mode};
use tenantsh::interop;
use tenantsh::session::{Answer, Clock, Console, Policy, Question, Session};
use tenantsh::tenant::Tenant;
use tenantsh::value::Value;
use uuid::Uuid;

/// Everything that reached the console.
#[derive(Clone, Debug, Default)]
pub struct Log {
    pub outputs: Vec<Value>,
    pub printed: Vec<String>,
    pub notices: Vec<String>,
    pub warnings: Vec<Diagnostic>,
    pub errors: Vec<Diagnostic>,
    pub questions: Vec<Question>,
}

/// A console that remembers, and answers from a list. Without answers nobody sits there.
struct Recorder {
    log: Rc<RefCell<Log>>,
    answers: Rc<RefCell<Option<VecDeque<Answer>>>>,
}

impl Console for Recorder {
    fn output(&mut self, value: &Value) -> Result<(), Diagnostic> {
        self.log.borrow_mut().outputs.push(value.clone());
        Ok(())
    }

    fn print(&mut self, text: &str) -> Result<(), Diagnostic> {
        self.log.borrow_mut().printed.push(text.to_owned());
        Ok(())
    }

    fn finish(&mut self) -> Result<(), Diagnostic> {
        Ok(())
    }

    fn error(&mut self, error: &Diagnostic) {
        self.log.borrow_mut().errors.push(error.clone());
    }

    fn warning(&mut self, warning: &Diagnostic) {
        self.log.borrow_mut().warnings.push(warning.clone());
    }

    fn notice(&mut self, text: &str) {
        self.log.borrow_mut().notices.push(text.to_owned());
    }

    fn interactive(&self) -> bool {
        self.answers.borrow().is_some()
    }

    fn ask(&mut self, question: &Question) -> Answer {
        self.log.borrow_mut().questions.push(question.clone());
        let mut answers = self.answers.borrow_mut();
        answers
            .as_mut()
            .and_then(VecDeque::pop_front)
            .unwrap_or(Answer::No)
    }
}

/// A moment that stands still, and ids in a row.
struct FixedClock(Cell<u128>);

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        "2026-11-24T10:00:00Z".parse().unwrap()
    }

    fn new_id(&self) -> Uuid {
        self.0.set(self.0.get() + 1);
        Uuid::from_u128(self.0.get())
    }
}

pub struct Shell {
    pub host: Host,
    pub session: Rc<RefCell<Session>>,
    log: Rc<RefCell<Log>>,
    answers: Rc<RefCell<Option<VecDeque<Answer>>>>,
}

/// What one text came to.
#[derive(Debug)]
pub struct Ran {
    pub log: Log,
    /// What ended it, or kept it from running.
    pub faults: Vec<Diagnostic>,
}

impl Shell {
    /// The sample tenant in memory, with its own admin.
    pub fn sample() -> Self {
        Self::with_cmdlets(&[])
    }

    /// The same, with cmdlets of the test's own.
    pub fn with_cmdlets(own: &[&'static Cmdlet]) -> Self {
        let tenant = Tenant::new(interop::sample().unwrap()).unwrap();
        let admin = tenant.organisation().default_admin.clone().unwrap();
        let actor = tenant.actor(&admin).unwrap();
        let log = Rc::new(RefCell::new(Log::default()));
        let answers = Rc::new(RefCell::new(None));
        let console = Recorder {
            log: Rc::clone(&log),
            answers: Rc::clone(&answers),
        };
        let session = Rc::new(RefCell::new(Session::new(
            tenant,
            None,
            actor,
            Box::new(FixedClock(Cell::new(0))),
            Box::new(console),
            Policy::default(),
            Files::new(files::Mode::Normal),
        )));
        let cmdlets: Vec<_> = CATALOG.iter().chain(own).copied().collect();
        let stop = Arc::new(AtomicBool::new(false));
        let host = Host::new(Rc::clone(&session), Catalog::new(&cmdlets), stop);
        Self {
            host,
            session,
            log,
            answers,
        }
    }

    /// Somebody sits at the terminal, who gives these answers and then says no.
    pub fn answering(self, answers: &[Answer]) -> Self {
        *self.answers.borrow_mut() = Some(answers.iter().copied().collect());
        self
    }

    /// Runs a text as a script.
    pub fn run(&mut self, text: &str) -> Ran {
        self.run_as(text, Mode::Script)
    }

    /// Runs a text as a typed line.
    pub fn line(&mut self, text: &str) -> Ran {
        self.run_as(text, Mode::Line)
    }

    fn run_as(&mut self, text: &str, mode: Mode) -> Ran {
        let outcome = self.host.run(&Source::new("test", text), mode);
        Ran {
            log: std::mem::take(&mut self.log.borrow_mut()),
            faults: outcome.err().unwrap_or_default(),
        }
    }

    /// What a typed line shows, when nothing goes wrong.
    pub fn texts(&mut self, text: &str) -> Vec<String> {
        let ran = self.line(text);
        assert!(ran.faults.is_empty(), "{text}: {:?}", ran.faults);
        assert!(ran.log.errors.is_empty(), "{text}: {:?}", ran.log.errors);
        ran.texts()
    }

    /// The first fault of a line that must have one.
    pub fn fault(&mut self, text: &str) -> Diagnostic {
        let ran = self.line(text);
        let fault = ran.faults.into_iter().next();
        fault.unwrap_or_else(|| panic!("{text} ran: {:?}", ran.log))
    }
}

impl Ran {
    pub fn texts(&self) -> Vec<String> {
        let outputs = self.log.outputs.iter();
        outputs.map(|value| value.to_text().into_owned()).collect()
    }

    /// A property of everything put out.
    pub fn column(&self, name: &str) -> Vec<String> {
        let outputs = self.log.outputs.iter();
        outputs
            .map(|value| value.member(name).unwrap().to_text().into_owned())
            .collect()
    }
}
