//! Commits as lists of numbered features.

use std::collections::HashMap;

use prodops_classify::CommitSummary;
use prodops_classify::training::{CommitFeatures, Feature, FeatureReader};

use super::data::{DataSet, FOLDS, Row};

/// What is left out of a commit, so that the model learns to do without.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum View {
    Whole,
    WithoutFiles,
    WithoutBody,
}

/// One commit, or a copy of it that lacks something.
#[derive(Debug, Clone)]
pub(super) struct Example {
    /// Where its features begin in [`Examples::features`].
    start: u32,
    end: u32,
    pub(super) fold: u8,
    pub(super) view: View,
    /// The number of its canonical kind, and of the one that its author declared.
    pub(super) canonical: u8,
    pub(super) declared: u8,
    /// The number of its repository, and of its mixture of sorts of file in that repository.
    pub(super) repository: u32,
    pub(super) mixture: u32,
}

/// A feature and where it occurs.
#[derive(Debug, Clone)]
pub(super) struct Known {
    pub(super) feature: Feature,
    /// By fold, in how many repositories.
    repositories: [u16; FOLDS],
    last: u32,
}

/// Every example that the model could be asked about.
#[derive(Default)]
pub(super) struct Examples {
    pub(super) all: Vec<Example>,
    /// Numbers of features, into [`Self::known`].
    features: Vec<u32>,
    pub(super) known: Vec<Known>,
    /// How many repositories and how many mixtures there are.
    pub(super) repositories: u32,
    pub(super) mixtures: u32,
}

impl Known {
    /// In how many repositories outside a fold.
    pub(super) fn outside(&self, fold: Option<usize>) -> u16 {
        let all = self.repositories.iter().sum::<u16>();
        all - fold.and_then(|fold| self.repositories.get(fold)).copied().unwrap_or_default()
    }
}

impl Examples {
    /// Reads every commit. Those that a rule decides are left out: the model is not asked about them.
    pub(super) fn of(data: &DataSet) -> Self {
        let mut reading = Reading::default();
        for (number, repository) in data.repositories.iter().enumerate() {
            reading.repository = (number as u32, repository.fold);
            repository.rows.iter().for_each(|row| reading.row(row));
        }
        reading.examples.repositories = data.repositories.len() as u32;
        reading.examples.mixtures = reading.mixtures.len() as u32;
        reading.examples
    }

    /// The features of an example, by number.
    pub(super) fn features(&self, example: &Example) -> &[u32] {
        self.features.get(example.start as usize..example.end as usize).unwrap_or_default()
    }
}

#[derive(Default)]
struct Reading {
    reader: FeatureReader,
    numbers: HashMap<u64, u32>,
    mixtures: HashMap<(u32, u32), u32>,
    repository: (u32, usize),
    examples: Examples,
}

impl Reading {
    fn row(&mut self, row: &Row) {
        let files = row.files();
        let whole = row.summary(&files);
        let read = self.reader.read(&whole);
        if !read.decided {
            self.add(row, View::Whole, &read);
            if !whole.body.is_empty() {
                let read = self.reader.read(&CommitSummary { body: b"", ..whole });
                self.add(row, View::WithoutBody, &read);
            }
        }
        let read = self.reader.read(&CommitSummary { files: &[], ..whole });
        if !read.decided && !files.is_empty() {
            self.add(row, View::WithoutFiles, &read);
        }
    }

    fn add(&mut self, row: &Row, view: View, read: &CommitFeatures) {
        let start = self.examples.features.len() as u32;
        for feature in &read.features {
            let number = self.number(*feature);
            self.examples.features.push(number);
        }
        let next = self.mixtures.len() as u32;
        let mixture = *self.mixtures.entry((self.repository.0, read.roles)).or_insert(next);
        self.examples.all.push(Example {
            start,
            end: self.examples.features.len() as u32,
            fold: self.repository.1 as u8,
            view,
            canonical: row.canonical() as u8,
            declared: row.declared() as u8,
            repository: self.repository.0,
            mixture,
        });
    }

    /// The number of a feature, which from now on is known to occur in this repository.
    fn number(&mut self, feature: Feature) -> u32 {
        let known = &mut self.examples.known;
        let number = *self.numbers.entry(feature.0).or_insert_with(|| {
            known.push(Known { feature, repositories: [0; FOLDS], last: u32::MAX });
            known.len() as u32 - 1
        });
        let (repository, fold) = self.repository;
        if let Some(known) = known.get_mut(number as usize).filter(|known| known.last != repository) {
            known.last = repository;
            known.repositories.get_mut(fold).into_iter().for_each(|count| *count += 1);
        }
        number
    }
}
