//! Fitting a profile of traffic to requests, and how well it does.

use super::{Traffic, quantiles::quantiles};
use crate::trace::rate_file::RateCurve;
use crate::trace::requests::TraceRequest;
use crate::trace::statistics::{TokenStatistics, TraceStatistics};
use forescale_kernel::SimDuration;

/// A fit generates about so many requests to find the burstiness, and to compare.
const REQUESTS: u64 = 1_000_000;
/// The most traces that are generated for a comparison.
const MOST_TRACES: u64 = 20;
/// How often the range of the coefficient of variation is halved: to a hundredth.
const HALVINGS: u32 = 10;
const PS_PER_MS: u64 = 1_000_000_000;
/// The most bins that a profile may have.
const MOST_BINS: u64 = 100_000;

/// Requests that a profile is fitted to, taken in one by one. Memory grows with the number of bins.
#[derive(Clone, Debug)]
pub struct TrafficFit {
    bin: SimDuration,
    counts: Vec<u64>,
    statistics: TraceStatistics,
}

/// A figure of the source and of what the profile generates.
#[derive(Clone, Debug, PartialEq)]
pub struct TrafficComparison {
    /// What it is, as a key: `dispersion_15s`, `prompt_p95`.
    pub name: String,
    /// Of the source.
    pub source: f64,
    /// The mean over generated traces.
    pub generated: f64,
}

impl TrafficComparison {
    /// How far the generated one is off, in parts of the source's.
    pub fn error(&self) -> f64 {
        if self.source == 0.0 { self.generated } else { self.generated / self.source - 1.0 }
    }
}

impl TrafficFit {
    /// Nothing yet, in bins of this length, which is at least a second.
    pub fn new(bin: SimDuration) -> Self {
        let bin = bin.max(SimDuration::from_secs(1));
        Self { bin, counts: Vec::new(), statistics: TraceStatistics::default() }
    }

    /// Takes in a request, not before the one before it.
    ///
    /// # Errors
    /// A sentence where there would be more than 100,000 bins.
    pub fn add(&mut self, request: &TraceRequest) -> Result<(), String> {
        let number = request.at.as_ps() / self.bin.as_ps().max(1);
        if number >= MOST_BINS {
            return Err(format!(
                "at {} there would be more than {MOST_BINS} bins of {}: take longer ones",
                request.at, self.bin
            ));
        }
        let number = number as usize;
        if self.counts.len() <= number {
            self.counts.resize(number + 1, 0);
        }
        if let Some(count) = self.counts.get_mut(number) {
            *count += 1;
        }
        self.statistics.add(request);
        Ok(())
    }

    /// What the requests are like.
    pub fn statistics(&self) -> &TraceStatistics {
        &self.statistics
    }

    /// The profile, with the lengths of another sample of requests if there is one.
    ///
    /// # Errors
    /// A sentence where there are too few requests, or some without tokens.
    pub fn traffic(&self, source: &str, sample: Option<&TraceStatistics>) -> Result<Traffic, String> {
        let statistics = &self.statistics;
        if statistics.rows() < 2 || statistics.duration().is_zero() {
            return Err("a profile needs at least two requests at different times".to_owned());
        }
        let (prompt_tokens, output_tokens) = lengths(sample.unwrap_or(statistics))?;
        // The first whole millisecond after the last request, which so is within the last bin.
        let duration = SimDuration::from_ms(statistics.duration().as_ps() / PS_PER_MS + 1);
        let requests = self.counts.iter().map(|count| *count as f64).collect();
        let source = source.to_owned();
        let traffic =
            Traffic { source, bin: self.bin, duration, requests, cv: 1.0, prompt_tokens, output_tokens };
        let cv = self.cv(&traffic)?;
        Ok(Traffic { cv, ..traffic })
    }

    /// The coefficient of variation with which bins of a second vary as in the source; 1 where the source does not tell, since it is too short
    /// or its stamps are as coarse as that.
    fn cv(&self, traffic: &Traffic) -> Result<f64, String> {
        let second = SimDuration::from_secs(1);
        let stamps = &self.statistics.stamps;
        let is_coarse = stamps.are_quantised() && stamps.resolution() >= second;
        let Some(wanted) = dispersion(&self.statistics).filter(|_| !is_coarse && self.bin > second) else {
            return Ok(1.0);
        };
        let (mut low, mut high) = (0.0, 10.0);
        for _ in 0..HALVINGS {
            let cv = f64::midpoint(low, high);
            let tried = Traffic { cv, ..traffic.clone() };
            let mut sum = 0.0;
            let traces = traces(self.statistics.rows());
            for seed in 0..traces {
                sum += dispersion(&generated(&tried, seed)?).unwrap_or(0.0);
            }
            match sum / (traces as f64) < wanted {
                true => low = cv,
                false => high = cv,
            }
        }
        Ok((f64::midpoint(low, high) * 1000.0).round() / 1000.0)
    }

