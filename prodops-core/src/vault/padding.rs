//! The plaintext of a record: length, secret, zeros up to a multiple of 64 bytes.
//!
//! Records of tokens of about the same length have the same length.

use std::ops::Range;

/// The padded plaintext has a multiple of this many bytes.
const STEP: usize = 64;
pub(super) const LENGTH_LEN: usize = 4;

/// The length of the padded plaintext of a secret.
pub(super) const fn padded_len(secret: usize) -> Option<usize> {
    match secret.checked_add(LENGTH_LEN) {
        Some(length) => length.checked_next_multiple_of(STEP),
        None => None,
    }
}

/// Whether a padded plaintext can have this length.
pub(super) const fn is_padded(length: usize) -> bool {
    length > 0 && length.is_multiple_of(STEP)
}

/// Where in a padded plaintext the secret is; `None` unless the length is the one that was padded and the padding is
/// zeros.
pub(super) fn secret_in(text: &[u8]) -> Option<Range<usize>> {
    let (length, rest) = text.split_first_chunk::<LENGTH_LEN>()?;
    let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
    let (_, padding) = rest.split_at_checked(length)?;
    let exact = padded_len(length) == Some(text.len());
    (exact && padding.iter().all(|byte| *byte == 0)).then_some(LENGTH_LEN..LENGTH_LEN + length)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn padded(secret: &[u8]) -> Vec<u8> {
        let mut text = u32::try_from(secret.len()).unwrap().to_be_bytes().to_vec();
        text.extend(secret);
        text.resize(padded_len(secret.len()).unwrap(), 0);
        text
    }

    #[test]
    fn every_length_is_found_again_and_fills_whole_steps() {
        for length in 0..=200 {
            let secret = vec![0x5a; length];
            let text = padded(&secret);
            assert!(is_padded(text.len()) && text.len() - length < STEP + LENGTH_LEN);
            assert_eq!(text[secret_in(&text).unwrap()], secret);
        }
        assert!(!is_padded(0) && !is_padded(63) && is_padded(64));
        assert_eq!(padded_len(usize::MAX), None);
    }

    #[test]
    fn padding_that_is_not_the_one_is_refused() {
        let mut text = padded(b"secret");
        assert!(secret_in(&text).is_some());
        text[63] = 1;
        assert_eq!(secret_in(&text), None, "not zero");
        text[63] = 0;
        text.extend([0; STEP]);
        assert_eq!(secret_in(&text), None, "a step too many");
        let mut long = padded(b"secret");
        long[3] = 61;
        assert_eq!(secret_in(&long), None, "longer than the text");
        assert_eq!(secret_in(&[0, 0, 0]), None);
    }
}
