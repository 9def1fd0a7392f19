//! Who waits, in the order in which they are tried.

use crate::replica::SchedulingPolicy;
use std::collections::{BTreeMap, VecDeque};

/// Priority, then order of arrival.
pub(in crate::replica) type Rank = (i32, u64);

/// The waiting requests under one of vLLM's policies; `K` is how their owner finds them.
#[derive(Clone, Debug)]
pub(in crate::replica) enum RequestQueue<K> {
    Fcfs(VecDeque<K>),
    Priority(BTreeMap<Rank, K>),
}

impl<K: Copy + PartialEq> RequestQueue<K> {
    pub(in crate::replica) fn new(policy: SchedulingPolicy) -> Self {
        match policy {
            SchedulingPolicy::Fcfs => Self::Fcfs(VecDeque::new()),
            SchedulingPolicy::Priority => Self::Priority(BTreeMap::new()),
        }
    }

    /// A request that arrives.
    pub(in crate::replica) fn add(&mut self, key: K, rank: Rank) {
        match self {
            Self::Fcfs(queue) => queue.push_back(key),
            Self::Priority(queue) => drop(queue.insert(rank, key)),
        }
    }

    /// A request that was preempted: under first come, first served it goes before all others.
    pub(in crate::replica) fn prepend(&mut self, key: K, rank: Rank) {
        match self {
            Self::Fcfs(queue) => queue.push_front(key),
            Self::Priority(queue) => drop(queue.insert(rank, key)),
        }
    }

    /// The request that is tried after `skipped` others.
    pub(in crate::replica) fn nth(&self, skipped: usize) -> Option<K> {
        match self {
            Self::Fcfs(queue) => queue.get(skipped).copied(),
            Self::Priority(queue) => queue.values().nth(skipped).copied(),
        }
    }

    /// Takes out the request that is tried after `skipped` others and has this rank.
    pub(in crate::replica) fn remove_nth(&mut self, skipped: usize, rank: Rank) {
        match self {
            Self::Fcfs(queue) => drop(queue.remove(skipped)),
            Self::Priority(queue) => drop(queue.remove(&rank)),
        }
    }

    /// Takes a request out wherever it stands.
    pub(in crate::replica) fn remove(&mut self, key: K, rank: Rank) {
        match self {
            Self::Fcfs(queue) => queue.retain(|other| *other != key),
            Self::Priority(queue) => drop(queue.remove(&rank)),
        }
    }

    pub(in crate::replica) fn len(&self) -> usize {
        match self {
            Self::Fcfs(queue) => queue.len(),
            Self::Priority(queue) => queue.len(),
        }
    }

    pub(in crate::replica) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub(in crate::replica) fn clear(&mut self) {
        match self {
            Self::Fcfs(queue) => queue.clear(),
            Self::Priority(queue) => queue.clear(),
        }
    }

    /// All, in the order in which they are tried.
    pub(in crate::replica) fn keys(&self) -> impl Iterator<Item = K> + '_ {
        let (fcfs, priority) = match self {
            Self::Fcfs(queue) => (Some(queue.iter()), None),
            Self::Priority(queue) => (None, Some(queue.values())),
        };
        fcfs.into_iter().flatten().chain(priority.into_iter().flatten()).copied()
    }
}
