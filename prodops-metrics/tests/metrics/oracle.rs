//! The definitions once more, from their formulas, in plain slow code: sets, loops and calendars, nothing shared with
//! the crate but the types of its results.

use std::collections::{BTreeMap, BTreeSet};

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};
use prodops_core::fact::{
    Activity, Artefact, CommitFact, CommitId, CountState, CoverageFact, Entity, FileChange, Gap, LineEntry,
    LineSnapshot, PathKey,
};
use prodops_core::id::{PersonId, RepositoryId};
use prodops_core::time::Timestamp;
use prodops_metrics::Window;

use crate::generate::{DAY, Facts};

/// Person-days: equal when no more apart than the splitting of whole days into millionths can bring.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Days(pub(crate) f64);

impl PartialEq for Days {
    fn eq(&self, other: &Self) -> bool {
        (self.0 - other.0).abs() < 1e-3
    }
}

/// What a definition should say, with shares as counts and percentiles in hundredths.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Expected {
    Count(u64),
    Share(u64, u64),
    /// Percentiles 50, 75 and 90, a hundredfold.
    Percentiles([u128; 3]),
    Mix(BTreeMap<String, u64>),
    Effort(BTreeMap<String, Days>),
    Lines(BTreeMap<Artefact, (u64, u64, u64)>, BTreeMap<Artefact, (u64, u64, u64)>),
    /// New, refactored, own rework and that of others.
    Breakdown([u64; 4]),
    /// Points that came and went, of kinds that have any.
    Complexity(BTreeMap<String, (u64, u64)>),
}

pub(crate) type Reasons = BTreeMap<&'static str, u64>;

pub(crate) struct Answer {
    pub(crate) value: Option<Expected>,
    pub(crate) n: u64,
    pub(crate) excluded: Reasons,
}

pub(crate) struct Oracle<'a> {
    facts: &'a Facts,
    scope: Vec<RepositoryId>,
    pub(crate) window: Window,
    as_of: Timestamp,
}

fn bump(reasons: &mut Reasons, reason: &'static str) {
    *reasons.entry(reason).or_default() += 1;
}

fn percentiles(mut values: Vec<u128>) -> Option<Expected> {
    values.sort();
    if values.is_empty() {
        return None;
    }
    let at = |percent: usize| {
        let (index, part) = ((values.len() - 1) * percent / 100, (values.len() - 1) * percent % 100);
        let next = (index + 1).min(values.len() - 1);
        values[index] * (100 - part as u128) + values[next] * part as u128
    };
    Some(Expected::Percentiles([at(50), at(75), at(90)]))
}

fn reason_of(change: &FileChange) -> Option<&'static str> {
    if change.counted == CountState::Submodule {
        return Some("submodule");
    }
    if !change.artefact.is_handwritten() {
        return Some(change.artefact.as_str());
    }
    match change.counted {
        CountState::Binary => Some("binary"),
        CountState::TooLarge => Some("too_large"),
        CountState::Unreadable => Some("unreadable"),
        CountState::Counted | CountState::Submodule => None,
    }
}

impl<'a> Oracle<'a> {
    pub(crate) fn new(facts: &'a Facts, window: Window, as_of: Timestamp) -> Self {
        let scope = facts.repositories.iter().map(|repository| repository.id).collect();
        Self { facts, scope, window, as_of }
    }

    fn believable(&self, at: Timestamp) -> bool {
        at >= "1990-01-01T00:00:00Z".parse().unwrap() && at.as_millis() <= self.as_of.as_millis() + DAY
    }

    fn is_bot(&self, commit: &CommitFact) -> bool {
        commit.bot || self.facts.people.iter().any(|person| person.bot && Some(person.id) == commit.author)
    }

    fn is_duplicate(&self, commit: &CommitFact) -> bool {
        self.facts.commits.iter().any(|other| {
            other.id == commit.id
                && other.repository < commit.repository
                && self.scope.contains(&other.repository)
        })
    }

