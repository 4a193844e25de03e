//! A double of the transit engine: AES-256-GCM with associated data, versions of keys, tokens with an end, roles.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::rand;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use prodops::connectors::http::egress::{Destination, Egress, EgressClient, Limits, LocalEndpoint, Roots};
use prodops::core::clock::Clock;
use prodops::core::environment::Environment;
use prodops::core::id::WorkspaceId;
use prodops::core::secret::Secret;
use prodops::core::testing::FixedClock;
use prodops::core::vault::{Context, VaultKey};
use prodops::keys::{Transit, TransitAuth, TransitSettings};
use serde_json::{Value, json};
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};

/// What the engine does instead of its work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// This status, with a body that must not show up anywhere.
    Status(u16),
    /// An hour of silence.
    Slow,
    /// A well-formed ciphertext of something else.
    LyingCiphertext,
    /// Text that is no ciphertext.
    NoCiphertext,
    /// The right shape, wrong bytes.
    LyingPlaintext,
    /// The key of another place: as if there were no associated data.
    IgnoresAssociatedData,
    /// No JSON.
    Garbage,
    /// More than anybody asked for.
    Huge,
}

pub(crate) const SECRET_ERROR: &str = "1-s3cr3t-of-the-engine";

struct Token {
    /// Milliseconds since the epoch; `None` where it does not end.
    ends: Option<i64>,
    seconds: i64,
    renewable: bool,
}

/// The engine's state.
pub(crate) struct State {
    keys: Vec<LessSafeKey>,
    tokens: BTreeMap<String, Token>,
    /// Tokens that a role gets: their seconds, and whether they can be renewed.
    role: (i64, bool),
    /// Faults by path, and how often they still happen.
    faults: BTreeMap<String, (Fault, usize)>,
    seen: Vec<(String, Option<String>)>,
    logins: usize,
    namespace: Option<String>,
}

pub(crate) struct Engine {
    pub(crate) server: MockServer,
    pub(crate) clock: Arc<FixedClock>,
    pub(crate) state: Arc<Mutex<State>>,
}

struct Answer(Arc<Mutex<State>>, Arc<FixedClock>);

impl Engine {
    pub(crate) async fn start() -> Self {
        let state = State {
            keys: vec![new_key()],
            tokens: BTreeMap::new(),
            role: (3600, true),
            faults: BTreeMap::new(),
            seen: Vec::new(),
            logins: 0,
            namespace: None,
        };
        let (state, clock) = (Arc::new(Mutex::new(state)), Arc::new(FixedClock::at("2026-11-27T12:00:00Z")));
        let server = MockServer::start().await;
        Mock::given(any()).respond_with(Answer(Arc::clone(&state), Arc::clone(&clock))).mount(&server).await;
        Self { server, clock, state }
    }

    pub(crate) fn address(&self) -> String {
        format!("http://localhost:{}", self.server.address().port())
    }

    /// A token; 0 seconds never end.
    pub(crate) fn token(&self, seconds: i64, renewable: bool) -> TransitAuth {
        let name = random_name();
        let ends = (seconds > 0).then(|| self.clock.now().as_millis() + seconds * 1000);
        self.state.lock().unwrap().tokens.insert(name.clone(), Token { ends, seconds, renewable });
        TransitAuth::Token(Secret::new(name))
    }

    pub(crate) fn role(&self, seconds: i64, renewable: bool) -> TransitAuth {
        self.state.lock().unwrap().role = (seconds, renewable);
        let text = |text: &str| Secret::new(text.to_owned());
        TransitAuth::AppRole { mount: "approle".to_owned(), role_id: text("role"), secret_id: text("secret") }
    }

    pub(crate) fn settings(&self, auth: TransitAuth) -> TransitSettings {
        TransitSettings::new(&self.address(), "prodops-root", auth).unwrap()
    }

    pub(crate) fn transit(&self, settings: TransitSettings, limits: Limits) -> Transit {
        Transit::new(settings, egress(self.server.address().port(), &self.clock, limits), self.clock.clone())
    }

