//! `serve` and `rehearse`: a tenant that answers other programs as Microsoft Graph, and what they changed of it.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender};
use std::time::Duration;

use super::machine::{RealClock, watch_interrupts};
use super::options::{Behaviour, Global, RehearseOptions, ServeOptions};
use super::tenant::{Opened, count, find_tenant, open};
use crate::cmdlets::difference_rows;
use crate::console::{Look, Terminal};
use crate::diagnostic::{Category, Diagnostic};
use crate::files::Scratch;
use crate::format::Format;
use crate::net::{Authority, Handler, Listener, Request, Response, Server};
use crate::remote::serve::{Effects, Faults, Graph, HOSTS};
use crate::session::{Clock, Console, Policy, PolicyGuard, Session};
use crate::store::{self, Disk, RealDisk};
use crate::tenant::Tenant;
use crate::value::Value;

/// A request on its way to the thread that owns the tenant.
struct Exchange {
    request: Request,
    reply: SyncSender<Response>,
}

/// How long a program may take to end after Ctrl-C.
const GRACE: Duration = Duration::from_secs(3);
/// How often it is looked whether the program has ended or Ctrl-C was pressed.
const OFTEN: Duration = Duration::from_millis(20);

/// Answers until Ctrl-C, then shows what was changed.
pub fn serve(options: &ServeOptions, global: &Global, look: Look) -> Result<u8, Vec<Diagnostic>> {
    let one = |fault| vec![fault];
    if options.keep && (global.read_only || global.what_if) {
        return Err(vec![Diagnostic::usage(
            "AmbiguousParameterSet",
            "--keep writes the tenant, which --read-only and --what-if refuse",
        )]);
    }
    let stop = Arc::new(AtomicBool::new(false));
    watch_interrupts(&stop);
    let (graph, before, mut terminal) = prepare(global, &options.behaviour, options.keep, look)?;
    let (handler, exchanges) = channel();
    let scratch = Scratch::new(&RealClock.new_id().to_string()).map_err(one)?;
    let listener = Listener::bind(&options.listen).map_err(one)?;
    let proxy = match &options.proxy {
        Some(address) => Some(Listener::bind(address).map_err(one)?),
        None => None,
    };
    let authority = authority().map_err(one)?;
    let certificate = scratch
        .write("ca.pem", &authority.certificate)
        .map_err(one)?;
    terminal.notice(&format!(
        "answers as Microsoft Graph on https://{}; its certificate authority is {}",
        listener.address,
        certificate.display()
    ));
    if let Some(proxy) = &proxy {
        terminal.notice(&format!(
            "programs that can't be told another address: HTTPS_PROXY=http://{} SSL_CERT_FILE={} \
             NODE_EXTRA_CA_CERTS={} REQUESTS_CA_BUNDLE={}",
            proxy.address,
            certificate.display(),
            certificate.display(),
            certificate.display()
        ));
    }
    terminal.notice(match options.keep {
        true => "what they change is kept in the journal; Ctrl-C ends it",
        false => "nothing they change is kept; Ctrl-C ends it and shows what would have changed",
    });
    let servers = serve_on(listener, proxy, &authority, &handler);
    let mut graph = graph;
    while !stop.load(Ordering::Relaxed) {
        answer_next(&mut graph, &exchanges);
    }
    drop((servers, handler));
    show(graph, &before, options.keep, &mut terminal).map_err(one)?;
    Ok(0)
}

/// Runs a program against a copy of the tenant, and shows what it would have changed. Its exit code is kept.
pub fn rehearse(
    options: &RehearseOptions,
    global: &Global,
    look: Look,
) -> Result<u8, Vec<Diagnostic>> {
    let one = |fault| vec![fault];
    let stop = Arc::new(AtomicBool::new(false));
    watch_interrupts(&stop);
    let (mut graph, before, mut terminal) = prepare(global, &options.behaviour, false, look)?;
    let (handler, exchanges) = channel();
    let scratch = Scratch::new(&RealClock.new_id().to_string()).map_err(one)?;
    let authority = authority().map_err(one)?;
    let certificate = scratch
        .write("ca.pem", &authority.certificate)
        .map_err(one)?;
    let listener = Listener::bind("127.0.0.1:0").map_err(one)?;
    let proxy = Listener::bind("127.0.0.1:0").map_err(one)?;
    let environment = Environment {
        graph: format!("https://localhost:{}", listener.address.port()),
        proxy: format!("http://{}", proxy.address),
        certificate,
        home: (!options.own_home).then(|| scratch.path().to_owned()),
    };
    // Data on standard output stays ours alone.
    let apart = !matches!(global.output, None | Some(Format::Table | Format::List));
    let mut child = environment.start(&options.command, apart).map_err(one)?;
    let servers = serve_on(listener, Some(proxy), &authority, &handler);
    let mut asked_to_stop = None;
    let code = loop {
        answer_next(&mut graph, &exchanges);
        match child.try_wait() {
            Ok(Some(status)) => break exit_code(status),
            Ok(None) => {}
            Err(error) => return Err(vec![not_run(&options.command, &error)]),
        }
        if stop.load(Ordering::Relaxed) {
            let since = *asked_to_stop.get_or_insert_with(|| RealClock.running());
            if RealClock.running().saturating_sub(since) > GRACE {
                end(&mut child);
            }
        }
    };
    drop((servers, handler));
    let tenant = show(graph, &before, false, &mut terminal).map_err(one)?;
    if let Some(dir) = &options.keep_as {
        keep_as(dir, &tenant).map_err(one)?;
        terminal.notice(&format!(
            "the tenant as it was changed is kept in {}",
            dir.display()
        ));
    }
    if code != 0 {
        terminal.notice(&format!("the program ended with exit code {code}"));
    }
    Ok(code)
}