    fn listed(&self) -> impl Iterator<Item = &'a CommitFact> {
        self.facts.commits.iter().filter(|commit| self.scope.contains(&commit.repository))
    }

    fn in_window(&self) -> Vec<&'a CommitFact> {
        self.listed()
            .filter(|commit| {
                self.believable(commit.committed.at)
                    && commit.committed.at >= self.window.from()
                    && commit.committed.at < self.window.to()
            })
            .collect()
    }

    pub(crate) fn work(&self) -> (Vec<&'a CommitFact>, Reasons) {
        let (mut work, mut reasons) = (Vec::new(), Reasons::new());
        for commit in self.listed() {
            if !self.is_duplicate(commit) && !self.believable(commit.committed.at) {
                bump(&mut reasons, "clock_anomaly");
            }
        }
        for commit in self.in_window() {
            if self.is_duplicate(commit) {
                bump(&mut reasons, "duplicate");
            } else if self.is_bot(commit) {
                bump(&mut reasons, "bot");
            } else if commit.parents.len() >= 2 {
                bump(&mut reasons, "merge");
            } else {
                work.push(commit);
            }
        }
        (work, reasons)
    }

    pub(crate) fn answer(&self, id: &str) -> Option<Answer> {
        let (work, mut excluded) = self.work();
        let (value, n) = match id {
            "commits" => (Some(Expected::Count(work.len() as u64)), work.len()),
            "active_people" => return Some(self.active_people()),
            "activity_mix" => {
                let mut mix = BTreeMap::new();
                work.iter().for_each(|commit| *mix.entry(class(commit).to_owned()).or_default() += 1);
                ((!work.is_empty()).then_some(Expected::Mix(mix)), work.len())
            }
            "investment_mix" => self.investment(&work, &mut excluded),
            "work_breakdown" => work_breakdown(&work, &mut excluded),
            "replaced_age" => replaced_age(&work, &mut excluded),
            "moved_lines" => {
                let added: u64 =
                    work.iter().flat_map(|commit| &commit.changes).map(|one| u64::from(one.added)).sum();
                let moved: u64 = work.iter().map(|one| u64::from(one.work.moved + one.work.copied)).sum();
                ((added > 0).then_some(Expected::Share(moved.min(added), added)), added as usize)
            }
            "complexity_change" => complexity_change(&work, &mut excluded),
            "work_lines" => work_lines(&work, &mut excluded),
            "change_size" => change_size(&work, &mut excluded),
            "landing_time" => self.landing_time(&work, &mut excluded),
            "branch_time" => return Some(self.branch_time()),
            "revert_share" => labelled(&work, Activity::Revert, &mut excluded),
            "bugfix_share" => labelled(&work, Activity::Bugfix, &mut excluded),
            "bus_factor_commits" => bus_factor(&work, &mut excluded),
            "knowledge_spread" => knowledge_spread(&work, &mut excluded),
            "commit_days" => self.commit_days(&work),
            "commit_days_per_week" => self.per_week(&work, &mut excluded),
            "after_hours" => self.after_hours(&work, &mut excluded),
            _ => return None,
        };
        Some(Answer { value, n: n as u64, excluded })
    }

    /// Lines that are left by who wrote them, and what is left out; `None` when some repository's were not read.
    pub(crate) fn lines_left(&self) -> Option<(BTreeMap<PersonId, u64>, Reasons)> {
        let (mut left, mut excluded) = (BTreeMap::new(), Reasons::new());
        for repository in &self.scope {
            let parts = self.facts.lines.iter().filter(|fact| fact.repository == *repository);
            let parts: Vec<_> = parts
                .map(|fact| match &fact.entry {
                    LineEntry::Snapshot(part) => part,
                    LineEntry::Edits { .. } => panic!("no snapshot"),
                })
                .collect();
            let lists = parts.first()?;
            for file in parts.iter().flat_map(|part| &part.files) {
                let mut place = 0;
                for run in &file.runs {
                    place += run.commit;
                    let author = lists.commits[place as usize].author.map(|at| lists.authors[at as usize]);
                    let bot = self.facts.people.iter().any(|person| person.bot && Some(person.id) == author);
                    let lines = u64::from(run.lines);
                    match author {
                        _ if !self.handwritten(*repository, file.path) => {
                            *excluded.entry("separated_lines").or_default() += lines;
                        }
                        None => *excluded.entry("nobodys_lines").or_default() += lines,
                        Some(_) if bot => *excluded.entry("bot_lines").or_default() += lines,
                        Some(author) => *left.entry(author).or_default() += lines,
                    }
                }
            }
        }
        Some((left, excluded))
    }

    /// Of the lines that commits wrote, how many are left, and whether every repository's are known.
    pub(crate) fn survival(&self) -> (Answer, bool) {
        let (work, mut excluded) = self.work();
        let read = |repository| self.facts.lines.iter().any(|fact| fact.repository == repository);
        let known = self.scope.iter().all(|repository| read(*repository));
        let (mut left, mut written) = (0, 0);
        for commit in work {
            let unknown = |change: &FileChange| match reason_of(change) {
                None => change.turnover.is_none(),
                Some(reason) => matches!(reason, "too_large" | "unreadable"),
            };
            if commit.changes.iter().any(unknown) {
                bump(&mut excluded, "uncounted_file");
                continue;
            }
            let handwritten = commit.changes.iter().filter(|change| reason_of(change).is_none());
            let wrote: u64 =
                handwritten.filter_map(|one| one.turnover).map(|one| u64::from(one.written)).sum();
            written += wrote;
            left += self.left_of(commit).min(wrote);
        }
        let value = (written > 0).then_some(Expected::Share(left, written));
        (Answer { value, n: written, excluded }, known)
    }

    /// The handwritten lines of a commit that are left.
    fn left_of(&self, commit: &CommitFact) -> u64 {
        let of_repository = self.facts.lines.iter().filter(|fact| fact.repository == commit.repository);
        let parts: Vec<&LineSnapshot> = of_repository
            .filter_map(|fact| match &fact.entry {
                LineEntry::Snapshot(part) => Some(part),
                LineEntry::Edits { .. } => None,
            })
            .collect();
        let files = parts.iter().flat_map(|part| &part.files);
        let files = files.filter(|file| self.handwritten(commit.repository, file.path));
        let mut lines = 0;
        for file in files {
            let mut place = 0;
            for run in &file.runs {
                place += run.commit;
                let owner = parts[0].commits[place as usize];
                if commit.id.as_bytes().starts_with(&owner.commit.to_be_bytes()) {
                    lines += u64::from(run.lines);
                }
            }
        }
        lines
    }

    /// What the file was when it changed last.
    fn handwritten(&self, repository: RepositoryId, path: PathKey) -> bool {
        let commits = self.facts.commits.iter().filter(|commit| commit.repository == repository);
        let of =
            |one: &'a CommitFact| one.changes.iter().map(move |change| ((one.committed.at, one.id), change));
        let changes = commits.flat_map(of);
        let last = changes.filter(|(_, change)| change.path == path).max_by_key(|(at, _)| *at);
        last.is_none_or(|(_, change)| change.artefact.is_handwritten())
    }

    fn investment(&self, work: &[&CommitFact], excluded: &mut Reasons) -> (Option<Expected>, usize) {
        let authored: Vec<_> = work.iter().filter(|commit| commit.author.is_some()).collect();
        (0..work.len() - authored.len()).for_each(|_| bump(excluded, "no_author"));
        let day = |commit: &CommitFact| (commit.author, self.date(commit.committed.at));
        let days: BTreeSet<_> = authored.iter().map(|commit| day(commit)).collect();
        let mut effort: BTreeMap<String, f64> = BTreeMap::new();
        for commit in &authored {
            let of_day = authored.iter().filter(|other| day(other) == day(commit)).count();
            *effort.entry(class(commit).to_owned()).or_default() += 1.0 / of_day as f64;
        }
        let effort = effort.into_iter().map(|(class, days)| (class, Days(days))).collect();
        ((!days.is_empty()).then_some(Expected::Effort(effort)), days.len())
    }

    fn active_people(&self) -> Answer {
        let (_, mut excluded) = self.work();
        excluded.remove("merge");
        let (mut people, mut n) = (BTreeSet::new(), 0);
        for commit in self.in_window() {
            if self.is_duplicate(commit) || self.is_bot(commit) {
                continue;
            }
            match commit.author {
                None => bump(&mut excluded, "no_author"),
                Some(author) => {
                    people.insert(author);
                    n += 1;
                }
            }
        }
        Answer { value: Some(Expected::Count(people.len() as u64)), n, excluded }
    }

    fn landing_time(&self, work: &[&CommitFact], excluded: &mut Reasons) -> (Option<Expected>, usize) {
        let mut waits = Vec::new();
        for commit in work {
            if commit.authored.at > commit.committed.at || !self.believable(commit.authored.at) {
                bump(excluded, "clock_anomaly");
            } else {
                waits.push(commit.committed.at.seconds_since(commit.authored.at) as u128);
            }
        }
        let n = waits.len();
        (percentiles(waits), n)
    }

    /// Every commit that can be reached from one, itself included, and the unread ones that end the way.
    fn reach(&self, repository: RepositoryId, from: CommitId) -> BTreeSet<CommitId> {
        let (mut found, mut open) = (BTreeSet::new(), vec![from]);
        while let Some(id) = open.pop() {
            let commit =
                self.facts.commits.iter().find(|commit| commit.repository == repository && commit.id == id);
            if found.insert(id)
                && let Some(commit) = commit
            {
                open.extend(commit.parents.iter().copied());
            }
        }
        found
    }

    fn find(&self, repository: RepositoryId, id: CommitId) -> Option<&'a CommitFact> {
        self.facts.commits.iter().find(|commit| commit.repository == repository && commit.id == id)
    }

    fn on_line(&self, merge: &CommitFact) -> bool {
        let repository = self.facts.repositories.iter().find(|one| one.id == merge.repository).unwrap();
        let mut next = repository.head;
        while let Some(commit) = next.and_then(|id| self.find(merge.repository, id)) {
            if commit.id == merge.id {
                return true;
            }
            next = commit.parents.first().copied();
        }
        false
    }

    fn branch_of(&self, merge: &CommitFact) -> Result<u128, &'static str> {
        if self.is_duplicate(merge) {
            return Err("duplicate");
        }
        if !self.on_line(merge) {
            return Err("off_mainline");
        }
        if merge.parents.len() > 2 {
            return Err("octopus");
        }
        let first = self.reach(merge.repository, merge.parents[0]);
        let second = self.reach(merge.repository, merge.parents[1]);
        let new: Vec<CommitId> = second.difference(&first).copied().collect();
        let commits: Option<Vec<&CommitFact>> =
            new.iter().map(|id| self.find(merge.repository, *id)).collect();
        let leads_out = |id: &CommitId| self.find(merge.repository, *id).is_none();
        let cut_parent = commits.iter().flatten().flat_map(|commit| &commit.parents).any(leads_out);
        let Some(commits) = commits.filter(|_| !cut_parent && !leads_out(&merge.parents[1])) else {
            return Err("history_cut");
        };
        if commits.is_empty() {
            return Err("nothing_new");
        }
        if !commits.iter().flat_map(|commit| &commit.parents).any(|parent| first.contains(parent)) {
            return Err("unrelated_history");
        }
        if commits.iter().all(|commit| self.is_bot(commit)) {
            return Err("bot");
        }
        let earliest = commits.iter().map(|commit| commit.authored.at).min().unwrap();
        let believed = commits.iter().all(|commit| self.believable(commit.authored.at));
        if !believed || earliest > merge.committed.at {
            return Err("clock_anomaly");
        }
        Ok(merge.committed.at.seconds_since(earliest) as u128)
    }

    fn branch_time(&self) -> Answer {
        let (mut lives, mut excluded) = (Vec::new(), Reasons::new());
        for merge in self.listed().filter(|commit| commit.is_merge()) {
            if !self.is_duplicate(merge) && !self.believable(merge.committed.at) {
                bump(&mut excluded, "clock_anomaly");
            }
        }
        for merge in self.in_window().into_iter().filter(|commit| commit.is_merge()) {
            match self.branch_of(merge) {
                Ok(life) => lives.push(life),
                Err(reason) => bump(&mut excluded, reason),
            }
        }
        let n = lives.len() as u64;
        Answer { value: percentiles(lives), n, excluded }
    }

    fn date(&self, at: Timestamp) -> Date {
        at.to_jiff().to_zoned_datetime(self.window.zone().clone()).date()
    }

    fn midnight(&self, date: Date) -> Timestamp {
        date.to_zoned_datetime(self.window.zone().clone()).unwrap().timestamp().into()
    }

    /// The days of the window that have begun, or that a clock running ahead has stamped.
    fn days(&self, work: &[&CommitFact]) -> Vec<Date> {
        let last = work.iter().map(|commit| commit.committed.at).chain([self.as_of]).max().unwrap();
        let end = Timestamp::from_millis(self.window.to().as_millis() - 1).unwrap();
        let (mut days, mut day) = (Vec::new(), self.date(self.window.from()));
        while last >= self.window.from() && day <= self.date(end) && day <= self.date(last) {
            days.push(day);
            day = day.tomorrow().unwrap();
        }
        days
    }

    fn commit_days(&self, work: &[&CommitFact]) -> (Option<Expected>, usize) {
        let days = self.days(work);
        let active: BTreeSet<Date> = work.iter().map(|commit| self.date(commit.committed.at)).collect();
        let share = Expected::Share(active.len() as u64, days.len() as u64);
        ((!days.is_empty()).then_some(share), days.len())
    }

    fn per_week(&self, work: &[&CommitFact], excluded: &mut Reasons) -> (Option<Expected>, usize) {
        let active: BTreeSet<Date> = work.iter().map(|commit| self.date(commit.committed.at)).collect();
        let mut monday = self.date(self.window.from());
        while monday.weekday() != Weekday::Monday {
            monday = monday.yesterday().unwrap();
        }
        let mut weeks = Vec::new();
        while self.midnight(monday) < self.window.to() {
            let next = monday.checked_add(7.days()).unwrap();
            let (start, end) = (self.midnight(monday), self.midnight(next));
            if start >= self.window.from() && end <= self.window.to() && end <= self.as_of {
                weeks.push(active.iter().filter(|day| **day >= monday && **day < next).count() as u128);
            } else if start.max(self.window.from()) <= self.as_of {
                bump(excluded, "partial_week");
            }
            monday = next;
        }
        let n = weeks.len();
        (percentiles(weeks), n)
    }

    fn after_hours(&self, work: &[&CommitFact], excluded: &mut Reasons) -> (Option<Expected>, usize) {
        let (mut outside, mut n) = (0, 0);
        for commit in work {
            if !self.believable(commit.authored.at) {
                bump(excluded, "clock_anomaly");
                continue;
            }
            n += 1;
            // 1970-01-01 was a Thursday: day 4 of a week that starts on Sunday.
            let minutes =
                commit.authored.at.as_millis().div_euclid(60_000) + i64::from(commit.authored.offset_minutes);
            let (weekday, minute) = ((minutes.div_euclid(1440) + 4).rem_euclid(7), minutes.rem_euclid(1440));
            let office = (8 * 60..18 * 60).contains(&minute) && (1..6).contains(&weekday);
            if !office {
                outside += 1;
            }
        }
        ((n > 0).then_some(Expected::Share(outside, n)), n as usize)
    }

    /// Whether every listed repository was completely read from `from` to `to`; `None` when none was read at all.
    pub(crate) fn was_read(&self, from: Timestamp, to: Timestamp, files: bool) -> Option<bool> {
        let needed = to.as_millis().min(self.as_of.as_millis() - DAY).max(from.as_millis() + 1);
        let whole = |id: &RepositoryId| {
            let spans: Vec<_> = self.reads(*id).filter(|fact| self.trusted(fact, files)).collect();
            let covered = |at: i64| {
                spans.iter().any(|fact| {
                    fact.from.is_none_or(|from| from.as_millis() <= at) && at < fact.to.as_millis()
                })
            };
            let ends = spans.iter().map(|fact| fact.to.as_millis());
            let mut checks = ends.filter(|end| *end >= from.as_millis() && *end < needed);
            covered(from.as_millis()) && checks.all(covered)
        };
        let touched = |id: &RepositoryId| {
            self.reads(*id).any(|fact| fact.to > from && fact.from.is_none_or(|start| start < to))
        };
        let all = !self.scope.is_empty() && self.scope.iter().all(whole);
        (all || self.scope.iter().any(touched)).then_some(all)
    }

    fn reads(&self, id: RepositoryId) -> impl Iterator<Item = &'a CoverageFact> {
        self.facts.coverage.iter().filter(move |fact| {
            fact.repository == id
                && fact.entity == Entity::Commit
                && fact.from.is_none_or(|from| from <= fact.to)
        })
    }

    fn trusted(&self, fact: &CoverageFact, files: bool) -> bool {
        let has = |gap| fact.gaps.iter().any(|(one, count)| *one == gap && *count > 0);
        let shallow = self.facts.repositories.iter().any(|one| one.id == fact.repository && one.shallow);
        let unknown_start = fact.from.is_none() && (shallow || has(Gap::Shallow));
        !(unknown_start || (files && has(Gap::UnreadableObject)))
    }
}

