//! The keys under which fingerprints are stored.

use prodops_core::index_key::{IndexKey, IndexLabel, IndexSubkey};

/// The subkeys of a workspace's index key for lines, grams and patches.
///
/// # Format
/// Version 1. Every stored number is SipHash-2-4 under one of three 128-bit subkeys, which the index key gives by
/// HMAC-SHA-256 with the labels `fingerprint/1/line`, `fingerprint/1/gram` and `fingerprint/1/patch`. Whoever has not the
/// index key cannot undo a number by trying known lines, and destroying it shreds all of them.
///
/// The input of the first two is one number of 64 bits, little-endian, made by this hash, which has no key:
///
/// ```text
/// fold(a, b)   = low 64 bits of a·b  xor  high 64 bits of a·b
/// H(class, t)  = s ← (len(t) + class·2^56)·0x9e3779b97f4a7c15 mod 2^64
///                for each word w of t: s ← fold(s xor w, 0xbb67ae8584caa73b)
///                words are 8 bytes, little-endian; the last one is filled up with zeros; an empty t has one word 0
/// line         = H(16, the line without white space at its ends, runs of blanks inside as one space)
/// gram         = (… (t₁·m + t₂)·m + … )·m + tₖ mod 2^64,  m = 0x9fb21c651e98df25, of k tokens t
/// ```
///
/// The numbers of tokens are H(1, name), H(2, number), H(3, string or other literal), H(4, operator byte) or H(5, operator
/// byte) where it belongs to the operator before it. In the abstracted view a name, number or string is
/// (2^40 + class·2^56)·0x9e3779b97f4a7c15 instead, keywords aside. White space that means something adds tokens of classes 6
/// (end of line), 7 (indentation) and 8 (blanks).
///
/// # Known answers
/// ```
/// use prodops_classify::{FingerprintKeys, Fingerprinter, View, Winnowing};
/// use prodops_core::index_key::IndexKey;
/// use prodops_core::source::Transient;
///
/// let keys = FingerprintKeys::of(&IndexKey::from_bytes([7; 32]));
/// assert_eq!(keys.line(b"  let a\t = 1;\r\n"), keys.line(b"let a = 1;"));
/// assert_eq!(keys.line(b"let a = 1;"), 0x5c87_f667_712e_2084);
///
/// let mut grams = Vec::new();
/// let text = Transient::new(b"let a=1; // one".to_vec());
/// let mut fingerprinter = Fingerprinter::new(&IndexKey::from_bytes([7; 32]), Winnowing::new(5, 1).unwrap());
/// fingerprinter.file(b"a.rs", &text, |_| {}, |view, gram| grams.push((view, gram.value)));
/// assert_eq!(grams.first(), Some(&(View::Exact, 0xed21_d9dd_2118_af1a)));
/// ```
#[derive(Debug)]
pub struct FingerprintKeys {
    lines: IndexSubkey,
    grams: IndexSubkey,
}

impl FingerprintKeys {
    /// The subkeys of this key.
    #[must_use]
    pub fn of(key: &IndexKey) -> Self {
        Self { lines: key.subkey(IndexLabel::Line), grams: key.subkey(IndexLabel::Gram) }
    }

    /// The fingerprint of a line.
    #[must_use]
    pub fn line(&self, line: &[u8]) -> u64 {
        self.lines.hash64(&super::line::hash(line).to_le_bytes())
    }

    /// Keys hashes of lines.
    pub(super) fn lines(&self, lines: &mut [u64]) {
        self.lines.hash_numbers(lines);
    }

    /// Keys hashes of grams.
    pub(super) fn grams(&self, grams: &mut [u64]) {
        self.grams.hash_numbers(grams);
    }
}
