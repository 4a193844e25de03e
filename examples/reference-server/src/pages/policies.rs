//! Who may do what in a workspace, with the explanation of a field.

use axum::http::{HeaderMap, Method};
use axum::routing::get;
use prodops::core::tenancy::{Role, WorkspaceState};
use prodops::policy::ReadPolicySet;
use prodops::policy::matrix::{Cell, Circumstance};
use serde::Deserialize;

use super::{Page, frame, show};
use crate::present::{self, CIRCUMSTANCES, MatrixWords};
use crate::ui::view::{CircumstanceLink, Place, Policies};
use crate::ui::{page, route};
use crate::web::{Access, Path, Problem, Query, Routes, SignedIn};

/// Which field, and in which circumstances.
#[derive(Debug, Default, Deserialize)]
struct Asked {
    #[serde(rename = "in")]
    circumstance: Option<String>,
    #[serde(rename = "as")]
    principal: Option<String>,
    action: Option<String>,
}

pub(super) fn mount(routes: Routes) -> Routes {
    routes.mount(Access::session::<(ReadPolicySet,)>(), Method::GET, "/w/{slug}/policies", get(handler))
}

async fn handler(
    headers: HeaderMap,
    caller: SignedIn,
    Path(slug): Path<String>,
    Query(asked): Query<Asked>,
) -> Page {
    let workspace = caller.caller().enter(&slug).await?;
    let set = workspace.policy_set().await?;
    let own = match workspace.record().state {
        WorkspaceState::Active => Circumstance::Usual,
        _ => Circumstance::Archived,
    };
    let shown = circumstance(asked.circumstance.as_deref(), own)?;
    let cells: Vec<Cell> = set.matrix().cells.into_iter().filter(|cell| cell.circumstance == shown).collect();
    let chosen = asked.principal.as_deref().zip(asked.action.as_deref());
    let explanation = chosen.map(|(principal, action)| {
        let resource = cells.iter().find(|cell| cell.action == action).map_or("", |cell| cell.resource);
        let explained = set.explain_cell(principal, action, resource);
        explained.map(|explained| present::explanation(&explained)).map_err(|_| Problem::not_found())
    });
    let here = address(&slug, shown, own);
    let summaries = set.summaries();
    let words = MatrixWords::new(&summaries, here.clone(), chosen);
    let view = Policies {
        count: summaries.len(),
        circumstances: links(&slug, shown, own),
        roles: Role::ALL.iter().map(|role| role.as_str().to_owned()).collect(),
        own: workspace.role().as_str().to_owned(),
        groups: words.groups(&cells),
        systems: words.systems(&cells),
        explanation: explanation.transpose()?,
        close: here,
    };
    Ok(show(page::policies(&frame::frame(&headers, &caller, Place::Policies, Some(&workspace)), &view)))
}

/// The circumstances that were asked for; those of the workspace itself when none were.
fn circumstance(asked: Option<&str>, own: Circumstance) -> Result<Circumstance, Problem> {
    let Some(asked) = asked else { return Ok(own) };
    let known = CIRCUMSTANCES.into_iter().find(|(name, _)| *name == asked);
    known.map(|(_, circumstance)| circumstance).ok_or_else(Problem::not_found)
}

fn address(slug: &str, shown: Circumstance, own: Circumstance) -> String {
    let page = route::policies(slug);
    let name = CIRCUMSTANCES.into_iter().find(|(_, each)| *each == shown && shown != own);
    name.map_or_else(|| page.clone(), |(name, _)| format!("{page}?in={name}"))
}

fn links(slug: &str, shown: Circumstance, own: Circumstance) -> Vec<CircumstanceLink> {
    let link = |(_, each): (&str, Circumstance)| CircumstanceLink {
        text: capitalised(each.title()),
        href: address(slug, each, own),
        current: each == shown,
    };
    CIRCUMSTANCES.into_iter().map(link).collect()
}

fn capitalised(title: &str) -> String {
    let mut letters = title.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
