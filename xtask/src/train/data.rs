//! The labelled commits: one file per repository, and a README that says which fold each repository is in.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use flate2::read::GzDecoder;
use prodops_classify::{CommitSummary, FileSummary};
use prodops_core::fact::Activity;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::error::{Error, Result};

/// Folds that the README deals the repositories out to.
pub(crate) const FOLDS: usize = 5;

/// Everything that is trained on and measured with.
pub(crate) struct DataSet {
    pub(crate) repositories: Vec<Repository>,
    /// SHA-256 over the names and contents of all files, in the order of their names.
    pub(crate) digest: [u8; 32],
}

/// The labelled commits of one repository.
pub(crate) struct Repository {
    pub(crate) name: String,
    pub(crate) licence: String,
    pub(crate) fold: usize,
    /// Newest first.
    pub(crate) rows: Vec<Row>,
}

/// A labelled commit. The declared type and scope are not read: the label was made from them.
#[derive(Debug, Deserialize)]
pub(crate) struct Row {
    label: Label,
    canonical: Label,
    subject: String,
    body: String,
    files: Vec<File>,
    sample: Sample,
}

#[derive(Debug, Deserialize)]
struct File {
    path: String,
    added: u32,
    deleted: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Sample {
    Base,
    Extra,
}

/// A kind of work by the names that the data has.
#[derive(Debug, Clone, Copy)]
struct Label(Activity);

impl<'de> Deserialize<'de> for Label {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> std::result::Result<Self, D::Error> {
        let name = Cow::<'de, str>::deserialize(from)?;
        let name = if name == "perf" { "performance" } else { &name };
        let known = Activity::ALL.into_iter().find(|activity| activity.as_str() == name);
        known
            .map(Label)
            .ok_or_else(|| serde::de::Error::custom(format!("no kind of work is called `{name}`")))
    }
}

impl Row {
    /// What the author declared.
    pub(crate) const fn declared(&self) -> Activity {
        self.label.0
    }

    /// The same after the rules of the data set.
    pub(crate) const fn canonical(&self) -> Activity {
        self.canonical.0
    }

    /// Whether it belongs to the natural mix of kinds, which figures are reported on.
    pub(crate) fn is_base(&self) -> bool {
        self.sample == Sample::Base
    }

    /// The files as the classifier takes them.
    pub(crate) fn files(&self) -> Vec<FileSummary<'_>> {
        let mut files = Vec::with_capacity(self.files.len());
        for File { path, added, deleted } in &self.files {
            files.push(FileSummary { path: path.as_bytes(), added: *added, deleted: *deleted });
        }
        files
    }

    /// The commit as the classifier takes it.
    pub(crate) const fn summary<'a>(&'a self, files: &'a [FileSummary<'a>]) -> CommitSummary<'a> {
        CommitSummary { subject: self.subject.as_bytes(), body: self.body.as_bytes(), files }
    }
}

/// Reads every file of the folder.
pub(crate) fn read(folder: &Path) -> Result<DataSet> {
    let readme = folder.join("../README.md");
    let text = std::fs::read_to_string(&readme).map_err(|source| Error::Data { path: readme, source })?;
    let listed = listed(&text);
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .and_then(|entries| entries.map(|entry| entry.map(|entry| entry.path())).collect())
        .map_err(|source| Error::List { path: folder.to_owned(), source })?;
    paths.sort();
    let mut digest = Sha256::new();
    let mut repositories = Vec::new();
    for path in paths.iter().filter(|path| path.to_string_lossy().ends_with(".jsonl.gz")) {
        let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let bytes = std::fs::read(path).map_err(|source| Error::Data { path: path.clone(), source })?;
        digest.update(file.as_bytes());
        digest.update((bytes.len() as u64).to_le_bytes());
        digest.update(&bytes);
        let name = file.trim_end_matches(".jsonl.gz").replace("__", "/");
        let (fold, licence) = listed.get(&name).cloned().ok_or_else(|| Error::NotListed(name.clone()))?;
        let rows = rows(path, GzDecoder::new(&bytes[..]))?;
        repositories.push(Repository { name, licence, fold, rows });
    }
    Ok(DataSet { repositories, digest: digest.finalize().into() })
}

fn rows(path: &Path, from: impl Read) -> Result<Vec<Row>> {
    let row = |(number, line): (usize, std::io::Result<String>)| {
        let line = line.map_err(|source| Error::Data { path: path.to_owned(), source })?;
        let bad = |source| Error::Row { path: path.to_owned(), line: number + 1, source };
        serde_json::from_str(&line).map_err(bad)
    };
    BufReader::new(from).lines().enumerate().map(row).collect()
}

/// Fold and licence of every repository in the table of the README, by its columns `repository`, `licence` and `fold`.
fn listed(readme: &str) -> BTreeMap<String, (usize, String)> {
    let cells = |line: &str| -> Vec<String> {
        line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect()
    };
    let mut table = readme.lines().skip_while(|line| !line.starts_with("| repository |"));
    let columns = table.next().map(cells).unwrap_or_default();
    let place = |name: &str| columns.iter().position(|column| column == name).unwrap_or(usize::MAX);
    let (repository, licence, fold) = (place("repository"), place("licence"), place("fold"));
    let row = |line: &str| {
        let cells = cells(line);
        let fold = cells.get(fold)?.parse().ok().filter(|fold| *fold < FOLDS)?;
        Some((cells.get(repository)?.clone(), (fold, cells.get(licence)?.clone())))
    };
    table.skip(1).take_while(|line| line.starts_with('|')).filter_map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds_and_licences_come_from_the_table() {
        let readme = "x\n\n| repository | main | licence | fold |\n|---|---|---|---|\n| a/b | Go | MIT | 3 |\n\
                      | c/d | C | GPL (`e/`: other) | 9 |\n\n| a | b |\n";
        let listed = listed(readme);
        assert_eq!(listed.get("a/b"), Some(&(3, "MIT".to_owned())));
        assert_eq!(listed.len(), 1, "a fold that does not exist is no fold");
    }

    #[test]
    fn a_row_has_the_labels_of_the_taxonomy_and_no_prefix() {
        let row: Row = serde_json::from_str(
            r#"{"label":"perf","canonical":"docs","type":"perf","scope":"x","subject":"s","body":"b","sample":"extra",
                "files":[{"path":"p","status":"M","added":1,"deleted":2}],"files_total":1}"#,
        )
        .unwrap();
        assert_eq!((row.declared(), row.canonical()), (Activity::Performance, Activity::Docs));
        assert!(!row.is_base() && row.files()[0].deleted == 2);
        assert!(serde_json::from_str::<Row>(r#"{"label":"speed"}"#).is_err());
    }
}
