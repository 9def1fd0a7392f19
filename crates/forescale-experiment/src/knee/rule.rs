//! Where the knee is, by stated rules.

use super::cell::Observation;
use super::curve::Level;
use super::metric::Metric;
use crate::Estimate;
use forescale_core::record::Objective;

/// Saturation begins where this share of the plateau is reached.
const NEAR_PLATEAU: f64 = 0.95;

/// What decides about the knee.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// The highest load that meets all objectives.
    Objectives,
    /// The load at which throughput over mean time in system is greatest.
    ///
    /// L. Kleinrock, Power and deterministic rules of thumb for probabilistic problems in computer communications, ICC 1979.
    Power,
    /// The smallest load that reaches 95 % of the saturation throughput.
    Saturation,
}

/// A load with what is served there, over all replicas.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// Users or requests/s.
    pub load: Estimate,
    /// Requests that finish, per second.
    pub throughput: Estimate,
}

/// How the objectives fare.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Outcome {
    /// There are none.
    NoObjectives,
    /// They are met up to this load, and the objective of this number is the first that is missed.
    Until(Point, usize),
    /// They are met at every level.
    Always,
    /// They are missed at the lowest level already, first the objective of this number.
    Never(usize),
}

/// The knee by each rule, and which one holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Knee {
    /// The rule that holds: objectives where there are some, else power. Where objectives are met at every level, saturation.
    pub rule: Rule,
    /// The knee; `None` where no load meets the objectives.
    pub at: Option<Point>,
    /// How the objectives fare.
    pub outcome: Outcome,
    /// Where power is greatest.
    pub power: Point,
    /// The highest throughput of any level, in requests/s.
    pub plateau: Estimate,
    /// The smallest load that reaches 95 % of it.
    pub saturation: Point,
}

/// Where one seed's knee is: load and throughput.
type Place = (f64, f64);

impl Knee {
    /// Of levels in order of their loads; `None` without any.
    pub(super) fn find(levels: &[Level], objectives: &[Objective]) -> Option<Self> {
        let seeds = levels.iter().map(|level| level.observations.len()).min().filter(|seeds| *seeds > 0)?;
        let of = |seed: usize| Seed { levels, seed };
        let each = |place: &dyn Fn(Seed<'_>) -> Option<Place>| {
            point(&(0..seeds).filter_map(|seed| place(of(seed))).collect::<Vec<_>>())
        };
        let power = each(&|seed| seed.power())?;
        let highest = highest(levels);
        let plateau = levels.get(highest)?.estimate(Metric::Throughput)?;
        let saturation = each(&|seed| seed.saturation(highest))?;
        let outcome = outcome(levels, seeds, objectives).unwrap_or(Outcome::NoObjectives);
        let (rule, at) = match outcome {
            Outcome::NoObjectives => (Rule::Power, Some(power)),
            Outcome::Until(point, _) => (Rule::Objectives, Some(point)),
            Outcome::Always => (Rule::Saturation, Some(saturation)),
            Outcome::Never(_) => (Rule::Objectives, None),
        };
        Some(Self { rule, at, outcome, power, plateau, saturation })
    }
}

/// The level with the highest throughput in the mean over seeds: that of each seed's own highest would be too high by their luck.
fn highest(levels: &[Level]) -> usize {
    let mut best = (f64::NEG_INFINITY, 0);
    for (at, level) in levels.iter().enumerate() {
        let throughput = level.mean(Metric::Throughput);
        if throughput > best.0 {
            best = (throughput, at);
        }
    }
    best.1
}

fn point(places: &[Place]) -> Option<Point> {
    let (loads, throughputs): (Vec<f64>, Vec<f64>) = places.iter().copied().unzip();
    Some(Point { load: Estimate::of(&loads)?, throughput: Estimate::of(&throughputs)? })
}

