//! Winnowing: of every window of grams the smallest one, the last of equals.
//!
//! S. Schleimer, D. Wilkerson, A. Aiken: Winnowing: Local Algorithms for Document Fingerprinting, 2003.

use thiserror::Error;

/// How long grams are, and of how many of them one is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Winnowing {
    k: usize,
    w: usize,
}

/// Grams or windows of an impossible length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("grams and windows have between 1 and {} members: choose a number in between", Winnowing::LONGEST)]
pub struct WinnowingError;

impl Default for Winnowing {
    /// Grams of 16 tokens, windows of 16 grams: any shared run of 31 tokens is found.
    fn default() -> Self {
        Self { k: 16, w: 16 }
    }
}

impl Winnowing {
    /// The longest gram and window. Hostile text makes the work grow with the length of the window.
    pub const LONGEST: usize = 1_024;

    /// Grams of `k` tokens, windows of `w` grams: any shared run of `k + w - 1` tokens is found, none shorter than `k`.
    ///
    /// # Errors
    /// When one of them is 0 or longer than [`LONGEST`](Self::LONGEST).
    pub fn new(k: usize, w: usize) -> Result<Self, WinnowingError> {
        let possible = 1..=Self::LONGEST;
        if possible.contains(&k) && possible.contains(&w) { Ok(Self { k, w }) } else { Err(WinnowingError) }
    }

    /// The length of grams, in tokens.
    pub(super) const fn gram(self) -> usize {
        self.k
    }

    /// The length of windows, in grams.
    pub(super) const fn window(self) -> usize {
        self.w
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_have_limits() {
        assert_eq!(Winnowing::new(16, 16), Ok(Winnowing::default()));
        for (k, w) in [(0, 1), (1, 0), (1_025, 1), (1, 1_025)] {
            assert_eq!(Winnowing::new(k, w), Err(WinnowingError));
        }
    }
}
