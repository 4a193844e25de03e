//! Every route asks for the actions that it is mounted with, and for nothing else.

use std::collections::BTreeSet;
use std::fmt::Write;

use axum::http::StatusCode;
use prodops::core::tenancy::{Grant, MembershipState, Role};
use prodops::core::time::Timestamp;
use prodops::policy::matrix::{Cell, Circumstance, Matrix, Standing};
use prodops::policy::{DecisionRecord, Policy};
use reference_server::server::routes;
use reference_server::web::Endpoint;

use crate::site::{Answer, NOW, Site, body, filled};

/// What a route is called in messages.
fn name(endpoint: &Endpoint) -> String {
    format!("{} {}", endpoint.method, endpoint.path)
}

/// Asks a route as the owner of the first workspace, by a session of its own: some routes end them.
async fn as_owner(site: &Site, endpoint: &Endpoint) -> Answer {
    let session = site.sign_in().await;
    let path = filled(endpoint.path, "one", &site.one);
    site.heard.take();
    site.send(Some(&session), endpoint.method.clone(), &path, body(endpoint.path, &endpoint.method)).await
}

#[tokio::test]
async fn p4_5_every_route_asks_for_the_actions_it_is_mounted_with() {
    let site = Site::new().await;
    let (mut untested, mut odd) = (BTreeSet::new(), Vec::new());
    for endpoint in routes().endpoints() {
        let Some(ask) = endpoint.access.ask().filter(|ask| !ask.actions().is_empty()) else { continue };
        untested.insert(name(endpoint));
        let answer = as_owner(&site, endpoint).await;
        let heard = site.heard.take();
        let asked: BTreeSet<&str> = heard.iter().map(|decision| decision.action).collect();
        let declared: BTreeSet<&str> = ask.actions().iter().copied().collect();
        if asked == declared {
            untested.remove(&name(endpoint));
        } else {
            odd.push(format!(
                "{}: declared {declared:?}, asked {asked:?} ({})",
                name(endpoint),
                answer.status
            ));
        }
        assert!(heard.iter().all(|decision| decision.allowed), "{heard:?}");
    }
    assert_eq!(untested, BTreeSet::new(), "{odd:#?}");
}

/// A decision about a role is that of the policies' own matrix, which people review as well.
fn assert_as_the_matrix_says(matrix: &Matrix, role: &str, decision: &DecisionRecord) {
    let here = |cell: &&Cell| {
        (cell.circumstance, cell.principal, cell.action) == (Circumstance::Usual, role, decision.action)
    };
    let standing = matrix.cells.iter().find(here).map(|cell| cell.standing);
    let agrees = match standing {
        Some(Standing::Allowed) => decision.allowed,
        Some(Standing::Denied) => !decision.allowed,
        // It depends on the row or the moment.
        Some(Standing::Conditional) => true,
        None => false,
    };
    assert!(agrees, "{role}: the matrix says {standing:?}, and the answer was {decision:?}");
}

/// How every route answers somebody, each time in a new session, in the order of the registry.
async fn answers(site: &Site, name: &str) -> Vec<StatusCode> {
    let (mut found, matrix) = (Vec::new(), Policy::shipped().unwrap().matrix());
    for endpoint in routes().endpoints().iter().filter(|endpoint| endpoint.access.ask().is_some()) {
        let session = site.session_of(name).await;
        let path = filled(endpoint.path, "one", &site.one);
        site.heard.take();
        let body = body(endpoint.path, &endpoint.method);
        let answer = site.send(Some(&session), endpoint.method.clone(), &path, body).await;
        let heard = site.heard.take();
        heard.iter().for_each(|decision| assert_as_the_matrix_says(&matrix, name, decision));
        let denied = heard.iter().any(|decision| !decision.allowed);
        let refused = matches!(answer.status, StatusCode::FORBIDDEN | StatusCode::NOT_FOUND);
        assert!(!denied || refused, "{name} was denied {path} and got {}", answer.status);
        assert!(denied || answer.status != StatusCode::FORBIDDEN, "{name} was refused {path} by no policy");
        found.push(answer.status);
    }
    found
}

/// Every route × every role, and those whose membership has no force: a table that people review.
#[tokio::test]
async fn p4_4_every_route_answers_each_role_as_the_reviewed_table_says() {
    let end = NOW.parse::<Timestamp>().unwrap().plus_seconds(60);
    let mut columns = Vec::new();
    for role in Role::ALL {
        let site = Site::new().await;
        let until = role.needs_end().then_some(end);
        site.joined(role.as_str(), Grant { role, until }).await;
        columns.push((role.as_str(), answers(&site, role.as_str()).await));
    }
    let site = Site::new().await;
    let suspended = site.joined("suspended", Role::Owner.into()).await;
    site.first_workspace().await.set_member_state(suspended, MembershipState::Suspended).await.unwrap();
    site.joined("over", Grant::until(Role::Support, end)).await;
    columns.push(("suspended", answers(&site, "suspended").await));
    site.clock.advance_seconds(60);
    columns.push(("over", answers(&site, "over").await));

    let mut table = format!("{:56}", "");
    columns.iter().for_each(|(name, _)| write!(table, "{name:>10}").unwrap());
    let asking = routes();
    let asking = asking.endpoints().iter().filter(|endpoint| endpoint.access.ask().is_some());
    for (row, endpoint) in asking.enumerate() {
        write!(table, "\n{:56}", name(endpoint)).unwrap();
        columns.iter().for_each(|(_, cells)| write!(table, "{:>10}", cells[row].as_u16()).unwrap());
    }
    insta::assert_snapshot!(table);
}
