//! Other sites can make a browser send requests with the cookie; none of them may change anything.

use axum::http::{Method, StatusCode};

use crate::service::{Service, request};

#[tokio::test]
async fn only_this_origin_may_post() {
    let Some(service) = Service::start().await else { return };
    let cookie = service.signed_in(0).await;
    let refused: &[&[(&'static str, &str)]] = &[
        &[],
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site")],
        &[("sec-fetch-site", "none")],
        &[("sec-fetch-site", "cross-site"), ("origin", "http://localhost:8080")],
        &[("origin", "null")],
        &[("origin", "http://localhost:9090")],
        &[("origin", "http://localhost:8080.evil.example")],
        &[("origin", "https://evil.example")],
    ];
    let form = format!("user=user-b&code={}", service.codes[1]);
    for headers in refused {
        for path in ["/login", "/logout", "/sync", "/no-such-route"] {
            let mut request = request(Method::POST, path, &cookie, &form);
            for (name, value) in *headers {
                request.headers_mut().insert(*name, value.parse().unwrap());
            }
            let answer = service.send(request).await;
            assert_eq!((answer.status, answer.cookie), (StatusCode::FORBIDDEN, None), "{path} {headers:?}");
        }
    }
    // None of it had an effect: the session lives, and nothing was read.
    let report = service.get("/report.json", &cookie).await.json();
    assert_eq!(report["repositories"].as_array().unwrap().len(), 0);

    let csrf = service.csrf(&cookie).await;
    for (form, status) in [("", StatusCode::FORBIDDEN), (&format!("csrf={csrf}"), StatusCode::SEE_OTHER)] {
        let mut own = request(Method::POST, "/logout", &cookie, form);
        own.headers_mut().insert("origin", "http://localhost:8080".parse().unwrap());
        assert_eq!(service.send(own).await.status, status, "{form}");
    }
}

#[tokio::test]
async fn every_answer_says_what_browsers_may_do_with_it() {
    let Some(service) = Service::start().await else { return };
    for path in ["/", "/report.json", "/no-such-route"] {
        let headers = service.headers(request(Method::GET, path, "", "")).await;
        for name in ["content-security-policy", "x-content-type-options", "referrer-policy"] {
            assert!(headers.contains_key(name), "{path} {name}");
        }
        assert_eq!(headers["cache-control"], "no-store", "{path}");
    }
}
