//! Where bytes leave the process, and the guard in front of each: the log, the messages of panics, standard output.
//!
//! The bodies of answers are guarded by [`crate::web::redact`]. An exporter of traces is a byte sink like these: wrap its writer
//! with [`Sink::writer`](prodops::core::leak_guard::Sink::writer).

use std::io::{self, IsTerminal, Stdout};

use prodops::core::leak_guard::{GuardedWriter, LeakGuard, Sensitive};

/// Sends the log to standard error, guarded.
pub fn log_to_stderr(guard: &LeakGuard) {
    let log = guard.sink("log");
    tracing_subscriber::fmt()
        .with_writer(move || log.writer(io::stderr()))
        .with_ansi(io::stderr().is_terminal())
        .init();
}

/// Guards the messages of panics.
pub fn watch_panics(guard: &LeakGuard) {
    std::panic::set_hook(guard.sink("panic").panic_hook(std::panic::take_hook(), io::stderr));
}

/// Standard output, which may show this one secret once.
pub fn stdout_revealing(guard: &LeakGuard, secret: &dyn Sensitive) -> GuardedWriter<Stdout> {
    guard.sink("stdout").writer(io::stdout()).allow(guard.reveal_once(secret))
}
