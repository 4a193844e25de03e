//! Connections in every state.

use crate::ui::view::{
    AiLastRun, AiOffer, AiPanel, IntegrationFailure, IntegrationRow, IntegrationState, Integrations, When,
};

fn when(machine: &str, text: &str) -> When {
    When { machine: machine.into(), text: text.into() }
}

fn failure(what: &str, code: &'static str, attempts: &str) -> IntegrationFailure {
    let (what, attempts) = (what.into(), attempts.into());
    IntegrationFailure { what, code, when: when("2026-05-31T10:48:00Z", "12\u{a0}min ago"), attempts }
}

/// A provider that was chosen, beside one that was not.
fn ai() -> AiPanel {
    let about = |lines: [&str; 4]| lines.map(str::to_owned).to_vec();
    let condition = "sharing of inputs and outputs with OpenAI is off for the organisation of the key";
    AiPanel {
        state: "A run is waiting for openai: 1,204 of 5,000 commits are answered.".to_owned(),
        spent: Some("This month: 6,204 of 20,000 commits, 1.92 of 10.00 in money.".to_owned()),
        last: Some(AiLastRun {
            when: when("2026-05-31T10:45:00Z", "15\u{a0}min ago"),
            text: "1,198 of 1,204 commits got a label, 341 of them another than the model's.".to_owned(),
        }),
        left: Some(
            "One upload was not yet seen to be gone when that run ended. Deleting goes on four times an hour."
                .to_owned(),
        ),
        estimate: Some("About 4.10 for 13,370 commits, measured on 200 of them. Nothing was sent.".to_owned()),
        offers: vec![
            AiOffer {
                name: "openai".into(),
                about: about(["openai (OpenAI)", "region: EU", "training: possible", "hosts: api.openai.com:443"]),
                chosen: true,
                condition: Some(condition.to_owned()),
                acknowledged: true,
            },
            AiOffer {
                name: "ollama".into(),
                about: about(["ollama", "region: on this machine", "training: never", "hosts: localhost:11434"]),
                chosen: false,
                condition: None,
                acknowledged: false,
            },
        ],
        percent: 60,
        commits: 20_000,
        cost: "10.00".to_owned(),
        may_choose: true,
    }
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
    Integrations { rows, ai: Some(ai()) }
}
