//! Manual pages, by their endings.

const ROFF: u32 = 141;
const ROFF_MANPAGE: u32 = 612_669_833;

/// What a file of this name, in lower case, can be; nothing when it is no manual page.
pub(super) fn of(name: &[u8]) -> &'static [u32] {
    let name = name.strip_suffix(b".in").unwrap_or(name);
    let Some(dot) = name.iter().rposition(|byte| *byte == b'.') else { return &[] };
    let is_section = match name.get(dot + 1..).unwrap_or_default() {
        b"0p" | b"n" | b"man" | b"mdoc" => true,
        [b'1'..=b'9', rest @ ..] => {
            !rest.first().is_some_and(u8::is_ascii_digit)
                && rest.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
        }
        _ => false,
    };
    if is_section { &[ROFF_MANPAGE, ROFF] } else { &[] }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_are_endings() {
        for name in ["ls.1", "x.3pm", "x.8.in", "x.man", "x.n", "x.1x_2"] {
            assert_eq!(of(name.as_bytes()).len(), 2, "{name}");
        }
        for name in ["x.10", "x.0", "x", "x.in", "x.1-2", "man"] {
            assert!(of(name.as_bytes()).is_empty(), "{name}");
        }
    }
}
