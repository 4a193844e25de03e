//! Runs of lines that come from the same commit.

/// Lines in a row that come from the same commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AgeRun {
    /// How many lines.
    pub lines: u32,
    /// The place of their commit in the history, from 0.
    pub commit: u32,
}

/// The runs of a file with the lines at which they end.
pub(super) struct Runs<'r> {
    runs: &'r [AgeRun],
    ends: Vec<u32>,
}

impl<'r> Runs<'r> {
    pub(super) fn new(runs: &'r [AgeRun]) -> Self {
        let mut end = 0u32;
        let ends = runs.iter().map(|run| {
            end = end.saturating_add(run.lines);
            end
        });
        Self { ends: ends.collect(), runs }
    }

    /// The runs of these lines; fewer when there are not so many.
    pub(super) fn part(&self, first: u32, lines: u32) -> impl Iterator<Item = AgeRun> {
        let (until, mut at) = (first.saturating_add(lines), first);
        let place = self.ends.partition_point(|end| *end <= first);
        let rest = self.runs.iter().zip(&self.ends).skip(place);
        rest.map_while(move |(run, end)| {
            let lines = until.min(*end).saturating_sub(at);
            at = *end;
            (lines > 0).then_some(AgeRun { lines, commit: run.commit })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_cut_out_of_the_runs() {
        let runs = [(2, 7), (3, 1), (1, 4)].map(|(lines, commit)| AgeRun { lines, commit });
        let part = |first, lines| {
            Runs::new(&runs).part(first, lines).map(|run| (run.lines, run.commit)).collect::<Vec<_>>()
        };
        assert_eq!(part(0, 6), [(2, 7), (3, 1), (1, 4)]);
        assert_eq!(part(1, 2), [(1, 7), (1, 1)]);
        assert_eq!(part(3, 1), [(1, 1)]);
        assert_eq!(part(5, 9), [(1, 4)]);
        assert_eq!(part(6, 1), []);
        assert_eq!(part(2, 0), []);
    }
}
