//! Signing in at an identity provider that others wrote, through this server's own routes.

#[path = "../../../../../prodops/tests/login/counterpart/browser.rs"]
mod browser;
#[path = "../../../../../prodops/tests/login/counterpart/node.rs"]
mod node;
mod scene;

use axum::Router;
use axum::body::Body;
use axum::http::{Method, StatusCode, header};
use axum::routing::get;
use prodops::core::audit::{Actor, Decision};
use prodops::core::tenancy::Role;
use prodops::store::contract::AuditQuery;
use reference_server::config::{LoginConfig, SecretReference};

use self::browser::Page;
use self::node::Provider;
use self::scene::{
    ATTEMPT, ORIGIN, Scene, Visitor, at_provider, browser as browser_at, location, public_client,
};
use crate::site::Site;

#[tokio::test]
async fn a_member_signs_in_and_arrives_where_they_wanted_to_go() {
    let provider = Provider::start();
    let scene = Scene::at(&provider.issuer()).await;
    let alice = scene.member(&provider, "alice", Role::Admin).await;
    let mut visitor = scene.visitor();
    let wanted = visitor.get("/w/one?window=90").await;
    assert_eq!(wanted.status, StatusCode::UNAUTHORIZED);
    let begin = "/login?return_to=%2Fw%2Fone%3Fwindow%3D90";
    assert!(wanted.body.contains(&format!("href=\"{begin}\"")), "{}", wanted.body);
    let back = visitor.sign_in(&mut browser_at(&provider), begin, "alice").await;
    assert_eq!(location(&back), "/w/one?window=90");
    assert!(!visitor.cookies.contains_key(ATTEMPT), "the attempt is removed");
    assert_eq!(visitor.get("/w/one?window=90").await.status, StatusCode::OK);

    let entries = scene.entries().await;
    let last = entries.last().unwrap();
    assert_eq!(
        (last.action.as_str(), last.decision, last.actor),
        ("SignIn", Decision::Allowed, Actor::user(alice))
    );
    // What she does from now on names, sealed, the network that the proxy saw her come from.
    assert_eq!(visitor.get("/w/one/audit").await.status, StatusCode::OK);
    let owned = scene.owned().await;
    let query = AuditQuery { newest_first: true, ..AuditQuery::default() };
    let log = owned.audit(&query, None, 10).await.unwrap();
    let hers = log.items.iter().find(|entry| entry.event.actor != owner_of(&owned)).unwrap();
    let person = owned.audit_person(&hers.event).await.unwrap().unwrap();
    assert_eq!((person.user, person.network.unwrap().to_string()), (alice, "203.0.113.0/24".to_owned()));
}

fn owner_of(workspace: &prodops::engine::Workspace) -> Actor {
    Actor::Member(workspace.membership().unwrap())
}

#[tokio::test]
async fn a_confidential_client_reads_its_secret_from_a_file_and_is_asked_for_recent_proof() {
    let provider = Provider::start();
    let (_folder, path) = secret_file(&provider.secret);
    let config = |path: &std::path::Path| LoginConfig {
        client_id: "confidential".to_owned(),
        client_secret: Some(SecretReference::File(path.to_owned())),
        max_age: Some(3600),
        ..public_client(&provider.issuer())
    };
    let scene = Scene::with(&config(&path)).await;
    scene.member(&provider, "alice", Role::Viewer).await;
    let mut visitor = scene.visitor();
    let away = visitor.set_out("/login").await;
    assert!(away.contains("max_age=3600") && !away.contains(&provider.secret), "{away}");
    let back = at_provider(&mut browser_at(&provider), &away, "alice").await;
    assert_eq!(location(&visitor.get(&back).await), "/");

    let (_folder, path) = secret_file("another");
    let scene = Scene::with(&config(&path)).await;
    let (mut visitor, back) = returning(&scene, &provider, "alice").await;
    let refused = visitor.get(&back).await;
    assert_eq!((refused.status, visitor.session()), (StatusCode::UNAUTHORIZED, None));
}

fn secret_file(secret: &str) -> (tempfile::TempDir, std::path::PathBuf) {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("client-secret");
    std::fs::write(&path, format!("{secret}\n")).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    (folder, path)
}

