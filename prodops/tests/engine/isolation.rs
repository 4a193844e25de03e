//! Two workspaces, two owners: neither finds anything of the other's, whichever way it asks.

use std::collections::BTreeSet;
use std::path::Path;

use prodops::connectors::contract::Silent;
use prodops::core::audit::{Actor, AuditEvent, AuditObject, Decision};
use prodops::core::fact::{Activity, CommitId};
use prodops::core::id::{
    ApiTokenId, AuditEventId, ConnectionId, PersonId, RepositoryId, UserId, WorkspaceId,
};
use prodops::core::input::ApiTokenName;
use prodops::core::tenancy::{AuthorityError, MembershipState, Role};
use prodops::core::time::Timestamp;
use prodops::engine::{ApiTokenRequest, Engine, EngineError, Workspace};
use prodops::metrics::value::{ActivityClass, LineWork};
use prodops::store::contract::{AuditQuery, PageToken};

use crate::place::{NOW, Place, Tenant, all_history, enter, git, session, slug, stranger, target, tenant};
use crate::repository::{Repository, history};

/// Methods that take an id or a page token.
const BY_ID: &[&str] = &[
    "audit_person",
    "begin_sync",
    "change_role",
    "commits",
    "commits_behind",
    "commits_with",
    "correct_label",
    "coverage",
    "disconnect",
    "duplicates",
    "erase_member",
    "erase_person",
    "ownership",
    "report",
    "repository",
    "request_sync",
    "revoke_api_token",
    "set_member_state",
    "sync",
    "withdraw_correction",
];
/// Methods that take none: what they answer is searched for the other workspace's ids.
const WITHOUT_ID: &[&str] = &[
    "add_member",
    "ai_status",
    "api_tokens",
    "audit",
    "cancel_deletion",
    "choose_ai",
    "connect",
    "connections",
    "create_api_token",
    "deletion",
    "deletion_preview",
    "end_member_sessions",
    "estimate_ai",
    "integrations",
    "permit_counts",
    "plan_syncs",
    "policy_set",
    "repositories",
    "request_deletion",
];

/// Every public asynchronous method of [`Workspace`], from its source.
fn methods() -> BTreeSet<String> {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src/engine")];
    let (mut files, mut found) = (Vec::new(), BTreeSet::new());
    while let Some(folder) = folders.pop() {
        let paths = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let (inner, plain): (Vec<_>, Vec<_>) = paths.partition(|path| path.is_dir());
        folders.extend(inner);
        files.extend(plain);
    }
    for file in files {
        let text = std::fs::read_to_string(file).unwrap();
        let mut inside = false;
        for line in text.lines() {
            inside = if inside { line != "}" } else { line == "impl Workspace {" };
            let method = line.strip_prefix("    pub async fn ").filter(|_| inside);
            found.extend(method.map(|rest| rest.split(['(', '<']).next().unwrap().to_owned()));
        }
    }
    found
}

#[test]
fn every_method_has_a_case() {
    let cases: BTreeSet<String> = BY_ID.iter().chain(WITHOUT_ID).map(|name| (*name).to_owned()).collect();
    assert_eq!(methods(), cases, "a method without a case here could leak");
}

/// What somebody else's method call is about.
struct Ids {
    connection: ConnectionId,
    repository: RepositoryId,
    commit: CommitId,
    member: UserId,
    person: PersonId,
    token: ApiTokenId,
    /// The workspace of an audit event.
    workspace: WorkspaceId,
}

const ABSENT: Ids = Ids {
    connection: ConnectionId::from_bytes([0xA5; 16]),
    repository: RepositoryId::from_bytes([0x5A; 16]),
    commit: CommitId::Sha1([0x5A; 20]),
    member: UserId::from_bytes([0x55; 16]),
    person: PersonId::from_bytes([0x55; 16]),
    token: ApiTokenId::from_bytes([0xAA; 16]),
    workspace: WorkspaceId::from_bytes([0xAA; 16]),
};

/// An event without a sealed part.
fn event(workspace: WorkspaceId) -> AuditEvent {
    AuditEvent {
        id: AuditEventId::from_bytes([1; 16]),
        time: NOW.parse().unwrap(),
        workspace: Some(workspace),
        actor: Actor::Operator,
        action: "Connect".to_owned(),
        object: AuditObject::Workspace,
        decision: Decision::Allowed,
        request: None,
        personal: None,
    }
}

