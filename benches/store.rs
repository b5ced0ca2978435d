//! The store's speed as ratios of one run: `cargo bench --bench store` (other sizes: `USERS=20000`).

// A measurement that can't be taken ends the run.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

use std::fs::File;
use std::hint::black_box;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde::Deserialize;
use tenantsh::store::{self, Disk, Entry, Holder, Opened, RealDisk, Store};
use tenantsh::tenant::{Assignment, Change, LicenseImage, Symbol, Tenant, TenantData, User};
use uuid::Uuid;

/// As the program has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn tenant(users: u128) -> Tenant {
    let product = |sku: &str, n: u128| {
        serde_yaml::from_str(&format!(
            "{{sku: {sku}, sku_id: {}, name: {sku}}}",
            Uuid::from_u128(n)
        ))
        .unwrap()
    };
    let users = (1..=users).map(|n| {
        let id = Uuid::from_u128(n | 0x4000_8000 << 64);
        let mut user = User::new(
            id,
            &format!("user{n}@contoso.com"),
            &format!("User Number {n}"),
        );
        user.given_name = Some("User".into());
        user.surname = Some(format!("Number {n}").into());
        user.mail = Some(format!("user{n}@contoso.com").into());
        user.department = Some(Symbol::new(
            ["Sales", "Legal", "Research", "Finance"][n as usize % 4],
        ));
        user.city = Some(Symbol::new(["Sydney", "Oslo", "Lima"][n as usize % 3]));
        user.created = Some(now().into());
        let mut license = Assignment::direct(Symbol::new("SPE_E5"));
        license.disabled = [Symbol::new("YAMMER_ENTERPRISE")].into();
        user.licenses = [license, Assignment::direct(Symbol::new("FLOW_FREE"))].into();
        user
    });
    Tenant::new(TenantData {
        organisation: serde_yaml::from_str(
            "{name: Contoso, operators: [{name: bench, roles: [Global Administrator]}]}",
        )
        .unwrap(),
        products: vec![product("SPE_E5", 1), product("FLOW_FREE", 2)],
        groups: vec![],
        users: users.collect(),
    })
    .unwrap()
}

fn now() -> Timestamp {
    "2026-11-24T02:51:36.123Z".parse().unwrap()
}

fn disk() -> Arc<dyn Disk> {
    Arc::new(RealDisk)
}

fn open(dir: &Path) -> Opened {
    Store::open(disk(), dir, Holder::new("bench", now())).unwrap()
}

fn removals(tenant: &Tenant, count: usize) -> Vec<Change> {
    let removal = |user: &Arc<User>| Change::LicenseRemoved {
        user: user.id,
        sku: Symbol::new("SPE_E5"),
        group: None,
        was: LicenseImage {
            disabled: [Symbol::new("YAMMER_ENTERPRISE")].into(),
            error: None,
        },
    };
    tenant.users().iter().take(count).map(removal).collect()
}

/// The best of several runs.
fn best(runs: u32, mut run: impl FnMut()) -> Duration {
    (0..runs)
        .map(|_| {
            let start = Instant::now();
            run();
            start.elapsed()
        })
        .min()
        .unwrap()
}

/// The time this thread was on a processor.
fn on_cpu() -> Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let first = text.split_whitespace().next();
    Duration::from_nanos(first.and_then(|n| n.parse().ok()).unwrap_or(0))
}

fn line(what: &str, own: Duration, other: &str, theirs: Duration) {
    let ratio = own.as_secs_f64() / theirs.as_secs_f64();
    println!("{what:<34}{own:>12.1?}   {other:<34}{theirs:>12.1?}   ratio {ratio:.3}");
}

/// The time this process was on a processor, all its threads together, and its peak memory in MiB.
fn usage() -> (Duration, u64) {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let peak = peak
        .and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok())
        .unwrap_or(0);
    let time = Duration::new(time.tv_sec as u64, time.tv_nsec as u32);
    (time, peak / 1024)
}

#[derive(Deserialize)]
#[allow(dead_code)]
struct Whole {
    users: Vec<User>,
}

