//! Inline batches: Gemini's API.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Api, Call, Day, Phase, Reply, Spoken, not_found, ok};

struct Batch {
    name: Value,
    keys: Vec<String>,
    phase: Phase,
    cancelled: bool,
    ghosts: usize,
    deleted: bool,
}

pub(crate) struct GeminiApi(BTreeMap<String, Batch>);

impl GeminiApi {
    pub(crate) fn boxed() -> Box<dyn Api> {
        Box::new(Self(BTreeMap::new()))
    }

    fn create(&mut self, call: &Call, day: &Day) -> Reply {
        let batch = call.json()["batch"].clone();
        let requests = batch["inputConfig"]["requests"]["requests"].as_array().unwrap();
        let config = &requests[0]["request"]["generationConfig"];
        assert_eq!(config["responseMimeType"], "application/json");
        let keys = requests.iter().map(|one| one["metadata"]["key"].as_str().unwrap().to_owned()).collect();
        let id = format!("b{:04}", self.0.len());
        let batch = Batch {
            name: batch["displayName"].clone(),
            keys,
            phase: Phase::Running(day.looks),
            cancelled: false,
            ghosts: 0,
            deleted: false,
        };
        self.0.insert(id.clone(), batch);
        ok(&self.shown(&id, day))
    }

    fn shown(&self, id: &str, day: &Day) -> Value {
        let batch = &self.0[id];
        let (state, done) = match batch.phase {
            Phase::Running(_) | Phase::Cancelling => ("BATCH_STATE_RUNNING", false),
            Phase::Ended if batch.cancelled => ("BATCH_STATE_CANCELLED", true),
            Phase::Ended if day.fails => ("BATCH_STATE_FAILED", true),
            Phase::Ended => ("BATCH_STATE_SUCCEEDED", true),
        };
        let stats = json!({ "requestCount": "1", "successfulRequestCount": "0" });
        let metadata = json!({ "displayName": batch.name, "state": state, "batchStats": stats });
        let mut shown = json!({ "name": format!("batches/{id}"), "metadata": metadata, "done": done });
        if state.ends_with("SUCCEEDED") {
            let answers =
                batch.keys.iter().enumerate().flat_map(|(place, key)| day.manner(place).answers(key));
            let answers: Vec<Value> = answers.map(|(key, spoken)| answer(&key, spoken)).collect();
            shown["response"] = json!({ "inlinedResponses": { "inlinedResponses": answers } });
        }
        shown
    }

    fn one(&mut self, call: &Call, id: &str, day: &Day) -> Reply {
        let Some(batch) = self.0.get_mut(id) else { return not_found() };
        if batch.deleted {
            if batch.ghosts > 0 && call.method == "GET" {
                batch.ghosts -= 1;
                return ok(&self.shown(id, day));
            }
            return not_found();
        }
        if call.method == "DELETE" {
            // Deleting does not stop it: whoever deletes a batch that runs has lost sight of it.
            assert_eq!(batch.phase, Phase::Ended, "a batch that is still worked on was deleted");
            (batch.deleted, batch.ghosts) = (true, day.ghosts);
            return ok(&json!({}));
        }
        batch.phase.look();
        ok(&self.shown(id, day))
    }
}

impl Api for GeminiApi {
    fn handle(&mut self, call: &Call, day: &Day) -> Reply {
        if call.is("POST", "/v1beta/models/model-1:batchGenerateContent") {
            return self.create(call, day);
        }
        if call.is("GET", "/v1beta/batches") {
            let ids: Vec<&String> =
                self.0.iter().filter(|(_, batch)| !batch.deleted).map(|(id, _)| id).collect();
            let from: usize = call.query.get("pageToken").map_or(0, |token| token.parse().unwrap());
            let page: Vec<Value> = ids.iter().skip(from).take(1).map(|id| self.shown(id, day)).collect();
            let next = if from + 1 < ids.len() { (from + 1).to_string() } else { String::new() };
            return ok(&json!({ "operations": page, "nextPageToken": next }));
        }
        let Some(rest) = call.path.strip_prefix("/v1beta/batches/") else { return not_found() };
        let Some(id) = rest.strip_suffix(":cancel") else { return self.one(call, rest, day) };
        let Some(batch) = self.0.get_mut(id).filter(|batch| !batch.deleted) else { return not_found() };
        if batch.phase != Phase::Ended {
            (batch.phase, batch.cancelled) = (Phase::Cancelling, true);
        }
        ok(&json!({}))
    }

    fn left(&self) -> Vec<String> {
        self.0.iter().filter(|(_, batch)| !batch.deleted).map(|(id, _)| id.clone()).collect()
    }
}

fn answer(key: &str, spoken: Spoken) -> Value {
    let candidate = |reason: &str, text: &str| {
        let parts = json!([{ "text": "hm", "thought": true }, { "text": text }]);
        json!({ "candidates": [{ "finishReason": reason, "content": { "parts": parts } }] })
    };
    let response = match spoken {
        Spoken::Text(text) => candidate("STOP", &text),
        Spoken::Refusal => json!({ "promptFeedback": { "blockReason": "PROHIBITED_CONTENT" } }),
        Spoken::Truncated => candidate("MAX_TOKENS", "{\"label\":"),
        Spoken::Broken => json!({ "candidates": "nothing" }),
        Spoken::Failed => return json!({ "metadata": { "key": key }, "error": { "code": 13 } }),
    };
    json!({ "metadata": { "key": key }, "response": response })
}