#[tokio::test]
async fn a_stranger_is_told_whom_to_ask_and_leaves_nothing_behind() {
    let provider = Provider::start();
    let scene = Scene::at(&provider.issuer()).await;
    for round in 1..=2 {
        let mut visitor = scene.visitor();
        let answer = visitor.sign_in(&mut browser_at(&provider), "/login", "mallory").await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
        for text in ["No workspace here knows you", "Ask whoever runs this server", "<bdi>mallory</bdi>"] {
            assert!(answer.body.contains(text), "{text}: {}", answer.body);
        }
        assert_eq!((visitor.session(), visitor.cookies.len()), (None, 0));
        assert_eq!(scene.refusals().await, round);
    }
    let entries = format!("{:?}", scene.entries().await);
    assert!(entries.contains("Anonymous") && !entries.contains("mallory"), "{entries}");
}

/// What comes back from the provider for somebody, and the visitor who set out.
async fn returning(scene: &Scene, provider: &Provider, name: &str) -> (Visitor, String) {
    let mut visitor = scene.visitor();
    let away = visitor.set_out("/login").await;
    let back = at_provider(&mut browser_at(provider), &away, name).await;
    (visitor, back)
}

/// What an attacker makes of a callback.
type Change<'a> = &'a dyn Fn(&str) -> String;

/// The query with another value of one parameter.
fn with(back: &str, name: &str, value: &str) -> String {
    let own = browser::parameter(back.split_once('?').unwrap().1, name).unwrap();
    back.replace(&format!("{name}={own}"), &format!("{name}={value}"))
}