fn class(commit: &CommitFact) -> &'static str {
    match commit.label {
        Some(label) if label.probability.as_f64() >= 0.5 => label.label.as_str(),
        _ => "unclassified",
    }
}

fn labelled(work: &[&CommitFact], activity: Activity, excluded: &mut Reasons) -> (Option<Expected>, usize) {
    let known: Vec<_> = work.iter().filter(|commit| class(commit) != "unclassified").collect();
    (0..work.len() - known.len()).for_each(|_| bump(excluded, "unclassified"));
    let part = known.iter().filter(|commit| class(commit) == activity.as_str()).count();
    ((!known.is_empty()).then_some(Expected::Share(part as u64, known.len() as u64)), known.len())
}

fn work_lines(work: &[&CommitFact], excluded: &mut Reasons) -> (Option<Expected>, usize) {
    let (mut handwritten, mut separated, mut n) = (BTreeMap::new(), BTreeMap::new(), 0);
    for change in work.iter().flat_map(|commit| &commit.changes) {
        let reason = reason_of(change);
        let into = match reason {
            None => {
                n += 1;
                &mut handwritten
            }
            Some(reason) => {
                bump(excluded, reason);
                if reason != change.artefact.as_str() {
                    continue;
                }
                &mut separated
            }
        };
        let sum: &mut (u64, u64, u64) = into.entry(change.artefact).or_default();
        *sum = (sum.0 + 1, sum.1 + u64::from(change.added), sum.2 + u64::from(change.deleted));
    }
    (Some(Expected::Lines(handwritten, separated)), n)
}