/// Measures in processes of their own, for their memory; prints time, CPU time and peak of the best of three.
fn child(what: &str, dir: &Path) -> Duration {
    let runs = if what == "open" { 3 } else { 1 };
    let best = (0..runs)
        .map(|_| measured(what, dir))
        .min_by(|a, b| a.1.total_cmp(&b.1));
    let (wall, cpu, peak) = best.unwrap();
    println!("{what:<34}{wall:>9.0} ms   {cpu:.0} ms CPU, peak {peak} MiB");
    Duration::from_secs_f64(cpu / 1000.0)
}

fn measured(what: &str, dir: &Path) -> (f64, f64, f64) {
    let output = Command::new(std::env::current_exe().unwrap())
        .env("MEASURE", what)
        .env("MEASURE_DIR", dir)
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let mut words = text.split_whitespace();
    let mut number = || {
        words
            .next()
            .and_then(|w| w.parse::<f64>().ok())
            .unwrap_or(f64::NAN)
    };
    (number(), number(), number())
}

fn measure(what: &str, dir: &Path) {
    let start = Instant::now();
    // What was read is kept until the measurement is taken: freeing it is no part of opening.
    let (mut opened, mut whole) = (None, None);
    if what == "open" {
        opened = Some(open(dir));
    } else {
        let text = std::fs::read_to_string(dir.join("tenant.yaml")).unwrap();
        whole = Some(serde_yaml::from_str::<Whole>(&text).unwrap());
    }
    let wall = start.elapsed().as_millis();
    let (cpu, peak) = usage();
    black_box((opened, whole));
    println!("{wall} {} {peak}", cpu.as_millis());
}

