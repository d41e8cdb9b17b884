//! Which addresses callbacks may go to (Section 11.5): public ones, unless the configuration says otherwise.
//!
//! Checked when a registration is loaded, and again by the resolver of every new connection. What the resolver returns
//! is what is connected to, so a name cannot change its address between check and use.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs as _};
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

use crate::config::{Config, ConfigError};

/// How long a name may take to resolve when it is registered.
const LOOKUP_TIMEOUT: Duration = Duration::from_secs(5);

/// Refuses registered endpoints that lead to an address that is not public. A name that does not resolve now is let
/// through: deliveries check again.
pub(crate) fn check_registrations(config: &Config) -> Result<(), ConfigError> {
    for client in &config.clients {
        let Some(endpoint) = &client.deferred_client_notification_endpoint else {
            continue;
        };
        let Ok(url) = Url::parse(endpoint) else {
            continue;
        };
        let lax = config.callback.allow_private_addresses;
        let resolved = match url.host() {
            Some(Host::Domain(name)) if !lax => (name, 443).to_socket_addrs().ok(),
            _ => None,
        };
        let public = resolved.is_none_or(|mut found| found.all(|address| is_public(address.ip())));
        if !public || !may_call_literal(&url, lax) {
            return Err(ConfigError::Field {
                field: format!(
                    "clients[{}].deferred_client_notification_endpoint",
                    client.client_id
                ),
                problem: "leads to an address that is not public",
                fix: "use a public host, or callback.allow_private_addresses in development",
            });
        }
    }
    Ok(())
}

/// Whether an endpoint may be registered now. As above: a name that does not resolve is let through.
pub(crate) async fn may_register(url: &Url) -> bool {
    let public = match url.host() {
        Some(Host::Domain(name)) => {
            let lookup = tokio::net::lookup_host((name, 443));
            match tokio::time::timeout(LOOKUP_TIMEOUT, lookup).await {
                Ok(Ok(mut found)) => found.all(|address| is_public(address.ip())),
                Ok(Err(_)) | Err(_) => true,
            }
        }
        _ => true,
    };
    public && may_call_literal(url, false)
}

/// Whether a URL whose host is an address may be called. (One whose host is a name is the resolver's business, which
/// in turn never sees addresses.)
pub(crate) fn may_call_literal(url: &Url, allow_private: bool) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => allow_private || is_public(address.into()),
        Some(Host::Ipv6(address)) => allow_private || is_public(address.into()),
        Some(Host::Domain(_)) => true,
        None => false,
    }
}

/// Resolves a name and refuses it unless every address is public.
pub(crate) struct CheckedResolver {
    pub(crate) allow_private: bool,
}

impl Resolve for CheckedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let allow_private = self.allow_private;
        Box::pin(async move {
            // Port 0 stands for the port of the URL.
            let found: Vec<SocketAddr> =
                tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            if !allow_private && !found.iter().all(|address| is_public(address.ip())) {
                return Err(
                    io::Error::other("the host resolves to an address that is not public").into(),
                );
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

/// Whether an address is globally reachable as far as the IANA special-purpose registries tell (RFC 6890).
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let special = match address.octets() {
        [0 | 10 | 127, ..] => true,
        [100, 64..=127, ..] => true, // shared by carriers
        [169, 254, ..] => true,      // link-local, and the metadata services of clouds
        [172, 16..=31, ..] => true,
        [192, 0, 0 | 2, _] => true,
        [192, 88, 99, _] => true,
        [192, 168, ..] => true,
        [198, 18..=19, ..] => true,
        [198, 51, 100, _] | [203, 0, 113, _] => true,
        [224..=255, ..] => true, // multicast, reserved, broadcast
        _ => false,
    };
    !special
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    if let Some(mapped) = address.to_ipv4_mapped() {
        return is_public_v4(mapped);
    }
    match address.segments() {
        // An IPv4 address in disguise: NAT64, 6to4.
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0x2002, high, low, ..] => {
            let [a, b] = high.to_be_bytes();
            let [c, d] = low.to_be_bytes();
            is_public_v4(Ipv4Addr::new(a, b, c, d))
        }
        [0x2001, 0..=0x1ff, ..] => false, // protocol assignments, Teredo among them
        [0x2001, 0xdb8, ..] => false,     // documentation
        [0x3fff, 0..=0xfff, ..] => false, // documentation
        [0x2000..=0x3fff, ..] => true,
        _ => false, // loopback, link-local, unique local, multicast, unassigned
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_public_addresses_pass() {
        for public in [
            "1.1.1.1",
            "172.32.0.1",
            "2606:4700::1111",
            "64:ff9b::101:101",
            "::ffff:8.8.8.8",
        ] {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
        for other in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "127.0.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "192.0.2.1",
            "192.168.1.1",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "fe80::1",
            "fc00::1",
            "ff02::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "64:ff9b::a00:1",
            "2001::1",
        ] {
            assert!(!is_public(other.parse().unwrap()), "{other}");
        }
    }

    /// At delivery a name is judged by where it leads, and only that is connected to.
    #[tokio::test]
    async fn a_name_is_judged_by_its_addresses() {
        let localhost: Name = "localhost".parse().unwrap();
        let strict = CheckedResolver {
            allow_private: false,
        };
        assert!(strict.resolve(localhost).await.is_err());
        let localhost: Name = "localhost".parse().unwrap();
        let lax = CheckedResolver {
            allow_private: true,
        };
        assert!(lax.resolve(localhost).await.unwrap().next().is_some());
    }

    #[test]
    fn a_registration_on_a_private_address_is_refused() {
        let mut config = Config::example();
        config.clients[0].deferred_client_notification_endpoint =
            Some("https://127.0.0.1/cb".into());
        assert!(check_registrations(&config).is_err());
        config.callback.allow_private_addresses = true;
        assert!(check_registrations(&config).is_ok());
    }
}