fn work_breakdown(work: &[&CommitFact], excluded: &mut Reasons) -> (Option<Expected>, usize) {
    let mut sums = [0; 4];
    for change in work.iter().flat_map(|commit| &commit.changes) {
        match (reason_of(change), change.turnover) {
            (Some(reason), _) => bump(excluded, reason),
            (None, None) => bump(excluded, "unknown_age"),
            (None, Some(lines)) => {
                let kinds = [lines.fresh, lines.refactored, lines.rework_own, lines.rework_others];
                sums.iter_mut().zip(kinds).for_each(|(sum, lines)| *sum += u64::from(lines));
            }
        }
    }
    let n: u64 = sums.iter().sum();
    ((n > 0).then_some(Expected::Breakdown(sums)), n as usize)
}

fn complexity_change(work: &[&CommitFact], excluded: &mut Reasons) -> (Option<Expected>, usize) {
    let (mut kinds, mut n) = (BTreeMap::new(), 0);
    for commit in work {
        let sure = commit.label.filter(|label| label.probability.as_f64() >= 0.5);
        let kind = sure.map_or("unclassified", |label| label.label.as_str());
        for change in &commit.changes {
            match (reason_of(change), change.complexity) {
                (Some(reason), _) => bump(excluded, reason),
                (None, None) => bump(excluded, "unknown_complexity"),
                (None, Some(points)) => {
                    n += 1;
                    let sum: &mut (u64, u64) = kinds.entry(kind.to_owned()).or_default();
                    let by = u64::from(points.after.abs_diff(points.before));
                    *(if points.after > points.before { &mut sum.0 } else { &mut sum.1 }) += by;
                }
            }
        }
    }
    kinds.retain(|_, sum| *sum != (0, 0));
    ((n > 0).then_some(Expected::Complexity(kinds)), n)
}

