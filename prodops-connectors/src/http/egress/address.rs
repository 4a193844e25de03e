//! What kind of place an IP address is.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The kind of place that an address belongs to, by the special-purpose registries of the IANA.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AddressKind {
    /// A host of the public Internet.
    Public,
    /// This machine.
    Loopback,
    /// "No address" and "this network".
    Unspecified,
    /// An organisation's own network: RFC 1918 and unique local addresses.
    Private,
    /// Shared between a carrier and its customers (RFC 6598); overlay networks use it, too.
    Shared,
    /// The local link only.
    LinkLocal,
    /// A cloud's metadata service, which hands out credentials.
    Metadata,
    /// A group of hosts.
    Multicast,
    /// An IPv4 address inside an IPv6 one (mapped, NAT64, 6to4, Teredo): it may lead anywhere.
    Embedded,
    /// Documentation, benchmarks, and whatever is reserved or not assigned.
    Reserved,
}

impl fmt::Display for AddressKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Public => "public",
            Self::Loopback => "loopback",
            Self::Unspecified => "unspecified",
            Self::Private => "private",
            Self::Shared => "shared carrier",
            Self::LinkLocal => "link-local",
            Self::Metadata => "cloud metadata",
            Self::Multicast => "multicast",
            Self::Embedded => "translated",
            Self::Reserved => "reserved",
        })
    }
}

impl From<IpAddr> for AddressKind {
    fn from(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(address) => v4(address),
            IpAddr::V6(address) => v6(address),
        }
    }
}

fn v4(address: Ipv4Addr) -> AddressKind {
    match address.octets() {
        // Instance metadata, container credentials, and the wire server of one cloud, which lies among public addresses.
        [169, 254, 169 | 170, _] | [100, 100, 100, 200] | [192, 0, 0, 192] | [168, 63, 129, 16] => {
            AddressKind::Metadata
        }
        [0, ..] => AddressKind::Unspecified,
        [127, ..] => AddressKind::Loopback,
        [10, ..] | [172, 16..=31, ..] | [192, 168, ..] => AddressKind::Private,
        [100, 64..=127, ..] => AddressKind::Shared,
        [169, 254, ..] => AddressKind::LinkLocal,
        [224..=239, ..] => AddressKind::Multicast,
        [192, 0, 0 | 2, _] | [192, 88, 99, _] | [198, 18..=19, ..] | [198, 51, 100, _] | [203, 0, 113, _] => {
            AddressKind::Reserved
        }
        [240..=255, ..] => AddressKind::Reserved,
        _ => AddressKind::Public,
    }
}

fn v6(address: Ipv6Addr) -> AddressKind {
    match address.segments() {
        [0xfd00, 0x0ec2, ..] | [0xfd20, 0x00ce, 0, 0, 0, 0, 0, 0x0254] => AddressKind::Metadata,
        [0, 0, 0, 0, 0, 0, 0, 0] => AddressKind::Unspecified,
        [0, 0, 0, 0, 0, 0, 0, 1] => AddressKind::Loopback,
        // Mapped and compatible, translated (RFC 2765), NAT64 with its local prefix, Teredo, 6to4.
        [0, 0, 0, 0, 0, ..]
        | [0, 0, 0, 0, 0xffff, 0, ..]
        | [0x64, 0xff9b, ..]
        | [0x2001, 0, ..]
        | [0x2002, ..] => AddressKind::Embedded,
        [0x2001, 1..=0x1ff, ..] | [0x2001, 0x0db8, ..] | [0x3fff, 0..=0x0fff, ..] => AddressKind::Reserved,
        [0x2000..=0x3fff, ..] => AddressKind::Public,
        [0xfc00..=0xfdff, ..] => AddressKind::Private,
        [0xfe80..=0xfebf, ..] => AddressKind::LinkLocal,
        [0xff00..=0xffff, ..] => AddressKind::Multicast,
        _ => AddressKind::Reserved,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(text: &str) -> AddressKind {
        AddressKind::from(text.parse::<IpAddr>().unwrap())
    }

    #[test]
    fn public_addresses_are_public() {
        let public = [
            "1.1.1.1",
            "8.8.8.8",
            "140.82.121.4",
            "172.15.255.255",
            "172.32.0.0",
            "100.63.255.255",
            "100.128.0.0",
        ];
        for text in public.into_iter().chain([
            "2606:4700::1111",
            "2001:4860:4860::8888",
            "2a00:1450:4001::1",
            "2001:200::1",
        ]) {
            assert_eq!(kind(text), AddressKind::Public, "{text}");
        }
    }

    #[test]
    fn every_special_range_is_told_apart_at_both_ends() {
        let rows = [
            (AddressKind::Unspecified, "0.0.0.0 0.255.255.255 ::"),
            (AddressKind::Loopback, "127.0.0.1 127.255.255.255 ::1"),
            (
                AddressKind::Private,
                "10.0.0.0 10.255.255.255 172.16.0.1 172.31.255.255 192.168.0.1 fc00::1 fdff::1",
            ),
            (AddressKind::Shared, "100.64.0.0 100.127.255.255"),
            (AddressKind::LinkLocal, "169.254.0.1 169.254.255.255 fe80::1 febf::1"),
            (
                AddressKind::Metadata,
                "169.254.169.254 169.254.170.2 100.100.100.200 192.0.0.192 168.63.129.16",
            ),
            (AddressKind::Metadata, "fd00:ec2::254 fd00:ec2::23 fd20:ce::254"),
            (AddressKind::Multicast, "224.0.0.1 239.255.255.255 ff02::1"),
            (AddressKind::Embedded, "::ffff:127.0.0.1 ::ffff:8.8.8.8 ::127.0.0.1 ::ffff:0:127.0.0.1"),
            (AddressKind::Embedded, "64:ff9b::a00:1 64:ff9b:1::a00:1 2001::1 2002:7f00:1::"),
            (
                AddressKind::Reserved,
                "192.0.2.1 198.51.100.1 203.0.113.1 198.18.0.1 198.19.255.255 192.88.99.1",
            ),
            (
                AddressKind::Reserved,
                "240.0.0.1 255.255.255.255 2001:db8::1 3fff::1 100::1 fec0::1 4000::1 2001:2::1",
            ),
        ];
        for (expected, texts) in rows {
            for text in texts.split(' ') {
                assert_eq!(kind(text), expected, "{text}");
            }
        }
    }
}
