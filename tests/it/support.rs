//! A session on the sample tenant with a fixed clock, whose console remembers everything in the order it was said.

use std::cell::{Cell, RefCell};
use std::io::{self, Write};
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use jiff::Timestamp;
use tenantsh::batch;
use tenantsh::cmdlets::{CATALOG, FOREIGN};
use tenantsh::command::{Catalog, Cmdlet};
use tenantsh::diagnostic::{Diagnostic, Source};
use tenantsh::format::{Format, Printer, Style, render_diagnostic, render_warning};
use tenantsh::host::{Ended, Host, Mode};
use tenantsh::interop;
use tenantsh::session::{Answer, Clock, Console, Policy, Question, Session};
use tenantsh::store::{self, Disk, Holder, RealDisk, Store};
use tenantsh::tenant::Tenant;
use tenantsh::value::Value;
use uuid::Uuid;

/// The moment at which every test takes place.
pub const NOW: &str = "2026-11-24T10:00:00Z";

struct FixedClock {
    ids: Cell<u128>,
}

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        NOW.parse().unwrap()
    }

    fn new_id(&self) -> Uuid {
        self.ids.set(self.ids.get() + 1);
        Uuid::from_u128(self.ids.get())
    }

    fn running(&self) -> std::time::Duration {
        self.ids.set(self.ids.get() + 1);
        std::time::Duration::from_millis(self.ids.get() as u64)
    }
}

/// Text that a console writes and a test reads.
#[derive(Clone, Default)]
pub struct Screen(Rc<RefCell<Vec<u8>>>);

impl Screen {
    pub fn take(&self) -> String {
        String::from_utf8(std::mem::take(&mut *self.0.borrow_mut())).unwrap()
    }
}

impl Write for Screen {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Everything that a console was told besides results.
#[derive(Debug, Default)]
pub struct Log {
    pub notices: Vec<String>,
    pub warnings: Vec<Diagnostic>,
    pub errors: Vec<Diagnostic>,
    pub questions: Vec<Question>,
}

struct Recorder {
    screen: Screen,
    log: Rc<RefCell<Log>>,
    printer: Option<Printer>,
    values: Rc<RefCell<Vec<Value>>>,
    answers: Rc<RefCell<Vec<Answer>>>,
    typed: Rc<RefCell<Vec<String>>>,
    interactive: bool,
}

impl Recorder {
    fn say(&mut self, text: &str) {
        if let Some(printer) = &mut self.printer {
            printer.flush().unwrap();
        }
        self.screen.write_all(text.as_bytes()).unwrap();
    }
}

impl Console for Recorder {
    fn output(&mut self, value: &Value) -> Result<(), Diagnostic> {
        self.values.borrow_mut().push(value.clone());
        let screen = self.screen.clone();
        let style = Style {
            width: Some(110),
            ..Style::default()
        };
        let printer = self
            .printer
            .get_or_insert_with(|| Printer::new(Format::Table, style, Box::new(screen)));
        printer.value(value).unwrap();
        Ok(())
    }

    fn print(&mut self, text: &str) -> Result<(), Diagnostic> {
        self.output(&Value::from(text))
    }

    fn finish(&mut self) -> Result<(), Diagnostic> {
        if let Some(printer) = self.printer.take() {
            printer.finish().unwrap();
        }
        Ok(())
    }

    fn error(&mut self, error: &Diagnostic) {
        self.log.borrow_mut().errors.push(error.clone());
        let text = render_diagnostic(error, false, Some(110));
        self.say(&text);
    }

    fn warning(&mut self, warning: &Diagnostic) {
        self.log.borrow_mut().warnings.push(warning.clone());
        let text = render_warning(warning, false, Some(110));
        self.say(&text);
    }

    fn notice(&mut self, text: &str) {
        self.log.borrow_mut().notices.push(text.to_owned());
        self.say(&format!("{text}\n"));
    }

    fn interactive(&self) -> bool {
        self.interactive
    }

