//! What comes back from the provider through the browser.

use oauth2::url::form_urlencoded;
use prodops_core::secret::Secret;

use super::error::LoginError;

const LONGEST: usize = 8 * 1024;

/// Error codes of RFC 6749, section 4.1.2.1, and of OpenID Connect Core, section 3.1.2.6.
const CODES: &[&str] = &[
    "access_denied",
    "invalid_request",
    "unauthorized_client",
    "unsupported_response_type",
    "invalid_scope",
    "server_error",
    "temporarily_unavailable",
    "interaction_required",
    "login_required",
    "account_selection_required",
    "consent_required",
    "invalid_request_uri",
    "invalid_request_object",
    "request_not_supported",
    "request_uri_not_supported",
    "registration_not_supported",
];

/// The parameters of the callback. Nothing in it is believed before an attempt was compared with it.
#[derive(Debug)]
pub struct Callback {
    pub(super) state: Secret<String>,
    pub(super) issuer: Option<String>,
    pub(super) answer: Answer,
}

/// What the provider answered.
#[derive(Debug)]
pub(super) enum Answer {
    Code(Secret<String>),
    Error(&'static str),
}

impl Callback {
    /// Reads the query of the callback's URL, without its question mark.
    ///
    /// # Errors
    /// When a parameter is missing or given twice, or the query is longer than 8 KiB.
    pub fn parse(query: &str) -> Result<Self, LoginError> {
        if query.len() > LONGEST {
            return Err(LoginError::Callback);
        }
        let state = Secret::new(one(query, "state")?.ok_or(LoginError::Callback)?);
        let code = one(query, "code")?.map(Secret::new);
        let answer = match (code, one(query, "error")?) {
            (Some(code), None) => Answer::Code(code),
            (None, Some(error)) => {
                Answer::Error(CODES.iter().copied().find(|known| *known == error).unwrap_or("other"))
            }
            _ => return Err(LoginError::Callback),
        };
        Ok(Self { state, issuer: one(query, "iss")?, answer })
    }
}

/// The only value of a parameter. Two of them would be read differently by different parsers.
fn one(query: &str, name: &str) -> Result<Option<String>, LoginError> {
    let mut values = form_urlencoded::parse(query.as_bytes()).filter(|(key, _)| key == name);
    match (values.next(), values.next()) {
        (value, None) => Ok(value.map(|(_, value)| value.into_owned())),
        _ => Err(LoginError::Callback),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_or_an_error_comes_with_a_state() {
        let callback =
            Callback::parse("code=a%2Bb&state=s&iss=https%3A%2F%2Fid.example&session_state=x").unwrap();
        assert!(callback.state.expose(|state| state == "s"));
        assert_eq!(callback.issuer.as_deref(), Some("https://id.example"));
        assert!(matches!(callback.answer, Answer::Code(code) if code.expose(|code| code == "a+b")));
        let denied = Callback::parse("error=access_denied&error_description=%3Cb%3E&state=s").unwrap();
        assert!(matches!(denied.answer, Answer::Error("access_denied")));
        let odd = Callback::parse("error=%3Cscript%3E&state=s").unwrap();
        assert!(matches!(odd.answer, Answer::Error("other")));
    }

    #[test]
    fn what_is_ambiguous_is_refused() {
        let long = format!("code=a&state={}", "s".repeat(LONGEST));
        for bad in [
            "",
            "code=a",
            "state=s",
            "code=a&error=b&state=s",
            "code=a&code=b&state=s",
            "code=a&state=s&state=t",
            "code=a&state=s&iss=x&iss=y",
            &long,
        ] {
            assert!(matches!(Callback::parse(bad), Err(LoginError::Callback)), "{bad}");
        }
    }

    #[test]
    fn it_shows_no_code() {
        let shown = format!("{:?}", Callback::parse("code=s3cr3t&state=5t4te").unwrap());
        assert!(!shown.contains("s3cr3t") && !shown.contains("5t4te"), "{shown}");
    }
}
