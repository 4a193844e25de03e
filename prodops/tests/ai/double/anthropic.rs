//! Batches of messages: Anthropic's API.

use std::collections::BTreeMap;

use prodops::core::time::Timestamp;
use serde_json::{Value, json};

use super::{Api, Call, Day, Phase, Reply, Spoken, lines, not_found, ok};

const BATCHES: &str = "/v1/messages/batches";

struct Batch {
    requests: Vec<String>,
    created: Timestamp,
    phase: Phase,
    cancelled: bool,
    ghosts: usize,
    deleted: bool,
    /// Of somebody else, who uses the same key.
    foreign: bool,
}

pub(crate) struct AnthropicApi(BTreeMap<String, Batch>);

impl AnthropicApi {
    /// With a batch of somebody else, which must be neither given up nor deleted.
    pub(crate) fn boxed() -> Box<dyn Api> {
        let foreign = Batch {
            requests: vec!["theirs".to_owned()],
            created: "2026-11-27T12:00:00Z".parse().unwrap(),
            phase: Phase::Running(Some(3)),
            cancelled: false,
            ghosts: 0,
            deleted: false,
            foreign: true,
        };
        Box::new(Self(BTreeMap::from([("msgbatch_0000".to_owned(), foreign)])))
    }

    fn create(&mut self, call: &Call, day: &Day) -> Reply {
        let body = call.json();
        let requests = body["requests"].as_array().unwrap();
        let ids: Vec<String> =
            requests.iter().map(|request| request["custom_id"].as_str().unwrap().to_owned()).collect();
        assert!(ids.iter().all(|id| id.len() <= 64));
        assert_eq!(requests[0]["params"]["output_config"]["format"]["type"], "json_schema");
        let id = format!("msgbatch_{:04}", self.0.len());
        let batch = Batch {
            requests: ids,
            created: call.now,
            phase: Phase::Running(day.looks),
            cancelled: false,
            ghosts: 0,
            deleted: false,
            foreign: false,
        };
        self.0.insert(id.clone(), batch);
        ok(&self.shown(&id, call))
    }

    fn shown(&self, id: &str, call: &Call) -> Value {
        let batch = &self.0[id];
        let (status, url) = match batch.phase {
            Phase::Running(_) => ("in_progress", None),
            Phase::Cancelling => ("canceling", None),
            Phase::Ended => ("ended", Some(format!("{}{BATCHES}/{id}/results", call.base))),
        };
        json!({
            "id": id,
            "type": "message_batch",
            "processing_status": status,
            "created_at": batch.created,
            "request_counts": { "processing": 1, "succeeded": 0, "errored": 0, "canceled": 0, "expired": 0 },
            "results_url": url,
        })
    }

    fn results(&self, id: &str, day: &Day) -> Reply {
        let batch = &self.0[id];
        let mut answers = Vec::new();
        for (place, request) in batch.requests.iter().enumerate() {
            if batch.cancelled || batch.foreign || day.fails {
                answers.push(answer(request, Spoken::Failed));
                continue;
            }
            answers
                .extend(day.manner(place).answers(request).into_iter().map(|(id, said)| answer(&id, said)));
        }
        lines(&answers)
    }

    fn list(&mut self, call: &Call) -> Reply {
        for batch in self.0.values_mut() {
            batch.phase.look();
        }
        // Newest first, a page each.
        let ids: Vec<&String> =
            self.0.iter().rev().filter(|(_, batch)| !batch.deleted).map(|(id, _)| id).collect();
        let after = call.query.get("after_id");
        let from =
            after.map_or(0, |after| ids.iter().position(|id| *id == after).map_or(ids.len(), |at| at + 1));
        let page: Vec<Value> = ids.iter().skip(from).take(1).map(|id| self.shown(id, call)).collect();
        ok(&json!({ "data": page, "has_more": from + 1 < ids.len() }))
    }

    fn one(&mut self, call: &Call, id: &str, day: &Day) -> Reply {
        let Some(batch) = self.0.get_mut(id) else { return not_found() };
        if batch.deleted {
            if batch.ghosts > 0 && call.method == "GET" {
                batch.ghosts -= 1;
                return ok(&self.shown(id, call));
            }
            return not_found();
        }
        if call.method == "DELETE" {
            assert!(!batch.foreign, "a batch of somebody else was deleted");
            if batch.phase != Phase::Ended {
                return (400, b"{}".to_vec());
            }
            (batch.deleted, batch.ghosts) = (true, day.ghosts);
            return ok(&json!({ "id": id, "type": "message_batch_deleted" }));
        }
        batch.phase.look();
        ok(&self.shown(id, call))
    }
}

impl Api for AnthropicApi {
    fn handle(&mut self, call: &Call, day: &Day) -> Reply {
        if call.is("POST", BATCHES) {
            return self.create(call, day);
        }
        if call.is("GET", BATCHES) {
            return self.list(call);
        }
        let Some(rest) = call.path.strip_prefix(BATCHES).and_then(|rest| rest.strip_prefix('/')) else {
            return not_found();
        };
        match rest.split_once('/') {
            None => self.one(call, rest, day),
            Some((id, "results")) if self.0.get(id).is_some_and(|batch| !batch.deleted) => {
                self.results(id, day)
            }
            Some((id, "cancel")) => {
                let Some(batch) = self.0.get_mut(id).filter(|batch| !batch.deleted) else {
                    return not_found();
                };
                assert!(!batch.foreign, "a batch of somebody else was given up");
                if batch.phase == Phase::Ended {
                    return (400, b"{}".to_vec());
                }
                (batch.phase, batch.cancelled) = (Phase::Cancelling, true);
                ok(&self.shown(id, call))
            }
            Some(_) => not_found(),
        }
    }

    fn left(&self) -> Vec<String> {
        let ours = self.0.iter().filter(|(_, batch)| !batch.deleted && !batch.foreign);
        ours.map(|(id, _)| id.clone()).collect()
    }
}

fn answer(id: &str, spoken: Spoken) -> Value {
    let message = |reason: &str, text: &str| {
        let content = json!([{ "type": "thinking", "thinking": "" }, { "type": "text", "text": text }]);
        json!({ "type": "succeeded", "message": { "stop_reason": reason, "content": content } })
    };
    let result = match spoken {
        Spoken::Text(text) => message("end_turn", &text),
        Spoken::Refusal => message("refusal", ""),
        Spoken::Truncated => message("max_tokens", "{\"label\":"),
        Spoken::Failed => json!({ "type": "errored", "error": { "type": "error" } }),
        Spoken::Broken => json!({ "type": "succeeded", "message": "nothing" }),
    };
    json!({ "custom_id": id, "result": result })
}
