//! What the ages tell: lines that were replaced soon, and whose lines are left.

use prodops_core::id::PersonId;

/// Lines that a commit takes away soon after they were written. Moved lines and white space do not count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rework {
    /// Lines of the same author.
    pub own: u32,
    /// Lines of others.
    pub others: u32,
    /// Lines of any age and author that it takes away.
    pub deleted: u32,
    /// The ages of these lines together, in seconds.
    pub deleted_age: u64,
}

/// Whose lines there are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ownership {
    /// Lines by author, most first; `None` is nobody known.
    pub lines: Vec<(Option<PersonId>, u64)>,
}

impl Ownership {
    /// How few people wrote half of the lines or more. 0 when there are none.
    #[must_use]
    pub fn bus_factor(&self) -> usize {
        let total: u64 = self.lines.iter().map(|(_, lines)| lines).sum();
        let mut sum = 0;
        let cumulated = self.lines.iter().take_while(|(_, lines)| {
            let more = sum * 2 < total;
            sum += lines;
            more
        });
        cumulated.count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_of_the_lines_decide() {
        let factor = |lines: &[u64]| {
            Ownership { lines: lines.iter().map(|lines| (None, *lines)).collect() }.bus_factor()
        };
        assert_eq!(factor(&[]), 0);
        assert_eq!(factor(&[5]), 1);
        assert_eq!(factor(&[5, 5]), 1);
        assert_eq!(factor(&[4, 3, 3]), 2);
    }
}
