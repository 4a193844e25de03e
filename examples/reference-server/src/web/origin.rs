//! Cross-site requests: unsafe methods must come from this site.

use axum::http::{HeaderMap, Method, header};

/// Whether a request may change something: safe methods always, others only when the browser says that they come from
/// this very origin. Neither header present means refused.
#[must_use]
pub fn same_origin(method: &Method, headers: &HeaderMap) -> bool {
    if matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS) {
        return true;
    }
    let text = |name| headers.get(name).map(|value: &axum::http::HeaderValue| value.to_str().unwrap_or("?"));
    if let Some(site) = text(header::HeaderName::from_static("sec-fetch-site")) {
        return site == "same-origin";
    }
    match (text(header::ORIGIN), text(header::HOST)) {
        (Some(origin), Some(host)) => {
            origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://")) == Some(host)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(method: &Method, pairs: &[(&'static str, &'static str)]) -> bool {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.insert(*name, value.parse().unwrap());
        }
        same_origin(method, &headers)
    }

    #[test]
    fn only_this_origin_may_change_anything() {
        let host = ("host", "localhost:8080");
        assert!(allowed(&Method::GET, &[]));
        assert!(!allowed(&Method::POST, &[host]));
        assert!(allowed(&Method::POST, &[host, ("sec-fetch-site", "same-origin")]));
        for site in ["same-site", "cross-site", "none", ""] {
            assert!(!allowed(
                &Method::POST,
                &[host, ("sec-fetch-site", site), ("origin", "http://localhost:8080")]
            ));
        }
        assert!(allowed(&Method::DELETE, &[host, ("origin", "http://localhost:8080")]));
        for origin in
            ["null", "http://localhost", "http://localhost:8080.evil.example", "http://evil.example"]
        {
            assert!(!allowed(&Method::PUT, &[host, ("origin", origin)]), "{origin}");
        }
    }
}
