//! The contract in memory.

use std::sync::Arc;

use prodops_core::environment::Environment;
use prodops_store::embedded::Embedded;
use prodops_store::testing::{KeysOnDemand, Subject};

async fn empty() -> Subject {
    let keys = KeysOnDemand::new(Environment::Test).await;
    Subject::new(Arc::new(Embedded::memory(Environment::Test, keys).unwrap()))
}

prodops_store::conformance_tests!(empty);
