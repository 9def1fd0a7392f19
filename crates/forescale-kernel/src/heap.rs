//! A binary heap whose entries can be found, moved and removed by slot.

/// A min-heap of priorities, one at most per slot; a slot is a small index that the owner hands out.
#[derive(Clone, Debug)]
pub(crate) struct SlotHeap<P> {
    /// `(priority, slot)` in heap order.
    entries: Vec<(P, u32)>,
    /// Where each slot's entry stands in `entries`, `ABSENT` if it has none.
    places: Vec<u32>,
}

const ABSENT: u32 = u32::MAX;

impl<P> Default for SlotHeap<P> {
    fn default() -> Self {
        Self { entries: Vec::new(), places: Vec::new() }
    }
}

impl<P: Ord> SlotHeap<P> {
    /// The least priority and its slot.
    pub(crate) fn peek(&self) -> Option<(&P, u32)> {
        self.entries.first().map(|(priority, slot)| (priority, *slot))
    }

    /// The slot's priority.
    pub(crate) fn get(&self, slot: u32) -> Option<&P> {
        let place = *self.places.get(slot as usize)?;
        self.entries.get(place as usize).map(|(priority, _)| priority)
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Gives the slot a priority, in place of the one that it has.
    pub(crate) fn set(&mut self, slot: u32, priority: P) {
        if self.places.len() <= slot as usize {
            self.places.resize(slot as usize + 1, ABSENT);
        }
        let place = self.places[slot as usize];
        if place == ABSENT {
            self.entries.push((priority, slot));
            let last = self.entries.len() - 1;
            self.places[slot as usize] = last as u32;
            self.sift_up(last);
        } else {
            let place = place as usize;
            let earlier = priority < self.entries[place].0;
            self.entries[place].0 = priority;
            if earlier {
                self.sift_up(place);
            } else {
                self.sift_down(place);
            }
        }
    }

    /// Takes the slot's entry out.
    pub(crate) fn remove(&mut self, slot: u32) -> Option<P> {
        let place = self.places.get(slot as usize).copied().filter(|&place| place != ABSENT)? as usize;
        self.places[slot as usize] = ABSENT;
        let (priority, _) = self.entries.swap_remove(place);
        if place < self.entries.len() {
            self.places[self.entries[place].1 as usize] = place as u32;
            self.sift_up(place);
            self.sift_down(place);
        }
        Some(priority)
    }

    fn sift_up(&mut self, mut place: usize) {
        while place > 0 {
            let parent = (place - 1) / 2;
            if self.entries[parent].0 <= self.entries[place].0 {
                return;
            }
            self.swap(place, parent);
            place = parent;
        }
    }

    fn sift_down(&mut self, mut place: usize) {
        loop {
            let left = 2 * place + 1;
            let Some(candidate) = self.entries.get(left) else { return };
            let child = match self.entries.get(left + 1) {
                Some(right) if right.0 < candidate.0 => left + 1,
                _ => left,
            };
            if self.entries[place].0 <= self.entries[child].0 {
                return;
            }
            self.swap(place, child);
            place = child;
        }
    }

    fn swap(&mut self, a: usize, b: usize) {
        self.entries.swap(a, b);
        self.places[self.entries[a].1 as usize] = a as u32;
        self.places[self.entries[b].1 as usize] = b as u32;
    }
}