fn replaced_age(work: &[&CommitFact], excluded: &mut Reasons) -> (Option<Expected>, usize) {
    let mut ages = Vec::new();
    for commit in work {
        let unknown = |change: &&FileChange| match reason_of(change) {
            None => change.turnover.is_none(),
            Some(reason) => matches!(reason, "too_large" | "unreadable"),
        };
        let known = commit.changes.iter().filter(|change| reason_of(change).is_none());
        let known: Vec<_> = known.filter_map(|change| change.turnover).collect();
        let lost: u32 = known.iter().map(|one| one.rework_own + one.rework_others + one.refactored).sum();
        if commit.changes.iter().any(|change| unknown(&change)) {
            bump(excluded, "uncounted_file");
        } else if lost == 0 {
            bump(excluded, "nothing_replaced");
        } else {
            let days: u32 = known.iter().map(|one| one.age_days).sum();
            ages.push(u128::from(days) * 86_400 / u128::from(lost));
        }
    }
    let n = ages.len();
    (percentiles(ages), n)
}

fn change_size(work: &[&CommitFact], excluded: &mut Reasons) -> (Option<Expected>, usize) {
    let mut sizes = Vec::new();
    for commit in work {
        let reasons: Vec<_> = commit.changes.iter().map(reason_of).collect();
        if reasons.iter().any(|reason| matches!(reason, Some("too_large" | "unreadable"))) {
            bump(excluded, "uncounted_file");
        } else if reasons.iter().all(Option::is_some) {
            bump(excluded, "no_handwritten_change");
        } else {
            let counted = commit.changes.iter().filter(|change| reason_of(change).is_none());
            sizes.push(counted.map(|change| u128::from(change.added) + u128::from(change.deleted)).sum());
        }
    }
    let n = sizes.len();
    (percentiles(sizes), n)
}

