//! Features of the changed files: their names, their roles, how much they changed.

use super::hash::{self, numbers, pair};
use super::seen::Seen;
use super::template::Template;
use super::words::{Word, Words};
use super::{FeatureSink, FileSummary};
use crate::activity::RoleTally;
use crate::artefact::{FolderRoles, LowerCase, PathParts, Role};

/// Files whose names are read.
const FILES: usize = 20;
/// Directories and words of a name that are read, per file.
const PARTS: usize = 12;
/// Different endings that are remembered.
const ENDINGS: usize = 4;
/// Later words of the subject that are joined with the roles.
const CROSSED_WORDS: usize = 12;

/// Counts of the changed files.
#[derive(Default)]
pub(super) struct Mix {
    files: u32,
    added: u64,
    deleted: u64,
    /// Files, lines added and lines deleted of each role.
    roles: [(u32, u64, u64); Role::COUNT],
    /// Files that lost no line.
    grown: u32,
    endings: Endings,
}

/// The endings of the first files, those of more than eight bytes cut.
#[derive(Default)]
struct Endings {
    different: [[u8; 8]; ENDINGS],
    count: usize,
}

impl Endings {
    fn add(&mut self, ending: &[u8]) {
        let mut short = [0; 8];
        short.iter_mut().zip(ending).for_each(|(to, from)| *to = *from);
        if self.as_slice().contains(&short) {
            return;
        }
        if let Some(free) = self.different.get_mut(self.count) {
            *free = short;
            self.count += 1;
        }
    }

    fn as_slice(&self) -> &[[u8; 8]] {
        self.different.get(..self.count).unwrap_or_default()
    }

    /// The same for the same endings in whatever order.
    fn hash(&self) -> u64 {
        self.as_slice().iter().fold(0, |sum, ending| sum.wrapping_add(hash::mix(u64::from_le_bytes(*ending))))
    }
}

fn ending_name(ending: [u8; 8]) -> String {
    format!(".{}", String::from_utf8_lossy(&ending).trim_end_matches('\0'))
}

impl Mix {
    fn add(&mut self, role: Role, file: &FileSummary<'_>) {
        self.files = self.files.saturating_add(1);
        let (added, deleted) = (u64::from(file.added), u64::from(file.deleted));
        self.grown = self.grown.saturating_add(u32::from(deleted == 0));
        self.added += added;
        self.deleted += deleted;
        if let Some(counts) = self.roles.get_mut(role as usize) {
            *counts = (counts.0.saturating_add(1), counts.1 + added, counts.2 + deleted);
        }
    }

    /// One bit for every role that is there.
    pub(super) fn signature(&self) -> u32 {
        let bit = |(place, counts): (usize, &(u32, u64, u64))| u32::from(counts.0 > 0) << place;
        self.roles.iter().enumerate().map(bit).sum()
    }

    /// Eighths of the changed lines that are new; 9 where no line changed.
    fn new_share(&self, parts: u64) -> u32 {
        (self.added * parts).checked_div(self.added + self.deleted).map_or(9, |share| share as u32)
    }
}

