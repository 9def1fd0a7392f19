//! The EPP's flow control: a queue in front of the pool, opened and closed by its saturation.
//!
//! Behaviour of `pkg/epp/flowcontrol` in llm-d-router, as recorded under a fake clock. One priority band, ordered first
//! come first served over all flows (`fcfs-ordering-policy`, `global-strict-fairness-policy`), one constant ceiling
//! (`static-usage-limit-policy`).
//!
//! The owner calls [`enqueue`](FlowControl::enqueue) for each request and runs one
//! [`dispatch_cycle`](FlowControl::dispatch_cycle) after it; further cycles run each millisecond.
//! [`expire`](FlowControl::expire) runs when [`next_expiry`](FlowControl::next_expiry) says so.

mod config;
mod flows;
#[cfg(test)]
mod tests;

pub use config::{Expiry, FlowControlConfig};
pub use flows::FlowGauges;

use crate::ids::{FlowId, RequestId};
use crate::outcome::Outcome;
use flows::Flows;
use forescale_kernel::{SimDuration, SimTime, Timers};
use std::collections::VecDeque;

/// A request at the door of flow control.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Item {
    /// The request.
    pub request: RequestId,
    /// The flow that it belongs to.
    pub flow: FlowId,
    /// Bytes of its body.
    pub bytes: u64,
    /// Replaces the default waiting limit while the pool has endpoints.
    pub ttl: Option<SimDuration>,
    /// When the caller's own deadline ends the wait.
    pub deadline: Option<SimTime>,
    /// Its priority has no band of its own, so it waits in band 0; the scan for idle flows never removes its gauges.
    pub is_fallback: bool,
}

/// A place in the queue, by which its owner can cancel it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket(u64);

/// The pool as a dispatch cycle sees it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pool {
    /// Whether there is no candidate endpoint.
    pub is_empty: bool,
    /// The saturation detector's word; 1 and above is saturated.
    pub saturation: f64,
}

/// What a dispatch cycle did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cycle {
    /// The pool is saturated; nothing was looked at.
    Blocked,
    /// The gate is open and nothing waits.
    Idle,
    /// The head had left already; its place is free again and the cycle is spent.
    Removed,
    /// This request may go to an endpoint.
    Released(RequestId),
}

#[derive(Clone, Copy, Debug)]
struct Queued {
    item: Item,
    entered: SimTime,
    /// The waiting limit while the pool has endpoints; zero is none.
    ttl: SimDuration,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Its caller waits.
    Alive,
    /// Its caller has been answered; it holds its place until a sweep or until it is the head.
    Dead,
    /// It was swept: it counts nowhere and goes when it is at the front.
    Swept,
}

/// The flow controller's processor.
#[derive(Clone, Debug)]
pub struct FlowControl {
    config: FlowControlConfig,
    queue: VecDeque<Queued>,
    /// Tickets handed out so far; the head's ticket is this less the queue's length.
    tickets: u64,
    /// Bytes and number of items that hold a place.
    bytes: u64,
    places: u64,
    /// How many of them are alive.
    living: usize,
    /// The regime that the last cycle saw, and when it changed.
    pool_is_empty: bool,
    flipped: Option<SimTime>,
    /// Exact timers: deadlines of callers, backstops, and the limits themselves where [`Expiry::Timer`] rules.
    timers: Timers<Ticket>,
    /// The next sweep and the next scan for idle flows that can matter.
    sweep_at: SimTime,
    scan_at: SimTime,
    flows: Flows,
}

impl FlowControl {
    /// An empty queue in front of a pool of which nothing is known yet.
    pub fn new(config: FlowControlConfig) -> Self {
        Self {
            config,
            queue: VecDeque::new(),
            tickets: 0,
            bytes: 0,
            places: 0,
            living: 0,
            pool_is_empty: false,
            flipped: None,
            timers: Timers::default(),
            sweep_at: SimTime::MAX,
            scan_at: SimTime::MAX,
            flows: Flows::default(),
        }
    }

