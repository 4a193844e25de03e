//! What of a repository is written more than once.

use prodops::core::time::Timestamp;
use prodops::engine::{DuplicatePlace, DuplicatedBlock, RepositoryDuplicates};
use prodops::metrics::{MetricValue, Reading};

use super::header::when;
use crate::ui::Label;
use crate::ui::number::thousands;
use crate::ui::view::{DuplicatedPlace, DuplicatedRow, DuplicatedShare, DuplicatesPage, WindowChoice};

/// The page of a repository.
#[must_use]
pub fn duplicates(found: &RepositoryDuplicates, choice: WindowChoice, now: Timestamp) -> DuplicatesPage {
    let known = !matches!(found.lines.reading, Reading::Unknown(_));
    let share = match found.lines.reading.value() {
        Some(MetricValue::Share(share)) => Some(DuplicatedShare {
            share: share.as_f64(),
            duplicated: share.numerator(),
            lines: share.denominator(),
            blocks: found.blocks,
        }),
        _ => None,
    };
    let row = |block| row(found, block);
    let left_out = found.lines.excluded.iter();
    DuplicatesPage {
        id: found.repository.id.to_string(),
        name: Label::new(found.repository.name.as_str()),
        read: known.then(|| when(found.lines.as_of, now)),
        choice,
        share,
        rows: found.hot_spots.iter().map(row).collect(),
        missing: missing(found).map(|(heading, sentence)| (heading.to_owned(), sentence.to_owned())),
        left_out: left_out
            .map(|(why, files)| {
                let noun = if files == 1 { "file" } else { "files" };
                format!("{} {noun} {}", thousands(files), why.in_words())
            })
            .collect(),
        named: found.named,
    }
}

/// Why there is no block to show.
const fn missing(found: &RepositoryDuplicates) -> Option<(&'static str, &'static str)> {
    match found.lines.reading {
        Reading::Unknown(_) => {
            Some(("Not known", "The files of this repository have not been read: read it from Integrations."))
        }
        Reading::Nothing => {
            Some(("Nothing to compare", "There is no code and no test at the newest commit."))
        }
        Reading::Value(_) if found.hot_spots.is_empty() => Some((
            "Nothing is written twice",
            "No block of 50 tokens and 5 lines stands in more than one place.",
        )),
        Reading::Value(_) => None,
    }
}

fn row(found: &RepositoryDuplicates, block: &DuplicatedBlock) -> DuplicatedRow {
    let shown = u64::try_from(block.places.len()).unwrap_or(u64::MAX);
    DuplicatedRow {
        places: block.places.iter().map(|one| place(found, one)).collect(),
        more: block.copies.saturating_sub(shown),
        lines: block.lines,
        commits: block.commits,
    }
}

fn place(found: &RepositoryDuplicates, place: &DuplicatePlace) -> DuplicatedPlace {
    let repository = place.repository.id.to_string();
    let name = || (Label::new(place.repository.name.as_str()), repository.clone());
    let folder = place.path.as_deref().and_then(|path| path.rsplit_once('/')).map(|(folder, _)| folder);
    DuplicatedPlace {
        elsewhere: (place.repository.id != found.repository.id).then(name),
        path: place.path.as_deref().map(Label::new),
        folder: folder.unwrap_or_default().to_owned(),
        from: place.from,
        to: place.to,
        repository,
    }
}
