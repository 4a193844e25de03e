//! Why a workspace's own policies are not taken.

use crate::error::PolicyError;
use crate::file::Place;

/// The policies of a workspace's own are not taken. Nothing of them is in force then.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OverlayError {
    /// The text is too long.
    #[error("{bytes} bytes of policies: at most {limit} are taken")]
    TooLong {
        /// Its length.
        bytes: usize,
        /// How long it may be.
        limit: usize,
    },
    /// Brackets nest deeper than anybody writes them.
    #[error("{place}: brackets nest more than {limit} deep")]
    TooDeep {
        /// The first bracket beyond.
        place: Place,
        /// How deep they may nest.
        limit: usize,
    },
    /// It would not be taken as policies of the deployment either.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// There are too many policies.
    #[error("{place}: policy `{policy}` is one too many: at most {limit} are taken")]
    TooMany {
        /// The first beyond.
        policy: String,
        /// Where it begins.
        place: Place,
        /// How many there may be.
        limit: usize,
    },
    /// The conditions are too large.
    #[error(
        "{place}: with policy `{policy}` the conditions take more than {limit} operations: write fewer or simpler ones"
    )]
    TooLarge {
        /// The first beyond.
        policy: String,
        /// Where it begins.
        place: Place,
        /// How many operations there may be.
        limit: usize,
    },
    /// A policy permits.
    #[error("{place}: policy `{policy}` permits: the policies of a workspace can only forbid")]
    Permits {
        /// The policy.
        policy: String,
        /// Where it begins.
        place: Place,
    },
    /// A policy names another workspace.
    #[error("{place}: policy `{policy}` names another workspace: `{workspace}`")]
    Foreign {
        /// The policy.
        policy: String,
        /// Where it begins.
        place: Place,
        /// The workspace that it names.
        workspace: String,
    },
    /// A policy would lock the owners out.
    #[error(
        "{place}: policy `{policy}` is about `{action}`, which owners need to stay owners: no workspace forbids it"
    )]
    LocksOut {
        /// The policy.
        policy: String,
        /// Where it begins.
        place: Place,
        /// The action, or the group of these actions.
        action: String,
    },
    /// A policy asks what is evaluated by Cedar only.
    #[error(
        "{place}: policy `{policy}` uses what policies of a workspace cannot, such as `like`, tags, `ip` or `decimal`"
    )]
    Unsupported {
        /// The policy.
        policy: String,
        /// Where it begins.
        place: Place,
    },
}
