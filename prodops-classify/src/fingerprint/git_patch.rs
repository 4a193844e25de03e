//! git's own id of a patch, bit for bit what `git diff-tree -p --full-index --no-renames | git patch-id --stable` says.

use prodops_core::fact::CountState;
use prodops_core::source::{Change, ChangeKind};
use sha1::{Digest, Sha1};

use crate::change::{Hunk, LineDiff, Lines, count, count_lines, is_binary, is_white, read};

/// Lines around a change that go along.
const CONTEXT: u32 = 3;

/// The mode of a file of which nothing else is known.
const PLAIN_FILE: u32 = 0o100_644;

/// The ids of a patch and of the patch that takes it back, in memory only: they have no key.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct GitPatch {
    /// What git says of the patch.
    pub forward: [u8; 20],
    /// What git says of the patch with both sides changed over.
    pub inverse: [u8; 20],
}

/// One file of a patch while it is read.
#[derive(Clone, Copy)]
pub(crate) struct PatchFile<'a> {
    /// Its path.
    pub(crate) path: &'a [u8],
    /// git's mode before and after; 0 where the file is absent.
    pub(crate) modes: [u32; 2],
}

/// Takes the files of a patch in git's order.
#[derive(Clone, Default)]
pub(crate) struct PatchHasher {
    sides: [SideHasher; 2],
}

/// One direction.
#[derive(Clone, Default)]
struct SideHasher {
    hash: Sha1,
    sum: [u8; 20],
    /// Whether the file before had hunks: then what was hashed so far is closed when the next one begins.
    after_hunks: bool,
    /// git passes over the line that begins the file after a binary one.
    after_binary: bool,
    any: bool,
}

impl SideHasher {
    fn line(&mut self, sign: &[u8], line: &[u8]) {
        self.hash.update(sign);
        let line = memchr::memchr(0, line).and_then(|end| line.get(..end)).unwrap_or(line);
        for word in line.split(|byte| is_white(*byte)) {
            self.hash.update(word);
        }
    }

    /// Adds what was hashed to the sum, as one long number with its lowest byte first.
    fn flush(&mut self) {
        let mut carry = 0u16;
        let hash = self.hash.finalize_reset();
        for (sum, byte) in self.sum.iter_mut().zip(hash.iter()) {
            carry += u16::from(*sum) + u16::from(*byte);
            *sum = carry as u8;
            carry >>= 8;
        }
    }

    fn begin(&mut self, name: &Quoted<'_>) {
        if std::mem::take(&mut self.after_hunks) {
            self.flush();
        }
        self.any = true;
        if !std::mem::take(&mut self.after_binary) {
            self.hash.update(b"diff--git");
            name.feed(b"a/", &mut self.hash);
            name.feed(b"b/", &mut self.hash);
        }
    }

    fn modes(&mut self, old: u32, new: u32) {
        let mode = |hash: &mut Sha1, words: &str, mode: u32| {
            hash.update(words.as_bytes());
            hash.update(octal::<6>(mode));
        };
        match (old, new) {
            (0, new) => mode(&mut self.hash, "newfilemode", new),
            (old, 0) => mode(&mut self.hash, "deletedfilemode", old),
            (old, new) if old != new => {
                mode(&mut self.hash, "oldmode", old);
                mode(&mut self.hash, "newmode", new);
            }
            _ => {}
        }
    }

    fn names(&mut self, name: &Quoted<'_>, old: u32, new: u32) {
        for (sign, prefix, mode) in [(b"---", b"a/", old), (b"+++", b"b/", new)] {
            self.hash.update(sign);
            if mode == 0 {
                self.hash.update(b"/dev/null");
            } else {
                name.feed(prefix, &mut self.hash);
            }
        }
    }
}

