//! A line of the files: a request, and what came of it.

use prodops_classify::metadata::CommitMetadata;
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::super::answer::{Answer, Said};
use super::super::super::prompt;

/// A request, by its number. `store: false` keeps the response out of what the API can list.
pub(super) fn request(number: usize, model: &str, commit: &CommitMetadata) -> Value {
    json!({
        "custom_id": number.to_string(),
        "method": "POST",
        "url": "/v1/responses",
        "body": {
            "model": model,
            "store": false,
            "instructions": prompt::INSTRUCTIONS,
            "input": prompt::told(commit),
            "max_output_tokens": prompt::MAX_OUTPUT_TOKENS,
            "text": {
                "format": {
                    "type": "json_schema",
                    "name": prompt::SCHEMA_NAME,
                    "strict": true,
                    "schema": prompt::schema(),
                },
            },
        },
    })
}

#[derive(Deserialize)]
struct Line {
    custom_id: String,
    response: Option<Reply>,
}

#[derive(Deserialize)]
struct Reply {
    status_code: u16,
    body: Value,
}

#[derive(Deserialize)]
struct Body {
    status: String,
    incomplete_details: Option<Incomplete>,
    #[serde(default)]
    output: Vec<Item>,
}

#[derive(Deserialize)]
struct Incomplete {
    reason: Option<String>,
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Item {
    Message {
        content: Vec<Part>,
    },
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Part {
    OutputText {
        text: String,
    },
    Refusal {},
    #[serde(other)]
    Other,
}

/// What a line says; a line that is none is an answer to nothing.
pub(super) fn answer(line: Option<Value>) -> Answer {
    let line: Option<Line> = line.and_then(|line| serde_json::from_value(line).ok());
    let Some(line) = line else { return Answer { number: None, said: Said::Garbage } };
    // The number as it was sent, and no other way to write it.
    let number = line.custom_id.parse().ok().filter(|number: &usize| number.to_string() == line.custom_id);
    let said = match line.response {
        Some(Reply { status_code: 200, body }) => {
            serde_json::from_value(body).ok().map_or(Said::Garbage, |body| said(&body))
        }
        _ => Said::Failed,
    };
    Answer { number, said }
}

fn said(body: &Body) -> Said {
    let reason = body.incomplete_details.as_ref().and_then(|details| details.reason.as_deref());
    match (body.status.as_str(), reason) {
        ("completed", _) => {}
        ("incomplete", Some("content_filter")) => return Said::Refusal,
        ("incomplete", _) => return Said::Truncated,
        _ => return Said::Failed,
    }
    let contents = body.output.iter().filter_map(|item| match item {
        Item::Message { content } => Some(content),
        Item::Other => None,
    });
    let mut text = None;
    for part in contents.flatten() {
        match part {
            Part::Refusal {} => return Said::Refusal,
            // One answer is one text.
            Part::OutputText { .. } if text.is_some() => return Said::Garbage,
            Part::OutputText { text: said } => text = Some(said),
            Part::Other => {}
        }
    }
    text.map_or(Said::Garbage, |text| Said::Text(text.clone()))
}
