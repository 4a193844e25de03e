//! Sealed records from outside: against an independent implementation, against every change, against noise.

pub(crate) mod draw;
mod known_answer;
#[cfg(target_os = "linux")]
mod memory;
mod oracle;
mod refusal;