fn prepare(
    global: &Global,
    behaviour: &Behaviour,
    keep: bool,
    look: Look,
) -> Result<(Graph, Rc<Tenant>, Terminal), Vec<Diagnostic>> {
    let mut terminal = Terminal::new(look);
    let place = find_tenant(global);
    let Opened {
        tenant,
        store,
        actor,
    } = open(place.as_deref(), global, &RealClock, &mut terminal)?;
    if keep && store.is_none() {
        return Err(vec![crate::session::in_memory()]);
    }
    let policy = Policy {
        // Everything stays in memory.
        what_if: !keep,
        yes: global.yes || !keep,
        ..Policy::default()
    };
    let mut session = Session::new(
        tenant,
        store.filter(|_| keep),
        actor,
        Box::new(RealClock),
        Box::new(Terminal::new(look)),
        policy,
    );
    if let Some(dir) = &place {
        let guard = PolicyGuard::new(dir.join("policy.yaml"));
        session.guards.push(Rc::new(guard));
    }
    session.begin_run();
    "tenantsh serve".clone_into(&mut session.command);
    let before = session.tenant();
    let faults = Faults {
        throttle: behaviour.throttle,
        fail: behaviour.fail_every,
        drop: behaviour.drop_answers,
        latency: Duration::from_millis(behaviour.latency),
        stale: Duration::from_secs(behaviour.stale),
        seed: behaviour.seed,
    };
    let graph = Graph::new(session, behaviour.permissions.clone(), faults);
    Ok((graph, before, terminal))
}

fn authority() -> Result<Authority, Diagnostic> {
    let mut hosts = vec!["localhost", "127.0.0.1"];
    hosts.extend(HOSTS);
    Authority::new(&hosts, RealClock.now())
}

/// The tenant lives on one thread; connections hand it their requests one by one.
fn channel() -> (Handler, Receiver<Exchange>) {
    const WAITING: usize = 64;
    let (sender, exchanges) = mpsc::sync_channel::<Exchange>(WAITING);
    let handler = move |request: Request| {
        let (reply, answer) = mpsc::sync_channel(1);
        let sent = sender.send(Exchange { request, reply });
        let ended = || Response::new(503).text("the rehearsal has ended\n");
        match sent {
            Ok(()) => answer.recv().unwrap_or_else(|_| ended()),
            Err(_) => ended(),
        }
    };
    (Arc::new(handler), exchanges)
}

fn answer_next(graph: &mut Graph, exchanges: &Receiver<Exchange>) {
    match exchanges.recv_timeout(OFTEN) {
        Ok(Exchange { request, reply }) => {
            // The client may be gone.
            let _ = reply.send(graph.answer(&request));
        }
        Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {}
    }
}

fn serve_on(
    listener: Listener,
    proxy: Option<Listener>,
    authority: &Authority,
    handler: &Handler,
) -> Vec<Server> {
    let mut servers = vec![listener.serve(authority, Arc::clone(handler))];
    servers.extend(proxy.map(|proxy| proxy.proxy(authority, HOSTS, Arc::clone(handler))));
    servers
}

/// What the program under rehearsal finds in its environment.
struct Environment {
    graph: String,
    proxy: String,
    certificate: PathBuf,
    /// A home of its own, so that signing in overwrites no stored sign-in of the admin's.
    home: Option<PathBuf>,
}

impl Environment {
    fn start(&self, command: &[String], apart: bool) -> Result<Child, Diagnostic> {
        let (program, arguments) = command.split_first().ok_or_else(|| {
            Diagnostic::usage("MissingParameter", "no program is named behind --")
        })?;
        let mut child = Command::new(program);
        child.args(arguments);
        for name in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
            child.env(name, &self.proxy);
        }
        for name in ["NO_PROXY", "no_proxy"] {
            child.env(name, "localhost,127.0.0.1");
        }
        for name in [
            "SSL_CERT_FILE",
            "NODE_EXTRA_CA_CERTS",
            "REQUESTS_CA_BUNDLE",
            "CURL_CA_BUNDLE",
        ] {
            child.env(name, &self.certificate);
        }
        child.env("TENANTSH_GRAPH", &self.graph);
        if let Some(home) = &self.home {
            child.env("HOME", home).env("USERPROFILE", home);
            child.env("AZURE_CONFIG_DIR", home.join(".azure"));
        }
        if apart {
            child.stdout(Stdio::from(io::stderr()));
        }
        child.spawn().map_err(|error| not_run(command, &error))
    }
}

