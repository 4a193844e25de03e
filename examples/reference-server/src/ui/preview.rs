//! Writes every page of a generated workspace to `target/ui-preview`, to be looked at in a browser.

mod account;
mod duplicates;
mod integrations;
mod investment;
mod lines;
mod policies;
mod sample;
mod series;

pub(super) use account::{audit, deletion, sessions, sign_in};
pub(super) use duplicates::duplicates;
pub(super) use integrations::integrations;
pub(super) use investment::{investment, investment_commits};
pub(super) use lines::{ownership, work, work_commits};
pub(super) use policies::policies;
pub(super) use sample::{chrome, definitions, overview, repository, workspaces};

use std::fs;
use std::path::{Path, PathBuf};

use super::view::{
    Chrome, DeletionStage, Freshness, PanelState, Place, Problem, ProblemKind, ReportState, SignInReason,
    StreamProgress, SyncFailure, SyncProgress, Theme, When, Workspaces,
};
use super::{asset, page, route};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/ui-preview")
}

/// Pages are opened as files: their assets lie beside them.
fn write(name: &str, html: &str) {
    let local = [
        (route::versioned(route::STYLE), "style.css"),
        (route::versioned(route::SCRIPT), "app.js"),
        (route::versioned(route::ICON), "icon.svg"),
    ];
    let html = local.iter().fold(html.to_owned(), |html, (address, file)| html.replace(address, file));
    fs::write(folder().join(name), html).unwrap();
}

fn both_themes(name: &str, render: impl Fn(&Chrome) -> String, chrome: &Chrome) {
    for theme in [Theme::Light, Theme::Dark] {
        let chrome = Chrome { theme, ..chrome.clone() };
        write(&format!("{name}-{}.html", theme.name()), &render(&chrome));
    }
}

fn reading_history() -> SyncProgress {
    let stream = |name: &str, done, estimate, finished| StreamProgress {
        key: name.into(),
        name: name.into(),
        done,
        estimate,
        finished,
    };
    let streams = vec![
        stream("checkout-service", 12_840, Some(31_200), false),
        stream("design-tokens", 0, None, false),
        stream("billing-api", 4_310, Some(4_310), true),
    ];
    SyncProgress { streams, failure: None }
}

