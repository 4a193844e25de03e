//! The list of all places that this deployment may talk to.

use super::destination::{Destination, ends_in_number, literal};
use super::error::EgressError;
use super::fault::UrlFault;
use super::target::Target;

/// Every destination that an operator declared. What is not in it cannot be reached.
#[derive(Debug, Clone, Default)]
pub struct Register(Vec<Destination>);

impl Register {
    /// The destinations, in the order in which they were declared.
    pub fn iter(&self) -> impl Iterator<Item = &Destination> {
        self.0.iter()
    }

    /// What is declared for one purpose.
    #[must_use]
    pub fn only(&self, purpose: &str) -> Self {
        self.iter().filter(|one| one.purpose == purpose).cloned().collect()
    }

    /// The declaration that lets the target pass.
    pub(super) fn admit(&self, purpose: &'static str, target: &Target) -> Result<&Destination, EgressError> {
        let (host, port) = (target.host(), target.port());
        let Some(found) = self.iter().find(|one| one.host == host && one.port == port) else {
            if literal(host).is_some() || ends_in_number(host) {
                return Err(EgressError::Url { fault: UrlFault::Address });
            }
            return Err(EgressError::Undeclared { host: host.to_owned(), port, purpose });
        };
        if target.is_secure() == found.plain {
            return Err(EgressError::Scheme { host: host.to_owned(), port });
        }
        Ok(found)
    }
}

impl FromIterator<Destination> for Register {
    fn from_iter<I: IntoIterator<Item = Destination>>(destinations: I) -> Self {
        Self(destinations.into_iter().collect())
    }
}

impl Extend<Destination> for Register {
    fn extend<I: IntoIterator<Item = Destination>>(&mut self, destinations: I) {
        self.0.extend(destinations);
    }
}
