//! Every method of the contract that is about one workspace, called from one workspace with the ids of another.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fmt::Debug;
use std::sync::Arc;

use prodops_core::audit::AuditEvent;
use prodops_core::fact::{Activity, AssignedLabel};
use prodops_core::filter::Filter;
use prodops_core::id::{JobId, LeaseId, WorkspaceId};
use prodops_core::keyring::KeyOwner;
use prodops_core::vault::KeyId;
use prodops_store::StoreError;
use prodops_store::backend::Backend;
use prodops_store::contract::{
    AiUseRecord, AuditQuery, ConnectionRecord, ErasureSubject, LineLogPart, NewJob, PortableRow, PurgeState,
    RowBatch, SyncOutcome, SyncRecord, TombstoneRecord,
};
use prodops_store::testing::{Fixture, Generate};

use super::world::{self, Known};

/// Somebody who acts in a workspace, with every id of the same or of another one.
pub(crate) struct Caller<'a> {
    pub(crate) backend: Arc<dyn Backend>,
    pub(crate) fixture: &'a Fixture,
    pub(crate) acting: WorkspaceId,
    pub(crate) known: &'a Known,
    pub(crate) key: KeyId,
    pub(crate) generate: Generate,
}

impl Caller<'_> {
    fn owner(&self) -> KeyOwner {
        KeyOwner::Workspace(self.acting)
    }

    fn event(&self) -> AuditEvent {
        world::event(&self.generate, self.fixture, self.acting, "Connect")
    }

    fn tombstone(&self) -> TombstoneRecord {
        let now = self.fixture.now();
        TombstoneRecord {
            subject: ErasureSubject::Workspace(self.acting),
            requested: now,
            requested_by: prodops_core::audit::Actor::Operator,
            grace_ends: now.plus_seconds(60),
            state: PurgeState::Pending,
            since: now,
            restores: None,
        }
    }
}

/// All that an outcome says, an error with its sources.
fn told<T: Debug>(outcome: Result<T, StoreError>) -> String {
    match outcome {
        Ok(value) => format!("{value:?}"),
        Err(error) => {
            let mut text = format!("error: {error} {error:?}");
            let mut source = error.source();
            while let Some(error) = source {
                text.push_str(&format!(" from {error} {error:?}"));
                source = error.source();
            }
            text
        }
    }
}

macro_rules! calls {
    ($at:ident, $($method:ident => $call:expr;)*) => {
        const CALLS: &[(&str, &str)] = &[$((stringify!($method), stringify!($call))),*];

        /// What comes of each call, in this order: looking before changing, changing before removing.
        pub(crate) async fn all($at: &Caller<'_>) -> Vec<(&'static str, String)> {
            all_with($at, || ()).await
        }

        /// The same, with something done before each call.
        pub(crate) async fn all_with($at: &Caller<'_>, before: impl Fn()) -> Vec<(&'static str, String)> {
            let mut outcomes = Vec::new();
            $(
                before();
                outcomes.push((stringify!($method), told($call)));
            )*
            outcomes
        }
    };
}

