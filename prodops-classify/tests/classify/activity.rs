//! The activity classifier through its public interface: what is decided by whom, what it costs, what it survives.

use std::sync::Arc;

use proptest::prelude::*;

use prodops_classify::{
    ActivityClassifier, ActivityModel, CommitSummary, FileSummary, ModelError, RepositoryPrior,
};
use prodops_core::fact::{Activity, LabelSource};

const SHIPPED: &[u8] = include_bytes!("../../model/activity.bin");

fn classifier() -> ActivityClassifier {
    ActivityClassifier::new(ActivityModel::shipped())
}

fn file(path: &str, added: u32, deleted: u32) -> FileSummary<'_> {
    FileSummary { path: path.as_bytes(), added, deleted }
}

fn commit<'a>(subject: &'a str, body: &'a str, files: &'a [FileSummary<'a>]) -> CommitSummary<'a> {
    CommitSummary { subject: subject.as_bytes(), body: body.as_bytes(), files }
}

#[test]
fn the_order_of_decision_is_revert_paths_declaration_model() {
    let mut classifier = classifier();
    let (code, tests) = ([file("src/a.rs", 3, 1)], [file("tests/a.rs", 3, 1)]);
    for (subject, files, label, source, declared) in [
        ("Revert \"Add a cache\"", &code, Activity::Revert, LabelSource::Rule, None),
        ("fix: wait", &tests, Activity::Test, LabelSource::Rule, Some(Activity::Bugfix)),
        ("perf: wait less", &code, Activity::Performance, LabelSource::Declared, Some(Activity::Performance)),
        ("Prevent a crash when the list is empty", &code, Activity::Bugfix, LabelSource::Model, None),
        ("Implement a new command that lists users", &code, Activity::Feature, LabelSource::Model, None),
    ] {
        let given = classifier.label(&commit(subject, "", files), None);
        assert_eq!((given.label, given.source, given.declared), (label, source, declared), "{subject}");
        assert!(given.second != Some(given.label));
    }
}

#[test]
fn a_prefix_changes_nothing_for_the_model() {
    let mut classifier = classifier();
    let files = [file("src/a.rs", 3, 1)];
    let plain = classifier.distribution(&commit("Rename the parser", "", &files));
    assert_eq!(plain, classifier.distribution(&commit("refactor(core)!: Rename the parser", "", &files)));
    assert!((plain.as_array().iter().sum::<f32>() - 1.0).abs() < 1e-5);
}

#[test]
fn a_prior_moves_what_the_model_says_and_nothing_else() {
    let mut classifier = classifier();
    let files = [file("src/a.rs", 3, 1)];
    let doubtful = commit("Update the list", "", &files);
    let mut prior = RepositoryPrior::default();
    for _ in 0..200 {
        prior.observe(&classifier.distribution(&doubtful), Activity::Refactor);
    }
    let label = classifier.label(&doubtful, Some(&prior));
    assert_eq!((label.label, label.source), (Activity::Refactor, LabelSource::Model));
    assert_eq!(classifier.label(&commit("docs: a", "", &files), Some(&prior)).label, Activity::Docs);
}

#[test]
fn an_explanation_adds_up_to_the_decision() {
    let mut classifier = classifier();
    let files = [file("src/lexer/scan.rs", 40, 2), file("src/lexer/mod.rs", 1, 0)];
    let summary = commit("Speed up the lexer", "It was slow.", &files);
    let explained = classifier.explain(&summary, None, 12);
    assert_eq!(explained.label, classifier.label(&summary, None));
    assert!(!explained.features.is_empty() && explained.features.len() <= 12);
    assert!(explained.features.is_sorted_by(|a, b| a.weight >= b.weight));
    assert!(explained.features.iter().any(|feature| feature.name.contains("speed")), "{explained:?}");
}

#[test]
fn nothing_is_allocated_after_the_first_commits() {
    let mut classifier = classifier();
    let files: Vec<FileSummary<'_>> =
        (0..300).map(|_| file("a/long/path/to/a/file_of_code.rs", 3, 1)).collect();
    let long = "word ".repeat(1000);
    let commits = [
        commit(&long, &long, &files),
        commit("Fix a crash", "Because.", &files[..2]),
        commit("docs: say why", "", &files[..1]),
        commit("", "", &[]),
    ];
    let mut label_all =
        || commits.iter().map(|commit| classifier.label(commit, None).label as usize).sum::<usize>();
    let first = label_all();
    let info = allocation_counter::measure(|| assert_eq!(label_all(), first));
    assert_eq!(info.count_total, 0);
}

#[test]
fn a_model_that_was_damaged_or_is_of_another_release_says_so() {
    assert_eq!(ActivityModel::from_bytes(b"GIF89a......"), Err(ModelError::NotAModel));
    let mut flipped = SHIPPED.to_vec();
    let middle = flipped.len() / 2;
    flipped[middle] ^= 1;
    assert!(matches!(ActivityModel::from_bytes(&flipped), Err(ModelError::Checksum { .. })));
    let mut newer = SHIPPED.to_vec();
    newer[8] = 3;
    assert_eq!(ActivityModel::from_bytes(&newer), Err(ModelError::Format { found: 3, expected: 2 }));
    assert!(matches!(ActivityModel::from_bytes(&SHIPPED[..1000]), Err(ModelError::Length { .. })));
}

proptest! {
    #[test]
    fn any_bytes_are_a_commit(
        subject in prop::collection::vec(any::<u8>(), 0..600),
        body in prop::collection::vec(any::<u8>(), 0..600),
        paths in prop::collection::vec((prop::collection::vec(any::<u8>(), 0..60), any::<u32>(), any::<u32>()), 0..30),
    ) {
        let files: Vec<FileSummary<'_>> =
            paths.iter().map(|(path, added, deleted)| FileSummary { path, added: *added, deleted: *deleted }).collect();
        let commit = CommitSummary { subject: &subject, body: &body, files: &files };
        let mut fresh = classifier();
        let label = fresh.label(&commit, None);
        prop_assert!(label.probability.as_f64() >= 0.1);
        // A used classifier says the same as a new one, and so does one that has forgotten.
        prop_assert_eq!(fresh.label(&commit, None), label);
        fresh.forget();
        prop_assert_eq!(fresh.label(&commit, None), label);
        let other = ActivityClassifier::new(Arc::clone(&ActivityModel::shipped())).label(&commit, None);
        prop_assert_eq!(other, label);
    }
}