    /// A provider with a token that does not end.
    pub(crate) fn provider(&self) -> Transit {
        self.transit(self.settings(self.token(0, false)), Limits::default())
    }

    /// Makes a path fail the next `times` times.
    pub(crate) fn fail(&self, path: &str, fault: Fault, times: usize) {
        self.state.lock().unwrap().faults.insert(path.to_owned(), (fault, times));
    }

    pub(crate) fn rotate(&self) {
        self.state.lock().unwrap().keys.push(new_key());
    }

    pub(crate) fn revoke_all(&self) {
        self.state.lock().unwrap().tokens.clear();
    }

    pub(crate) fn in_namespace(&self, namespace: &str) {
        self.state.lock().unwrap().namespace = Some(namespace.to_owned());
    }

    pub(crate) fn logins(&self) -> usize {
        self.state.lock().unwrap().logins
    }

    /// How often a path was asked for.
    pub(crate) fn asked(&self, end: &str) -> usize {
        self.state.lock().unwrap().seen.iter().filter(|(path, _)| path.ends_with(end)).count()
    }
}

impl Respond for Answer {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let header = |name: &str| request.headers.get(name).map(|value| value.to_str().unwrap().to_owned());
        let (path, token) =
            (request.url.path().trim_start_matches("/v1/").to_owned(), header("x-vault-token"));
        let mut state = self.0.lock().unwrap();
        state.seen.push((path.clone(), token.clone()));
        if header("x-vault-request").as_deref() != Some("true")
            || header("x-vault-namespace") != state.namespace
        {
            return refused(404);
        }
        let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
        let fault = state.faults.get_mut(&path).filter(|(_, times)| *times > 0).map(|(fault, times)| {
            *times -= 1;
            *fault
        });
        match fault {
            Some(Fault::Status(status)) => return refused(status),
            Some(Fault::Slow) => return ResponseTemplate::new(200).set_delay(Duration::from_secs(3600)),
            Some(Fault::Garbage) => return ResponseTemplate::new(200).set_body_string(SECRET_ERROR),
            Some(Fault::Huge) => return ResponseTemplate::new(200).set_body_string("x".repeat(1 << 20)),
            _ => {}
        }
        state.work(&path, token.as_deref(), &body, fault, self.1.now().as_millis())
    }
}

impl State {
    /// The same engine with other keys.
    pub(crate) fn replace_keys(&mut self) {
        self.keys = vec![new_key()];
    }

    fn work(
        &mut self,
        path: &str,
        token: Option<&str>,
        body: &Value,
        fault: Option<Fault>,
        now: i64,
    ) -> ResponseTemplate {
        if path == "auth/approle/login" {
            if body != &json!({"role_id": "role", "secret_id": "secret"}) {
                return refused(400);
            }
            self.logins += 1;
            let ((seconds, renewable), name) = (self.role, random_name());
            return self.grant(name, seconds, renewable, now);
        }
        let Some(name) = token.filter(|name| self.is_good(name, now)) else { return refused(403) };
        let Token { ends, seconds, renewable } = &self.tokens[name];
        match path {
            "auth/token/lookup-self" => {
                let ttl = ends.map_or(0, |ends| (ends - now) / 1000);
                ok(json!({"data": {"ttl": ttl, "renewable": renewable}}))
            }
            "auth/token/renew-self" if *renewable => self.grant(name.to_owned(), *seconds, true, now),
            "transit/encrypt/prodops-root" => self.encrypt(body, fault),
            "transit/decrypt/prodops-root" => self.decrypt(body, fault),
            _ => refused(404),
        }
    }

    fn is_good(&self, name: &str, now: i64) -> bool {
        self.tokens.get(name).is_some_and(|token| token.ends.is_none_or(|ends| now < ends))
    }