    /// Takes a request into the queue, or turns it away where a cap would be passed.
    ///
    /// Caps count what has left but was not swept yet. Whether the answer is "no capacity" or "no endpoints" depends on what the
    /// last cycle saw.
    ///
    /// # Errors
    /// The outcome of a request that is turned away.
    pub fn enqueue(&mut self, now: SimTime, item: Item) -> Result<Ticket, Outcome> {
        if !self.flows.any() {
            self.scan_at = after(now, self.config.flow_gc_phase, self.config.flow_gc_period);
        }
        self.flows.enter(now, &item);
        let over = |used: u64, new: u64, cap: u64| used.saturating_add(new) > cap;
        let (bytes, requests, config) = (self.bytes, self.places, &self.config);
        let full = config.max_bytes > 0 && over(bytes, item.bytes, config.max_bytes)
            || config.max_requests > 0 && over(requests, 1, config.max_requests)
            || over(bytes, item.bytes, config.band_bytes())
            || over(requests, 1, config.band_requests());
        if full {
            self.flows.leave(item.flow, item.bytes, now);
            return Err(match self.pool_is_empty {
                true => Outcome::RejectedNoEndpoints,
                false => Outcome::RejectedCapacity,
            });
        }
        let limit = item.ttl.unwrap_or(self.config.default_request_ttl);
        let to_deadline = item.deadline.map(|at| at.since(now));
        let ttl = match to_deadline {
            Some(left) if limit.is_zero() || left < limit => left,
            _ => limit,
        };
        if self.places == 0 {
            self.sweep_at = after(now, self.config.sweep_phase, FlowControlConfig::SWEEP_PERIOD);
        }
        let ticket = Ticket(self.tickets);
        self.tickets += 1;
        self.queue.push_back(Queued { item, entered: now, ttl, state: State::Alive });
        self.bytes = self.bytes.saturating_add(item.bytes);
        self.places += 1;
        self.living += 1;
        Ok(ticket)
    }

    /// Runs one dispatch cycle; it releases one request at most.
    pub fn dispatch_cycle(&mut self, now: SimTime, pool: Pool) -> Cycle {
        if self.pool_is_empty != pool.is_empty {
            self.pool_is_empty = pool.is_empty;
            self.flipped = Some(now);
        }
        if pool.saturation >= self.config.saturation_ceiling {
            self.arm_timers();
            return Cycle::Blocked;
        }
        let head = Ticket(self.head_ticket());
        let Some(queued) = self.queue.pop_front() else { return Cycle::Idle };
        self.give_up_place(&queued);
        self.drop_swept();
        let cycle = match queued.state {
            State::Alive => {
                self.timers.cancel(&head);
                self.living -= 1;
                self.flows.leave(queued.item.flow, queued.item.bytes, queued.entered);
                Cycle::Released(queued.item.request)
            }
            State::Dead | State::Swept => Cycle::Removed,
        };
        self.arm_timers();
        cycle
    }

    /// When [`expire`](Self::expire) must be called next; `None` while nothing can expire.
    pub fn next_expiry(&self) -> Option<SimTime> {
        let sweep = (self.places > 0).then_some(self.sweep_at);
        let scan = self.flows.any().then_some(self.scan_at);
        [sweep, scan, self.timers.next()].into_iter().flatten().min()
    }

    /// Ends the waits that are over at `now`: exact timers first, then the sweep, then the scan for idle flows.
    pub fn expire(&mut self, now: SimTime, ended: &mut Vec<(RequestId, Outcome)>) {
        while let Some((_, ticket)) = self.timers.pop_due(now) {
            ended.extend(self.end(ticket, Outcome::EvictedTtl));
        }
        if self.places > 0 && self.sweep_at <= now {
            self.sweep(now, ended);
            self.sweep_at = after(now, self.config.sweep_phase, FlowControlConfig::SWEEP_PERIOD);
        }
        if self.flows.any() && self.scan_at <= now {
            self.flows.collect_idle(now, self.config.flow_gc_period);
            self.scan_at = after(now, self.config.flow_gc_phase, self.config.flow_gc_period);
        }
    }

    /// The caller has gone. Returns the end of its request, unless it has ended already.
    pub fn cancel(&mut self, ticket: Ticket) -> Option<(RequestId, Outcome)> {
        self.timers.cancel(&ticket);
        self.end(ticket, Outcome::EvictedContextCancelled)
    }

