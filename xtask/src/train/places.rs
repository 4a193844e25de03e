//! Which features a model keeps, and the examples as lists of those.

use std::ops::Range;

use prodops_classify::training::{Dictionary, GROUPS, voice};

use super::examples::{Example, Examples, Known};
use super::fit::Settings;
use super::random::Random;

/// Which features are kept, and where.
pub(super) struct Places {
    /// Numbers of features, most widespread first.
    pub(super) kept: Vec<u32>,
    /// By place: the group of the feature.
    groups: Vec<u8>,
    /// By number of a feature: its place among those kept.
    places: Vec<Option<u32>>,
}

/// An example, and where the places of its features are.
pub(super) struct Placed<'e> {
    pub(super) example: &'e Example,
    range: Range<u32>,
}

/// The examples that are trained on.
pub(super) struct Course<'e> {
    pub(super) placed: Vec<Placed<'e>>,
    places: Vec<u32>,
    /// By place: the group of the feature.
    groups: Vec<u8>,
}

impl Places {
    pub(super) fn of(examples: &Examples, held_out: Option<usize>, settings: &Settings) -> Self {
        let spread = |(number, known): (usize, &Known)| {
            let repositories = known.outside(held_out);
            let wide = repositories >= settings.least_repositories;
            wide.then_some((repositories, number as u32, known.feature))
        };
        let mut wide: Vec<_> = examples.known.iter().enumerate().filter_map(spread).collect();
        wide.sort_unstable_by_key(|(repositories, number, _)| (std::cmp::Reverse(*repositories), *number));
        let mut dictionary = Dictionary::new(settings.bits);
        wide.retain(|(_, _, feature)| dictionary.offer(feature.0));
        let mut places = vec![None; examples.known.len()];
        for (place, (_, number, _)) in wide.iter().enumerate() {
            places.get_mut(*number as usize).into_iter().for_each(|slot| *slot = Some(place as u32));
        }
        let kept = wide.iter().map(|(_, number, _)| *number).collect();
        Self { kept, groups: wide.iter().map(|(_, _, feature)| feature.1).collect(), places }
    }

    /// The examples outside a fold, with what is kept of their features.
    pub(super) fn course<'e>(&self, examples: &'e Examples, held_out: Option<usize>) -> Course<'e> {
        let mut course = Course { placed: Vec::new(), places: Vec::new(), groups: self.groups.clone() };
        let trained = |example: &&Example| held_out != Some(usize::from(example.fold));
        for example in examples.all.iter().filter(trained) {
            let start = course.places.len() as u32;
            let places =
                examples.features(example).iter().filter_map(|number| *self.places.get(*number as usize)?);
            course.places.extend(places);
            course.placed.push(Placed { example, range: start..course.places.len() as u32 });
        }
        course
    }
}

/// What is left out of an example at random each time that it is seen.
#[derive(Debug, Clone, Copy)]
pub(super) struct Dropout {
    /// The share of features.
    pub(super) features: f32,
    /// The share of whole groups.
    pub(super) groups: f32,
}

impl Course<'_> {
    /// Writes down the places of the features of an example, without what is left out, and how loud each speaks.
    pub(super) fn read(
        &self,
        placed: &Placed<'_>,
        dropout: Dropout,
        random: &mut Random,
        out: &mut Vec<(u32, f32)>,
    ) {
        out.clear();
        let left_out: [bool; GROUPS] = std::array::from_fn(|_| random.happens(dropout.groups));
        let range = placed.range.start as usize..placed.range.end as usize;
        let mut counts = [0u32; GROUPS];
        for place in self.places.get(range).unwrap_or_default() {
            let group = self.group(*place);
            let left_out = left_out.get(group).copied().unwrap_or_default();
            if left_out || random.happens(dropout.features) {
                continue;
            }
            counts.get_mut(group).into_iter().for_each(|count| *count += 1);
            out.push((*place, 0.0));
        }
        let voices = counts.map(voice);
        for (place, loud) in out {
            *loud = voices.get(self.group(*place)).copied().unwrap_or_default();
        }
    }

    fn group(&self, place: u32) -> usize {
        self.groups.get(place as usize).copied().unwrap_or_default().into()
    }
}
