//! Where may be gone, and for what.

use std::fmt;
use std::net::IpAddr;

use super::address::AddressKind;

const HTTPS: u16 = 443;

/// A text is no host that can be declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HostError {
    /// Not a DNS name.
    #[error(
        "not a host name: write lower-case letters, digits and hyphens, at least two labels, no wildcard and no final dot"
    )]
    Name,
    /// An IP address, or what a resolver might take for one.
    #[error("an IP address is no host: declare the name that the certificate is for")]
    Address,
    /// A local endpoint that is not on this machine.
    #[error(
        "a local endpoint is `localhost` or a loopback address: declare anything else as a host with https"
    )]
    NotLocal,
    /// Port 0.
    #[error("port 0 cannot be connected to: write the port that the service listens on")]
    Port,
}

/// Which addresses a destination's name may resolve to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Reach {
    Internet,
    OwnNetwork,
    ThisMachine,
}

impl Reach {
    pub(super) const fn admits(self, kind: AddressKind) -> bool {
        match self {
            Self::Internet => matches!(kind, AddressKind::Public),
            Self::OwnNetwork => {
                matches!(kind, AddressKind::Public | AddressKind::Private | AddressKind::Shared)
            }
            Self::ThisMachine => matches!(kind, AddressKind::Loopback),
        }
    }
}

/// Permission to talk to one port of this machine, such as a local model or a development service.
///
/// # Security
/// Whoever can listen on that port can read what is sent there. Granting one is an operator's decision.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct LocalEndpoint {
    host: String,
    port: u16,
    plain: bool,
}

impl LocalEndpoint {
    /// Grants plain http to `localhost` or to a loopback address such as `127.0.0.1` or `[::1]`.
    ///
    /// # Errors
    /// When the host is something else, or the port is 0.
    pub fn http(host: &str, port: u16) -> Result<Self, HostError> {
        Self::new(host, port, true)
    }

    /// Grants https to the same hosts; the service's certificate is checked like any other.
    ///
    /// # Errors
    /// When the host is something else, or the port is 0.
    pub fn https(host: &str, port: u16) -> Result<Self, HostError> {
        Self::new(host, port, false)
    }

    fn new(host: &str, port: u16, plain: bool) -> Result<Self, HostError> {
        if port == 0 {
            return Err(HostError::Port);
        }
        let loopback =
            literal(host).is_some_and(|address| AddressKind::from(address) == AddressKind::Loopback);
        if host != "localhost" && !loopback {
            return Err(HostError::NotLocal);
        }
        Ok(Self { host: host.to_owned(), port, plain })
    }
}

/// One entry of the register: a host, a port, and what is done there.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Destination {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) purpose: &'static str,
    pub(super) reach: Reach,
    pub(super) plain: bool,
}

impl Destination {
    /// A host of the public Internet, by https on port 443.
    ///
    /// # Errors
    /// When the host is not the name of one host.
    pub fn https(host: &str, purpose: &'static str) -> Result<Self, HostError> {
        check_name(host)?;
        Ok(Self { host: host.to_owned(), port: HTTPS, purpose, reach: Reach::Internet, plain: false })
    }

    /// A host that may also lie in the operator's own network (RFC 1918, unique local and carrier-shared addresses), by
    /// https on port 443.
    ///
    /// # Security
    /// Whoever controls the name chooses which host of that network is spoken to. Metadata services, loopback and
    /// link-local addresses stay refused, and the certificate must still be for the name.
    ///
    /// # Errors
    /// When the host is not the name of one host.
    pub fn self_hosted(host: &str, purpose: &'static str) -> Result<Self, HostError> {
        Ok(Self { reach: Reach::OwnNetwork, ..Self::https(host, purpose)? })
    }

    /// A port of this machine.
    #[must_use]
    pub fn local(endpoint: LocalEndpoint, purpose: &'static str) -> Self {
        let LocalEndpoint { host, port, plain } = endpoint;
        Self { host, port, purpose, reach: Reach::ThisMachine, plain }
    }

