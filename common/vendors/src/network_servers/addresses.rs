//! Which addresses are public. Only those are called, or an organization could have us call what only we can reach.

use aws_smithy_runtime_api::client::dns::{DnsFuture, ResolveDns, ResolveDnsError};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A name all of whose addresses are private.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the name belongs to private addresses only")]
pub(super) struct PrivateAddress;

/// Looks names up and gives their public addresses only. The client connects to what it is given here, so a name cannot
/// point elsewhere between the check and the call.
#[derive(Debug, Clone)]
pub(super) struct PublicAddresses;

impl ResolveDns for PublicAddresses {
    fn resolve_dns<'a>(&'a self, name: &'a str) -> DnsFuture<'a> {
        DnsFuture::new(async move {
            let found = tokio::net::lookup_host((name, 0))
                .await
                .map_err(ResolveDnsError::new)?;
            public_of(found.map(|address| address.ip())).map_err(ResolveDnsError::new)
        })
    }
}

fn public_of(addresses: impl Iterator<Item = IpAddr>) -> Result<Vec<IpAddr>, PrivateAddress> {
    let public: Vec<IpAddr> = addresses.filter(|address| is_public(*address)).collect();
    if public.is_empty() {
        Err(PrivateAddress)
    } else {
        Ok(public)
    }
}

/// Whether `address` is on the public internet, by IANA's registries of special-purpose addresses (RFC 6890).
pub(super) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(four) => is_public_v4(four),
        IpAddr::V6(six) => is_public_v6(six),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let special = match address.octets() {
        // This network; carrier-grade NAT; protocol assignments; 6to4 relays; benchmarks; reserved.
        [0 | 240..=255, ..]
        | [100, 64..=127, ..]
        | [192, 0, 0, _]
        | [192, 88, 99, _]
        | [198, 18 | 19, ..] => true,
        _ => false,
    };
    !(special
        || address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation()
        || address.is_multicast())
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    match address.segments() {
        // Protocol assignments with Teredo, documentation, and 6to4: what carries an IPv4 address within.
        [0x2001, 0..=0x01FF | 0x0DB8, ..] | [0x2002, ..] | [0x3FFF, 0..=0x0FFF, ..] => false,
        // Global unicast is 2000::/3; loopback, mapped and translated addresses, unique local and link local lie outside.
        [first, ..] => first & 0xE000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_addresses_are_known_in_every_form() {
        for public in [
            "1.1.1.1",
            "203.0.114.1",
            "172.32.0.1",
            "100.128.0.1",
            "2606:4700::1111",
            "2a01:4f8::1",
        ] {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
        for private in [
            "0.0.0.0",
            "10.0.0.1",
            "100.64.0.1",
            "127.0.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "192.0.0.8",
            "192.0.2.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:10.0.0.1",
            "::ffff:169.254.169.254",
            "64:ff9b::a00:1",
            "100::1",
            "2001::1",
            "2001:db8::1",
            "2002:a00:1::1",
            "fc00::1",
            "fd00:ec2::254",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(!is_public(private.parse().unwrap()), "{private}");
        }
    }

    #[test]
    fn a_name_with_private_addresses_alone_is_refused() {
        let ip = |text: &str| text.parse::<IpAddr>().unwrap();
        assert_eq!(
            public_of([ip("10.0.0.1"), ip("::1")].into_iter()),
            Err(PrivateAddress)
        );
        assert_eq!(
            public_of([ip("10.0.0.1"), ip("1.1.1.1")].into_iter()),
            Ok(vec![ip("1.1.1.1")])
        );
    }
}
