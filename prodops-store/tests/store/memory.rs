//! The contract in memory.

use std::sync::Arc;

use prodops_core::environment::Environment;
use prodops_store::embedded::Embedded;
use prodops_store::testing::Subject;

async fn empty() -> Subject {
    Subject::new(Arc::new(Embedded::memory(Environment::Test).unwrap()))
}

prodops_store::conformance_tests!(empty);
