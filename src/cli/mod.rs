//! The command line: options in, a tenant, a session and a host wired together, an exit code out.

use std::cell::RefCell;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::{ArgAction, Args, CommandFactory, Parser, Subcommand, ValueEnum};
use etcetera::BaseStrategy;
use jiff::Timestamp;
use uuid::Uuid;

use crate::batch;
use crate::cmdlets::CATALOG;
use crate::command::Catalog;
use crate::console::{Look, Terminal};
use crate::diagnostic::{Category, Diagnostic, Source};
use crate::files::{self, Files};
use crate::format::{Format, Style};
use crate::help;
use crate::host::{Host, Mode};
use crate::interop;
use crate::repl;
use crate::session::{Clock, Console, Policy, Session};
use crate::store::{self, Disk, Holder, RealDisk, Store};
use crate::tenant::catalogue::Catalogue;
use crate::tenant::{Actor, Tenant};
use crate::value::Value;

/// The licenses of a Microsoft 365 tenant: import, rehearse, change, take back.
#[derive(Parser)]
#[command(
    name = "tenantsh",
    version,
    disable_version_flag = true,
    disable_help_subcommand = true,
    subcommand_negates_reqs = true
)]
#[command(
    override_usage = "tenantsh [OPTIONS] [-c LINE | COMMAND]     without either it is a shell",
    help_template = "{about}\n{usage-heading} {usage}\n\n{all-args}"
)]
struct Options {
    #[command(flatten)]
    global: Global,
    /// Print version
    #[arg(short = 'V', long, action = ArgAction::Version, hide = true)]
    version: Option<bool>,
    /// Run one line
    #[arg(short = 'c', value_name = "LINE")]
    line: Option<String>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Args)]
struct Global {
    /// The tenant's directory; help tenants has the default
    #[arg(long, global = true, value_name = "DIR")]
    tenant: Option<PathBuf>,
    /// Use the built-in sample tenant, in memory
    #[arg(long, global = true, conflicts_with = "tenant")]
    sample: bool,
    /// Who acts: an operator, or a user with a role
    #[arg(long = "as", global = true, value_name = "NAME")]
    actor: Option<String>,
    /// Rehearse everything on a copy; write nothing
    #[arg(long, global = true)]
    what_if: bool,
    /// Answer every question with yes
    #[arg(long, global = true)]
    yes: bool,
    /// Never ask; what would have asked is refused
    #[arg(long, global = true)]
    non_interactive: bool,
    /// Refuse to write the tenant or any file
    #[arg(long, global = true)]
    read_only: bool,
    /// table, list, json, jsonl, csv, yaml, md or html
    #[arg(
        short,
        long,
        global = true,
        value_enum,
        value_name = "FORMAT",
        hide_possible_values = true
    )]
    output: Option<Format>,
    /// Colours: auto, always or never
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, value_name = "WHEN")]
    #[arg(hide_possible_values = true, hide_default_value = true)]
    color: Color,
    /// Don't run the profile before the shell
    #[arg(long, global = true)]
    no_profile: bool,
    /// Leave out summaries and notices
    #[arg(short, long, global = true)]
    quiet: bool,
    /// Say more of what is done on the way
    #[arg(short, long, global = true)]
    verbose: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Color {
    Auto,
    Always,
    Never,
}

#[derive(Subcommand)]
enum Command {
    /// Run a saved script ("-" reads standard input)
    Run {
        script: PathBuf,
        /// The script's parameters (-Department Sales -WhatIf; -? explains them), or what it finds in `args`
        #[arg(last = true, allow_hyphen_values = true)]
        args: Vec<String>,
    },
    /// Find what is wrong with a script without running it
    Check { script: PathBuf },
    /// Make a tenant directory: the sample, or imported from exports
    Init {
        dir: PathBuf,
        /// Graph JSON of users, subscribedSkus and groups; the admin centre's and Entra's CSV; the SKU catalogue
        #[arg(long, num_args = 1.., value_name = "FILE")]
        from: Vec<PathBuf>,
    },
    /// Explain a cmdlet or a topic, such as exit-codes
    Help { name: Option<String> },
    /// Write completions for a shell, or the man page, to standard output
    #[command(hide = true)]
    Generate { what: Generated },
}

