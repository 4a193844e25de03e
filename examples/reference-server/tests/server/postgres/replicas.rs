//! Several servers on one database: what one of them does holds in the others.

use prodops_store::testing::postgres::skipped;

use super::deployment::{Browser, Deployment, Server, lines, port, text};

fn connections(browser: &mut Browser, at: u16) -> Vec<serde_json::Value> {
    let (status, body) = browser.get(at, "/api/v1/workspaces/one/connections");
    assert_eq!(status, 200, "{body}");
    serde_json::from_str(&body).expect("a list")
}

#[tokio::test(flavor = "multi_thread")]
async fn three_servers_that_start_at_the_same_time_are_one_deployment() {
    if skipped() {
        return;
    }
    let deployment = Deployment::new().await;
    let mut servers: Vec<Server> = (0..3).map(|_| deployment.serve()).collect();
    let links: Vec<String> = servers.iter_mut().map(Server::link).collect();
    let ports: Vec<u16> = links.iter().map(|link| port(link)).collect();
    let log = || text(&deployment.path("log"));

    // A link of the first is good at the second, once; the session at every one of them.
    let mut browser = Browser::default();
    browser.sign_in(&links[0].replace(&format!(":{}", ports[0]), &format!(":{}", ports[1])));
    assert_eq!(Browser::default().get(ports[0], &links[0][links[0].find("/sign-in/").unwrap()..]).0, 410);
    for at in &ports {
        assert_eq!(browser.get(*at, "/w/one").0, 200, "{}", log());
        // Each found the same repository to connect, and one of them connected it.
        assert_eq!(connections(&mut browser, *at).len(), 1, "{}", log());
    }

    // New keys, made by a process that is none of them, while each serves.
    for _ in 0..3 {
        lines(&deployment.command(&["vault", "rotate-dek"]));
        for at in &ports {
            assert_eq!(browser.get(*at, "/w/one/integrations").0, 200, "{}", log());
        }
    }

    // One is killed: the others go on with its sessions.
    servers[1].signal("-KILL");
    for at in [ports[0], ports[2]] {
        assert_eq!(browser.get(at, "/w/one").0, 200, "{}", log());
        assert_eq!(Browser::default().get(at, "/readyz").0, 200, "{}", log());
    }
    let said = lines(&deployment.command(&["audit", "verify"]));
    assert!(said.contains("tree:") && !said.contains("WRONG"), "{said}");
    // A session that is ended at one of them is over at the other.
    let mut other = Browser::default();
    servers[0].signal("-HUP");
    other.sign_in(&servers[0].link());
    assert_eq!(other.get(ports[2], "/w/one").0, 200, "{}", log());
    let (_, page) = other.get(ports[0], "/api/v1/sessions");
    let own: Vec<serde_json::Value> = serde_json::from_str(&page).expect("a list");
    assert_eq!(own.len(), 2, "both are of the operator: {page}");
}
