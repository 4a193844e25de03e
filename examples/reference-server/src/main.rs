//! The command line of the reference server.

use std::alloc::System;
use std::process::ExitCode;

use zeroizing_alloc::ZeroAlloc;

/// Memory that is freed is wiped, so that libraries that read git's objects leave no source text behind either.
#[global_allocator]
static WIPING: ZeroAlloc<System> = ZeroAlloc(System);

fn main() -> ExitCode {
    reference_server::cli::main()
}
