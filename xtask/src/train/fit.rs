//! Multinomial logistic regression by AdaGrad, one example after another.
//!
//! Besides the weights that are shipped it learns, for every repository and for every mixture of files in a repository,
//! how much more or less of each kind there is than elsewhere. Only their mean is shipped: what they take upon
//! themselves the words need not explain, so that these mean the same in repositories that nobody has seen.

use prodops_classify::training::{Feature, KINDS, softmax};

use super::examples::{Example, Examples, View};
use super::places::{Course, Dropout, Places};
use super::random::Random;

type Row = [f32; KINDS];

/// How a model is made. What was tried instead is in the model card.
#[derive(Debug, Clone, Copy)]
pub(super) struct Settings {
    pub(super) epochs: usize,
    pub(super) rate: f32,
    /// Pulls weights towards zero.
    pub(super) decay: f32,
    /// The rate of what is learned about repositories and mixtures.
    pub(super) habit_rate: f32,
    /// Repositories that a feature must occur in.
    pub(super) least_repositories: u16,
    /// The table has 2^bits sets of four features.
    pub(super) bits: u32,
    /// What a copy that lacks something weighs beside the commit itself.
    pub(super) copy_weight: f32,
    /// How far rare kinds weigh more: 0 is not, 1 is until all weigh the same.
    pub(super) balance: f32,
    /// How much the declared kind counts beside the canonical one.
    pub(super) declared_share: f32,
    /// Models whose mean is shipped. Each is blind to another part of the repositories, as many parts as there are models.
    pub(super) members: u32,
    pub(super) dropout: Dropout,
}

impl Settings {
    pub(super) const CHOSEN: Self = Self {
        epochs: 4,
        rate: 0.06,
        decay: 3e-5,
        habit_rate: 0.05,
        least_repositories: 4,
        bits: 14,
        copy_weight: 0.5,
        balance: 0.25,
        declared_share: 0.2,
        members: 5,
        dropout: Dropout { features: 0.3, groups: 0.1 },
    };
}

/// What was learned.
pub(super) struct Fitted {
    pub(super) offsets: Row,
    pub(super) weights: Vec<(Feature, Row)>,
}

/// A weight for every kind, with the sum of its squared gradients.
#[derive(Clone, Copy)]
struct Weight {
    value: Row,
    squares: Row,
}

impl Weight {
    const NEW: Self = Self { value: [0.0; KINDS], squares: [1e-3; KINDS] };

    fn step(&mut self, error: &Row, scale: f32, rate: f32, decay: f32) {
        for ((value, squares), error) in self.value.iter_mut().zip(&mut self.squares).zip(error) {
            let gradient = error * scale + decay * *value;
            *squares += gradient * gradient;
            *value -= rate * gradient / squares.sqrt();
        }
    }
}

/// Trains on all repositories but those of one fold.
pub(super) fn fit(examples: &Examples, held_out: Option<usize>, settings: &Settings) -> Fitted {
    let places = Places::of(examples, held_out, settings);
    let course = places.course(examples, held_out);
    let shares = kind_weights(&course, settings);
    let mut offsets = [0.0; KINDS];
    let mut weights = vec![[0.0; KINDS]; places.kept.len()];
    for member in 0..settings.members {
        let mut fit = Fit::new(examples, settings, shares, weights.len());
        add(&mut offsets, &fit.train(&course, member), settings);
        weights.iter_mut().zip(&fit.weights).for_each(|(sum, weight)| add(sum, &weight.value, settings));
    }
    let known = places.kept.iter().filter_map(|number| examples.known.get(*number as usize));
    Fitted { offsets, weights: known.map(|known| known.feature).zip(weights).collect() }
}

/// Adds what one member contributes to the mean.
fn add(sum: &mut Row, row: &Row, settings: &Settings) {
    sum.iter_mut().zip(row).for_each(|(sum, value)| *sum += value / settings.members as f32);
}

struct Fit<'s> {
    settings: &'s Settings,
    /// What an example of each kind weighs.
    shares: Row,
    weights: Vec<Weight>,
    repositories: Vec<Weight>,
    mixtures: Vec<Weight>,
}

impl<'s> Fit<'s> {
    fn new(examples: &Examples, settings: &'s Settings, shares: Row, features: usize) -> Self {
        Self {
            settings,
            shares,
            weights: vec![Weight::NEW; features],
            repositories: vec![Weight::NEW; examples.repositories as usize],
            mixtures: vec![Weight::NEW; examples.mixtures as usize],
        }
    }

