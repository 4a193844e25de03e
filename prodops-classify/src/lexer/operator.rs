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

/// The bytes that are first in a pair.
const FIRST: &[u8; 20] = b"=!<>+-*/%&|^~:?.@$#\\";

/// The bit of a byte that is first in no pair.
pub(super) const NO_SIGN: u8 = 31;

/// The bit of an operator byte in [`pairs`].
pub(super) fn sign(byte: u8) -> u8 {
    FIRST.iter().position(|first| *first == byte).map_or(NO_SIGN, |bit| bit as u8)
}

/// The first bytes with which this one belongs to the same operator, a bit for each.
pub(super) fn pairs(second: u8) -> u32 {
    FIRST.iter().filter(|first| is_pair(**first, second)).fold(0, |pairs, first| pairs | (1 << sign(*first)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_say_what_is_a_pair() {
        for (first, second) in
            (0..=u8::MAX).flat_map(|first| (0..=u8::MAX).map(move |second| (first, second)))
        {
            assert_eq!(pairs(second) >> sign(first) & 1 == 1, is_pair(first, second), "{first} {second}");
        }
    }
}