impl PatchHasher {
    /// Adds a file of text.
    pub(crate) fn text(&mut self, file: PatchFile<'_>, old: &[u8], new: &[u8], hunks: &[Hunk]) {
        let name = Quoted(file.path);
        let [before, after] = file.modes;
        for (side, old, new) in self.directions(before, after) {
            side.begin(&name);
            side.modes(old, new);
            if !hunks.is_empty() {
                side.names(&name, old, new);
                side.after_hunks = true;
            }
        }
        let (mut old_lines, mut new_lines) = (NumberedLines::new(old), NumberedLines::new(new));
        let mut hunks = hunks.iter().peekable();
        let mut shown = 0;
        while let Some(hunk) = hunks.next() {
            let from = hunk.old_start.saturating_sub(CONTEXT).max(shown);
            self.context(&mut old_lines, from, hunk.old_start);
            self.changed(&mut old_lines, &mut new_lines, hunk);
            let end = hunk.old_start + hunk.old_lines;
            // Up to six lines between two changes are all context of one of them.
            shown = (end + CONTEXT).min(hunks.peek().map_or(u32::MAX, |next| next.old_start));
            self.context(&mut old_lines, end, shown);
        }
    }

    fn directions(&mut self, before: u32, after: u32) -> [(&mut SideHasher, u32, u32); 2] {
        let [forward, inverse] = &mut self.sides;
        [(forward, before, after), (inverse, after, before)]
    }

    fn context(&mut self, lines: &mut NumberedLines<'_>, from: u32, to: u32) {
        lines.range(from, to, |line| self.sides.iter_mut().for_each(|side| side.line(b"", line)));
    }

    fn changed(&mut self, old: &mut NumberedLines<'_>, new: &mut NumberedLines<'_>, hunk: &Hunk) {
        let [forward, inverse] = &mut self.sides;
        let mut again = new.clone();
        let new_end = hunk.new_start + hunk.new_lines;
        // In the patch that takes it back the new lines are deleted, and deleted lines come first.
        again.range(hunk.new_start, new_end, |line| inverse.line(b"-", line));
        old.range(hunk.old_start, hunk.old_start + hunk.old_lines, |line| {
            forward.line(b"-", line);
            inverse.line(b"+", line);
        });
        new.range(hunk.new_start, new_end, |line| forward.line(b"+", line));
    }

    /// Adds a file that is not text.
    pub(crate) fn binary(&mut self, file: PatchFile<'_>, old: Option<&[u8]>, new: Option<&[u8]>) {
        let name = Quoted(file.path);
        let [before, after] = file.modes;
        let (old_id, new_id) = (blob_id(old), blob_id(new));
        let ids = [[&old_id, &new_id], [&new_id, &old_id]];
        for ((side, old, new), ids) in self.directions(before, after).into_iter().zip(ids) {
            side.begin(&name);
            side.modes(old, new);
            if old_id == new_id {
                continue;
            }
            ids.into_iter().for_each(|id| side.hash.update(id.as_bytes()));
            side.flush();
            side.after_binary = true;
        }
    }

    /// Adds a file that is gone or new.
    fn whole(&mut self, path: &[u8], mode: u32, text: &[u8], gone: bool) {
        let sides = |value, absent| if gone { [value, absent] } else { [absent, value] };
        let file = PatchFile { path, modes: sides(mode, 0) };
        if is_binary(text) {
            let [old, new] = [gone.then_some(text), (!gone).then_some(text)];
            return self.binary(file, old, new);
        }
        let [old_lines, new_lines] = sides(count_lines(text), 0);
        let hunk = (!text.is_empty()).then_some(Hunk { old_start: 0, old_lines, new_start: 0, new_lines });
        let (old, new) = if gone { (text, &b""[..]) } else { (&b""[..], text) };
        self.text(file, old, new, hunk.as_slice());
    }

    /// The ids; `None` of a patch without files.
    pub(crate) fn finish(mut self) -> Option<GitPatch> {
        for side in &mut self.sides {
            side.flush();
        }
        let [forward, inverse] = self.sides;
        forward.any.then_some(GitPatch { forward: forward.sum, inverse: inverse.sum })
    }
}

/// The last octal digits of a number.
fn octal<const DIGITS: usize>(number: u32) -> [u8; DIGITS] {
    std::array::from_fn(|digit| b'0' + ((number >> (3 * (DIGITS - 1 - digit))) & 7) as u8)
}

