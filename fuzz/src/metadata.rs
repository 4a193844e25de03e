//! What may be told of a message to a provider outside.

use prodops_classify::metadata::{CommitMetadata, FileCounts};
use prodops_core::source::Transient;

/// A token of a known shape whose letters come from the input.
fn token(data: &[u8]) -> String {
    let mut state = data
        .iter()
        .fold(0xcbf2_9ce4_8422_2325_u64, |sum, byte| (sum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3));
    let letters = (0..36).map(|_| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        char::from(b"abcdefghijklmnopqrstuvwxyz0123456789"[(state >> 33) as usize % 36])
    });
    ["ghp", "_"].concat() + &letters.collect::<String>()
}

/// The first byte says where a token is put into the message.
pub fn metadata(data: &[u8]) {
    let Some((first, text)) = data.split_first() else { return };
    let token = token(data);
    let (before, after) = text.split_at(usize::from(*first).min(text.len()));
    let message = [before, b" ", token.as_bytes(), b" ", after].concat();
    let path = text.get(..40).unwrap_or(text);
    let told = CommitMetadata::of(&Transient::new(message), [FileCounts { path, added: 1, deleted: 2 }]);
    assert!(
        told.subject().len() <= CommitMetadata::MAX_SUBJECT && told.body().len() <= CommitMetadata::MAX_BODY
    );
    assert!(!told.subject().contains('\n'));
    for said in [told.subject(), told.body()] {
        assert!(!said.contains(&token), "a token is told");
    }
    assert!(told.files().iter().all(|file| file.path().len() <= CommitMetadata::MAX_PATH + 16));
}
