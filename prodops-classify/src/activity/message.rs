//! A commit message: its subject and its body.

use bstr::ByteSlice;

/// The two parts of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Message<'a> {
    /// The first line that is not blank, without blanks around it.
    pub(super) subject: &'a [u8],
    /// What follows it.
    pub(super) body: &'a [u8],
}

impl<'a> Message<'a> {
    /// Takes a message apart.
    pub(super) fn parse(text: &'a [u8]) -> Self {
        let text = text.trim_ascii_start();
        let end = text.find_byte(b'\n').unwrap_or(text.len());
        let (subject, body) = text.split_at_checked(end).unwrap_or((text, &[]));
        Self { subject: subject.trim_ascii(), body }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_subject_is_the_first_line_that_is_not_blank() {
        let parse = |text: &'static [u8]| {
            let message = Message::parse(text);
            (message.subject, message.body)
        };
        assert_eq!(parse(b"\n\r\n Fix it \r\n\r\nBecause.\n"), (&b"Fix it"[..], &b"\n\r\nBecause.\n"[..]));
        assert_eq!(parse(b"one line"), (&b"one line"[..], &b""[..]));
        assert_eq!(parse(b" \n\t"), (&b""[..], &b""[..]));
    }
}
