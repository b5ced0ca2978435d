//! The language's speed as ratios of one run: `cargo bench --bench language` (users: `USERS=100000`).

// A measurement that can't be taken ends the run.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

use std::cell::RefCell;
use std::hint::black_box;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use rhai::{Dynamic, Engine, FnPtr, ImmutableString};
use tenantsh::cmdlets::{CATALOG, FOREIGN};
use tenantsh::command::Catalog;
use tenantsh::diagnostic::{Diagnostic, Source};
use tenantsh::host::{Host, Mode};
use tenantsh::lang::{self, Environment};
use tenantsh::repl::complete::offers;
use tenantsh::session::{Answer, Clock, Console, Policy, Question, Session};
use tenantsh::store::{self, Disk, Holder, RealDisk, Store};
use tenantsh::tenant::{Symbol, Tenant, TenantData, User};
use tenantsh::value::Value;
use uuid::Uuid;

struct Nobody;

impl Clock for Nobody {
    fn now(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH
    }

    fn new_id(&self) -> Uuid {
        Uuid::nil()
    }

    fn running(&self) -> std::time::Duration {
        std::time::Duration::ZERO
    }
}

impl Console for Nobody {
    fn output(&mut self, value: &Value) -> Result<(), Diagnostic> {
        black_box(value);
        Ok(())
    }

    fn print(&mut self, _: &str) -> Result<(), Diagnostic> {
        Ok(())
    }

    fn finish(&mut self) -> Result<(), Diagnostic> {
        Ok(())
    }

    fn error(&mut self, error: &Diagnostic) {
        panic!("{error}");
    }

    fn warning(&mut self, _: &Diagnostic) {}

    fn notice(&mut self, _: &str) {}

    fn interactive(&self) -> bool {
        false
    }

    fn ask(&mut self, _: &Question) -> Answer {
        Answer::No
    }

    fn prompt(&mut self, _: &str) -> Option<String> {
        None
    }
}

/// As the program has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn tenant(users: u128) -> Tenant {
    let departments = ["Sales", "Legal", "Research", "Finance", "IT"].map(Symbol::new);
    let users = (1..=users).map(|n| {
        let mut user = User::new(
            Uuid::from_u128(n | 0x4000_8000 << 64),
            &format!("user{n}@contoso.com"),
            &format!("User Number {n}"),
        );
        user.department = Some(departments[n as usize % departments.len()].clone());
        user
    });
    Tenant::new(TenantData {
        organisation: serde_yaml::from_str("name: Contoso").unwrap(),
        products: vec![],
        groups: vec![],
        users: users.collect(),
    })
    .unwrap()
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

fn ratio(what: &str, own: Duration, wanted: &str, other: Duration) {
    let ratio = own.as_secs_f64() / other.as_secs_f64();
    println!("{what:<58}{ratio:>7.3}   (wanted: {wanted})");
}

/// The closure called from Rust, on the object as a script holds it, with the getter it needs.
fn closure(tenant: &Tenant) -> Duration {
    #[derive(Clone)]
    struct Item(Arc<User>);

    let mut engine = Engine::new();
    engine
        .register_type::<Item>()
        .register_get("Department", |item: &mut Item| -> Dynamic {
            match &item.0.department {
                Some(department) => ImmutableString::from(&**department).into(),
                None => Dynamic::UNIT,
            }
        });
    let ast = engine.compile("|u| u.Department == \"Sales\"").unwrap();
    let function: FnPtr = engine.eval_ast(&ast).unwrap();
    best(3, || {
        let mut passed = 0;
        for user in tenant.users() {
            let item = Item(Arc::clone(user));
            passed += usize::from(function.call::<bool>(&engine, &ast, (item,)).unwrap());
        }
        black_box(passed);
    })
}

fn filters(users: u128) {
    let tenant = tenant(users);
    let closure = closure(&tenant);
    let (mut host, _) = shell(tenant, None);
    // What a variable holds isn't known before the block runs: the whole of it is Rhai's.
    host.set_variable("sales", "Sales".into());
    let mut time = |test: &str| {
        let source = Source::new("bench", format!("Get-User | {test} | Measure-Object"));
        let spent = best(3, || {
            host.run(&source, Mode::Script).unwrap();
        });
        let each = spent.as_nanos() / users;
        println!("{test:<58}{spent:>10.1?}   {each} ns a user");
        spent
    };
    let all = time("Where-Object { $_ }");
    let native = time("Where-Object { $_.Department -eq 'Sales' }");
    let simple = time("Where-Object Department -eq Sales");
    let block = time("Where-Object { 0; $_.Department -eq 'Sales' }");
    let equal = time("Where-Object { $_.Department == \"Sales\" }");
    let equal_block = time("Where-Object { $_.Department == sales }");
    let many = time("Where-Object { $_.Department -in 'Sales','IT' -and $_.Enabled }");
    let many_block = time("Where-Object { 0; $_.Department -in 'Sales','IT' -and $_.Enabled }");
    println!(
        "{:<58}{closure:>10.1?}",
        "|u| u.Department == \"Sales\", called from Rust"
    );
    black_box((all, simple));
    ratio("-eq pushed down / as a block", native, "0.1", block);
    ratio("-in -and pushed down / as a block", many, "0.1", many_block);
    ratio("== pushed down / closure from Rust", equal, "0.5", closure);
    ratio(
        "== as a block / closure from Rust",
        equal_block,
        "0.5",
        closure,
    );
}

