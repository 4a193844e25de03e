//! Line counts are git's.

use crate::git::Git;
use crate::history::Generator;
use crate::oracle::{Agreement, compare};

fn assert_is_gits(agreement: &Agreement) {
    assert_eq!(agreement.wrong_differences(), 0, "{agreement:?}");
    assert!(agreement.exact_share() >= 0.97, "{agreement:?}");
    for side in 0..2 {
        let [git, ours] = [agreement.totals[0][side], agreement.totals[1][side]];
        assert!(git.abs_diff(ours) as f64 <= git as f64 * 0.005, "{agreement:?}");
    }
}

#[test]
fn generated_histories_count_like_git() {
    for seed in 1..=3 {
        let folder = tempfile::tempdir().unwrap();
        let git = Git::init(folder.path());
        git.run(&["fast-import", "--quiet"], &Generator::new(seed).history(300));
        git.run(&["symbolic-ref", "HEAD", "refs/heads/main"], b"");
        let agreement = compare(&git);
        assert_eq!(agreement.commits, 300);
        assert!(agreement.binary > 20 && agreement.exceptions["submodule"] > 5, "{agreement:?}");
        assert_is_gits(&agreement);
    }
}

/// `PRODOPS_TEST_REPOSITORY=<path> cargo test -p prodops-classify --release -- --ignored --nocapture`
#[test]
#[ignore = "reads the repository that PRODOPS_TEST_REPOSITORY names"]
fn a_real_repository_counts_like_git() {
    // Read when the test is compiled; cargo compiles it again when the variable changes.
    let Some(path) = option_env!("PRODOPS_TEST_REPOSITORY") else { panic!("set PRODOPS_TEST_REPOSITORY") };
    let agreement = compare(&Git::open(path.as_ref()));
    println!("{agreement:#?}\nexact commits: {:.3} %", 100.0 * agreement.exact_share());
    assert_is_gits(&agreement);
}
