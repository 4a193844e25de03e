//! What frames every page: colours, navigation, the way out.

use axum::http::{HeaderMap, header};
use prodops::engine::Workspace;
use prodops::policy::{DeleteWorkspace, ListConnections};

use crate::ui::view::{Chrome, CurrentWorkspace, Place, Theme};
use crate::ui::{Label, route};
use crate::web::SignedIn;

/// The frame where nobody is known to be signed in.
pub(super) fn outside(headers: &HeaderMap) -> Chrome {
    let version = env!("CARGO_PKG_VERSION").to_owned();
    Chrome { theme: theme(headers), version, ..Chrome::default() }
}

/// The frame of a page for somebody who is signed in.
pub(super) fn frame(
    headers: &HeaderMap,
    caller: &SignedIn,
    place: Place,
    workspace: Option<&Workspace>,
) -> Chrome {
    let current = workspace.map(|workspace| CurrentWorkspace {
        slug: workspace.record().slug.to_string(),
        name: Label::new(workspace.record().name.as_str()),
        reports: workspace.may_read_reports(),
        integrations: workspace.may_list::<ListConnections>(),
        audit: workspace.may_read_audit(),
        policies: workspace.may_read_policies(),
        deletion: workspace.may::<DeleteWorkspace>(),
    });
    Chrome { workspace: current, place, csrf: Some(caller.csrf()), ..outside(headers) }
}

/// Where a member of a workspace begins: at its numbers, or at what their role is for. Everybody may read what numbers mean.
pub(super) fn start(workspace: &Workspace) -> String {
    let slug = workspace.record().slug.as_str();
    match workspace {
        _ if workspace.may_read_reports() => route::overview(slug),
        _ if workspace.may_read_audit() => route::audit(slug),
        _ if workspace.may_list::<ListConnections>() => route::integrations(slug),
        _ => route::definitions(slug),
    }
}

fn theme(headers: &HeaderMap) -> Theme {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut pairs = cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == Theme::COOKIE).map_or(Theme::Auto, |(_, value)| Theme::from_cookie(value))
}
