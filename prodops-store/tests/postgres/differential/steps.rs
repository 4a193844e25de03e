//! Every method of the contract as a step with drawn arguments.

use std::collections::BTreeSet;
use std::fmt::Debug;

use prodops_core::filter::Filter;
use prodops_core::session::SignInLinkRecord;
use prodops_core::time::Timestamp;
use prodops_store::StoreError;
use prodops_store::backend::Backend;
use prodops_store::contract::{
    ErasureSubject, Heartbeat, JobClaim, JobFailure, LineLogPart, PortableRow, PurgeState, SequencedBatch,
    SignedCheckpoint, SyncOutcome, SyncRecord, TombstoneRecord,
};

use super::universe::Draw;

/// What comes back, in words that do not depend on the backend.
pub(super) fn told<T: Debug>(outcome: Result<T, StoreError>) -> String {
    match outcome {
        Ok(value) => format!("{value:?}"),
        Err(StoreError::Backend(error)) => panic!("a backend failed: {error:?}"),
        Err(error) => format!("error: {error:?}"),
    }
}

macro_rules! steps {
    ($on:ident, $draw:ident, $($method:ident => $call:expr;)*) => {
        /// The names of the steps, in the order of their numbers.
        pub(super) const STEPS: &[&str] = &[$(stringify!($method)),*];

        pub(super) async fn take(name: &str, $on: &dyn Backend, $draw: &Draw<'_>) -> String {
            match name {
                $(stringify!($method) => told($call),)*
                _ => unreachable!("{name} is no step"),
            }
        }
    };
}

/// The leaves that come next, or some that do not.
async fn next_batch(on: &dyn Backend, draw: &Draw<'_>) -> Result<SequencedBatch, StoreError> {
    let (leaves, mut frontier) = (on.audit_queue(None, draw.limit()).await?, on.audit_tree().await?.frontier);
    let expected = frontier.size() + u64::from(draw.below(5) / 4);
    frontier.extend(leaves.iter().map(|leaf| leaf.hash));
    let (size, root) = (frontier.size(), frontier.root());
    let checkpoint = SignedCheckpoint { size, root, time: Timestamp::UNIX_EPOCH, note: "a note".to_owned() };
    Ok(SequencedBatch { expected, leaves, frontier, checkpoint })
}

