//! The model card: figures, how they were measured, what was tried, what is weak, where the data comes from.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use prodops_classify::training::KINDS;
use prodops_core::fact::{Activity, LabelSource};

use super::data::DataSet;
use super::evaluate::{Judged, Judgement};
use super::figures::{Counted, TRUTHS, share};
use super::run::Trained;

/// What the reader should know before the figures.
const INTRODUCTION: &str = include_str!("card/introduction.md");
/// What was tried, and what is weak.
const TRIES: &str = include_str!("card/tries.md");

/// The whole card.
pub(super) fn write(data: &DataSet, trained: &Trained) -> String {
    let judgement = &trained.judgement;
    let mut card = INTRODUCTION.to_owned();
    let rows: usize = data.repositories.iter().map(|repository| repository.rows.len()).sum();
    let digest: String = data.digest.iter().map(|byte| format!("{byte:02x}")).collect();
    let _ = writeln!(
        card,
        "\nVersion {}, trained on {rows} commits of {} repositories (SHA-256 of the files `{digest}`), measured on the {} \
         of them that are no extra rows of rare kinds; temperature {}, of messages \
         alone {}.\n",
        trained.parts.version,
        data.repositories.len(),
        judgement.plain.len(),
        trained.parts.temperature.with_files,
        trained.parts.temperature.message_only,
    );
    card.push_str("## Figures\n\n");
    card.push_str(&summary(judgement));
    by_source(&mut card, &judgement.plain);
    for (name, truth) in TRUTHS {
        let counted = Counted::of(&judgement.plain, truth);
        kinds(&mut card, name, &counted);
        confusion(&mut card, name, &counted);
    }
    card.push_str(
        "## Calibration\n\nCanonical labels, without a prior; larger circles are more commits.\n\n",
    );
    card.push_str("![How often a label is right, by its probability](calibration.svg)\n\n");
    card.push_str(TRIES);
    sources(&mut card, data);
    card
}

/// The table of the most important figures.
pub(super) fn summary(judgement: &Judgement) -> String {
    let mut table = String::from(
        "| labels | judged | accuracy | macro-F1 | accuracy at 50 % | at 70 % | calibration error |\n|---|---|---:|---:|---:|---:|---:|\n",
    );
    let ways = [
        ("message and files", &judgement.plain),
        ("with the prior of earlier commits", &judgement.with_prior),
        ("message alone", &judgement.message_only),
    ];
    for (way, judged) in ways {
        for (name, truth) in TRUTHS {
            let counted = Counted::of(judged, truth);
            let _ = writeln!(
                table,
                "| {name} | {way} | {:.4} | {:.4} | {:.4} | {:.4} | {:.4} |",
                counted.accuracy_at(1.0),
                counted.macro_f1(),
                counted.accuracy_at(0.5),
                counted.accuracy_at(0.7),
                counted.calibration_error(),
            );
        }
    }
    table.push('\n');
    table
}

fn by_source(card: &mut String, judged: &[Judged]) {
    card.push_str("Who decided, without a prior:\n\n| source | commits | canonical label met | declared label met |\n|---|---:|---:|---:|\n");
    for source in [LabelSource::Rule, LabelSource::Declared, LabelSource::Model] {
        let of: Vec<&Judged> = judged.iter().filter(|one| one.source == source).collect();
        let met = |met: fn(&&&Judged) -> bool| share(of.iter().filter(met).count() as f64, of.len() as f64);
        let canonical = met(|one| one.label == one.canonical);
        let declared = met(|one| one.label == one.declared);
        let _ = writeln!(card, "| {} | {} | {canonical:.4} | {declared:.4} |", source.as_str(), of.len());
    }
    card.push('\n');
}

fn kinds(card: &mut String, name: &str, counted: &Counted) {
    let _ = writeln!(
        card,
        "### By kind, {name} labels\n\n| kind | commits | precision | recall | F1 |\n|---|---:|---:|---:|---:|"
    );
    for (number, activity) in Activity::ALL.iter().enumerate().take(KINDS) {
        let kind = counted.kind(number);
        let _ = writeln!(
            card,
            "| {} | {} | {:.3} | {:.3} | {:.3} |",
            activity.as_str(),
            kind.commits,
            kind.precision,
            kind.recall,
            kind.f1
        );
    }
    card.push('\n');
}

fn confusion(card: &mut String, name: &str, counted: &Counted) {
    let _ = writeln!(card, "### Confusion, {name} labels\n\nRows: the label; columns: what was given.\n");
    let names: Vec<&str> = Activity::ALL.iter().map(|activity| activity.as_str()).collect();
    let _ = writeln!(card, "| | {} |\n|---|{}", names.join(" | "), "---:|".repeat(KINDS));
    for (name, row) in names.iter().zip(&counted.confusion) {
        let cells: Vec<String> = row.iter().map(ToString::to_string).collect();
        let _ = writeln!(card, "| **{name}** | {} |", cells.join(" | "));
    }
    card.push('\n');
}

/// Where the commits come from, by licence.
fn sources(card: &mut String, data: &DataSet) {
    let mut by_licence: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for repository in &data.repositories {
        by_licence.entry(&repository.licence).or_default().push(&repository.name);
    }
    card.push_str(
        "## Sources\n\nOnly metadata of public commits was read (messages, paths, line counts), no source text and no names of \
         people; the model holds hashes of features and their weights. Licences of the repositories at their heads:\n\n",
    );
    for (licence, names) in by_licence {
        let _ = writeln!(card, "- {licence}: {}", names.join(", "));
    }
}
