//! Searches: section 8 of the specification. What a search finds is what evaluations allow, no less and no more.

use serde_json::{Value, json};

use crate::service::{Service, services};

const MEMBERS: usize = 12;
const ACTIONS: [&str; 3] = ["edit", "export", "view"];

fn ids(answer: &Value, key: &str) -> Vec<String> {
    let results = answer["results"].as_array().unwrap();
    results.iter().map(|result| result[key].as_str().unwrap().to_owned()).collect()
}

async fn resources(service: &Service, member: usize, action: &str, kind: &str) -> Value {
    let mut search = service.question(member, action, 0);
    search["resource"] = json!({ "type": kind });
    search["page"] = json!({ "limit": 1000 });
    service.ask("search/resource", &search).await.json()
}

/// One evaluation for each candidate, and those that are allowed, ordered as searches order them.
async fn allowed(service: &Service, questions: Vec<(String, Value)>) -> Vec<String> {
    let asked: Vec<&Value> = questions.iter().map(|(_, question)| question).collect();
    let answer = service.ask("evaluations", &json!({ "evaluations": asked })).await.json();
    let decisions = answer["evaluations"].as_array().unwrap().iter().map(|each| each["decision"] == true);
    let mut names: Vec<String> =
        questions.iter().zip(decisions).filter(|(_, yes)| *yes).map(|((name, _), _)| name.clone()).collect();
    names.sort();
    names
}

#[tokio::test]
async fn resources_are_those_that_evaluations_allow() {
    for service in services() {
        for (member, action) in (0..MEMBERS).flat_map(|member| ACTIONS.map(|action| (member, action))) {
            let found = ids(&resources(&service, member, action, "Repository").await, "id");
            let each = (0..40)
                .map(|number| (service.id("repository", number), service.question(member, action, number)));
            assert_eq!(found, allowed(&service, each.collect()).await, "{member} {action}");
        }
    }
}

#[tokio::test]
async fn lists_are_filtered_where_columns_say_enough_and_decided_row_by_row_where_not() {
    for service in services() {
        // `sensitivity`, `team` and `archived` are columns; `like` is no comparison of columns, `about` not in every row.
        for (member, action, kind, by) in [
            (1, "view", "Repository", "filter"),
            (1, "edit", "Repository", "filter"),
            (1, "export", "Repository", "decisions"),
            (1, "view", "Report", "filter"),
            (1, "export", "Report", "decisions"),
        ] {
            let answer = resources(&service, member, action, kind).await;
            assert_eq!(answer["context"]["found_by"], by, "{action} {kind}");
            assert!(!ids(&answer, "id").is_empty(), "{action} {kind}");
            assert!(answer["results"].as_array().unwrap().iter().all(|each| each["type"] == kind));
        }
    }
}

#[tokio::test]
async fn subjects_are_those_that_evaluations_allow() {
    for service in services() {
        for (repository, action) in (0..12).flat_map(|number| ACTIONS.map(|action| (number, action))) {
            let mut search = service.question(0, action, repository);
            search["subject"] = json!({ "type": "Member", "id": "is ignored" });
            let found = ids(&service.ask("search/subject", &search).await.json(), "id");
            let each = (0..MEMBERS)
                .map(|member| (service.id("member", member), service.question(member, action, repository)));
            assert_eq!(found, allowed(&service, each.collect()).await, "{repository} {action}");
        }
    }
}

#[tokio::test]
async fn actions_are_those_that_evaluations_allow() {
    for service in services() {
        for (member, repository) in (0..MEMBERS).flat_map(|member| (0..8).map(move |number| (member, number)))
        {
            let mut search = service.question(member, "view", repository);
            search.as_object_mut().unwrap().remove("action");
            let found = ids(&service.ask("search/action", &search).await.json(), "name");
            let each =
                ACTIONS.map(|action| (action.to_owned(), service.question(member, action, repository)));
            assert_eq!(found, allowed(&service, each.into()).await, "{member} {repository}");
        }
    }
}

#[tokio::test]
async fn searches_about_what_is_not_known_find_nothing() {
    for service in services() {
        let whole = service.question(1, "view", 1);
        for (endpoint, pointers) in [
            ("search/subject", &["/subject/type", "/action/name", "/resource/id"][..]),
            ("search/resource", &["/resource/type", "/action/name", "/subject/id"]),
            ("search/action", &["/subject/id", "/resource/id"]),
        ] {
            for pointer in pointers {
                let mut search = whole.clone();
                *search.pointer_mut(pointer).unwrap() = json!("nothing");
                let answer = service.ask(endpoint, &search).await.json();
                assert_eq!(answer["results"], json!([]), "{endpoint} {pointer}");
                assert_eq!(answer["page"]["total"], 0);
            }
        }
    }
}
