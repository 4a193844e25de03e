//! Every route asks for the action that it is mounted with.

use axum::http::StatusCode;
use prodops::core::tenancy::Role;
use reference_server::server::routes;
use reference_server::web::Access;

use crate::site::{Site, body, filled};

/// What routes ask for and a viewer may do, by the policies.
const VIEWER_MAY: [&str; 3] = ["ListRepositories", "ReadReport", "ReadRepository"];
/// What routes ask for and a viewer may not do.
const VIEWER_MAY_NOT: [&str; 10] = [
    "CancelDeletion",
    "Connect",
    "CreateApiToken",
    "DeleteWorkspace",
    "Disconnect",
    "EndMemberSessions",
    "ListConnections",
    "ReadAudit",
    "RevokeApiToken",
    "RunSync",
];
/// What is the caller's own, whatever their role.
const OWN: [&str; 3] = ["own memberships", "own session", "own sessions"];

#[tokio::test]
async fn p4_5_every_route_asks_for_the_action_it_is_mounted_with() {
    let site = Site::new().await;
    let viewer = site.member(Role::Viewer).await;
    for endpoint in routes().endpoints() {
        let (Access::Session(action) | Access::Caller(action)) = endpoint.access else { continue };
        if OWN.contains(&action) {
            continue;
        }
        let path = filled(endpoint.path, "one", &site.one);
        let json = body(endpoint.path, &endpoint.method);
        let answer = site.send(Some(&viewer), endpoint.method.clone(), &path, json).await;
        let expected = match action {
            known if VIEWER_MAY.contains(&known) => StatusCode::OK,
            known if VIEWER_MAY_NOT.contains(&known) => StatusCode::FORBIDDEN,
            unknown => panic!("{path} asks for `{unknown}`: say whether a viewer may do it"),
        };
        assert_eq!(answer.status, expected, "{} {path}: {}", endpoint.method, answer.body);
    }
    let rows = site.get(&site.one.session, "/api/v1/workspaces/one/connections").await.json();
    assert_eq!((rows.as_array().unwrap().len(), &rows[0]["state"]), (1, &"active".into()));
}
