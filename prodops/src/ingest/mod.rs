//! Between connectors and the store: derives facts with the classifier and stores them under a lease.

mod intake;
mod sink;

pub(crate) use intake::ClassifyingIntake;
pub(crate) use sink::LeasedSink;
