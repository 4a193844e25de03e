//! Files and batches: OpenAI's API, and Azure's under its prefix.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Api, Call, Day, Phase, Reply, Spoken, not_found, ok};

struct File {
    name: String,
    purpose: &'static str,
    bytes: Vec<u8>,
    ghosts: usize,
    deleted: bool,
}

struct Batch {
    input: String,
    tag: Value,
    phase: Phase,
    cancelled: bool,
    output: Option<String>,
    errors: Option<String>,
    failed: bool,
}

pub(crate) struct OpenAiApi {
    prefix: &'static str,
    files: BTreeMap<String, File>,
    batches: BTreeMap<String, Batch>,
    made: usize,
}

impl OpenAiApi {
    pub(crate) fn boxed(prefix: &'static str) -> Box<dyn Api> {
        Box::new(Self { prefix, files: BTreeMap::new(), batches: BTreeMap::new(), made: 0 })
    }

    fn id(&mut self, start: &str) -> String {
        self.made += 1;
        format!("{start}{:04}", self.made)
    }

    fn upload(&mut self, call: &Call) -> Reply {
        let text = String::from_utf8(call.body.clone()).unwrap();
        for expected in ["name=\"purpose\"\r\n\r\nbatch\r\n", "expires_after[seconds]", "created_at"] {
            assert!(text.contains(expected), "{expected} is not in the upload");
        }
        let (head, rest) = text.split_once("filename=\"").unwrap();
        let boundary = head.split("\r\n").next().unwrap().to_owned();
        let (name, rest) = rest.split_once('"').unwrap();
        let (_, rest) = rest.split_once("\r\n\r\n").unwrap();
        let (content, _) = rest.split_once(&format!("\r\n{boundary}")).unwrap();
        let id = self.id("file-");
        let file = File::new(name, "batch", content.as_bytes().to_vec());
        self.files.insert(id.clone(), file);
        ok(&json!({ "id": id, "object": "file", "purpose": "batch" }))
    }

    fn create(&mut self, call: &Call, day: &Day) -> Reply {
        let body = call.json();
        let input = body["input_file_id"].as_str().unwrap().to_owned();
        if self.files.get(&input).is_none_or(|file| file.deleted) {
            return (400, b"{}".to_vec());
        }
        assert_eq!((&body["endpoint"], &body["completion_window"]), (&json!("/v1/responses"), &json!("24h")));
        assert!(body["output_expires_after"]["seconds"].as_u64().is_some());
        let id = self.id("batch_");
        let batch = Batch {
            input,
            tag: body["metadata"].clone(),
            phase: Phase::Running(day.looks),
            cancelled: false,
            output: None,
            errors: None,
            failed: day.fails,
        };
        self.batches.insert(id.clone(), batch);
        ok(&self.shown(&id))
    }

    fn shown(&self, id: &str) -> Value {
        let batch = &self.batches[id];
        let status = match batch.phase {
            Phase::Running(_) => "in_progress",
            Phase::Cancelling => "cancelling",
            Phase::Ended if batch.failed => "failed",
            Phase::Ended if batch.cancelled => "cancelled",
            Phase::Ended => "completed",
        };
        json!({
            "id": id,
            "object": "batch",
            "status": status,
            "input_file_id": batch.input,
            "output_file_id": batch.output,
            "error_file_id": batch.errors,
            "metadata": batch.tag,
            "request_counts": { "total": 1, "completed": 0, "failed": 0 },
        })
    }

    fn look(&mut self, id: &str, day: &Day) {
        let Some(batch) = self.batches.get_mut(id) else { return };
        if !batch.phase.look() || batch.failed {
            return;
        }
        let input = self.files[&batch.input].bytes.clone();
        let (mut good, mut bad) = (Vec::new(), Vec::new());
        for (place, line) in String::from_utf8(input).unwrap().lines().enumerate() {
            let request: Value = serde_json::from_str(line).unwrap();
            assert_eq!(request["body"]["store"], json!(false));
            for (id, spoken) in day.manner(place).answers(request["custom_id"].as_str().unwrap()) {
                let is_bad = spoken == Spoken::Failed;
                let file = if is_bad { &mut bad } else { &mut good };
                file.extend_from_slice(format!("{}\n", answer(&id, spoken)).as_bytes());
            }
        }
        let mut keep = |bytes: Vec<u8>| {
            (!bytes.is_empty()).then(|| {
                let id = self.id("file-");
                self.files.insert(id.clone(), File::new("output", "batch_output", bytes));
                id
            })
        };
        let (output, errors) = (keep(good), keep(bad));
        let batch = self.batches.get_mut(id).unwrap();
        (batch.output, batch.errors) = (output, errors);
    }