#[test]
fn every_page_is_written_for_the_eye() {
    fs::create_dir_all(folder()).unwrap();
    for (name, text) in [("style.css", asset::STYLE), ("app.js", asset::SCRIPT), ("icon.svg", asset::ICON)] {
        fs::write(folder().join(name), text).unwrap();
    }
    let chrome = chrome();
    let at = |place| Chrome { place, ..chrome.clone() };
    let outside = Chrome { workspace: None, ..at(Place::Workspaces) };
    both_themes("overview", |chrome| page::overview(chrome, &overview()).unwrap(), &chrome);
    both_themes(
        "repository",
        |chrome| page::repository(chrome, &repository()).unwrap(),
        &at(Place::Repository),
    );
    both_themes(
        "definitions",
        |chrome| page::definitions(chrome, &definitions()).unwrap(),
        &at(Place::Definitions),
    );
    let invested = at(Place::Investment);
    both_themes("investment", |chrome| page::investment(chrome, &investment()).unwrap(), &invested);
    both_themes(
        "investment-commits",
        |chrome| page::investment_commits(chrome, &investment_commits()).unwrap(),
        &invested,
    );
    let worked = at(Place::Work);
    both_themes("work", |chrome| page::work(chrome, &work()).unwrap(), &worked);
    both_themes("work-commits", |chrome| page::work_commits(chrome, &work_commits()).unwrap(), &worked);
    both_themes("ownership", |chrome| page::ownership(chrome, &ownership()).unwrap(), &at(Place::Repository));
    both_themes(
        "duplicates",
        |chrome| page::duplicates(chrome, &duplicates()).unwrap(),
        &at(Place::Repository),
    );
    both_themes("workspaces", |chrome| page::workspaces(chrome, &workspaces()).unwrap(), &outside);
    both_themes(
        "integrations",
        |chrome| page::integrations(chrome, &integrations()).unwrap(),
        &at(Place::Integrations),
    );
    both_themes("policies", |chrome| page::policies(chrome, &policies()).unwrap(), &at(Place::Policies));
    let account = Chrome { workspace: None, ..at(Place::Sessions) };
    both_themes("sessions", |chrome| page::sessions(chrome, &sessions()).unwrap(), &account);
    both_themes("states", states, &chrome);
    both_themes("loading", loading, &chrome);
    let plain = Chrome { workspace: None, csrf: None, ..chrome.clone() };
    for (name, kind) in [
        ("link-used", ProblemKind::LinkUsed),
        ("link-expired", ProblemKind::LinkExpired),
        ("refused", ProblemKind::Refused),
        ("denied", ProblemKind::Denied),
        ("not-found", ProblemKind::NotFound),
        ("sealed", ProblemKind::Sealed),
        ("internal", ProblemKind::Internal),
    ] {
        let problem =
            Problem { kind, status: kind.status(), remedy: None, request: Some("01jq8z3v5k".into()) };
        both_themes(name, |chrome| page::problem(chrome, &problem).unwrap(), &plain);
    }
    let mut reader = at(Place::Audit);
    reader.workspace.iter_mut().for_each(|workspace| workspace.audit = true);
    both_themes("audit", |chrome| page::audit(chrome, &audit()).unwrap(), &reader);
    let mut owner = at(Place::Deletion);
    owner.workspace.iter_mut().for_each(|workspace| (workspace.audit, workspace.deletion) = (true, true));
    for (name, stage) in deletions() {
        both_themes(name, |chrome| page::deletion(chrome, &deletion(stage)).unwrap(), &owner);
    }
    for (name, reason) in ways_in() {
        let mut view = sign_in(reason);
        view.reachable = name != "sign-in-needed";
        both_themes(name, |chrome| page::sign_in(chrome, &view).unwrap(), &plain);
    }
    both_themes("no-workspaces", |chrome| page::workspaces(chrome, &Workspaces::default()).unwrap(), &plain);
    assert!(fs::read_dir(folder()).unwrap().count() >= 25);
}

/// Every stage of a deletion.
pub(super) fn deletions() -> [(&'static str, DeletionStage); 3] {
    [
        ("deletion", DeletionStage::None),
        ("deletion-pending", DeletionStage::Pending),
        ("deletion-begun", DeletionStage::Begun),
    ]
}

/// Every reason for which somebody is shown the way in.
pub(super) fn ways_in() -> [(&'static str, SignInReason); 6] {
    [
        ("sign-in", SignInReason::Asked),
        ("sign-in-needed", SignInReason::Needed),
        ("signed-out", SignInReason::SignedOut),
        ("sign-in-refused", SignInReason::Refused),
        ("sign-in-unreachable", SignInReason::Unreachable),
        ("stranger", SignInReason::Stranger { subject: "248289761001-a8c2f0d4e6b81357".into() }),
    ]
}

/// While the first read is under way.
fn loading(chrome: &Chrome) -> String {
    let mut view = overview();
    view.state = ReportState::Loading;
    view.header.freshness = None;
    view.sync = Some(reading_history());
    for panel in view.sections.iter_mut().flat_map(|section| &mut section.panels) {
        panel.state = PanelState::Loading;
    }
    page::overview(chrome, &view).unwrap()
}

/// Stale, failed, empty and unknown beside each other.
fn states(chrome: &Chrome) -> String {
    let mut view = overview();
    let read = When { machine: "2026-05-30T21:00:00Z".into(), text: "2 d ago".into() };
    view.header.freshness = Some(Freshness { read, stale: true });
    let what = "The repository checkout-service could not be opened.".into();
    let remedy = "Check that its folder still exists, then sync again.".into();
    view.sync = Some(SyncProgress { streams: vec![], failure: Some(SyncFailure { what, remedy }) });
    let mut panels = view.sections.iter_mut().flat_map(|section| &mut section.panels);
    let states = [
        PanelState::Empty { sentence: "No commit reached the main line in this window.".into() },
        PanelState::Failed { remedy: "Reload the page; if it stays, look into the server's log.".into() },
        PanelState::Loading,
    ];
    for state in states {
        panels.next().unwrap().state = state;
    }
    page::overview(chrome, &view).unwrap()
}
