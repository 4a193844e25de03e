//! The doubles: one server, one way to answer, and the shape of each API on top.

mod anthropic;
mod compatible;
mod gemini;
mod openai;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use prodops::core::time::Timestamp;
use serde_json::{Value, json};
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};

use super::fuse::{Death, Fuse};

pub(crate) use anthropic::AnthropicApi;
pub(crate) use compatible::ChatApi;
pub(crate) use gemini::GeminiApi;
pub(crate) use openai::OpenAiApi;

pub(crate) const GOOD: &str = r#"{"label":"bugfix","percent":80}"#;
const OTHER: &str = r#"{"label":"feature","percent":80}"#;

/// How a request is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manner {
    Good,
    Refusal,
    Truncated,
    Failed,
    /// A text that is not the form.
    Prose,
    /// A label that does not exist.
    Invented,
    /// A well-formed line of another shape.
    Broken,
    /// Under somebody else's id.
    Foreign,
    /// Under a number that nobody sent.
    Beyond,
    Missing,
    Twice,
    Contradicting,
}

/// What stands in an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Spoken {
    Text(String),
    Refusal,
    Truncated,
    Failed,
    Broken,
}

impl Manner {
    /// The answers to a request of this id.
    pub(crate) fn answers(self, id: &str) -> Vec<(String, Spoken)> {
        let under = |id: &str, spoken| (id.to_owned(), spoken);
        let text = |text: &str| Spoken::Text(text.to_owned());
        match self {
            Self::Good => vec![under(id, text(GOOD))],
            Self::Refusal => vec![under(id, Spoken::Refusal)],
            Self::Truncated => vec![under(id, Spoken::Truncated)],
            Self::Failed => vec![under(id, Spoken::Failed)],
            Self::Prose => vec![under(id, text("I think that this is a bugfix."))],
            Self::Invented => vec![under(id, text(r#"{"label":"magic","percent":99}"#))],
            Self::Broken => vec![under(id, Spoken::Broken)],
            Self::Foreign => vec![under("somebody-else_0", text(GOOD))],
            Self::Beyond => vec![under(&format!("{id}99"), text(GOOD))],
            Self::Missing => vec![],
            Self::Twice => vec![under(id, text(GOOD)), under(id, text(GOOD))],
            Self::Contradicting => vec![under(id, text(GOOD)), under(id, text(OTHER))],
        }
    }
}

/// What a provider is like on a day.
#[derive(Debug, Clone)]
pub(crate) struct Day {
    /// How each request is answered, by its place; what is not named is answered well.
    pub(crate) manners: Vec<Manner>,
    /// Looks at a batch until it ends; `None` when it has to be given up first.
    pub(crate) looks: Option<usize>,
    /// Whether the batch fails as a whole.
    pub(crate) fails: bool,
    /// How often a deleted object is still there when looked at.
    pub(crate) ghosts: usize,
}

impl Default for Day {
    fn default() -> Self {
        Self { manners: Vec::new(), looks: Some(2), fails: false, ghosts: 0 }
    }
}

impl Day {
    pub(crate) fn manner(&self, place: usize) -> Manner {
        self.manners.get(place).copied().unwrap_or(Manner::Good)
    }
}

/// How far a batch of a double is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Phase {
    Running(Option<usize>),
    Cancelling,
    Ended,
}

impl Phase {
    /// One look at it; whether it has just ended.
    pub(crate) fn look(&mut self) -> bool {
        match self {
            Self::Running(Some(0)) | Self::Cancelling => {
                *self = Self::Ended;
                true
            }
            Self::Running(Some(left)) => {
                *left -= 1;
                false
            }
            Self::Running(None) | Self::Ended => false,
        }
    }
}

/// A request, taken apart.
pub(crate) struct Call {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: BTreeMap<String, String>,
    pub(crate) body: Vec<u8>,
    pub(crate) base: String,
    pub(crate) now: Timestamp,
}

impl Call {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub(crate) fn is(&self, method: &str, path: &str) -> bool {
        self.method == method && self.path == path
    }
}

/// Status and body.
pub(crate) type Reply = (u16, Vec<u8>);

pub(crate) fn ok(body: &Value) -> Reply {
    (200, body.to_string().into_bytes())
}

pub(crate) fn lines(lines: &[Value]) -> Reply {
    (200, lines.iter().flat_map(|line| format!("{line}\n").into_bytes()).collect())
}

pub(crate) fn not_found() -> Reply {
    (404, json!({ "error": { "message": "no such object" } }).to_string().into_bytes())
}

/// An API with a store of its own.
pub(crate) trait Api: Send {
    fn handle(&mut self, call: &Call, day: &Day) -> Reply;
    /// What of ours could still be deleted.
    fn left(&self) -> Vec<String>;
}

/// What goes wrong with one request.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Fault {
    /// This status, and nothing is done.
    Status(u16, Option<u64>),
    /// It is done, and the answer says 500.
    DoneAnd500,
    /// It is done, and the answer is no JSON.
    DoneAndGarbage,
}

pub(crate) struct State {
    pub(crate) api: Box<dyn Api>,
    pub(crate) day: Day,
    pub(crate) fuse: Arc<Fuse>,
    /// Faults by the number of the request.
    pub(crate) faults: BTreeMap<usize, Fault>,
    /// Everything that arrived: request line, headers, body.
    pub(crate) seen: Vec<String>,
    pub(crate) now: Box<dyn Fn() -> Timestamp + Send>,
    base: String,
}

/// A server with one of the APIs.
pub(crate) struct Double {
    server: MockServer,
    pub(crate) state: Arc<Mutex<State>>,
}

struct Answering(Arc<Mutex<State>>);

impl Double {
    pub(crate) async fn start(api: Box<dyn Api>, now: impl Fn() -> Timestamp + Send + 'static) -> Self {
        let server = MockServer::start().await;
        let state = Arc::new(Mutex::new(State {
            api,
            day: Day::default(),
            fuse: Fuse::never(),
            faults: BTreeMap::new(),
            seen: Vec::new(),
            now: Box::new(now),
            base: format!("http://localhost:{}", server.address().port()),
        }));
        Mock::given(any()).respond_with(Answering(Arc::clone(&state))).mount(&server).await;
        Self { server, state }
    }