    fn prompt(&mut self, name: &str) -> Option<String> {
        let line = self.typed.borrow_mut().pop()?;
        self.say(&format!("{name}: {line}\n"));
        Some(line)
    }

    fn ask(&mut self, question: &Question) -> Answer {
        self.log.borrow_mut().questions.push(question.clone());
        let answer = self.answers.borrow_mut().pop().unwrap_or(Answer::No);
        self.say(&format!("{} [{answer:?}]\n", question.what));
        answer
    }
}

/// A shell without a terminal.
pub struct Rig {
    pub session: Rc<RefCell<Session>>,
    pub host: Host,
    pub stop: Arc<AtomicBool>,
    pub screen: Screen,
    /// Everything that was put out, as values.
    pub values: Rc<RefCell<Vec<Value>>>,
    log: Rc<RefCell<Log>>,
    /// What the admin will answer, the last one first. Setting [`Rig::interactive`] makes the console ask.
    pub answers: Rc<RefCell<Vec<Answer>>>,
    /// What the admin will type when asked for a parameter, the last one first.
    pub typed: Rc<RefCell<Vec<String>>>,
}

impl Rig {
    /// On the sample, acting as its default admin, with nobody to ask.
    pub fn new() -> Self {
        Self::with_cmdlets(&[])
    }

    /// With somebody at the keyboard.
    pub fn interactive() -> Self {
        Self::build(sample(), Policy::default(), true, &[])
    }

    pub fn with_policy(policy: Policy) -> Self {
        Self::build(sample(), policy, false, &[])
    }

