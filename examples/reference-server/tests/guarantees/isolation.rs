//! Every endpoint with another tenant's names: zero leaks, and the same answer as for what does not exist.

use axum::body::Body;
use axum::http::{Method, StatusCode, header};
use prodops::core::tenancy::{Grant, MembershipState, Role};
use prodops::core::time::Timestamp;
use reference_server::server::routes;

use crate::site::{NOW, Site, Tenant, body, filled, from_here};

#[tokio::test]
async fn p5_3_another_tenants_workspace_looks_like_one_that_does_not_exist() {
    let site = Site::new().await;
    let mut tried = 0;
    for endpoint in routes().endpoints().iter().filter(|endpoint| endpoint.path.contains("{slug}")) {
        let json = body(endpoint.path, &endpoint.method);
        let (me, method) = (Some(&site.one.session), &endpoint.method);
        let path = filled(endpoint.path, site.two.slug, &site.two);
        let foreign = site.send(me, method.clone(), &path, json).await;
        let path = filled(endpoint.path, "three", &site.two);
        let absent = site.send(me, method.clone(), &path, json).await;
        assert_eq!(foreign.status, StatusCode::NOT_FOUND, "{} {}", endpoint.method, endpoint.path);
        assert_eq!((absent.status, &absent.body), (foreign.status, &foreign.body), "{}", endpoint.path);
        tried += 1;
    }
    assert!(tried >= 17, "only {tried} routes name a workspace");
}

#[tokio::test]
async fn p5_3_another_tenants_ids_in_the_callers_own_workspace_look_like_absent_ones() {
    let site = Site::new().await;
    let absent = Tenant {
        slug: "one",
        owner: site.one.owner,
        session: prodops::core::session::OpaqueToken::parse(&"0".repeat(64)).unwrap(),
        connection: prodops::core::id::ConnectionId::from_bytes([9; 16]),
        repository: prodops::core::id::RepositoryId::from_bytes([9; 16]),
        commit: prodops::core::fact::CommitId::Sha1([9; 20]),
        token: prodops::core::id::ApiTokenId::from_bytes([9; 16]),
    };
    let mut tried = 0;
    for endpoint in routes().endpoints().iter().filter(|endpoint| endpoint.path.contains("{id}")) {
        let (me, method) = (Some(&site.one.session), &endpoint.method);
        let sent = body(endpoint.path, method);
        let path = filled(endpoint.path, site.one.slug, &site.two);
        let foreign = site.send(me, method.clone(), &path, sent).await;
        let path = filled(endpoint.path, site.one.slug, &absent);
        let nothing = site.send(me, method.clone(), &path, sent).await;
        assert_eq!(foreign.status, StatusCode::NOT_FOUND, "{} {}", endpoint.method, endpoint.path);
        assert_eq!(nothing.body, foreign.body, "{}", endpoint.path);
        tried += 1;
    }
    assert!(tried >= 7, "only {tried} routes name an id");
    let one = site.get(&site.one.session, "/api/v1/workspaces/one/report?repository=").await;
    assert_eq!(one.status, StatusCode::NOT_FOUND);
    let path = format!("/api/v1/workspaces/one/report?repository={}", site.two.repository);
    assert_eq!(site.get(&site.one.session, &path).await.status, StatusCode::NOT_FOUND);
}

/// Somebody whose membership is suspended or over gets what they would get where there is no such workspace.
#[tokio::test]
async fn p5_3_a_membership_without_force_is_answered_as_none() {
    let site = Site::new().await;
    let suspended = site.joined("suspended", Role::Owner.into()).await;
    site.first_workspace().await.set_member_state(suspended, MembershipState::Suspended).await.unwrap();
    let end = NOW.parse::<Timestamp>().unwrap().plus_seconds(60);
    site.joined("over", Grant::until(Role::Support, end)).await;
    site.clock.advance_seconds(60);
    for endpoint in routes().endpoints().iter().filter(|endpoint| endpoint.path.contains("{slug}")) {
        let (json, method) = (body(endpoint.path, &endpoint.method), &endpoint.method);
        for name in ["suspended", "over"] {
            let session = site.session_of(name).await;
            let path = filled(endpoint.path, site.one.slug, &site.one);
            let shut = site.send(Some(&session), method.clone(), &path, json).await;
            let path = filled(endpoint.path, "three", &site.one);
            let absent = site.send(Some(&session), method.clone(), &path, json).await;
            assert_eq!(shut.status, StatusCode::NOT_FOUND, "{name}: {method} {}", endpoint.path);
            assert_eq!((absent.status, &absent.body), (shut.status, &shut.body), "{}", endpoint.path);
        }
    }
}

/// Nothing in a request but the slug among the caller's own memberships says where it goes.
#[tokio::test]
async fn p5_2_headers_queries_and_cookies_choose_no_workspace() {
    let site = Site::new().await;
    let theirs =
        [site.two.connection.to_string(), site.two.repository.to_string(), site.two.token.to_string()];
    let own = site.cookie(&site.one.session).await;
    let readable = routes();
    let readable = readable.endpoints().iter().filter(|endpoint| endpoint.access.ask().is_some());
    for endpoint in readable.filter(|endpoint| endpoint.method == Method::GET) {
        let path = filled(endpoint.path, "one", &site.one);
        let request = from_here(Method::GET, &format!("{path}?workspace=two&slug=two&tenant=two"))
            .header(header::COOKIE, format!("{own}; workspace=two; tenant=two"))
            .header("x-workspace", "two")
            .header("x-workspace-id", "two")
            .header("x-tenant-id", "two")
            .header("x-original-url", "/w/two")
            .header("x-rewrite-url", "/api/v1/workspaces/two/report")
            .header("x-forwarded-prefix", "/w/two");
        let answer = site.raw(request.body(Body::empty()).unwrap()).await;
        assert!(!answer.status.is_server_error(), "{path}: {}", answer.body);
        for id in &theirs {
            assert!(!answer.body.contains(id), "{path} shows what is another tenant's");
        }
    }
}
