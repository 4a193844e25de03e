//! Reads single commits once more.

use gix::ThreadSafeRepository;
use prodops_core::fact::CommitId;
use prodops_core::id::RepositoryId;

use super::history::Cut;
use super::mailmap::mailmap;
use super::model::object_id;
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
        let Some(object) = object_id(&repository, commit) else { continue };
        if let Some(content) = reader.commit(&object)? {
            worker.derive(content);
        }
    }
    Ok(())
}
