//! A decision point over the generated workspaces, and services that ask it.

use authzen::credential::Credentials;
use authzen::decision::Point;
use authzen::http::Served;
use authzen::{PageKey, generate, router};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use prodops_core::testing::SeededEntropy;
use serde_json::{Value, json};
use tower::ServiceExt;

/// A service with the token of one workspace.
#[derive(Clone)]
pub(crate) struct Service {
    router: Router,
    pub(crate) token: String,
    pub(crate) workspace: &'static str,
}

/// An answer.
pub(crate) struct Answered {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answered {
    /// The body of a success.
    pub(crate) fn json(&self) -> Value {
        assert_eq!(self.status, StatusCode::OK, "{}", self.body);
        assert_eq!(self.headers[header::CONTENT_TYPE], "application/json");
        serde_json::from_str(&self.body).unwrap()
    }
}

/// The services of both workspaces, with one decision point.
pub(crate) fn services() -> [Service; 2] {
    services_of(generate::point(40).unwrap())
}

/// The services of a decision point about two workspaces of these names.
pub(crate) fn services_of(point: Point) -> [Service; 2] {
    let entropy = SeededEntropy::new(11);
    let (credentials, tokens) = Credentials::generate(point.directory().workspaces(), &entropy).unwrap();
    let pages = PageKey::generate(&entropy).unwrap();
    let identifier = "https://pdp.example.com".parse().unwrap();
    let router = router(Served { point, credentials, pages, identifier });
    ["north", "south"].map(|workspace| Service {
        router: router.clone(),
        token: tokens[workspace].reveal(),
        workspace,
    })
}

/// The service of the first workspace.
pub(crate) fn north() -> Service {
    services().into_iter().next().unwrap()
}

impl Service {
    /// Sends a request as it is.
    pub(crate) async fn send(&self, request: Request<Body>) -> Answered {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        Answered { status, headers, body: String::from_utf8(body.to_vec()).unwrap() }
    }

    /// A request of this service.
    pub(crate) fn request(&self, path: &str, body: impl Into<Body>) -> Request<Body> {
        Request::post(path)
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::AUTHORIZATION, format!("Bearer {}", self.token))
            .body(body.into())
            .unwrap()
    }

    /// Asks below `/access/v1/`.
    pub(crate) async fn ask(&self, endpoint: &str, body: &Value) -> Answered {
        self.send(self.request(&format!("/access/v1/{endpoint}"), body.to_string())).await
    }

    /// The id of something in this workspace.
    pub(crate) fn id(&self, what: &str, number: usize) -> String {
        format!("{}-{what}-{number}", self.workspace)
    }

    /// A question about a member and a repository of this workspace.
    pub(crate) fn question(&self, member: usize, action: &str, repository: usize) -> Value {
        json!({
            "subject": { "type": "Member", "id": self.id("member", member) },
            "action": { "name": action },
            "resource": { "type": "Repository", "id": self.id("repository", repository) },
            "context": { "second_factor": true },
        })
    }

    /// The decision about a question.
    pub(crate) async fn decides(&self, question: &Value) -> bool {
        self.ask("evaluation", question).await.json()["decision"].as_bool().unwrap()
    }
}
