//! All definitions over one set of facts and one window.

use prodops_core::fact::Entity;
use prodops_core::time::Timestamp;
use serde::Serialize;

use crate::coverage::{Coverage, CoverageState, ReadIndex, Reads};
use crate::definition::{Definition, Measured, NullPolicy, Source};
use crate::exclusion::Excluded;
use crate::facts::{FactSet, Scope};
use crate::history::{History, Sample};
use crate::ownership::LineSample;
use crate::privacy::{Audience, K_PEOPLE};
use crate::registry::DEFINITIONS;
use crate::result::{Before, MetricResult, MetricView, Reading, Unknown};
use crate::series::ReportSeries;
use crate::value::MetricValue;
use crate::window::Window;

/// What a report is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ReportOptions {
    /// The present, as the caller's clock shows it: no commit is believed that lies more than a day after it.
    pub as_of: Timestamp,
    /// Who reads it.
    pub audience: Audience,
    /// Which repositories it speaks about.
    pub scope: Scope,
}

impl ReportOptions {
    /// For a team, over all repositories of the facts.
    #[must_use]
    pub const fn new(as_of: Timestamp) -> Self {
        Self { as_of, audience: Audience::Team, scope: Scope::All }
    }

    /// For another audience.
    #[must_use]
    pub const fn with_audience(self, audience: Audience) -> Self {
        Self { audience, ..self }
    }

    /// For other repositories.
    #[must_use]
    pub const fn with_scope(self, scope: Scope) -> Self {
        Self { scope, ..self }
    }
}

/// All results and charts of a window.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// The window; all history is narrowed to the days from the first commit on.
    pub window: Window,
    /// The instant that it speaks of: the oldest of the latest reads.
    pub as_of: Timestamp,
    /// Whom it is for.
    pub audience: Audience,
    /// Which repositories it speaks about.
    pub scope: Scope,
    /// When the newest believable commit of any time was brought in; `None` when there is none.
    pub latest_commit: Option<Timestamp>,
    /// One result for every definition, in the order of the registry.
    pub results: Vec<MetricResult>,
    /// The charts.
    pub series: ReportSeries,
}

impl Report {
    /// The result of a definition, by its id.
    #[must_use]
    pub fn result(&self, id: &str) -> Option<&MetricResult> {
        self.results.iter().find(|result| result.definition.id == id)
    }

    /// The results in their short form, for `"metrics": […]`.
    #[must_use]
    pub fn metrics(&self) -> Vec<MetricView<'_>> {
        self.results.iter().map(MetricResult::view).collect()
    }
}

/// Computes every definition and every chart, in O(n log n) of the facts.
#[must_use]
pub fn report(facts: &FactSet<'_>, window: &Window, options: &ReportOptions) -> Report {
    let repositories = facts.in_scope(options.scope);
    let reads = ReadIndex::new(&repositories, facts.coverage, options.as_of);
    let history = History::new(facts, &repositories, options.as_of);
    let (first, last) = history.ends();
    let narrowed = window.narrowed(first, last, options.as_of);
    let sample = history.sample(&narrowed);
    let lines = LineSample::new(facts, &repositories.iter().map(|one| one.id).collect());
    let now =
        Slice { sample: &sample, asked: window, reads: &reads, lines: &lines, audience: options.audience };
    let previous = narrowed.previous();
    let earlier = previous.as_ref().map(|window| (window, history.sample(window)));
    let then = earlier.as_ref().map(|(asked, sample)| Slice { sample, asked, ..now });
    let results = DEFINITIONS.iter().map(|definition| now.result(definition, then.as_ref())).collect();
    Report {
        as_of: reads.as_of(),
        audience: options.audience,
        scope: options.scope,
        latest_commit: last,
        results,
        series: ReportSeries::new(&sample, window, &reads, options.audience),
        window: narrowed,
    }
}

/// A window with everything that its results need.
#[derive(Clone, Copy)]
struct Slice<'a> {
    sample: &'a Sample<'a>,
    /// The window before it was narrowed: all history must be read from the beginning.
    asked: &'a Window,
    reads: &'a ReadIndex,
    lines: &'a LineSample,
    audience: Audience,
}