/// What Tab takes on a tenant of this size, until it has its offers.
fn completion(users: u128) {
    let (host, session) = shell(tenant(users), None);
    for line in [
        "Get-User ",
        "Get-User user99999",
        "Get-User nobody",
        "Get-User -Department ",
        "Get-User -UsageLocation ",
        "Restore-User ",
        "Connect-Tenant -As ",
        "Remove-RoleMember 'User Administrator' -Member ",
        "Enable-ServicePlan user999999@contoso.com -Plan ",
        "Get-User | Where-Object Department -eq ",
        "Get-User | Where-Object { $_.",
        "Get-User | Where-Object { $_.Department -eq ",
        "Get-User | Where-Object { $_.DisplayName -eq 'nobody",
        "Get-User | ForEach-Object { Get-License $_ } | Sort-Object ",
        "Get-User -Filter \"",
        "Get-User -Filter \"department eq '",
        "Get-User -Filter \"department eq 'nobody",
        "Get-User -Filter \"userType eq '",
        "Get-User -Filter \"displayName eq 'user number 99999",
        "Get-User -Department 'ö",
        "Get-User 'ö",
    ] {
        tab(&host, &session, line);
    }
    // A file of which no more than the head is read.
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("users.csv");
    let rows = "anna@contoso.com,Visby\n".repeat(usize::try_from(users).unwrap());
    std::fs::write(&path, format!("UPN,City\n{rows}")).unwrap();
    tab(
        &host,
        &session,
        &format!("Import-Csv {} | Sort-Object ", path.display()),
    );
    // A journal whose latest commit touches 100,000 users.
    let dir = tempfile::tempdir().unwrap();
    let disk = || -> Arc<dyn Disk> { Arc::new(RealDisk) };
    let small = tenant(users.min(100_000));
    store::create(&disk(), dir.path(), &small, Timestamp::UNIX_EPOCH, "admin").unwrap();
    let holder = Holder::new("admin", Timestamp::UNIX_EPOCH);
    let opened = Store::open(disk(), dir.path(), holder).unwrap();
    let (mut host, session) = shell(opened.tenant, Some(opened.store));
    let change = "Get-User | Set-User -City Visby -Force -Confirm:$false | Out-Null";
    host.run(&Source::new("bench", change), Mode::Script)
        .unwrap();
    tab(&host, &session, "Get-Change ");
}

fn shell(tenant: Tenant, store: Option<Store>) -> (Host, Rc<RefCell<Session>>) {
    let session = Rc::new(RefCell::new(Session::new(
        tenant,
        store,
        tenant_actor(),
        Box::new(Nobody),
        Box::new(Nobody),
        Policy::default(),
    )));
    let stop = Arc::new(AtomicBool::new(false));
    let host = Host::new(
        Rc::clone(&session),
        Catalog::new(CATALOG).with_foreign(FOREIGN),
        stop,
    );
    (host, session)
}

fn tab(host: &Host, session: &RefCell<Session>, line: &str) {
    let spent = best(3, || {
        black_box(offers(host, &session.borrow(), line, line.len()));
    });
    println!(
        "Tab behind '{line}'{:>width$}{spent:>10.1?}   (wanted: below 50 ms)",
        "",
        width = 50usize.saturating_sub(line.len())
    );
}

fn tenant_actor() -> tenantsh::tenant::Actor {
    let sample = Tenant::new(tenantsh::interop::sample().unwrap()).unwrap();
    sample.actor("admin").unwrap()
}

fn lowering() {
    let mut text = String::new();
    for i in 0..500 {
        text.push_str(&format!(
            "let user{i} = Get-User u{i}@contoso.com -Department Sales\n"
        ));
        text.push_str("if user0.Licenses.len() > 1 { print(`a ${user0.Name} b`) } else { let x = [1, 2, 3] }\n");
    }
    let is_command = |name: &str| name.eq_ignore_ascii_case("Get-User");
    let around = Environment {
        is_command: &is_command,
        variables: &[],
        first_pipeline: 0,
    };
    let lowering = best(10, || {
        black_box(lang::lower(&text, &around));
    });
    // The same shape without commands, which is what Rhai alone can compile.
    let plain = text
        .replace("Get-User ", "get(\"")
        .replace("@contoso.com -Department Sales", "\");")
        .replace("`)", "`);");
    let engine = Engine::new();
    let compiling = best(10, || {
        black_box(engine.compile(&plain).unwrap());
    });
    println!("1000 lines: lowering {lowering:.1?}, Rhai's compiling {compiling:.1?}");
    ratio("lowering / compiling", lowering, "below 1", compiling);
}

fn main() {
    let users = std::env::var("USERS");
    let users = users.map_or(1_000_000, |text| text.parse().unwrap());
    println!("{users} users");
    completion(users);
    filters(users);
    lowering();
}
