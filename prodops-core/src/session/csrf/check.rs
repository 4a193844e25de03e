//! The decision.

use super::origin::Origin;
use super::token::CsrfToken;

/// The header in which scripts send the token.
pub const HEADER: &str = "x-csrf-token";
/// The form field in which forms send it.
pub const FIELD: &str = "csrf";

/// A header, or the form field, as a request brings it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeaderText<'a> {
    /// It is not there.
    Absent,
    /// Its one value.
    One(&'a str),
    /// Several values, or one that is no text.
    Unusable,
}

/// Whom a request names as its caller.
#[derive(Debug, Clone, Copy)]
pub enum Credential<'a> {
    /// Nobody, or by a cookie that leads to no live session: nothing can be done in anybody's name.
    None,
    /// The bearer of a session, by cookie.
    Session(&'a CsrfToken),
    /// The bearer of an API token, by the `Authorization` header.
    Bearer,
    /// Both at once.
    Both,
}

/// What the decision hangs on.
#[derive(Debug, Clone, Copy)]
pub struct RequestFacts<'a> {
    /// The method as it came.
    pub method: &'a str,
    /// `Sec-Fetch-Site`.
    pub fetch_site: HeaderText<'a>,
    /// `Origin`.
    pub origin: HeaderText<'a>,
    /// The origin of the deployment; `None` when the request did not come to it.
    pub own: Option<&'a Origin>,
    /// Whom it names.
    pub credential: Credential<'a>,
    /// The token that it brings, in the header or, where that is absent, in the form.
    pub token: HeaderText<'a>,
}

/// Why a request is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CsrfRefusal {
    /// It names two callers.
    #[error("send either the session cookie or an api token, not both")]
    TwoCallers,
    /// It does not say that it comes from this origin, or says that it comes from another one.
    #[error("the request came from another site, or does not say where it came from")]
    CrossSite,
    /// It does not bring the session's own token.
    #[error("the page is from an earlier session: load it again and repeat the request")]
    Token,
}

/// Whether a method changes nothing. Names of methods are case-sensitive: `get` is not `GET`.
#[must_use]
pub fn is_safe(method: &str) -> bool {
    matches!(method, "GET" | "HEAD" | "OPTIONS")
}

/// Decides whether a request may go on.
///
/// # Errors
/// With the reason when it may not.
pub fn check(request: &RequestFacts<'_>) -> Result<(), CsrfRefusal> {
    match request.credential {
        Credential::Both => return Err(CsrfRefusal::TwoCallers),
        Credential::Bearer => return Ok(()),
        Credential::None | Credential::Session(_) if is_safe(request.method) => return Ok(()),
        Credential::None | Credential::Session(_) => {}
    }
    if !is_same_origin(request) {
        return Err(CsrfRefusal::CrossSite);
    }
    match (request.credential, request.token) {
        (Credential::Session(expected), HeaderText::One(given)) if expected.matches(given) => Ok(()),
        (Credential::Session(_), _) => Err(CsrfRefusal::Token),
        _ => Ok(()),
    }
}

/// Whether the browser says that the request comes from this very origin: by Fetch Metadata, else by `Origin`. Where it
/// says both, they must not contradict each other; `null` beside `same-origin` is what a page without a referrer sends.
fn is_same_origin(request: &RequestFacts<'_>) -> bool {
    let Some(own) = request.own else { return false };
    match (request.fetch_site, request.origin) {
        (HeaderText::One("same-origin"), HeaderText::Absent | HeaderText::One("null")) => true,
        (HeaderText::One("same-origin") | HeaderText::Absent, HeaderText::One(origin)) => {
            origin == own.as_str()
        }
        _ => false,
    }
}
