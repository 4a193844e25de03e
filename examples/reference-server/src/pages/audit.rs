//! The audit log of a workspace, with filters in the address.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, Method};
use axum::routing::get;
use prodops::core::audit::{Actor, Decision};
use prodops::core::time::Timestamp;
use prodops::policy::{ReadAudit, action_names};
use prodops::store::contract::{AuditFilter, AuditQuery, PageToken};
use serde::Deserialize;

use super::{Page, frame, show};
use crate::present;
use crate::ui::view::{AuditChoice, AuditLog, CheckpointView, Place};
use crate::ui::{page, route};
use crate::web::{Access, App, Path, Problem, Query, Routes, SignedIn};

/// Entries on a page.
const ROWS: usize = 50;
const DAY: i64 = 86_400;
const DECISIONS: [Decision; 3] = [Decision::Allowed, Decision::Denied, Decision::Failed];

/// What was asked for. A field of the form that is left empty asks for nothing.
#[derive(Debug, Default, Deserialize)]
struct Asked {
    #[serde(default)]
    action: String,
    #[serde(default)]
    decision: String,
    #[serde(default)]
    member: String,
    #[serde(default)]
    object: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
    after: Option<String>,
}

pub(super) fn mount(routes: Routes) -> Routes {
    routes.mount(Access::session::<(ReadAudit,)>(), Method::GET, "/w/{slug}/audit", get(handler))
}

async fn handler(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    caller: SignedIn,
    Path(slug): Path<String>,
    Query(asked): Query<Asked>,
) -> Page {
    let workspace = caller.caller().enter(&slug).await?;
    let query = AuditQuery { filter: filter(&asked)?, newest_first: true };
    let after = asked.after.as_deref().map(str::parse::<PageToken>).transpose();
    let after = after.map_err(|error| Problem::bad_request(error.to_string()))?;
    let found = workspace.audit(&query, after.as_ref(), ROWS).await?;
    let key = app.engine.audit_key().await?.to_string();
    let checkpoint = app.engine.audit_checkpoint().await?.map(|signed| CheckpointView {
        size: signed.size,
        root: signed.root.to_string(),
        when: present::instant(signed.time),
        key,
    });
    let view = AuditLog {
        rows: found.items.iter().map(|entry| present::audit_row(entry, workspace.membership())).collect(),
        filtered: query.filter != AuditFilter::default(),
        actions: actions(&asked.action),
        decisions: decisions(&asked.decision),
        older: found.next.map(|next| older(&slug, &asked, &next.to_string())),
        member: asked.member,
        object: asked.object,
        from: asked.from,
        to: asked.to,
        checkpoint,
    };
    Ok(show(page::audit(&frame::frame(&headers, &caller, Place::Audit, Some(&workspace)), &view)))
}

fn filter(asked: &Asked) -> Result<AuditFilter, Problem> {
    let wrong = |what: &str, rule: &str| Problem::bad_request(format!("{what} {rule}"));
    let decision = DECISIONS.into_iter().find(|known| present::outcome(*known).1 == asked.decision);
    if decision.is_none() && !asked.decision.is_empty() {
        return Err(wrong("outcome", "must be allowed, denied or failed"));
    }
    let id = |text: &str| text.trim().parse::<prodops::core::id::MembershipId>();
    let member = given(&asked.member).map(|text| id(text).map(Actor::Member)).transpose();
    let object = given(&asked.object).map(|text| id(text).map(|id| *id.as_bytes())).transpose();
    Ok(AuditFilter {
        actor: member.map_err(|_| wrong("member id", "must be the whole id, as its tooltip shows it"))?,
        action: given(&asked.action).map(str::to_owned),
        decision,
        object: object.map_err(|_| wrong("object id", "must be the whole id, as its tooltip shows it"))?,
        from: day(&asked.from)?,
        until: day(&asked.to)?.map(|last| last.plus_seconds(DAY)),
    })
}

fn given(text: &str) -> Option<&str> {
    Some(text.trim()).filter(|text| !text.is_empty())
}

/// The first instant of a day in UTC.
fn day(text: &str) -> Result<Option<Timestamp>, Problem> {
    let Some(text) = given(text) else { return Ok(None) };
    let start = format!("{text}T00:00:00Z").parse();
    start.map(Some).map_err(|_| Problem::bad_request("a day must be written as 2026-03-01".to_owned()))
}

fn actions(asked: &str) -> Vec<AuditChoice> {
    let any = AuditChoice { value: String::new(), text: "any".to_owned(), selected: asked.is_empty() };
    let each = action_names().map(|name| AuditChoice {
        value: name.to_owned(),
        text: present::action(name),
        selected: asked == name,
    });
    std::iter::once(any).chain(each).collect()
}

fn decisions(asked: &str) -> Vec<AuditChoice> {
    let any = AuditChoice { value: String::new(), text: "any".to_owned(), selected: asked.is_empty() };
    let each = DECISIONS.map(|decision| {
        let (text, name) = present::outcome(decision);
        AuditChoice { value: name.to_owned(), text: text.to_owned(), selected: asked == name }
    });
    std::iter::once(any).chain(each).collect()
}

/// The same question, further back.
fn older(slug: &str, asked: &Asked, after: &str) -> String {
    let fields = [
        ("action", asked.action.as_str()),
        ("decision", &asked.decision),
        ("member", &asked.member),
        ("object", &asked.object),
        ("from", &asked.from),
        ("to", &asked.to),
        ("after", after),
    ];
    let set = fields.into_iter().filter(|(_, value)| !value.is_empty());
    let pairs: Vec<String> = set.map(|(name, value)| format!("{name}={}", route::segment(value))).collect();
    format!("{}?{}", route::audit(slug), pairs.join("&"))
}
