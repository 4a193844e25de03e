//! Where bytes leave the process, and the guard in front of each: the log, the messages of panics, standard output.
//!
//! The bodies of answers are guarded by [`crate::web::redact`]. An exporter of traces is a byte sink like these: wrap its writer
//! with [`Sink::writer`](prodops::core::leak_guard::Sink::writer).

use std::io::{self, IsTerminal, Stdout};

use prodops::core::leak_guard::{GuardedWriter, LeakGuard, Sensitive};
use tracing::Subscriber;
use tracing_subscriber::filter::{EnvFilter, LevelFilter};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;

/// Sends the log to standard error, guarded: text for a person at a terminal, else what [`json_log`] makes. `RUST_LOG` says how
/// much of it there is.
pub fn log_to_stderr(guard: &LeakGuard) {
    let log = guard.sink("log");
    let writer = move || log.writer(io::stderr());
    let level = EnvFilter::builder().with_default_directive(LevelFilter::INFO.into()).from_env_lossy();
    if io::stderr().is_terminal() {
        tracing_subscriber::fmt().with_writer(writer).with_env_filter(level).init();
    } else {
        json_log(writer).with(level).init();
    }
}

/// A log with a JSON object on each line, in which nothing that came from outside can begin a line of its own.
pub fn json_log<W>(writer: W) -> impl Subscriber + for<'s> LookupSpan<'s>
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    tracing_subscriber::registry().with(tracing_subscriber::fmt::layer().json().with_writer(writer))
}

/// Guards the messages of panics.
pub fn watch_panics(guard: &LeakGuard) {
    std::panic::set_hook(guard.sink("panic").panic_hook(std::panic::take_hook(), io::stderr));
}

/// Standard output, which may show this one secret once.
pub fn stdout_revealing(guard: &LeakGuard, secret: &dyn Sensitive) -> GuardedWriter<Stdout> {
    guard.sink("stdout").writer(io::stdout()).allow(guard.reveal_once(secret))
}
