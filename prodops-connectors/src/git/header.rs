//! The lines of a commit object, read as git reads them: what cannot be understood costs itself, not what follows it.

use gix::actor::SignatureRef;
use gix::bstr::ByteSlice;
use gix::objs::CommitRefIter;
use gix::{ObjectId, hash};

/// A commit object's fields, borrowed from its bytes.
pub(super) struct Header<'a> {
    pub(super) tree: ObjectId,
    pub(super) parents: Vec<ObjectId>,
    /// `None` when there is no such line, or none that names anybody.
    pub(super) author: Option<SignatureRef<'a>>,
    pub(super) committer: Option<SignatureRef<'a>>,
    pub(super) message: &'a [u8],
}

impl<'a> Header<'a> {
    /// `None` when there is no tree: then it is no commit.
    pub(super) fn read(data: &'a [u8], kind: hash::Kind) -> Option<Self> {
        let tree = CommitRefIter::from_bytes(data, kind).tree_id().ok()?;
        let parents = CommitRefIter::from_bytes(data, kind).parent_ids().collect();
        let (head, message) = data.split_once_str(b"\n\n").unwrap_or((data, b""));
        Some(Self {
            tree,
            parents,
            author: person(head, b"author "),
            committer: person(head, b"committer "),
            message,
        })
    }
}

/// The first line of this name. Lines that belong to the one before begin with a space, so none is mistaken.
fn person<'a>(head: &'a [u8], name: &[u8]) -> Option<SignatureRef<'a>> {
    let line = head.lines().find_map(|line| line.strip_prefix(name))?;
    SignatureRef::from_bytes(line).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TREE: &str = "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n";

    fn read(rest: &str) -> Option<(bool, bool, usize, Vec<u8>)> {
        let data = format!("{TREE}{rest}");
        let header = Header::read(data.as_bytes(), hash::Kind::Sha1)?;
        let (author, committer) = (header.author.is_some(), header.committer.is_some());
        Some((author, committer, header.parents.len(), header.message.to_vec()))
    }

    #[test]
    fn a_line_without_sense_costs_only_itself() {
        let whole = "author A <a@x> 1 +0000\ncommitter C <c@x> 2 +0000\ngpgsig x\n author\n\nm\n\nn\n";
        assert_eq!(read(whole), Some((true, true, 0, b"m\n\nn\n".to_vec())));
        let nobody = "author nobody\ncommitter C <c@x> 2 +0000\n\nm";
        assert_eq!(read(nobody), Some((false, true, 0, b"m".to_vec())));
        assert_eq!(read("committer C <c@x> 2 +0000\n"), Some((false, true, 0, Vec::new())));
        assert_eq!(read(""), Some((false, false, 0, Vec::new())));
    }

    #[test]
    fn without_a_tree_there_is_no_commit() {
        for data in ["", "tree\n", "tree abc\n", "author A <a@x> 1 +0000\n\n"] {
            assert!(Header::read(data.as_bytes(), hash::Kind::Sha1).is_none(), "{data:?}");
        }
    }
}