    /// The EPP stops: all that waits ends.
    pub fn shut_down(&mut self, ended: &mut Vec<(RequestId, Outcome)>) {
        for index in 0..self.queue.len() as u64 {
            ended.extend(self.end(Ticket(self.head_ticket() + index), Outcome::EvictedOther));
        }
    }

    /// Whether a dispatch cycle would find an item, alive or not.
    pub fn has_items(&self) -> bool {
        self.places > 0
    }

    /// Requests that wait for an answer.
    pub fn waiting(&self) -> usize {
        self.living
    }

    /// The flow's gauges; `None` before its first request and after it was found idle.
    pub fn gauges(&self, flow: FlowId) -> Option<FlowGauges> {
        self.flows.gauges(flow)
    }

    fn sweep(&mut self, now: SimTime, ended: &mut Vec<(RequestId, Outcome)>) {
        let empty = self.pool_is_empty;
        let outcome = if empty { Outcome::EvictedNoEndpoints } else { Outcome::EvictedTtl };
        let head = self.head_ticket();
        for index in 0..self.queue.len() {
            let queued = self.queue[index];
            let budget = if empty { self.config.no_endpoint_request_ttl } else { queued.ttl };
            let from = self.flipped.map_or(queued.entered, |flip| flip.max(queued.entered));
            let is_over = self.config.expiry == Expiry::Sweep && !budget.is_zero() && now >= from + budget;
            if queued.state == State::Alive && is_over {
                let ticket = Ticket(head + index as u64);
                self.timers.cancel(&ticket);
                ended.extend(self.end(ticket, outcome));
            }
            if self.queue[index].state == State::Dead {
                self.give_up_place(&queued);
                self.queue[index].state = State::Swept;
            }
        }
        self.drop_swept();
    }

    fn give_up_place(&mut self, queued: &Queued) {
        self.places -= 1;
        self.bytes = self.bytes.saturating_sub(queued.item.bytes);
    }

    /// Lets the swept at the front go; those behind living ones keep the tickets in place.
    fn drop_swept(&mut self) {
        while self.queue.front().is_some_and(|queued| queued.state == State::Swept) {
            self.queue.pop_front();
        }
    }

    /// Answers the caller behind a ticket; its place stays taken.
    fn end(&mut self, ticket: Ticket, outcome: Outcome) -> Option<(RequestId, Outcome)> {
        let index = usize::try_from(ticket.0.checked_sub(self.head_ticket())?).ok()?;
        let queued = self.queue.get_mut(index).filter(|queued| queued.state == State::Alive)?;
        queued.state = State::Dead;
        let queued = *queued;
        self.living -= 1;
        self.flows.leave(queued.item.flow, queued.item.bytes, queued.entered);
        Some((queued.item.request, outcome))
    }

    fn head_ticket(&self) -> u64 {
        self.tickets - self.queue.len() as u64
    }

    /// Sets the newest item's timer if it is still here after its own cycle; most requests never need one.
    fn arm_timers(&mut self) {
        let Some(queued) = self.queue.back().filter(|queued| queued.state == State::Alive) else { return };
        let ticket = Ticket(self.tickets - 1);
        if self.timers.get(&ticket).is_some() {
            return;
        }
        let backstop = match self.config.expiry {
            Expiry::Timer => (!queued.ttl.is_zero()).then(|| queued.entered + queued.ttl),
            Expiry::Sweep => {
                let (ttl, empty) = (
                    queued.item.ttl.unwrap_or(self.config.default_request_ttl),
                    self.config.no_endpoint_request_ttl,
                );
                let both = !ttl.is_zero() && !empty.is_zero();
                both.then(|| queued.entered + ttl.max(empty) + SimDuration::from_secs(2))
            }
        };
        if let Some(at) = [backstop, queued.item.deadline].into_iter().flatten().min() {
            self.timers.set(ticket, at);
        }
    }
}

/// The first instant after `now` of the grid `phase + k · period`, k = 1, 2, …
fn after(now: SimTime, phase: SimDuration, period: SimDuration) -> SimTime {
    (now + SimDuration::from_ps(1)).at_or_after_on_grid(SimTime::ZERO + period + phase, period)
}