async fn call(workspace: &Workspace, method: &str, ids: &Ids) -> Result<(), EngineError> {
    match method {
        "audit_person" => workspace.audit_person(&event(ids.workspace)).await.map(drop),
        "begin_sync" => workspace.begin_sync(ids.connection).await.map(drop),
        "change_role" => workspace.change_role(ids.member, Role::Viewer).await,
        "commits" => workspace.commits(ids.repository, None, 10).await.map(drop),
        "commits_with" => {
            let query = all_history(Some(ids.repository));
            workspace.commits_with(&query, LineWork::New).await.map(drop)
        }
        "duplicates" => workspace.duplicates(ids.repository, &all_history(None).window).await.map(drop),
        "ownership" => workspace.ownership(ids.repository, "").await.map(drop),
        "commits_behind" => {
            let query = all_history(Some(ids.repository));
            workspace.commits_behind(&query, ActivityClass::Unclassified).await.map(drop)
        }
        "correct_label" => workspace.correct_label(ids.repository, ids.commit, Activity::Chore).await,
        "coverage" => workspace.coverage(ids.repository).await.map(drop),
        "disconnect" => workspace.disconnect(ids.connection).await.map(drop),
        "erase_member" => workspace.erase_member(ids.member).await,
        "erase_person" => workspace.erase_person(ids.person).await,
        "report" => workspace.report(&all_history(Some(ids.repository))).await.map(drop),
        "repository" => workspace.repository(ids.repository).await.map(drop),
        "request_sync" => workspace.request_sync(ids.connection).await,
        "revoke_api_token" => workspace.revoke_api_token(ids.token).await,
        "withdraw_correction" => workspace.withdraw_correction(ids.repository, ids.commit).await,
        "set_member_state" => workspace.set_member_state(ids.member, MembershipState::Active).await,
        "sync" => workspace.sync(ids.connection, &Silent, &Default::default()).await.map(drop),
        other => panic!("no case for `{other}`"),
    }
}

fn viewers_token() -> ApiTokenRequest {
    ApiTokenRequest {
        name: ApiTokenName::new("a script").unwrap(),
        cap: Role::Viewer,
        lifetime_seconds: 3600,
    }
}

/// Both workspaces read the same repository, so that commits alone tell nobody apart.
async fn two(place: &Place, engine: &Engine) -> (Tenant, Ids, Tenant, Repository) {
    let shared = place.repository("shared", &history(30));
    let (one, two) = (tenant(engine, "one").await, tenant(engine, "two").await);
    let connection = one.read(&shared).await;
    let repository = one.workspace.repositories().await.unwrap()[0].id;
    two.read(&shared).await;
    let member = one.joined_by(engine, Role::Member).await.0;
    let token = one.workspace.create_api_token(&viewers_token()).await.unwrap().1.id;
    let commits = one.workspace.commits(repository, None, 100).await.unwrap().items;
    let labelled = commits.iter().find(|commit| commit.label.is_some()).unwrap();
    let (commit, person) = (labelled.id, labelled.author.unwrap());
    let workspace = one.workspace.record().id;
    (one, Ids { connection, repository, commit, member, person, token, workspace }, two, shared)
}

#[tokio::test]
async fn ids_of_another_workspace_are_answered_like_ids_of_nothing() {
    let place = Place::new();
    let engine = place.engine().await;
    let (one, ids, two, _) = two(&place, &engine).await;
    let before = (one.report().await, one.workspace.connections().await.unwrap());
    let logged = one.log().await.len();
    let trail = two.log().await.len();
    for method in BY_ID {
        let foreign = call(&two.workspace, method, &ids).await.unwrap_err();
        let absent = call(&two.workspace, method, &ABSENT).await.unwrap_err();
        assert!(matches!(foreign, EngineError::NotFound), "{method}: {foreign:?}");
        assert_eq!(format!("{foreign:?} {foreign}"), format!("{absent:?} {absent}"), "{method}");
    }
    // Each look at the log leaves one entry, and nothing else came in between.
    assert_eq!(two.log().await.len(), trail + 1, "a foreign id leaves no other trace than an absent one");
    assert_eq!(one.log().await.len(), logged + 1, "nothing is left in the other workspace");
    assert_eq!((one.report().await, one.workspace.connections().await.unwrap()), before);
    // The same calls with the same ids are answered where they belong; the cut comes last.
    let last = ["begin_sync", "disconnect", "erase_person", "erase_member"];
    for method in BY_ID.iter().filter(|method| !last.contains(method)) {
        call(&one.workspace, method, &ids).await.unwrap();
    }
    for method in last {
        call(&one.workspace, method, &ids).await.unwrap();
    }
}

