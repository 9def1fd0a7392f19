//! The endpoints that the gateway knows, and what its polls last read from them.

use crate::ids::PodId;
use crate::views::{ModelServerView, ModelServers};
use forescale_kernel::{SimDuration, SimTime};

/// What a poll read, and when.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Seen {
    pub(super) at: SimTime,
    pub(super) view: ModelServerView,
}

/// A model server as the gateway's datastore holds it.
#[derive(Clone, Debug)]
pub(super) struct Endpoint {
    pub(super) pod: PodId,
    first_poll: SimTime,
    /// The first poll that was not taken in.
    due: SimTime,
    /// Its pod is gone from the datastore. What its last poll has read is kept apart.
    is_removed: bool,
    last_poll: Option<Seen>,
    /// Whether the cached candidate list has it.
    is_candidate: bool,
    pub(super) seen: Option<Seen>,
}

impl Endpoint {
    /// What the newest poll at or before `at` has read.
    pub(super) fn peek(
        &self,
        at: SimTime,
        interval: SimDuration,
        servers: &mut dyn ModelServers,
    ) -> Option<Seen> {
        if let Some(last) = self.last_poll.filter(|last| last.at <= at) {
            return Some(last);
        }
        if at < self.due {
            return self.seen;
        }
        let newest = at.at_or_before_on_grid(self.first_poll, interval);
        match newest {
            Some(poll) if self.seen.is_none_or(|seen| seen.at < poll) => {
                match servers.observe(self.pod, poll) {
                    Some(view) => Some(Seen { at: poll, view }),
                    // A refused poll keeps the old values and the old time.
                    None => self.seen,
                }
            }
            _ => self.seen,
        }
    }

    /// The first instant after `after` at which what is known of this endpoint can change.
    fn next_change(&self, after: SimTime, interval: SimDuration, staleness: SimDuration) -> SimTime {
        let tick = SimDuration::from_ps(1);
        let poll = (after + tick).at_or_after_on_grid(self.first_poll, interval);
        let stale = self.seen.map(|seen| seen.at + staleness + tick).filter(|&at| at > after);
        stale.map_or(poll, |stale| poll.min(stale))
    }
}

/// All endpoints, in the order in which they became ready.
#[derive(Clone, Debug)]
pub(super) struct Endpoints {
    entries: Vec<Endpoint>,
    interval: SimDuration,
    staleness: SimDuration,
    /// Whether candidates are looked up in a list that is 50 ms old at most, or afresh each time.
    cached: bool,
    /// A pod came or went since the list was filled; it is filled anew at this instant.
    fill_at: Option<SimTime>,
    /// The last time polls were taken in.
    polled: SimTime,
}

/// How old the cached candidate list may be; fixed in the EPP.
pub(super) const CANDIDATE_CACHE: SimDuration = SimDuration::from_ms(50);

impl Endpoints {
    pub(super) fn new(interval: SimDuration, staleness: SimDuration, cached: bool) -> Self {
        Self { entries: Vec::new(), interval, staleness, cached, fill_at: None, polled: SimTime::ZERO }
    }

    /// A pod became ready; its first poll follows after `phase`, counted from now.
    pub(super) fn add(&mut self, now: SimTime, pod: PodId, phase: SimDuration) {
        self.entries.push(Endpoint {
            pod,
            first_poll: now + phase,
            due: now + phase,
            is_removed: false,
            last_poll: None,
            is_candidate: !self.cached,
            // What serves since the start of the run was polled before it.
            seen: (now == SimTime::ZERO).then(|| Seen { at: now, view: ModelServerView::default() }),
        });
        self.changed(now);
    }

    /// A pod is ready no more, or is being deleted.
    pub(super) fn remove(&mut self, now: SimTime, pod: PodId, servers: &mut dyn ModelServers) {
        if self.cached {
            for endpoint in self.entries.iter_mut().filter(|endpoint| endpoint.pod == pod) {
                endpoint.last_poll = endpoint.peek(now, self.interval, servers);
                endpoint.is_removed = true;
            }
            self.changed(now);
        } else {
            self.entries.retain(|endpoint| endpoint.pod != pod);
        }
    }

    fn changed(&mut self, now: SimTime) {
        if self.cached {
            self.fill_at.get_or_insert(now.at_or_after_on_grid(SimTime::ZERO, CANDIDATE_CACHE));
        }
    }

    /// When the cached list will next change; it is filled each [`CANDIDATE_CACHE`] by the dispatch loop.
    pub(super) fn next_fill(&self) -> Option<SimTime> {
        self.fill_at
    }

    /// Fills the cached list if that is due.
    pub(super) fn fill(&mut self, now: SimTime) {
        if self.fill_at.is_none_or(|at| at > now) {
            return;
        }
        self.fill_at = None;
        self.entries.retain(|endpoint| !endpoint.is_removed);
        for endpoint in &mut self.entries {
            endpoint.is_candidate = true;
        }
    }

    /// Takes in all polls due at or before `now`.
    pub(super) fn poll(&mut self, now: SimTime, servers: &mut dyn ModelServers) {
        for endpoint in &mut self.entries {
            if now >= endpoint.due || endpoint.is_removed {
                endpoint.seen = endpoint.peek(now, self.interval, servers);
                endpoint.due =
                    (now + SimDuration::from_ps(1)).at_or_after_on_grid(endpoint.first_poll, self.interval);
            }
        }
        self.polled = now;
    }

    /// The next poll of any endpoint that was not taken in yet.
    pub(super) fn next_poll(&self) -> Option<SimTime> {
        let after = self.polled + SimDuration::from_ps(1);
        self.entries
            .iter()
            .map(|endpoint| after.at_or_after_on_grid(endpoint.first_poll, self.interval))
            .min()
    }

    /// The first instant after `after` at which a poll or its ageing can change the candidates' values.
    pub(super) fn next_change(&self, after: SimTime) -> Option<SimTime> {
        self.candidates().map(|endpoint| endpoint.next_change(after, self.interval, self.staleness)).min()
    }

    /// The candidates, in order.
    pub(super) fn candidates(&self) -> impl Iterator<Item = &Endpoint> {
        self.entries.iter().filter(|endpoint| endpoint.is_candidate)
    }

    /// What the candidates' newest polls at or before `at` have read, without taking it in.
    pub(super) fn peek(
        &self,
        at: SimTime,
        servers: &mut dyn ModelServers,
    ) -> impl Iterator<Item = Option<Seen>> {
        self.candidates().map(move |endpoint| endpoint.peek(at, self.interval, &mut *servers))
    }

    /// Pods in the datastore.
    pub(super) fn ready(&self) -> usize {
        self.entries.iter().filter(|endpoint| !endpoint.is_removed).count()
    }
}
