//! The origin of a deployment, as browsers write it.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

/// A text is no origin that a deployment can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "not an origin: expected https://host or https://host:port in lower case, or http:// with a loopback host"
)]
pub struct OriginError;

/// Scheme, host and port: `https://prodops.example.org`, or `http://localhost:8420` on the same machine.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Origin(Box<str>);

impl Origin {
    /// The origin of a page that was reached over plain http with this `Host` header; `None` when the host is not this
    /// machine itself.
    #[must_use]
    pub fn of_loopback_host(host: &str) -> Option<Self> {
        is_loopback_host(host).then(|| Self(format!("http://{host}").into()))
    }

    /// The text that a browser sends.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is reached over TLS.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.0.starts_with("https://")
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Origin {
    type Err = OriginError;
    fn from_str(text: &str) -> Result<Self, OriginError> {
        let good = match (text.strip_prefix("https://"), text.strip_prefix("http://")) {
            // Browsers leave the default port out, so an origin with it would never match.
            (Some(host), _) => is_host(host) && !host.ends_with(":443"),
            (None, Some(host)) => is_loopback_host(host) && !host.ends_with(":80"),
            (None, None) => false,
        };
        if good { Ok(Self(text.into())) } else { Err(OriginError) }
    }
}

/// Whether a `Host` header, with or without a port, names the machine itself.
#[must_use]
pub fn is_loopback_host(host: &str) -> bool {
    let Some((name, _)) = split_port(host) else { return false };
    name == "localhost"
        || name.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback())
        || ipv6(name).is_some_and(|address| address.is_loopback())
}

fn is_host(host: &str) -> bool {
    let Some((name, _)) = split_port(host) else { return false };
    let label = |label: &str| {
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        !label.is_empty() && label.len() <= 63 && label.chars().all(allowed) && !label.starts_with('-')
    };
    ipv6(name).is_some() || (name.len() <= 253 && name.split('.').all(label))
}

fn ipv6(name: &str) -> Option<Ipv6Addr> {
    name.strip_prefix('[')?.strip_suffix(']')?.parse().ok()
}

/// Name and port. A port is written without leading zeros.
fn split_port(host: &str) -> Option<(&str, Option<u16>)> {
    match host.rsplit_once(':') {
        Some((name, port)) if !port.contains(']') => {
            let number: u16 = port.parse().ok()?;
            (number.to_string() == port && number != 0).then_some((name, Some(number)))
        }
        _ => Some((host, None)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_written_as_browsers_write_them() {
        for good in [
            "https://prodops.example.org",
            "https://prodops.example.org:8443",
            "https://192.0.2.7",
            "https://[2001:db8::1]:8443",
            "http://localhost",
            "http://localhost:8420",
            "http://127.0.0.1:8420",
            "http://[::1]:8420",
        ] {
            assert_eq!(good.parse::<Origin>().unwrap().as_str(), good);
        }
        for bad in [
            "",
            "null",
            "https://",
            "https://*",
            "prodops.example.org",
            "ftp://localhost",
            "http://prodops.example.org",
            "http://localhost.example.org",
            "http://localhost:80",
            "https://a:443",
            "https://a:0",
            "https://a:08443",
            "https://a:99999",
            "https://a/",
            "https://a/b",
            "https://u@a",
            "https://A",
            "https://a..b",
            "https://-a",
            "https://a b",
            "https://a?b",
            "https://a#b",
            "http://127.0.0.1.example.org",
            "http://0.0.0.0",
            "http://2130706433",
            "https://[::1",
            "HTTPS://a",
            "https://ä.example",
        ] {
            assert_eq!(bad.parse::<Origin>(), Err(OriginError), "{bad}");
        }
    }

    #[test]
    fn only_this_machine_may_do_without_tls() {
        assert_eq!(Origin::of_loopback_host("localhost:8420").unwrap().as_str(), "http://localhost:8420");
        assert!(is_loopback_host("127.1.2.3") && is_loopback_host("[::1]:1"));
        for other in
            ["", ":80", "example.org", "localhost.", "LOCALHOST", "[::]", "10.0.0.1", "localhost:x", "::1"]
        {
            assert_eq!(Origin::of_loopback_host(other), None, "{other}");
        }
    }
}