#[tokio::test]
async fn lists_hold_nothing_of_another_workspace() {
    let place = Place::new();
    let engine = place.engine().await;
    let (one, ids, two, shared) = two(&place, &engine).await;
    let own = one.workspace.record().id;
    assert!(two.workspace.connections().await.unwrap().iter().all(|row| row.id != ids.connection));
    two.workspace.plan_syncs().await.unwrap();
    let integrations = two.workspace.integrations().await.unwrap();
    assert!(matches!(&integrations[..], [only] if only.connection.id != ids.connection
            && only.job.as_ref().is_some_and(|job| job.workspace == Some(two.workspace.record().id))));
    let repositories = two.workspace.repositories().await.unwrap();
    assert!(
        matches!(&repositories[..], [only] if only.id != ids.repository && only.connection != ids.connection)
    );
    assert!(two.log().await.iter().all(|event| event.workspace != Some(own)));
    engine.audit_upkeep().await.unwrap();
    let until = NOW.parse::<Timestamp>().unwrap().plus_seconds(3_600);
    let counts = two.workspace.permit_counts(Timestamp::UNIX_EPOCH, until).await.unwrap();
    let foreign = one.workspace.membership().map(Actor::Member);
    assert!(!counts.is_empty() && counts.iter().all(|row| Some(row.actor) != foreign));
    let policies = two.workspace.policy_set().await.unwrap();
    assert!(!format!("{:?}{:?}", policies.summaries(), policies.matrix()).contains(&own.to_string()));
    // What is made in one of them is not in the other.
    let before = two.workspace.connections().await.unwrap();
    two.workspace.disconnect(before[0].id).await.unwrap();
    two.workspace.connect(&git(), &target(shared.path())).await.unwrap();
    assert_eq!(one.workspace.connections().await.unwrap().len(), 1);
    assert_eq!(two.workspace.api_tokens().await.unwrap(), []);
    two.workspace.create_api_token(&viewers_token()).await.unwrap();
    assert_eq!(
        one.workspace.api_tokens().await.unwrap().iter().map(|row| row.id).collect::<Vec<_>>(),
        [ids.token]
    );
    let (here, there) = (session(&engine, one.owner).await, session(&engine, two.owner).await);
    two.workspace.end_member_sessions().await.unwrap();
    assert!(engine.enter(&here, &slug("one")).await.is_ok());
    assert!(matches!(engine.enter(&there, &slug("two")).await, Err(EngineError::NotFound)));
    #[cfg(feature = "ai")]
    ai_is_chosen_apart(&one, &two).await;
    let dates = two.workspace.deletion_preview().await.unwrap();
    assert_eq!(two.workspace.request_deletion().await.unwrap(), dates);
    assert_eq!(
        (one.workspace.deletion().await.unwrap(), two.workspace.deletion().await.unwrap()),
        (None, Some(dates))
    );
    assert!(matches!(one.workspace.cancel_deletion().await, Err(EngineError::NotFound)));
    two.workspace.cancel_deletion().await.unwrap();
    let guest = stranger(&engine, "guest").await;
    two.workspace.add_member(guest, Role::Viewer).await.unwrap();
    assert!(matches!(enter(&engine, guest, "one").await, Err(EngineError::NotFound)));
    let seen = engine.workspaces(&session(&engine, guest).await).await.unwrap();
    assert_eq!(seen.iter().map(|row| row.slug.as_str()).collect::<Vec<_>>(), ["two"]);
}

#[cfg(feature = "ai")]
async fn ai_is_chosen_apart(one: &Tenant, two: &Tenant) {
    use prodops::ai::{AiSettings, Budget, Cost};
    let budget = Budget { commits: 7, cost: Cost::default() };
    let settings = AiSettings { budget, ..AiSettings::default() };
    one.workspace.choose_ai(&settings).await.unwrap();
    assert_eq!(one.workspace.ai_status().await.unwrap().settings, settings);
    assert_eq!(two.workspace.ai_status().await.unwrap().settings, AiSettings::default());
    let refused = two.workspace.estimate_ai(&settings).await;
    assert!(matches!(refused, Err(EngineError::UnknownProvider { .. })), "{refused:?}");
}

#[tokio::test]
async fn people_have_other_ids_in_another_workspace() {
    let place = Place::new();
    let engine = place.engine().await;
    let (one, ids, two, _) = two(&place, &engine).await;
    let theirs = two.workspace.repositories().await.unwrap()[0].id;
    let ours = one.workspace.commits(ids.repository, None, 100).await.unwrap().items;
    let theirs = two.workspace.commits(theirs, None, 100).await.unwrap().items;
    assert_eq!(ours.len(), 30);
    assert_eq!(
        ours.iter().map(|commit| commit.id).collect::<Vec<_>>(),
        theirs.iter().map(|commit| commit.id).collect::<Vec<_>>()
    );
    let authors = |commits: &[prodops::core::fact::CommitFact]| -> BTreeSet<_> {
        commits.iter().filter_map(|commit| commit.author).collect()
    };
    assert!(authors(&ours).is_disjoint(&authors(&theirs)), "one workspace's people name nobody in another");
    let paths = |commits: &[prodops::core::fact::CommitFact]| -> BTreeSet<_> {
        commits.iter().flat_map(|commit| &commit.changes).map(|change| change.path).collect()
    };
    assert!(paths(&ours).is_disjoint(&paths(&theirs)), "nor do its paths");
}

