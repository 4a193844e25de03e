//! Every endpoint with another tenant's names: zero leaks, and the same answer as for what does not exist.

use axum::http::StatusCode;
use reference_server::server::routes;

use crate::site::{Site, Tenant, body, filled};

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
        token: prodops::core::id::ApiTokenId::from_bytes([9; 16]),
    };
    let mut tried = 0;
    for endpoint in routes().endpoints().iter().filter(|endpoint| endpoint.path.contains("{id}")) {
        let (me, method) = (Some(&site.one.session), &endpoint.method);
        let path = filled(endpoint.path, site.one.slug, &site.two);
        let foreign = site.send(me, method.clone(), &path, None).await;
        let path = filled(endpoint.path, site.one.slug, &absent);
        let nothing = site.send(me, method.clone(), &path, None).await;
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
