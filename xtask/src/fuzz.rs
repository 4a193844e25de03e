//! `cargo xtask fuzz`: coverage-guided fuzzing of what reads source text, with the pinned compiler.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::process::Step;
use crate::workspace::{TextFile, load};

/// The package of the targets, a workspace of its own, by its place below the root.
pub(crate) const PACKAGE: &str = "fuzz/Cargo.toml";

const TARGETS: [&str; 4] = ["fingerprints", "changes", "attributes", "metadata"];

/// The counters that libFuzzer is guided by, as `cargo fuzz` sets them. Its sanitizers need another compiler; without unsafe code
/// they have little to find.
const COUNTERS: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares --cfg fuzzing -Ccodegen-units=1";

/// Between the parts of an input, as the targets split it.
const END: &[u8] = &[0xff, 0xfe];

/// Longer files are no good beginnings, in bytes.
const LONGEST_SEED: usize = 8 << 10;

/// Runs every target, or the one of this name, for so many seconds each, and answers the first exit code that is not zero.
/// Inputs that were worth keeping lie below the target folder, and so do those that something failed on.
pub(crate) fn run(target: Option<&str>, seconds: u64) -> Result<u8> {
    let files = load()?.files;
    let (host, below) = (host()?, Path::new("target/fuzz"));
    let mut result = 0;
    for name in TARGETS.into_iter().filter(|name| target.is_none_or(|target| target == *name)) {
        let corpus = below.join(name);
        let seeds = seeds(name, &files);
        write(&corpus, seeds).map_err(|source| Error::Corpus { path: corpus.clone(), source })?;
        let code = fuzz(name, &host, &corpus, seconds).run()?;
        result = if result == 0 { code } else { result };
    }
    Ok(result)
}

/// Beginnings for a target, from files of this repository.
fn seeds(target: &str, files: &[TextFile]) -> Vec<Vec<u8>> {
    let short = files.iter().filter(|file| file.text.len() <= LONGEST_SEED);
    short.enumerate().map(|(place, file)| seed(target, place, file)).collect()
}

fn write(corpus: &Path, seeds: Vec<Vec<u8>>) -> std::io::Result<()> {
    fs::create_dir_all(corpus)?;
    let mut seeds = seeds.iter().enumerate();
    seeds.try_for_each(|(place, seed)| fs::write(corpus.join(format!("seed-{place}")), seed))
}

/// A beginning for a target, made from a file of this repository.
fn seed(target: &str, place: usize, file: &TextFile) -> Vec<u8> {
    let text = file.text.as_bytes();
    let turned: Vec<&[u8]> = text.rsplit(|byte| *byte == b'\n').collect();
    match target {
        "changes" => [&b"fix: it"[..], text, &turned.join(&b'\n'), b"", text].join(END),
        "attributes" => {
            let rule = format!(
                "{} linguist-generated\n*.md -linguist-documentation linguist-language=Rust\n",
                file.path
            );
            [rule.as_bytes(), file.path.as_bytes()].join(END)
        }
        _ => [&[place as u8], text].concat(),
    }
}

fn host() -> Result<String> {
    let version = Step::new("rustc", &["-vV"]).capture()?;
    Ok(version.lines().find_map(|line| line.strip_prefix("host: ")).unwrap_or_default().to_owned())
}

fn fuzz(name: &str, host: &str, corpus: &Path, seconds: u64) -> Step {
    let (corpus, failures) = (corpus.display(), PathBuf::from("target/fuzz").join(format!("failed-{name}-")));
    // With a target named, build scripts and macros are built without the counters.
    let build = [
        "run",
        "--release",
        "--locked",
        "--manifest-path",
        PACKAGE,
        "--target-dir",
        "target",
        "--target",
        host,
    ];
    let limits = ["-timeout=20", "-rss_limit_mb=4096", "-max_len=65536", "-print_final_stats=1"];
    Step::cargo(&[&build[..], &["--bin", name, "--"], &limits].concat())
        .with_args(&[
            format!("-max_total_time={seconds}"),
            format!("-artifact_prefix={}", failures.display()),
            corpus.to_string(),
        ])
        .with_env("RUSTFLAGS", COUNTERS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_guided_and_ends() {
        let line = fuzz("changes", "h", Path::new("target/fuzz/changes"), 60).line();
        assert!(
            line.contains("inline-8bit-counters") && line.contains("--target h --bin changes -- "),
            "{line}"
        );
        assert!(line.contains("-max_total_time=60") && line.ends_with("target/fuzz/changes"), "{line}");
    }

    #[test]
    fn every_target_is_one_of_the_package_and_the_other_way_round() {
        let package = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join(PACKAGE);
        let mut files: Vec<String> = fs::read_dir(package.with_file_name("fuzz_targets"))
            .unwrap()
            .map(|file| file.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned())
            .collect();
        let mut targets = TARGETS.map(str::to_owned).to_vec();
        files.sort();
        targets.sort();
        assert_eq!(files, targets);
        let manifest = fs::read_to_string(package).unwrap();
        assert!(targets.iter().all(|name| manifest.contains(&format!("\nname = \"{name}\"\n"))));
    }
}
