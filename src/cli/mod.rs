//! The command line: options in, a tenant, a session and a host wired together, an exit code out.

mod machine;
mod options;
mod plan;
mod rehearse;
mod repair;
mod tenant;

use std::cell::RefCell;
use std::io::{self, IsTerminal};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use clap::Parser;

use crate::batch;
use crate::cmdlets::{CATALOG, FOREIGN};
use crate::command::Catalog;
use crate::console::{Look, Terminal};
use crate::diagnostic::{Category, Diagnostic, Source};
use crate::files;
use crate::format::{Format, LineEnd, Style};
use crate::help;
use crate::host::{Host, Mode};
use crate::repl;
use crate::session::{Console, Policy, PolicyGuard, Session};
use crate::value::Value;
use machine::{RealClock, history, pager, profile, watch_endings, watch_interrupts};
use options::{Color, Command, Global, Options, PlanCommand, PlanShow, generate};
use tenant::{find_tenant, init, open};

/// Runs the program with the arguments of the process.
pub fn main() -> u8 {
    let options = match Options::try_parse_from(options::with_dashes(std::env::args_os())) {
        Ok(options) => options,
        Err(mut error) => {
            options::advise(&mut error);
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
        Ok(Ok(code)) => machine::ended().unwrap_or(code),
        _ => machine::ended().unwrap_or(1),
    }
}

fn start(options: Options) -> u8 {
    let look = look(&options);
    let mut terminal = Terminal::new(look);
    let outcome = match &options.command {
        Some(Command::Help { name }) => explain(name.as_deref(), &mut terminal),
        Some(Command::Generate { what }) => generate(*what),
        Some(Command::Init { dir, from }) => init(dir, from, &options.global, &mut terminal),
        Some(Command::Fmt { dir }) => repair::format(dir, &options.global, &mut terminal),
        Some(Command::Salvage { dir, to }) => {
            repair::salvage(dir, to, &options.global, &mut terminal)
        }
        Some(Command::Plan(PlanCommand {
            show: Some(PlanShow::Show { plan }),
            ..
        })) => plan::show(plan, look).map_err(|fault| vec![fault]),
        Some(Command::Rehearse(own)) => rehearse::rehearse(own, &options.global, look),
        Some(Command::Serve(own)) => rehearse::serve(own, &options.global, look),
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
        None => options::help(),
        Some(name) if options::help_of(name).is_some() => {
            options::help_of(name).unwrap_or_default()
        }
        Some(name) => match Catalog::new(CATALOG).with_foreign(FOREIGN).resolve(name) {
            Ok(cmdlet) => help::page(cmdlet, &help::Part::Page { full: true }),
            // A name with capitals is meant for a cmdlet.
            Err(unknown) => help::topic(name).map(help::Topic::page).map_err(|fault| {
                match name.starts_with(char::is_uppercase) {
                    true => unknown,
                    false => fault,
                }
            }),
        }
        .map_err(|fault| vec![fault])?,
    };
    let shown = terminal
        .output(&Value::from(text))
        .and_then(|()| terminal.finish());
    shown.map_err(|fault| vec![fault])?;
    Ok(0)
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
            csv_end: LineEnd::Lf,
            always_table: options.global.output == Some(Format::Table),
        },
        error_color: color(io::stderr().is_terminal()),
        progress: io::stderr().is_terminal() && !dumb && !options.global.quiet,
        interactive: shell && io::stdin().is_terminal() && !options.global.non_interactive,
    }
}

