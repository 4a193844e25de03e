//! Whatever serves OpenAI's chat completions: Ollama, vLLM, llama.cpp, a gateway of one's own. It answers at once.
//!
//! Shapes after the API reference of OpenAI (`/v1/chat/completions`) and Ollama's page on its compatibility, November 2026.
//! Not all of them hold a model to the schema, so nothing but the check of the answers is relied on.

use async_trait::async_trait;
use prodops_classify::metadata::CommitMetadata;
use prodops_store::contract::{BatchTag, RemoteObjectId};
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::answer::{Answer, Said};
use super::super::error::CallError;
use super::super::estimate::Price;
use super::super::prompt;
use super::super::register::{PURPOSE, ProviderEntry, Region, Training};
use super::transport::{KeyHeader, Transport};
use super::{Access, ClassificationProvider, Model, Started, Storage};

/// An endpoint that serves chat completions.
#[derive(Debug)]
pub struct Compatible {
    transport: Transport,
    entry: ProviderEntry,
    model: Model,
}

#[derive(Deserialize)]
struct Completion {
    choices: Vec<Choice>,
}

#[derive(Deserialize)]
struct Choice {
    message: Message,
    finish_reason: Option<String>,
}

#[derive(Deserialize)]
struct Message {
    content: Option<String>,
    refusal: Option<String>,
}

impl Compatible {
    /// An endpoint under a name of the operator's choice. One of this machine is not trained on by anybody else; of any
    /// other one somebody has to say so.
    #[must_use]
    pub fn new(name: &str, access: Access) -> Self {
        let host = access.endpoint.destination().host();
        let (region, training) = if access.endpoint.is_local() {
            (Region::ThisMachine, Training::Never)
        } else {
            let condition = format!("whoever runs `{host}` does not train on what it is sent");
            (access.region, Training::Unless(condition))
        };
        let entry = ProviderEntry {
            name: name.to_owned(),
            company: format!("whoever runs {host}"),
            purpose: PURPOSE,
            region,
            terms: "those of whoever runs it".to_owned(),
            retention: "what its operator lets it log".to_owned(),
            training,
            destinations: vec![access.endpoint.destination().clone()],
        };
        let base = access.endpoint.base().to_owned();
        let transport = Transport::new(access.egress, base, access.key, KeyHeader::Bearer);
        Self { transport, entry, model: access.model }
    }

    fn request(&self, commit: &CommitMetadata) -> Value {
        json!({
            "model": self.model.name(),
            "stream": false,
            "store": false,
            "max_tokens": prompt::MAX_OUTPUT_TOKENS,
            "messages": [
                { "role": "system", "content": prompt::INSTRUCTIONS },
                { "role": "user", "content": prompt::told(commit) },
            ],
            "response_format": {
                "type": "json_schema",
                "json_schema": { "name": prompt::SCHEMA_NAME, "strict": true, "schema": prompt::schema() },
            },
        })
    }
}

#[async_trait]
impl ClassificationProvider for Compatible {
    fn entry(&self) -> &ProviderEntry {
        &self.entry
    }

    fn price(&self) -> Price {
        self.model.price()
    }

    fn storage(&self) -> Storage {
        Storage::Nothing
    }

    /// One: whatever fails is asked again by itself.
    fn most(&self) -> usize {
        1
    }

    async fn start(
        &self,
        _tag: &BatchTag,
        commits: &[CommitMetadata],
        _input: Option<&RemoteObjectId>,
    ) -> Result<Started, CallError> {
        let mut answers = Vec::with_capacity(commits.len());
        for (number, commit) in commits.iter().enumerate() {
            let said = match self.transport.post("/v1/chat/completions", &self.request(commit)).await {
                Ok(completion) => said(completion),
                Err(CallError::Unexpected { .. }) => Said::Garbage,
                Err(error) => return Err(error),
            };
            answers.push(Answer { number: Some(number), said });
        }
        Ok(Started::Answered(answers))
    }
}

fn said(completion: Value) -> Said {
    let Ok(Completion { choices }) = serde_json::from_value(completion) else { return Said::Garbage };
    let [choice] = choices.as_slice() else { return Said::Garbage };
    match choice.finish_reason.as_deref() {
        Some("length") => return Said::Truncated,
        Some("content_filter") => return Said::Refusal,
        Some("stop") => {}
        _ => return Said::Garbage,
    }
    match (&choice.message.refusal, &choice.message.content) {
        (Some(refusal), _) if !refusal.is_empty() => Said::Refusal,
        (_, Some(text)) => Said::Text(text.clone()),
        _ => Said::Garbage,
    }
}
