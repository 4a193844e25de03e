//! What happened, who did it, and what came of it: a log in which nothing can be changed unnoticed.
//!
//! Each workspace has a log of its own, and so has the deployment. An [`AuditEvent`] gets its place by
//! [`LogHead::append`], which chains it to the entry before. The leaf hashes of all logs go into one RFC 6962 tree
//! ([`tree`]), whose size and root are signed from time to time ([`Checkpoint`]); [`verify`](mod@verify) finds what does not fit, and
//! [`tile`] hands the tree to third-party tools in the form of C2SP tlog-tiles. All of it is pure: stores and servers do
//! the reading and writing.
//!
//! # Security
//! Whoever can write the store can rewrite the newest entries until a checkpoint is made over them, and whoever also has
//! the signing key can sign another history. Checkpoints that are kept elsewhere stop both.

mod checkpoint;
mod entry;
mod event;
mod hash;
mod note;
mod personal;
pub mod tile;
pub mod tree;
pub mod verify;

pub use checkpoint::{Checkpoint, CheckpointError};
pub use entry::{AuditEntry, KeptEntry, LeafError, LogHead};
pub use event::{Actor, AuditEvent, AuditObject, Decision};
pub use hash::{ParseTreeHashError, TreeHash};
pub use note::{KeyName, NoteError, NoteSigner, NoteVerifier};
pub use personal::{NetworkPrefix, PersonalData, PersonalPlace};
