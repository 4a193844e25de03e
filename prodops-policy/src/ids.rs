//! Ids of a question as numbers: equal ids have equal numbers, and those that a policy names have the number of their text.

use prodops_core::id::TeamId;

use crate::reading::Reading;

/// More different ids than the attributes of one resource, its principal and both workspaces can have.
pub(crate) const KNOWN: usize = 12;

/// Gives out numbers while a question is read.
pub(crate) struct Ids<'a> {
    reading: &'a Reading,
    teams: &'a [TeamId],
    known: [[u8; 16]; KNOWN],
    count: usize,
}

impl<'a> Ids<'a> {
    pub(crate) const fn of(reading: &'a Reading, teams: &'a [TeamId]) -> Self {
        Self { reading, teams, known: [[0; 16]; KNOWN], count: 0 }
    }

    /// The number of an id.
    pub(crate) fn number(&mut self, id: [u8; 16]) -> u32 {
        if let Some((_, number)) = self.reading.named.iter().find(|(bytes, _)| *bytes == id) {
            return *number;
        }
        let met = self.known.iter().take(self.count).position(|each| *each == id);
        let place = met.or_else(|| self.team(id)).unwrap_or_else(|| self.meet(id));
        self.reading.free.saturating_add(u32::try_from(place).unwrap_or(u32::MAX))
    }

    fn team(&self, id: [u8; 16]) -> Option<usize> {
        self.teams.iter().position(|team| *team.as_bytes() == id).map(|place| KNOWN + place)
    }

    /// INVARIANT: there is room: a test counts the attributes of every type.
    fn meet(&mut self, id: [u8; 16]) -> usize {
        let place = self.count;
        match self.known.get_mut(place) {
            Some(slot) => *slot = id,
            None => return usize::MAX,
        }
        self.count += 1;
        place
    }
}
