//! What an event tells about a person, before it is sealed.

use std::fmt;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::entropy::Entropy;
use crate::environment::Environment;
use crate::id::{AuditEventId, UserId, WorkspaceId};
use crate::vault::{Context, OpenError, Purpose, SealError, SealedRecord, VaultKey, open, seal};

/// The network that a request came from: 24 bits of an IPv4 address, 48 of an IPv6 address. Not the address itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NetworkPrefix {
    /// A /24.
    V4([u8; 3]),
    /// A /48.
    V6([u8; 6]),
}

impl From<IpAddr> for NetworkPrefix {
    fn from(address: IpAddr) -> Self {
        // An IPv4 address in IPv6 form would lose everything but its zeros.
        match address.to_canonical() {
            IpAddr::V4(address) => {
                let [a, b, c, _] = address.octets();
                Self::V4([a, b, c])
            }
            IpAddr::V6(address) => {
                let [a, b, c, d, e, f, ..] = address.octets();
                Self::V6([a, b, c, d, e, f])
            }
        }
    }
}

impl fmt::Display for NetworkPrefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::V4([a, b, c]) => write!(f, "{a}.{b}.{c}.0/24"),
            Self::V6(prefix) => {
                let mut octets = [0; 16];
                octets.iter_mut().zip(prefix).for_each(|(to, from)| *to = *from);
                write!(f, "{}/48", std::net::Ipv6Addr::from(octets))
            }
        }
    }
}

/// What only the sealed part of an event says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonalData {
    /// Who acted.
    pub user: UserId,
    /// From which network, where it is known.
    pub network: Option<NetworkPrefix>,
}

impl PersonalData {
    /// Seals it for one event, under the key of [`Actor::subject`](super::Actor::subject).
    ///
    /// # Errors
    /// When no random bytes can be had.
    pub fn seal(
        &self,
        key: &VaultKey,
        place: PersonalPlace,
        entropy: &dyn Entropy,
    ) -> Result<SealedRecord, SealError> {
        // Two ids and a prefix: it always becomes JSON, and always fits.
        let text = serde_json::to_vec(self).unwrap_or_default();
        seal(key, Purpose::PersonalData, &place.context(), &text, entropy)
    }

    /// Opens what [`PersonalData::seal`] made for the same event.
    ///
    /// # Errors
    /// When key, event or bytes are others.
    pub fn open(key: &VaultKey, place: PersonalPlace, sealed: &SealedRecord) -> Result<Self, OpenError> {
        let text = open(key, Purpose::PersonalData, &place.context(), sealed)?;
        text.expose(|text| serde_json::from_slice(text)).map_err(|_| OpenError::Corrupt)
    }
}

/// The event that personal data belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PersonalPlace {
    /// The deployment's environment.
    pub environment: Environment,
    /// Whose log; `None` is the deployment's own.
    pub workspace: Option<WorkspaceId>,
    /// The event.
    pub event: AuditEventId,
}

impl PersonalPlace {
    const fn context(&self) -> Context<'static> {
        Context {
            environment: self.environment,
            workspace: self.workspace,
            kind: "audit-event",
            record: *self.event.as_bytes(),
            field: "personal",
            generation: 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::SeededEntropy;
    use crate::vault::KeyId;

    #[test]
    fn it_opens_for_its_own_event_under_its_own_key_only() {
        let (entropy, user) = (SeededEntropy::new(1), UserId::from_bytes([1; 16]));
        let key = VaultKey::generate(&entropy).unwrap();
        let event = AuditEventId::from_bytes([2; 16]);
        let place = PersonalPlace { environment: Environment::Test, workspace: None, event };
        let network = Some(NetworkPrefix::V4([192, 0, 2]));
        let data = PersonalData { user, network };
        let sealed = data.seal(&key, place, &entropy).unwrap();
        assert_eq!(PersonalData::open(&key, place, &sealed).unwrap(), data);
        let other = PersonalPlace { event: AuditEventId::from_bytes([3; 16]), ..place };
        assert_eq!(PersonalData::open(&key, other, &sealed), Err(OpenError::WrongKeyOrContext));
        let elsewhere = PersonalPlace { workspace: Some(WorkspaceId::from_bytes([4; 16])), ..place };
        assert!(PersonalData::open(&key, elsewhere, &sealed).is_err());
        let stranger = VaultKey::from_bytes(KeyId::from_bytes([5; 16]), [6; 32]);
        assert!(PersonalData::open(&stranger, place, &sealed).is_err());
    }

    #[test]
    fn the_host_part_of_an_address_is_not_kept() {
        for (address, prefix) in [
            ("192.0.2.77", "192.0.2.0/24"),
            ("::ffff:192.0.2.77", "192.0.2.0/24"),
            ("2001:db8:7:8:9::1", "2001:db8:7::/48"),
        ] {
            assert_eq!(NetworkPrefix::from(address.parse::<IpAddr>().unwrap()).to_string(), prefix);
        }
    }
}