/// The id that git gives a file, as text; of an absent one zeros.
fn blob_id(content: Option<&[u8]>) -> String {
    let Some(content) = content else { return "0".repeat(40) };
    let mut hash = Sha1::new();
    hash.update(format!("blob {}\0", content.len()).as_bytes());
    hash.update(content);
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The lines of a text by number, asked for in rising order.
#[derive(Clone)]
struct NumberedLines<'a> {
    lines: Lines<'a>,
    next: u32,
}

impl<'a> NumberedLines<'a> {
    fn new(text: &'a [u8]) -> Self {
        Self { lines: Lines(text), next: 0 }
    }

    fn range(&mut self, from: u32, to: u32, mut reader: impl FnMut(&'a [u8])) {
        while self.next < to {
            let Some(line) = self.lines.next() else { return };
            if self.next >= from {
                reader(line);
            }
            self.next += 1;
        }
    }
}

/// A path as git writes it into a patch: quoted where it has unusual bytes.
struct Quoted<'a>(&'a [u8]);

impl Quoted<'_> {
    /// Without white space, as all of the patch.
    fn feed(&self, prefix: &[u8], hash: &mut Sha1) {
        let unusual = |byte: &u8| matches!(byte, 0..0x20 | b'"' | b'\\' | 0x7f..);
        if !self.0.iter().any(unusual) {
            hash.update(prefix);
            self.0.split(|byte| is_white(*byte)).for_each(|part| hash.update(part));
            return;
        }
        hash.update(b"\"");
        hash.update(prefix);
        for byte in self.0 {
            match byte {
                0x07 => hash.update(b"\\a"),
                0x08 => hash.update(b"\\b"),
                b'\t' => hash.update(b"\\t"),
                b'\n' => hash.update(b"\\n"),
                0x0b => hash.update(b"\\v"),
                0x0c => hash.update(b"\\f"),
                b'\r' => hash.update(b"\\r"),
                b'"' => hash.update(b"\\\""),
                b'\\' => hash.update(b"\\\\"),
                b' ' => {}
                other if unusual(other) => {
                    hash.update(b"\\");
                    hash.update(octal::<3>(u32::from(*other)));
                }
                other => hash.update([*other]),
            }
        }
        hash.update(b"\"");
    }
}

/// Adds a change, whose hunks these are, to the patch. A change that could not be read adds its path only.
pub(crate) fn add_change(hasher: &mut PatchHasher, change: &Change, hunks: &[Hunk], binary: bool) {
    let [old, new] = change.modes.unwrap_or_else(|| guessed_modes(change.kind));
    if change.kind == ChangeKind::TypeChanged {
        // git shows a file that became a link as one that is gone and one that is new.
        read(&change.old, |text| hasher.whole(&change.path, old, text, true));
        return read(&change.new, |text| hasher.whole(&change.path, new, text, false));
    }
    let file = PatchFile { path: &change.path, modes: [old, new] };
    read(&change.old, |before| {
        read(&change.new, |after| {
            if binary {
                let present = |mode: u32, text| (mode != 0).then_some(text);
                hasher.binary(file, present(old, before), present(new, after));
            } else {
                hasher.text(file, before, after, hunks);
            }
        });
    });
}

const fn guessed_modes(kind: ChangeKind) -> [u32; 2] {
    match kind {
        ChangeKind::Added => [0, PLAIN_FILE],
        ChangeKind::Deleted => [PLAIN_FILE, 0],
        ChangeKind::Modified | ChangeKind::TypeChanged => [PLAIN_FILE, PLAIN_FILE],
    }
}

/// git's ids of changes that are in git's order; `None` of no changes.
#[must_use]
pub fn git_patch(changes: &[Change]) -> Option<GitPatch> {
    let (mut diff, mut hasher) = (LineDiff::default(), PatchHasher::default());
    for change in changes {
        let counts = count(&mut diff, change);
        add_change(&mut hasher, change, diff.hunks(), counts.state == CountState::Binary);
    }
    hasher.finish()
}
