//! A rate over time, in steps.

use super::Series;
use forescale_core::demand::{Rate, RateError};
use forescale_kernel::SimDuration;
use std::collections::BTreeMap;

/// A stretch of time with one rate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RateStep {
    /// When it begins, from the start of the curve.
    pub from: SimDuration,
    /// When it ends.
    pub until: SimDuration,
    /// Requests per second.
    pub rate: f64,
    /// Nothing was measured here: of a rate it is the mean of the steps on both sides, of a counter its difference over the gap.
    pub is_gap: bool,
}

/// A measured rate. A sample tells of the time before it: a `rate()` looks back, and so does the difference of a counter. So each step ends at
/// its sample; the first one of a rate is as long as most of them.
#[derive(Clone, Debug, PartialEq)]
pub struct RateCurve {
    steps: Vec<RateStep>,
    series: Vec<String>,
    resets: u64,
}

/// The rate of a step by its end in milliseconds: its beginning, requests per second, and how many series are in it.
type Steps = BTreeMap<i64, (i64, f64)>;

impl RateCurve {
    /// The sum of series, or what is wrong with them.
    pub(super) fn of(series: &[Series], is_counter: bool) -> Result<Self, String> {
        let step = usual_step(series).ok_or("a rate needs two samples at different times")?;
        let mut resets = 0;
        let mut sum = Steps::new();
        for one in series {
            let steps = match is_counter {
                true => differences(one, &mut resets)?,
                false => levels(one, step)?,
            };
            for (until, (from, rate)) in steps {
                let entry = sum.entry(until).or_insert((from, 0.0));
                // Series that come later begin within a step of the others.
                entry.0 = entry.0.min(from);
                entry.1 += rate;
            }
        }
        let origin = sum.values().next().map(|(from, _)| *from).ok_or("a counter needs two samples")?;
        let since = |ms: i64| SimDuration::from_ms(u64::try_from(ms - origin).unwrap_or(0));
        let mut steps: Vec<RateStep> = Vec::new();
        for (until, (from, rate)) in sum {
            let last = steps.last().copied();
            let (from, until) = (last.map_or(since(from), |last| since(from).max(last.until)), since(until));
            if let Some(last) = last.filter(|last| last.until < from) {
                let rate = last.rate.midpoint(rate);
                steps.push(RateStep { from: last.until, until: from, rate, is_gap: true });
            }
            // The difference of a counter over a gap is known, only not when within it.
            let is_gap = until.saturating_sub(from) > SimDuration::from_ms(step.unsigned_abs() * 3 / 2);
            if from < until {
                steps.push(RateStep { from, until, rate, is_gap });
            }
        }
        let series = series.iter().map(|series| series.name.clone()).collect();
        Ok(Self { steps, series, resets })
    }

    /// Its steps, each from where the one before it ends.
    pub fn steps(&self) -> &[RateStep] {
        &self.steps
    }

    /// The series that were summed.
    pub fn series(&self) -> &[String] {
        &self.series
    }

    /// How often a counter began anew.
    pub fn resets(&self) -> u64 {
        self.resets
    }

    /// Where nothing was measured.
    pub fn gaps(&self) -> impl Iterator<Item = &RateStep> {
        self.steps.iter().filter(|step| step.is_gap)
    }

    /// How long it is.
    pub fn duration(&self) -> SimDuration {
        self.steps.last().map_or(SimDuration::ZERO, |step| step.until)
    }

    /// The mean in requests per second.
    pub fn mean(&self) -> f64 {
        let length = |step: &RateStep| step.until.saturating_sub(step.from).as_secs_f64();
        let area: f64 = self.steps.iter().map(|step| step.rate * length(step)).sum();
        area / self.duration().as_secs_f64()
    }

    /// The rate so many times as high, and 0 after its end.
    ///
    /// # Errors
    /// A [`RateError`] where it gets out of range.
    pub fn rate(&self, scale: f64) -> Result<Rate, RateError> {
        let steps = self.steps.iter().map(|step| (step.from, step.rate * scale));
        Rate::new(steps.chain([(self.duration(), 0.0)]).collect())
    }
}

/// The median distance of samples.
fn usual_step(series: &[Series]) -> Option<i64> {
    let pairs = series.iter().flat_map(|series| series.samples.windows(2));
    let mut distances: Vec<i64> =
        pairs.map(|pair| pair[1].0.saturating_sub(pair[0].0)).filter(|ms| *ms > 0).collect();
    distances.sort_unstable();
    distances.get(distances.len() / 2).copied()
}

/// Requests per second as they were measured, each for the step before its sample.
fn levels(series: &Series, step: i64) -> Result<Steps, String> {
    let mut steps = Steps::new();
    let mut last = i64::MIN;
    for (ms, rate) in &series.samples {
        if *rate < 0.0 {
            return Err(format!("{}: a rate of {rate} is negative; is it a counter?", series.name));
        }
        let is_near = ms.saturating_sub(last) <= step.saturating_mul(3) / 2;
        steps.insert(*ms, (if is_near { last } else { ms.saturating_sub(step) }, *rate));
        last = *ms;
    }
    Ok(steps)
}

/// Requests per second from a counter. Where it falls it began anew at 0.
fn differences(series: &Series, resets: &mut u64) -> Result<Steps, String> {
    let mut steps = Steps::new();
    for pair in series.samples.windows(2) {
        let ((from, before), (until, after)) = (pair[0], pair[1]);
        if after < 0.0 || before < 0.0 {
            return Err(format!("{}: a counter is not negative", series.name));
        }
        if until <= from {
            continue;
        }
        let is_reset = after < before;
        *resets += u64::from(is_reset);
        let requests = if is_reset { after } else { after - before };
        steps.insert(until, (from, requests * 1000.0 / (until - from) as f64));
    }
    Ok(steps)
}
