//! The committed description is the one that the code gives, and it knows every route of the API.

use std::collections::BTreeSet;

use reference_server::{api, server};

#[test]
fn the_committed_description_is_fresh() {
    let committed = include_str!("../../openapi.json");
    assert!(
        committed == api::document(),
        "stale: cargo run -p reference-server -- openapi > examples/reference-server/openapi.json"
    );
}

#[test]
fn the_description_and_the_registry_name_the_same_operations() {
    let description: serde_json::Value = serde_json::from_str(&api::document()).unwrap();
    let described: BTreeSet<(String, String)> = description["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, methods)| {
            methods.as_object().unwrap().keys().map(|method| (path.clone(), method.to_uppercase()))
        })
        .collect();
    let mounted: BTreeSet<(String, String)> = server::routes()
        .endpoints()
        .iter()
        .filter(|endpoint| endpoint.path.starts_with("/api/v1/"))
        .map(|endpoint| (endpoint.path.to_owned(), endpoint.method.to_string()))
        .collect();
    assert_eq!(described, mounted);
}
