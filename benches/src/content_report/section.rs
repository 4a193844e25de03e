//! The section of RESULTS.md.

use std::fmt::Write as _;
use std::fs;
use std::time::Duration;

use prodops::core::clock::{Clock, SystemClock};

use super::process::Took;
use super::{Failure, Setting};

/// How fast a side goes over texts in memory.
#[derive(Debug, Clone)]
pub(super) struct Rate {
    version: String,
    /// In millions of bytes a second of CPU time.
    best: f64,
    median: f64,
}

impl Rate {
    /// From what a side prints: version, bytes, seconds of the best and of the median round.
    pub(super) fn of(took: &Took) -> Result<Self, Failure> {
        let mut fields = took.output.split_whitespace();
        let mut next = || fields.next().ok_or("a side printed too little");
        let (version, bytes, best, median) = (next()?.to_owned(), next()?, next()?, next()?);
        let bytes: f64 = bytes.parse()?;
        let rate = |seconds: &str| seconds.parse().map(|seconds: f64| bytes / 1e6 / seconds.max(1e-9));
        Ok(Self { version, best: rate(best)?, median: rate(median)? })
    }
}

/// The table of figures.
pub(super) struct Section {
    text: String,
    missing: Vec<String>,
}

/// A figure to reach.
#[derive(Debug, Clone, Copy)]
pub(super) enum Reach {
    AtLeast(f64),
    AtMost(f64),
    /// What a peer takes is told, and no figure was set.
    Nothing,
}

impl Reach {
    /// The cells of a ratio and of its figure.
    fn cells(self, ratio: f64) -> [String; 2] {
        let (missed, figure) = match self {
            Self::AtLeast(least) => (ratio < least, format!("≥ {least} ×")),
            Self::AtMost(most) => (ratio > most, format!("≤ {most} ×")),
            Self::Nothing => (false, String::new()),
        };
        let digits = if ratio < 10.0 { 2 } else { 0 };
        [format!("{ratio:.digits$} ×{}", if missed { " **missed**" } else { "" }), figure]
    }
}

impl Section {
    pub(super) fn begin(setting: &Setting, files: usize, bytes: usize) -> Result<Self, Failure> {
        let corpus = setting.corpus.as_deref().and_then(|folder| folder.file_name());
        let corpus = corpus.map_or("generated".into(), |name| name.to_string_lossy());
        let (date, load) =
            (SystemClock.now().to_string(), fs::read_to_string("/proc/loadavg").unwrap_or_default());
        let date = date.split('T').next().unwrap_or_default();
        let load = load.split(' ').next().unwrap_or_default();
        let name = setting.repository.file_name().unwrap_or_default().to_string_lossy();
        let text = format!(
            "`cargo xtask bench-report classify --rounds {}`. {date}; load average before it began: {load} on {} cores. Corpus \
             {corpus}: {files} files, {:.1} MB, those that are text and not too long; history {name}. One process after the other, \
             each on one core unless said. A ratio says how many times as fast ours is, for line ages beside counts how many \
             times as long it takes; a figure that is missed is marked.\n\n\
             | what | ours | beside | ratio | to reach |\n|---|---|---|---:|---:|\n",
            setting.rounds,
            std::thread::available_parallelism()?,
            bytes as f64 / 1e6,
        );
        Ok(Self { text, missing: Vec::new() })
    }

    fn row(&mut self, what: &str, ours: &str, beside: &str, [ratio, figure]: [String; 2]) {
        let _ = writeln!(self.text, "| {what} | {ours} | {beside} | {ratio} | {figure} |");
    }

    /// A rate on its own; the figure is one of MB/s.
    pub(super) fn rate(&mut self, what: &str, rate: &Rate, reach: Option<f64>) {
        let missed = reach.filter(|least| rate.median < *least).map_or("", |_| " **missed**");
        let figure = reach.map(|least| format!("≥ {least} MB/s")).unwrap_or_default();
        self.row(what, &format!("{}{missed}", rate.shown()), "", [String::new(), figure]);
    }

    /// A rate beside a peer's.
    pub(super) fn rates(&mut self, what: &str, ours: &Rate, (peer, theirs): (&str, &Rate), reach: Reach) {
        let ratio = reach.cells(ours.median / theirs.median.max(1e-9));
        let beside = format!("{peer} {}: {}", theirs.version, theirs.shown());
        self.row(what, &ours.shown(), &beside, ratio);
    }

    /// The CPU time of processes.
    pub(super) fn cpu(&mut self, what: &str, ours: &Took, (peer, theirs): (&str, &Took), reach: Reach) {
        let ratio = reach.cells(theirs.cpu.as_secs_f64() / ours.cpu.as_secs_f64().max(1e-9));
        let beside = format!("{peer}: {}", shown(theirs.cpu));
        self.row(&format!("{what}, CPU time"), &shown(ours.cpu), &beside, ratio);
    }

    /// The wall clock of processes.
    pub(super) fn wall(&mut self, what: &str, ours: &Took, (peer, theirs): (&str, &Took), reach: Reach) {
        let ratio = reach.cells(theirs.wall.as_secs_f64() / ours.wall.as_secs_f64().max(1e-9));
        let beside = format!("{peer}: {}", shown(theirs.wall));
        self.row(&format!("{what}, wall time"), &shown(ours.wall), &beside, ratio);
    }

    /// How many times as long as another side of ours something takes.
    pub(super) fn longer(&mut self, what: &str, ours: &Took, (other, than): (&str, &Took), reach: Reach) {
        let ratio = reach.cells(ours.cpu.as_secs_f64() / than.cpu.as_secs_f64().max(1e-9));
        let beside = format!("{other}: {}", shown(than.cpu));
        self.row(&format!("{what}, CPU time"), &shown(ours.cpu), &beside, ratio);
    }

    /// A count beside another that should be the same.
    pub(super) fn equal(&mut self, what: &str, equal: usize, of: usize) {
        let missed = if equal == of { "" } else { " **missed**" };
        self.row(what, &format!("{equal}{missed}"), "", [String::new(), of.to_string()]);
    }

    /// A peer that is not installed.
    pub(super) fn missing(&mut self, what: &str) {
        self.missing.push(what.to_owned());
    }

    /// The section, with what the sides count.
    pub(super) fn finish(self, notes: &str) -> String {
        let Self { text, missing } = self;
        let missing = if missing.is_empty() {
            "None of the peers is missing.".to_owned()
        } else {
            format!("Not installed, so not measured: {}.", missing.join("; "))
        };
        format!(
            "{text}\n{notes}\n\n{missing} TLSH and ssdeep answer smaller questions than the pipeline, which does not make their \
             numbers; a ratio says what each costs, not that one could stand for the other. Rates are of CPU time, medians with the \
             best round in brackets; CPU times of processes are told in hundredths of a second, and are means of the rounds.\n"
        )
    }
}

impl Rate {
    fn shown(&self) -> String {
        format!("{:.1} MB/s ({:.1})", self.median, self.best)
    }
}

fn shown(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    if seconds < 1.0 { format!("{:.0} ms", seconds * 1e3) } else { format!("{seconds:.2} s") }
}
