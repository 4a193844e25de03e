//! Policies are replaced while the engine runs, as a whole or not at all.

use prodops::core::audit::{Actor, AuditEvent, AuditObject};
use prodops::core::tenancy::Role;
use prodops::engine::{Engine, EngineError};
use prodops::policy::{Policy, PolicyFile};

use crate::place::{Place, tenant};

const NO_LISTS: &str = "@id(\"closed-for-now\") @description(\"Nobody lists repositories for now.\")
forbid (principal, action == ProdOps::Action::\"ListRepositories\", resource);";

fn with<'a>(name: &'a str, text: &'a str) -> Vec<PolicyFile<'a>> {
    let shipped = Policy::shipped_files().iter().copied();
    shipped.chain([PolicyFile { name, text }]).collect()
}

async fn reloads(engine: &Engine) -> Vec<AuditEvent> {
    let source = engine.audit_source("ExportAudit").await.unwrap();
    let rows = source.entries(None, 0).await.unwrap().unwrap();
    let events = rows.into_iter().map(|(_, kept)| kept.unwrap().body.unwrap().event);
    events.filter(|event| event.action == "ReloadPolicies").collect()
}

#[tokio::test]
async fn other_policies_decide_from_the_next_question_on() {
    let place = Place::new();
    let engine = place.engine().await;
    let one = tenant(&engine, "one").await;
    let (_, viewer) = one.joined_by(&engine, Role::Viewer).await;
    assert!(viewer.repositories().await.is_ok());
    engine.reload_policies(&with("closed.cedar", NO_LISTS)).await.unwrap();
    for caller in [&viewer, &one.workspace] {
        assert!(matches!(caller.repositories().await, Err(EngineError::Denied)));
    }
    engine.reload_policies(Policy::shipped_files()).await.unwrap();
    assert!(viewer.repositories().await.is_ok());
    let entries = reloads(&engine).await;
    assert_eq!(entries.len(), 2);
    assert!(
        entries.iter().all(|event| (event.actor, event.object) == (Actor::Operator, AuditObject::Deployment))
    );
}

#[tokio::test]
async fn a_set_that_is_not_taken_leaves_the_one_in_force() {
    let place = Place::new();
    let engine = place.engine().await;
    let one = tenant(&engine, "one").await;
    engine.reload_policies(&with("closed.cedar", NO_LISTS)).await.unwrap();
    let broken = [
        ("syntax.cedar", "permit (principal, action, resource"),
        ("nameless.cedar", "permit (principal, action, resource);"),
        (
            "misspelt.cedar",
            "@id(\"x\") @description(\"x\") permit (principal, action == ProdOps::Action::\"Conect\", resource);",
        ),
    ];
    for (name, text) in broken {
        let refused = engine.reload_policies(&with(name, text)).await.unwrap_err();
        let EngineError::Reload(error) = refused else { panic!("{name}: {refused:?}") };
        assert!(error.to_string().contains(name), "{error}");
    }
    assert!(
        matches!(engine.reload_policies(&[]).await, Err(EngineError::Reload(_))),
        "nothing keeps tenants apart"
    );
    assert!(matches!(one.workspace.repositories().await, Err(EngineError::Denied)), "still the set before");
    assert_eq!(reloads(&engine).await.len(), 1, "what was not loaded is no entry");
}

#[tokio::test]
async fn an_engine_begins_with_the_policies_that_it_is_given() {
    let place = Place::new();
    let file = place.path("store");
    let closed = || Policy::load(&with("closed.cedar", NO_LISTS)).unwrap();
    let engine = place.engine_with(&file, |builder| builder.policy(closed())).await.unwrap();
    let one = tenant(&engine, "one").await;
    assert!(matches!(one.workspace.repositories().await, Err(EngineError::Denied)));
    assert!(engine.policy().summaries().iter().any(|each| each.id == "closed-for-now"));
}
