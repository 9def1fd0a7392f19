//! The configurations of points that are being run.

use crate::variant::Variant;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

type Loaded = Arc<Result<Variant, String>>;

/// Loads each point once, and forgets it after its last run.
pub(super) struct Cache<'a> {
    load: &'a (dyn Fn(usize) -> Result<Variant, String> + Sync),
    slots: BTreeMap<usize, Mutex<Slot>>,
}

struct Slot {
    loaded: Option<Loaded>,
    left: usize,
}

impl<'a> Cache<'a> {
    /// For runs of these points.
    pub(super) fn new(
        load: &'a (dyn Fn(usize) -> Result<Variant, String> + Sync),
        points: impl Iterator<Item = usize>,
    ) -> Self {
        let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
        points.for_each(|point| *counts.entry(point).or_default() += 1);
        let slot = |(point, left)| (point, Mutex::new(Slot { loaded: None, left }));
        Self { load, slots: counts.into_iter().map(slot).collect() }
    }

    /// The point, for one more of its runs.
    pub(super) fn get(&self, point: usize) -> Loaded {
        let Some(slot) = self.slots.get(&point) else { return Arc::new((self.load)(point)) };
        let mut slot = slot.lock().unwrap_or_else(PoisonError::into_inner);
        let loaded = slot.loaded.take().unwrap_or_else(|| Arc::new((self.load)(point)));
        slot.left = slot.left.saturating_sub(1);
        slot.loaded = (slot.left > 0).then(|| Arc::clone(&loaded));
        loaded
    }
}
