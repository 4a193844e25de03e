//! How much of what was written is still there.

use crate::breakdown::turnover_of;
use crate::definition::{Measured, Source, definition};
use crate::exclusion::Exclusion;
use crate::history::Sample;
use crate::ownership::LineSample;
use crate::statistic::Share;
use crate::value::MetricValue;

definition! {
    LINE_SURVIVAL = "line_survival" @ "1", "Lines that stayed",
    question: "How much of what was written is still there?",
    formula: "lines at the head that is read whose commit is one of commits@1 ÷ lines that those commits wrote, in \
        handwritten files, with a Wilson 95 % interval; a line that moves within its file, with a renamed file or in white space alone stays the same \
        line. Commits with a handwritten file of which it is not known are left out. n counts written lines",
    care: "Lines of yesterday had no time to go: a window is compared with others of its age, not with the one before it. \
        Replacing old lines is often good work.",
    Quality, Share, Share, NothingWithoutEvents, needs: [Commit], k_limited: false,
    Source::Survival(line_survival)
}

fn line_survival(sample: &Sample<'_>, lines: &LineSample) -> Measured {
    let mut excluded = sample.left_out.clone();
    let (mut left, mut written) = (0, 0);
    for commit in &sample.work {
        let mut of_commit = 0;
        let known = commit.changes.iter().all(|change| match turnover_of(change) {
            Ok(turnover) => {
                of_commit += u64::from(turnover.written);
                true
            }
            Err(reason) => {
                !matches!(reason, Exclusion::UnknownAge | Exclusion::TooLarge | Exclusion::Unreadable)
            }
        });
        if known {
            written += of_commit;
            // A file may have become handwritten since.
            left += lines.of_commit(commit).min(of_commit);
        } else {
            excluded.add(Exclusion::UncountedFile, 1);
        }
    }
    Measured { value: Share::new(left, written).map(MetricValue::Share), n: written, excluded }
}
