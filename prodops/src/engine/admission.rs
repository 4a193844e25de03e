//! Whom a login lets in, and what is kept of those whom it does not.

use std::sync::{Mutex, PoisonError};

use prodops_core::audit::{Actor, AuditEvent, AuditObject, Decision};
use prodops_core::session::{ClientFamily, OpaqueToken, VerifiedSubject};
use prodops_core::time::Timestamp;

use super::entry::Engine;
use super::error::EngineError;

/// The most refused sign-ins of a minute that leave an entry.
const MOST_A_MINUTE: u32 = 60;

/// Whom a login lets in, of those whom it verifies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Admission {
    /// Those who are an active member of a workspace.
    Members,
    /// Everybody. A new subject becomes a new user, who belongs to no workspace.
    Everybody,
}

/// How many refused sign-ins of the present minute have left an entry.
#[derive(Debug, Default)]
pub(super) struct RefusalMeter(Mutex<(i64, u32)>);

impl RefusalMeter {
    /// Counts one more; `false` when the minute has had its share.
    fn admits(&self, now: Timestamp) -> bool {
        let minute = now.as_seconds().div_euclid(60);
        let mut slot = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = if slot.0 == minute { slot.1.saturating_add(1) } else { 1 };
        *slot = (minute, count);
        count <= MOST_A_MINUTE
    }
}

impl Engine {
    /// Begins a session for somebody whom a login has verified; `None` when `admission` does not let them in, and then
    /// nothing of them is kept.
    ///
    /// # Errors
    /// When the store or the entropy source fails.
    pub async fn admit(
        &self,
        subject: &VerifiedSubject,
        admission: Admission,
        client: ClientFamily,
    ) -> Result<Option<OpaqueToken>, EngineError> {
        let parts = self.parts();
        let user = match admission {
            Admission::Everybody => Some(self.user_of(subject).await?),
            Admission::Members => {
                let identity = parts.store.identity(&parts.authority)?;
                match identity.user_by_subject(&subject.key()).await? {
                    Some(user) if identity.is_member(user, parts.clock.now()).await? => Some(user),
                    _ => None,
                }
            }
        };
        match user {
            Some(user) => self.begin_session(user, subject.auth_time(), client).await.map(Some),
            None => Ok(None),
        }
    }

    /// Leaves an entry in the deployment's log: a sign-in was refused ([`Decision::Denied`]) or could not be completed
    /// ([`Decision::Failed`]). It names nobody, since nobody was recognised.
    ///
    /// Anybody can cause such entries, so no more than 60 of a minute are kept; the process log tells of every one.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn log_refused_sign_in(&self, decision: Decision) -> Result<(), EngineError> {
        let parts = self.parts();
        if !parts.refusals.admits(parts.clock.now()) {
            return Ok(());
        }
        let event = self.deployment_event(Actor::Anonymous, None, "SignIn", AuditObject::Session).await?;
        self.log_deployment(&AuditEvent { decision, ..event }).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_of_refusals_leaves_no_more_entries_than_a_minute_has_room_for() {
        let meter = RefusalMeter::default();
        let at = |seconds| Timestamp::UNIX_EPOCH.plus_seconds(seconds);
        assert_eq!((0..1_000).filter(|n| meter.admits(at(n % 60))).count(), 60);
        assert_eq!((0..1_000).filter(|n| meter.admits(at(60 + n % 60))).count(), 60);
        assert!(meter.admits(at(0)), "a clock that went back keeps nobody from being logged");
    }
}
