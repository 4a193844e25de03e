//! A side of the report: a process on one core, and what it took.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::Failure;

/// The core on which sides of one thread run: the last one, where the least else does.
fn core() -> String {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    (cores - 1).to_string()
}

/// What a process took.
#[derive(Debug, Clone)]
pub(super) struct Took {
    pub(super) wall: Duration,
    /// Of the process and of those that it waited for: user and system.
    pub(super) cpu: Duration,
    pub(super) output: String,
}

/// Whether a process may use every core.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cores {
    One,
    All,
}

/// Runs a program so many times: the median of the wall clock, the mean of the CPU time, which is told too coarsely for one run.
/// `None` when it is not installed.
///
/// # Errors
/// When it fails.
pub(super) fn repeat(
    program: &Path,
    arguments: &[&str],
    cores: Cores,
    times: usize,
) -> Result<Option<Took>, Failure> {
    let (mut walls, mut cpu, mut output) = (Vec::new(), Duration::ZERO, String::new());
    for _ in 0..times.max(1) {
        let Some(took) = run(program, arguments, cores)? else { return Ok(None) };
        walls.push(took.wall);
        (cpu, output) = (cpu + took.cpu, took.output);
    }
    walls.sort_unstable();
    let wall = walls.get(walls.len() / 2).copied().unwrap_or_default();
    Ok(Some(Took { wall, cpu: cpu / u32::try_from(walls.len())?.max(1), output }))
}

/// Runs a program. `None` when it is not installed.
///
/// # Errors
/// When it fails.
pub(super) fn run(program: &Path, arguments: &[&str], cores: Cores) -> Result<Option<Took>, Failure> {
    let installed = program.components().count() == 1 || program.exists();
    if !installed {
        return Ok(None);
    }
    let mut command = match cores {
        Cores::All => Command::new(program),
        Cores::One => {
            let mut command = Command::new("taskset");
            command.args(["-c", &core()]).arg(program);
            command
        }
    };
    command.args(arguments).env("LC_ALL", "C").env("GIT_CONFIG_GLOBAL", "/dev/null").stdin(Stdio::null());
    let (before, start) = (children()?, Instant::now());
    let out = command.output()?;
    let wall = start.elapsed();
    if !out.status.success() {
        let said = String::from_utf8_lossy(&out.stderr);
        let last = said.trim().lines().last().unwrap_or_default();
        return Err(format!("{} failed with {}: {last}", program.display(), out.status).into());
    }
    let output = String::from_utf8_lossy(&out.stdout).into_owned();
    Ok(Some(Took { wall, cpu: children()?.saturating_sub(before), output }))
}

/// The CPU time of all processes that were waited for.
fn children() -> Result<Duration, Failure> {
    // In hundredths of a second, as Linux tells every process.
    const PER_SECOND: u64 = 100;
    let stat = fs::read_to_string("/proc/self/stat")?;
    let (_, fields) = stat.rsplit_once(')').ok_or("`/proc/self/stat` is not as it should be")?;
    let ticks = |at: usize| fields.split_whitespace().nth(at).and_then(|field| field.parse::<u64>().ok());
    let ticks = ticks(13).zip(ticks(14)).map(|(user, system)| user + system);
    Ok(Duration::from_millis(ticks.ok_or("`/proc/self/stat` is not as it should be")? * 1_000 / PER_SECOND))
}
