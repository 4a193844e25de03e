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

/// Rows of the tables.
pub(super) struct Section {
    text: String,
    whole: String,
    history: String,
    missing: Vec<String>,
}

impl Section {
    pub(super) fn begin(setting: &Setting, files: usize, bytes: usize) -> Result<Self, Failure> {
        let corpus = setting.corpus.as_deref().and_then(|folder| folder.file_name());
        let corpus = corpus.map_or("generated".into(), |name| name.to_string_lossy());
        let (date, load) =
            (SystemClock.now().to_string(), fs::read_to_string("/proc/loadavg").unwrap_or_default());
        let date = date.split('T').next().unwrap_or_default();
        let load = load.split(' ').next().unwrap_or_default();
        let text = format!(
            "`cargo xtask bench-report classify --rounds {}`. {date}; load average before it began: {load} on {} cores. Corpus \
             {corpus}: {files} files, {:.1} MB, those that are text and not too long. One process after the other, on one core \
             unless said; CPU time.\n\n\
             | texts in memory | version | MB/s, best round | median | pipeline is |\n|---|---|---:|---:|---:|\n",
            setting.rounds,
            std::thread::available_parallelism()?,
            bytes as f64 / 1e6,
        );
        let whole = "\n| whole process, files read | wall | CPU | MB/s of CPU | ours takes |\n|---|---:|---:|---:|---:|\n";
        let name = setting.repository.file_name().unwrap_or_default().to_string_lossy();
        let history = format!(
            "\n| history of {name}, all cores | wall | CPU | wall of ours | CPU of ours |\n|---|---:|---:|---:|---:|\n"
        );
        Ok(Self { text, whole: whole.to_owned(), history, missing: Vec::new() })
    }

    pub(super) fn rate(&mut self, what: &str, rate: &Rate, pipeline: Option<&Rate>) {
        let ratio = pipeline.map(|ours| format!("{:.1} × as fast", ours.median / rate.median.max(1e-9)));
        let Rate { version, best, median } = rate;
        let ratio = ratio.unwrap_or_default();
        let _ = writeln!(self.text, "| {what} | {version} | {best:.1} | {median:.1} | {ratio} |");
    }

    pub(super) fn whole(&mut self, what: &str, took: &Took, ours: Option<&Took>, bytes: usize) {
        let rate = bytes as f64 / 1e6 / took.cpu.as_secs_f64().max(1e-9);
        let ratio = ours.map(|ours| {
            format!("1/{:.1} of its CPU time", took.cpu.as_secs_f64() / ours.cpu.as_secs_f64().max(1e-9))
        });
        let (wall, cpu, ratio) = (shown(took.wall), shown(took.cpu), ratio.unwrap_or_default());
        let _ = writeln!(self.whole, "| {what} | {wall} | {cpu} | {rate:.1} | {ratio} |");
    }

    pub(super) fn history(&mut self, what: &str, took: &Took, ours: Option<&Took>) {
        let times = |ours: Duration, theirs: Duration| {
            format!("{:.2} ×", theirs.as_secs_f64() / ours.as_secs_f64().max(1e-9))
        };
        let ratios = ours.map(|ours| [times(ours.wall, took.wall), times(ours.cpu, took.cpu)]);
        let [wall, cpu] = ratios.unwrap_or_default();
        let _ = writeln!(
            self.history,
            "| {what} | {} | {} | {wall} | {cpu} |",
            shown(took.wall),
            shown(took.cpu)
        );
    }

    /// A peer that is not installed.
    pub(super) fn missing(&mut self, what: &str) {
        self.missing.push(what.to_owned());
    }

    pub(super) fn finish(self) -> String {
        let Self { text, whole, history, missing } = self;
        let missing = if missing.is_empty() {
            "None of the peers is missing.".to_owned()
        } else {
            format!("Not installed, so not measured: {}.", missing.join("; "))
        };
        format!(
            "{text}{whole}{history}\n{missing} SCANOSS, TLSH and ssdeep answer smaller questions than the pipeline, which does not \
             make their numbers; a ratio says what each costs, not that one could stand for the other. CPU times of whole processes \
             are told in hundredths of a second.\n"
        )
    }
}

fn shown(time: Duration) -> String {
    format!("{:.2} s", time.as_secs_f64())
}
