//! From a commit object's bytes to a header.

use gix::actor::SignatureRef;
use gix::mailmap::Snapshot;
use gix::{ObjectId, hash};
use prodops_core::fact::{CommitId, Gap};
use prodops_core::id::RepositoryId;
use prodops_core::source::Transient;
use prodops_core::time::{OffsetTimestamp, Timestamp};

use super::header::Header;
use crate::contract::{RawCommitHeader, RawSignature};

/// What is needed of a commit besides its header.
pub(super) struct Parsed {
    pub(super) header: RawCommitHeader,
    pub(super) tree: ObjectId,
    pub(super) parents: Vec<ObjectId>,
    pub(super) gaps: Vec<(Gap, u64)>,
}

pub(super) fn commit_id(id: &ObjectId) -> Option<CommitId> {
    CommitId::from_bytes(id.as_bytes()).ok()
}

/// The object with this id; `None` where the repository has ids of another kind.
pub(super) fn object_id(repository: &gix::Repository, commit: &CommitId) -> Option<ObjectId> {
    ObjectId::try_from(commit.as_bytes()).ok().filter(|id| id.kind() == repository.object_hash())
}

/// Reads a commit object as leniently as git does; `None` when it has no tree.
pub(super) fn parse(
    repository: RepositoryId,
    id: &ObjectId,
    data: &[u8],
    kind: hash::Kind,
    mailmap: &Snapshot,
) -> Option<Parsed> {
    let Header { tree, parents, author, committer, message } = Header::read(data, kind)?;
    let mut gaps = Vec::new();
    let author = signature(author, mailmap, &mut gaps);
    let committer = signature(committer, mailmap, &mut gaps);
    let header = RawCommitHeader {
        repository,
        id: commit_id(id)?,
        parents: parents.iter().filter_map(commit_id).collect(),
        author,
        committer,
        message: Transient::new(message.to_vec()),
    };
    Some(Parsed { header, tree, parents, gaps })
}

fn signature(raw: Option<SignatureRef<'_>>, mailmap: &Snapshot, gaps: &mut Vec<(Gap, u64)>) -> RawSignature {
    let time = raw.as_ref().and_then(when).unwrap_or_else(|| {
        gaps.push((Gap::ImpossibleTime, 1));
        // The epoch is outside what any metric believes, so nothing is computed from it.
        OffsetTimestamp { at: Timestamp::UNIX_EPOCH, offset_minutes: 0 }
    });
    let Some(raw) = raw else { return RawSignature { name: Vec::new(), email: Vec::new(), time } };
    let resolved = mailmap.try_resolve_ref(raw);
    let name = resolved.as_ref().and_then(|known| known.name).unwrap_or(raw.name);
    let email = resolved.as_ref().and_then(|known| known.email).unwrap_or(raw.email);
    RawSignature { name: name.to_vec(), email: email.to_vec(), time }
}

fn when(raw: &SignatureRef<'_>) -> Option<OffsetTimestamp> {
    let time = raw.time().ok()?;
    let at = Timestamp::from_seconds(time.seconds).ok()?;
    // Clocks are at most 26 hours apart; a stranger offset says nothing about the author's day.
    let minutes = i16::try_from(time.offset / 60).ok().filter(|minutes| minutes.abs() < 26 * 60);
    Some(OffsetTimestamp { at, offset_minutes: minutes.unwrap_or(0) })
}
