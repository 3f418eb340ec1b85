//! The networks that one visitor may have.

use std::net::IpAddr;

use ipnet::{IpNet, Ipv6Net};

/// The networks that a visitor with this address may have, narrowest first: an IPv4 address, or the IPv6 networks of 64, 56
/// and 48 bits. One customer of a provider may have each of those (RIPE-690), and use as many addresses in it as they like.
#[must_use]
pub fn networks(address: IpAddr) -> Vec<IpNet> {
    match address.to_canonical() {
        v4 @ IpAddr::V4(_) => vec![v4.into()],
        IpAddr::V6(v6) => [64, 56, 48].map(|bits| Ipv6Net::new_assert(v6, bits).trunc().into()).to_vec(),
    }
}

/// The widest of them.
#[must_use]
pub fn widest_network(address: IpAddr) -> IpNet {
    networks(address).pop().unwrap_or_else(|| address.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_visitor_has_one_address_or_three_networks_of_ipv6() {
        for (address, expected) in [
            ("192.0.2.7", &["192.0.2.7/32"][..]),
            ("::ffff:192.0.2.7", &["192.0.2.7/32"]),
            ("2001:db8:1:23ff:4:5:6:7", &["2001:db8:1:23ff::/64", "2001:db8:1:2300::/56", "2001:db8:1::/48"]),
        ] {
            let found = networks(address.parse().unwrap());
            assert_eq!(found.iter().map(ToString::to_string).collect::<Vec<_>>(), expected, "{address}");
            assert_eq!(widest_network(address.parse().unwrap()).to_string(), *expected.last().unwrap(), "{address}");
        }
    }
}
