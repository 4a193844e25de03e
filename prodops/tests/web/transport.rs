//! Over https, or on the machine itself, and nowhere else.

use axum::http::{Method, Request, StatusCode, header, request};
use prodops::core::environment::Environment;
use prodops::web::Site;

use crate::application::{Application, NAME};

fn request(method: Method, path: &str, headers: &[(&str, &str)]) -> request::Builder {
    let request = Request::builder().method(method).uri(path);
    headers.iter().fold(request, |request, (name, value)| request.header(*name, *value))
}

async fn https() -> Application {
    let site = Site::https("https://prodops.example.org".parse().unwrap()).unwrap();
    Application::at(site, Environment::Test).await
}

#[tokio::test]
async fn off_the_machine_plain_http_sets_believes_and_changes_nothing() {
    let application = Application::new().await;
    let (token, cookie) = application.member().await;
    let csrf = application.csrf(&token).await;
    let cookie = format!("{NAME}={cookie}");
    let bad: [&[(&str, &str)]; 4] = [
        &[("host", "prodops.example.org"), ("origin", "http://prodops.example.org")],
        &[("host", "192.0.2.7:8420")],
        &[("host", "localhost:8420"), ("x-forwarded-for", "192.0.2.7")],
        &[],
    ];
    for headers in bad {
        let with = |method, path| {
            request(method, path, headers)
                .header("sec-fetch-site", "same-origin")
                .header(header::COOKIE, &cookie)
        };
        assert_eq!(application.send(with(Method::GET, "/"), "").await.status, StatusCode::UNAUTHORIZED);
        let post = application.send(with(Method::POST, "/").header("x-csrf-token", &csrf), "").await;
        assert_eq!(post.status, StatusCode::FORBIDDEN);
        let login = application.send(request(Method::POST, "/login", headers), "alice").await;
        assert_eq!((login.status, login.cookie()), (StatusCode::FORBIDDEN, None));
        assert_eq!(application.send(with(Method::GET, "/public"), "").await.body, "hello");
    }
    // The session itself is none the worse.
    let here = request(Method::GET, "/", &[("host", "127.0.0.1:8420"), ("cookie", &cookie)]);
    let answer = application.send(here, "").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(
        !answer.headers.contains_key(header::STRICT_TRANSPORT_SECURITY),
        "http on the machine itself stays usable"
    );
}

#[tokio::test]
async fn over_https_browsers_are_told_to_insist_on_it_and_plain_http_leads_there() {
    let application = https().await;
    let (_, cookie) = application.member().await;
    let cookie = format!("{NAME}={cookie}");
    let good = [("host", "prodops.example.org"), ("x-forwarded-proto", "https"), ("cookie", cookie.as_str())];
    let answer = application.send(request(Method::GET, "/", &good), "").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.headers[header::STRICT_TRANSPORT_SECURITY], "max-age=63072000");

    let plain = [("host", "prodops.example.org"), ("x-forwarded-proto", "http"), ("cookie", cookie.as_str())];
    let answer = application.send(request(Method::GET, "/people?a=b", &plain), "").await;
    assert_eq!(answer.status, StatusCode::PERMANENT_REDIRECT);
    assert_eq!(answer.headers[header::LOCATION], "https://prodops.example.org/people?a=b");
    assert!(answer.cookie().is_none());
    let answer = application.send(request(Method::POST, "/login", &plain), "alice").await;
    assert_eq!((answer.status, answer.cookie()), (StatusCode::FORBIDDEN, None));
}

#[tokio::test]
async fn over_https_only_its_own_origin_may_change_anything() {
    let application = https().await;
    for (origin, expected) in [
        ("https://prodops.example.org", StatusCode::OK),
        ("http://prodops.example.org", StatusCode::FORBIDDEN),
        ("https://prodops.example.org:8443", StatusCode::FORBIDDEN),
        ("https://www.prodops.example.org", StatusCode::FORBIDDEN),
        ("http://localhost", StatusCode::FORBIDDEN),
        ("null", StatusCode::FORBIDDEN),
    ] {
        let headers = [("host", "localhost"), ("origin", origin)];
        let answer = application.send(request(Method::POST, "/public", &headers), "").await;
        assert_eq!(answer.status, expected, "{origin}");
    }
}

#[tokio::test]
async fn every_answer_says_what_browsers_may_do_with_it() {
    let application = https().await;
    for path in ["/", "/public", "/no-such-route"] {
        let headers =
            application.send(request(Method::GET, path, &[("host", "localhost")]), "").await.headers;
        for name in [
            "content-security-policy",
            "x-content-type-options",
            "x-frame-options",
            "referrer-policy",
            "cross-origin-opener-policy",
            "strict-transport-security",
        ] {
            assert!(headers.contains_key(name), "{path} {name}");
        }
        assert_eq!(headers[header::CACHE_CONTROL], "no-store", "{path}");
    }
}