fn not_run(command: &[String], error: &io::Error) -> Diagnostic {
    let program = command.first().map_or("", String::as_str);
    Diagnostic::new(
        "ProgramFailed",
        Category::NotFound,
        format!("{program} can't be run: {error}"),
    )
    .about(program)
    .hint("behind -- stands a program as a shell would start it: tenantsh rehearse -- bash offboard.sh")
}

fn end(child: &mut Child) {
    // It may have ended by itself meanwhile.
    let _ = child.kill();
}

#[cfg(unix)]
fn exit_code(status: std::process::ExitStatus) -> u8 {
    use std::os::unix::process::ExitStatusExt;
    let code = status
        .code()
        .or_else(|| status.signal().map(|signal| 128 + signal));
    code.and_then(|code| u8::try_from(code).ok()).unwrap_or(1)
}

#[cfg(not(unix))]
fn exit_code(status: std::process::ExitStatus) -> u8 {
    status
        .code()
        .and_then(|code| u8::try_from(code).ok())
        .unwrap_or(1)
}

/// Shows in which things the tenant differs now, and what that comes to.
fn show(
    graph: Graph,
    before: &Tenant,
    kept: bool,
    terminal: &mut Terminal,
) -> Result<Rc<Tenant>, Diagnostic> {
    let (after, effects, saved) = graph.finish();
    let rows = differences(before, &after);
    for row in &rows {
        terminal.output(row)?;
    }
    terminal.finish()?;
    for sentence in summary(before, &after, &effects, rows.len(), kept) {
        terminal.notice(&sentence);
    }
    if let Err(fault) = saved {
        terminal.warning(&fault);
    }
    Ok(after)
}

/// A row for each thing that was changed. That mailboxes and drives follow is told in the summary, with its date.
fn differences(before: &Tenant, after: &Tenant) -> Vec<Value> {
    let mut rows = difference_rows(before, after);
    rows.retain(|row| row.property("Property").unwrap_or_default().to_text() != "Data");
    rows
}

fn summary(
    before: &Tenant,
    after: &Tenant,
    effects: &Effects,
    changed: usize,
    kept: bool,
) -> Vec<String> {
    let mut sentences = Vec::new();
    let calls = count(usize::try_from(effects.calls).unwrap_or(usize::MAX), "call");
    let refused = match effects.refused {
        0 => String::new(),
        some => format!(", {some} refused"),
    };
    let what = match (changed, kept) {
        (0, _) => "nothing changed".to_owned(),
        (some, true) => format!("{} made", count(some, "change")),
        (some, false) => format!(
            "{} would have been made; nothing was changed",
            count(some, "change")
        ),
    };
    sentences.push(format!("{calls}{refused}: {what}"));
    let mut seats = Vec::new();
    for product in after.products() {
        let (was, now) = (
            before.seats(&product.sku).consumed,
            after.seats(&product.sku).consumed,
        );
        if was != now {
            seats.push(format!("{} {was} to {now}", product.part_number()));
        }
    }
    if !seats.is_empty() {
        sentences.push(format!("seats taken: {}", seats.join(", ")));
    }
    if let Some(first) = effects.held.iter().map(|(_, until)| until).min() {
        let mut people: Vec<&str> = effects.held.iter().map(|(user, _)| user.as_str()).collect();
        people.sort_unstable();
        people.dedup();
        sentences.push(format!(
            "data is kept for a time and then deleted, the first of it after {first}: {}",
            shortened(&people)
        ));
    }
    if !effects.permissions.is_empty() {
        let names: Vec<&str> = effects.permissions.iter().copied().collect();
        sentences.push(format!("permissions it needed: {}", names.join(", ")));
    }
    sentences
}

fn shortened(people: &[&str]) -> String {
    const SHOWN: usize = 5;
    let shown = people
        .iter()
        .take(SHOWN)
        .copied()
        .collect::<Vec<_>>()
        .join(", ");
    match people.len().saturating_sub(SHOWN) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

fn keep_as(dir: &Path, tenant: &Tenant) -> Result<(), Diagnostic> {
    let disk: Arc<dyn Disk> = Arc::new(RealDisk);
    let by = tenant
        .organisation()
        .default_admin
        .clone()
        .unwrap_or_default();
    store::create(&disk, dir, tenant, RealClock.now(), &by)
}