#[tokio::test]
async fn page_tokens_of_another_workspace_or_list_are_refused() {
    let place = Place::new();
    let engine = place.engine().await;
    let (one, ids, two, _) = two(&place, &engine).await;
    let commits = one.workspace.commits(ids.repository, None, 10).await.unwrap().next.unwrap();
    let asked = AuditQuery::default();
    let log = one.workspace.audit(&asked, None, 1).await.unwrap().next.unwrap();
    let theirs = two.workspace.repositories().await.unwrap()[0].id;
    let forged: PageToken = "00".repeat(36).parse().unwrap();
    for token in [&commits, &log, &forged] {
        assert!(matches!(two.workspace.commits(theirs, Some(token), 10).await, Err(EngineError::Page)));
        assert!(matches!(two.workspace.audit(&asked, Some(token), 10).await, Err(EngineError::Page)));
    }
    assert!(matches!(one.workspace.audit(&asked, Some(&commits), 10).await, Err(EngineError::Page)));
    let next = one.workspace.commits(ids.repository, Some(&commits), 100).await.unwrap();
    assert_eq!(next.items.len(), 20);
}

#[tokio::test]
async fn slugs_select_among_ones_own_workspaces_only() {
    let place = Place::new();
    let engine = place.engine().await;
    let (one, two) = (tenant(&engine, "one").await, tenant(&engine, "two").await);
    let session = session(&engine, two.owner).await;
    for forged in ["one", "nowhere", "on", "one-1", &one.workspace.record().id.to_string()[..8]] {
        let refused = engine.enter(&session, &slug(forged)).await.unwrap_err();
        assert!(matches!(refused, EngineError::NotFound), "{forged}: {refused:?}");
    }
    assert_eq!(engine.enter(&session, &slug("two")).await.unwrap().record().id, two.workspace.record().id);
    let own = engine.workspaces(&session).await.unwrap();
    assert!(matches!(&own[..], [only] if only.slug.as_str() == "two"));
    engine.sign_out(&session).await.unwrap();
}

#[tokio::test]
async fn sessions_and_slugs_of_another_engine_open_nothing() {
    let place = Place::new();
    let (here, there) = (place.engine().await, place.engine().await);
    let (ours, theirs) = (tenant(&here, "same").await, tenant(&there, "same").await);
    let foreign = session(&there, theirs.owner).await;
    let refused = here.enter(&foreign, &slug("same")).await.unwrap_err();
    assert!(matches!(refused, EngineError::Authority(AuthorityError::ForeignAuthority)), "{refused:?}");
    assert!(here.workspaces(&foreign).await.is_err());
    let link = there.sign_in_link(theirs.owner, 60).await.unwrap();
    assert!(here.redeem_sign_in_link(&link).await.unwrap().is_none(), "a link of another engine");
    let token = there.redeem_sign_in_link(&link).await.unwrap().unwrap();
    assert!(here.session(&token).await.unwrap().is_none(), "a token of another engine");
    let shared = place.repository("shared", &history(20));
    ours.read(&shared).await;
    assert_eq!(theirs.workspace.repositories().await.unwrap(), []);
    let commits = |report: prodops::metrics::Report| report.result("commits").unwrap().n;
    assert_eq!((commits(ours.report().await) > 0, commits(theirs.report().await)), (true, 0));
}

#[tokio::test]
async fn a_workspace_is_the_same_with_and_without_a_neighbour() {
    let place = Place::new();
    let (shared, other) = (place.repository("shared", &history(40)), place.repository("other", &history(25)));
    let alone = tenant(&place.engine().await, "two").await;
    let engine = place.engine().await;
    let neighbour = tenant(&engine, "one").await;
    let beside = tenant(&engine, "two").await;
    neighbour.read(&other).await;
    alone.read(&shared).await;
    beside.read(&shared).await;
    neighbour.read(&shared).await;
    let (alone_report, beside_report) = (alone.report().await, beside.report().await);
    assert_eq!(alone_report.results, beside_report.results);
    assert_eq!(alone_report.latest_commit, beside_report.latest_commit);
    assert_eq!(alone.log().await.len(), beside.log().await.len());
}
