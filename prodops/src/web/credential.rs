//! What a request says about its caller, before anything is looked up.

use axum::http::{HeaderMap, HeaderName, header};
use prodops_core::api_token::ApiToken;
use prodops_core::session::cookie::{self, Found};
use prodops_core::session::csrf::HeaderText;

/// What a request says about its caller.
#[derive(Debug)]
pub(super) enum Presented<'h> {
    Nothing,
    /// A session cookie's value, not opened yet.
    Cookie(&'h str),
    /// An API token; `None` when it looks like one and is none.
    Bearer(Option<ApiToken>),
    Both,
}

impl<'h> Presented<'h> {
    pub(super) fn of(headers: &'h HeaderMap) -> Self {
        match (bearer(headers), cookie::find(cookies(headers))) {
            (None, Found::One(value)) => Self::Cookie(value),
            // Several values that differ name nobody.
            (None, Found::None | Found::Conflicting) => Self::Nothing,
            (Some(token), Found::None) => Self::Bearer(token),
            (Some(_), Found::One(_) | Found::Conflicting) => Self::Both,
        }
    }
}

/// The cookies of a request, one `name=value` each. Those with other characters than visible ASCII are left out, and hide no
/// other: any application on a neighbouring host may have set them.
pub fn cookies(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    let lines = headers.get_all(header::COOKIE).iter();
    let pairs = lines.flat_map(|line| line.as_bytes().split(|byte| *byte == b';'));
    pairs.filter_map(|pair| std::str::from_utf8(pair).ok().filter(|pair| pair.is_ascii()))
}

/// An API token in the `Authorization` header. Other schemes and other tokens are somebody else's business.
fn bearer(headers: &HeaderMap) -> Option<Option<ApiToken>> {
    let values = headers.get_all(header::AUTHORIZATION).iter().filter_map(|value| value.to_str().ok());
    let mut ours = values.filter_map(|value| {
        let (scheme, token) = value.split_once(' ')?;
        (scheme.eq_ignore_ascii_case("bearer") && token.starts_with("pdt_")).then_some(token)
    });
    let first = ours.next()?;
    Some(if ours.next().is_some() { None } else { ApiToken::parse(first).ok() })
}

/// A header as the check against forgery takes it.
pub(super) fn header_text<'h>(headers: &'h HeaderMap, name: &HeaderName) -> HeaderText<'h> {
    let mut values = headers.get_all(name).iter();
    match (values.next().map(|value| value.to_str()), values.next()) {
        (None, _) => HeaderText::Absent,
        (Some(Ok(text)), None) => HeaderText::One(text),
        _ => HeaderText::Unusable,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;
    use prodops_core::entropy::SystemEntropy;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, value.parse().unwrap());
        }
        headers
    }

    #[test]
    fn a_cookie_of_somebody_else_hides_no_session() {
        let mut headers = HeaderMap::new();
        let line = "name=J\u{fc}rgen; __Host-prodops=abc; \u{1f36a}=1".as_bytes();
        headers.append("cookie", HeaderValue::from_bytes(line).unwrap());
        assert!(matches!(Presented::of(&headers), Presented::Cookie("abc")));
    }

    #[test]
    fn a_request_names_one_caller_or_none_or_too_many() {
        let token = ApiToken::generate(&SystemEntropy).unwrap().reveal();
        let bearer = format!("Bearer {token}");
        let cookie = ("cookie", "__Host-prodops=abc");
        let of = |pairs: &[(&'static str, &str)]| format!("{:?}", Presented::of(&headers(pairs)));
        assert_eq!(of(&[]), "Nothing");
        assert_eq!(of(&[cookie]), "Cookie(\"abc\")");
        assert_eq!(of(&[cookie, ("cookie", "__Host-prodops=def")]), "Nothing");
        assert_eq!(of(&[("authorization", &bearer)]), "Bearer(Some(ApiToken([redacted])))");
        assert_eq!(
            of(&[("authorization", &bearer.replace("Bearer", "bearer"))]),
            "Bearer(Some(ApiToken([redacted])))"
        );
        assert_eq!(of(&[("authorization", "Bearer pdt_x")]), "Bearer(None)");
        assert_eq!(of(&[("authorization", &bearer), ("authorization", &bearer)]), "Bearer(None)");
        assert_eq!(of(&[("authorization", &bearer), cookie]), "Both");
        assert_eq!(of(&[("authorization", "Bearer pdt_x"), cookie]), "Both");
        for foreign in ["Basic YTpi", "Bearer abc", "pdt_x", &token] {
            assert_eq!(of(&[("authorization", foreign), cookie]), "Cookie(\"abc\")", "{foreign}");
        }
    }
}
