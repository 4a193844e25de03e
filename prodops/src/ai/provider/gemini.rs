//! Gemini's batches with inline requests.
//!
//! Shapes after the API reference of the Gemini API ("Batch API", "Generating content", structured output), November 2026. A
//! batch is named by the tag (`displayName`); deleting it does not stop it, so it is cancelled before.

use async_trait::async_trait;
use http::Method;
use prodops_classify::metadata::CommitMetadata;
use prodops_core::time::Timestamp;
use prodops_store::contract::{BatchTag, RemoteObjectId, RemoteObjectKind};
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::answer::{Answer, Said};
use super::super::error::CallError;
use super::super::estimate::Price;
use super::super::prompt;
use super::super::register::{PURPOSE, ProviderEntry, Training};
use super::transport::{KeyHeader, Transport};
use super::{
    Access, ClassificationProvider, Endpoint, Found, Model, Progress, RemoteObject, SettingsError, Started,
    Storage,
};

/// Inline requests may be 20 MB together; ours have at most 30 KiB.
const MOST: usize = 500;

/// Gemini.
#[derive(Debug)]
pub struct Gemini {
    transport: Transport,
    entry: ProviderEntry,
    model: Model,
}

#[derive(Deserialize)]
struct Operation {
    name: String,
    #[serde(default)]
    done: bool,
    metadata: Option<Metadata>,
    response: Option<Response>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Metadata {
    display_name: Option<String>,
    state: Option<String>,
    batch_stats: Option<Stats>,
}

/// 64-bit numbers are texts in this API.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Stats {
    successful_request_count: Option<String>,
    failed_request_count: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Response {
    inlined_responses: Option<Inlined>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Inlined {
    #[serde(default)]
    inlined_responses: Vec<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    #[serde(default)]
    operations: Vec<Operation>,
    next_page_token: Option<String>,
}

#[derive(Deserialize)]
struct Line {
    metadata: Key,
    response: Option<Value>,
}

#[derive(Deserialize)]
struct Key {
    key: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Generated {
    #[serde(default)]
    candidates: Vec<Candidate>,
    prompt_feedback: Option<Feedback>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Feedback {
    block_reason: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Candidate {
    content: Option<Content>,
    finish_reason: Option<String>,
}

#[derive(Deserialize)]
struct Content {
    #[serde(default)]
    parts: Vec<Part>,
}

#[derive(Deserialize)]
struct Part {
    text: Option<String>,
    #[serde(default)]
    thought: bool,
}

impl Gemini {
    /// Gemini with this access.
    #[must_use]
    pub fn new(access: Access) -> Self {
        let paid = "the project of the key has billing switched on, which makes its use a paid service";
        let entry = ProviderEntry {
            name: "gemini".to_owned(),
            company: "Google".to_owned(),
            purpose: PURPOSE,
            region: access.region,
            terms: "https://ai.google.dev/gemini-api/terms".to_owned(),
            retention: "logs against abuse, up to 55 days, which deleting does not remove".to_owned(),
            training: Training::Unless(paid.to_owned()),
            destinations: vec![access.endpoint.destination().clone()],
        };
        let base = access.endpoint.base().to_owned();
        let key_header = KeyHeader::Named("x-goog-api-key");
        let transport = Transport::new(access.egress, base, access.key, key_header);
        Self { transport, entry, model: access.model }
    }

    /// Its address.
    ///
    /// # Errors
    /// Never: the name is one of a host.
    pub fn endpoint() -> Result<Endpoint, SettingsError> {
        Endpoint::https("generativelanguage.googleapis.com")
    }

    async fn operation(&self, batch: &RemoteObjectId) -> Result<Operation, CallError> {
        self.transport.get(&path(batch)).await
    }
}

#[async_trait]
impl ClassificationProvider for Gemini {
    fn entry(&self) -> &ProviderEntry {
        &self.entry
    }

    fn price(&self) -> Price {
        self.model.price()
    }

    fn storage(&self) -> Storage {
        Storage::Batch
    }

    fn most(&self) -> usize {
        MOST
    }

    async fn start(
        &self,
        tag: &BatchTag,
        commits: &[CommitMetadata],
        _input: Option<&RemoteObjectId>,
    ) -> Result<Started, CallError> {
        let requests: Vec<Value> =
            commits.iter().enumerate().map(|(number, commit)| request(number, commit)).collect();
        let body = json!({
            "batch": {
                "displayName": tag.as_str(),
                "inputConfig": { "requests": { "requests": requests } },
            },
        });
        let path = format!("/v1beta/models/{}:batchGenerateContent", self.model.name());
        let operation: Operation = self.transport.post(&path, &body).await?;
        operation.id().map(Started::Batch).ok_or(CallError::Unexpected { what: "name of a batch" })
    }

    async fn poll(&self, batch: &RemoteObjectId) -> Result<Progress, CallError> {
        let operation = self.operation(batch).await?;
        let state = operation.metadata.as_ref().and_then(|metadata| metadata.state.as_deref());
        if operation.done || state.is_some_and(is_final) {
            let is_failed =
                operation.response.is_none() && state.is_some_and(|state| state.ends_with("_FAILED"));
            return Ok(if is_failed { Progress::Failed(Vec::new()) } else { Progress::Ended(Vec::new()) });
        }
        let stats = operation.metadata.and_then(|metadata| metadata.batch_stats);
        Ok(Progress::Running { done: stats.map_or(0, |stats| stats.done()) })
    }

    async fn results(
        &self,
        _tag: &BatchTag,
        batch: &RemoteObjectId,
        _files: &[RemoteObject],
    ) -> Result<Vec<Answer>, CallError> {
        let response = self.operation(batch).await?.response;
        let inlined = response.and_then(|response| response.inlined_responses);
        Ok(inlined
            .map_or_else(Vec::new, |inlined| inlined.inlined_responses.into_iter().map(answer).collect()))
    }

    async fn cancel(&self, batch: &RemoteObjectId) -> Result<(), CallError> {
        self.transport.call(Method::POST, &format!("{}:cancel", path(batch))).await
    }

    async fn delete(&self, object: &RemoteObject) -> Result<(), CallError> {
        self.transport.call(Method::DELETE, &path(&object.id)).await
    }

    async fn exists(&self, object: &RemoteObject) -> Result<bool, CallError> {
        self.transport.has(&path(&object.id)).await
    }

    async fn find(&self, tag: &BatchTag, _since: Timestamp) -> Result<Found, CallError> {
        let (mut found, mut token) = (Found::default(), String::new());
        loop {
            let page: Page = self.transport.get(&format!("/v1beta/batches?pageSize=100{token}")).await?;
            for operation in &page.operations {
                let name = operation.metadata.as_ref().and_then(|metadata| metadata.display_name.as_deref());
                if name == Some(tag.as_str()) {
                    let id = operation.id().ok_or(CallError::Unexpected { what: "name of a batch" })?;
                    found.objects.push(RemoteObject { kind: RemoteObjectKind::Batch, id });
                }
            }
            match page.next_page_token.filter(|next| !next.is_empty()) {
                Some(next) if next.bytes().all(is_token_byte) => token = format!("&pageToken={next}"),
                Some(_) => return Err(CallError::Unexpected { what: "token of a page" }),
                None => return Ok(found),
            }
        }
    }
}

impl Operation {
    fn id(&self) -> Option<RemoteObjectId> {
        RemoteObjectId::try_from(self.name.strip_prefix("batches/")?.to_owned()).ok()
    }
}

impl Stats {
    fn done(&self) -> u64 {
        let number =
            |text: &Option<String>| text.as_deref().and_then(|text| text.parse().ok()).unwrap_or(0u64);
        number(&self.successful_request_count).saturating_add(number(&self.failed_request_count))
    }
}

fn is_final(state: &str) -> bool {
    ["_SUCCEEDED", "_FAILED", "_CANCELLED", "_EXPIRED"].iter().any(|end| state.ends_with(end))
}

const fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'=' | b'~')
}

fn path(batch: &RemoteObjectId) -> String {
    format!("/v1beta/batches/{batch}")
}

fn request(number: usize, commit: &CommitMetadata) -> Value {
    json!({
        "request": {
            "systemInstruction": { "parts": [{ "text": prompt::INSTRUCTIONS }] },
            "contents": [{ "role": "user", "parts": [{ "text": prompt::told(commit) }] }],
            "generationConfig": {
                "maxOutputTokens": prompt::MAX_OUTPUT_TOKENS,
                "responseMimeType": "application/json",
                "responseJsonSchema": prompt::schema(),
            },
        },
        "metadata": { "key": number.to_string() },
    })
}

fn answer(line: Value) -> Answer {
    let Ok(line) = serde_json::from_value::<Line>(line) else {
        return Answer { number: None, said: Said::Garbage };
    };
    let key = line.metadata.key;
    let number = key.parse().ok().filter(|number: &usize| number.to_string() == key);
    let said = match line.response {
        Some(response) => serde_json::from_value(response).ok().map_or(Said::Garbage, |one| said(&one)),
        None => Said::Failed,
    };
    Answer { number, said }
}

fn said(generated: &Generated) -> Said {
    if generated.prompt_feedback.as_ref().is_some_and(|feedback| feedback.block_reason.is_some()) {
        return Said::Refusal;
    }
    let [candidate] = generated.candidates.as_slice() else { return Said::Garbage };
    match candidate.finish_reason.as_deref() {
        Some("STOP") => {}
        Some("MAX_TOKENS") => return Said::Truncated,
        Some("SAFETY" | "RECITATION" | "BLOCKLIST" | "PROHIBITED_CONTENT" | "SPII") => return Said::Refusal,
        _ => return Said::Garbage,
    }
    let parts = candidate.content.iter().flat_map(|content| &content.parts);
    let text: String = parts.filter(|part| !part.thought).filter_map(|part| part.text.as_deref()).collect();
    Said::Text(text)
}
