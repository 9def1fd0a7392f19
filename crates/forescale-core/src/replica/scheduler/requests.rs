//! All requests that the scheduler knows.

use super::Request;
use super::request_queue::Rank;
use crate::ids::RequestId;
use rustc_hash::FxHashMap;

/// Finds a request as long as it is there, and nothing else afterwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct RequestKey {
    slot: u32,
    serial: u64,
}

/// Requests in slots that are used again.
#[derive(Clone, Debug, Default)]
pub(super) struct Requests {
    slots: Vec<Option<Request>>,
    empty: Vec<u32>,
    by_id: FxHashMap<RequestId, RequestKey>,
    arrived: u64,
}

impl Requests {
    /// Takes a request in as the latest to arrive; `None` where its number is taken.
    pub(super) fn insert(&mut self, mut request: Request) -> Option<(RequestKey, Rank)> {
        request.serial = self.arrived;
        let placed = self.place(request)?;
        self.arrived += 1;
        Some(placed)
    }

    /// Puts a request where it is found by its number and serial; `None` where its number is taken.
    pub(super) fn place(&mut self, request: Request) -> Option<(RequestKey, Rank)> {
        if self.by_id.contains_key(&request.id()) {
            return None;
        }
        let slot = self.empty.pop().unwrap_or_else(|| {
            self.slots.push(None);
            self.slots.len() as u32 - 1
        });
        let key = RequestKey { slot, serial: request.serial };
        let rank = request.rank();
        self.by_id.insert(request.id(), key);
        *self.slots.get_mut(slot as usize)? = Some(request);
        Some((key, rank))
    }

    /// How many arrived.
    pub(super) fn arrived(&self) -> u64 {
        self.arrived
    }

    pub(super) fn set_arrived(&mut self, arrived: u64) {
        self.arrived = arrived;
    }

    pub(super) fn find(&self, id: RequestId) -> Option<RequestKey> {
        self.by_id.get(&id).copied()
    }

    pub(super) fn get(&self, key: RequestKey) -> Option<&Request> {
        self.slots.get(key.slot as usize)?.as_ref().filter(|request| request.serial == key.serial)
    }

    pub(super) fn get_mut(&mut self, key: RequestKey) -> Option<&mut Request> {
        self.slots.get_mut(key.slot as usize)?.as_mut().filter(|request| request.serial == key.serial)
    }

    pub(super) fn remove(&mut self, key: RequestKey) -> Option<Request> {
        self.get(key)?;
        let request = self.slots.get_mut(key.slot as usize)?.take()?;
        self.by_id.remove(&request.id());
        self.empty.push(key.slot);
        Some(request)
    }

    /// The requests, for checks.
    #[cfg(test)]
    pub(super) fn iter(&self) -> impl Iterator<Item = &Request> {
        self.slots.iter().flatten()
    }
}
