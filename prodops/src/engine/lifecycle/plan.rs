//! The days of a deletion: fixed by configuration, and never more than thirty in all.

use prodops_core::time::Timestamp;

const DAY: i64 = 86_400;

/// A configuration under which deletion would take too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PlanError {
    /// The parts add up to more than thirty days.
    #[error(
        "deletion would take {days} days, at most {most} are promised: shorten the grace, the purge interval or the time \
         that backups are kept",
        most = DeletionPlan::MOST_DAYS
    )]
    TooLong {
        /// The sum.
        days: u32,
    },
    /// A purge needs time of its own.
    #[error("a purge must have at least one day")]
    NoPurge,
    /// Backups are kept for longer than the plan says.
    #[error("backups are kept for {kept} days, but the deletion plan counts {planned}: make the two agree")]
    BackupsOutlive {
        /// How long backups are kept.
        kept: u32,
        /// How long the plan says.
        planned: u32,
    },
}

/// How long a deletion takes from the request until nothing is left anywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeletionPlan {
    grace_days: u32,
    purge_days: u32,
    backup_days: u32,
}

impl DeletionPlan {
    /// The most days from the request until the last copy is gone.
    pub const MOST_DAYS: u32 = 30;

    /// A plan.
    ///
    /// `grace_days`: how long a deletion can be called off. `purge_days`: how long the purge may take after that, waiting
    /// for its turn included. `backup_days`: the longest that any copy of the data or of the keyring is kept, which includes what
    /// the operator keeps for point-in-time recovery.
    ///
    /// # Errors
    /// [`PlanError`] when that is more than thirty days in all, or leaves a purge no time.
    pub const fn new(grace_days: u32, purge_days: u32, backup_days: u32) -> Result<Self, PlanError> {
        let days = grace_days.saturating_add(purge_days).saturating_add(backup_days);
        if days > Self::MOST_DAYS {
            return Err(PlanError::TooLong { days });
        }
        if purge_days == 0 {
            return Err(PlanError::NoPurge);
        }
        Ok(Self { grace_days, purge_days, backup_days })
    }

    /// How long a deletion can be called off, in days.
    #[must_use]
    pub const fn grace_days(&self) -> u32 {
        self.grace_days
    }

    /// How long the purge may take after the grace, in days.
    #[must_use]
    pub const fn purge_days(&self) -> u32 {
        self.purge_days
    }

    /// The longest that any copy is kept, in days.
    #[must_use]
    pub const fn backup_days(&self) -> u32 {
        self.backup_days
    }

    /// Whether backups that are kept for so many days fit into the plan.
    pub(in crate::engine) const fn admits_backups_of(&self, days: u32) -> Result<(), PlanError> {
        if days <= self.backup_days {
            Ok(())
        } else {
            Err(PlanError::BackupsOutlive { kept: days, planned: self.backup_days })
        }
    }

    pub(super) fn grace_ends(&self, requested: Timestamp) -> Timestamp {
        after(requested, self.grace_days)
    }

    pub(super) fn purged_by(&self, grace_ends: Timestamp) -> Timestamp {
        after(grace_ends, self.purge_days)
    }

    pub(super) fn gone_by(&self, purged: Timestamp) -> Timestamp {
        after(purged, self.backup_days)
    }
}

fn after(from: Timestamp, days: u32) -> Timestamp {
    from.plus_seconds(i64::from(days).saturating_mul(DAY))
}

/// Seven days of grace, one for the purge, twenty for backups.
impl Default for DeletionPlan {
    fn default() -> Self {
        Self { grace_days: 7, purge_days: 1, backup_days: 20 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thirty_days_are_the_most() {
        let plan = DeletionPlan::default();
        assert_eq!(DeletionPlan::new(7, 1, 20), Ok(plan));
        assert!(DeletionPlan::new(9, 1, 20).is_ok());
        assert_eq!(DeletionPlan::new(10, 1, 20), Err(PlanError::TooLong { days: 31 }));
        assert_eq!(DeletionPlan::new(u32::MAX, 1, u32::MAX), Err(PlanError::TooLong { days: u32::MAX }));
        assert_eq!(DeletionPlan::new(0, 0, 0), Err(PlanError::NoPurge));
        assert_eq!(plan.admits_backups_of(20), Ok(()));
        assert_eq!(plan.admits_backups_of(21), Err(PlanError::BackupsOutlive { kept: 21, planned: 20 }));
    }

    #[test]
    fn the_dates_follow_from_the_request() {
        let plan = DeletionPlan::default();
        let requested: Timestamp = "2026-01-05T09:00:00Z".parse().unwrap();
        let grace_ends = plan.grace_ends(requested);
        assert_eq!(grace_ends.to_string(), "2026-01-12T09:00:00Z");
        let purged_by = plan.purged_by(grace_ends);
        assert_eq!(purged_by.to_string(), "2026-01-13T09:00:00Z");
        assert_eq!(plan.gone_by(purged_by).to_string(), "2026-02-02T09:00:00Z");
    }
}
