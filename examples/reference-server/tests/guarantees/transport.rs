//! Sessions travel over https, or between a browser and a server on the same machine, and not otherwise.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, Response, StatusCode, header};
use prodops::web::Site as Place;
use reference_server::server::router;
use reference_server::syncing::SyncBoard;
use reference_server::web::App;
use tower::ServiceExt;

use crate::site::Site;

/// The same engine, reached elsewhere.
fn at(site: &Site, place: Place) -> axum::Router {
    router(Arc::new(App {
        engine: site.app.engine.clone(),
        site: place,
        login: None,
        board: SyncBoard::default(),
        stopping: site.app.stopping.clone(),
        clock: Arc::clone(&site.app.clock),
        entropy: Arc::clone(&site.app.entropy),
    }))
}

async fn ask(router: &axum::Router, path: &str, headers: &[(&str, &str)]) -> Response<Body> {
    let request = Request::builder().method(Method::GET).uri(path);
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
}

async fn link(site: &Site) -> String {
    format!("/sign-in/{}", site.app.engine.sign_in_link(site.one.owner, 60).await.unwrap().reveal())
}

fn session_cookies(headers: &HeaderMap) -> Vec<&str> {
    headers.get_all(header::SET_COOKIE).iter().map(|value| value.to_str().unwrap()).collect()
}

#[tokio::test]
async fn p4_3_the_cookie_is_one_that_browsers_send_over_https_only() {
    let site = Site::new().await;
    let https = at(&site, Place::https("https://prodops.example.org".parse().unwrap()).unwrap());
    let proxied = [("host", "prodops.example.org"), ("x-forwarded-proto", "https")];
    let answer = ask(&https, &link(&site).await, &proxied).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let cookies = session_cookies(answer.headers());
    let [cookie] = cookies.as_slice() else { panic!("{cookies:?}") };
    // The prefix makes browsers refuse it from any page without TLS, with another path, or for other hosts.
    assert!(cookie.starts_with("__Host-prodops="), "{cookie}");
    for part in ["Secure", "HttpOnly", "Path=/", "SameSite=Lax"] {
        assert!(cookie.split("; ").any(|each| each == part), "{cookie}");
    }
    assert!(!cookie.to_ascii_lowercase().contains("domain="));
}

#[tokio::test]
async fn p4_3_every_answer_over_https_tells_browsers_to_stay_there() {
    let site = Site::new().await;
    let https = at(&site, Place::https("https://prodops.example.org".parse().unwrap()).unwrap());
    let cookie = site.cookie(&site.one.session).await;
    for path in ["/", "/w/one", "/api/v1/workspaces", "/healthz", "/no/such/page", "/sign-in/x"] {
        for headers in [vec![("host", "prodops.example.org")], vec![("cookie", cookie.as_str())]] {
            let answer = ask(&https, path, &headers).await;
            let hsts = answer.headers().get(header::STRICT_TRANSPORT_SECURITY);
            assert_eq!(hsts.unwrap(), "max-age=63072000", "{path}");
        }
    }
    let plain = [("x-forwarded-proto", "http"), ("cookie", cookie.as_str())];
    let answer = ask(&https, "/w/one?window=90", &plain).await;
    assert_eq!(answer.status(), StatusCode::PERMANENT_REDIRECT);
    assert_eq!(answer.headers()[header::LOCATION], "https://prodops.example.org/w/one?window=90");
}

#[tokio::test]
async fn p4_3_off_the_machine_plain_http_is_given_no_session_and_believed_none() {
    let site = Site::new().await;
    let cookie = site.cookie(&site.one.session).await;
    let https = at(&site, Place::https("https://prodops.example.org".parse().unwrap()).unwrap());
    let here = at(&site, Place::loopback());
    let plain: [(&axum::Router, &[(&str, &str)]); 6] = [
        (&https, &[("host", "prodops.example.org"), ("x-forwarded-proto", "http")]),
        (&here, &[("host", "prodops.example.org")]),
        (&here, &[("host", "192.0.2.7:8420")]),
        (&here, &[("host", "localhost"), ("x-forwarded-for", "192.0.2.7")]),
        (&here, &[("host", "localhost"), ("x-forwarded-proto", "http")]),
        (&here, &[("host", "localhost.evil.example")]),
    ];
    for (router, headers) in plain {
        let link = link(&site).await;
        let answer = ask(router, &link, headers).await;
        assert_eq!(session_cookies(answer.headers()), [""; 0], "{headers:?}");
        let mut with_cookie = headers.to_vec();
        with_cookie.push(("cookie", &cookie));
        let answer = ask(router, "/api/v1/workspaces", &with_cookie).await;
        assert!(
            matches!(answer.status(), StatusCode::UNAUTHORIZED | StatusCode::PERMANENT_REDIRECT),
            "{headers:?}: {}",
            answer.status()
        );
    }
    // The control: on the machine itself both work.
    let answer = ask(&here, &link(&site).await, &[("host", "localhost:8420")]).await;
    assert_eq!(session_cookies(answer.headers()).len(), 1);
    let answer = ask(&here, "/api/v1/workspaces", &[("host", "127.0.0.1:8420"), ("cookie", &cookie)]).await;
    assert_eq!(answer.status(), StatusCode::OK);
}
