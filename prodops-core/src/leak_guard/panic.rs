//! The message of a panic is a sink, too.

use std::io::Write;
use std::panic::PanicHookInfo;

use super::sink::Sink;

/// What [`std::panic::set_hook`] takes.
pub type PanicHook = Box<dyn Fn(&PanicHookInfo<'_>) + Send + Sync>;

impl Sink {
    /// A panic hook that leaves a panic without a secret to the `usual` hook, and writes the redacted message of any other
    /// one to a writer that `out` opens. The panic itself goes on as ever.
    pub fn panic_hook<W: Write>(
        &self,
        usual: PanicHook,
        out: impl Fn() -> W + Send + Sync + 'static,
    ) -> PanicHook {
        let sink = self.clone();
        Box::new(move |info| {
            let mut message = message(info).as_bytes().to_vec();
            if !sink.redact(&mut message) {
                return usual(info);
            }
            let mut out = out();
            let place = info.location().map(|at| format!(" at {at}")).unwrap_or_default();
            let thread = std::thread::current();
            let name = thread.name().unwrap_or("<unnamed>");
            // There is nobody to tell when even this fails.
            let _ = writeln!(out, "\nthread '{name}' panicked{place}:");
            let _ = out.write_all(&message).and_then(|()| out.write_all(b"\n"));
            let _ = out.flush();
        })
    }
}

fn message<'i>(info: &'i PanicHookInfo<'_>) -> &'i str {
    let payload = info.payload();
    let text = payload.downcast_ref::<&str>().copied();
    text.or_else(|| payload.downcast_ref::<String>().map(String::as_str)).unwrap_or_default()
}