    fn grant(&mut self, name: String, seconds: i64, renewable: bool, now: i64) -> ResponseTemplate {
        let ends = (seconds > 0).then(|| now + seconds * 1000);
        self.tokens.insert(name.clone(), Token { ends, seconds, renewable });
        ok(json!({"auth": {"client_token": name, "lease_duration": seconds, "renewable": renewable}}))
    }

    fn encrypt(&self, body: &Value, fault: Option<Fault>) -> ResponseTemplate {
        let (Some(mut plain), Some(place)) = (base64(&body["plaintext"]), base64(&body["associated_data"]))
        else {
            return refused(400);
        };
        match fault {
            Some(Fault::NoCiphertext) => return ok(json!({"data": {"ciphertext": SECRET_ERROR}})),
            Some(Fault::LyingCiphertext) => plain = vec![7; plain.len()],
            _ => {}
        }
        let place = if fault == Some(Fault::IgnoresAssociatedData) { Vec::new() } else { place };
        let mut nonce = [0; NONCE_LEN];
        rand::fill(&mut nonce).unwrap();
        let key = self.keys.last().unwrap();
        key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(place), &mut plain)
            .unwrap();
        let text = STANDARD.encode([nonce.to_vec(), plain].concat());
        let version = self.keys.len();
        ok(json!({"data": {"ciphertext": format!("vault:v{version}:{text}"), "key_version": version}}))
    }

    fn decrypt(&self, body: &Value, fault: Option<Fault>) -> ResponseTemplate {
        let opened = body["ciphertext"].as_str().and_then(|text| {
            let (version, text) = text.strip_prefix("vault:v")?.split_once(':')?;
            let key = self.keys.get(version.parse::<usize>().ok()?.checked_sub(1)?)?;
            let bytes = STANDARD.decode(text).ok()?;
            let (nonce, sealed) = bytes.split_at_checked(NONCE_LEN)?;
            let place = base64(&body["associated_data"])?;
            let place = if fault == Some(Fault::IgnoresAssociatedData) { Vec::new() } else { place };
            let (nonce, mut sealed) = (Nonce::try_assume_unique_for_key(nonce).ok()?, sealed.to_vec());
            let plain = key.open_in_place(nonce, Aad::from(place), &mut sealed).ok()?;
            Some(plain.to_vec())
        });
        let Some(mut plain) = opened else { return refused(400) };
        if fault == Some(Fault::LyingPlaintext) {
            plain[1..33].fill(7);
        }
        ok(json!({"data": {"plaintext": STANDARD.encode(plain)}}))
    }
}

/// A client that reaches one port of this machine.
pub(crate) fn egress(port: u16, clock: &Arc<FixedClock>, limits: Limits) -> EgressClient {
    let pem = rcgen::generate_simple_self_signed(["authority.test".to_owned()]).unwrap().cert.pem();
    let local = LocalEndpoint::http("localhost", port).unwrap();
    let egress = Egress::builder(Roots::pem(pem.as_bytes()).unwrap(), clock.clone());
    egress.allow(Destination::local(local, "keys")).limits(limits).build().client("keys").unwrap()
}

fn ok(body: Value) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(body)
}

fn refused(status: u16) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_json(json!({"errors": [SECRET_ERROR]}))
}

fn base64(value: &Value) -> Option<Vec<u8>> {
    STANDARD.decode(value.as_str()?).ok()
}

fn new_key() -> LessSafeKey {
    let mut bytes = [0; 32];
    rand::fill(&mut bytes).unwrap();
    LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &bytes).unwrap())
}

fn random_name() -> String {
    let mut bytes = [0; 16];
    rand::fill(&mut bytes).unwrap();
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(crate) fn key() -> VaultKey {
    VaultKey::generate(&prodops::core::entropy::SystemEntropy).unwrap()
}

/// Where a data key of a workspace belongs.
pub(crate) fn place(key: &VaultKey) -> Context<'static> {
    Context {
        environment: Environment::Test,
        workspace: Some(WorkspaceId::from_bytes([5; 16])),
        kind: "data-key",
        record: *key.id().as_bytes(),
        field: "",
        generation: 1,
    }
}
