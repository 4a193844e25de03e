//! What conditions read: a variable or a named entity, followed by attributes. Every path is read once per request.

use std::collections::HashMap;

use cedar_policy::EntityUid;

/// Where a path begins.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Root {
    Principal,
    Action,
    Resource,
    Context,
    /// An entity that a policy names.
    Named(EntityUid),
}

/// A place that is read, or asked about.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Path {
    pub(crate) root: Root,
    pub(crate) attributes: Vec<String>,
    /// With `has`: the attributes whose presence is asked, one below the other. Empty when the value itself is read.
    pub(crate) has: Vec<String>,
}

/// The paths of a program; a slot is the number of one.
#[derive(Debug, Default)]
pub(crate) struct Paths {
    list: Vec<Path>,
    /// Whether some condition asks what the entity there is in.
    ascends: Vec<bool>,
    index: HashMap<Path, u32>,
}

impl Paths {
    /// The slot of a path; `None` when there are more than numbers.
    pub(crate) fn slot(&mut self, path: Path) -> Option<u32> {
        if let Some(&known) = self.index.get(&path) {
            return Some(known);
        }
        let slot = u32::try_from(self.list.len()).ok()?;
        self.list.push(path.clone());
        self.ascends.push(false);
        self.index.insert(path, slot);
        Some(slot)
    }

    /// Notes that the ancestors of the entity in a slot are needed.
    pub(crate) fn ascend(&mut self, slot: u32) {
        if let Some(ascends) = self.ascends.get_mut(slot as usize) {
            *ascends = true;
        }
    }

    pub(crate) fn ascends(&self, slot: u32) -> bool {
        self.ascends.get(slot as usize).copied().unwrap_or(false)
    }

    pub(crate) fn get(&self, slot: u32) -> Option<&Path> {
        self.list.get(slot as usize)
    }

    pub(crate) fn len(&self) -> usize {
        self.list.len()
    }
}
