//! Which operator bytes make one operator when nothing stands between them.

/// Whether `second` right after `first` belongs to the same operator: `- -` is not `--`, while `=-` is no more than `= -`.
pub(super) const fn is_pair(first: u8, second: u8) -> bool {
    match second {
        b'=' => matches!(
            first,
            b'=' | b'!'
                | b'<'
                | b'>'
                | b'+'
                | b'-'
                | b'*'
                | b'/'
                | b'%'
                | b'&'
                | b'|'
                | b'^'
                | b'~'
                | b':'
                | b'?'
                | b'.'
        ),
        b'>' => {
            matches!(first, b'-' | b'=' | b'>' | b'<' | b'|' | b'~' | b'/' | b'?' | b'&' | b'%' | b'*' | b'+')
        }
        b'<' => matches!(first, b'<' | b'%' | b'='),
        b'-' => matches!(first, b'-' | b'<'),
        b'+' | b'&' | b'|' | b'*' | b':' | b'@' | b'^' | b'~' | b'$' | b'%' => {
            first == second
                || matches!((first, second), (b'<', b'|') | (b'=', b'~') | (b'!', b'~') | (b'&', b'^'))
        }
        b'?' => matches!(first, b'?' | b'<'),
        b'.' => matches!(first, b'.' | b'?' | b'&' | b'$'),
        b'/' => matches!(first, b'/' | b'<'),
        b'!' => matches!(first, b'!' | b'#' | b'<'),
        b'#' => first == b'#',
        b'\\' => first == b'\\',
        _ => false,
    }
}
