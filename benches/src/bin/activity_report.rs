//! The report on activity labels: `activity-report PYTHON DATA [FOLD …]` prints a section for RESULTS.md.
#![allow(clippy::print_stdout, reason = "it talks through its terminal")]

use std::hint::black_box;
use std::path::Path;
use std::process::{Command, Stdio};

use benches::commit_text::read;
use benches::cpu::measure;
use prodops::classify::{ActivityClassifier, ActivityModel, CommitSummary, FileSummary};

type Failure = Box<dyn std::error::Error + Send + Sync>;

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/peers/activity.py");

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [python, data, folds @ ..] = arguments.as_slice() else {
        return Err("usage: activity-report PYTHON DATA [FOLD …]".into());
    };
    let rows = tempfile::NamedTempFile::new()?;
    let rows = rows.path();
    let peers = Command::new(python)
        .arg(SCRIPT)
        .args([Path::new(data), Path::new("--rows"), rows])
        .args(folds)
        .stderr(Stdio::inherit())
        .output()?;
    if !peers.status.success() {
        return Err(format!("{SCRIPT} failed with {}", peers.status).into());
    }
    let (table, own) = (String::from_utf8(peers.stdout)?, labels_a_second(rows)?);
    let fold =
        if folds.is_empty() { "all five folds".to_owned() } else { format!("folds {}", folds.join(", ")) };
    println!("Over {fold}, one core, CPU time; the classifier and its peers label the same commits.\n");
    println!("{}", table.trim());
    let figures = ActivityModel::shipped().header().canonical;
    let (accuracy, macro_f1) = (f64::from(figures.accuracy) / 1e4, f64::from(figures.macro_f1) / 1e4);
    println!(
        "| the model, rules included (its own header: all folds) | canonical | {accuracy:.4} | {macro_f1:.4} | {own:.0} |\n"
    );
    for (peer, speed) in speeds(&table) {
        println!("- {:.1} × {peer}", own / speed);
    }
    Ok(())
}

fn labels_a_second(rows: &Path) -> Result<f64, Failure> {
    let texts = read(rows)?;
    let files: Vec<Vec<FileSummary<'_>>> = texts.iter().map(|text| text.files()).collect();
    let commits: Vec<CommitSummary<'_>> =
        texts.iter().zip(&files).map(|(text, files)| text.summary(files)).collect();
    let mut classifier = ActivityClassifier::new(ActivityModel::shipped());
    let cost = measure(commits.len(), || {
        for commit in &commits {
            black_box(classifier.label(black_box(commit), None));
        }
    });
    Ok(1e9 / cost.nanoseconds.0)
}

/// The peers by name with their commits a second: the first and the last cell of a row, each peer once.
fn speeds(table: &str) -> Vec<(&str, f64)> {
    let mut found: Vec<(&str, f64)> = Vec::new();
    for line in table.lines() {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let (Some(name), Some(speed)) = (cells.first(), cells.last()) else { continue };
        if let Ok(speed) = speed.replace(',', "").parse()
            && found.iter().all(|(known, _)| known != name)
        {
            found.push((name, speed));
        }
    }
    found
}
