//! The bases of deltas that a reading thread keeps at hand.

use std::collections::hash_map::RandomState;
use std::num::NonZero;

use clru::{CLruCache, CLruCacheConfig, WeightScale};
use gix::objs::Kind;
use gix::odb::pack::cache::DecodeEntry;
use zeroize::Zeroizing;

/// So many bytes of objects. Less is slower by half, more is not quicker.
const CAPACITY: NonZero<usize> = NonZero::<usize>::MIN.saturating_add((12 << 20) - 1);

/// A pack, and a place in it.
type Place = (u32, u64);

struct Entry {
    data: Zeroizing<Vec<u8>>,
    kind: Kind,
    compressed: usize,
}

struct Bytes;

impl WeightScale<Place, Entry> for Bytes {
    fn weight(&self, _: &Place, entry: &Entry) -> usize {
        entry.data.len()
    }
}

/// Decompressed objects of packs, the least recently used ones given up first, and wiped then: the one that comes with the
/// git library only frees them.
pub(super) struct PackCache(CLruCache<Place, Entry, RandomState, Bytes>);

impl Default for PackCache {
    fn default() -> Self {
        Self(CLruCache::with_config(CLruCacheConfig::new(CAPACITY).with_scale(Bytes)))
    }
}

impl DecodeEntry for PackCache {
    fn put(&mut self, pack: u32, offset: u64, data: &[u8], kind: Kind, compressed: usize) {
        if data.len() < CAPACITY.get() {
            let entry = Entry { data: Zeroizing::new(data.to_vec()), kind, compressed };
            // What is replaced or has no room is wiped when it is dropped.
            drop(self.0.put_with_weight((pack, offset), entry));
        }
    }

    fn get(&mut self, pack: u32, offset: u64, out: &mut Vec<u8>) -> Option<(Kind, usize)> {
        let entry = self.0.get(&(pack, offset))?;
        out.clear();
        out.extend_from_slice(&entry.data);
        Some((entry.kind, entry.compressed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_gives_back_what_was_put_and_stays_within_its_size() {
        let mut cache = PackCache::default();
        let mut out = vec![9; 3];
        assert!(cache.get(1, 2, &mut out).is_none());
        cache.put(1, 2, b"base", Kind::Blob, 7);
        assert_eq!(cache.get(1, 2, &mut out), Some((Kind::Blob, 7)));
        assert_eq!(out, b"base");
        let large = vec![0; CAPACITY.get() / 4];
        (0..9).for_each(|offset| cache.put(2, offset, &large, Kind::Tree, 1));
        assert!(cache.get(1, 2, &mut out).is_none(), "the oldest one had to go");
        assert!(cache.0.weight() + cache.0.len() <= CAPACITY.get());
        cache.put(3, 3, &vec![0; CAPACITY.get()], Kind::Blob, 1);
        assert!(cache.get(3, 3, &mut out).is_none(), "larger than everything");
    }
}
