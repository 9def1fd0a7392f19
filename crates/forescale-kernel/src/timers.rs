//! Timers of many entities inside one part.

use crate::SimTime;
use crate::heap::SlotHeap;
use rustc_hash::FxHashMap;
use std::hash::Hash;

/// At most one deadline per key, served in the order of time, then key.
///
/// A part keeps one of these for its entities (time-outs, pod phases, waiting limits) and reports
/// [`next`](Timers::next) as its own wake.
///
/// ```
/// use forescale_kernel::{SimTime, Timers};
/// let mut timers = Timers::default();
/// timers.set("b", SimTime::from_ps(9));
/// timers.set("a", SimTime::from_ps(9));
/// timers.set("b", SimTime::from_ps(4));
/// assert_eq!(timers.next(), Some(SimTime::from_ps(4)));
/// assert_eq!(timers.pop_due(SimTime::from_ps(9)), Some((SimTime::from_ps(4), "b")));
/// assert_eq!(timers.cancel(&"a"), Some(SimTime::from_ps(9)));
/// assert_eq!(timers.pop_due(SimTime::from_ps(9)), None);
/// ```
#[derive(Clone, Debug)]
pub struct Timers<K> {
    heap: SlotHeap<(SimTime, K)>,
    slots: FxHashMap<K, u32>,
    free: Vec<u32>,
}

impl<K> Default for Timers<K> {
    fn default() -> Self {
        Self { heap: SlotHeap::default(), slots: FxHashMap::default(), free: Vec::new() }
    }
}

impl<K: Copy + Ord + Hash> Timers<K> {
    /// Sets the deadline of `key`, in place of the one that it has.
    pub fn set(&mut self, key: K, at: SimTime) {
        let fresh = self.slots.len() as u32;
        let slot = *self.slots.entry(key).or_insert_with(|| self.free.pop().unwrap_or(fresh));
        self.heap.set(slot, (at, key));
    }

    /// Takes the deadline of `key` away and returns it.
    pub fn cancel(&mut self, key: &K) -> Option<SimTime> {
        let slot = self.slots.remove(key)?;
        self.free.push(slot);
        self.heap.remove(slot).map(|(at, _)| at)
    }

    /// The deadline of `key`.
    pub fn get(&self, key: &K) -> Option<SimTime> {
        let slot = *self.slots.get(key)?;
        self.heap.get(slot).map(|(at, _)| *at)
    }

    /// The earliest deadline.
    pub fn next(&self) -> Option<SimTime> {
        self.heap.peek().map(|((at, _), _)| *at)
    }

    /// Takes out the earliest entry if it is due at `now`.
    pub fn pop_due(&mut self, now: SimTime) -> Option<(SimTime, K)> {
        let (&(at, key), _) = self.heap.peek().filter(|((at, _), _)| *at <= now)?;
        self.cancel(&key);
        Some((at, key))
    }

    /// How many deadlines are set.
    pub fn len(&self) -> usize {
        self.heap.len()
    }

    /// Whether no deadline is set.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    #[derive(Clone, Debug)]
    enum Op {
        Set(u8, u16),
        Cancel(u8),
        Pop(u16),
    }

    fn op() -> impl Strategy<Value = Op> {
        prop_oneof![
            3 => (0u8..20, 0u16..50).prop_map(|(key, at)| Op::Set(key, at)),
            1 => (0u8..20).prop_map(Op::Cancel),
            2 => (0u16..50).prop_map(Op::Pop),
        ]
    }

    proptest! {
        #[test]
        fn agrees_with_a_map(script in proptest::collection::vec(op(), 0..400)) {
            let mut timers = Timers::default();
            let mut model: BTreeMap<u8, SimTime> = BTreeMap::new();
            for op in script {
                match op {
                    Op::Set(key, at) => {
                        let at = SimTime::from_ps(at.into());
                        timers.set(key, at);
                        model.insert(key, at);
                    }
                    Op::Cancel(key) => prop_assert_eq!(timers.cancel(&key), model.remove(&key)),
                    Op::Pop(now) => {
                        let now = SimTime::from_ps(now.into());
                        let least = model.iter().map(|(&key, &at)| (at, key)).min().filter(|(at, _)| *at <= now);
                        prop_assert_eq!(timers.pop_due(now), least);
                        if let Some((_, key)) = least {
                            model.remove(&key);
                        }
                    }
                }
                prop_assert_eq!(timers.next(), model.values().min().copied());
                prop_assert_eq!(timers.len(), model.len());
                for key in 0..20 {
                    prop_assert_eq!(timers.get(&key), model.get(&key).copied());
                }
            }
        }
    }
}