#[derive(Clone, Copy, ValueEnum)]
enum Generated {
    Bash,
    Zsh,
    Fish,
    Powershell,
    Man,
}

/// Runs the program with the arguments of the process.
pub fn main() -> u8 {
    let options = match Options::try_parse() {
        Ok(options) => options,
        Err(error) => {
            // Help and version are no errors; a closed pipe is nobody's loss.
            let _ = error.print();
            return u8::try_from(error.exit_code()).unwrap_or(2);
        }
    };
    // Scripts recurse, and a stack overflow would take the process with it.
    const STACK: usize = 64 << 20;
    let thread = std::thread::Builder::new()
        .stack_size(STACK)
        .spawn(move || start(options));
    match thread.map(std::thread::JoinHandle::join) {
        Ok(Ok(code)) => code,
        _ => 1,
    }
}

fn start(options: Options) -> u8 {
    let look = look(&options);
    let mut terminal = Terminal::new(look);
    let outcome = match &options.command {
        Some(Command::Help { name }) => explain(name.as_deref(), &mut terminal),
        Some(Command::Generate { what }) => generate(*what),
        Some(Command::Init { dir, from }) => init(dir, from, &options.global, &mut terminal),
        _ => run(&options, terminal),
    };
    match outcome {
        Ok(code) => code,
        Err(mut faults) => {
            // A closed pipe ends quietly: the reader has what it wanted.
            faults.retain(|fault| fault.id != "OutputClosed");
            let mut terminal = Terminal::new(look);
            for fault in &faults {
                terminal.error(fault);
            }
            faults.first().map_or(0, |fault| fault.category.exit_code())
        }
    }
}

fn explain(name: Option<&str>, terminal: &mut Terminal) -> Result<u8, Vec<Diagnostic>> {
    let text = match name {
        None => Options::command().render_help().to_string(),
        Some(name) => match Catalog::new(CATALOG).find(name) {
            Some(cmdlet) => help::page(cmdlet, &help::Part::Page { full: true }),
            None => help::topic(name).map(help::Topic::page),
        }
        .map_err(|fault| vec![fault])?,
    };
    let shown = terminal
        .output(&Value::from(text))
        .and_then(|()| terminal.finish());
    shown.map_err(|fault| vec![fault])?;
    Ok(0)
}

/// Completions and the man page, made from the options themselves.
fn generate(what: Generated) -> Result<u8, Vec<Diagnostic>> {
    use clap_complete::Shell;
    let mut command = Options::command();
    let mut text = Vec::new();
    let shell = match what {
        Generated::Bash => Some(Shell::Bash),
        Generated::Zsh => Some(Shell::Zsh),
        Generated::Fish => Some(Shell::Fish),
        Generated::Powershell => Some(Shell::PowerShell),
        Generated::Man => None,
    };
    let made = match shell {
        Some(shell) => {
            clap_complete::generate(shell, &mut command, "tenantsh", &mut text);
            Ok(())
        }
        None => clap_mangen::Man::new(command).render(&mut text),
    };
    match made.and_then(|()| io::Write::write_all(&mut io::stdout(), &text)) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(vec![Diagnostic::new(
            "OutputFailed",
            Category::Io,
            format!("the output can't be written: {error}"),
        )]),
        _ => Ok(0),
    }
}

/// Real time and random ids.
struct RealClock;

impl Clock for RealClock {
    /// Whole seconds: finer ones only make dates hard to read.
    fn now(&self) -> Timestamp {
        let now = Timestamp::now();
        Timestamp::from_second(now.as_second()).unwrap_or(now)
    }

    fn new_id(&self) -> Uuid {
        Uuid::new_v4()
    }

