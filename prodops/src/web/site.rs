//! Where an application is reached: over https at one origin, or over plain http on the machine itself.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::ConnectInfo;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use prodops_core::audit::NetworkPrefix;
use prodops_core::session::csrf::{Origin, OriginError, is_loopback_host};

/// Headers by which a proxy says that it stands between.
const FORWARDED: [&str; 5] =
    ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip"];
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// Where an application is reached. Session cookies are set and believed there and nowhere else.
#[derive(Debug, Clone)]
pub struct Site {
    https: Option<Arc<Origin>>,
    /// Where the proxy in front writes the client's address.
    client_in: Option<HeaderName>,
}

impl Site {
    /// Over https at this origin; a listener or proxy of yours speaks TLS. Answers tell browsers to insist on it (HSTS).
    ///
    /// # Errors
    /// When the origin is none of https.
    pub fn https(origin: Origin) -> Result<Self, OriginError> {
        if origin.is_https() {
            Ok(Self { https: Some(Arc::new(origin)), client_in: None })
        } else {
            Err(OriginError)
        }
    }

    /// Over plain http, from browsers on the same machine only.
    #[must_use]
    pub const fn loopback() -> Self {
        Self { https: None, client_in: None }
    }

    /// Reads the address of clients from a header that the proxy in front sets, such as `x-forwarded-for`: the last value of
    /// it, which is the one that the proxy itself has added. Otherwise the peer's address is the client's.
    ///
    /// # Security
    /// Name it only where every request comes through a proxy that sets or extends it: else clients choose what the audit log
    /// says of their network.
    #[must_use]
    pub fn client_address_in(self, header: HeaderName) -> Self {
        Self { client_in: Some(header), ..self }
    }

    /// The https origin; `None` on the machine itself.
    #[must_use]
    pub fn origin(&self) -> Option<&Origin> {
        self.https.as_deref()
    }

    /// The origin that pages of this application have, as far as this request can be one of theirs.
    pub(super) fn own_origin(&self, request: &Parts) -> Option<Origin> {
        match &self.https {
            Some(origin) => Some(Origin::clone(origin)),
            None => Origin::of_loopback_host(host(request)?),
        }
    }

    /// Whether nobody between browser and application can have read along, as far as the request tells: over https, no
    /// proxy says that it was reached by plain http; on the machine itself, host and peer are loopback and no proxy says
    /// that it stands between.
    pub(super) fn arrived_safely(&self, request: &Parts) -> bool {
        if self.https.is_some() {
            return request.headers.get_all(FORWARDED_PROTO).iter().all(|value| value == "https");
        }
        let peer = request.extensions.get::<ConnectInfo<SocketAddr>>();
        peer.is_none_or(|peer| peer.0.ip().is_loopback())
            && host(request).is_some_and(is_loopback_host)
            && !FORWARDED.iter().any(|name| request.headers.contains_key(*name))
    }

    /// The network that the request comes from, as far as it is known.
    pub(super) fn network(&self, request: &Parts) -> Option<NetworkPrefix> {
        let address = match &self.client_in {
            Some(header) => added_by_proxy(&request.headers, header)?,
            None => request.extensions.get::<ConnectInfo<SocketAddr>>()?.0.ip(),
        };
        Some(NetworkPrefix::from(address))
    }

    /// The same address over https, for a browser that came by plain http.
    pub(super) fn over_https(&self, request: &Parts) -> Option<HeaderValue> {
        let path = request.uri.path_and_query().map_or("/", |path| path.as_str());
        HeaderValue::from_str(&format!("{}{path}", self.origin()?)).ok()
    }
}

/// The last address in a header, with or without a port. What stands before it is whatever the client sent.
fn added_by_proxy(headers: &HeaderMap, name: &HeaderName) -> Option<IpAddr> {
    let last = headers.get_all(name).iter().next_back()?.to_str().ok()?;
    let text = last.rsplit(',').next()?.trim();
    text.parse::<IpAddr>().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|socket| socket.ip()))
}

/// The host that the request names: in its target where that is absolute, else in its only `Host` header.
fn host(request: &Parts) -> Option<&str> {
    if let Some(authority) = request.uri.authority() {
        return Some(authority.as_str());
    }
    only(&request.headers, &header::HOST)
}

