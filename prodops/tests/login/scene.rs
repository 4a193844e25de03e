//! A provider's double on this machine, a client that is registered there, and a clock that stands still.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use prodops::connectors::http::egress::{Destination, Egress, EgressClient, Limits, LocalEndpoint, Roots};
use prodops::core::clock::Clock as _;
use prodops::core::entropy::SystemEntropy;
use prodops::core::secret::Secret;
use prodops::core::session::VerifiedSubject;
use prodops::core::testing::FixedClock;
use prodops::login::{Callback, LoginAttempt, LoginError, Oidc, OidcSettings, ReturnPath};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

use super::keys::{Key, encode};

pub(crate) const CLIENT: &str = "prodops-test";
pub(crate) const ACCESS_TOKEN: &str = "an-opaque-access-token";

/// A sign-in that was begun, and what the provider learned of it through the browser.
pub(crate) struct Begun {
    pub(crate) attempt: LoginAttempt,
    pub(crate) query: BTreeMap<String, String>,
}

impl Begun {
    /// The callback that belongs to it.
    pub(crate) fn callback(&self) -> String {
        format!("code=a-code&state={}", self.query["state"])
    }
}

pub(crate) struct Scene {
    pub(crate) server: MockServer,
    pub(crate) issuer: String,
    pub(crate) clock: Arc<FixedClock>,
    pub(crate) key: Key,
    pub(crate) oidc: Oidc,
}

impl Scene {
    /// A provider that behaves, with one key.
    pub(crate) async fn start() -> Self {
        let scene = Self::bare(Key::ec(), |settings| settings).await;
        scene.describe(json!({})).await;
        scene.publish(&[scene.key.jwk("main")]).await;
        scene
    }

    /// A provider that says nothing yet.
    pub(crate) async fn bare(key: Key, with: impl FnOnce(OidcSettings) -> OidcSettings) -> Self {
        let server = MockServer::start().await;
        let issuer = format!("http://localhost:{}", server.address().port());
        let clock = Arc::new(FixedClock::at("2026-11-27T12:00:00Z"));
        let settings = OidcSettings::new(&issuer, CLIENT, "https://prodops.test/callback").unwrap();
        let egress = egress(server.address().port(), Limits::default());
        let oidc = Oidc::new(with(settings), egress, clock.clone(), Arc::new(SystemEntropy));
        Self { server, issuer, clock, key, oidc }
    }

    /// Mounts the description, with changes; `null` removes a member.
    pub(crate) async fn describe(&self, changes: Value) {
        let issuer = &self.issuer;
        let description = json!({
            "issuer": issuer,
            "authorization_endpoint": format!("{issuer}/authorize"),
            "token_endpoint": format!("{issuer}/token"),
            "jwks_uri": format!("{issuer}/keys"),
            "code_challenge_methods_supported": ["S256"],
        });
        self.get("/.well-known/openid-configuration", json_answer(&patched(description, changes))).await;
    }

    pub(crate) async fn publish(&self, keys: &[Value]) {
        self.get("/keys", json_answer(&json!({"keys": keys}))).await;
    }

    pub(crate) async fn get(&self, at: &str, answer: ResponseTemplate) {
        Mock::given(method("GET")).and(path(at)).respond_with(answer).mount(&self.server).await;
    }

    pub(crate) async fn begin(&self) -> Begun {
        let start = self.oidc.begin(ReturnPath::default()).await.unwrap();
        let query = start.authorization_url.expose(|url| query(url));
        Begun { attempt: start.attempt, query }
    }

    /// Claims that hold.
    pub(crate) fn claims(&self, begun: &Begun) -> Value {
        let now = self.clock.now().as_seconds();
        json!({
            "iss": self.issuer, "sub": "alice", "aud": CLIENT, "iat": now, "exp": now + 300,
            "nonce": begun.query["nonce"], "at_hash": encode(&Sha256::digest(ACCESS_TOKEN)[..16]),
        })
    }