    fn running(&self) -> std::time::Duration {
        static START: std::sync::OnceLock<std::time::Instant> = std::sync::OnceLock::new();
        START.get_or_init(std::time::Instant::now).elapsed()
    }
}

fn look(options: &Options) -> Look {
    let variable = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    let color = |terminal: bool| match options.global.color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto if variable("NO_COLOR") => false,
        Color::Auto if variable("CLICOLOR_FORCE") => true,
        Color::Auto => terminal && !dumb,
    };
    let out = io::stdout().is_terminal();
    let shell = options.line.is_none() && options.command.is_none();
    Look {
        format: options.global.output.unwrap_or_default(),
        style: Style {
            // The terminal itself says how many at each table; it may be resized.
            width: out.then_some(0),
            color: color(out),
            raw_csv: false,
            csv_delimiter: None,
            always_table: options.global.output == Some(Format::Table),
        },
        error_color: color(io::stderr().is_terminal()),
        interactive: shell && io::stdin().is_terminal() && !options.global.non_interactive,
    }
}

fn run(options: &Options, mut terminal: Terminal) -> Result<u8, Vec<Diagnostic>> {
    let (source, mode) = text_to_run(options).map_err(|fault| vec![fault])?;
    let stop = Arc::new(AtomicBool::new(false));
    watch_interrupts(&stop);
    terminal = terminal.stopped_by(&stop);
    if source.is_none()
        && let Some(pager) = pager()
    {
        terminal = terminal.page_with(pager);
    }
    let clock = RealClock;
    let place = find_tenant(&options.global);
    let opened = open(place.as_deref(), &options.global, &clock, &mut terminal)?;
    let name = opened.tenant.organisation().name.clone();
    let script = match &options.command {
        Some(Command::Run { script, .. }) => Some(script.display().to_string()),
        _ => None,
    };
    let policy = policy(&options.global);
    let mut session = Session::new(
        opened.tenant,
        opened.store,
        opened.actor,
        Box::new(clock),
        Box::new(terminal),
        policy,
    );
    session.script = script;
    if let Some(line) = &options.line {
        session.command.clone_from(line);
    }
    let session = Rc::new(RefCell::new(session));
    let mut host = Host::new(
        Rc::clone(&session),
        Catalog::new(CATALOG),
        Arc::clone(&stop),
    );
    if let Some(Command::Run { script, .. } | Command::Check { script }) = &options.command
        && let Some(folder) = script
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty())
    {
        host.set_folder(folder);
    }
    let args = match &options.command {
        Some(Command::Run { args, .. }) => args.as_slice(),
        _ => &[],
    };
    host.set_variable(
        "args",
        Value::list(args.iter().map(|arg| Value::from(arg.as_str())).collect()),
    );
    let as_data = !matches!(
        options.global.output,
        None | Some(Format::Table | Format::List)
    );
    if let (Some(source), Some(Command::Run { .. })) = (&source, &options.command)
        && !batch::receive(&mut host, &session, source, args).map_err(|fault| vec![fault])?
    {
        return Ok(0);
    }
    let code = match source {
        Some(source) if matches!(options.command, Some(Command::Check { .. })) => {
            return batch::check(&mut host, &session, &source, as_data)
                .map_err(|fault| vec![fault]);
        }
        Some(source) => batch::run(&mut host, &session, &source, mode),
        None => repl::run(repl::Shell {
            host: Rc::new(RefCell::new(host)),
            session: Rc::clone(&session),
            stop,
            tenant: name,
            history: history(),
            profile: profile(&options.global).map_err(|fault| vec![fault])?,
            color: look(options).style.color,
        })
        .map_err(|fault| vec![fault])?,
    };
    let mut session = session.borrow_mut();
    if let Err(fault) = session.checkpoint(true) {
        // Every change is in the journal already; only the next opening takes longer.
        session.console.warning(&fault);
    }
    Ok(code)
}