/// The roles of all files, and the names of the first of them.
pub(super) fn files(
    files: &[FileSummary<'_>],
    lower: &mut LowerCase,
    seen: &mut Seen,
    sink: &mut impl FeatureSink,
) -> (Mix, RoleTally) {
    let (mut mix, mut tally) = (Mix::default(), RoleTally::default());
    seen.clear();
    // Files come in order, so that most lie where the one before lies.
    let mut last: Option<(u64, FolderRoles)> = None;
    for (place, file) in files.iter().enumerate() {
        let parts = lower.parts(file.path);
        let folder = hash::bytes(parts.folder);
        let known = last.filter(|(last, _)| *last == folder);
        let folders = known.map_or_else(|| FolderRoles::of(&parts), |(_, roles)| roles);
        last = Some((folder, folders));
        let role = Role::within(folders, &parts);
        mix.add(role, file);
        tally.add(role);
        if place < FILES {
            mix.endings.add(parts.ending());
            names(&parts, seen, sink);
            if known.is_none() {
                folder_names(&parts, folder, seen, sink);
            }
        }
    }
    (mix, tally)
}

/// The name of a file and what it is made of.
fn names(path: &PathParts<'_>, seen: &mut Seen, sink: &mut impl FeatureSink) {
    put(Template::FileName, path.name, hash::bytes(path.name), seen, sink);
    put(Template::Ending, path.ending(), hash::bytes(path.ending()), seen, sink);
    for part in path.name.split(|byte| !(byte.is_ascii_alphanumeric() || *byte >= 0x80)).take(PARTS) {
        if !part.is_empty() {
            put(Template::NamePart, part, hash::bytes(part), seen, sink);
        }
    }
}

/// The directories of a file.
fn folder_names(path: &PathParts<'_>, whole: u64, seen: &mut Seen, sink: &mut impl FeatureSink) {
    if path.folder.is_empty() {
        return put(Template::TopFolder, b"", whole, seen, sink);
    }
    put(Template::WholeFolder, path.folder, whole, seen, sink);
    for (place, folder) in path.folders().take(PARTS).enumerate() {
        let hash = hash::bytes(folder);
        if place == 0 {
            put(Template::TopFolder, folder, hash, seen, sink);
        }
        put(Template::Folder, folder, hash, seen, sink);
    }
}

/// A name, once.
#[inline]
fn put(template: Template, text: &[u8], hash: u64, seen: &mut Seen, sink: &mut impl FeatureSink) {
    if !seen.insert(hash ^ ((template as u64) << 56)) {
        return;
    }
    sink.put(template, hash, || {
        let what = match template {
            Template::FileName => "file",
            Template::Ending => "ending",
            Template::NamePart => "in a file's name",
            Template::TopFolder => "under",
            Template::WholeFolder => "directory",
            _ => "in a directory called",
        };
        format!("{what} “{}”", String::from_utf8_lossy(text))
    });
}

/// What sorts of file changed and by how much.
pub(super) fn mix(mix: &Mix, words: &Words, sink: &mut impl FeatureSink) {
    if mix.files == 0 {
        return sink.put(Template::NoFiles, 0, || "no files".to_owned());
    }
    roles(mix, sink);
    sizes(mix, sink);
    crosses(mix, words, sink);
}

fn roles(mix: &Mix, sink: &mut impl FeatureSink) {
    for (role, (files, added, deleted)) in mix.roles.iter().enumerate().filter(|(_, counts)| counts.0 > 0) {
        let share =
            if *files == mix.files { 2 } else { u32::from(u64::from(*files) * 2 >= u64::from(mix.files)) };
        let name = Role::ALL.get(role).map_or("other", |role| role.as_str());
        sink.put(Template::Share, numbers([role as u32, share]), || {
            let share = ["some", "half or more", "all"].get(share as usize).copied().unwrap_or_default();
            format!("{share} of the files: {name}")
        });
        sink.put(Template::RoleSize, numbers([role as u32, steps(*added), steps(*deleted)]), || {
            format!("{name}: about {added} lines added, {deleted} deleted")
        });
    }
    sink.put(Template::Endings, mix.endings.hash(), || {
        let names: Vec<String> = mix.endings.as_slice().iter().map(|ending| ending_name(*ending)).collect();
        format!("endings: {}", names.join(", "))
    });
    sink.put(Template::Roles, u64::from(mix.signature()), || format!("sorts of file: {}", role_names(mix)));
}

fn role_names(mix: &Mix) -> String {
    let there = Role::ALL.iter().zip(&mix.roles).filter(|(_, counts)| counts.0 > 0);
    there.map(|(role, _)| role.as_str()).collect::<Vec<_>>().join(", ")
}

fn sizes(mix: &Mix, sink: &mut impl FeatureSink) {
    let (files, added, deleted) = (steps(mix.files.into()), steps(mix.added), steps(mix.deleted));
    let lines = || format!("about {} lines added, {} deleted", mix.added, mix.deleted);
    let (eighths, quarters) = (mix.new_share(8), mix.new_share(4));
    let share = || format!("{} of {} changed lines are new", mix.added, mix.added + mix.deleted);
    sink.put(Template::Files, files.into(), || format!("about {} files", mix.files));
    sink.put(Template::Added, added.into(), || format!("about {} lines added", mix.added));
    sink.put(Template::Deleted, deleted.into(), || format!("about {} lines deleted", mix.deleted));
    sink.put(Template::Lines, numbers([added, deleted]), lines);
    sink.put(Template::FilesAndLines, numbers([files, added, deleted]), || {
        format!("{} in about {} files", lines(), mix.files)
    });
    let grown = (u64::from(mix.grown) * 4).checked_div(mix.files.into()).unwrap_or_default();
    sink.put(Template::Grown, pair(grown, steps(mix.added).into()), || {
        format!("{} of {} files lost no line, about {} lines added", mix.grown, mix.files, mix.added)
    });
    sink.put(Template::NewShare, eighths.into(), share);
    sink.put(Template::RolesAndNewShare, pair(mix.signature().into(), quarters.into()), || {
        format!("{} in {}", share(), role_names(mix))
    });
}

fn crosses(mix: &Mix, words: &Words, sink: &mut impl FeatureSink) {
    let Some((first, later)) = words.as_slice().split_first() else { return };
    let signature = u64::from(mix.signature());
    let with_roles = |word: Word| format!("word “{}” with {}", words.text(word), role_names(mix));
    sink.put(Template::FirstWordAndRoles, pair(first.hash, signature), || {
        format!("first {}", with_roles(*first))
    });
    let lines = numbers([steps(mix.added) / 2, steps(mix.deleted) / 2]);
    sink.put(Template::FirstWordAndLines, pair(first.hash, lines), || {
        format!(
            "first word “{}” with about {} lines added, {} deleted",
            words.text(*first),
            mix.added,
            mix.deleted
        )
    });
    for ending in mix.endings.as_slice() {
        sink.put(Template::FirstWordAndEnding, pair(first.hash, u64::from_le_bytes(*ending)), || {
            format!("first word “{}” with {}", words.text(*first), ending_name(*ending))
        });
    }
    for word in later.iter().take(CROSSED_WORDS) {
        sink.put(Template::WordAndRoles, pair(word.hash, signature), || with_roles(*word));
    }
}

/// How many binary digits a number has: sizes in steps of two.
const fn steps(number: u64) -> u32 {
    u64::BITS - number.leading_zeros()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_of_any_size_are_counted() {
        let mut mix = Mix::default();
        let file = FileSummary { path: b"a", added: u32::MAX, deleted: u32::MAX };
        (0..3).for_each(|_| mix.add(Role::Other, &file));
        assert_eq!((mix.files, mix.new_share(8)), (3, 4));
        assert_eq!(Mix::default().new_share(8), 9);
        assert_eq!((steps(0), steps(1), steps(4)), (0, 1, 3));
    }
}
