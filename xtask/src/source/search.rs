//! Finds words and calls in a view of a file.

/// Where a pattern was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    /// Byte offset.
    pub(crate) offset: usize,
    /// Line, counted from 1.
    pub(crate) line: usize,
}

/// Every place where `pattern` stands as whole words in `text`: `Filter::all(` is not found in `MyFilter::all(`.
pub(crate) fn occurrences(text: &str, pattern: &str) -> Vec<Place> {
    let found = text.match_indices(pattern).filter(|(offset, _)| is_whole(text, pattern, *offset));
    found.map(|(offset, _)| Place { offset, line: line_of(text, offset) }).collect()
}

fn is_whole(text: &str, pattern: &str, offset: usize) -> bool {
    let before = text.get(..offset).and_then(|part| part.chars().next_back());
    let after = text.get(offset + pattern.len()..).and_then(|part| part.chars().next());
    let grows_left = joins(before) && joins(pattern.chars().next());
    let grows_right = joins(after) && joins(pattern.chars().next_back());
    !grows_left && !grows_right
}

/// Whether a character continues an identifier.
fn joins(character: Option<char>) -> bool {
    character.is_some_and(|character| character.is_alphanumeric() || character == '_')
}

fn line_of(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_words_only() {
        assert_eq!(occurrences("a\nFilter::all(x)", "Filter::all("), [Place { offset: 2, line: 2 }]);
        assert!(occurrences("MyFilter::all(x)", "Filter::all(").is_empty());
        assert!(occurrences("unsafe_code", "unsafe").is_empty());
        assert_eq!(occurrences("x.with_bytes(f)", ".with_bytes(").len(), 1);
    }
}