/// What is to be run; nothing for the shell.
fn text_to_run(options: &Options) -> Result<(Option<Arc<Source>>, Mode), Diagnostic> {
    if let Some(line) = &options.line {
        return Ok((
            Some(Source::new("<command line>", line.as_str())),
            Mode::Line,
        ));
    }
    match &options.command {
        Some(Command::Run { script, .. } | Command::Check { script })
            if script.as_os_str() != "-" =>
        {
            let text = files::read_text(script)?;
            Ok((Some(text.source()), Mode::Script))
        }
        None if io::stdin().is_terminal() => Ok((None, Mode::Line)),
        _ => Ok((
            Some(Source::new("<standard input>", read_standard_input()?)),
            Mode::Script,
        )),
    }
}

fn read_standard_input() -> Result<String, Diagnostic> {
    io::read_to_string(io::stdin()).map_err(|error| {
        Diagnostic::new(
            "InputFailed",
            Category::InvalidData,
            format!("standard input can't be read: {error}"),
        )
    })
}

fn policy(global: &Global) -> Policy {
    Policy {
        what_if: global.what_if,
        yes: global.yes,
        read_only: global.read_only,
        verbose: global.verbose,
        quiet: global.quiet,
        ..Policy::default()
    }
}

/// The directory of the tenant: named, else the nearest one upwards.
fn find_tenant(global: &Global) -> Option<PathBuf> {
    if global.sample {
        return None;
    }
    if let Some(dir) = &global.tenant {
        return Some(dir.clone());
    }
    if let Some(dir) = std::env::var_os("TENANTSH_TENANT").filter(|dir| !dir.is_empty()) {
        return Some(dir.into());
    }
    let here = std::env::current_dir().ok()?;
    here.ancestors()
        .find(|dir| dir.join("tenant.yaml").is_file())
        .map(Path::to_path_buf)
}

struct Opened {
    tenant: Tenant,
    store: Option<Store>,
    actor: Actor,
}

fn open(
    place: Option<&Path>,
    global: &Global,
    clock: &RealClock,
    terminal: &mut Terminal,
) -> Result<Opened, Vec<Diagnostic>> {
    let one = |fault| vec![fault];
    let named = global.actor.clone().or_else(|| {
        std::env::var("TENANTSH_AS")
            .ok()
            .filter(|name| !name.is_empty())
    });
    let (tenant, store) = match place {
        Some(dir) => {
            let disk: Arc<dyn Disk> = Arc::new(RealDisk);
            let holder = Holder::new(
                named.clone().unwrap_or_else(|| "tenantsh".to_owned()),
                clock.now(),
            );
            let opened = Store::open(disk, dir, holder).map_err(one)?;
            if !global.quiet {
                for notice in &opened.notices {
                    terminal.notice(notice);
                }
            }
            (opened.tenant, Some(opened.store))
        }
        None => {
            if !global.sample && !global.quiet {
                terminal.notice(
                    "no tenant named: this is the built-in sample, in memory; nothing is kept \
                     (make your own with: tenantsh init DIR --from FILE...)",
                );
            }
            (Tenant::new(interop::sample().map_err(one)?)?, None)
        }
    };
    let name = named.or_else(|| tenant.organisation().default_admin.clone());
    let actor = match name {
        Some(name) => tenant.actor(&name).map_err(one)?,
        None => Actor::nobody(),
    };
    Ok(Opened {
        tenant,
        store,
        actor,
    })
}

