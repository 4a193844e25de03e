//! Keys. One of the workspace plane cannot be made without a workspace.

use prodops_core::id::WorkspaceId;

/// A key of some table.
pub(super) trait Key: Sized {
    fn bytes(&self) -> &[u8];

    /// A key with another part behind it.
    fn child(&self, part: &[u8]) -> Self;
}

/// A key of the workspace plane: `workspace ‖ …`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Scoped(Vec<u8>);

impl Scoped {
    /// The prefix of everything that the workspace owns in a table.
    pub(super) fn of(workspace: WorkspaceId) -> Self {
        Self(workspace.as_bytes().to_vec())
    }

    pub(super) fn then(mut self, part: &[u8]) -> Self {
        self.0.extend_from_slice(part);
        self
    }
}

impl Key for Scoped {
    fn bytes(&self) -> &[u8] {
        &self.0
    }

    fn child(&self, part: &[u8]) -> Self {
        self.clone().then(part)
    }
}

/// A key of the identity or control plane: looked up whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Exact(Vec<u8>);

impl Exact {
    pub(super) fn new(bytes: &[u8]) -> Self {
        Self(bytes.to_vec())
    }

    pub(super) fn then(mut self, part: &[u8]) -> Self {
        self.0.extend_from_slice(part);
        self
    }
}

impl Key for Exact {
    fn bytes(&self) -> &[u8] {
        &self.0
    }

    fn child(&self, part: &[u8]) -> Self {
        self.clone().then(part)
    }
}

/// The first key after all that begin with `prefix`; `None` when there is none.
pub(super) fn end_of(prefix: &[u8]) -> Option<Vec<u8>> {
    let mut end = prefix.to_vec();
    while let Some(last) = end.pop() {
        if let Some(next) = last.checked_add(1) {
            end.push(next);
            return Some(end);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_ends_before_the_next_one() {
        assert_eq!(end_of(&[1, 2]), Some(vec![1, 3]));
        assert_eq!(end_of(&[1, 255, 255]), Some(vec![2]));
        assert_eq!(end_of(&[255, 255]), None);
    }
}