    pub(crate) fn port(&self) -> u16 {
        self.server.address().port()
    }

    pub(crate) fn left(&self) -> Vec<String> {
        self.state.lock().unwrap().api.left()
    }

    pub(crate) fn seen(&self) -> Vec<String> {
        self.state.lock().unwrap().seen.clone()
    }
}

impl Respond for Answering {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let mut state = self.0.lock().unwrap();
        let number = state.seen.len();
        state.seen.push(as_text(request));
        let death = state.fuse.step();
        let fault = state.faults.get(&number).copied();
        let is_done = death != Some(Death::Before) && !matches!(fault, Some(Fault::Status(..)));
        let reply = if is_done { state.handle(request) } else { ok(&json!({})) };
        if death.is_some() {
            state.fuse.burn();
            return ResponseTemplate::new(200).set_delay(Duration::from_secs(3_600));
        }
        match fault {
            None => ResponseTemplate::new(reply.0).set_body_bytes(reply.1),
            Some(Fault::Status(status, None)) => ResponseTemplate::new(status),
            Some(Fault::Status(status, Some(after))) => {
                ResponseTemplate::new(status).insert_header("retry-after", after.to_string().as_str())
            }
            Some(Fault::DoneAnd500) => ResponseTemplate::new(500),
            Some(Fault::DoneAndGarbage) => ResponseTemplate::new(200).set_body_bytes("<html>"),
        }
    }
}

impl State {
    fn handle(&mut self, request: &Request) -> Reply {
        let call = Call {
            method: request.method.to_string(),
            path: request.url.path().to_owned(),
            query: request.url.query_pairs().into_owned().collect(),
            body: request.body.clone(),
            base: self.base.clone(),
            now: (self.now)(),
        };
        self.api.handle(&call, &self.day)
    }
}

/// Everything of a request but the key, which is what it must be.
fn as_text(request: &Request) -> String {
    let headers: Vec<String> = request
        .headers
        .iter()
        .map(|(name, value)| format!("{name}: {}", String::from_utf8_lossy(value.as_bytes())))
        .collect();
    let body = String::from_utf8_lossy(&request.body);
    format!("{} {}\n{}\n\n{body}", request.method, request.url, headers.join("\n"))
}