/// Runs a peer, if it is installed.
fn peer(what: &str, program: &str, arguments: &[&str]) -> Option<Duration> {
    let start = Instant::now();
    let status = Command::new(program)
        .args(arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    match status {
        Ok(status) if status.success() => {
            println!("{what:<34}{:>12.1?}", start.elapsed());
            Some(start.elapsed())
        }
        _ => {
            println!("{what:<34}    not installed");
            None
        }
    }
}

fn main() {
    if let (Ok(what), Ok(dir)) = (std::env::var("MEASURE"), std::env::var("MEASURE_DIR")) {
        return measure(&what, Path::new(&dir));
    }
    let users = std::env::var("USERS")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(100_000);
    let place = tempfile::tempdir_in(".").unwrap();
    let dir = place.path();
    store::create(&disk(), dir, &tenant(users), now(), "bench").unwrap();
    let yaml = dir.join("tenant.yaml");
    let size = std::fs::metadata(&yaml).unwrap().len();
    println!("{users} users, {size} bytes of YAML");

    let own = child("open", dir);
    if users <= 200_000 {
        let whole = child("serde_yaml, the whole file", dir);
        println!(
            "open / serde_yaml, CPU: {:.3}",
            own.as_secs_f64() / whole.as_secs_f64()
        );
    }

    let Opened {
        mut store,
        mut tenant,
        ..
    } = open(dir);
    let one = removals(&tenant, 1);
    let entry = |changes: &[Change]| Entry::new(now(), "bench", changes.to_vec());
    let mut guard = store.lock(&mut |_| {}).unwrap();
    let commit = best(200, || {
        guard.commit(entry(&one)).unwrap();
    });
    drop(guard);
    let with_lock = best(200, || {
        store
            .lock(&mut |_| {})
            .unwrap()
            .commit(entry(&one))
            .unwrap();
    });
    let raw = File::create(dir.join("raw")).unwrap();
    let mut offset = 0;
    let raw_write = best(200, || {
        raw.write_all_at(&[b'x'; 250], offset).unwrap();
        raw.sync_data().unwrap();
        offset += 250;
    });
    line("one commit", commit, "raw write + fdatasync", raw_write);
    line(
        "lock, catch up, commit, unlock",
        with_lock,
        "raw write + fdatasync",
        raw_write,
    );
    drop(place);

    let place = tempfile::tempdir_in(".").unwrap();
    let dir = place.path();
    store::create(&disk(), dir, &tenant, now(), "bench").unwrap();
    let mut store = open(dir).store;
    for count in [10_000, 100_000] {
        let changes = removals(&tenant, count);
        let (start, cpu) = (Instant::now(), on_cpu());
        store
            .lock(&mut |_| {})
            .unwrap()
            .commit(Entry::new(now(), "bench", changes))
            .unwrap();
        let own = start.elapsed();
        println!("  on the processor {:.1?}", on_cpu() - cpu);
        let sqlite = dir.join("peer.db");
        let script = format!(
            "pragma journal_mode=wal; pragma synchronous=full; \
             create table l(user text, sku text, plan text, primary key(user, sku)) without rowid; \
             with recursive n(i) as (select 1 union all select i+1 from n where i < {count}) \
             insert into l select printf('00000000-0000-4000-8000-%012d', i), 'SPE_E5', 'YAMMER' from n;"
        );
        let database = sqlite.to_str().unwrap().to_owned();
        let run = |script: &str| {
            Command::new("sqlite3")
                .args([&database, script])
                .stdout(Stdio::null())
                .status()
        };
        if run(&script).is_ok() {
            let start = Instant::now();
            run("pragma synchronous=full; begin; delete from l where sku='SPE_E5'; commit;")
                .unwrap();
            line(
                &format!("{count} removals, one commit"),
                own,
                "sqlite3, one transaction",
                start.elapsed(),
            );
            let audited = audited(count);
            run(&format!("drop table l; {script} create table journal(n integer primary key, at text, by text, user text, sku text, was text);")).unwrap();
            let path = dir.join("peer.sql");
            std::fs::write(&path, audited).unwrap();
            let start = Instant::now();
            run(&format!(".read {}", path.display())).unwrap();
            line(
                "",
                own,
                "the same with a journal to undo by",
                start.elapsed(),
            );
            let _ = std::fs::remove_file(&sqlite);
        } else {
            println!("{count} removals, one commit: {own:.1?}");
        }
    }
    drop(store);
    drop(place);

    let place = tempfile::tempdir_in(".").unwrap();
    let dir = place.path();
    store::create(&disk(), dir, &tenant, now(), "bench").unwrap();
    let mut opened = open(dir);
    let changes = removals(&tenant, 10);
    let mut guard = opened.store.lock(&mut |_| {}).unwrap();
    guard.commit(entry(&changes)).unwrap();
    changes
        .iter()
        .for_each(|change| opened.tenant.apply(change).unwrap());
    let (start, cpu) = (Instant::now(), on_cpu());
    guard.checkpoint(&opened.tenant, now()).unwrap();
    let checkpoint = start.elapsed();
    println!("  on the processor {:.1?}", on_cpu() - cpu);
    let bytes = std::fs::read(dir.join("tenant.yaml")).unwrap();
    let raw = best(3, || {
        let file = File::create(dir.join("raw")).unwrap();
        file.write_all_at(&bytes, 0).unwrap();
        file.sync_data().unwrap();
    });
    line(
        "checkpoint",
        checkpoint,
        "raw write + fdatasync of the file",
        raw,
    );
    tenant = opened.tenant.clone();
    drop(guard);
    drop(opened);
    whole_processes(dir, &tenant);
    if users <= 200_000 {
        million(own);
    }
}

/// The same job by the program and by its peers, each a process of its own, its start included.
fn whole_processes(dir: &Path, tenant: &Tenant) {
    let text = |path: &Path| path.to_str().unwrap().to_owned();
    let database = text(&dir.join("job.db"));
    let rows: String = tenant
        .users()
        .iter()
        .flat_map(|user| user.licenses.iter().map(move |own| (user.id, own)))
        .map(|(id, own)| format!("insert into l values('{id}','{}');\n", own.sku))
        .collect();
    let load = format!(
        "create table l(user text, sku text, primary key(user, sku)) without rowid;\nbegin;\n{rows}commit;\n"
    );
    std::fs::write(dir.join("load.sql"), load).unwrap();
    let read = format!(".read {}", text(&dir.join("load.sql")));
    let _ = Command::new("sqlite3").args([&database, &read]).status();
    let theirs = peer(
        "sqlite3: 10,000 in one transaction",
        "sqlite3",
        &[
            &database,
            "pragma synchronous=full; begin; delete from l where sku='FLOW_FREE' and user in \
             (select user from l where sku='FLOW_FREE' limit 10000); commit;",
        ],
    );
    let own = program(
        "open, 10,000 removals, durable",
        dir,
        "Get-User | Select-Object -First 10000 | Remove-License -Sku FLOW_FREE | Measure-Object",
    );
    if let Some(theirs) = theirs {
        println!("  ratio {:.2}", own.as_secs_f64() / theirs.as_secs_f64());
    }
    let json: Vec<&User> = tenant.users().iter().map(|user| &**user).collect();
    let json_path = text(&dir.join("users.json"));
    std::fs::write(&json_path, serde_json::to_vec(&json).unwrap()).unwrap();
    peer(
        "jq: the same on JSON",
        "jq",
        &[
            "-c",
            "[range(length) as $i | .[$i] | if $i < 10000 then .licenses |= map(select(.sku != \"FLOW_FREE\")) \
             else . end]",
            &json_path,
        ],
    );
    let yaml = text(&dir.join("tenant.yaml"));
    peer(
        "nu: counting users",
        "nu",
        &["-c", &format!("open {yaml} | get users | length")],
    );
    if tenant.users().len() <= 200_000 {
        let script = "import sys,yaml;yaml.load(open(sys.argv[1]),getattr(yaml,'CSafeLoader',yaml.SafeLoader))";
        peer(
            "python3 with PyYAML, reading",
            "python3",
            &["-c", script, &yaml],
        );
    }
}

/// What a commit does, for SQLite: each removal by the user's key, and what was there noted for an audit and to take back.
fn audited(count: usize) -> String {
    use std::fmt::Write;
    let mut script = String::from("pragma synchronous=full; begin;\n");
    for n in 1..=count {
        let key = format!("user='00000000-0000-4000-8000-{n:012}' and sku='SPE_E5'");
        writeln!(script, "insert into journal(at,by,user,sku,was) select '2026-11-24T02:51:36.123Z','bench',user,sku,plan from l where {key}; delete from l where {key};").unwrap();
    }
    script + "commit;\n"
}

fn program(what: &str, dir: &Path, line: &str) -> Duration {
    let start = Instant::now();
    let status = Command::new(env!("CARGO_BIN_EXE_tenantsh"))
        .args(["--tenant", dir.to_str().unwrap(), "--as", "bench", "--yes"])
        .args(["--quiet", "-c", line])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .unwrap();
    let took = start.elapsed();
    println!("{what:<34}{took:>12.1?}   {status}");
    took
}

/// A million users: opening, its memory, and a scan of them.
fn million(small: Duration) {
    let place = tempfile::tempdir_in(".").unwrap();
    let dir = place.path();
    let tenant = tenant(1_000_000);
    store::create(&disk(), dir, &tenant, now(), "bench").unwrap();
    drop(tenant);
    println!("1,000,000 users");
    let own = child("open", dir);
    println!(
        "open(1M) / open(100k), CPU: {:.1}",
        own.as_secs_f64() / small.as_secs_f64()
    );
    let opening = program("opening alone", dir, "Get-Session");
    // Measured inside: two whole processes differ by more than a scan takes.
    let scan = "(Measure-Command { Get-User -Department Sales | Measure-Object }).TotalSeconds";
    let output = Command::new(env!("CARGO_BIN_EXE_tenantsh"))
        .args([
            "--tenant",
            dir.to_str().unwrap(),
            "--as",
            "bench",
            "--quiet",
            "-c",
            scan,
        ])
        .output()
        .unwrap();
    let took: f64 = String::from_utf8(output.stdout)
        .unwrap()
        .trim()
        .parse()
        .unwrap();
    println!(
        "Get-User -Department              {:>12.1?}",
        Duration::from_secs_f64(took)
    );
    println!("  the scan / opening: {:.3}", took / opening.as_secs_f64());
}