calls! { at,
    connection => at.backend.connection(at.acting, at.known.source.connection).await;
    connections => at.backend.connections(at.acting, &Filter::all()).await;
    cursor => at.backend.cursor(at.acting, at.known.source.connection, &at.known.source.stream).await;
    repositories => at.backend.repositories(at.acting, &Filter::all()).await;
    repository => at.backend.repository(at.acting, at.known.history.repository.id).await;
    commits => at.backend.commits(at.acting, at.known.history.repository.id, None, 100).await;
    assigned_labels => at.backend.assigned_labels(at.acting, at.known.history.repository.id).await;
    people => at.backend.people(at.acting).await;
    person => at.backend.person(at.acting, at.known.history.people[0].id).await;
    coverage => at.backend.coverage(at.acting, at.known.history.repository.id).await;
    line_log => at.backend.line_log(at.acting, at.known.history.repository.id, LineLogPart::Edits, None, 100).await;
    tip_files => at.backend.tip_files(at.acting, at.known.history.repository.id, None, 100).await;
    audit_events => at.backend.audit_events(Some(at.acting), &AuditQuery::default(), None, 100).await;
    audit_log => at.backend.audit_log(Some(at.acting), 0, 100).await;
    audit_head => at.backend.audit_head(Some(at.acting)).await;
    ai_use => at.backend.ai_use(at.acting).await;
    permit_counts => {
        let (from, until) = (at.known.count.hour, at.known.count.hour.plus_seconds(3_600));
        at.backend.permit_counts(at.acting, from, until).await
    };
    workspace => at.backend.workspace(at.acting).await;
    membership => at.backend.membership(at.known.membership.user, at.acting).await;
    job => at.backend.job(Some(at.acting), at.known.job.task).await;
    jobs => at.backend.jobs(Some(at.acting), None, 100).await;
    tombstone => at.backend.tombstone(ErasureSubject::Workspace(at.acting)).await;
    rows_of => at.backend.rows_of(at.acting).await;
    rows_under => at.backend.rows_under(at.owner(), at.key).await;
    rows => match at.backend.snapshot().await {
        Ok(mut snapshot) => snapshot.rows(at.owner(), None, usize::MAX).await,
        Err(error) => Err(error),
    };
    log => match at.backend.audit_snapshot().await {
        Ok(mut snapshot) => snapshot.log(Some(at.acting), 0, 100).await,
        Err(error) => Err(error),
    };
    head => match at.backend.audit_snapshot().await {
        Ok(mut snapshot) => snapshot.head(Some(at.acting)).await,
        Err(error) => Err(error),
    };
    create_connection => at.backend.create_connection(at.acting, &at.known.connection.value, &at.event()).await;
    replace_connection => {
        let row = ConnectionRecord { last_sync: None, ..at.known.connection.value.clone() };
        at.backend.replace_connection(at.acting, at.known.connection.version, &row, &at.event()).await
    };
    put_ai_use => {
        let row = AiUseRecord { acknowledged: None, ..at.known.ai_use.value.clone() };
        at.backend.put_ai_use(at.acting, Some(at.known.ai_use.version), &row, &at.event()).await
    };
    record_sync => {
        let sync = SyncRecord { finished: at.fixture.now(), outcome: SyncOutcome::Failed };
        let lease = &at.known.source.lease;
        at.backend.record_sync(at.acting, lease.connection, lease.epoch, sync, &at.event()).await
    };
    ingest => {
        let batch = at.known.source.batch(Some(at.known.mark.as_bytes()), b"2", at.known.history.facts());
        at.backend.ingest(at.acting, RowBatch::new(batch).unwrap()).await
    };
    retain_commits => {
        let (lease, repository) = (&at.known.source.lease, at.known.history.repository.id);
        at.backend.retain_commits(at.acting, lease.connection, repository, lease.epoch, &BTreeSet::new()).await
    };
    retain_tip_files => {
        let (lease, repository) = (&at.known.source.lease, at.known.history.repository.id);
        at.backend.retain_tip_files(at.acting, lease.connection, repository, lease.epoch, &BTreeSet::new()).await
    };
    assign_labels => {
        // The repository of the other workspace is not there for the caller, as it is not there for a batch.
        let label = AssignedLabel { activity: Activity::Docs, ..at.known.label };
        at.backend.assign_labels(at.acting, &[label], &at.event()).await
    };
    withdraw_label => {
        let AssignedLabel { repository, commit, by, .. } = at.known.label;
        at.backend.withdraw_label(at.acting, repository, commit, by, &at.event()).await
    };
    erase_person => at.backend.erase_person(at.acting, at.known.history.people[0].id, &at.event()).await;
    append_audit => at.backend.append_audit(Some(at.acting), &[at.event()]).await;
    purge_audit => at.backend.purge_audit(Some(at.acting), 1, 10).await;
    add_permit_counts => at.backend.add_permit_counts(at.acting, std::slice::from_ref(&at.known.count)).await;
    enqueue_job => {
        // The engine draws the ids of jobs and of leases: nobody chooses one that is taken.
        let id = JobId::from_bytes(at.generate.bytes());
        let job = NewJob { id, workspace: Some(at.acting), ..at.known.job.clone() };
        at.backend.enqueue_job(&job).await
    };
    requeue_job => at.backend.requeue_job(Some(at.acting), at.known.job.id, at.fixture.now(), &at.event()).await;
    cancel_job => at.backend.cancel_job(Some(at.acting), at.known.job.task).await;
    cancel_jobs => at.backend.cancel_jobs(at.acting).await;
    acquire_lease => {
        let mut request = at.fixture.lease_request(at.acting, at.known.source.connection);
        request.id = LeaseId::from_bytes(at.generate.bytes());
        at.backend.acquire_lease(&request).await
    };
    reseal => at.backend.reseal(at.owner(), None, 1_000).await;
    import => {
        let rows = vec![PortableRow::Repository(at.known.history.repository.clone())];
        at.backend.import(at.owner(), rows).await
    };
    request_deletion => at.backend.request_deletion(&at.tombstone(), &at.event()).await;
    cancel_deletion => at.backend.cancel_deletion(at.acting, at.fixture.now(), &at.event()).await;
    remove_membership => at.backend.remove_membership(at.known.membership.user, at.acting).await;
    purge_workspace => at.backend.purge_workspace(at.acting, 10_000).await;
}

