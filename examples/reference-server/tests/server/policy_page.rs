//! The page of policies and its twin in the API.

use axum::http::StatusCode;

use crate::site::Site;

#[tokio::test]
async fn the_matrix_shows_each_role_and_leads_to_the_explanation() {
    let site = Site::new().await;
    let page = site.get(&site.one.session, "/w/one/policies").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    for text in
        ["<table class=\"matrix\">", ">Connect</th>", ">yes</a>", ">if</a>", ">–</a>", "Background work"]
    {
        assert!(page.body.contains(text), "{text}");
    }
    assert!(
        page.body.contains("href=\"/w/one/policies\" aria-current=\"page\""),
        "the navigation leads here"
    );
    let link = "/w/one/policies?as=manager&#38;action=ReadTeamMetrics#explained";
    assert!(page.body.contains(link), "a field is a link");
    assert!(!page.body.contains("id=\"explained\""));

    let field = site.get(&site.one.session, "/w/one/policies?as=manager&action=ReadTeamMetrics").await;
    assert_eq!(field.status, StatusCode::OK);
    assert!(field.body.contains("id=\"explained\"") && field.body.contains("manager-runs-their-teams"));
    assert!(field.body.contains("people.cedar:"), "where the policy stands");
}

#[tokio::test]
async fn circumstances_are_the_workspaces_own_unless_others_are_asked_for() {
    let site = Site::new().await;
    let shown = |page: &str| {
        page.split("aria-current=\"true\">").nth(1).unwrap().split('<').next().unwrap().to_owned()
    };
    let own = site.get(&site.one.session, "/w/one/policies").await;
    assert_eq!(shown(&own.body), "Own workspace, active, in a session");
    let archived = site.get(&site.one.session, "/w/one/policies?in=archived").await;
    assert_eq!(shown(&archived.body), "Own workspace, archived");
    assert_ne!(own.body.matches(">yes</a>").count(), archived.body.matches(">yes</a>").count());
    for wrong in ["in=x", "as=king&action=Connect", "as=owner&action=Fly", "in=foreign"] {
        let answer = site.get(&site.one.session, &format!("/w/one/policies?{wrong}")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{wrong}");
    }
    assert_eq!(site.get(&site.one.session, "/w/two/policies").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn programs_get_the_same_matrix() {
    let site = Site::new().await;
    let answer = site.get(&site.one.session, "/api/v1/workspaces/one/policies").await.json();
    let policies = answer["policies"].as_array().unwrap();
    assert!(policies.iter().any(|policy| policy["id"] == "tenant-mismatch" && policy["effect"] == "forbid"));
    let known = |id: &serde_json::Value| policies.iter().any(|policy| policy["id"] == *id);
    let matrix = answer["matrix"].as_array().unwrap();
    let fields = matrix.iter().flat_map(|field| field["policies"].as_array().unwrap());
    assert!(matrix.len() > 100 && fields.clone().all(known));
    let own = |action: &str| {
        let field = matrix.iter().find(|field| {
            field["principal"] == "owner"
                && field["action"] == action
                && field["circumstance"] == "own workspace, active, in a session"
        });
        field.unwrap()["standing"].clone()
    };
    assert_eq!((own("Connect"), own("IngestFacts")), ("allowed".into(), "denied".into()));
    let foreign = site.get(&site.one.session, "/api/v1/workspaces/two/policies").await;
    assert_eq!(foreign.status, StatusCode::NOT_FOUND);
}