fn bus_factor(work: &[&CommitFact], excluded: &mut Reasons) -> (Option<Expected>, usize) {
    let authors: Vec<_> = work.iter().filter_map(|commit| commit.author).collect();
    (0..work.len() - authors.len()).for_each(|_| bump(excluded, "no_author"));
    let people: Vec<_> = authors.iter().copied().collect::<BTreeSet<_>>().into_iter().collect();
    // Every group of people, the smallest that wrote more than half.
    let groups = (1u32..1 << people.len()).filter(|group| {
        let member = |author| people.iter().position(|one| *one == author).unwrap();
        2 * authors.iter().filter(|author| group >> member(**author) & 1 == 1).count() > authors.len()
    });
    let least = groups.map(u32::count_ones).min();
    (least.map(|k| Expected::Count(u64::from(k))), authors.len())
}

fn knowledge_spread(work: &[&CommitFact], excluded: &mut Reasons) -> (Option<Expected>, usize) {
    let mut touches = BTreeSet::new();
    for commit in work {
        let Some(author) = commit.author else {
            bump(excluded, "no_author");
            continue;
        };
        for change in &commit.changes {
            match reason_of(change) {
                None | Some("too_large" | "unreadable") => {
                    touches.insert(((commit.repository, change.path), author));
                }
                Some(reason) => bump(excluded, reason),
            }
        }
    }
    let files: BTreeSet<_> = touches.iter().map(|(file, _)| *file).collect();
    let authors = |file| touches.iter().filter(|(one, _)| *one == file).count();
    let shared = files.iter().filter(|file| authors(**file) > 1).count() as u64;
    ((!files.is_empty()).then_some(Expected::Share(shared, files.len() as u64)), files.len())
}
