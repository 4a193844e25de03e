//! The strategies, one after another, until one language is left.

use bstr::ByteSlice;
use prodops_core::fact::Language;

use super::super::path::PathParts;
use super::tables::{of_file_name, preferred, run_by, with_ending};
use super::{heuristics, manual, mode_line, shebang};

/// Languages that a file may be in. More than these no ending has.
const MOST: usize = 16;

const XML: u32 = 399;

/// What is left to choose from.
#[derive(Debug, Clone, Copy, Default)]
struct Candidates {
    ids: [u32; MOST],
    count: usize,
}

impl Candidates {
    /// What is found of what is left; everything that is found when nothing was left; what was left when nothing is found.
    fn narrow(&mut self, found: impl Iterator<Item = u32>) {
        let before = *self;
        let mut now = Self::default();
        for id in found.filter(|id| before.count == 0 || before.left().contains(id)) {
            now.add(id);
        }
        if now.count > 0 {
            *self = now;
        }
    }

    fn add(&mut self, id: u32) {
        if self.left().contains(&id) {
            return;
        }
        if let Some(slot) = self.ids.get_mut(self.count) {
            *slot = id;
            self.count += 1;
        }
    }

    fn left(&self) -> &[u32] {
        self.ids.get(..self.count).unwrap_or_default()
    }

    fn only(&self) -> Option<Language> {
        if let [only] = self.left() { Some(Language(*only)) } else { None }
    }
}

/// The language of a file with this path and text.
///
/// Most files cost a look at their first and last lines; only endings that several languages share have their text searched, up
/// to its first 50 KiB. Nothing of the text is kept.
pub(crate) fn in_text(path: &PathParts<'_>, text: &[u8]) -> Option<Language> {
    decided(path, text).map_or_else(|candidates| most_common(path, &candidates), Some)
}

/// The language that the strategies agree on, or what they leave.
fn decided(path: &PathParts<'_>, text: &[u8]) -> Result<Language, Candidates> {
    if let Some(language) = mode_line::of(text).or_else(|| of_file_name(path.original_name).map(Language)) {
        return Ok(language);
    }
    let mut left = Candidates::default();
    if let Some(interpreter) = shebang::interpreter(text) {
        left.narrow(run_by(interpreter));
    }
    if let Some(only) = left.only() {
        return Ok(only);
    }
    let known = path.endings().map(with_ending).find(|known| !known.is_empty()).unwrap_or_default();
    if !known.iter().any(|ending| ending.generic) {
        left.narrow(known.iter().map(|ending| ending.id));
    }
    if let Some(only) = left.only() {
        return Ok(only);
    }
    if left.count == 0 {
        left.narrow(is_xml(text).then_some(XML).into_iter());
    }
    if left.count == 0 {
        left.narrow(manual::of(path.name).iter().copied());
    }
    if let Some(only) = left.only() {
        return Ok(only);
    }
    match heuristics::of(path, text) {
        [] => Err(left),
        [only] => Ok(Language(*only)),
        several => Err(several.iter().fold(Candidates::default(), |mut all, id| {
            all.add(*id);
            all
        })),
    }
}

/// Of what is left the language that is most common with this ending, if any is.
fn most_common(path: &PathParts<'_>, left: &Candidates) -> Option<Language> {
    let preferred = path.endings().find_map(preferred)?;
    (left.count == 0 || left.left().contains(&preferred)).then_some(Language(preferred))
}

/// Whether the first two lines have the head of XML.
fn is_xml(text: &[u8]) -> bool {
    text.lines().take(2).any(|line| line.contains_str("xml version="))
}

/// Whether linguist would ask its classifier.
#[cfg(test)]
pub(super) fn is_undecided(path: &PathParts<'_>, text: &[u8]) -> bool {
    decided(path, text).is_err_and(|left| left.count > 1)
}
