//! Keyed fingerprints: lines, winnowed grams of tokens, sketches of files, patches. Without a key: hashes for looking up at SCANOSS.

mod fingerprinter;
mod git_patch;
mod keys;
mod line;
mod lines;
mod patch;
mod patch_lines;
mod related;
mod select;
mod sketch;
mod squash;
mod wfp;
mod winnow;
mod winnower;

pub use fingerprinter::{Extent, Fingerprint, Fingerprinter, View};
pub use git_patch::{GitPatch, git_patch};
pub use keys::FingerprintKeys;
pub use patch::PatchKeys;
pub use patch_lines::PatchLines;
pub use related::{RelatedPatches, Relation};
pub use sketch::Sketch;
pub use squash::{Squash, SquashedPatches};
pub use wfp::{WfpHash, WfpWinnower};
pub use winnow::{Winnowing, WinnowingError};

pub(crate) use git_patch::{PatchHasher, add_change};
