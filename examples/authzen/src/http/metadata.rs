//! `GET /.well-known/authzen-configuration`: where what is.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use axum::Extension;
use axum::http::header;
use axum::response::IntoResponse;
use serde_json::json;

use super::Served;

/// The address under which services know the decision point; they compare it with the one that they asked, letter by letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identifier(String);

/// An address is no identifier of a decision point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected `https://HOST` or `https://HOST:PORT`, without anything behind it")]
pub struct IdentifierError;

impl FromStr for Identifier {
    type Err = IdentifierError;

    fn from_str(text: &str) -> Result<Self, IdentifierError> {
        let host = text.strip_prefix("https://").ok_or(IdentifierError)?;
        let allowed = |letter: char| letter.is_ascii_alphanumeric() || "-.:[]".contains(letter);
        let starts = host.starts_with(|first: char| first.is_ascii_alphanumeric() || first == '[');
        (starts && host.chars().all(allowed)).then(|| Self(text.to_owned())).ok_or(IdentifierError)
    }
}

impl fmt::Display for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

pub(super) async fn show(Extension(served): Extension<Arc<Served>>) -> impl IntoResponse {
    let own = &served.identifier;
    let metadata = json!({
        "policy_decision_point": own.0,
        "access_evaluation_endpoint": format!("{own}/access/v1/evaluation"),
        "access_evaluations_endpoint": format!("{own}/access/v1/evaluations"),
        "search_subject_endpoint": format!("{own}/access/v1/search/subject"),
        "search_resource_endpoint": format!("{own}/access/v1/search/resource"),
        "search_action_endpoint": format!("{own}/access/v1/search/action"),
    });
    ([(header::CONTENT_TYPE, "application/json")], metadata.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_is_https_and_a_host() {
        for good in ["https://pdp.example.com", "https://localhost:8443", "https://[::1]:1"] {
            assert_eq!(good.parse::<Identifier>().unwrap().to_string(), good);
        }
        for bad in [
            "http://a",
            "https://",
            "https://a/",
            "https://a?b",
            "https://a#b",
            "https://u@a",
            "a",
            "https://:1",
        ] {
            assert!(bad.parse::<Identifier>().is_err(), "{bad}");
        }
    }
}
