//! A deletion's dates in words.

use prodops::core::tenancy::WorkspaceRecord;
use prodops::core::time::Timestamp;
use prodops::store::contract::PurgeState;

use crate::ui::Label;
use crate::ui::view::{Deletion, DeletionStage, DeletionStep, When};

/// The page of a workspace's deletion.
#[must_use]
pub fn deletion(
    workspace: &WorkspaceRecord,
    dates: &prodops::engine::Deletion,
    asked: bool,
    mistyped: bool,
) -> Deletion {
    let stage = match (asked, dates.state) {
        (false, _) => DeletionStage::None,
        (true, PurgeState::Pending) => DeletionStage::Pending,
        (true, _) => DeletionStage::Begun,
    };
    let step = |at: Timestamp, what| DeletionStep { when: instant(at), what };
    let steps = vec![
        step(
            dates.requested,
            "Asked for. The workspace closes to everybody but its owners, and nothing is read any more.",
        ),
        step(dates.grace_ends, "Until then an owner can call it off."),
        step(dates.purged_by, "Keys are destroyed and every row is removed."),
        step(
            dates.gone_by,
            "The last backup that the workspace was in is removed, and the last copy of its keys: nothing can be read any more.",
        ),
    ];
    Deletion {
        name: Label::new(workspace.name.as_str()),
        slug: workspace.slug.to_string(),
        stage,
        steps,
        mistyped,
    }
}

fn instant(at: Timestamp) -> When {
    When { machine: at.to_string(), text: at.to_jiff().strftime("%-d %b %Y, %H:%M UTC").to_string() }
}
