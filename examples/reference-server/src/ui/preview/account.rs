//! A generated reader: on the way in, their sessions and API tokens, and the audit log that they read.

use crate::ui::view::{
    AuditChoice, AuditLog, AuditRow, CheckpointView, CreatedToken, Deletion, DeletionStage, DeletionStep,
    SessionRow, Sessions, SignIn, SignInReason, TokenPlace, TokenRow, When,
};

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

/// Somebody without a session, for this reason.
pub(in crate::ui) fn sign_in(reason: SignInReason) -> SignIn {
    let provider = Some("login.example.org".into());
    SignIn {
        reason,
        provider,
        reachable: true,
        ends_sessions: true,
        return_to: Some("/w/local?window=90".into()),
    }
}

/// A page of an audit log with every kind of outcome.
pub(in crate::ui) fn audit() -> AuditLog {
    let choice = |text: &str, selected| AuditChoice { value: text.into(), text: text.into(), selected };
    let row = |seq, who: &str, what: &str, object: &str, (decision, name): (&str, &str)| AuditRow {
        seq,
        when: when("2026-05-31T11:04:00Z", "31 May 2026, 11:04:00 UTC"),
        who: who.into(),
        who_id: Some("0196f3a1-7c00-7000-8000-000000000001".into()),
        what: what.into(),
        object: object.into(),
        object_id: None,
        decision: decision.into(),
        decision_name: name.into(),
        request: Some("0196f3a1-7c00-7000-8000-00001a2b3c4d".into()),
    };
    AuditLog {
        rows: vec![
            row(1204, "you", "read audit", "the audit log", ("done", "allowed")),
            row(1203, "member 1a2b3c4d", "create API token", "API token 9f8e7d6c", ("done", "allowed")),
            row(1202, "member 1a2b3c4d", "manage members", "the workspace", ("refused", "denied")),
            row(
                1201,
                "background sync",
                "ingest facts",
                "connection 5b6c7d8e: 12 commits read",
                ("failed", "failed"),
            ),
        ],
        filtered: true,
        actions: vec![choice("any", false), choice("end member sessions", true)],
        decisions: vec![choice("any", true), choice("refused", false)],
        member: String::new(),
        object: String::new(),
        from: "2026-05-01".into(),
        to: String::new(),
        older: Some("/w/local/audit?after=x".into()),
        checkpoint: Some(CheckpointView {
            size: 48_211,
            root: "9b1c0f2e".repeat(8),
            when: when("2026-05-31T11:04:00Z", "31 May 2026, 11:04:00 UTC"),
            key: format!("prodops/staging+1a2b3c4d+{}", "AbCdEfGh".repeat(5)),
        }),
    }
}

/// A deletion at this stage.
pub(in crate::ui) fn deletion(stage: DeletionStage) -> Deletion {
    let step = |machine: &str, text: &str, what| DeletionStep { when: when(machine, text), what };
    Deletion {
        name: "Payments platform".into(),
        slug: "payments".into(),
        stage,
        steps: vec![
            step(
                "2026-05-31T11:04:00Z",
                "31 May 2026, 11:04 UTC",
                "Asked for. The workspace closes to everybody but its owners, and nothing is read any more.",
            ),
            step("2026-06-07T11:04:00Z", "7 Jun 2026, 11:04 UTC", "Until then an owner can call it off."),
            step(
                "2026-06-08T11:04:00Z",
                "8 Jun 2026, 11:04 UTC",
                "Keys are destroyed and every row is removed.",
            ),
            step(
                "2026-06-28T11:04:00Z",
                "28 Jun 2026, 11:04 UTC",
                "The last backup that the workspace was in is removed, and the last copy of its keys: nothing can be read any more.",
            ),
        ],
        mistyped: stage == DeletionStage::None,
    }
}