    /// The source, with the lengths of the sample if there is one, against the mean of generated traces, with seeds from 1000 on.
    ///
    /// # Errors
    /// As [`Traffic::generate`].
    pub fn compared(
        &self,
        traffic: &Traffic,
        sample: Option<&TraceStatistics>,
    ) -> Result<Vec<TrafficComparison>, String> {
        let figures = |statistics: &TraceStatistics, lengths: &TraceStatistics| {
            arrivals(statistics).into_iter().chain(tokens(lengths)).collect::<Vec<_>>()
        };
        let mut compared = figures(&self.statistics, sample.unwrap_or(&self.statistics));
        let mut sums = vec![0.0; compared.len()];
        let traces = traces(self.statistics.rows());
        for seed in 0..traces {
            let statistics = generated(traffic, 1000 + seed)?;
            for (sum, (_, figure)) in sums.iter_mut().zip(figures(&statistics, &statistics)) {
                *sum += figure;
            }
        }
        let pairs = compared.drain(..).zip(sums);
        Ok(pairs
            .map(|((name, source), sum)| TrafficComparison { name, source, generated: sum / traces as f64 })
            .collect())
    }
}

impl Traffic {
    /// A measured rate with the lengths of a sample of requests, in bins of this length. How requests come within a bin such a rate does
    /// not tell, so they are drawn uniformly.
    ///
    /// # Errors
    /// A sentence where the rate is empty or too long for such bins, or a request has no tokens.
    pub fn of_rate(
        curve: &RateCurve,
        bin: SimDuration,
        sample: &TraceStatistics,
        source: &str,
    ) -> Result<Self, String> {
        let (prompt_tokens, output_tokens) = lengths(sample)?;
        let (bin, duration) = (bin.max(SimDuration::from_secs(1)), curve.duration());
        let bins = duration.as_ps().div_ceil(bin.as_ps());
        if bins == 0 || bins > MOST_BINS {
            return Err(format!("the rate needs {bins} bins of {bin}; 1 to {MOST_BINS} can be had"));
        }
        let mut requests = vec![0.0; bins as usize];
        for step in curve.steps() {
            let mut from = step.from;
            while from < step.until {
                let number = from.as_ps() / bin.as_ps();
                let until = SimDuration::from_ps(bin.as_ps().saturating_mul(number + 1)).min(step.until);
                if let Some(requests) = requests.get_mut(number as usize) {
                    *requests += step.rate * until.saturating_sub(from).as_secs_f64();
                }
                from = until;
            }
        }
        let source = source.to_owned();
        Ok(Self { source, bin, duration, requests, cv: 1.0, prompt_tokens, output_tokens })
    }
}

/// The quantiles of prompt and output lengths.
type Quantiles = (Vec<(f64, f64)>, Vec<(f64, f64)>);

fn lengths(statistics: &TraceStatistics) -> Result<Quantiles, String> {
    if statistics.rows_without_tokens() > 0 {
        return Err(format!(
            "{} of the requests do not say how long they are; a sample that does is given by --lengths",
            statistics.rows_without_tokens()
        ));
    }
    let of = |tokens: &TokenStatistics| quantiles(tokens).ok_or_else(|| "there is no request".to_owned());
    Ok((of(&statistics.prompt_tokens)?, of(&statistics.output_tokens)?))
}

/// How many traces make about a million requests.
fn traces(rows: u64) -> u64 {
    (REQUESTS / rows.max(1)).clamp(1, MOST_TRACES)
}

fn generated(traffic: &Traffic, seed: u64) -> Result<TraceStatistics, String> {
    let mut statistics = TraceStatistics::default();
    traffic.generate(seed)?.for_each(|request| statistics.add(&request));
    Ok(statistics)
}

/// The dispersion in bins of a second.
fn dispersion(statistics: &TraceStatistics) -> Option<f64> {
    statistics.counts.first().and_then(|counts| counts.dispersion())
}

/// What is compared of arrivals.
fn arrivals(statistics: &TraceStatistics) -> Vec<(String, f64)> {
    let mut figures = vec![
        ("requests".to_owned(), statistics.rows() as f64),
        ("gap_cv".to_owned(), statistics.gap_cv().unwrap_or(0.0)),
    ];
    for counts in &statistics.counts {
        let bin = counts.bin().as_secs_f64();
        figures.push((format!("dispersion_{bin}s"), counts.dispersion().unwrap_or(0.0)));
    }
    figures
}

/// What is compared of lengths.
fn tokens(statistics: &TraceStatistics) -> Vec<(String, f64)> {
    let mut figures = Vec::new();
    for (name, tokens) in [("prompt", &statistics.prompt_tokens), ("output", &statistics.output_tokens)] {
        figures.push((format!("{name}_mean"), tokens.mean().unwrap_or(0.0)));
        for percent in [1, 25, 50, 75, 95, 99] {
            let quantile = tokens.quantile(f64::from(percent) / 100.0);
            figures.push((format!("{name}_p{percent}"), quantile.unwrap_or(0.0)));
        }
    }
    figures.push(("correlation".to_owned(), statistics.correlation().unwrap_or(0.0)));
    figures
}
