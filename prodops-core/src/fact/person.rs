//! Somebody whose work is seen.

use serde::{Deserialize, Serialize};

use crate::id::PersonId;
use crate::index_key::{IndexKey, IndexLabel};
use crate::input::PersonName;

/// A person as the sources name them; one address is one person until somebody links them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonFact {
    /// Derived from the address under the workspace's index key.
    pub id: PersonId,
    /// The latest readable name; `None` when no source gave one.
    pub name: Option<PersonName>,
    /// Whether it is a program.
    pub bot: bool,
}

impl PersonFact {
    /// The id for an address, or for a name where there is no address; `None` when there is neither.
    ///
    /// Addresses are compared without regard to letter case and outer blanks.
    #[must_use]
    pub fn identify(key: &IndexKey, name: &[u8], email: &[u8]) -> Option<PersonId> {
        let normal = |bytes: &[u8]| bytes.trim_ascii().to_ascii_lowercase();
        let (label, text) = match (normal(email), normal(name)) {
            (email, _) if !email.is_empty() => (IndexLabel::Email, email),
            (_, name) if !name.is_empty() => (IndexLabel::Name, name),
            _ => return None,
        };
        Some(PersonId::from_bytes(key.subkey(label).hash128(&text)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_person_and_nothing_is_nobody() {
        let key = IndexKey::from_bytes([3; 32]);
        let one = PersonFact::identify(&key, b"A", b"A@example.org");
        assert_eq!(one, PersonFact::identify(&key, b"B", b" a@example.ORG "));
        assert_ne!(one, PersonFact::identify(&key, b"A", b""));
        assert_eq!(PersonFact::identify(&key, b" ", b""), None);
        assert_ne!(one, PersonFact::identify(&IndexKey::from_bytes([4; 32]), b"A", b"A@example.org"));
    }
}
