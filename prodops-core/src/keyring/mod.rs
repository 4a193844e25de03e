//! Keys and their lives: root key → one data key per owner → the keys that are sealed under it.
//!
//! ```text
//! root key (KeyProvider)        one or more; wraps
//!   └ data key                  one active per workspace and one for the deployment; seals rows and records
//!       ├ index key             of a workspace: hashes names, paths, fingerprints
//!       ├ subject key           of a person in a workspace: seals what is personal
//!       ├ signing key           of the deployment: signs audit checkpoints
//!       └ backup key            seals the owner's backups
//! ```
//! A [`KeyringStore`] keeps all of them wrapped, apart from the data. Destroying a key there is what deleting means: every
//! copy of what it sealed, in backups too, is unreadable from then on.
//!
//! Start-up ([`Keyring::open`]) proves that the root key is the right one. When it is not, the reason is [`Sealed`]: a
//! deployment then serves health and changes nothing, and never makes a new key over data that an older one sealed.

mod budget;
mod cache;
mod contents;
mod error;
mod flight;
mod keys;
mod lifecycle;
mod memory;
mod opening;
mod owner;
mod pass;
mod plan;
mod record;
mod ring;
mod root;
mod rotation;
mod rows;
mod sealed_key;
mod store;

pub use contents::{KeyringContents, KeyringRow};
pub use error::{KeyringError, Sealed};
pub use keys::{DataKeys, Place};
pub use memory::MemoryKeyring;
pub use opening::ExistingData;
pub use owner::KeyOwner;
pub use plan::{RootPlan, RotationPlan, Verification};
pub use record::{DataKeyRecord, KeyState, RootRecord, RootState, SealedKeyKind, SealedKeyRecord, Wrapping};
pub use ring::{Keyring, KeyringParts};
pub use root::{KeyFileError, KeyProvider, KeySource, LocalRoot, RootError, Roots};
pub use rows::{NoRowKeys, RowKeySource};
pub use store::{Change, KeyringStore};