/// Methods that no workspace comes into, each with what guards them instead.
const OUTSIDE: &[(&str, &[&str])] = &[
    (
        "identity: by the exact id or secret of a user, a session or a token",
        &[
            "create_user",
            "user_by_subject",
            "put_membership",
            "replace_membership",
            "memberships",
            "put_sign_in_link",
            "take_sign_in_link",
            "create_session",
            "session",
            "sessions",
            "note_session_use",
            "renew_session",
            "end_session",
            "revoke_sessions",
            "create_api_token",
            "api_token",
            "api_tokens",
            "note_api_token_use",
            "revoke_api_token",
            "remove_user",
        ],
    ),
    (
        "control: by the exact id of a lease, a job or a worker, and for the deployment's operator",
        &[
            "create_workspace",
            "renew_lease",
            "release_lease",
            "lease",
            "claim_job",
            "renew_job",
            "complete_job",
            "fail_job",
            "release_job",
            "dead_jobs",
            "beat",
            "forget_worker",
            "heartbeats",
            "put_remote_object",
            "strike_remote_object",
            "remote_objects",
            "tombstones",
            "advance_tombstone",
            "begin_restore",
            "is_restoring",
            "finish_restore",
            "snapshot",
            "workspaces",
        ],
    ),
    (
        "the tree: hashes of all logs, for its sequencer and its verifier",
        &[
            "audit_snapshot",
            "audit_tree",
            "audit_queue",
            "sequence_audit",
            "audit_leaves",
            "audit_checkpoints",
            "registry",
            "right_edge",
            "checkpoints",
            "leaves",
            "queue",
        ],
    ),
];

/// The methods of the contract, each with its signature.
pub(crate) fn contract() -> BTreeMap<String, String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/backend");
    let mut methods = BTreeMap::new();
    for file in std::fs::read_dir(folder).unwrap() {
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        for declared in text.split("async fn ").skip(1) {
            let signature = declared.split(';').next().unwrap();
            methods.insert(signature.split('(').next().unwrap().to_owned(), signature.to_owned());
        }
    }
    methods
}

/// A method that is new in the contract is called here, or said to be outside with a reason; one that names a workspace or
/// an owner of keys is never outside.
#[test]
fn every_method_of_the_contract_is_called() {
    let called: BTreeSet<&str> = CALLS.iter().map(|(method, _)| *method).collect();
    let outside: BTreeSet<&str> = OUTSIDE.iter().flat_map(|(_, methods)| *methods).copied().collect();
    for (method, call) in CALLS {
        let call: String = call.split_whitespace().collect();
        assert!(call.contains(&format!(".{method}(")), "the call of {method} does not make it");
    }
    let contract = contract();
    assert!(contract.len() > 70, "the contract was found");
    for (method, signature) in &contract {
        let of_workspace = signature.contains("workspace: ") || signature.contains("owner: KeyOwner");
        let method = method.as_str();
        // A membership is looked for, and a user removed, by who they are.
        assert!(
            !of_workspace || called.contains(method) || method == "create_workspace",
            "{method} is not called"
        );
        assert!(
            called.contains(method) != outside.contains(method),
            "{method} is called, or outside for a reason"
        );
    }
    let known = called.union(&outside).filter(|method| !contract.contains_key(**method));
    assert_eq!(known.count(), 0, "what is called or outside is in the contract");
}
