//! The contract in a database.

use prodops_store::testing::postgres::{skipped, subject};

prodops_store::conformance_tests!(subject, unless skipped);