/// What most seeds say; those that are met everywhere, or nowhere, then count with their outermost level.
fn outcome(levels: &[Level], seeds: usize, objectives: &[Objective]) -> Option<Outcome> {
    let limits: Vec<f64> = objectives.iter().map(|objective| objective.limit.as_secs_f64()).collect();
    if limits.is_empty() {
        return None;
    }
    let found: Vec<_> = (0..seeds).map(|seed| Seed { levels, seed }.objectives(&limits)).collect();
    let never: Vec<usize> =
        found.iter().filter_map(|end| (end.place.is_none()).then_some(end.first?)).collect();
    let missed: Vec<usize> = found.iter().filter_map(|end| end.first).collect();
    if never.len() * 2 > seeds {
        return Some(Outcome::Never(most_frequent(&never)));
    }
    if missed.len() * 2 <= seeds {
        return Some(Outcome::Always);
    }
    let lowest = |seed: usize| Seed { levels, seed }.place(0);
    let places: Vec<Place> =
        found.iter().enumerate().filter_map(|(seed, end)| end.place.or_else(|| lowest(seed))).collect();
    Some(Outcome::Until(point(&places)?, most_frequent(&missed)))
}

fn most_frequent(values: &[usize]) -> usize {
    let count = |value: &usize| values.iter().filter(|other| *other == value).count();
    values.iter().copied().max_by_key(|value| (count(value), usize::MAX - value)).unwrap_or(0)
}

/// Where a seed's objectives end.
struct End {
    /// The last place at which all are met; `None` where none is.
    place: Option<Place>,
    /// The objective that is missed first; `None` where all are met everywhere.
    first: Option<usize>,
}

/// One seed's view of all levels.
#[derive(Clone, Copy)]
struct Seed<'a> {
    levels: &'a [Level],
    seed: usize,
}

impl<'a> Seed<'a> {
    fn seen(self, at: usize) -> Option<(f64, &'a Observation)> {
        let level = self.levels.get(at)?;
        Some((level.load, level.observations.get(self.seed)?))
    }

    fn place(self, at: usize) -> Option<Place> {
        self.seen(at).map(|(load, seen)| (load, seen.get(Metric::Throughput)))
    }

    fn all(self) -> impl Iterator<Item = (f64, &'a Observation)> {
        (0..self.levels.len()).filter_map(move |at| self.seen(at))
    }

    /// The place so far on the way from the level below `at` to it: loads on a logarithmic scale, throughput on a straight one.
    fn between(self, at: usize, share: f64) -> Option<Place> {
        let (high, low) = (self.place(at)?, at.checked_sub(1).and_then(|below| self.place(below)));
        let Some(low) = low else { return Some(high) };
        Some((low.0 * (high.0 / low.0).powf(share), low.1 + share * (high.1 - low.1)))
    }

    fn saturation(self, highest: usize) -> Option<Place> {
        let wanted = NEAR_PLATEAU * self.place(highest)?.1;
        let throughput = |seen: &Observation| seen.get(Metric::Throughput);
        let at = self.all().position(|(_, seen)| throughput(seen) >= wanted)?;
        let below = at.checked_sub(1).and_then(|below| self.place(below)).map_or(0.0, |place| place.1);
        let (_, above) = self.place(at)?;
        self.between(at, ((wanted - below) / (above - below)).clamp(0.0, 1.0))
    }

    fn power(self) -> Option<Place> {
        let power = |seen: &Observation| seen.get(Metric::Throughput) / seen.get(Metric::E2eMean);
        let mut best: Option<(f64, usize)> = None;
        for (at, (_, seen)) in self.all().enumerate() {
            if best.is_none_or(|(most, _)| power(seen) > most) {
                best = Some((power(seen), at));
            }
        }
        self.place(best?.1)
    }