steps! { on, draw,
    create_user => on.create_user(&draw.user_record(), Some(&draw.subject()).filter(|_| draw.flip())).await;
    user_by_subject => on.user_by_subject(&draw.subject()).await;
    put_membership => on.put_membership(&draw.membership()).await;
    replace_membership => {
        let before = draw.membership();
        let after = prodops_core::tenancy::MembershipRecord { role: prodops_core::tenancy::Role::Admin, ..before.clone() };
        on.replace_membership(&before, &after).await
    };
    membership => on.membership(draw.user(), draw.workspace()).await;
    memberships => on.memberships(draw.user()).await;
    put_sign_in_link => on.put_sign_in_link(&draw.token(), &SignInLinkRecord { user: draw.user(), expires: draw.now() }).await;
    take_sign_in_link => on.take_sign_in_link(&draw.token()).await;
    create_session => on.create_session(&draw.token(), &draw.session()).await;
    session => on.session(&draw.token()).await;
    sessions => on.sessions(draw.user()).await;
    note_session_use => on.note_session_use(draw.user(), draw.session_id(), draw.now()).await;
    renew_session => on.renew_session(&draw.token(), &draw.token(), draw.now()).await;
    end_session => on.end_session(draw.user(), draw.session_id()).await;
    revoke_sessions => on.revoke_sessions(draw.revoked()).await;
    create_api_token => on.create_api_token(&draw.token(), &draw.api_token()).await;
    api_token => on.api_token(&draw.token()).await;
    api_tokens => on.api_tokens(draw.membership().id).await;
    note_api_token_use => on.note_api_token_use(&draw.token(), draw.now()).await;
    revoke_api_token => on.revoke_api_token(draw.membership().id, draw.api_token_id()).await;
    create_workspace => {
        let row = draw.workspace_record();
        on.create_workspace(&row, &draw.membership_of(row.id), &draw.event(None)).await
    };
    workspace => on.workspace(draw.workspace()).await;
    acquire_lease => on.acquire_lease(&draw.lease_request()).await;
    renew_lease => on.renew_lease(draw.lease_id(), draw.now()).await;
    release_lease => on.release_lease(draw.lease_id()).await;
    lease => on.lease(draw.lease_id()).await;
    reseal => on.reseal(draw.owner(), None, 10_000).await;
    enqueue_job => on.enqueue_job(&draw.job()).await;
    claim_job => {
        let (worker, now, per_workspace) = (draw.worker(), draw.now(), u32::from(draw.below(3)) + 1);
        on.claim_job(&JobClaim { worker, now, expires: now.plus_seconds(60), per_workspace }).await
    };
    renew_job => on.renew_job(draw.hold(), draw.now()).await;
    complete_job => on.complete_job(draw.hold(), draw.now()).await;
    fail_job => on.fail_job(draw.hold(), JobFailure::Busy, draw.now(), Some(draw.now()).filter(|_| draw.flip())).await;
    release_job => on.release_job(draw.hold(), draw.now()).await;
    job => on.job(draw.log(), draw.task()).await;
    jobs => on.jobs(draw.log(), Some(draw.job_id()).filter(|_| draw.flip()), draw.limit()).await;
    dead_jobs => on.dead_jobs(Some(draw.job_id()).filter(|_| draw.flip()), draw.limit()).await;
    requeue_job => {
        let log = draw.log();
        on.requeue_job(log, draw.job_id(), draw.now(), &draw.event(log)).await
    };
    cancel_job => on.cancel_job(draw.log(), draw.task()).await;
    cancel_jobs => on.cancel_jobs(draw.workspace()).await;
    beat => on.beat(&Heartbeat { worker: draw.worker(), started: draw.now(), at: draw.now(), every: 30 }, draw.now()).await;
    forget_worker => on.forget_worker(draw.worker()).await;
    heartbeats => on.heartbeats().await;
    put_remote_object => on.put_remote_object(&draw.remote_object()).await;
    strike_remote_object => on.strike_remote_object(&draw.tag(), draw.remote_kind()).await;
    remote_objects => on.remote_objects().await;
    create_connection => {
        let own = draw.workspace();
        on.create_connection(own, &draw.connection(), &draw.event(Some(own))).await
    };
    replace_connection => {
        let own = draw.workspace();
        on.replace_connection(own, draw.version(), &draw.connection(), &draw.event(Some(own))).await
    };
    record_sync => {
        let (own, sync) = (draw.workspace(), SyncRecord { finished: draw.now(), outcome: SyncOutcome::Partial });
        on.record_sync(own, draw.connection_id(), draw.epoch(), sync, &draw.event(Some(own))).await
    };
    connection => on.connection(draw.workspace(), draw.connection_id()).await;
    connections => on.connections(draw.workspace(), &Filter::all()).await;
    cursor => on.cursor(draw.workspace(), draw.connection_id(), &draw.stream()).await;
    ingest => on.ingest(draw.workspace(), draw.batch()).await;
    retain_commits => {
        let keep = BTreeSet::from([draw.commit(), draw.commit()]);
        on.retain_commits(draw.workspace(), draw.connection_id(), draw.repository(), draw.epoch(), &keep).await
    };
    repositories => on.repositories(draw.workspace(), &Filter::all()).await;
    repository => on.repository(draw.workspace(), draw.repository()).await;
    commits => {
        let after = Some(draw.commit()).filter(|_| draw.flip());
        on.commits(draw.workspace(), draw.repository(), after, draw.limit()).await
    };
    assign_labels => {
        let own = draw.workspace();
        on.assign_labels(own, &[draw.label(), draw.label()], &draw.event(Some(own))).await
    };
    withdraw_label => {
        let own = draw.workspace();
        on.withdraw_label(own, draw.repository(), draw.commit(), draw.assigner(), &draw.event(Some(own))).await
    };
    assigned_labels => on.assigned_labels(draw.workspace(), draw.repository()).await;
    people => on.people(draw.workspace()).await;
    person => on.person(draw.workspace(), draw.person()).await;
    erase_person => {
        let own = draw.workspace();
        on.erase_person(own, draw.person(), &draw.event(Some(own))).await
    };
    coverage => on.coverage(draw.workspace(), draw.repository()).await;
    line_log => {
        let part = if draw.flip() { LineLogPart::Edits } else { LineLogPart::Snapshot };
        on.line_log(draw.workspace(), draw.repository(), part, None, draw.limit()).await
    };
    tip_files => on.tip_files(draw.workspace(), draw.repository(), None, draw.limit()).await;
    retain_tip_files => {
        let keep = BTreeSet::from([draw.path(), draw.path()]);
        on.retain_tip_files(draw.workspace(), draw.connection_id(), draw.repository(), draw.epoch(), &keep).await
    };
    append_audit => {
        let log = draw.log();
        on.append_audit(log, &[draw.event(log), draw.event(log)]).await
    };
    audit_events => {
        let after = Some(u64::from(draw.below(6))).filter(|_| draw.flip());
        on.audit_events(draw.log(), &draw.question(), after, draw.limit()).await
    };
    audit_log => on.audit_log(draw.log(), u64::from(draw.below(4)), draw.limit()).await;
    audit_head => on.audit_head(draw.log()).await;
    purge_audit => on.purge_audit(draw.log(), u64::from(draw.below(6)), draw.limit()).await;
    audit_tree => on.audit_tree().await;
    audit_queue => on.audit_queue(None, draw.limit()).await;
    sequence_audit => match next_batch(on, draw).await {
        Ok(batch) => on.sequence_audit(&batch).await,
        Err(error) => Err(error),
    };
    audit_leaves => on.audit_leaves(u64::from(draw.below(4)), draw.limit()).await;
    audit_checkpoints => on.audit_checkpoints(draw.limit()).await;
    add_permit_counts => {
        let own = draw.workspace();
        // What is counted for nobody is seen by nobody: PostgreSQL does not know that such a store is not empty.
        match on.workspace(own).await {
            Ok(Some(_)) => on.add_permit_counts(own, &[draw.count(), draw.count()]).await,
            other => other.map(drop),
        }
    };
    ai_use => on.ai_use(draw.workspace()).await;
    put_ai_use => {
        let (own, expected) = (draw.workspace(), Some(draw.version()).filter(|_| draw.flip()));
        on.put_ai_use(own, expected, &draw.ai_use(), &draw.event(Some(own))).await
    };
    permit_counts => on.permit_counts(draw.workspace(), draw.now(), draw.now()).await;
    request_deletion => {
        let own = draw.workspace();
        let row = draw.tombstone(ErasureSubject::Workspace(own));
        on.request_deletion(&TombstoneRecord { state: PurgeState::Pending, ..row }, &draw.event(Some(own))).await
    };
    cancel_deletion => {
        let own = draw.workspace();
        on.cancel_deletion(own, draw.now(), &draw.event(Some(own))).await
    };
    tombstone => on.tombstone(draw.erasure()).await;
    tombstones => on.tombstones().await;
    advance_tombstone => {
        let (from, to) = (Some(draw.purge_state()).filter(|_| draw.flip()), draw.tombstone(draw.erasure()));
        on.advance_tombstone(from, &to, &draw.event(None)).await
    };
    // Each backend has rows of its own beside those of the contract: how many went is its own business, too.
    purge_workspace => on.purge_workspace(draw.workspace(), 10_000).await.map(|purged| purged.done);
    remove_membership => on.remove_membership(draw.user(), draw.workspace()).await;
    remove_user => on.remove_user(draw.user()).await;
    begin_restore => on.begin_restore().await;
    is_restoring => on.is_restoring().await;
    import => {
        let rows = match draw.below(3) {
            0 => (prodops_core::keyring::KeyOwner::Deployment, PortableRow::User(draw.user_record())),
            1 => (draw.owner(), PortableRow::AuditHead(prodops_core::audit::LogHead::default())),
            _ => (prodops_core::keyring::KeyOwner::Workspace(draw.workspace()), PortableRow::ErasedPerson(draw.person())),
        };
        on.import(rows.0, vec![rows.1]).await
    };
    finish_restore => on.finish_restore().await;
}
