//! What holds for every page.

use super::*;
use crate::ui::preview;
use crate::ui::view::{
    Chrome, DeletionStage, Panel, PanelState, Problem, ProblemKind, SignInReason, StreamProgress,
    SyncProgress,
};
use crate::ui::{Label, route};

const HOSTILE: [&str; 5] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "' autofocus onfocus='alert(1)",
    "{{ 7 * 7 }}{% raw %}&lt;b&gt;",
    "abc\u{202e}gnp.exe\u{2066}\u{200f}",
];

fn pages(chrome: &Chrome) -> Vec<String> {
    let failed = |kind| {
        problem(chrome, &Problem { kind, status: kind.status(), remedy: None, request: Some("r1".into()) })
            .unwrap()
    };
    let way_in = |(_, reason)| sign_in(chrome, &preview::sign_in(reason)).unwrap();
    let ways_in: Vec<String> = preview::ways_in().into_iter().map(way_in).collect();
    let others = vec![
        overview(chrome, &preview::overview()).unwrap(),
        audit(chrome, &preview::audit()).unwrap(),
        repository(chrome, &preview::repository()).unwrap(),
        definitions(chrome, &preview::definitions()).unwrap(),
        investment(chrome, &preview::investment()).unwrap(),
        investment_commits(chrome, &preview::investment_commits()).unwrap(),
        work(chrome, &preview::work()).unwrap(),
        work_commits(chrome, &preview::work_commits()).unwrap(),
        ownership(chrome, &preview::ownership()).unwrap(),
        duplicates(chrome, &preview::duplicates()).unwrap(),
        workspaces(chrome, &preview::workspaces()).unwrap(),
        sessions(chrome, &preview::sessions()).unwrap(),
        integrations(chrome, &preview::integrations()).unwrap(),
        policies(chrome, &preview::policies()).unwrap(),
        failed(ProblemKind::LinkUsed),
        failed(ProblemKind::NotFound),
    ];
    let deleted = |(_, stage)| deletion(chrome, &preview::deletion(stage)).unwrap();
    let deletions: Vec<String> = preview::deletions().into_iter().map(deleted).collect();
    [ways_in, deletions, others].concat()
}

/// Every value of an attribute, in order.
fn attributes<'a>(html: &'a str, name: &str) -> Vec<&'a str> {
    let start = format!(" {name}=\"");
    html.split(start.as_str()).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

fn hostile_pages(name: &str) -> Vec<String> {
    let label = Label::new(name);
    let mut chrome = preview::chrome();
    chrome.workspace.as_mut().unwrap().name = label.clone();
    chrome.workspace.as_mut().unwrap().slug = name.into();
    let mut view = preview::overview();
    view.header.repositories = vec![label.clone()];
    view.repositories[0].name = label.clone();
    view.repositories[0].id = name.into();
    let key = name.to_owned();
    let stream = StreamProgress { key, name: label.clone(), done: 1, estimate: None, finished: false };
    view.sync = Some(SyncProgress { streams: vec![stream], failure: None });
    view.sections[0].panels[0].id = name.into();
    view.sections[0].panels[1].state = PanelState::Unknown { because: label.to_string(), connect: None };
    let mut one = preview::repository();
    one.name = label.clone();
    one.details.branch = Some(label.clone());
    one.details.head = Some(label.to_string());
    let mut going = preview::deletion(DeletionStage::None);
    (going.name, going.slug) = (label.clone(), name.into());
    let mut list = preview::workspaces();
    list.workspaces[0].name = label.clone();
    list.workspaces[0].start = route::overview(name);
    let mut account = preview::sessions();
    account.workspaces[0].name = label.clone();
    account.workspaces[0].slug = name.into();
    account.workspaces[0].tokens[0].name = label.clone();
    account.workspaces[0].tokens[0].id = name.into();
    account.created.as_mut().unwrap().name = label.clone();
    let mut way_in = preview::sign_in(SignInReason::Stranger { subject: label.clone() });
    way_in.provider = Some(label.clone());
    way_in.return_to = Some(name.into());
    let mut sources = preview::integrations();
    sources.rows[0].target = label;
    sources.rows[0].id = name.into();
    sources.rows[0].connector = name.into();
    vec![
        sign_in(&chrome, &way_in).unwrap(),
        overview(&chrome, &view).unwrap(),
        repository(&chrome, &one).unwrap(),
        workspaces(&chrome, &list).unwrap(),
        sessions(&chrome, &account).unwrap(),
        deletion(&chrome, &going).unwrap(),
        definitions(&chrome, &preview::definitions()).unwrap(),
        integrations(&chrome, &sources).unwrap(),
    ]
}

#[test]
fn hostile_names_come_out_inert() {
    for name in HOSTILE {
        for html in hostile_pages(name) {
            assert_eq!(html.matches("<script").count(), 1, "only the page's own script: {name}");
            for banned in ["<img", "alert(1)>", " onfocus='", " onerror=alert(1)>", "<b>"] {
                assert!(!html.contains(banned), "{banned} through {name}");
            }
            for href in attributes(&html, "href") {
                assert!(href.starts_with('/') || href.starts_with('#'), "{href}");
            }
        }
    }
}

#[test]
fn labels_cannot_turn_the_direction_of_their_page() {
    for html in hostile_pages(HOSTILE[4]) {
        let shown: String =
            html.split('<').filter_map(|tag| tag.split_once('>')).map(|(_, text)| text).collect();
        assert!(!shown.contains(['\u{202e}', '\u{2066}', '\u{200f}']), "{shown}");
        assert!(html.contains("<bdi>abc\u{fffd}gnp.exe"));
    }
}

