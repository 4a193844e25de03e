//! Audit entries in words.

use prodops::core::audit::{Actor, AuditEntry, AuditObject, Decision};
use prodops::core::id::MembershipId;
use prodops::core::time::Timestamp;

use crate::ui::view::{AuditRow, When};

/// An entry as the page shows it to this member.
#[must_use]
pub fn audit_row(entry: &AuditEntry, reader: Option<MembershipId>) -> AuditRow {
    let event = &entry.event;
    let (who, who_id) = actor(event.actor, reader);
    let (object, object_id) = object(event.object);
    let (decision, decision_name) = outcome(event.decision);
    AuditRow {
        seq: entry.seq,
        when: instant(event.time),
        who,
        who_id,
        what: action(&event.action),
        object,
        object_id,
        decision: decision.to_owned(),
        decision_name: decision_name.to_owned(),
        request: event.request.map(|request| request.to_string()),
    }
}

/// An instant to the second; the script shows it in the reader's zone.
#[must_use]
pub fn instant(at: Timestamp) -> When {
    When { machine: at.to_string(), text: at.to_jiff().strftime("%-d %b %Y, %H:%M:%S UTC").to_string() }
}

/// The end of an id: ids of the same moment begin alike.
fn short(id: &str) -> &str {
    id.get(id.len().saturating_sub(8)..).unwrap_or(id)
}

fn named(kind: &str, id: &impl ToString) -> (String, Option<String>) {
    let id = id.to_string();
    (format!("{kind} {}", short(&id)), Some(id))
}

fn actor(actor: Actor, reader: Option<MembershipId>) -> (String, Option<String>) {
    match actor {
        Actor::Member(id) if reader == Some(id) => ("you".to_owned(), Some(id.to_string())),
        Actor::Member(id) => named("member", &id),
        Actor::User(id) => named("user", &id),
        Actor::Anonymous => ("somebody".to_owned(), None),
        Actor::System(system) => (format!("background {system}"), None),
        _ => ("the operator".to_owned(), None),
    }
}

fn object(object: AuditObject) -> (String, Option<String>) {
    match object {
        AuditObject::Workspace => ("the workspace".to_owned(), None),
        AuditObject::AuditLog => ("the audit log".to_owned(), None),
        AuditObject::Connection(id) => named("connection", &id),
        AuditObject::Repository(id) => named("repository", &id),
        AuditObject::Member(id) => named("member", &id),
        AuditObject::Sync { connection, commits, pruned } => {
            let (text, id) = named("connection", &connection);
            let removed = if pruned > 0 { format!(", {pruned} removed") } else { String::new() };
            (format!("{text}: {commits} commits read{removed}"), id)
        }
        AuditObject::Key(id) => named("key", &id),
        AuditObject::MemberAs { member, role, active } => {
            let (text, id) = named("member", &member);
            let state = if active { "" } else { ", suspended" };
            (format!("{text} as {}{state}", role.as_str()), id)
        }
        AuditObject::MemberUntil { member, role, active, until } => {
            let (text, id) = named("member", &member);
            let state = if active { "" } else { ", suspended" };
            (format!("{text} as {role}{state} until {}", instant(until).text), id)
        }
        AuditObject::CommitLabel { commit, before, corrected, .. } => {
            let id = commit.to_string();
            let (short, before) = (id.get(..10).unwrap_or(&id), before.as_str());
            let after = corrected.map_or("as it was decided", |after| after.as_str());
            (format!("commit {short}: from {before} to {after}"), Some(id))
        }
        AuditObject::AiUse { enabled } => {
            let text = if enabled { "an AI provider may be asked" } else { "no AI provider may be asked" };
            (text.to_owned(), None)
        }
        AuditObject::AiRequest { connection, commits } => {
            let (text, id) = named("connection", &connection);
            (format!("{text}: {commits} commits sent to an AI provider"), id)
        }
        AuditObject::AiLabels { connection, commits } => {
            let (text, id) = named("connection", &connection);
            (format!("{text}: {commits} labels from an AI provider"), id)
        }
        AuditObject::User(id) => named("user", &id),
        AuditObject::ApiToken(id) => named("API token", &id),
        AuditObject::Session => ("a session".to_owned(), None),
        AuditObject::Tenant(id) => named("workspace", &id),
        _ => ("the deployment".to_owned(), None),
    }
}

/// The outcomes: their words, and their names in addresses and styles.
#[must_use]
pub const fn outcome(decision: Decision) -> (&'static str, &'static str) {
    match decision {
        Decision::Denied => ("refused", "denied"),
        Decision::Failed => ("failed", "failed"),
        _ => ("done", "allowed"),
    }
}

/// The name of an action in the policy schema, in words: `RunSync` is "run sync", `CreateApiToken` "create API token".
#[must_use]
pub fn action(name: &str) -> String {
    let mut words = String::with_capacity(name.len() + 4);
    for letter in name.chars() {
        if letter.is_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.extend(letter.to_lowercase());
    }
    words.replace(" api ", " API ").replace(" hr ", " HR ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_of_the_policies_has_words() {
        let words: Vec<String> = prodops::policy::action_names().map(action).collect();
        for known in ["run sync", "create API token", "end member sessions", "manage members", "read audit"] {
            assert!(words.iter().any(|each| each == known), "{known}: {words:?}");
        }
    }
}