    /// Goes through the examples that a member sees; answers with what their repositories have in common.
    fn train(&mut self, course: &Course<'_>, member: u32) -> Row {
        let settings = self.settings;
        let sees =
            |example: &Example| settings.members < 2 || example.repository % settings.members != member;
        let mut order: Vec<_> = course.placed.iter().filter(|placed| sees(placed.example)).collect();
        let mut random = Random::of(member);
        let steps = (order.len() * settings.epochs) as f32;
        let (mut done, mut features) = (0u32, Vec::new());
        for _ in 0..settings.epochs {
            random.shuffle(&mut order);
            for placed in &order {
                let left = (1.0 - done as f32 / steps).max(0.05);
                course.read(placed, settings.dropout, &mut random, &mut features);
                self.step(placed.example, &features, left);
                done += 1;
            }
        }
        let seen: Vec<&Example> = order.iter().map(|placed| placed.example).collect();
        self.mean_habit(&seen)
    }

    fn step(&mut self, example: &Example, features: &[(u32, f32)], left: f32) {
        let mut scores = [0.0; KINDS];
        let habits =
            [self.repositories.get(example.repository as usize), self.mixtures.get(example.mixture as usize)];
        for habit in habits.into_iter().flatten() {
            scores.iter_mut().zip(&habit.value).for_each(|(score, value)| *score += value);
        }
        for (place, scale) in features {
            let Some(weight) = self.weights.get(*place as usize) else { continue };
            scores.iter_mut().zip(&weight.value).for_each(|(score, value)| *score += value * scale);
        }
        let error = self.error(example, &scores);
        self.learn(example, features, &error, left);
    }

    /// Predicted minus true, weighted.
    fn error(&self, example: &Example, scores: &Row) -> Row {
        let mut error = softmax(scores);
        let declared = self.settings.declared_share;
        for (kind, share) in [(example.canonical, 1.0 - declared), (example.declared, declared)] {
            error.get_mut(usize::from(kind)).into_iter().for_each(|error| *error -= share);
        }
        let copy = if example.view == View::Whole { 1.0 } else { self.settings.copy_weight };
        let weight = copy * self.shares.get(usize::from(example.canonical)).copied().unwrap_or(1.0);
        error.map(|error| error * weight)
    }

    fn learn(&mut self, example: &Example, features: &[(u32, f32)], error: &Row, left: f32) {
        let settings = self.settings;
        let (rate, habit_rate) = (settings.rate * left, settings.habit_rate * left);
        if let Some(habit) = self.repositories.get_mut(example.repository as usize) {
            habit.step(error, 1.0, habit_rate, 1e-4);
        }
        if let Some(habit) = self.mixtures.get_mut(example.mixture as usize) {
            habit.step(error, 1.0, habit_rate, 1e-2);
        }
        for (place, scale) in features {
            if let Some(weight) = self.weights.get_mut(*place as usize) {
                weight.step(error, *scale, rate, settings.decay);
            }
        }
    }

    /// What the repositories that were trained on have in common: each counts once.
    fn mean_habit(&self, trained: &[&Example]) -> Row {
        let mut seen = vec![false; self.repositories.len()];
        trained.iter().for_each(|one| {
            seen.get_mut(one.repository as usize).into_iter().for_each(|seen| *seen = true);
        });
        let habits: Vec<&Weight> =
            self.repositories.iter().zip(&seen).filter(|(_, seen)| **seen).map(|(habit, _)| habit).collect();
        let mut mean = [0.0; KINDS];
        for habit in &habits {
            mean.iter_mut().zip(&habit.value).for_each(|(mean, value)| *mean += value / habits.len() as f32);
        }
        mean
    }
}

/// What an example of each kind weighs: rare ones more, up to four times.
fn kind_weights(course: &Course<'_>, settings: &Settings) -> Row {
    let mut counts = [0.0f32; KINDS];
    let trained = course.placed.iter().map(|placed| placed.example);
    for example in trained.filter(|example| example.view == View::Whole) {
        counts.get_mut(usize::from(example.canonical)).into_iter().for_each(|count| *count += 1.0);
    }
    let mean = counts.iter().sum::<f32>() / KINDS as f32;
    // `powf` is the library's: its last bit may differ between platforms, so the result is held to three digits.
    counts.map(|count| ((mean / count.max(1.0)).powf(settings.balance).min(4.0) * 1000.0).round() / 1000.0)
}
