//! Sign-ins at a provider that others wrote: `oidc-provider`, run by Node on a port of this machine.

mod browser;
mod node;

use std::sync::Arc;

use prodops::connectors::http::egress::{EgressClient, Limits};
use prodops::core::clock::{Clock as _, SystemClock};
use prodops::core::entropy::SystemEntropy;
use prodops::core::secret::Secret;
use prodops::core::session::VerifiedSubject;
use prodops::login::{Callback, IdTokenFault, LoginAttempt, LoginError, Oidc, OidcSettings, ReturnPath};

use self::browser::{Browser, Page};
use self::node::Provider;
use super::scene::egress;

const CALLBACK: &str = "https://prodops.test/callback";

fn settings(provider: &Provider, client: &str) -> OidcSettings {
    OidcSettings::new(&provider.issuer(), client, CALLBACK).unwrap()
}

fn oidc(provider: &Provider, settings: OidcSettings) -> Oidc {
    Oidc::new(settings, way(provider), Arc::new(SystemClock), Arc::new(SystemEntropy))
}

fn way(provider: &Provider) -> EgressClient {
    egress(provider.port, Limits::default())
}

/// Sends the browser to the provider and answers what it comes back with.
async fn authorize(oidc: &Oidc, browser: &mut Browser) -> (LoginAttempt, String) {
    let start = oidc.begin(ReturnPath::default()).await.unwrap();
    let mut page = browser.open(&start.authorization_url.expose(String::clone)).await;
    // A login form, then a question of consent, unless a session answers for them.
    for _ in 0..3 {
        page = match page {
            Page::Left(url) => {
                let query = url.strip_prefix(CALLBACK).and_then(|rest| rest.strip_prefix('?')).expect(&url);
                return (start.attempt, query.to_owned());
            }
            form if form.asks_for("login") => {
                browser.submit(&form, &[("login", "alice"), ("password", "x")]).await
            }
            form => browser.submit(&form, &[]).await,
        };
    }
    panic!("the provider asks on and on: {page:?}");
}

async fn sign_in(oidc: &Oidc, browser: &mut Browser) -> Result<VerifiedSubject, LoginError> {
    let (attempt, query) = authorize(oidc, browser).await;
    oidc.finish(attempt, Callback::parse(&query).unwrap()).await
}

#[tokio::test]
async fn people_sign_in_by_every_algorithm() {
    let provider = Provider::start();
    for algorithm in ["RS256", "PS256", "ES256", "EdDSA"] {
        let oidc = oidc(&provider, settings(&provider, &format!("prodops-{algorithm}")));
        let subject = sign_in(&oidc, &mut Browser::new(way(&provider))).await.unwrap();
        let alice = VerifiedSubject::new(&provider.issuer(), "alice", subject.auth_time()).unwrap();
        assert_eq!(subject, alice, "{algorithm}");
    }
}

#[tokio::test]
async fn a_confidential_client_signs_in_with_a_limit_on_age() {
    let provider = Provider::start();
    let secret = Secret::new(provider.secret.clone());
    let good = settings(&provider, "confidential").client_secret(secret).max_age_seconds(3600);
    let subject = sign_in(&oidc(&provider, good), &mut Browser::new(way(&provider))).await.unwrap();
    assert!(SystemClock.now().seconds_since(subject.auth_time()) < 600);

    let wrong = settings(&provider, "confidential").client_secret(Secret::new("wrong".to_owned()));
    let refused = sign_in(&oidc(&provider, wrong), &mut Browser::new(way(&provider))).await;
    assert!(matches!(refused, Err(LoginError::Exchange)), "{refused:?}");
}

#[tokio::test]
async fn a_code_of_another_client_or_attempt_or_a_used_one_is_refused() {
    let provider = Provider::start();
    let mine = oidc(&provider, settings(&provider, "prodops-ES256"));
    let other = oidc(&provider, settings(&provider, "other"));
    let with_code = |query: &str, from: &str| {
        let code = browser::parameter(from, "code").unwrap();
        let state = browser::parameter(query, "state").unwrap();
        let issuer = browser::parameter(query, "iss").unwrap();
        Callback::parse(&format!("code={code}&state={state}&iss={issuer}")).unwrap()
    };
    for from in [&other, &mine] {
        let (_, stolen) = authorize(from, &mut Browser::new(way(&provider))).await;
        let (attempt, query) = authorize(&mine, &mut Browser::new(way(&provider))).await;
        let refused = mine.finish(attempt, with_code(&query, &stolen)).await;
        assert!(matches!(refused, Err(LoginError::Exchange)), "{refused:?}");
    }
    // A used code, by a process that does not remember the attempt.
    let (attempt, query) = authorize(&mine, &mut Browser::new(way(&provider))).await;
    let again = super::scene::through_cookie(&attempt);
    assert!(mine.finish(attempt, Callback::parse(&query).unwrap()).await.is_ok());
    let restarted = oidc(&provider, settings(&provider, "prodops-ES256"));
    let refused = restarted.finish(again, Callback::parse(&query).unwrap()).await;
    assert!(matches!(refused, Err(LoginError::Exchange)), "{refused:?}");
}

#[tokio::test]
async fn a_token_for_another_client_is_refused() {
    let provider = Provider::start();
    let mine = oidc(&provider, settings(&provider, "prodops-ES256"));
    let other = oidc(&provider, settings(&provider, "other"));
    assert!(sign_in(&other, &mut Browser::new(way(&provider))).await.is_ok());
    Browser::new(way(&provider)).open(&format!("{}/mix-up", provider.issuer())).await;
    let refused = sign_in(&mine, &mut Browser::new(way(&provider))).await;
    assert!(matches!(refused, Err(LoginError::IdToken { fault: IdTokenFault::Audience })), "{refused:?}");
}

#[tokio::test]
async fn whoever_signs_out_signs_in_anew() {
    let provider = Provider::start();
    let oidc = oidc(&provider, settings(&provider, "prodops-RS256"));
    let mut browser = Browser::new(way(&provider));
    sign_in(&oidc, &mut browser).await.unwrap();
    let asked = browser.submitted();
    sign_in(&oidc, &mut browser).await.unwrap();
    assert_eq!(browser.submitted(), asked, "the session at the provider answers for the person");

    let url = oidc.end_session_url(Some("https://prodops.test/")).await.unwrap().unwrap();
    let question = browser.open(&url).await;
    let left = browser.submit(&question, &[("logout", "yes")]).await;
    assert!(matches!(&left, Page::Left(url) if url == "https://prodops.test/"), "{left:?}");
    let asked = browser.submitted();
    sign_in(&oidc, &mut browser).await.unwrap();
    assert!(browser.submitted() > asked, "the session at the provider is over");
}

#[tokio::test]
async fn a_person_who_declines_is_not_signed_in() {
    let provider = Provider::start();
    let oidc = oidc(&provider, settings(&provider, "prodops-RS256"));
    let mut browser = Browser::new(way(&provider));
    let start = oidc.begin(ReturnPath::default()).await.unwrap();
    let form = browser.open(&start.authorization_url.expose(String::clone)).await;
    let Page::Left(url) = browser.open(&form.link("abort")).await else { panic!("still there") };
    let callback = Callback::parse(url.split_once('?').unwrap().1).unwrap();
    let refused = oidc.finish(start.attempt, callback).await;
    assert!(matches!(refused, Err(LoginError::Denied { code: "access_denied" })), "{refused:?}");
}
