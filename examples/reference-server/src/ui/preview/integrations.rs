//! Connections in every state.

use crate::ui::view::{IntegrationFailure, IntegrationRow, IntegrationState, Integrations, When};

fn when(machine: &str, text: &str) -> When {
    When { machine: machine.into(), text: text.into() }
}

fn failure(what: &str, code: &'static str, attempts: &str) -> IntegrationFailure {
    let (what, attempts) = (what.into(), attempts.into());
    IntegrationFailure { what, code, when: when("2026-05-31T10:48:00Z", "12\u{a0}min ago"), attempts }
}

/// One connection in each state.
pub(in crate::ui) fn integrations() -> Integrations {
    let row = |id: &str, target: &str, state| IntegrationRow {
        id: id.into(),
        connector: "git".into(),
        target: target.into(),
        state,
        last: Some(when("2026-05-31T10:45:00Z", "15\u{a0}min ago")),
        next: None,
        failure: None,
        button: None,
    };
    let next = Some(when("2026-05-31T11:15:00Z", "in 15\u{a0}min"));
    let gone = "It is not where it was, or is not what it was. Put it back, or disconnect it.";
    let rows = vec![
        IntegrationRow {
            next: next.clone(),
            button: Some("Read now"),
            ..row("1", "/srv/git/billing-api.git", IntegrationState::Healthy)
        },
        IntegrationRow { last: None, ..row("2", "/srv/git/checkout-service.git", IntegrationState::Reading) },
        IntegrationRow {
            next,
            failure: Some(failure("It cannot be reached at the moment.", "unreachable", "Failed once")),
            button: Some("Try again"),
            ..row("3", "/srv/git/design-tokens.git", IntegrationState::Retrying)
        },
        IntegrationRow {
            failure: Some(failure(gone, "unusable", "Failed 12 times")),
            button: Some("Try again"),
            ..row("4", "/srv/git/infrastructure.git", IntegrationState::GivenUp)
        },
        row("5", "/srv/git/old-monolith.git", IntegrationState::Disconnected),
    ];
    Integrations { rows }
}
