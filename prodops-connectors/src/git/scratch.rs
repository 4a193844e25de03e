//! The buffer into which objects are read that can hold source text.

use gix::ObjectId;
use gix::objs::{Data, Find};
use gix::odb::Header;
use prodops_core::source::Transient;

/// Larger objects, in bytes, are no reason to ask for memory before they have been seen to be there.
const FORESEEN: usize = 128 << 20;

/// A buffer that does not grow by itself and is wiped whenever it is given up: a buffer that grows leaves its text behind,
/// where nobody wipes it.
#[derive(Default)]
pub(super) struct Scratch(Vec<u8>);

impl Scratch {
    /// The object; `None` when it is missing or damaged.
    pub(super) fn read<'a>(&'a mut self, repository: &gix::Repository, id: &ObjectId) -> Option<Data<'a>> {
        let size = repository.objects.try_header(id).ok()??.size();
        self.read_sized(repository, id, usize::try_from(size).ok()?)
    }

    /// The object, of which the size is known.
    pub(super) fn read_sized<'a>(
        &'a mut self,
        repository: &gix::Repository,
        id: &ObjectId,
        size: usize,
    ) -> Option<Data<'a>> {
        // Putting deltas together takes room for more than the result.
        let room = size.min(FORESEEN).saturating_mul(3);
        if self.0.capacity() < room {
            self.renew(room);
        }
        repository.objects.try_find(id, &mut self.0).ok()?
    }

    fn renew(&mut self, capacity: usize) {
        drop(Transient::new(std::mem::replace(&mut self.0, Vec::with_capacity(capacity))));
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        self.renew(0);
    }
}
