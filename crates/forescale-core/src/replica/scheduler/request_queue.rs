//! Who waits, in the order in which they are tried.

use super::requests::RequestKey;
use crate::replica::SchedulingPolicy;
use std::collections::{BTreeMap, VecDeque};

/// Priority, then order of arrival.
pub(super) type Rank = (i32, u64);

/// The waiting requests under one of vLLM's policies.
#[derive(Clone, Debug)]
pub(super) enum RequestQueue {
    Fcfs(VecDeque<RequestKey>),
    Priority(BTreeMap<Rank, RequestKey>),
}

impl RequestQueue {
    pub(super) fn new(policy: SchedulingPolicy) -> Self {
        match policy {
            SchedulingPolicy::Fcfs => Self::Fcfs(VecDeque::new()),
            SchedulingPolicy::Priority => Self::Priority(BTreeMap::new()),
        }
    }

    /// A request that arrives.
    pub(super) fn add(&mut self, key: RequestKey, rank: Rank) {
        match self {
            Self::Fcfs(queue) => queue.push_back(key),
            Self::Priority(queue) => drop(queue.insert(rank, key)),
        }
    }

    /// A request that was preempted: under first come, first served it goes before all others.
    pub(super) fn prepend(&mut self, key: RequestKey, rank: Rank) {
        match self {
            Self::Fcfs(queue) => queue.push_front(key),
            Self::Priority(queue) => drop(queue.insert(rank, key)),
        }
    }

    /// The request that is tried after `skipped` others.
    pub(super) fn nth(&self, skipped: usize) -> Option<RequestKey> {
        match self {
            Self::Fcfs(queue) => queue.get(skipped).copied(),
            Self::Priority(queue) => queue.values().nth(skipped).copied(),
        }
    }

    /// Takes out the request that is tried after `skipped` others and has this rank.
    pub(super) fn remove_nth(&mut self, skipped: usize, rank: Rank) {
        match self {
            Self::Fcfs(queue) => drop(queue.remove(skipped)),
            Self::Priority(queue) => drop(queue.remove(&rank)),
        }
    }

    /// Takes a request out wherever it stands.
    pub(super) fn remove(&mut self, key: RequestKey, rank: Rank) {
        match self {
            Self::Fcfs(queue) => queue.retain(|other| *other != key),
            Self::Priority(queue) => drop(queue.remove(&rank)),
        }
    }

    pub(super) fn len(&self) -> usize {
        match self {
            Self::Fcfs(queue) => queue.len(),
            Self::Priority(queue) => queue.len(),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub(super) fn clear(&mut self) {
        match self {
            Self::Fcfs(queue) => queue.clear(),
            Self::Priority(queue) => queue.clear(),
        }
    }

    /// All, in the order in which they are tried.
    pub(super) fn keys(&self) -> impl Iterator<Item = RequestKey> + '_ {
        let (fcfs, priority) = match self {
            Self::Fcfs(queue) => (Some(queue.iter()), None),
            Self::Priority(queue) => (None, Some(queue.values())),
        };
        fcfs.into_iter().flatten().chain(priority.into_iter().flatten()).copied()
    }
}
