//! Typed ids: sixteen random or derived bytes that cannot be mixed up with the id of something else.
//!
//! Random ids use the version-7 layout, so rows written one after another lie one after another.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::clock::Clock;
use crate::entropy::{Entropy, EntropyError};

/// A text is not an id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a valid {what}: expected a UUID")]
pub struct ParseIdError {
    what: &'static str,
}

fn time_ordered(clock: &dyn Clock, entropy: &dyn Entropy) -> Result<Uuid, EntropyError> {
    let mut random = [0u8; 10];
    entropy.fill(&mut random)?;
    let millis = u64::try_from(clock.now().as_millis()).unwrap_or(0);
    Ok(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
}

fn derived(kind: &str, parts: &[&[u8]]) -> Uuid {
    let mut hash = Sha256::new();
    for part in std::iter::once(&kind.as_bytes()).chain(parts) {
        hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(part);
    }
    let mut bytes = [0u8; 16];
    for (to, from) in bytes.iter_mut().zip(hash.finalize()) {
        *to = from;
    }
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

macro_rules! typed_ids {
    ($($(#[$doc:meta])* $name:ident = $what:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// Makes a new random id whose first bytes follow the clock.
            ///
            /// # Errors
            /// When the entropy source fails.
            pub fn generate(clock: &dyn Clock, entropy: &dyn Entropy) -> Result<Self, EntropyError> {
                time_ordered(clock, entropy).map(Self)
            }

            /// The same id for the same parts, always: natural keys of records that come from outside.
            #[must_use]
            pub fn derive(parts: &[&[u8]]) -> Self {
                Self(derived($what, parts))
            }

            /// The id with these sixteen bytes.
            #[must_use]
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(Uuid::from_bytes(bytes))
            }

            /// The sixteen bytes.
            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; 16] {
                self.0.as_bytes()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self.0.as_hyphenated(), f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0.as_hyphenated())
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;
            fn from_str(text: &str) -> Result<Self, ParseIdError> {
                Uuid::parse_str(text).map(Self).map_err(|_| ParseIdError { what: $what })
            }
        }
    )*};
}

typed_ids! {
    /// A tenant. Knowing the id opens nothing: see [`crate::tenancy::WorkspaceScope`].
    WorkspaceId = "workspace id";
    /// Somebody who can sign in.
    UserId = "user id";
    /// A user as the deployment's audit log names them: derived from the user's id, and does not tell it.
    PseudonymId = "pseudonym id";
    /// The tie between a user and a workspace.
    MembershipId = "membership id";
    /// A connection of a workspace to a provider.
    ConnectionId = "connection id";
    /// A repository as one connection sees it.
    RepositoryId = "repository id";
    /// A session, the same through every token that it has.
    SessionId = "session id";
    /// An API token, without its secret.
    ApiTokenId = "API token id";
    /// Somebody whose work is seen; not necessarily a user.
    PersonId = "person id";
    /// A team of people.
    TeamId = "team id";
    /// What an HR system says of a person.
    HrRecordId = "HR record id";
    /// A security incident.
    IncidentId = "incident id";
    /// A file that was made of a workspace's data.
    ExportId = "export id";
    /// One hold on a piece of background work.
    LeaseId = "lease id";
    /// One piece of background work in the queue, until it is done.
    JobId = "job id";
    /// A worker, from its start to its end.
    WorkerId = "worker id";
    /// An entry of the audit log.
    AuditEventId = "audit event id";
    /// One request of a caller, echoed in answers, logs and audit events.
    RequestId = "request id";
    /// One backup of the whole deployment.
    BackupId = "backup id";
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{FixedClock, SeededEntropy};

    #[test]
    fn random_ids_follow_the_clock_and_parse_back() {
        let clock = FixedClock::at("2026-01-01T00:00:00Z");
        let entropy = SeededEntropy::new(1);
        let first = WorkspaceId::generate(&clock, &entropy).unwrap();
        clock.advance_seconds(1);
        let second = WorkspaceId::generate(&clock, &entropy).unwrap();
        assert!(first < second);
        assert_eq!(first.to_string().parse::<WorkspaceId>().unwrap(), first);
        assert_eq!("x".parse::<UserId>().unwrap_err().to_string(), "not a valid user id: expected a UUID");
    }

    #[test]
    fn derived_ids_depend_on_kind_and_on_where_parts_end() {
        let a = RepositoryId::derive(&[b"ab", b"c"]);
        assert_eq!(a, RepositoryId::derive(&[b"ab", b"c"]));
        assert_ne!(a, RepositoryId::derive(&[b"a", b"bc"]));
        assert_ne!(a.as_bytes(), PersonId::derive(&[b"ab", b"c"]).as_bytes());
    }
}
