//! Files and batches of the API.

use http::Method;
use prodops_classify::metadata::CommitMetadata;
use prodops_core::time::Timestamp;
use prodops_store::contract::{BatchTag, RemoteObjectId, RemoteObjectKind};
use serde::Deserialize;
use serde_json::json;

use super::super::super::answer::Answer;
use super::super::super::error::CallError;
use super::super::super::estimate::Price;
use super::super::super::register::ProviderEntry;
use super::super::multipart::Form;
use super::super::transport::{KeyHeader, Transport};
use super::super::{Access, Found, Model, Progress, RemoteObject};
use super::line;

/// Commits of a batch. The API takes 50,000 requests of 200 MB together; ours have at most 30 KiB.
pub(super) const MOST: usize = 5_000;
/// Seconds after which the provider deletes a file by itself: only if everything of ours failed.
const EXPIRES: u32 = 3 * 24 * 3_600;
const PAGE: usize = 100;
/// The key of the tag in the metadata of a batch.
const TAG: &str = "prodops";

#[derive(Debug)]
pub(super) struct Batches {
    transport: Transport,
    entry: ProviderEntry,
    model: Model,
    prefix: &'static str,
}

#[derive(Deserialize)]
struct Made {
    id: RemoteObjectId,
}

#[derive(Deserialize)]
struct Batch {
    id: RemoteObjectId,
    status: String,
    output_file_id: Option<RemoteObjectId>,
    error_file_id: Option<RemoteObjectId>,
    request_counts: Option<Counts>,
    metadata: Option<Metadata>,
}

#[derive(Deserialize)]
struct Counts {
    #[serde(default)]
    completed: u64,
    #[serde(default)]
    failed: u64,
}

#[derive(Deserialize)]
struct Metadata {
    prodops: Option<String>,
}

#[derive(Deserialize)]
struct File {
    id: RemoteObjectId,
    filename: Option<String>,
}

#[derive(Deserialize)]
struct Page<T> {
    data: Vec<T>,
    #[serde(default)]
    has_more: bool,
}

impl Batches {
    pub(super) fn new(
        access: Access,
        entry: ProviderEntry,
        prefix: &'static str,
        key_header: KeyHeader,
    ) -> Self {
        let Access { endpoint, egress, key, model, .. } = access;
        let transport = Transport::new(egress, endpoint.base().to_owned(), key, key_header);
        Self { transport, entry, model, prefix }
    }

    pub(super) const fn entry(&self) -> &ProviderEntry {
        &self.entry
    }

    pub(super) const fn price(&self) -> Price {
        self.model.price()
    }

    pub(super) async fn upload(
        &self,
        tag: &BatchTag,
        commits: &[CommitMetadata],
    ) -> Result<RemoteObjectId, CallError> {
        let mut lines = Vec::new();
        for (number, commit) in commits.iter().enumerate() {
            lines.extend_from_slice(line::request(number, self.model.name(), commit).to_string().as_bytes());
            lines.push(b'\n');
        }
        let form = Form::new(format!("{tag}-form"))
            .field("purpose", "batch")
            .field("expires_after[anchor]", "created_at")
            .field("expires_after[seconds]", &EXPIRES.to_string())
            .file("file", &file_name(tag), &lines);
        let (boundary, body) = form.finish();
        let made: Made = self.transport.post_form(&self.path("/files"), &boundary, body).await?;
        Ok(made.id)
    }

    pub(super) async fn start(
        &self,
        tag: &BatchTag,
        input: Option<&RemoteObjectId>,
    ) -> Result<RemoteObjectId, CallError> {
        let input = input.ok_or(CallError::NotFound)?;
        let body = json!({
            "input_file_id": input.as_str(),
            "endpoint": "/v1/responses",
            "completion_window": "24h",
            "metadata": { TAG: tag.as_str() },
            "output_expires_after": { "anchor": "created_at", "seconds": EXPIRES },
        });
        let made: Made = self.transport.post(&self.path("/batches"), &body).await?;
        Ok(made.id)
    }

