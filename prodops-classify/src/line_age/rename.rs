//! Under which name a file was before, as git finds it: the same content, or more than half of it.

use std::collections::{HashMap, HashSet};

use prodops_core::source::Content;

use super::editor::{AgeFile, AgeStep};
use crate::change::{MOST_PAIRS, Pieces, Sources, read};

/// The renames of a commit.
pub(super) struct Renames<'a> {
    /// The old file's place by parent and the new one's.
    found: HashMap<(usize, usize), usize>,
    sources: HashSet<usize>,
    files: &'a [AgeFile],
}

impl<'a> Renames<'a> {
    pub(super) fn of(step: &AgeStep<'a>) -> Self {
        let mut found = HashMap::new();
        for parent in 0..step.parents.len() {
            let old = |file: &'a AgeFile| file.old.get(parent).and_then(Option::as_ref);
            // Who has the very same file in another parent is not looked for.
            let is_new = |file: &AgeFile| {
                matches!(file.new, Content::Bytes(_)) && file.old.iter().all(Option::is_some)
            };
            let new: Vec<usize> =
                places(step.files, |file| is_new(file) && matches!(old(file), Some(Content::Absent)));
            let gone: Vec<usize> = places(step.files, |file| {
                matches!(file.new, Content::Absent) && matches!(old(file), Some(Content::Bytes(_)))
            });
            if new.is_empty() || gone.is_empty() {
                continue;
            }
            let file = |place: &usize| step.files.get(*place);
            let sources = Sources::new(gone.iter().filter_map(file).filter_map(|file| {
                let pieces = read(old(file)?, Pieces::of);
                Some((file.path.as_slice(), pieces))
            }));
            let compare = new.len().saturating_mul(gone.len()) <= MOST_PAIRS;
            for (place, file) in new.iter().filter_map(|place| Some((*place, file(place)?))) {
                let from = sources.best(&file.path, &read(&file.new, Pieces::of), compare);
                found.extend(from.and_then(|from| gone.get(from)).map(|from| ((parent, place), *from)));
            }
        }
        let sources = found.values().copied().collect();
        Self { found, sources, files: step.files }
    }

    /// The file of a parent that became this one.
    pub(super) fn source(&self, parent: usize, place: usize) -> Option<(&'a [u8], &'a Content)> {
        let from = self.found.get(&(parent, place))?;
        let file = self.files.get(*from)?;
        Some((&file.path, file.old.get(parent)?.as_ref()?))
    }

    /// Whether a file became another one.
    pub(super) fn is_source(&self, place: usize) -> bool {
        self.sources.contains(&place)
    }
}

fn places<'a>(files: &'a [AgeFile], wanted: impl Fn(&'a AgeFile) -> bool) -> Vec<usize> {
    files.iter().enumerate().filter(|(_, file)| wanted(file)).map(|(place, _)| place).collect()
}
