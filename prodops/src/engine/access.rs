//! Asks the policies, tells the decision log, counts what they permit, and leaves denials in the audit log.

use prodops_core::audit::{AuditObject, Decision};
use prodops_policy::{Action, Denied, ListAction, Moment, Permit, Visible, WorkspaceFacts, resource_type};

use super::error::EngineError;
use super::workspace::Workspace;

impl Workspace {
    /// What is known at the moment of asking.
    pub(super) fn moment(&self) -> Moment {
        Moment::at(self.engine.parts().clock.now())
    }

    /// Whether the policies would let the caller do something to the workspace as a whole: for showing or leaving out a
    /// button. It leaves no trace and opens nothing; whoever goes on is asked again.
    #[must_use]
    pub fn may<A: Action<Resource = WorkspaceFacts>>(&self) -> bool {
        let facts = WorkspaceFacts::of(&self.scope);
        self.engine.parts().policy.authorize::<A>(&self.scope, &facts, &self.moment()).is_ok()
    }

    /// The permit for an action on a resource.
    ///
    /// # Errors
    /// [`EngineError::Denied`], with an audit event, when the policies do not allow it.
    pub(super) async fn permit<A: Action>(&self, resource: &A::Resource) -> Result<Permit<A>, EngineError> {
        let decision = self.engine.parts().policy.authorize::<A>(&self.scope, resource, &self.moment());
        self.settle::<A, _>(decision).await
    }

    /// The rows of a list that the caller may see.
    ///
    /// # Errors
    /// [`EngineError::Denied`], with an audit event, when the caller may not list them at all.
    pub(super) async fn visible<A: ListAction>(&self) -> Result<Visible<A>, EngineError> {
        let decision = self.engine.parts().policy.visible::<A>(&self.scope, &self.moment());
        self.settle::<A, _>(decision).await
    }

    async fn settle<A: Action, T>(&self, decision: Result<T, Denied>) -> Result<T, EngineError> {
        let workspace = self.scope.workspace();
        match decision {
            Ok(allowed) => {
                self.engine.parts().permits.note(&self.scope, A::NAME, resource_type::<A>());
                tracing::debug!(target: "prodops::decision", action = A::NAME, %workspace, "allowed");
                Ok(allowed)
            }
            Err(denied) => {
                let policies = denied.policies();
                tracing::info!(target: "prodops::decision", action = A::NAME, %workspace, ?policies, "denied");
                self.log(A::NAME, AuditObject::from(denied.resource()), Decision::Denied).await?;
                Err(EngineError::Denied)
            }
        }
    }
}