#[tokio::test]
async fn whatever_does_not_hold_ends_at_the_same_page_with_an_entry_and_without_a_session() {
    let provider = Provider::start();
    let scene = Scene::at(&provider.issuer()).await;
    scene.member(&provider, "alice", Role::Viewer).await;
    let (_, others) = returning(&scene, &provider, "alice").await;
    let foreign = |name| browser::parameter(others.split_once('?').unwrap().1, name).unwrap();
    let (foreign_state, foreign_code) = (foreign("state"), foreign("code"));
    let mut pages = std::collections::BTreeSet::new();
    let hostile: [(&str, Change<'_>); 9] = [
        ("another browser's state", &|back| with(back, "state", &foreign_state)),
        ("another attempt's code", &|back| with(back, "code", &foreign_code)),
        ("no state of ours", &|back| with(back, "state", "x")),
        ("a made-up code", &|back| with(back, "code", "x")),
        ("another provider", &|back| with(back, "iss", "https%3A%2F%2Fattacker.test")),
        ("two states", &|back| format!("{back}&state=x")),
        ("a code and an error", &|back| format!("{back}&error=access_denied")),
        ("an error with markup", &|back| {
            let state = browser::parameter(back.split_once('?').unwrap().1, "state").unwrap();
            format!("/login/callback?error=%3Cscript%3E&error_description=%3Cb%3E&state={state}")
        }),
        ("nothing", &|_| "/login/callback".to_owned()),
    ];
    let tried = hostile.len();
    for (what, change) in hostile {
        let (mut visitor, back) = returning(&scene, &provider, "alice").await;
        let answer = visitor.get(&change(&back)).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{what}");
        assert_eq!((visitor.session(), visitor.cookies.len()), (None, 0), "{what}");
        pages.insert(answer.body);
    }
    // Without the cookie of the attempt, with one that somebody planted, and with the one of a browser that came back already.
    let (mut done, back) = returning(&scene, &provider, "alice").await;
    let kept = done.clone();
    assert_eq!(location(&done.get(&back).await), "/");
    let mut planted = scene.visitor();
    planted.cookies.insert(ATTEMPT.to_owned(), "planted".to_owned());
    for mut visitor in [scene.visitor(), planted, kept] {
        let answer = visitor.get(&back).await;
        assert_eq!((answer.status, visitor.session()), (StatusCode::UNAUTHORIZED, None));
        pages.insert(answer.body);
    }
    assert_eq!(pages.len(), 1, "which check failed is not told");
    assert!(pages.first().unwrap().contains("That sign-in did not succeed"));
    assert_eq!(scene.refusals().await, tried + 3);
}

#[tokio::test]
async fn a_person_who_declines_at_the_provider_is_not_signed_in() {
    let provider = Provider::start();
    let scene = Scene::at(&provider.issuer()).await;
    let mut visitor = scene.visitor();
    let mut browser = browser_at(&provider);
    let form = browser.open(&visitor.set_out("/login").await).await;
    let Page::Left(url) = browser.open(&form.link("abort")).await else { panic!("still there") };
    let answer = visitor.get(url.strip_prefix(ORIGIN).unwrap()).await;
    assert_eq!((answer.status, visitor.session()), (StatusCode::UNAUTHORIZED, None));
    assert_eq!((browser.submitted(), scene.refusals().await), (0, 1));
}

#[tokio::test]
async fn a_session_that_was_there_before_ends_and_is_never_gone_on_with() {
    let provider = Provider::start();
    let scene = Scene::at(&provider.issuer()).await;
    let alice = scene.member(&provider, "alice", Role::Viewer).await;
    // Somebody puts a session of theirs into her browser and waits for her to sign in.
    let planted = scene.session_of(scene.owner).await;
    let mut visitor = scene.visitor().given(&scene, &planted).await;
    let before = visitor.session();
    let mut browser = browser_at(&provider);
    visitor.sign_in(&mut browser, "/login", "alice").await;
    assert!(visitor.session().is_some() && visitor.session() != before);
    assert!(scene.app.engine.session(&planted).await.unwrap().is_none(), "the planted one is over");
    let page = visitor.get("/sessions").await;
    assert!(page.status == StatusCode::OK && !page.body.contains("End all others"), "{}", page.body);
    // Her own earlier session in this browser ends as well when she signs in again.
    let mut old = visitor.clone();
    visitor.sign_in(&mut browser, "/login", "alice").await;
    assert_eq!(visitor.get("/w/one").await.status, StatusCode::OK);
    assert_eq!(old.get("/w/one").await.status, StatusCode::UNAUTHORIZED);
    let signed_in = scene.entries().await.iter().filter(|event| event.actor == Actor::user(alice)).count();
    assert_eq!(signed_in, 3, "two sign-ins and one sign-out");
}

#[tokio::test]
async fn nobody_is_brought_to_another_site() {
    let provider = Provider::start();
    let scene = Scene::at(&provider.issuer()).await;
    scene.member(&provider, "alice", Role::Viewer).await;
    let mut browser = browser_at(&provider);
    for (asked, arrived) in [
        ("%2Fw%2Fone%2Faudit%3Faction%3DConnect", "/w/one/audit?action=Connect"),
        ("%2F", "/"),
        ("", "/"),
        ("https%3A%2F%2Fattacker.test", "/"),
        ("%2F%2Fattacker.test", "/"),
        ("%2F%5Cattacker.test", "/"),
        ("%5C%5Cattacker.test", "/"),
        ("%2F%09%2Fattacker.test", "/"),
        ("%2F%0D%0ALocation%3A%20x", "/"),
        ("javascript%3Aalert(1)", "/"),
        ("attacker.test", "/"),
        ("%00", "/"),
    ] {
        let mut visitor = scene.visitor();
        let answer = visitor.sign_in(&mut browser, &format!("/login?return_to={asked}"), "alice").await;
        assert_eq!(location(&answer), arrived, "{asked}");
    }
    let twice = scene.visitor().get("/login?return_to=%2F&return_to=%2F%2Fattacker.test").await;
    assert_eq!(twice.status, StatusCode::BAD_REQUEST);
    // A page that was asked for by an odd address is not where the way back leads.
    let odd = scene.visitor().get("/sessions?a=%5C%5C&b=//attacker.test").await;
    assert!(odd.body.contains("href=\"/login?return_to=%2Fsessions%3F"), "{}", odd.body);
}

#[tokio::test]
async fn no_other_site_begins_a_sign_in() {
    let provider = Provider::start();
    let scene = Scene::at(&provider.issuer()).await;
    for (from, begins) in [
        (Some("same-origin"), true),
        (Some("none"), true),
        (None, true),
        (Some("cross-site"), false),
        (Some("same-site"), false),
    ] {
        let mut visitor = scene.visitor();
        visitor.from = from;
        let answer = visitor.get("/login?return_to=%2Fw%2Fone").await;
        assert_eq!(
            (answer.status == 303, visitor.cookies.contains_key(ATTEMPT)),
            (begins, begins),
            "{from:?}"
        );
        if !begins {
            assert!(answer.body.contains("href=\"/login?return_to=%2Fw%2Fone\""), "{}", answer.body);
        }
    }
}

#[tokio::test]
async fn a_provider_that_does_not_answer_is_said_so_and_asked_again() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = free.local_addr().unwrap();
    drop(free);
    let issuer = format!("http://localhost:{}", address.port());
    let scene = Scene::at(&issuer).await;
    assert!(scene.login().check().await.is_err(), "nobody listens there");
    let mut visitor = scene.visitor();
    let page = visitor.get("/w/one").await;
    assert_eq!(page.status, StatusCode::UNAUTHORIZED);
    assert!(page.body.contains("did not answer when it was last asked"), "{}", page.body);
    let page = visitor.get("/login?return_to=%2Fw%2Fone").await;
    assert_eq!((page.status, visitor.cookies.len()), (StatusCode::SERVICE_UNAVAILABLE, 0));
    assert!(page.body.contains("The identity provider does not answer"));
    assert!(
        page.body.contains("href=\"/login?return_to=%2Fw%2Fone\""),
        "the next try goes where this one went"
    );

    let description = serde_json::json!({
        "issuer": issuer, "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"), "jwks_uri": format!("{issuer}/keys"),
    });
    let answer =
        get(move || async move { ([(header::CONTENT_TYPE, "application/json")], description.to_string()) });
    let application = Router::new().route("/.well-known/openid-configuration", answer);
    let listener = tokio::net::TcpListener::bind(address).await.unwrap();
    tokio::spawn(async move { axum::serve(listener, application).await });
    assert!(visitor.set_out("/login").await.starts_with(&format!("{issuer}/authorize?")));
    assert!(!visitor.get("/w/one").await.body.contains("when it was last asked"));
}

