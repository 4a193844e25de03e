//! Asks the policies, tells the decision log, counts what they permit, and leaves denials in the audit log.

use prodops_core::audit::{AuditObject, Decision};
use prodops_core::tenancy::WorkspaceScope;
use prodops_policy::{Action, DecisionRecord, Denied, ListAction, Moment, Permit, Visible, WorkspaceFacts};

use super::entry::Engine;
use super::error::EngineError;
use super::workspace::Workspace;

impl Engine {
    /// The permit of background work for an action on a resource of its own.
    ///
    /// # Errors
    /// [`EngineError::Denied`] when the policies do not allow it.
    pub(super) fn system_permit<A: Action>(
        &self,
        scope: &WorkspaceScope,
        resource: &A::Resource,
    ) -> Result<Permit<A>, EngineError> {
        let (policy, moment) = (self.policy(), Moment::at(self.parts().clock.now()));
        let decision = policy.authorize::<A>(scope, resource, &moment);
        self.decided::<A>(scope, decision.is_ok(), None, || policy.record::<A>(scope, resource, &moment));
        decision.map_err(|_| EngineError::Denied)
    }
}

impl Workspace {
    /// What is known at the moment of asking. Whether a second factor was used, which people and teams are the caller's, is not:
    /// it has the value that refuses.
    pub(super) fn moment(&self) -> Moment {
        Moment::at(self.engine.parts().clock.now())
    }

    /// Whether the policies would let the caller do something to the workspace as a whole: for showing or leaving out a
    /// button. It leaves no trace and opens nothing; whoever goes on is asked again.
    #[must_use]
    pub fn may<A: Action<Resource = WorkspaceFacts>>(&self) -> bool {
        let facts = WorkspaceFacts::of(&self.scope);
        self.engine.policy().authorize::<A>(&self.scope, &facts, &self.moment()).is_ok()
    }

    /// Whether the policies would show the caller any row of a list: for showing the way there, as [`Workspace::may`].
    #[must_use]
    pub fn may_list<A: ListAction>(&self) -> bool {
        self.engine.policy().visible::<A>(&self.scope, &self.moment()).is_ok()
    }

    /// The permit for an action on a resource.
    ///
    /// # Errors
    /// [`EngineError::Denied`], with an audit event, when the policies do not allow it.
    pub(super) async fn permit<A: Action>(&self, resource: &A::Resource) -> Result<Permit<A>, EngineError> {
        let (policy, moment) = (self.engine.policy(), self.moment());
        let decision = policy.authorize::<A>(&self.scope, resource, &moment);
        self.settle::<A, _>(decision, || policy.record::<A>(&self.scope, resource, &moment)).await
    }

    /// The rows of a list that the caller may see.
    ///
    /// # Errors
    /// [`EngineError::Denied`], with an audit event, when the caller may not list them at all.
    pub(super) async fn visible<A: ListAction>(&self) -> Result<Visible<A>, EngineError> {
        let (policy, moment) = (self.engine.policy(), self.moment());
        let decision = policy.visible::<A>(&self.scope, &moment);
        self.settle::<A, _>(decision, || policy.record_list::<A>(&self.scope, &moment)).await
    }

    async fn settle<A: Action, T>(
        &self,
        decision: Result<T, Denied>,
        record: impl FnOnce() -> DecisionRecord,
    ) -> Result<T, EngineError> {
        self.engine.decided::<A>(&self.scope, decision.is_ok(), self.request, record);
        match decision {
            Ok(allowed) => Ok(allowed),
            Err(denied) => {
                self.log(A::NAME, AuditObject::from(denied.resource()), Decision::Denied).await?;
                Err(EngineError::Denied)
            }
        }
    }
}
