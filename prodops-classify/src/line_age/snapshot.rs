//! All lines at the last commit in the form in which they are kept.

use std::collections::HashMap;

use prodops_core::fact::{FileRuns, LineOwner, LineRun, LineSnapshot, PathKey};
use prodops_core::id::PersonId;

use super::history::LineAges;
use super::run::AgeRun;

impl LineAges {
    /// What is known of all lines at the last commit, in parts of at most so many files. Files come by rising key, and
    /// commits in the order of the history: the same history has the same snapshot.
    #[must_use]
    pub fn snapshot(&self, files_in_part: usize) -> Vec<LineSnapshot> {
        let mut files: Vec<(PathKey, &[AgeRun])> =
            self.tip.iter().map(|(path, runs)| (*path, &**runs)).collect();
        files.sort_unstable_by_key(|(path, _)| *path);
        let places = self.places(&files);
        let of = |(path, runs): &(PathKey, &[AgeRun])| FileRuns { path: *path, runs: delta(runs, &places) };
        let mut parts: Vec<LineSnapshot> = files
            .chunks(files_in_part.max(1))
            .map(|files| LineSnapshot { files: files.iter().map(of).collect(), ..LineSnapshot::default() })
            .collect();
        if parts.is_empty() {
            parts.push(LineSnapshot::default());
        }
        if let Some(first) = parts.first_mut() {
            self.put_lists(first, &places);
        }
        parts
    }

    /// The commits of which lines are left, each with its place in the list.
    fn places(&self, files: &[(PathKey, &[AgeRun])]) -> Vec<Option<u32>> {
        let mut left = vec![false; self.commits.len()];
        for run in files.iter().flat_map(|(_, runs)| *runs) {
            left.get_mut(run.commit as usize).into_iter().for_each(|left| *left = true);
        }
        let mut next = 0;
        let place = |left: &bool| {
            left.then(|| {
                next += 1;
                next - 1
            })
        };
        left.iter().map(place).collect()
    }

    fn put_lists(&self, part: &mut LineSnapshot, places: &[Option<u32>]) {
        let mut known: HashMap<PersonId, u32> = HashMap::new();
        let mut before = 0i64;
        let left = self.commits.iter().zip(places).filter(|(_, place)| place.is_some());
        for (written, _) in left {
            let author = written.author.map(|author| {
                *known.entry(author).or_insert_with(|| {
                    part.authors.push(author);
                    u32::try_from(part.authors.len()).unwrap_or(u32::MAX).saturating_sub(1)
                })
            });
            let committed = written.committed.wrapping_sub(before);
            part.commits.push(LineOwner { commit: written.id.prefix(), author, committed });
            before = written.committed;
        }
    }
}

fn delta(runs: &[AgeRun], places: &[Option<u32>]) -> Vec<LineRun> {
    let mut before = 0i64;
    let run = |run: &AgeRun| {
        let place = i64::from(places.get(run.commit as usize).copied().flatten().unwrap_or(0));
        let commit = i32::try_from(place - before).unwrap_or(0);
        before = place;
        LineRun { lines: run.lines, commit }
    };
    runs.iter().map(run).collect()
}