    /// With cmdlets of the test's own besides the built-in ones.
    pub fn with_cmdlets(own: &[&'static Cmdlet]) -> Self {
        Self::build(sample(), Policy::default(), false, own)
    }

    pub fn on(tenant: Tenant) -> Self {
        Self::build(tenant, Policy::default(), false, &[])
    }

    /// The same with somebody at the keyboard.
    pub fn asked_on(tenant: Tenant) -> Self {
        Self::build(tenant, Policy::default(), true, &[])
    }

    /// On the tenant that is kept in a directory; the sample is put there first if there is none.
    pub fn kept(dir: &Path) -> Self {
        Self::kept_with(dir, Policy::default())
    }

    pub fn kept_with(dir: &Path, policy: Policy) -> Self {
        Self::opened(dir, policy, false)
    }

    /// The same with somebody at the keyboard.
    pub fn interactive_on(dir: &Path) -> Self {
        Self::opened(dir, Policy::default(), true)
    }

    fn opened(dir: &Path, policy: Policy, interactive: bool) -> Self {
        let disk: Arc<dyn Disk> = Arc::new(RealDisk);
        let now = NOW.parse().unwrap();
        if !dir.join("tenant.yaml").exists() {
            store::create(&disk, dir, &sample(), now, "admin").unwrap();
        }
        let opened = Store::open(disk, dir, Holder::new("admin", now)).unwrap();
        Self::build_on(opened.tenant, Some(opened.store), policy, interactive, &[])
    }

    fn build(tenant: Tenant, policy: Policy, interactive: bool, own: &[&'static Cmdlet]) -> Self {
        Self::build_on(tenant, None, policy, interactive, own)
    }

    fn build_on(
        tenant: Tenant,
        store: Option<Store>,
        policy: Policy,
        interactive: bool,
        own: &[&'static Cmdlet],
    ) -> Self {
        let screen = Screen::default();
        let values = Rc::new(RefCell::default());
        let answers = Rc::new(RefCell::default());
        let typed = Rc::new(RefCell::default());
        let log = Rc::new(RefCell::default());
        let recorder = Recorder {
            screen: screen.clone(),
            log: Rc::clone(&log),
            printer: None,
            values: Rc::clone(&values),
            answers: Rc::clone(&answers),
            typed: Rc::clone(&typed),
            interactive,
        };
        let actor = tenant.actor("admin").unwrap();
        let clock = FixedClock { ids: Cell::new(0) };
        let session = Session::new(
            tenant,
            store,
            actor,
            Box::new(clock),
            Box::new(recorder),
            policy,
        );
        let session = Rc::new(RefCell::new(session));
        let stop = Arc::new(AtomicBool::new(false));
        let cmdlets: Vec<_> = CATALOG.iter().chain(own).copied().collect();
        let catalog = Catalog::new(&cmdlets).with_foreign(FOREIGN);
        let host = Host::new(Rc::clone(&session), catalog, Arc::clone(&stop));
        Self {
            session,
            host,
            stop,
            screen,
            values,
            log,
            answers,
            typed,
        }
    }

    /// The session alone, for whoever works on it without the language.
    pub fn into_session(self) -> Session {
        drop(self.host);
        let session = Rc::try_unwrap(self.session).unwrap_or_else(|_| panic!("the host lets go"));
        session.into_inner()
    }

    /// Runs a text as a typed line; what ended it, if anything did.
    pub fn try_run(&mut self, text: &str) -> Result<Ended, Vec<Diagnostic>> {
        self.run_as(text, Mode::Line)
    }

    fn run_as(&mut self, text: &str, mode: Mode) -> Result<Ended, Vec<Diagnostic>> {
        self.values.borrow_mut().clear();
        let outcome = self.host.run(&Source::new("<line>", text), mode);
        self.session.borrow_mut().console.finish().unwrap();
        outcome
    }

    /// Runs a text as a typed line, with all that came of it.
    pub fn line(&mut self, text: &str) -> Ran {
        let outcome = self.run_as(text, Mode::Line);
        self.ran(outcome)
    }

    /// The same as a script.
    pub fn script(&mut self, text: &str) -> Ran {
        let outcome = self.run_as(text, Mode::Script);
        self.ran(outcome)
    }

    fn ran(&mut self, outcome: Result<Ended, Vec<Diagnostic>>) -> Ran {
        Ran {
            values: std::mem::take(&mut *self.values.borrow_mut()),
            log: std::mem::take(&mut *self.log.borrow_mut()),
            faults: outcome.err().unwrap_or_default(),
        }
    }

    /// What is on the screen after a line, errors included.
    pub fn show(&mut self, text: &str) -> String {
        self.screen.take();
        text.clone_into(&mut self.session.borrow_mut().command);
        let outcome = self.try_run(text);
        if let Err(faults) = outcome {
            batch::report(&mut self.session.borrow_mut(), faults);
        }
        self.screen.take()
    }

    /// The values that a line puts out; it must not fail.
    pub fn values(&mut self, text: &str) -> Vec<Value> {
        match self.try_run(text) {
            Ok(_) => std::mem::take(&mut *self.values.borrow_mut()),
            Err(faults) => panic!("{text}: {faults:#?}"),
        }
    }

    /// The same, each as text.
    pub fn texts(&mut self, text: &str) -> Vec<String> {
        let values = self.values(text);
        values
            .iter()
            .map(|value| value.to_text().into_owned())
            .collect()
    }

    /// The first error of a line that must fail.
    pub fn error(&mut self, text: &str) -> Diagnostic {
        match self.try_run(text) {
            Ok(_) => panic!("{text}: ran"),
            Err(faults) => faults[0].clone(),
        }
    }
}

/// What a text came to.
#[derive(Debug)]
pub struct Ran {
    pub values: Vec<Value>,
    pub log: Log,
    /// What ended it, or kept it from running.
    pub faults: Vec<Diagnostic>,
}

impl Ran {
    pub fn texts(&self) -> Vec<String> {
        let values = self.values.iter();
        values.map(|value| value.to_text().into_owned()).collect()
    }

    /// A property of everything put out.
    pub fn column(&self, name: &str) -> Vec<String> {
        let values = self.values.iter();
        values
            .map(|value| value.member(name).unwrap().to_text().into_owned())
            .collect()
    }
}

pub fn sample() -> Tenant {
    Tenant::new(interop::sample().unwrap()).unwrap()
}