fn run(options: &Options, mut terminal: Terminal) -> Result<u8, Vec<Diagnostic>> {
    let (source, mode) = text_to_run(options).map_err(|fault| vec![fault])?;
    let stop = Arc::new(AtomicBool::new(false));
    watch_interrupts(&stop);
    watch_endings(&stop);
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
        Some(
            Command::Run { script, .. }
            | Command::Plan(PlanCommand {
                script: Some(script),
                ..
            }),
        ) => Some(script.display().to_string()),
        _ => None,
    };
    let mut policy = policy(&options.global);
    policy.what_if |= matches!(options.command, Some(Command::Plan(_)));
    let mut session = Session::new(
        opened.tenant,
        opened.store,
        opened.actor,
        Box::new(clock),
        Box::new(terminal),
        policy,
    );
    session.script = script;
    if let Some(Command::Plan(_)) = &options.command {
        session.begin_rehearsal();
    }
    match &options.command {
        Some(Command::Plan(PlanCommand {
            line: Some(line), ..
        })) => session.command.clone_from(line),
        Some(Command::Apply {
            plan, skip_moved, ..
        }) => {
            session.command = plan::application(plan, *skip_moved).map_err(|fault| vec![fault])?;
            if session.policy.reason.is_none() {
                session.policy.reason = plan::reason(plan);
            }
        }
        _ => {
            let line = options.line.as_deref().unwrap_or_default();
            session.command = repl::kept(line).to_owned();
        }
    }
    if let Some(dir) = session.kept_store().map(|store| store.dir().to_owned()) {
        let guard = PolicyGuard::new(dir.join("policy.yaml"));
        session.guards.push(Rc::new(guard));
    }
    let session = Rc::new(RefCell::new(session));
    let mut host = Host::new(
        Rc::clone(&session),
        Catalog::new(CATALOG).with_foreign(FOREIGN),
        Arc::clone(&stop),
    );
    if let Some(
        Command::Run { script, .. }
        | Command::Check { script }
        | Command::Plan(PlanCommand {
            script: Some(script),
            ..
        }),
    ) = &options.command
        && let Some(folder) = script
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty())
    {
        host.set_folder(folder);
    }
    let args = match &options.command {
        Some(Command::Run { args, .. } | Command::Plan(PlanCommand { args, .. })) => {
            args.as_slice()
        }
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
    let is_script = matches!(
        options.command,
        Some(
            Command::Run { .. }
                | Command::Plan(PlanCommand {
                    script: Some(_),
                    ..
                })
        )
    );
    if let Some(source) = source.as_ref().filter(|_| is_script)
        && !batch::receive(&mut host, &session, source, args).map_err(|fault| vec![fault])?
    {
        return Ok(0);
    }
    let wants_detail = matches!(
        options.command,
        Some(Command::Apply {
            detailed_exitcode: true,
            ..
        })
    );
    let before = wants_detail.then(|| session.borrow().tenant());
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
    let code = match &options.command {
        Some(Command::Plan(own)) => plan::write(&mut session, &options.global, own, args, code)
            .map_err(|fault| vec![fault])?,
        _ => match before {
            Some(before) => plan::detailed(code, *before != *session.tenant()),
            None => code,
        },
    };
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
        Some(Command::Plan(PlanCommand {
            line: Some(line), ..
        })) => Ok((
            Some(Source::new("<command line>", line.as_str())),
            Mode::Line,
        )),
        Some(Command::Approve { plan, key }) => Ok((
            Some(Source::new("<approve>", plan::approval(plan, key)?)),
            Mode::Line,
        )),
        Some(Command::Apply {
            plan, skip_moved, ..
        }) => Ok((
            Some(Source::new(
                "<apply>",
                plan::application(plan, *skip_moved)?,
            )),
            Mode::Line,
        )),
        Some(
            Command::Run { script, .. }
            | Command::Check { script }
            | Command::Plan(PlanCommand {
                script: Some(script),
                ..
            }),
        ) if script.as_os_str() != "-" => {
            let text = files::read_text(script)?;
            Ok((Some(text.source()), Mode::Script))
        }
        None if io::stdin().is_terminal() => Ok((None, Mode::Line)),
        _ => Ok((
            Some(Source::new(
                "<standard input>",
                ending(read_standard_input()?),
            )),
            Mode::Script,
        )),
    }
}

/// A text whose last line leaves the shell, with what that is in a script.
fn ending(text: String) -> String {
    let kept = text.trim_end();
    let start = kept.rfind('\n').map_or(0, |at| at + 1);
    match repl::leaves(kept[start..].trim()) {
        Some(code) => format!("{}exit({code})", &kept[..start]),
        None => text,
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
