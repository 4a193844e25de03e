//! Numbers that look random and are the same every time.

/// Xorshift.
pub(super) struct Random(u64);

impl Random {
    /// The numbers of a member of a mean.
    pub(super) const fn of(member: u32) -> Self {
        Self(0x1234_5678_9abc_def0 ^ ((member as u64) << 32))
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// True in this share of cases.
    pub(super) fn happens(&mut self, share: f32) -> bool {
        let drawn = (self.next() >> 40) as f32 / (1u32 << 24) as f32;
        drawn < share
    }

    pub(super) fn shuffle<T>(&mut self, items: &mut [T]) {
        for place in (1..items.len()).rev() {
            let other = (self.next() % (place as u64 + 1)) as usize;
            items.swap(place, other);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_met_and_an_order_is_the_same_twice() {
        let mut random = Random::of(3);
        let times = (0..10_000).filter(|_| random.happens(0.3)).count();
        assert!((2_800..3_200).contains(&times), "{times}");
        let order = || {
            let mut items: Vec<u32> = (0..100).collect();
            Random::of(1).shuffle(&mut items);
            items
        };
        assert!(order() == order() && !order().is_sorted());
    }
}