    fn objectives(self, limits: &[f64]) -> End {
        let misses = |seen: &Observation| {
            seen.objectives
                .iter()
                .zip(limits)
                .position(|(value, limit)| value.partial_cmp(limit).is_none_or(|o| o.is_gt()))
        };
        let Some((at, first)) = self.all().enumerate().find_map(|(at, (_, seen))| Some((at, misses(seen)?)))
        else {
            return End { place: self.place(self.levels.len().saturating_sub(1)), first: None };
        };
        let values =
            |at: usize| self.seen(at).map(|(_, seen)| seen.objectives.as_slice()).unwrap_or_default();
        let Some(below) = at.checked_sub(1) else { return End { place: None, first: Some(first) } };
        let crossings = values(below).iter().zip(values(at)).zip(limits).map(|((low, high), limit)| {
            if high <= limit {
                1.0
            } else if high.is_finite() && *low > 0.0 {
                (limit / low).ln() / (high / low).ln()
            } else {
                // Somewhere on the way it became infinite: only the level below is sure.
                0.0
            }
        });
        let mut least = (1.0, first);
        for (objective, share) in crossings.enumerate() {
            if share < least.0 {
                least = (share, objective);
            }
        }
        End { place: self.between(at, least.0), first: Some(least.1) }
    }
}

#[cfg(test)]
mod tests {
    use super::super::curve::tests::level;
    use super::*;
    use forescale_core::record::Measure;
    use forescale_kernel::SimDuration;

    fn ttft(limit: u64) -> Objective {
        Objective { measure: Measure::Ttft, quantile: 0.95, limit: SimDuration::from_secs(limit) }
    }

    /// A server of capacity 4 with service time 1 s: throughput min(n, 4), time in system max(1, n/4).
    fn levels() -> Vec<Level> {
        [1.0, 2.0, 4.0, 8.0, 16.0]
            .map(|n: f64| {
                level(
                    n,
                    &[(Metric::Throughput, n.min(4.0)), (Metric::E2eMean, (n / 4.0).max(1.0))],
                    &[n / 4.0],
                )
            })
            .to_vec()
    }

    /// Kleinrock's rule of thumb for the deterministic case: the pipe is exactly full.
    #[test]
    fn power_is_greatest_where_the_pipe_is_full() {
        let knee = Knee::find(&levels(), &[]).unwrap();
        assert_eq!((knee.rule, knee.outcome), (Rule::Power, Outcome::NoObjectives));
        assert_eq!((knee.power.load.mean, knee.plateau.mean), (4.0, 4.0));
        // 95 % of 4 lies 0.9 of the way from 2 to 4 users.
        assert!((knee.saturation.load.mean - 2.0 * 2_f64.powf(0.9)).abs() < 1e-9);
        assert!((knee.saturation.throughput.mean - 3.8).abs() < 1e-9);
        assert_eq!(Knee::find(&[], &[]), None);
    }

    #[test]
    fn objectives_end_between_levels_where_the_logarithms_cross() {
        let knee = Knee::find(&levels(), &[ttft(3)]).unwrap();
        let Outcome::Until(at, 0) = knee.outcome else { panic!("{:?}", knee.outcome) };
        // The value is a quarter of the load, so it is 3 at a load of 12.
        assert!((at.load.mean - 12.0).abs() < 1e-9 && at.throughput.mean == 4.0, "{at:?}");
        assert_eq!((knee.rule, knee.at), (Rule::Objectives, Some(at)));
        assert_eq!(Knee::find(&levels(), &[ttft(5)]).unwrap().outcome, Outcome::Always);
        let never = Objective { limit: SimDuration::from_ms(100), ..ttft(1) };
        let knee = Knee::find(&levels(), &[never]).unwrap();
        assert_eq!((knee.outcome, knee.at), (Outcome::Never(0), None));
    }

    #[test]
    fn a_value_that_becomes_infinite_counts_from_the_level_below() {
        let mut levels = levels();
        levels[3] = level(8.0, &[(Metric::Throughput, 4.0), (Metric::E2eMean, 2.0)], &[f64::INFINITY]);
        let knee = Knee::find(&levels, &[ttft(3)]).unwrap();
        assert_eq!(knee.at.map(|at| at.load.mean), Some(4.0));
    }
}
