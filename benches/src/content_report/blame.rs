//! What it costs to ask git's blame at every commit, by a sample of the commits.

use std::path::Path;
use std::time::Duration;

use super::Failure;
use super::process::{Cores, Took, run as process};

/// So many commits are asked about, spread over the history.
const SAMPLE: usize = 40;

/// What blaming every changed file at every commit would take, by the mean of the sample; with how many commits it was.
pub(super) fn each_commit(repository: &Path) -> Result<(Took, usize), Failure> {
    let git = |arguments: &[&str]| -> Result<Took, Failure> {
        let folder = repository.to_str().ok_or("the path is not UTF-8")?;
        let took = process(Path::new("git"), &[&["-C", folder], arguments].concat(), Cores::One)?;
        Ok(took.ok_or("git is not installed")?)
    };
    let commits = git(&["rev-list", "--no-merges", "HEAD"])?.output;
    let commits: Vec<&str> = commits.lines().collect();
    let sample: Vec<&str> = commits.iter().copied().step_by(commits.len().div_ceil(SAMPLE).max(1)).collect();
    let (mut wall, mut cpu) = (Duration::ZERO, Duration::ZERO);
    for commit in &sample {
        let names =
            ["diff-tree", "--no-commit-id", "--root", "--name-only", "-r", "-z", "--diff-filter=AM", *commit];
        let names = git(&names)?.output;
        for name in names.split('\0').filter(|name| !name.is_empty()) {
            let took = git(&["blame", "-w", "-M", "--porcelain", *commit, "--", name])?;
            (wall, cpu) = (wall + took.wall, cpu + took.cpu);
        }
    }
    let all = |time: Duration| time.mul_f64(commits.len() as f64 / sample.len().max(1) as f64);
    Ok((Took { wall: all(wall), cpu: all(cpu), output: String::new() }, sample.len()))
}