    pub(crate) fn header(&self) -> Value {
        json!({"alg": self.key.algorithm(), "kid": "main", "typ": "JWT"})
    }

    /// A good token but for these changes.
    pub(crate) fn token(&self, begun: &Begun, header: Value, claims: Value) -> String {
        self.key.token(&patched(self.header(), header), &patched(self.claims(begun), claims))
    }

    /// Lets the token endpoint give this ID token to whoever proves to have begun the attempt.
    pub(crate) async fn give(&self, begun: &Begun, id_token: &str) {
        let body = json!({"access_token": ACCESS_TOKEN, "token_type": "Bearer", "id_token": id_token});
        let challenge = begun.query["code_challenge"].clone();
        let proves = move |request: &Request| {
            let verifier = form(request).remove("code_verifier").unwrap_or_default();
            URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)) == challenge
        };
        let mock = Mock::given(method("POST")).and(path("/token")).and(proves);
        mock.respond_with(json_answer(&body)).mount(&self.server).await;
    }

    pub(crate) async fn finish(&self, begun: Begun) -> Result<VerifiedSubject, LoginError> {
        let callback = Callback::parse(&begun.callback())?;
        self.oidc.finish(begun.attempt, callback).await
    }

    /// A whole sign-in with this token.
    pub(crate) async fn sign_in(
        &self,
        token: impl FnOnce(&Begun) -> String,
    ) -> Result<VerifiedSubject, LoginError> {
        let begun = self.begin().await;
        self.give(&begun, &token(&begun)).await;
        self.finish(begun).await
    }

    /// How often a path was asked for.
    pub(crate) async fn asked(&self, at: &str) -> usize {
        self.server
            .received_requests()
            .await
            .unwrap()
            .iter()
            .filter(|request| request.url.path() == at)
            .count()
    }
}

/// A client that reaches one port of this machine.
pub(crate) fn egress(port: u16, limits: Limits) -> EgressClient {
    let roots = Roots::pem(authority().as_bytes()).unwrap();
    let local = LocalEndpoint::http("localhost", port).unwrap();
    let egress = Egress::builder(roots, Arc::new(FixedClock::at("2026-11-27T12:00:00Z")))
        .allow(Destination::local(local, "login"))
        .limits(limits)
        .build();
    egress.client("login").unwrap()
}

/// Limits under which silence is noticed at once.
pub(crate) fn impatient() -> Limits {
    Limits { total: Duration::from_millis(80), ..Limits::default() }
}

/// Nothing here speaks TLS; a client wants an authority all the same.
fn authority() -> String {
    rcgen::generate_simple_self_signed(["authority.test".to_owned()]).unwrap().cert.pem()
}

pub(crate) fn json_answer(body: &Value) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(body)
}

pub(crate) fn patched(mut value: Value, changes: Value) -> Value {
    for (name, change) in changes.as_object().unwrap().clone() {
        let object = value.as_object_mut().unwrap();
        if change.is_null() {
            object.remove(&name);
        } else {
            object.insert(name, change);
        }
    }
    value
}

/// The fields of a form.
pub(crate) fn form(request: &Request) -> BTreeMap<String, String> {
    pairs(&String::from_utf8_lossy(&request.body))
}

/// The parameters of a URL.
pub(crate) fn query(url: &str) -> BTreeMap<String, String> {
    pairs(url.split_once('?').unwrap().1)
}

fn pairs(text: &str) -> BTreeMap<String, String> {
    oauth2::url::form_urlencoded::parse(text.as_bytes()).into_owned().collect()
}

/// The bytes that a web layer would seal, and the attempt that it would unseal.
pub(crate) fn through_cookie(attempt: &LoginAttempt) -> LoginAttempt {
    LoginAttempt::from_bytes(&Secret::new(attempt.to_bytes().expose(Vec::clone))).unwrap()
}
