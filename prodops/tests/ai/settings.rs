//! Off by default, a condition that somebody must acknowledge, and a budget.

use prodops::ai::{AiError, AiSettings, Budget, ConsentError, Cost, Silent, Training};

use super::fuse::Fuse;
use super::scene::{ANTHROPIC, COMPATIBLE, GEMINI, OPENAI, Scene, commits, consent};

#[tokio::test]
async fn nothing_is_sent_by_default() {
    let scene = Scene::new(OPENAI).await;
    let refusal = AiSettings::default().admit(scene.provider().entry(), Budget::default()).expect_err("off");
    assert_eq!(refusal, ConsentError::Off);
    assert!(scene.double.seen().is_empty());
}

#[tokio::test]
async fn a_condition_is_acknowledged_word_for_word() {
    for kit in [OPENAI, GEMINI] {
        let scene = Scene::new(kit).await;
        let provider = scene.provider();
        let Training::Unless(condition) = &provider.entry().training else { panic!("no condition") };
        let settings = |acknowledged: Option<&str>| AiSettings {
            provider: Some(provider.entry().name.clone()),
            acknowledged: acknowledged.map(str::to_owned),
            budget: Budget { commits: 1, cost: Cost::from_millionths(1) },
            ..AiSettings::default()
        };
        for other in [None, Some(""), Some("yes"), Some(&condition[1..])] {
            let refusal =
                settings(other).admit(provider.entry(), Budget::default()).expect_err("unacknowledged");
            assert!(refusal.to_string().contains(condition.as_str()), "{refusal}");
        }
        assert!(settings(Some(condition)).admit(provider.entry(), Budget::default()).is_ok());
    }
}

#[tokio::test]
async fn consent_is_for_one_provider() {
    let (one, other) = (Scene::new(ANTHROPIC).await, Scene::new(OPENAI).await);
    let consent = consent(&*one.provider());
    let error =
        other.driver(&Fuse::never()).run(&consent, &commits(1), &Silent).await.expect_err("another one");
    assert!(matches!(error, AiError::Consent(ConsentError::OtherProvider { .. })), "{error}");
    assert!(other.double.seen().is_empty());
}

#[tokio::test]
async fn a_run_over_the_budget_sends_nothing() {
    let scene = Scene::new(ANTHROPIC).await;
    let (provider, driver) = (scene.provider(), scene.driver(&Fuse::never()));
    let estimate = driver.estimate(&commits(3));
    let budget = Budget { commits: 3, cost: estimate.cost };
    let settings = AiSettings {
        provider: Some("anthropic".to_owned()),
        acknowledged: None,
        budget,
        ..AiSettings::default()
    };
    let one = Budget { commits: 1, cost: Cost::default() };
    let penny = Budget { commits: 0, cost: Cost::from_millionths(1) };
    for spent in [one, penny, budget] {
        let consent = settings.admit(provider.entry(), spent).unwrap();
        let error = driver.run(&consent, &commits(3), &Silent).await.expect_err("over the budget");
        assert!(matches!(error, AiError::Consent(ConsentError::OverBudget { .. })), "{error}");
    }
    assert!(scene.double.seen().is_empty());
    let consent = settings.admit(provider.entry(), Budget::default()).unwrap();
    assert_eq!(driver.run(&consent, &commits(3), &Silent).await.unwrap().counts.labelled, 3);
}

#[tokio::test]
async fn the_register_says_what_a_person_must_know() {
    for kit in [OPENAI, ANTHROPIC, GEMINI, COMPATIBLE] {
        let scene = Scene::new(kit).await;
        let told = scene.provider().entry().describe().join("\n");
        for part in ["purpose: ", "region: ", "terms: ", "keeps: ", "training: ", "hosts: localhost:"] {
            assert!(told.contains(part), "{told}");
        }
    }
}