/// The one value of a header; `None` when it is absent, there several times, or no text.
fn only<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    let mut values = headers.get_all(name).iter();
    let first = values.next()?;
    if values.next().is_some() { None } else { first.to_str().ok() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::Request;

    fn parts(headers: &[(&'static str, &'static str)]) -> Parts {
        let mut request = Request::builder().uri("/a?b");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(()).unwrap().into_parts().0
    }

    #[test]
    fn on_the_machine_itself_everything_about_the_request_must_be_loopback() {
        let site = Site::loopback();
        for host in ["localhost:8420", "127.0.0.1:8420", "[::1]:8420", "localhost"] {
            assert!(site.arrived_safely(&parts(&[("host", host)])), "{host}");
        }
        for headers in [
            [].as_slice(),
            &[("host", "prodops.example.org")],
            &[("host", "localhost.example.org")],
            &[("host", "localhost"), ("host", "localhost")],
            &[("host", "localhost"), ("x-forwarded-for", "192.0.2.7")],
            &[("host", "localhost"), ("forwarded", "for=192.0.2.7")],
            &[("host", "localhost"), ("x-forwarded-proto", "https")],
        ] {
            assert!(!site.arrived_safely(&parts(headers)), "{headers:?}");
        }
        let mut from_outside = parts(&[("host", "localhost")]);
        from_outside.extensions.insert(ConnectInfo(SocketAddr::from(([192, 0, 2, 7], 5000))));
        assert!(!site.arrived_safely(&from_outside));
        from_outside.extensions.insert(ConnectInfo(SocketAddr::from(([127, 0, 0, 1], 5000))));
        assert!(site.arrived_safely(&from_outside));
        assert!(site.over_https(&from_outside).is_none());
    }

    #[test]
    fn the_network_is_the_peers_or_what_the_declared_proxy_added() {
        let peer = ConnectInfo(SocketAddr::from(([198, 51, 100, 7], 5000)));
        let network = |site: &Site, headers: &[(&'static str, &'static str)]| {
            let mut request = parts(headers);
            request.extensions.insert(peer);
            site.network(&request).map(|network| network.to_string())
        };
        let site = Site::https("https://prodops.example.org".parse().unwrap()).unwrap();
        let own = Some("198.51.100.0/24".to_owned());
        assert_eq!(network(&site, &[]), own);
        assert_eq!(network(&site, &[("x-forwarded-for", "203.0.113.9")]), own, "nobody declared it");
        let site = site.client_address_in(HeaderName::from_static("x-forwarded-for"));
        for (sent, expected) in [
            ("203.0.113.9", Some("203.0.113.0/24")),
            ("10.0.0.1, 203.0.113.9", Some("203.0.113.0/24")),
            ("203.0.113.9:4711", Some("203.0.113.0/24")),
            ("2001:db8:1:2::3", Some("2001:db8:1::/48")),
            ("[2001:db8:1:2::3]:4711", Some("2001:db8:1::/48")),
            ("::ffff:203.0.113.9", Some("203.0.113.0/24")),
            ("203.0.113.9, unknown", None),
            ("", None),
        ] {
            assert_eq!(network(&site, &[("x-forwarded-for", sent)]).as_deref(), expected, "{sent}");
        }
        let twice = [("x-forwarded-for", "10.0.0.1"), ("x-forwarded-for", "203.0.113.9")];
        assert_eq!(network(&site, &twice).as_deref(), Some("203.0.113.0/24"));
        assert_eq!(network(&site, &[]), None, "the peer is the proxy");
    }

    #[test]
    fn over_https_a_proxy_that_was_reached_by_plain_http_is_not_believed() {
        let site = Site::https("https://prodops.example.org".parse().unwrap()).unwrap();
        assert!(
            site.arrived_safely(&parts(&[]))
                && site.arrived_safely(&parts(&[("x-forwarded-proto", "https")]))
        );
        for proto in ["http", "https, http", "HTTPS", ""] {
            let request = parts(&[("x-forwarded-proto", proto)]);
            assert!(!site.arrived_safely(&request), "{proto}");
            assert_eq!(site.over_https(&request).unwrap(), "https://prodops.example.org/a?b");
        }
        assert!(Site::https("http://localhost".parse().unwrap()).is_err());
    }
}