    fn file(&mut self, call: &Call, id: &str, day: &Day) -> Reply {
        let (id, wants_content) = id.strip_suffix("/content").map_or((id, false), |id| (id, true));
        let Some(file) = self.files.get_mut(id) else { return not_found() };
        if file.deleted {
            if file.ghosts > 0 && call.method == "GET" {
                file.ghosts -= 1;
                return ok(&json!({ "id": id }));
            }
            return not_found();
        }
        if call.method == "DELETE" {
            let is_used = self.batches.values().any(|batch| batch.input == id && batch.phase != Phase::Ended);
            assert!(!is_used, "the input of a batch that is still worked on was deleted");
            (file.deleted, file.ghosts) = (true, day.ghosts);
            return ok(&json!({ "id": id, "deleted": true }));
        }
        if wants_content { (200, file.bytes.clone()) } else { ok(&json!({ "id": id })) }
    }

    /// Pages of one, so that more than one page is read.
    fn page(all: &[Value], call: &Call) -> Reply {
        let after = call.query.get("after").map_or(0, |after| {
            all.iter().position(|one| one["id"] == json!(after)).map_or(all.len(), |at| at + 1)
        });
        let page: Vec<&Value> = all.iter().skip(after).take(1).collect();
        ok(&json!({ "object": "list", "data": page, "has_more": after + 1 < all.len() }))
    }
}

impl File {
    fn new(name: &str, purpose: &'static str, bytes: Vec<u8>) -> Self {
        Self { name: name.to_owned(), purpose, bytes, ghosts: 0, deleted: false }
    }
}

impl Api for OpenAiApi {
    fn handle(&mut self, call: &Call, day: &Day) -> Reply {
        let Some(path) = call.path.strip_prefix(self.prefix) else { return not_found() };
        match (call.method.as_str(), path) {
            ("POST", "/files") => self.upload(call),
            ("POST", "/batches") => self.create(call, day),
            ("GET", "/files") => {
                let purpose = call.query["purpose"].as_str();
                let shown: Vec<Value> = self
                    .files
                    .iter()
                    .filter(|(_, file)| !file.deleted && file.purpose == purpose)
                    .map(|(id, file)| json!({ "id": id, "filename": file.name, "purpose": file.purpose }))
                    .collect();
                Self::page(&shown, call)
            }
            ("GET", "/batches") => {
                let shown: Vec<Value> = self.batches.keys().map(|id| self.shown(id)).collect();
                Self::page(&shown, call)
            }
            (_, path) if path.starts_with("/files/") => self.file(call, &path[7..], day),
            ("POST", path) if path.ends_with("/cancel") => {
                let id = path["/batches/".len()..].trim_end_matches("/cancel");
                let Some(batch) = self.batches.get_mut(id) else { return not_found() };
                if batch.phase == Phase::Ended {
                    return (400, b"{}".to_vec());
                }
                (batch.phase, batch.cancelled) = (Phase::Cancelling, true);
                ok(&self.shown(id))
            }
            ("GET", path) if path.starts_with("/batches/") => {
                let id = &path["/batches/".len()..];
                if !self.batches.contains_key(id) {
                    return not_found();
                }
                self.look(id, day);
                ok(&self.shown(id))
            }
            _ => (405, Vec::new()),
        }
    }

    fn left(&self) -> Vec<String> {
        let files = self.files.iter().filter(|(_, file)| !file.deleted).map(|(id, _)| id.clone());
        // The record of a batch stays; one that is still worked on makes files.
        let running =
            self.batches.iter().filter(|(_, batch)| batch.phase != Phase::Ended).map(|(id, _)| id.clone());
        files.chain(running).collect()
    }
}

fn answer(id: &str, spoken: Spoken) -> Value {
    let message = |part: Value| json!([{ "type": "reasoning" }, { "type": "message", "content": [part] }]);
    let body = match spoken {
        Spoken::Text(text) => {
            json!({ "status": "completed", "output": message(json!({ "type": "output_text", "text": text })) })
        }
        Spoken::Refusal => {
            json!({ "status": "completed", "output": message(json!({ "type": "refusal", "refusal": "no" })) })
        }
        Spoken::Truncated => json!({
            "status": "incomplete",
            "incomplete_details": { "reason": "max_output_tokens" },
            "output": message(json!({ "type": "output_text", "text": "{\"label\":" })),
        }),
        Spoken::Broken => json!({ "status": "completed", "output": "nothing" }),
        Spoken::Failed => {
            return json!({ "id": "r", "custom_id": id, "response": null, "error": { "code": "server_error" } });
        }
    };
    json!({ "id": "r", "custom_id": id, "response": { "status_code": 200, "body": body }, "error": null })
}
