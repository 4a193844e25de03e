//! From the data to the files: fits a model per fold and one on everything, measures the former, writes the latter.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use prodops_classify::Temperature;
use prodops_classify::training::Parts;

use super::calibrate::{Answers, calibrate};
use super::data::{DataSet, FOLDS, read};
use super::evaluate::{Judgement, judge};
use super::examples::Examples;
use super::figures::{Counted, TRUTHS};
use super::fit::{Fitted, Settings, fit};
use super::{Train, card, plot};
use crate::error::{Error, Result};

/// Counts the models that were shipped; goes up with every change that is trained.
const VERSION: u32 = 2;
/// Models that are fitted at once.
const THREADS: usize = 2;

/// Trains, measures and, unless it is a dry run, writes.
pub(super) fn run(options: &Train) -> Result<()> {
    let data = read(&options.data)?;
    let trained = train(&data, &Settings::CHOSEN)?;
    let card = card::write(&data, &trained);
    println!("{}", card::summary(&trained.judgement));
    if options.dry_run {
        return Ok(());
    }
    let canonical = Counted::of(&trained.judgement.plain, TRUTHS[0].1);
    put(&options.out.join("activity.bin"), &trained.parts.quantised().to_bytes())?;
    put(&options.out.join("calibration.svg"), plot::calibration(&canonical).as_bytes())?;
    put(&options.out.join("ACTIVITY.md"), card.as_bytes())
}

fn put(path: &Path, bytes: &[u8]) -> Result<()> {
    std::fs::write(path, bytes).map_err(|source| Error::Results { path: path.to_owned(), source })
}

/// A model of everything, and what the models of the folds said.
pub(super) struct Trained {
    pub(super) parts: Parts,
    pub(super) judgement: Judgement,
}

/// Fits and measures.
pub(super) fn train(data: &DataSet, settings: &Settings) -> Result<Trained> {
    let examples = Examples::of(data);
    eprintln!("{} examples, {} features", examples.all.len(), examples.known.len());
    let held_out: Vec<Option<usize>> = (0..FOLDS).map(Some).chain([None]).collect();
    let fitted = parallel(&held_out, |fold| {
        let parts = parts(data, fit(&examples, *fold, settings), settings);
        let answers = fold.map(|fold| Answers::of(data, fold, parts.quantised())).unwrap_or_default();
        eprintln!("fitted without fold {fold:?}: {} features kept", parts.weights.len());
        (parts, answers)
    })?;
    drop(examples);
    let (mut folds, all_answers): (Vec<Parts>, Vec<Answers>) = fitted.into_iter().unzip();
    let mut whole = folds.pop().ok_or(Error::Thread)?;
    calibrate(&mut whole, all_answers.iter());
    for (fold, parts) in folds.iter_mut().enumerate() {
        // A fold's own answers must not decide what its model says and how certain it is.
        let others = all_answers.iter().enumerate().filter(|(other, _)| *other != fold);
        calibrate(parts, others.map(|(_, answers)| answers));
    }
    let numbered: Vec<(usize, Parts)> = folds.into_iter().enumerate().collect();
    let judged = parallel(&numbered, |(fold, parts)| judge(data, *fold, parts.quantised()))?;
    let mut judgement = Judgement::default();
    judged.into_iter().for_each(|fold| judgement.extend(fold));
    let [canonical, declared] = TRUTHS.map(|(_, truth)| Counted::of(&judgement.plain, truth).figures());
    let parts = Parts { canonical, declared, ..whole };
    Ok(Trained { parts, judgement })
}

fn parts(data: &DataSet, fitted: Fitted, settings: &Settings) -> Parts {
    Parts {
        version: VERSION,
        data: data.digest,
        canonical: Default::default(),
        declared: Default::default(),
        temperature: Temperature::default(),
        offsets: [fitted.offsets; 2],
        bits: settings.bits,
        weights: fitted.weights,
    }
}

/// Does the same to every item, some at a time; the results are in the order of the items.
fn parallel<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Result<Vec<R>> {
    let next = AtomicUsize::new(0);
    let worker = || {
        let mut done = Vec::new();
        loop {
            let place = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(place) else { return done };
            done.push((place, work(item)));
        }
    };
    let joined = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(worker)).collect();
        let joined = threads.into_iter().map(|thread| thread.join().map_err(|_| Error::Thread));
        joined.collect::<Result<Vec<_>>>()
    })?;
    let mut done: Vec<(usize, R)> = joined.into_iter().flatten().collect();
    done.sort_by_key(|(place, _)| *place);
    Ok(done.into_iter().map(|(_, result)| result).collect())
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::GzEncoder;
    use prodops_classify::ActivityModel;

    use super::*;

    /// Ten repositories in five folds, whose commits say what they are in their first word.
    fn fixture(folder: &Path) -> Train {
        let data = folder.join("commits");
        std::fs::create_dir(&data).unwrap();
        let mut readme = "| repository | licence | fold |\n|---|---|---:|\n".to_owned();
        for number in 0..10 {
            readme.push_str(&format!("| owner/r{number} | MIT | {} |\n", number % FOLDS));
            let file = std::fs::File::create(data.join(format!("owner__r{number}.jsonl.gz"))).unwrap();
            let mut file = GzEncoder::new(file, Compression::fast());
            for commit in 0..60 {
                let (kind, word) = [("feature", "add"), ("bugfix", "fix"), ("refactor", "move")][commit % 3];
                let row = serde_json::json!({
                    "label": kind, "canonical": kind, "subject": format!("{word} thing {commit}"), "body": "",
                    "sample": "base", "files": [{"path": format!("src/a{commit}.rs"), "added": commit, "deleted": 1}],
                });
                writeln!(file, "{row}").unwrap();
            }
            file.finish().unwrap();
        }
        std::fs::write(folder.join("README.md"), readme).unwrap();
        Train { data, out: folder.to_owned(), dry_run: false }
    }

    #[test]
    fn training_learns_is_measured_and_gives_the_same_bytes_twice() {
        let folder = tempfile::tempdir().unwrap();
        let options = fixture(folder.path());
        let files = ["activity.bin", "ACTIVITY.md", "calibration.svg"];
        let made = || {
            run(&options).unwrap();
            files.map(|file| std::fs::read(folder.path().join(file)).unwrap())
        };
        let first = made();
        assert_eq!(first, made());
        let model = ActivityModel::from_bytes(&first[0]).unwrap();
        assert_eq!((model.header().version, model.header().canonical.accuracy), (VERSION, 10_000));
        assert_ne!(model.header().data, [0; 32]);
        assert!(String::from_utf8(first[1].clone()).unwrap().contains("- MIT: owner/r0, owner/r1"));
    }

    #[test]
    fn data_without_folds_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let options = fixture(folder.path());
        std::fs::write(folder.path().join("README.md"), "").unwrap();
        assert!(matches!(run(&options), Err(Error::NotListed(name)) if name == "owner/r0"));
    }
}
