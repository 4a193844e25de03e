//! The rows that the facts of a batch come to: one per key, in key order, checked against the batch's connection.

use std::collections::BTreeMap;

use prodops_core::fact::{
    CommitFact, CommitId, CoverageFact, Entity, Fact, LineLogFact, PathKey, PersonFact, RepositoryFact,
    TipFile,
};
use prodops_core::id::{ConnectionId, PersonId, RepositoryId};
use prodops_core::input::StreamName;

use super::ingest::IngestBatch;
use super::line_log::LineLogKey;
use crate::error::StoreError;

/// An [`IngestBatch`] as backends get it: one row per key in key order, so that writers lock in one order and no
/// statement touches a row twice.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RowBatch {
    /// The connection that the rows were read through.
    pub connection: ConnectionId,
    /// The stream that they came from.
    pub stream: StreamName,
    /// The epoch of the lease that the writer holds.
    pub epoch: u64,
    /// The cursor that the writer started from.
    pub expected_cursor: Option<Vec<u8>>,
    /// The cursor after these rows.
    pub next_cursor: Vec<u8>,
    /// Repositories, each of `connection`.
    pub repositories: BTreeMap<RepositoryId, RepositoryFact>,
    /// People, to be merged into the stored ones by [`RowBatch::merge_person`].
    pub people: BTreeMap<PersonId, PersonFact>,
    /// Commits. Their repositories must be in this batch or stored, and of `connection`.
    pub commits: BTreeMap<(RepositoryId, CommitId), CommitFact>,
    /// Coverage, each of `connection`. Its repositories must be in this batch or stored, and of `connection`.
    pub coverage: BTreeMap<(RepositoryId, Entity), CoverageFact>,
    /// Entries of the logs of lines. Their repositories must be in this batch or stored, and of `connection`. Before each is
    /// written, those go that it [replaces](LineLogKey::replaced_by).
    pub lines: BTreeMap<(RepositoryId, LineLogKey), LineLogFact>,
    /// Files at the heads of repositories. Their repositories must be in this batch or stored, and of `connection`.
    pub tip_files: BTreeMap<(RepositoryId, PathKey), TipFile>,
}

impl RowBatch {
    /// Brings facts into rows.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] when there are too many, or when a fact names another connection than the batch.
    pub fn new(batch: IngestBatch) -> Result<Self, StoreError> {
        if batch.facts.len() > IngestBatch::MAX_FACTS {
            return Err(StoreError::invalid("batch", "holds more than 50,000 facts"));
        }
        let mut rows = Self {
            connection: batch.connection,
            stream: batch.stream,
            epoch: batch.epoch,
            expected_cursor: batch.expected_cursor,
            next_cursor: batch.next_cursor,
            repositories: BTreeMap::new(),
            people: BTreeMap::new(),
            commits: BTreeMap::new(),
            coverage: BTreeMap::new(),
            lines: BTreeMap::new(),
            tip_files: BTreeMap::new(),
        };
        batch.facts.into_iter().try_for_each(|fact| rows.take(fact))?;
        Ok(rows)
    }

    fn take(&mut self, fact: Fact) -> Result<(), StoreError> {
        match fact {
            Fact::Repository(row) if row.connection == self.connection => {
                self.repositories.insert(row.id, row);
            }
            Fact::Coverage(row) if row.connection == self.connection => {
                self.coverage.insert((row.repository, row.entity), row);
            }
            Fact::Repository(_) | Fact::Coverage(_) => {
                return Err(StoreError::invalid("fact", "must name the connection of its batch"));
            }
            Fact::Person(row) => {
                let merged = match self.people.remove(&row.id) {
                    Some(earlier) => Self::merge_person(earlier, row),
                    None => row,
                };
                self.people.insert(merged.id, merged);
            }
            Fact::Commit(row) => {
                self.commits.insert((row.repository, row.id), row);
            }
            Fact::LineLog(row) => {
                self.lines.insert((row.repository, LineLogKey::of(&row)), row);
            }
            Fact::TipFile(row) => {
                self.tip_files.insert((row.repository, row.path), row);
            }
            _ => return Err(StoreError::invalid("fact", "is of a kind that this store does not keep")),
        }
        Ok(())
    }

    /// What is known of a person after one more fact: the latest name wins, and a fact without a name erases none.
    #[must_use]
    pub fn merge_person(earlier: PersonFact, later: PersonFact) -> PersonFact {
        PersonFact { id: later.id, name: later.name.or(earlier.name), bot: later.bot }
    }

    /// The repositories that the rows hang on and that this batch does not bring: they must be stored already.
    #[must_use]
    pub fn expected_repositories(&self) -> std::collections::BTreeSet<RepositoryId> {
        let of_commits = self.commits.keys().map(|(repository, _)| *repository);
        let of_coverage = self.coverage.keys().map(|(repository, _)| *repository);
        let of_lines = self.lines.keys().map(|(repository, _)| *repository);
        let of_files = self.tip_files.keys().map(|(repository, _)| *repository);
        of_commits
            .chain(of_coverage)
            .chain(of_lines)
            .chain(of_files)
            .filter(|id| !self.repositories.contains_key(id))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use prodops_core::input::PersonName;

    fn person(name: Option<&str>, bot: bool) -> PersonFact {
        let name = name.map(|text| PersonName::new(text).unwrap());
        PersonFact { id: PersonId::from_bytes([1; 16]), name, bot }
    }

    fn rows(facts: Vec<Fact>) -> Result<RowBatch, StoreError> {
        RowBatch::new(IngestBatch {
            connection: ConnectionId::from_bytes([2; 16]),
            stream: StreamName::new("commits").unwrap(),
            epoch: 1,
            expected_cursor: None,
            next_cursor: vec![1],
            facts,
        })
    }

    #[test]
    fn the_latest_name_wins_and_a_nameless_fact_erases_none() {
        let facts = [person(Some("One"), false), person(Some("Two"), false), person(None, true)];
        let merged = rows(facts.map(Fact::Person).to_vec()).unwrap();
        assert_eq!(merged.people.into_values().collect::<Vec<_>>(), [person(Some("Two"), true)]);
    }

    #[test]
    fn a_batch_has_a_bound() {
        let facts = vec![Fact::Person(person(None, false)); IngestBatch::MAX_FACTS];
        assert!(rows(facts.clone()).is_ok());
        let more = [facts, vec![Fact::Person(person(None, false))]].concat();
        assert!(matches!(rows(more), Err(StoreError::Invalid { what: "batch", .. })));
    }
}
