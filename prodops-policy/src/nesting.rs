//! How deep the brackets of a text nest: Cedar's parser recurses, so that a text from outside is measured first.

/// The offset of the first bracket that nests deeper than `limit`, outside of texts and comments.
pub(crate) fn beyond(text: &str, limit: usize) -> Option<usize> {
    let (mut depth, mut quoted, mut escaped, mut comment, mut slash) = (0usize, false, false, false, false);
    for (offset, byte) in text.bytes().enumerate() {
        if comment {
            comment = byte != b'\n';
            continue;
        }
        if quoted {
            quoted = escaped || byte != b'"';
            escaped = byte == b'\\' && !escaped;
            continue;
        }
        match byte {
            b'"' => quoted = true,
            b'/' if slash => comment = true,
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        slash = byte == b'/';
        if depth > limit {
            return Some(offset);
        }
    }
    None
}