    /// The same host on another port.
    ///
    /// # Errors
    /// When the port is 0.
    pub fn on_port(self, port: u16) -> Result<Self, HostError> {
        if port == 0 { Err(HostError::Port) } else { Ok(Self { port, ..self }) }
    }

    /// The host.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// What is done there.
    #[must_use]
    pub const fn purpose(&self) -> &'static str {
        self.purpose
    }
}

impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.plain { "http" } else { "https" };
        write!(f, "{scheme}://{}:{} ({})", self.host, self.port, self.purpose)
    }
}

/// The address that a URL's host spells in its one canonical form.
pub(super) fn literal(host: &str) -> Option<IpAddr> {
    let bracketed = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let address: IpAddr = match bracketed {
        Some(inside) => IpAddr::V6(inside.parse().ok()?),
        None => IpAddr::V4(host.parse().ok()?),
    };
    (address.to_string() == bracketed.unwrap_or(host)).then_some(address)
}

/// Whether `host` is made of DNS labels in lower case. Punycode is a label like any other.
pub(super) fn is_dns_name(host: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    host.len() <= 253 && host.split('.').all(is_label)
}

/// Whether a resolver could take the name for an IPv4 address: `2130706433`, `0x7f.1`, `127.1`.
pub(super) fn ends_in_number(host: &str) -> bool {
    let last = host.rsplit('.').next().unwrap_or(host);
    let is_hex =
        last.strip_prefix("0x").is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_hexdigit()));
    is_hex || (!last.is_empty() && last.bytes().all(|byte| byte.is_ascii_digit()))
}

fn check_name(host: &str) -> Result<(), HostError> {
    if host.starts_with('[') || ends_in_number(host) {
        return Err(HostError::Address);
    }
    let is_local = host.ends_with(".localhost");
    if is_dns_name(host) && host.contains('.') && !is_local { Ok(()) } else { Err(HostError::Name) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_exact_names() {
        for good in ["api.example.org", "a.b", "xn--bcher-kva.example", "1password.example", "x1.y2.example"]
        {
            assert!(Destination::https(good, "test").is_ok(), "{good}");
        }
        let names =
            ["", "localhost", "a.localhost", "*.example.org", "api.example.org.", ".example.org", "a..b"];
        for bad in names.into_iter().chain([
            "API.example.org",
            "a_b.example",
            "-a.example",
            "bücher.example",
            "a.b:1",
            "a.b/",
        ]) {
            assert_eq!(Destination::https(bad, "test"), Err(HostError::Name), "{bad}");
        }
        for bad in ["127.0.0.1", "[::1]", "2130706433", "0x7f000001", "0x7f.1", "a.0x", "example.1"] {
            assert_eq!(Destination::https(bad, "test"), Err(HostError::Address), "{bad}");
        }
    }

    #[test]
    fn a_local_endpoint_is_on_this_machine() {
        for good in ["localhost", "127.0.0.1", "127.8.8.8", "[::1]"] {
            assert!(LocalEndpoint::http(good, 1).is_ok(), "{good}");
        }
        for bad in [
            "10.0.0.1",
            "example.org",
            "::1",
            "[::ffff:127.0.0.1]",
            "[0:0:0:0:0:0:0:1]",
            "0.0.0.0",
            "127.1",
            "localhost.",
        ] {
            assert_eq!(LocalEndpoint::http(bad, 1), Err(HostError::NotLocal), "{bad}");
        }
        assert_eq!(LocalEndpoint::https("localhost", 0), Err(HostError::Port));
    }

    #[test]
    fn a_destination_reads_like_a_line_of_a_register() {
        let host = Destination::self_hosted("vault.example.org", "keys")
            .and_then(|host| host.on_port(8200))
            .unwrap();
        assert_eq!(host.to_string(), "https://vault.example.org:8200 (keys)");
        let local = Destination::local(LocalEndpoint::http("localhost", 11434).unwrap(), "model");
        assert_eq!(local.to_string(), "http://localhost:11434 (model)");
    }
}
