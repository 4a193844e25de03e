//! A path taken apart, in the case it has and in lower case.

use bstr::ByteSlice;
use zeroize::Zeroize;

/// Memory for paths in lower case, used again for one path after another.
#[derive(Default)]
pub(crate) struct LowerCase(Vec<u8>);

/// A path and its parts. Only ASCII letters are put in lower case; a path need not be UTF-8.
#[derive(Clone, Copy)]
pub(crate) struct PathParts<'a> {
    /// In lower case.
    pub(crate) lower: &'a [u8],
    /// The directories, in lower case, without the last slash; empty at the top.
    pub(crate) folder: &'a [u8],
    /// What follows the last slash, in lower case.
    pub(crate) name: &'a [u8],
    /// The name as git has it.
    pub(crate) original_name: &'a [u8],
    /// The name before its last dot, and what follows that.
    stem: &'a [u8],
    ending: &'a [u8],
}

impl LowerCase {
    /// Overwrites the last path.
    pub(crate) fn wipe(&mut self) {
        self.0.zeroize();
    }

    /// Takes a path apart.
    pub(crate) fn parts<'a>(&'a mut self, path: &'a [u8]) -> PathParts<'a> {
        self.0.clear();
        self.0.extend(path.iter().map(u8::to_ascii_lowercase));
        let (folder, name) = split_name(&self.0);
        let (_, original_name) = split_name(path);
        let (stem, ending) = split_last(name, b'.').unwrap_or((name, &[]));
        PathParts { lower: &self.0, folder, name, original_name, stem, ending }
    }
}

fn split_name(path: &[u8]) -> (&[u8], &[u8]) {
    split_last(path, b'/').unwrap_or((&[], path))
}

impl<'a> PathParts<'a> {
    /// The directories, from the top.
    pub(crate) fn folders(&self) -> impl Iterator<Item = &'a [u8]> {
        self.folder.split(|&byte| byte == b'/')
    }

    /// What follows the last dot of the name; empty without a dot.
    pub(crate) const fn ending(&self) -> &'a [u8] {
        self.ending
    }

    /// The name before its last dot, in lower case.
    pub(crate) const fn stem(&self) -> &'a [u8] {
        self.stem
    }

    /// The name before its last dot, as git has it.
    pub(crate) fn original_stem(&self) -> &'a [u8] {
        self.original_name.get(..self.stem().len()).unwrap_or_default()
    }

    /// The endings of the name, longest first: of `a.b.c` both `b.c` and `c`.
    pub(crate) fn endings(&self) -> impl Iterator<Item = &'a [u8]> {
        let name = self.name;
        name.find_iter(".").filter_map(move |dot| name.get(dot + 1..))
    }
}

/// The parts before and after the last `separator`.
fn split_last(text: &[u8], separator: u8) -> Option<(&[u8], &[u8])> {
    let at = text.rfind_byte(separator)?;
    Some((text.get(..at)?, text.get(at + 1..)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_falls_into_its_parts() {
        let mut lower = LowerCase::default();
        let parts = lower.parts(b"Src/UI/Form.Test.TSX");
        assert_eq!(parts.folders().collect::<Vec<_>>(), [b"src".as_bytes(), b"ui"]);
        assert_eq!(
            (parts.name, parts.stem(), parts.ending()),
            (&b"form.test.tsx"[..], &b"form.test"[..], &b"tsx"[..])
        );
        assert_eq!(parts.original_stem(), b"Form.Test");
        assert_eq!(parts.endings().collect::<Vec<_>>(), [b"test.tsx".as_bytes(), b"tsx"]);
        let top = lower.parts(b"\xff\xfe");
        assert_eq!((top.folder, top.name, top.ending()), (&b""[..], &b"\xff\xfe"[..], &b""[..]));
    }
}
