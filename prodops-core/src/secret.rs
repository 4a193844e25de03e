//! A value that does not print, copy or serialise itself.

use std::fmt;

use subtle::ConstantTimeEq;
use zeroize::Zeroize;

/// Holds a secret and wipes it when dropped.
///
/// # Security
/// There is no way to print, clone, compare with `==`, serialise or dereference it: the only door is [`Secret::expose`],
/// whose closure shows in review where the value goes.
pub struct Secret<T: Zeroize>(T);

impl<T: Zeroize> Secret<T> {
    /// Takes the value in.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// Lends the value to `reader`.
    pub fn expose<R>(&self, reader: impl FnOnce(&T) -> R) -> R {
        reader(&self.0)
    }

    /// Lends the value to be filled in place, so that no copy of it lies anywhere else.
    pub fn expose_mut<R>(&mut self, writer: impl FnOnce(&mut T) -> R) -> R {
        writer(&mut self.0)
    }
}

impl<T: Zeroize + AsRef<[u8]>> Secret<T> {
    /// Whether both hold the same bytes, in time that does not depend on where they differ.
    #[must_use]
    pub fn ct_eq(&self, other: &Self) -> bool {
        self.0.as_ref().ct_eq(other.0.as_ref()).into()
    }
}

impl<T: Zeroize> Drop for Secret<T> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl<T: Zeroize> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_prints_nothing_and_compares_content() {
        let secret = Secret::new(*b"0123456789abcdef");
        assert_eq!(format!("{secret:?}"), "Secret([redacted])");
        assert!(secret.ct_eq(&Secret::new(*b"0123456789abcdef")));
        assert!(!secret.ct_eq(&Secret::new(*b"0123456789abcdeF")));
        assert_eq!(secret.expose(|bytes| bytes.len()), 16);
    }
}