    pub(super) async fn poll(&self, batch: &RemoteObjectId) -> Result<Progress, CallError> {
        let batch: Batch = self.transport.get(&self.path(&format!("/batches/{batch}"))).await?;
        Ok(match batch.status.as_str() {
            "completed" | "expired" | "cancelled" => Progress::Ended(batch.files()),
            "failed" => Progress::Failed(batch.files()),
            _ => Progress::Running {
                done: batch.request_counts.map_or(0, |counts| counts.completed.saturating_add(counts.failed)),
            },
        })
    }

    pub(super) async fn results(&self, files: &[RemoteObject]) -> Result<Vec<Answer>, CallError> {
        let mut answers = Vec::new();
        for RemoteObject { id, .. } in files {
            let lines = self.transport.lines(&self.path(&format!("/files/{id}/content"))).await?;
            answers.extend(lines.into_iter().map(line::answer));
        }
        Ok(answers)
    }

    pub(super) async fn cancel(&self, batch: &RemoteObjectId) -> Result<(), CallError> {
        self.transport.call(Method::POST, &self.path(&format!("/batches/{batch}/cancel"))).await
    }

    pub(super) async fn delete(&self, object: &RemoteObject) -> Result<(), CallError> {
        self.transport.call(Method::DELETE, &self.object(object)).await
    }

    pub(super) async fn exists(&self, object: &RemoteObject) -> Result<bool, CallError> {
        self.transport.has(&self.object(object)).await
    }

    /// Input files by name, batches by metadata. Answers carry no tag; their batch names them.
    pub(super) async fn find(&self, tag: &BatchTag, _since: Timestamp) -> Result<Found, CallError> {
        let name = file_name(tag);
        let mut objects = Vec::new();
        for file in self.list::<File>("/files?purpose=batch&", |file| &file.id).await? {
            if file.filename.as_deref() == Some(&name) {
                objects.push(RemoteObject { kind: RemoteObjectKind::Input, id: file.id });
            }
        }
        for batch in self.list::<Batch>("/batches?", |batch| &batch.id).await? {
            let is_ours =
                batch.metadata.as_ref().and_then(|data| data.prodops.as_deref()) == Some(tag.as_str());
            if is_ours {
                objects.extend(batch.files());
                objects.push(RemoteObject { kind: RemoteObjectKind::Batch, id: batch.id });
            }
        }
        Ok(Found { objects, undecided: false })
    }

    async fn list<T: for<'d> Deserialize<'d>>(
        &self,
        path: &str,
        id: impl Fn(&T) -> &RemoteObjectId,
    ) -> Result<Vec<T>, CallError> {
        let mut all: Vec<T> = Vec::new();
        loop {
            let after = all.last().map(|last| format!("&after={}", id(last))).unwrap_or_default();
            let path = self.path(&format!("{path}limit={PAGE}{after}"));
            let page: Page<T> = self.transport.get(&path).await?;
            let goes_on = page.has_more && !page.data.is_empty();
            all.extend(page.data);
            if !goes_on {
                return Ok(all);
            }
        }
    }

    fn object(&self, object: &RemoteObject) -> String {
        let place = if object.kind == RemoteObjectKind::Batch { "batches" } else { "files" };
        self.path(&format!("/{place}/{}", object.id))
    }

    fn path(&self, rest: &str) -> String {
        format!("{}{rest}", self.prefix)
    }
}

impl Batch {
    fn files(&self) -> Vec<RemoteObject> {
        let of = |kind, id: &Option<RemoteObjectId>| id.clone().map(|id| RemoteObject { kind, id });
        let output = of(RemoteObjectKind::Output, &self.output_file_id);
        output.into_iter().chain(of(RemoteObjectKind::Errors, &self.error_file_id)).collect()
    }
}

fn file_name(tag: &BatchTag) -> String {
    format!("{tag}.jsonl")
}
