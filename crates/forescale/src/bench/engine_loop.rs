//! Demand and model servers alone.

use super::{BenchError, Sums};
use crate::core::demand::{self, Demand, Request};
use crate::core::ids::RequestId;
use crate::core::replica::{Input, Output, Prompt, Replica};
use crate::core::views::HistogramFamilies;
use crate::core::{Progress, RunConfig, RunError};
use crate::kernel::{Calendar, SimDuration, SimTime};
use std::collections::VecDeque;
use std::ops::ControlFlow;

/// Serves a configuration's demand by replicas in turn until all requests have ended, without gateway, telemetry, cluster, autoscaler or
/// record: of the latencies only sums are kept.
///
/// # Errors
/// A [`BenchError::Run`] where a trace cannot be read.
pub fn engine_loop(config: &RunConfig, replicas: u32) -> Result<Sums, BenchError> {
    engine_loop_with(config, replicas, |_| ControlFlow::Continue(()))
}

/// The same, and every few thousand events says how far it has come.
///
/// # Errors
/// As [`engine_loop`]; also [`RunError::Interrupted`] once `listener` breaks.
pub fn engine_loop_with(
    config: &RunConfig,
    replicas: u32,
    mut listener: impl FnMut(Progress) -> ControlFlow<()>,
) -> Result<Sums, BenchError> {
    let end = SimTime::ZERO + config.duration;
    let mut demand = Demand::new(&config.workloads, config.seed, end).map_err(RunError::from)?;
    let mut servers = Servers::new(config, replicas.max(1));
    let mut calendar = Calendar::default();
    // The calendar's part 0 is demand, which comes after the replicas at equal times.
    calendar.set(0, 1, demand.next_wake());
    let (mut told, mut turn, mut events) = (Vec::new(), 0, 0_u32);
    while let Some(key) = calendar.next() {
        events = events.wrapping_add(1);
        if events.is_multiple_of(1 << 12) && listener(Progress { now: key.at, end }).is_break() {
            return Err(RunError::Interrupted { at: key.at }.into());
        }
        if key.part > 0 {
            servers.wake(key.at, key.part - 1);
            calendar.set(key.part, 0, servers.next_wake(key.part - 1));
            continue;
        }
        demand.wake(key.at, &mut told).map_err(RunError::from)?;
        for told in told.drain(..) {
            let demand::Output::Sent { request, .. } = told else { continue };
            servers.submit(key.at, turn, &request);
            calendar.set(turn + 1, 0, servers.next_wake(turn));
            turn = (turn + 1) % replicas.max(1);
        }
        calendar.set(0, 1, demand.next_wake());
    }
    Ok(servers.sums)
}

struct Servers {
    servers: Vec<Replica>,
    outputs: Vec<Output>,
    /// Requests from the oldest that is in flight on; their numbers have no gaps.
    in_flight: VecDeque<Option<Request>>,
    oldest: u64,
    sums: Sums,
}

impl Servers {
    fn new(config: &RunConfig, replicas: u32) -> Self {
        let mut outputs = Vec::new();
        let server = |_| {
            let (server, mode) = (&config.model_server, config.engine_mode);
            let mut server =
                Replica::new(server, mode, config.seed, look_back(config), HistogramFamilies::NONE);
            server.submit(SimTime::ZERO, Input::Listen, &mut outputs);
            server
        };
        let servers = (0..replicas).map(server).collect();
        Self { servers, outputs, in_flight: VecDeque::new(), oldest: 0, sums: Sums::default() }
    }

    fn next_wake(&self, server: u32) -> Option<SimTime> {
        self.servers.get(server as usize)?.next_wake()
    }

    fn submit(&mut self, now: SimTime, server: u32, request: &Request) {
        self.in_flight.push_back(Some(*request));
        let prompt = Prompt::new(request.id, request.prompt_tokens, request.output_tokens);
        if let Some(server) = self.servers.get_mut(server as usize) {
            server.submit(now, Input::Submit(prompt), &mut self.outputs);
        }
        self.take_in(now);
    }

    fn wake(&mut self, now: SimTime, server: u32) {
        if let Some(server) = self.servers.get_mut(server as usize) {
            server.wake(now, &mut self.outputs);
        }
        self.take_in(now);
    }

    fn take_in(&mut self, now: SimTime) {
        let mut outputs = std::mem::take(&mut self.outputs);
        for output in outputs.drain(..) {
            match output {
                Output::FirstToken { request } => {
                    let slot = request.0.checked_sub(self.oldest).map(|at| at as usize);
                    if let Some(Some(entry)) = slot.and_then(|at| self.in_flight.get(at)) {
                        self.sums.ttft_ps += u128::from(now.since(entry.arrival).as_ps());
                    }
                }
                Output::Finished { request } => {
                    if let Some(entry) = self.remove(request) {
                        self.sums.requests += 1;
                        self.sums.tokens += u64::from(entry.output_tokens);
                        self.sums.e2e_ps += u128::from(now.since(entry.arrival).as_ps());
                    }
                }
                Output::Refused { request }
                | Output::EngineError { request }
                | Output::Lost { request, .. } => {
                    self.sums.lost += u64::from(self.remove(request).is_some());
                }
                // Times between tokens follow from the sums.
                _ => {}
            }
        }
        self.outputs = outputs;
    }

    fn remove(&mut self, request: RequestId) -> Option<Request> {
        let at = request.0.checked_sub(self.oldest)? as usize;
        let entry = self.in_flight.get_mut(at)?.take();
        while let Some(None) = self.in_flight.front() {
            self.in_flight.pop_front();
            self.oldest += 1;
        }
        entry
    }
}

/// Nobody observes, but an engine keeps what an observer might still ask for.
fn look_back(config: &RunConfig) -> SimDuration {
    config.gateway.refresh_metrics_interval * 2
}
