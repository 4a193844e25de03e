//! The token that a form brings along in one of its fields.

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Form, FromRequest, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use prodops_core::session::csrf;

use super::refusal::Refusal;

/// The largest form that is looked into, in bytes.
const LARGEST: usize = 64 * 1024;

/// The field of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Field {
    Absent,
    One(String),
    Several,
}

/// Whether the body is a form of the kind that browsers send by default.
pub(super) fn is_form(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let kind = kind.and_then(|text| text.split(';').next()).unwrap_or_default();
    kind.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

/// Reads the form and its token; the body comes back whole.
///
/// # Errors
/// [`Refusal::TooLarge`] when the form is larger than forms are, or ends in the middle.
pub(super) async fn token(parts: &Parts, body: Body) -> Result<(Bytes, Field), Refusal> {
    let bytes = to_bytes(body, LARGEST).await.map_err(|_| Refusal::TooLarge)?;
    let copy = Request::from_parts(parts.clone(), Body::from(bytes.clone()));
    let Ok(Form(fields)) = Form::<Vec<(String, String)>>::from_request(copy, &()).await else {
        return Ok((bytes, Field::Several));
    };
    let mut tokens = fields.into_iter().filter(|(name, _)| name == csrf::FIELD).map(|(_, value)| value);
    let field = match (tokens.next(), tokens.next()) {
        (None, _) => Field::Absent,
        (Some(token), None) => Field::One(token),
        (Some(_), Some(_)) => Field::Several,
    };
    Ok((bytes, field))
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn read(form: &str) -> Result<(String, Field), Refusal> {
        let request = Request::builder().method("POST").uri("/");
        let request =
            request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded; charset=utf-8");
        let (parts, body) = request.body(Body::from(form.to_owned())).unwrap().into_parts();
        assert!(is_form(&parts.headers));
        let (bytes, field) = token(&parts, body).await?;
        Ok((String::from_utf8(bytes.to_vec()).unwrap(), field))
    }

    #[tokio::test]
    async fn the_field_is_read_and_the_body_comes_back_whole() {
        for (form, field) in [
            ("", Field::Absent),
            ("a=1&b=2", Field::Absent),
            ("a=1&csrf=x%20y&b=2", Field::One("x y".to_owned())),
            ("csrf=", Field::One(String::new())),
            ("csrf=a&csrf=a", Field::Several),
            ("xcsrf=a&CSRF=a", Field::Absent),
        ] {
            assert_eq!(read(form).await.unwrap(), (form.to_owned(), field), "{form}");
        }
        let large = format!("a={}", "x".repeat(LARGEST));
        assert_eq!(read(&large).await, Err(Refusal::TooLarge));
    }
}
