//! Anthropic's batches of messages.
//!
//! Shapes after the API reference of the Claude platform ("Create a Message Batch", "Retrieve", "Retrieve results", "List",
//! "Cancel", "Delete") and its guide on structured outputs, November 2026. A batch carries no name of ours: the tag stands in
//! the id of each request, and is seen in the answers of a batch that ended.

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

const BATCHES: &str = "/v1/messages/batches";
/// The API takes 100,000 requests of 256 MB together; ours have at most 30 KiB.
const MOST: usize = 5_000;
/// Seconds by which the provider's clock may be behind ours.
const SKEW: i64 = 300;

/// Anthropic.
#[derive(Debug)]
pub struct Anthropic {
    transport: Transport,
    entry: ProviderEntry,
    model: Model,
}

#[derive(Deserialize)]
struct Batch {
    id: RemoteObjectId,
    processing_status: String,
    created_at: Timestamp,
    request_counts: Counts,
    results_url: Option<String>,
}

#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
struct Counts {
    succeeded: u64,
    errored: u64,
    canceled: u64,
    expired: u64,
}

#[derive(Deserialize)]
struct Page {
    data: Vec<Batch>,
    #[serde(default)]
    has_more: bool,
}

#[derive(Deserialize)]
struct Line {
    custom_id: String,
    result: Outcome,
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Outcome {
    Succeeded {
        message: Value,
    },
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
struct Message {
    content: Vec<Part>,
    stop_reason: String,
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Part {
    Text {
        text: String,
    },
    #[serde(other)]
    Other,
}

impl Anthropic {
    /// Anthropic with this access.
    #[must_use]
    pub fn new(access: Access) -> Self {
        let entry = ProviderEntry {
            name: "anthropic".to_owned(),
            company: "Anthropic".to_owned(),
            purpose: PURPOSE,
            region: access.region,
            terms: "https://www.anthropic.com/legal/commercial-terms".to_owned(),
            retention: "logs for safety and security, up to 30 days and longer where its usage policy is broken, which \
                        deleting does not remove"
                .to_owned(),
            training: Training::Never,
            destinations: vec![access.endpoint.destination().clone()],
        };
        let base = access.endpoint.base().to_owned();
        let transport = Transport::new(access.egress, base, access.key, KeyHeader::Named("x-api-key"))
            .versioned("anthropic-version", "2023-06-01");
        Self { transport, entry, model: access.model }
    }

    /// Its address.
    ///
    /// # Errors
    /// Never: the name is one of a host.
    pub fn endpoint() -> Result<Endpoint, SettingsError> {
        Endpoint::https("api.anthropic.com")
    }

    fn request(&self, tag: &BatchTag, number: usize, commit: &CommitMetadata) -> Value {
        json!({
            "custom_id": format!("{tag}_{number}"),
            "params": {
                "model": self.model.name(),
                "max_tokens": prompt::MAX_OUTPUT_TOKENS,
                "system": prompt::INSTRUCTIONS,
                "messages": [{ "role": "user", "content": prompt::told(commit) }],
                "output_config": { "format": { "type": "json_schema", "schema": prompt::schema() } },
            },
        })
    }

    async fn batch(&self, id: &RemoteObjectId) -> Result<Batch, CallError> {
        self.transport.get(&format!("{BATCHES}/{id}")).await
    }

    /// The lines of the results of a batch; none when it ended without any.
    async fn lines(&self, batch: &Batch) -> Result<Vec<Option<Value>>, CallError> {
        let Some(url) = &batch.results_url else { return Ok(Vec::new()) };
        let path = self.transport.path_of(url).ok_or(CallError::Unexpected { what: "results of its own" })?;
        self.transport.lines(path).await
    }

    async fn since(&self, since: Timestamp) -> Result<Vec<Batch>, CallError> {
        let (mut found, mut after) = (Vec::new(), String::new());
        loop {
            let page: Page = self.transport.get(&format!("{BATCHES}?limit=100{after}")).await?;
            let Some(last) = page.data.last() else { return Ok(found) };
            // Newest first: what follows an older one is older still.
            let goes_on = page.has_more && last.created_at >= since;
            after = format!("&after_id={}", last.id);
            found.extend(page.data.into_iter().filter(|batch| batch.created_at >= since));
            if !goes_on {
                return Ok(found);
            }
        }
    }
}

#[async_trait]
impl ClassificationProvider for Anthropic {
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
            commits.iter().enumerate().map(|(number, commit)| self.request(tag, number, commit)).collect();
        let batch: Batch = self.transport.post(BATCHES, &json!({ "requests": requests })).await?;
        Ok(Started::Batch(batch.id))
    }

    async fn poll(&self, batch: &RemoteObjectId) -> Result<Progress, CallError> {
        let batch = self.batch(batch).await?;
        if batch.processing_status == "ended" {
            return Ok(Progress::Ended(Vec::new()));
        }
        let Counts { succeeded, errored, canceled, expired } = batch.request_counts;
        Ok(Progress::Running { done: succeeded.saturating_add(errored + canceled + expired) })
    }

    async fn results(
        &self,
        tag: &BatchTag,
        batch: &RemoteObjectId,
        _files: &[RemoteObject],
    ) -> Result<Vec<Answer>, CallError> {
        let batch = self.batch(batch).await?;
        Ok(self.lines(&batch).await?.into_iter().map(|line| answer(tag, line)).collect())
    }

    async fn cancel(&self, batch: &RemoteObjectId) -> Result<(), CallError> {
        self.transport.call(Method::POST, &format!("{BATCHES}/{batch}/cancel")).await
    }

    async fn delete(&self, object: &RemoteObject) -> Result<(), CallError> {
        self.transport.call(Method::DELETE, &format!("{BATCHES}/{}", object.id)).await
    }

    async fn exists(&self, object: &RemoteObject) -> Result<bool, CallError> {
        self.transport.has(&format!("{BATCHES}/{}", object.id)).await
    }

    /// A batch of somebody else who uses the same key must not be given up, so one that has not ended is undecided.
    async fn find(&self, tag: &BatchTag, since: Timestamp) -> Result<Found, CallError> {
        let mut found = Found::default();
        for batch in self.since(since.plus_seconds(-SKEW)).await? {
            if batch.processing_status != "ended" {
                found.undecided = true;
                continue;
            }
            let lines = match self.lines(&batch).await {
                // It is just being deleted, or too old to have results.
                Err(CallError::NotFound) => continue,
                lines => lines?,
            };
            if lines.into_iter().any(|line| answer(tag, line).number.is_some()) {
                found.objects.push(RemoteObject { kind: RemoteObjectKind::Batch, id: batch.id });
            }
        }
        Ok(found)
    }
}

fn answer(tag: &BatchTag, line: Option<Value>) -> Answer {
    let line: Option<Line> = line.and_then(|line| serde_json::from_value(line).ok());
    let Some(line) = line else { return Answer { number: None, said: Said::Garbage } };
    let digits = line.custom_id.strip_prefix(tag.as_str()).and_then(|rest| rest.strip_prefix('_'));
    let number =
        digits.and_then(|digits| digits.parse().ok().filter(|one: &usize| one.to_string() == digits));
    let said = match line.result {
        Outcome::Succeeded { message } => {
            serde_json::from_value(message).ok().map_or(Said::Garbage, |message| said(&message))
        }
        Outcome::Other => Said::Failed,
    };
    Answer { number, said }
}

fn said(message: &Message) -> Said {
    match message.stop_reason.as_str() {
        "refusal" => return Said::Refusal,
        "max_tokens" | "model_context_window_exceeded" => return Said::Truncated,
        "end_turn" | "stop_sequence" => {}
        _ => return Said::Garbage,
    }
    let mut texts = message.content.iter().filter_map(|part| match part {
        Part::Text { text } => Some(text),
        Part::Other => None,
    });
    match (texts.next(), texts.next()) {
        (Some(text), None) => Said::Text(text.clone()),
        _ => Said::Garbage,
    }
}