impl Slice<'_> {
    fn result(&self, definition: &'static Definition, then: Option<&Self>) -> MetricResult {
        let (reads, measure) = match definition.source {
            Source::Commits(reads, measure) => (reads, measure),
            Source::Lines(measure) => return self.at_head(definition, measure),
            Source::Survival(measure) => return self.survival(definition, measure),
            Source::Files | Source::Elsewhere => return self.elsewhere(definition),
        };
        let coverage = self.coverage(reads);
        let Measured { value, n, excluded } = measure(self.sample);
        let reading = self.read(definition, coverage.state, value);
        let comparable = coverage.state == CoverageState::Complete && reading.value().is_some();
        let before = then.filter(|_| comparable).and_then(|then| then.before(definition, reads, measure));
        MetricResult { definition, reading, n, excluded, coverage, as_of: self.reads.as_of(), before }
    }

    fn coverage(&self, reads: Reads) -> Coverage {
        self.reads.coverage(self.asked.from(), self.asked.to(), reads)
    }

    /// The same for the window before.
    fn before(
        &self,
        definition: &'static Definition,
        reads: Reads,
        measure: fn(&Sample<'_>) -> Measured,
    ) -> Option<Before> {
        let state = self.coverage(reads).state;
        if state != CoverageState::Complete {
            return None;
        }
        let Measured { value, n, .. } = measure(self.sample);
        match self.read(definition, state, value) {
            Reading::Value(value) => Some(Before { from: self.asked.from(), value, n }),
            Reading::Nothing | Reading::Unknown(_) => None,
        }
    }

    /// Decides whether a measured value may be said.
    fn read(
        &self,
        definition: &Definition,
        state: CoverageState,
        value: Option<MetricValue>,
    ) -> Reading<MetricValue> {
        let entity = Entity::Commit;
        let none_said = value.as_ref().is_none_or(MetricValue::says_none);
        match state {
            CoverageState::None if self.reads.is_empty() => {
                Reading::Unknown(Unknown::NotConnected { entity, connect: entity.source() })
            }
            CoverageState::None => Reading::Unknown(Unknown::NotRead { entity }),
            _ if definition.k_limited && self.audience.holds_back(self.sample.people()) => {
                Reading::Unknown(Unknown::TooFewPeople { k: K_PEOPLE })
            }
            CoverageState::Partial if none_said || definition.null_policy == NullPolicy::CompleteOnly => {
                Reading::Unknown(Unknown::PartlyRead { entity })
            }
            CoverageState::Partial | CoverageState::Complete => {
                value.map_or(Reading::Nothing, Reading::Value)
            }
        }
    }

    /// A definition about the lines that are left, whatever the window.
    fn at_head(&self, definition: &'static Definition, measure: fn(&LineSample) -> Measured) -> MetricResult {
        let coverage = self.coverage(Reads::Files);
        let Measured { value, n, excluded } = measure(self.lines);
        let reading = match self.lines_unknown(&coverage) {
            Some(unknown) => Reading::Unknown(unknown),
            None if definition.k_limited && self.audience.holds_back(self.lines.lines.people()) => {
                Reading::Unknown(Unknown::TooFewPeople { k: K_PEOPLE })
            }
            None => value.map_or(Reading::Nothing, Reading::Value),
        };
        MetricResult { definition, reading, n, excluded, coverage, as_of: self.reads.as_of(), before: None }
    }

    /// A definition about the commits of the window and what is left of their lines. Lines of the window before had more time
    /// to go, so that the two are not compared.
    fn survival(
        &self,
        definition: &'static Definition,
        measure: fn(&Sample<'_>, &LineSample) -> Measured,
    ) -> MetricResult {
        let coverage = self.coverage(Reads::Files);
        let Measured { value, n, excluded } = measure(self.sample, self.lines);
        let reading = match self.lines_unknown(&coverage) {
            Some(unknown) => Reading::Unknown(unknown),
            None => self.read(definition, coverage.state, value),
        };
        MetricResult { definition, reading, n, excluded, coverage, as_of: self.reads.as_of(), before: None }
    }

    /// Why it is not known which lines are left, if it is not.
    fn lines_unknown(&self, coverage: &Coverage) -> Option<Unknown> {
        let entity = Entity::Commit;
        let repositories = usize::try_from(coverage.repositories).unwrap_or(usize::MAX);
        if self.reads.is_empty() {
            Some(Unknown::NotConnected { entity, connect: entity.source() })
        } else if self.lines.read == 0 {
            Some(Unknown::NotRead { entity })
        } else {
            (self.lines.read < repositories).then_some(Unknown::PartlyRead { entity })
        }
    }

    /// A definition whose records nothing in this version brings.
    fn elsewhere(&self, definition: &'static Definition) -> MetricResult {
        let missing = definition.needs.iter().copied().find(|entity| !self.reads.has(*entity));
        let unknown = match (missing, definition.needs.first()) {
            (Some(entity), _) => Unknown::NotConnected { entity, connect: entity.source() },
            (None, first) => Unknown::NotComputed { entity: first.copied().unwrap_or(Entity::Commit) },
        };
        let known = self.coverage(Reads::Commits);
        MetricResult {
            definition,
            reading: Reading::Unknown(unknown),
            n: 0,
            excluded: Excluded::default(),
            coverage: Coverage { state: CoverageState::None, complete: 0, gaps: Default::default(), ..known },
            as_of: self.reads.as_of(),
            before: None,
        }
    }
}