#[tokio::test]
async fn whoever_signs_out_is_shown_the_way_out_of_the_provider() {
    let provider = Provider::start();
    let scene = Scene::at(&provider.issuer()).await;
    scene.member(&provider, "alice", Role::Viewer).await;
    scene.login().check().await.unwrap();
    let mut visitor = scene.visitor();
    visitor.sign_in(&mut browser_at(&provider), "/login", "alice").await;
    let page = visitor.get("/sessions").await;
    let csrf =
        page.body.split("name=\"csrf\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let out = visitor.send(Method::POST, "/sign-out", Body::from(format!("csrf={csrf}"))).await;
    assert_eq!((out.status, visitor.session()), (StatusCode::OK, None));
    assert!(out.body.contains("You are signed out") && out.body.contains("href=\"/login/end-session\""));
    let there = visitor.set_out("/login/end-session").await;
    assert!(there.starts_with(&provider.issuer()) && there.contains("client_id=prodops-ES256"), "{there}");
}

#[tokio::test]
async fn without_a_provider_the_pages_speak_of_one_time_links_only() {
    let site = Site::new().await;
    for (path, status) in [("/login", StatusCode::OK), ("/w/one", StatusCode::UNAUTHORIZED)] {
        let page = site.send(None, Method::GET, path, None).await;
        assert_eq!(page.status, status);
        assert!(
            page.body.contains("Open the one-time link") && !page.body.contains("href=\"/login"),
            "{path}"
        );
    }
    for path in ["/login/callback?code=x&state=y", "/login/end-session"] {
        assert_eq!(site.send(None, Method::GET, path, None).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn a_renewed_cookie_reaches_the_browser_also_with_a_problem() {
    let provider = Provider::start();
    let scene = Scene::at(&provider.issuer()).await;
    let alice = scene.member(&provider, "alice", Role::Viewer).await;
    let mut visitor = scene.visitor();
    visitor.sign_in(&mut browser_at(&provider), "/login", "alice").await;
    let before = visitor.session();
    scene.owned().await.change_role(alice, Role::Admin).await.unwrap();
    let answer = visitor.get("/nowhere").await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert!(answer.headers.contains_key(header::SET_COOKIE) && visitor.session() != before);
}
