//! Lines that look like code though nothing marks them as such.

/// Whether a line looks like code: it begins or ends as a statement or a block does, or signs that prose seldom has stand
/// dense in it. Tags (`[core] …`), references (`(#12)`) and arrows (`1.0 -> 1.1`) are prose.
pub(super) fn is_code(line: &str) -> bool {
    const STARTS: [&str; 5] = ["}", "{", "</", "#include", "#!"];
    const ENDS: [&str; 4] = ["{", "}", ";", "=>"];
    let text = line.trim();
    STARTS.iter().any(|start| text.starts_with(start))
        || ENDS.iter().any(|end| text.ends_with(end))
        || is_dense(text)
}

fn is_dense(text: &str) -> bool {
    let (mut signs, mut seen, mut before) = (0_usize, 0_usize, ' ');
    for c in text.chars().filter(|c| !c.is_whitespace()) {
        let after_name = before.is_alphanumeric() || before == '_';
        signs += usize::from("{};=<>|&$\\".contains(c) || (after_name && matches!(c, '(' | '[')));
        seen += 1;
        before = c;
    }
    signs >= 3 && signs * 8 >= seen
}