fn init(
    dir: &Path,
    from: &[PathBuf],
    global: &Global,
    terminal: &mut Terminal,
) -> Result<u8, Vec<Diagnostic>> {
    let one = |fault| vec![fault];
    if global.read_only {
        return Err(vec![Diagnostic::new(
            "ReadOnly",
            Category::Denied,
            "init writes a tenant, and --read-only refuses to write",
        )]);
    }
    let (parts, notices) = if from.is_empty() {
        (interop::sample().map_err(one)?, Vec::new())
    } else {
        let mut texts = Vec::new();
        for path in from {
            texts.push(files::read_text(path).map_err(one)?);
        }
        let import = interop::import(&texts, Catalogue::get()).map_err(one)?;
        let mut notices = import.notices;
        notices.extend(
            import
                .unused
                .iter()
                .map(|unused| format!("not used: {unused}")),
        );
        if !import.unused.is_empty() {
            notices.push(format!("{} things could not be used", import.unused.len()));
        }
        (import.parts, notices)
    };
    let tenant = Tenant::new(parts)?;
    for notice in notices {
        terminal.notice(&notice);
    }
    let clock = RealClock;
    if global.what_if {
        terminal.notice(&format!("what if: {} would be made", dir.display()));
    } else {
        let disk: Arc<dyn Disk> = Arc::new(RealDisk);
        let by = tenant
            .organisation()
            .default_admin
            .clone()
            .unwrap_or_default();
        store::create(&disk, dir, &tenant, clock.now(), &by).map_err(one)?;
    }
    let licenses: usize = tenant.users().iter().map(|user| user.licenses.len()).sum();
    terminal.notice(&format!(
        "{}: {}, {}, {}, {}",
        dir.display(),
        count(tenant.users().len(), "user"),
        count(tenant.products().len(), "product"),
        count(licenses, "license"),
        count(tenant.groups().len(), "group"),
    ));
    if !global.what_if {
        terminal.notice(&format!(
            "open it with: tenantsh --tenant {}",
            dir.display()
        ));
    }
    Ok(0)
}

/// `1 group`, `2 groups`.
fn count(number: usize, what: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {what}{plural}")
}

/// Ctrl-C asks the run to stop; a second one within two seconds, which the run didn't heed, ends the process. What is
/// committed stays.
fn watch_interrupts(stop: &Arc<AtomicBool>) {
    let stop = Arc::clone(stop);
    let last = std::sync::Mutex::new(None::<std::time::Instant>);
    let watching = ctrlc::set_handler(move || {
        let now = std::time::Instant::now();
        if let Ok(mut last) = last.lock() {
            let soon = last.is_some_and(|last| now.duration_since(last).as_secs() < 2);
            if soon && stop.load(Ordering::Relaxed) {
                std::process::exit(i32::from(Category::Interrupted.exit_code()));
            }
            *last = Some(now);
        }
        stop.store(true, Ordering::Relaxed);
    });
    // Without a handler Ctrl-C ends the process at once, which loses nothing that was printed as done.
    let _ = watching;
}

/// The admin's own lines that run before the shell: `tenantsh/profile.rhai` where settings are kept.
fn profile(global: &Global) -> Result<Option<Arc<Source>>, Diagnostic> {
    let path = match etcetera::choose_base_strategy() {
        Ok(base) if !global.no_profile => base.config_dir().join("tenantsh").join("profile.rhai"),
        _ => return Ok(None),
    };
    if !path.is_file() {
        return Ok(None);
    }
    Ok(Some(files::read_text(&path)?.source()))
}

/// The command that shows what is taller than the screen; an empty PAGER is none.
fn pager() -> Option<String> {
    let chosen = match std::env::var("PAGER") {
        Ok(own) => own,
        // -K: Ctrl-C leaves it, as it leaves a command.
        Err(_) => "less -FRXK".to_owned(),
    };
    let chosen = chosen.trim();
    let plain = chosen.is_empty() || chosen == "cat" || !io::stdout().is_terminal();
    (!plain).then(|| chosen.to_owned())
}

/// Where the shell keeps its history, if the directory can be had.
fn history() -> Option<PathBuf> {
    let base = etcetera::choose_base_strategy().ok()?;
    let dir = base
        .state_dir()
        .unwrap_or_else(|| base.data_dir())
        .join("tenantsh");
    Files::new(files::Mode::Normal).create_dir(&dir).ok()?;
    Some(dir.join("history"))
}
