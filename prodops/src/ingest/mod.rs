//! Between connectors and the store: derives facts with the classifier and stores them under a lease.

mod intake;
mod lines;
#[cfg(feature = "ai")]
mod metadata;
mod sink;

pub(crate) use intake::ClassifyingIntake;
#[cfg(feature = "ai")]
pub(crate) use metadata::MetadataIntake;
pub(crate) use sink::LeasedSink;
