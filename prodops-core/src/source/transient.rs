//! A buffer of source text that lives in memory only.

use std::fmt;

use zeroize::Zeroize;

/// Source text: file contents or a commit message, on its way from a provider to classification.
///
/// # Security
/// Not `Clone`, `Display`, `Serialize` or `Deref`; `Debug` tells the length only; the bytes are wiped on drop. The buffer
/// is taken over as it is and never grows, so that no copy is left behind by a reallocation. Its bytes can be borrowed
/// only for the length of a closure, and a lint allows that call only inside `prodops-classify`.
pub struct Transient(Vec<u8>);

impl Transient {
    /// Takes over a buffer without copying it.
    #[must_use]
    pub const fn new(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// How many bytes there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Lends the bytes to `reader`, which must return integers, enums or the like, never a copy of them.
    pub fn with_bytes<R>(&self, reader: impl FnOnce(&[u8]) -> R) -> R {
        reader(&self.0)
    }
}

impl Drop for Transient {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for Transient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Transient({} bytes)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_tells_its_length_and_nothing_else() {
        let source = Transient::new(b"fn secret() {}".to_vec());
        assert_eq!(format!("{source:?}"), "Transient(14 bytes)");
        assert_eq!(source.len(), 14);
    }
}
