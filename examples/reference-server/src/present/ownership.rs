//! Whose lines are left in the folders of a repository.

use prodops::core::time::Timestamp;
use prodops::engine::{FolderEntry, FolderOwnership};
use prodops::metrics::Reading;
use prodops::metrics::ownership::PlaceOwnership;

use super::header::when;
use crate::ui::Label;
use crate::ui::number::{percent, thousands};
use crate::ui::view::{FolderStep, OwnedPlace, OwnershipPage};

/// The page of a folder.
#[must_use]
pub fn ownership(
    found: &FolderOwnership,
    folder: &str,
    read: Option<Timestamp>,
    now: Timestamp,
) -> OwnershipPage {
    let table = found.table.as_ref();
    let places = table.map_or(&[][..], |table| &table.places);
    let missing = match table {
        None => Some("The lines of this repository have not been read: read it from Integrations."),
        Some(_) if !found.named => Some(
            "Names of files are not kept, and the repository cannot be asked for them now: connect it again, or wait until it is \
             back.",
        ),
        Some(_) if places.is_empty() => Some("No file with lines lies there."),
        Some(_) => None,
    };
    let mut left_out: Vec<String> = table.map_or_else(Vec::new, |table| {
        table
            .excluded
            .iter()
            .map(|(reason, lines)| format!("{} lines {}", thousands(lines), reason.in_words()))
            .collect()
    });
    if let Some(table) = table.filter(|table| found.named && table.unplaced > 0) {
        left_out.push(format!("{} files without a name", thousands(table.unplaced)));
    }
    OwnershipPage {
        id: found.repository.id.to_string(),
        name: Label::new(found.repository.name.as_str()),
        steps: steps(folder),
        read: read.map(|read| when(read, now)),
        places: places.iter().map(|place| owned(place, folder)).collect(),
        missing: missing.map(str::to_owned),
        left_out,
    }
}

/// The folders on the way down.
fn steps(folder: &str) -> Vec<FolderStep> {
    let names = folder.split('/').filter(|name| !name.is_empty());
    let ends = folder.match_indices('/').map(|(at, _)| at).chain([folder.len()]);
    let step = |(name, end): (&str, usize)| FolderStep {
        name: Label::new(name),
        folder: folder.get(..end).unwrap_or_default().to_owned(),
    };
    names.zip(ends).map(step).collect()
}

fn owned(place: &PlaceOwnership<FolderEntry>, folder: &str) -> OwnedPlace {
    let (name, inner) = match &place.place {
        FolderEntry::Folder(name) if folder.is_empty() => (name, Some(name.clone())),
        FolderEntry::Folder(name) => (name, Some(format!("{folder}/{name}"))),
        FolderEntry::File(name) => (name, None),
    };
    OwnedPlace {
        name: Label::new(name),
        folder: inner,
        files: place.files,
        lines: place.lines,
        people: said(&place.people, |people| thousands(*people)),
        bus_factor: said(&place.bus_factor, |factor| thousands(*factor)),
        largest: said(&place.largest, |share| percent(share.as_f64())),
    }
}

/// A number, or why there is none.
fn said<T>(reading: &Reading<T>, text: impl Fn(&T) -> String) -> String {
    match reading {
        Reading::Value(value) => text(value),
        Reading::Nothing => "none".to_owned(),
        Reading::Unknown(_) => "held back".to_owned(),
    }
}
