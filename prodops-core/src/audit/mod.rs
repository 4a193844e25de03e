//! What happened, who did it, and whether they were allowed to.

mod event;

pub use event::{Actor, AuditEvent, AuditObject, Decision};
