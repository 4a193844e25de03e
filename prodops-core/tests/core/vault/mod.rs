//! Sealed records from outside: against an independent implementation, against every change, against noise.

pub(crate) mod draw;
mod known_answer;
mod oracle;
mod refusal;
