//! Reads single commits once more.

use gix::{ObjectId, ThreadSafeRepository};
use prodops_core::fact::CommitId;
use prodops_core::id::RepositoryId;

use super::history::Cut;
use super::mailmap::mailmap;
use super::reader::{Frame, Reader};
use super::streams::head_of;
use crate::contract::{Api, Intake, Result};

/// Hands every commit that is still there to a worker.
pub(super) fn read(
    shared: &ThreadSafeRepository,
    id: RepositoryId,
    commits: &[CommitId],
    api: &Api,
    out: &dyn Intake,
) -> Result<()> {
    let repository = shared.to_thread_local();
    let (cut, mailmap) = (Cut::of(&repository), mailmap(&repository, head_of(&repository)?));
    let max_file_bytes = api.limits().max_file_bytes;
    let frame = Frame { shared, id, cut: &cut, mailmap: &mailmap, max_file_bytes };
    let (mut reader, mut worker) = (Reader::new(&frame), out.worker());
    for commit in commits {
        api.proceed()?;
        let object = ObjectId::try_from(commit.as_bytes()).ok();
        let Some(object) = object.filter(|object| object.kind() == repository.object_hash()) else {
            continue;
        };
        if let Some(content) = reader.commit(&object)? {
            worker.derive(content);
        }
    }
    Ok(())
}
