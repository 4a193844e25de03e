//! What lies at AI providers: written down before it is uploaded, struck out when it is seen to be gone.

mod id;
mod record;
mod tag;

pub use id::{RemoteObjectId, RemoteObjectIdError};
pub use record::{RemoteObjectKind, RemoteObjectRecord, RemoteObjectState};
pub use tag::{BatchTag, BatchTagError};
