//! Text as lines.

use bstr::ByteSlice;

/// git looks for a NUL byte in this many bytes to tell binary content from text.
const BINARY_PROBE: usize = 8_000;

/// Whether git takes the content for binary.
pub(crate) fn is_binary(content: &[u8]) -> bool {
    content.get(..BINARY_PROBE).unwrap_or(content).find_byte(0).is_some()
}

/// Lines as git counts them: an incomplete last line is one, too.
pub(crate) fn count_lines(text: &[u8]) -> u32 {
    let ends = text.iter().filter(|&&byte| byte == b'\n').count();
    let incomplete = text.last().is_some_and(|&byte| byte != b'\n');
    u32::try_from(ends.saturating_add(usize::from(incomplete))).unwrap_or(u32::MAX)
}

/// The lines of a text, each with its line end.
#[derive(Clone)]
pub(crate) struct Lines<'a>(pub(crate) &'a [u8]);

impl<'a> Iterator for Lines<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        if self.0.is_empty() {
            return None;
        }
        let length = self.0.find_byte(b'\n').map_or(self.0.len(), |end| end + 1);
        let (line, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nul_makes_content_binary_only_near_its_start() {
        assert!(is_binary(b"a\0b"));
        assert!(!is_binary(b"text"));
        let mut late = vec![b'x'; 9_000];
        late[8_000] = 0;
        assert!(!is_binary(&late));
        late[7_999] = 0;
        assert!(is_binary(&late));
    }

    #[test]
    fn an_incomplete_last_line_is_a_line() {
        for (text, lines) in [(&b""[..], 0), (b"\n", 1), (b"a", 1), (b"a\n", 1), (b"a\nb", 2), (b"\r\n\n", 2)]
        {
            assert_eq!(count_lines(text), lines);
            assert_eq!(Lines(text).count(), lines as usize);
            assert_eq!(Lines(text).collect::<Vec<_>>().concat(), text);
        }
    }
}
