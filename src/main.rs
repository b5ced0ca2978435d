//! The program: hands its arguments to the library and the exit code to the system.

use std::process::ExitCode;

/// A million users are a million small pieces of memory: the system's allocator takes twice as long for them.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    ExitCode::from(tenantsh::cli::main())
}
