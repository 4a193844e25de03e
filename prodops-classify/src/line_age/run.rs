//! Runs of lines that come from the same commit.

/// Lines in a row that come from the same commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AgeRun {
    /// How many lines.
    pub lines: u32,
    /// The place of their commit in the history, from 0.
    pub commit: u32,
}

/// The runs of lines with these commits.
pub(super) fn runs_of(commits: &[u32]) -> Vec<AgeRun> {
    commits
        .chunk_by(|a, b| a == b)
        .filter_map(|run| {
            Some(AgeRun { lines: u32::try_from(run.len()).unwrap_or(u32::MAX), commit: *run.first()? })
        })
        .collect()
}

/// The commit of every line.
pub(super) fn expand(runs: &[AgeRun], commits: &mut Vec<u32>) {
    commits.clear();
    for run in runs {
        commits.extend(std::iter::repeat_n(run.commit, run.lines as usize));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_and_lines_are_the_same() {
        let commits = [1, 1, 0, 1, 2, 2, 2];
        let runs = runs_of(&commits);
        assert_eq!(runs.len(), 4);
        let mut lines = Vec::new();
        expand(&runs, &mut lines);
        assert_eq!(lines, commits);
    }
}
