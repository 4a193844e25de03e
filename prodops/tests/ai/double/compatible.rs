//! Chat completions, which keep nothing.

use serde_json::{Value, json};

use super::{Api, Call, Day, Reply, Spoken, not_found, ok};

/// Counts the requests, which come one by one.
pub(crate) struct ChatApi(usize);

impl ChatApi {
    pub(crate) fn boxed() -> Box<dyn Api> {
        Box::new(Self(0))
    }
}

impl Api for ChatApi {
    fn handle(&mut self, call: &Call, day: &Day) -> Reply {
        if !call.is("POST", "/v1/chat/completions") {
            return not_found();
        }
        assert_eq!(call.json()["response_format"]["type"], "json_schema");
        let spoken = day.manner(self.0).answers("0").first().map(|(_, spoken)| spoken.clone());
        self.0 += 1;
        let choice = |reason: &str, content: Value, refusal: Value| {
            let message = json!({ "role": "assistant", "content": content, "refusal": refusal });
            ok(&json!({ "choices": [{ "finish_reason": reason, "message": message }] }))
        };
        match spoken {
            Some(Spoken::Text(text)) => choice("stop", json!(text), Value::Null),
            Some(Spoken::Refusal) => choice("stop", Value::Null, json!("no")),
            Some(Spoken::Truncated) => choice("length", json!("{\"label\":"), Value::Null),
            Some(Spoken::Broken) | None => ok(&json!({ "choices": "nothing" })),
            Some(Spoken::Failed) => (400, b"{}".to_vec()),
        }
    }

    fn left(&self) -> Vec<String> {
        Vec::new()
    }
}
