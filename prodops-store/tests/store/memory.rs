//! The contract in memory.

use std::sync::Arc;

use prodops_core::environment::Environment;
use prodops_store::embedded::Embedded;
use prodops_store::testing::{KeysOnDemand, Subject};

async fn empty() -> Subject {
    let keys = KeysOnDemand::new(Environment::Test).await;
    let store = || Arc::new(Embedded::memory(Environment::Test, keys.clone()).unwrap());
    Subject::new(store(), store())
}

prodops_store::conformance_tests!(empty);
