//! New runs against a baseline.

use super::finding::Missing;
use super::guard::mean;
use super::{Baseline, Change, Finding, Guard, Judged, Standing};
use crate::kpi::Better;
use crate::replications::Replications;
use crate::statistics::{Difference, Estimate};

/// Sets runs against a baseline.
///
/// Runs with the baseline's seeds are compared seed by seed (paired t), others by Welch's interval.
pub fn judge(baseline: &Baseline, runs: &Replications) -> Judged {
    let confidence = baseline.confidence();
    let seeds = (0..baseline.replications() as u64).map(|place| baseline.seed.wrapping_add(place));
    let is_paired = seeds.eq(runs.runs.iter().map(|run| run.seed));
    let sides = Sides { confidence, is_paired };
    let finding = |guard: &Guard| sides.finding(guard, &runs.values(&guard.guarded));
    Judged {
        false_alarm_rate: baseline.false_alarm_rate,
        confidence,
        is_paired,
        replications: runs.runs.len(),
        findings: baseline.guards.iter().map(finding).collect(),
    }
}

/// How two sides are compared.
pub(super) struct Sides {
    pub(super) confidence: f64,
    pub(super) is_paired: bool,
}

impl Sides {
    /// `b` less `a`.
    fn difference(&self, a: &[Option<f64>], b: &[Option<f64>]) -> Option<Difference> {
        if self.is_paired {
            return Difference::paired_with_confidence(a, b, self.confidence);
        }
        let [a, b] = [a, b].map(|side| side.iter().copied().flatten().collect::<Vec<_>>());
        Difference::independent_with_confidence(&a, &b, self.confidence)
    }

    pub(super) fn finding(&self, guard: &Guard, now: &[Option<f64>]) -> Finding {
        let then = guard.values.as_slice();
        let better = guard.guarded.kpi.better();
        let difference = self.difference(then, now);
        let mut change = match difference.filter(Difference::is_detected) {
            None => Change::None,
            Some(_) if better == Better::Neither => Change::Other,
            Some(it) if (it.estimate().mean > 0.0) == (better == Better::Higher) => Change::Better,
            Some(_) => Change::Worse,
        };
        let baseline = guard.mean();
        let margin = baseline.map_or(0.0, |mean| guard.margin.of(mean));
        let room = Room::of(better, margin);
        let mut standing = room.standing(difference);
        let [missing_in_baseline, missing_now] = [then, now].map(Missing::among);
        let is_one_sided = missing_in_baseline.is_other_than(missing_now);
        if has_none(now) && has_none(then) {
            standing = Standing::Within;
        } else if has_none(now) {
            // No request gets that far any more, or nothing measures it.
            (standing, change) = (Standing::Beyond, Change::Worse);
        } else if standing == Standing::Within && is_one_sided {
            // What is missing on one side may be the worst of it.
            standing = Standing::Unknown;
        }
        let is_hopeful = standing == Standing::Unknown && !is_one_sided;
        let needed = is_hopeful.then(|| room.needed(difference?.estimate(), now.len())).flatten();
        Finding {
            guarded: guard.guarded.clone(),
            margin: guard.margin,
            line: guard.line,
            baseline,
            now: mean(now),
            missing_in_baseline,
            missing_now,
            difference,
            change,
            standing,
            needed,
        }
    }
}

/// How far a difference may go, from below to above: zero is within, so whatever is beyond is a change.
struct Room {
    least: f64,
    most: f64,
}

impl Room {
    fn of(better: Better, margin: f64) -> Self {
        match better {
            Better::Lower => Self { least: f64::NEG_INFINITY, most: margin },
            Better::Higher => Self { least: -margin, most: f64::INFINITY },
            Better::Neither => Self { least: -margin, most: margin },
        }
    }

    fn standing(&self, difference: Option<Difference>) -> Standing {
        match difference.and_then(|it| it.estimate().interval()) {
            Some((low, high)) if low > self.most || high < self.least => Standing::Beyond,
            Some((low, high)) if low >= self.least && high <= self.most => Standing::Within,
            _ => Standing::Unknown,
        }
    }

    /// How many runs would tell, if the mean is where it is: half a width shrinks with the root of the number of runs, and no end of the room may lie
    /// within it.
    fn needed(&self, Estimate { mean, half_width }: Estimate, runs: usize) -> Option<usize> {
        let distance = (mean - self.least).abs().min((mean - self.most).abs());
        let count = (runs as f64 * (half_width? / distance).powi(2)).ceil();
        (count.is_finite() && count <= 1_000.0).then_some((count as usize).max(runs + 1))
    }
}

fn has_none(values: &[Option<f64>]) -> bool {
    values.iter().all(Option::is_none)
}
