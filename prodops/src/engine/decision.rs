//! The decision log: what the policies were asked and what they answered.

use std::fmt;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use prodops_core::audit::{Actor, AuditObject, Decision};
use prodops_core::id::{RequestId, WorkspaceId};
use prodops_core::tenancy::WorkspaceScope;
use prodops_core::time::Timestamp;
use prodops_policy::{
    Action, Denied, ListConnections, ListRepositories, ReadReport, ReadRepository, ReadWorkspace,
    ResourceKey, resource_type,
};

use super::entry::Engine;

/// Of the allowances of ordinary actions, one in so many is told.
const SAMPLE: NonZeroU32 = NonZeroU32::MIN.saturating_add(99);

/// What everybody does all the time. Every other action is sensitive, one that is new included.
const ORDINARY: [&str; 5] = [
    ReadWorkspace::NAME,
    ReadReport::NAME,
    ListRepositories::NAME,
    ReadRepository::NAME,
    ListConnections::NAME,
];

/// One decision of the policies.
///
/// # Security
/// It names things by id: no name, address or other attribute of what was asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct DecisionRecord {
    /// When it was made.
    pub time: Timestamp,
    /// In which workspace it was asked for.
    pub workspace: WorkspaceId,
    /// Who asked: a membership or a kind of background work.
    pub actor: Actor,
    /// The action, as the policy schema names it.
    pub action: &'static str,
    /// The type of what it is done to, as the policy schema names it.
    pub resource_type: &'static str,
    /// The id of what it is done to; `None` where the workspace has one of its kind, and for a list.
    pub resource: Option<[u8; 16]>,
    /// [`Decision::Allowed`] or [`Decision::Denied`].
    pub decision: Decision,
    /// The ids of the policies that forbade it or failed.
    pub policies: Vec<String>,
    /// Whether a policy could not be evaluated: somebody should look at it.
    pub errored: bool,
    /// The request that it belongs to.
    pub request: Option<RequestId>,
}

/// Where decisions are told. It is called while the caller waits, with nothing locked.
pub trait DecisionSink: Send + Sync {
    /// Takes a decision in.
    fn record(&self, decision: &DecisionRecord);
}

/// Tells decisions to the process log, under the target `prodops::decision`.
#[derive(Debug, Clone, Copy, Default)]
pub struct LogDecisions;

impl DecisionSink for LogDecisions {
    fn record(&self, decision: &DecisionRecord) {
        let DecisionRecord { time, workspace, action, resource_type, errored, .. } = decision;
        let (actor, outcome) = (decision.actor, decision.decision);
        let (policies, request) = (&decision.policies, decision.request.map(|id| id.to_string()));
        let resource = decision.resource.map(|id| format!("{:032x}", u128::from_be_bytes(id)));
        tracing::info!(
            target: "prodops::decision",
            %time, %workspace, ?actor, action, resource_type, resource, ?outcome, ?policies, errored, request,
        );
    }
}

/// What is told of the decisions, and to whom.
pub(super) struct DecisionLog {
    sink: Arc<dyn DecisionSink>,
    sample: NonZeroU32,
    allowances: AtomicU64,
}

impl DecisionLog {
    pub(super) fn new(sink: Arc<dyn DecisionSink>, sample: NonZeroU32) -> Self {
        Self { sink, sample, allowances: AtomicU64::new(0) }
    }

    /// Every refusal, every allowance of a sensitive action, and a sample of the others.
    fn tell(&self, decision: &DecisionRecord) {
        let ordinary = decision.decision == Decision::Allowed && ORDINARY.contains(&decision.action);
        if !ordinary || self.draws() {
            self.sink.record(decision);
        }
    }

    /// One in [`sample`](Self::sample), spread so that a page which always asks the same questions in the same order is not
    /// always heard at the same one: steps of the golden ratio around a circle.
    fn draws(&self) -> bool {
        const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;
        let place = self.allowances.fetch_add(1, Ordering::Relaxed).wrapping_mul(GOLDEN);
        place <= u64::MAX / u64::from(self.sample.get())
    }
}

impl Default for DecisionLog {
    fn default() -> Self {
        Self::new(Arc::new(LogDecisions), SAMPLE)
    }
}

impl fmt::Debug for DecisionLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DecisionLog").field("sample", &self.sample).finish_non_exhaustive()
    }
}

impl Engine {
    /// Counts a permit and tells the decision log. `resource` is `None` for a list.
    pub(super) fn decided<A: Action, T>(
        &self,
        scope: &WorkspaceScope,
        resource: Option<ResourceKey>,
        answer: &Result<T, Denied>,
        request: Option<RequestId>,
    ) {
        let parts = self.parts();
        let denied = answer.as_ref().err();
        if denied.is_none() {
            parts.permits.note(scope, A::NAME, resource_type::<A>());
        }
        parts.decisions.tell(&DecisionRecord {
            time: parts.clock.now(),
            workspace: scope.workspace(),
            actor: Actor::from(scope.principal()),
            action: A::NAME,
            resource_type: resource_type::<A>(),
            resource: resource.and_then(|key| AuditObject::from(key).id()),
            decision: if denied.is_none() { Decision::Allowed } else { Decision::Denied },
            policies: denied.map_or_else(Vec::new, |denied| denied.policies().to_vec()),
            errored: denied.is_some_and(Denied::errored),
            request,
        });
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use prodops_core::tenancy::SystemPrincipal;

    use super::*;

    #[derive(Default)]
    struct Heard(Mutex<Vec<DecisionRecord>>);

    impl DecisionSink for Heard {
        fn record(&self, decision: &DecisionRecord) {
            self.0.lock().unwrap().push(decision.clone());
        }
    }

    fn asked(action: &'static str, decision: Decision) -> DecisionRecord {
        DecisionRecord {
            time: Timestamp::UNIX_EPOCH,
            workspace: WorkspaceId::from_bytes([1; 16]),
            actor: Actor::System(SystemPrincipal::Sync),
            action,
            resource_type: "Workspace",
            resource: None,
            decision,
            policies: Vec::new(),
            errored: false,
            request: None,
        }
    }

    #[test]
    fn refusals_and_sensitive_allowances_are_told_always_and_others_as_a_sample() {
        let heard = Arc::new(Heard::default());
        let sink = Arc::<Heard>::clone(&heard);
        let log = DecisionLog::new(sink, SAMPLE);
        let told = |action, decision| {
            for _ in 0..10_000 {
                log.tell(&asked(action, decision));
            }
            std::mem::take(&mut *heard.0.lock().unwrap()).len()
        };
        assert_eq!(told("ReadReport", Decision::Denied), 10_000);
        assert_eq!(told("ReadAudit", Decision::Allowed), 10_000);
        assert_eq!(told("SomethingNew", Decision::Allowed), 10_000);
        let sampled = told("ReadReport", Decision::Allowed);
        assert!((95..=105).contains(&sampled), "{sampled} of 10,000");
    }

    #[test]
    fn a_sample_hears_every_question_of_a_page_that_asks_the_same_ones_each_time() {
        let heard = Arc::new(Heard::default());
        let sink = Arc::<Heard>::clone(&heard);
        let log = DecisionLog::new(sink, SAMPLE);
        for _ in 0..2_500 {
            for action in &ORDINARY[..4] {
                log.tell(&asked(action, Decision::Allowed));
            }
        }
        for action in &ORDINARY[..4] {
            let count = heard.0.lock().unwrap().iter().filter(|each| each.action == *action).count();
            assert!((10..=40).contains(&count), "{action}: {count} of 2,500");
        }
    }
}
