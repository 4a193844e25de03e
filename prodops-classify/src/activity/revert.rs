//! The markers that git and code hosts leave on reverts.

use super::conventional::skip_emoji;
use super::message::Message;

/// Hexadecimal digits that make a commit id, from git's shortest abbreviation on.
const SHORTEST_ID: usize = 7;

/// Whether the subject is the one that git and code hosts write: `Revert "…"`.
pub(super) fn has_subject(subject: &[u8]) -> bool {
    starts_with(skip_emoji(subject), b"revert \"")
}

/// Whether the body starts with the sentence that git and code hosts write, so that a subject written by hand is still
/// known as a revert. Further down it can belong to one commit of a squashed series.
pub(super) fn has_body(message: &Message<'_>) -> bool {
    let body = message.body.trim_ascii_start();
    if starts_with(body, b"reverts merge request ") || starts_with(body, b"this reverts merge request ") {
        return true;
    }
    let id = [&b"this reverts commit "[..], b"this reverts "].iter().find_map(|start| strip(body, start));
    let digits = id.map_or(0, |id| id.iter().take_while(|byte| byte.is_ascii_hexdigit()).count());
    digits >= SHORTEST_ID
}

fn starts_with(text: &[u8], start: &[u8]) -> bool {
    strip(text, start).is_some()
}

fn strip<'a>(text: &'a [u8], start: &[u8]) -> Option<&'a [u8]> {
    let (front, rest) = text.split_at_checked(start.len())?;
    front.eq_ignore_ascii_case(start).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_subject_that_git_writes_is_known() {
        assert!(has_subject(b"Revert \"Add a cache\""));
        assert!(has_subject("⏪ revert \"Add a cache\"".as_bytes()));
        assert!(!has_subject(b"Revert the cache"));
        assert!(!has_subject(b"Reapply \"Add a cache\""));
    }

    #[test]
    fn the_sentence_counts_only_at_the_start_of_the_body() {
        let has = |text: &str| has_body(&Message::parse(text.as_bytes()));
        assert!(has("Undo the cache\n\nThis reverts commit 0123456789abcdef0123456789abcdef01234567."));
        assert!(has("Undo\n\nThis reverts commit 0123456, see below"));
        assert!(has("Undo\n\nThis reverts merge request !12"));
        assert!(!has("Undo\n\nThis reverts commit abc"));
        assert!(!has("Undo\n\nThis reverts the commit of yesterday"));
        assert!(!has("Cache\n\n* Add it\n\nThis reverts commit 0123456789abcdef."));
        assert!(!has("This reverts commit 0123456789abcdef"));
    }
}