#[test]
fn pages_need_no_inline_style_script_or_other_origin() {
    for html in pages(&preview::chrome()) {
        for banned in
            [" style=", "<style", " onclick", " onload", "javascript:", "http://", "https://", "//cdn"]
        {
            assert!(!html.contains(banned), "{banned}");
        }
    }
}

#[test]
fn ids_are_unique_and_what_refers_to_an_id_finds_it() {
    for html in pages(&preview::chrome()) {
        let ids = attributes(&html, "id");
        let unique: std::collections::BTreeSet<_> = ids.iter().collect();
        assert_eq!(ids.len(), unique.len(), "{ids:?}");
        for target in
            attributes(&html, "aria-labelledby").into_iter().chain(attributes(&html, "aria-describedby"))
        {
            assert!(ids.contains(&target), "{target}");
        }
        for fill in attributes(&html, "fill").into_iter().filter_map(|fill| fill.strip_prefix("url(#")) {
            assert!(ids.contains(&fill.trim_end_matches(')')), "{fill}");
        }
        for link in attributes(&html, "href").into_iter().filter_map(|href| href.strip_prefix('#')) {
            assert!(ids.contains(&link), "{link}");
        }
    }
}

#[test]
fn every_page_has_one_heading_a_main_part_and_a_way_to_skip_to_it() {
    for html in pages(&preview::chrome()) {
        for once in [
            "<h1",
            "<main id=\"main\"",
            "href=\"#main\"",
            "<footer class=\"wide foot\"",
            "name=\"viewport\"",
            "lang=\"en\"",
        ] {
            assert_eq!(html.matches(once).count(), 1, "{once}");
        }
    }
}

#[test]
fn every_known_number_links_its_definition_and_states_its_basis() {
    let view = preview::overview();
    let html = overview(&preview::chrome(), &view).unwrap();
    let panels: Vec<&Panel> = view.sections.iter().flat_map(|section| &section.panels).collect();
    let known = panels.iter().filter(|panel| matches!(panel.state, PanelState::Known(_))).count();
    assert!(known > 10);
    assert_eq!(html.matches("n\u{a0}=\u{a0}").count(), known);
    for panel in panels {
        assert!(
            html.contains(&format!("href=\"{}\"", route::definition("local", &panel.id))),
            "{}",
            panel.id
        );
    }
}

#[test]
fn links_to_definitions_arrive() {
    let html = definitions(&preview::chrome(), &preview::definitions()).unwrap();
    for definition in preview::definitions().definitions {
        let address = route::definition("local", &definition.id);
        let anchor = address.split_once('#').unwrap().1;
        assert!(html.contains(&format!("<article class=\"entry\" id=\"{anchor}\">")), "{anchor}");
    }
}

#[test]
fn a_running_read_refreshes_the_page_also_without_the_script() {
    let mut view = preview::overview();
    let refresh = "<noscript><meta http-equiv=\"refresh\"";
    assert!(!overview(&preview::chrome(), &view).unwrap().contains(refresh));
    let stream =
        |finished| StreamProgress { key: "k".into(), name: "n".into(), done: 5, estimate: Some(9), finished };
    view.sync = Some(SyncProgress { streams: vec![stream(false)], failure: None });
    let html = overview(&preview::chrome(), &view).unwrap();
    assert!(html.contains(refresh) && html.contains("data-events=\"/w/local/events\""));
    assert!(html.contains("<progress max=\"9\" value=\"5\">"), "{html}");
    view.sync = Some(SyncProgress { streams: vec![stream(true)], failure: None });
    assert!(!overview(&preview::chrome(), &view).unwrap().contains(refresh));
}

#[test]
fn unknown_is_said_with_its_reason_and_never_shown_as_zero() {
    let mut view = preview::overview();
    view.repositories[0].commits = None;
    let html = overview(&preview::chrome(), &view).unwrap();
    assert!(html.contains("because no deployments have been read"));
    assert!(html.contains("Connect a code host or CI system that records deployments to see it."));
    assert!(html.contains("<a class=\"button\" href=\"/w/local/integrations\">Connect an incident tool</a>"));
    assert!(html.contains("data-name=\"Commits\">unknown</td>"));
}

#[test]
fn every_form_of_a_signed_in_reader_sends_the_sessions_token_along() {
    let chrome = preview::chrome();
    let field = format!("<input type=\"hidden\" name=\"csrf\" value=\"{}\">", chrome.csrf());
    for html in pages(&chrome) {
        let posts = html.matches("<form").count() - html.matches("method=\"get\"").count();
        assert_eq!(html.matches(field.as_str()).count(), posts);
    }
    assert!(sessions(&chrome, &preview::sessions()).unwrap().matches(field.as_str()).count() >= 8);
}

#[test]
fn problems_say_what_to_do() {
    for kind in [
        ProblemKind::LinkUsed,
        ProblemKind::LinkExpired,
        ProblemKind::Refused,
        ProblemKind::Denied,
        ProblemKind::NotFound,
        ProblemKind::Sealed,
        ProblemKind::Internal,
    ] {
        let html = problem(
            &Chrome::default(),
            &Problem { kind, status: kind.status(), remedy: None, request: None },
        )
        .unwrap();
        assert!(html.contains(kind.title()) && html.contains(&kind.status().to_string()));
        assert!(!html.contains("Sign out") && !html.contains("<nav"));
    }
}
