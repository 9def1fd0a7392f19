//! New runs against a baseline.

use super::{Baseline, Change, Finding, Guard, Judged, Standing};
use crate::kpi::Better;
use crate::replications::Replications;
use crate::statistics::{Difference, Estimate};

/// Sets runs against a baseline. `workloads` are the names of the runs' workloads in their order.
///
/// Runs with the baseline's seeds are compared seed by seed (paired t), others by Welch's interval.
pub fn judge(baseline: &Baseline, runs: &Replications, workloads: &[String]) -> Judged {
    let confidence = baseline.confidence();
    let seeds = (0..baseline.replications() as u64).map(|place| baseline.seed.wrapping_add(place));
    let is_paired = seeds.eq(runs.runs.iter().map(|run| run.seed));
    let sides = Sides { confidence, is_paired };
    let finding = |guard: &Guard| {
        let values = guard.guarded.scope(workloads).map(|scope| runs.values(scope, guard.guarded.kpi));
        sides.finding(guard, &values.unwrap_or_else(|| vec![None; runs.runs.len()]))
    };
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
        let excesses = self.excesses(guard, now);
        let mut standing = standing(&excesses);
        if standing == Standing::Beyond && change == Change::None {
            standing = Standing::Unknown;
        }
        let is_one_sided = missing(now) != missing(then);
        if has_none(now) && has_none(then) {
            standing = Standing::Within;
        } else if has_none(now) {
            // Nobody gets that far any more.
            (standing, change) = (Standing::Beyond, Change::Worse);
        } else if standing == Standing::Within && is_one_sided {
            // What is missing on one side may be the worst of it.
            standing = Standing::Unknown;
        }
        let is_hopeful = standing == Standing::Unknown && !is_one_sided;
        let needed = is_hopeful.then(|| needed(&excesses, now.len())).flatten();
        Finding {
            guarded: guard.guarded.clone(),
            margin: guard.margin,
            line: guard.line,
            baseline: mean(then),
            now: mean(now),
            difference,
            change,
            standing,
            needed,
        }
    }

    /// By how much the values now are beyond the margin's end, in each direction that is no improvement.
    fn excesses(&self, guard: &Guard, now: &[Option<f64>]) -> Vec<Option<Difference>> {
        let end = |direction: f64| {
            let moved = |value: f64| value + direction * guard.margin.beside(value);
            guard.values.iter().map(|value| value.map(moved)).collect::<Vec<_>>()
        };
        let above = || self.difference(&end(1.0), now);
        let below = || self.difference(now, &end(-1.0));
        match guard.guarded.kpi.better() {
            Better::Lower => vec![above()],
            Better::Higher => vec![below()],
            Better::Neither => vec![above(), below()],
        }
    }
}

/// Beyond the margin where it is in one direction, within it where it is in all.
fn standing(excesses: &[Option<Difference>]) -> Standing {
    let of = |excess: &Option<Difference>| match excess.and_then(|it| it.estimate().interval()) {
        Some((low, _)) if low > 0.0 => Standing::Beyond,
        Some((_, high)) if high <= 0.0 => Standing::Within,
        _ => Standing::Unknown,
    };
    let all: Vec<Standing> = excesses.iter().map(of).collect();
    if all.contains(&Standing::Beyond) {
        Standing::Beyond
    } else if all.iter().all(|it| *it == Standing::Within) {
        Standing::Within
    } else {
        Standing::Unknown
    }
}

/// How many runs would tell in each direction that these leave open, if the means are where they are: half a width shrinks with the root of the number
/// of runs, and the margin's end must lie outside of it.
fn needed(excesses: &[Option<Difference>], runs: usize) -> Option<usize> {
    let open = excesses.iter().filter(|excess| standing(std::slice::from_ref(excess)) == Standing::Unknown);
    let of = |excess: &Option<Difference>| {
        let Estimate { mean, half_width } = excess.as_ref()?.estimate();
        let count = (runs as f64 * (half_width? / mean).powi(2)).ceil();
        (count.is_finite() && count <= 1_000.0).then_some((count as usize).max(runs + 1))
    };
    open.map(of).collect::<Option<Vec<usize>>>()?.into_iter().max()
}

fn mean(values: &[Option<f64>]) -> Option<f64> {
    Estimate::of(&values.iter().copied().flatten().collect::<Vec<_>>()).map(|estimate| estimate.mean)
}

fn has_none(values: &[Option<f64>]) -> bool {
    values.iter().all(Option::is_none)
}

fn missing(values: &[Option<f64>]) -> usize {
    values.iter().filter(|value| value.is_none()).count()
}
