//! The sessions and API tokens of a generated reader.

use crate::ui::view::{CreatedToken, SessionRow, Sessions, TokenPlace, TokenRow, When};

fn when(machine: &str, text: &str) -> When {
    When { machine: machine.into(), text: text.into() }
}

fn session(id: &str, client: &str, seen: &str, current: bool) -> SessionRow {
    SessionRow {
        id: id.into(),
        client: client.into(),
        created: when("2026-05-31T08:04:00Z", "3\u{a0}h ago"),
        last_seen: when("2026-05-31T11:00:00Z", seen),
        current,
    }
}

fn token(id: &str, name: &str, cap: &str, expired: bool) -> TokenRow {
    let last_used = (!expired).then(|| when("2026-05-31T10:00:00Z", "1\u{a0}h ago"));
    TokenRow {
        id: id.into(),
        name: name.into(),
        cap: cap.into(),
        last_used,
        expires: "2026-08-29".into(),
        expired,
    }
}

/// Sessions in several browsers, and workspaces with and without tokens, one of which was just made.
pub(in crate::ui) fn sessions() -> Sessions {
    let workspace = |slug: &str, name: &str, tokens, may_end_sessions| TokenPlace {
        slug: slug.into(),
        name: name.into(),
        tokens,
        caps: vec!["viewer".into(), "member".into()],
        may_create: true,
        may_end_sessions,
    };
    Sessions {
        note: Some("One other session was ended.".into()),
        created: Some(CreatedToken {
            name: "nightly report".into(),
            value: format!("pdt_{}", "0".repeat(64)),
        }),
        sessions: vec![
            session("1", "Firefox on Linux", "just now", true),
            session("2", "Safari on iOS", "20\u{a0}min ago", false),
        ],
        workspaces: vec![
            workspace(
                "local",
                "Payments platform",
                vec![token("1", "nightly report", "member", false), token("2", "old script", "viewer", true)],
                true,
            ),
            workspace("labs", "Research prototypes", Vec::new(), false),
        ],
    }
}
