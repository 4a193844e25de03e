//! The contract behind pgbouncer in transaction mode.

use prodops_store::testing::postgres::{pooled_subject, skipped};

prodops_store::conformance_tests!(pooled_subject, unless skipped);
