//! Traffic as figures: how many requests each stretch of time has, how bursty they are within it, quantiles of their lengths.
//!
//! The counts are kept exactly. Drawn anew around the measured ones, as a Poisson process would, they would vary by their own variance on top
//! of the measured one, which is already in the curve: the sum would be burstier than what was measured.

mod file;
mod fit;
mod quantiles;
#[cfg(test)]
mod tests;

pub use fit::{TrafficComparison, TrafficFit};

use super::requests::TraceRequest;
use forescale_core::demand::{
    Arrivals, Client, Demand, Lengths, Output, Rate, Request, Source, TraceError, Workload,
};
use forescale_core::dist::{Cv, Dist, Empirical};
use forescale_core::ids::FlowId;
use forescale_kernel::{SimDuration, SimTime};
use std::sync::Arc;

/// A profile of traffic.
#[derive(Clone, Debug, PartialEq)]
pub struct Traffic {
    /// What it was fitted to.
    pub source: String,
    /// The length of a bin.
    pub bin: SimDuration,
    /// The end of the last bin, which may be shorter than the others.
    pub duration: SimDuration,
    /// Requests in each bin; a measured rate may give fractions of one.
    pub requests: Vec<f64>,
    /// Coefficient of variation of the Gamma gaps that part the requests of a bin, 0 to 10.
    pub cv: f64,
    /// Probabilities from 0 to 1, each with its quantile of prompt tokens, straight lines in between.
    pub prompt_tokens: Vec<(f64, f64)>,
    /// The same of output tokens.
    pub output_tokens: Vec<(f64, f64)>,
}

impl Traffic {
    /// Arrivals and lengths with a rate so many times as high.
    ///
    /// # Errors
    /// A sentence where a figure is out of range.
    pub fn arrivals(&self, rate_scale: f64) -> Result<Arrivals, String> {
        let mut steps = Vec::new();
        let mut from = SimDuration::ZERO;
        for requests in &self.requests {
            let until = (from + self.bin).min(self.duration);
            let seconds = until.saturating_sub(from).as_secs_f64();
            if seconds > 0.0 {
                steps.push((from, requests * rate_scale / seconds));
            }
            from = until;
        }
        if from.is_zero() {
            return Err("a profile needs at least one bin, and a duration above 0".to_owned());
        }
        steps.push((from, 0.0));
        let rate = Rate::new(steps).map_err(|error| error.to_string())?;
        let cv = Cv::new(self.cv).map_err(|error| error.to_string())?;
        let dist = |points: &[(f64, f64)]| {
            let empirical = Empirical::quantiles(points.to_vec());
            empirical.map(|made| Dist::Empirical(Arc::new(made))).map_err(|error| error.to_string())
        };
        let prompt_tokens = dist(&self.prompt_tokens)?;
        let output_tokens = dist(&self.output_tokens)?;
        Ok(Arrivals::FixedCount(rate, cv, Lengths { prompt_tokens, output_tokens }))
    }

    /// Requests as a run of this seed would meet them.
    ///
    /// # Errors
    /// A sentence where a figure is out of range.
    pub fn generate(&self, seed: u64) -> Result<impl Iterator<Item = TraceRequest> + use<>, String> {
        let workload = Workload {
            name: "fitted".to_owned(),
            from: SimDuration::ZERO,
            until: Some(self.duration),
            requests: None,
            source: Source::Open(self.arrivals(1.0)?),
            prefix_groups: None,
            client: Client::default(),
            flow: FlowId(0),
        };
        let end = SimTime::ZERO + self.duration;
        let demand = Demand::new(&[workload], seed, end).map_err(|error: TraceError| error.to_string())?;
        Ok(Generated { demand, ready: Vec::new() })
    }
}

/// Requests of a demand, one by one.
struct Generated {
    demand: Demand,
    /// Those of one instant, the next one last.
    ready: Vec<Output>,
}

impl Iterator for Generated {
    type Item = TraceRequest;

    fn next(&mut self) -> Option<TraceRequest> {
        if self.ready.is_empty() {
            let now = self.demand.next_wake()?;
            // What is drawn has no trace that could fail.
            self.demand.wake(now, &mut self.ready).ok()?;
            self.ready.reverse();
        }
        let Output::Sent { request, .. } = self.ready.pop()? else { return None };
        let Request { arrival, prompt_tokens, output_tokens, .. } = request;
        Some(TraceRequest { at: arrival.since_start(), prompt_tokens, output_tokens, hash_ids: Vec::new() })
    }
}
