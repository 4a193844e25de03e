//! When commits were written, by the clocks of their authors.

use prodops_core::fact::Entity;
use serde::Serialize;

use crate::coverage::{CoverageState, ReadIndex, Reads};
use crate::exclusion::Excluded;
use crate::history::{Sample, count};
use crate::privacy::{Audience, K_PEOPLE};
use crate::result::{Reading, Unknown};
use crate::sustainability::wall_clocks;
use crate::window::Window;

/// Commits by weekday (Monday first) and hour, in each author's own offset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PunchCard {
    /// Seven days of twenty-four hours.
    pub cells: [[u64; 24]; 7],
    /// All of them together.
    pub n: u64,
    /// What was left out, and why.
    pub excluded: Excluded,
}

pub(super) fn read(
    sample: &Sample<'_>,
    asked: &Window,
    reads: &ReadIndex,
    audience: Audience,
) -> Reading<PunchCard> {
    let entity = Entity::Commit;
    let (state, _) = reads.state(asked.from(), asked.to(), Reads::Commits);
    if state == CoverageState::None && reads.is_empty() {
        return Reading::Unknown(Unknown::NotConnected { entity, connect: entity.source() });
    }
    if state == CoverageState::None {
        return Reading::Unknown(Unknown::NotRead { entity });
    }
    if audience.holds_back(sample.people()) {
        return Reading::Unknown(Unknown::TooFewPeople { k: K_PEOPLE });
    }
    let (readings, excluded) = wall_clocks(sample);
    if readings.is_empty() {
        return match state {
            CoverageState::Complete => Reading::Nothing,
            CoverageState::Partial | CoverageState::None => Reading::Unknown(Unknown::PartlyRead { entity }),
        };
    }
    let mut cells = [[0; 24]; 7];
    for reading in &readings {
        let day = usize::try_from(reading.date().weekday().to_monday_zero_offset());
        let hour = usize::try_from(reading.hour());
        let row = day.ok().and_then(|day| cells.get_mut(day));
        if let Some(cell) = row.zip(hour.ok()).and_then(|(row, hour)| row.get_mut(hour)) {
            *cell += 1;
        }
    }
    Reading::Value(PunchCard { cells, n: count(readings.len()), excluded })
}
