//! The calendar: when each part must be woken next.

use crate::SimTime;
use crate::heap::SlotHeap;

/// The place of an entry in the order of events: time, then class, then part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// When.
    pub at: SimTime,
    /// Which kind of part comes first at equal times; small is early.
    pub class: u8,
    /// Which part of that kind; also the part's slot in the calendar, so it must be unique over all kinds.
    pub part: u32,
}

/// One wake per part, served in the order of [`Key`]. A new wake of a part replaces its old one in place; there are no
/// tombstones and memory is a few words per part.
///
/// ```
/// use forescale_kernel::{Calendar, SimTime};
/// let mut calendar = Calendar::default();
/// calendar.set(0, 2, Some(SimTime::from_ps(5)));
/// calendar.set(1, 1, Some(SimTime::from_ps(5)));
/// assert_eq!(calendar.next().map(|key| key.part), Some(1), "the smaller class is first at equal times");
/// calendar.set(1, 1, None);
/// assert_eq!(calendar.next().map(|key| key.part), Some(0));
/// ```
#[derive(Clone, Debug, Default)]
pub struct Calendar {
    /// Keys in one word each, which compare as the keys do.
    heap: SlotHeap<u128>,
}

impl Key {
    const fn pack(self) -> u128 {
        (self.at.as_ps() as u128) << 64 | (self.class as u128) << 32 | self.part as u128
    }

    const fn unpack(word: u128) -> Self {
        Self { at: SimTime::from_ps((word >> 64) as u64), class: (word >> 32) as u8, part: word as u32 }
    }
}

impl Calendar {
    /// Sets when `part` is woken next; `None` or [`SimTime::MAX`] means never.
    pub fn set(&mut self, part: u32, class: u8, at: Option<SimTime>) {
        match at.filter(|&at| at < SimTime::MAX) {
            Some(at) => {
                let key = Key { at, class, part }.pack();
                if self.heap.get(part) != Some(&key) {
                    self.heap.set(part, key);
                }
            }
            None => {
                self.heap.remove(part);
            }
        }
    }

    /// The earliest wake. It stays in the calendar until the part's wake is set anew.
    pub fn next(&self) -> Option<Key> {
        self.heap.peek().map(|(word, _)| Key::unpack(*word))
    }

    /// How many parts have a wake.
    pub fn len(&self) -> usize {
        self.heap.len()
    }

    /// Whether nothing will ever happen again.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        /// The calendar against the plainest thing that could work: a map from part to key, searched for its least value.
        #[test]
        fn agrees_with_a_map(
            script in proptest::collection::vec((0u32..12, 0u8..3, proptest::option::weighted(0.8, 0u64..40)), 0..400),
        ) {
            let mut calendar = Calendar::default();
            let mut model: BTreeMap<u32, Key> = BTreeMap::new();
            for (part, class, at) in script {
                let at = at.map(SimTime::from_ps);
                calendar.set(part, class, at);
                match at {
                    Some(at) => model.insert(part, Key { at, class, part }),
                    None => model.remove(&part),
                };
                prop_assert_eq!(calendar.next(), model.values().min().copied());
                prop_assert_eq!(calendar.len(), model.len());
            }
            while let Some(least) = model.values().min().copied() {
                prop_assert_eq!(calendar.next(), Some(least));
                calendar.set(least.part, least.class, None);
                model.remove(&least.part);
            }
            prop_assert!(calendar.is_empty());
        }
    }
}
