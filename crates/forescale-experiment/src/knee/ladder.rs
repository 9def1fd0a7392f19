//! Which levels of load are run, one after another.

use super::cell::{Cell, Span};
use super::curve::Level;
use super::load::By;
use super::metric::Metric;
use super::rule::{Knee, Outcome, Rule};
use super::sweep::Settings;
use forescale_kernel::SimDuration;

/// The most users of a level, over all replicas; the EPP turns away what is above 5000 at once.
const MOST_USERS: f64 = 4096.0;
/// A doubling of users that brings less more throughput than this is flat.
const FLAT: f64 = 1.02;
/// Where more of the requests than this are lost, more users only come back more often.
const LOST: f64 = 0.2;
/// Rounds of levels around the knee.
const ROUNDS: u8 = 2;
/// Levels of a round.
const PER_ROUND: u32 = 3;
/// Levels of a rate, as shares of the throughput at which a closed loop saturates.
const SHARES: [f64; 10] = [0.1, 0.25, 0.5, 0.7, 0.8, 0.9, 0.95, 1.0, 1.05, 1.2];

/// Where the search stands.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Phase {
    /// Users are doubled.
    Climb,
    /// All shares of a rate.
    Rates,
    /// Levels around the knee.
    Refine(u8),
    Done,
}

/// The levels of one number of replicas while they are found.
#[derive(Clone, Debug)]
pub(super) struct Ladder {
    by: By,
    pub(super) replicas: u32,
    /// How many seeds the levels to come have.
    seeds: usize,
    pub(super) levels: Vec<Level>,
    /// How long a request takes that is alone, in seconds; at a rate, near saturation.
    seconds: f64,
    /// At a rate, the throughput at which a closed loop saturates, in requests/s.
    plateau: f64,
    phase: Phase,
}

impl Ladder {
    pub(super) fn new(replicas: u32, alone: f64, settings: &Settings) -> Self {
        let seeds = match settings.by {
            By::Concurrency => settings.seeds.max(1) as usize,
            // A scout finds saturation.
            By::Rate => 1,
        };
        Self {
            by: By::Concurrency,
            replicas,
            seeds,
            levels: Vec::new(),
            seconds: alone,
            plateau: 0.0,
            phase: Phase::Climb,
        }
    }

    pub(super) fn insert(&mut self, level: Level) {
        let at = self.levels.partition_point(|other| other.load < level.load);
        self.levels.insert(at, level);
    }

    /// The levels to run next, each with all its seeds; none when it is done.
    pub(super) fn next(&self, settings: &Settings) -> Vec<Vec<Cell>> {
        let loads = match self.phase {
            Phase::Climb => vec![self.levels.last().map_or(f64::from(self.replicas), |last| last.load * 2.0)],
            Phase::Rates => {
                SHARES.iter().map(|share| rounded(share * self.plateau)).filter(|rate| *rate > 0.0).collect()
            }
            Phase::Refine(_) => self.around(settings),
            Phase::Done => Vec::new(),
        };
        let (by, replicas) = (self.by, self.replicas);
        let cells = |load: f64| {
            let span = self.span(load, settings);
            (0..self.seeds).map(|place| Cell { by, replicas, load, span, place }).collect()
        };
        loads.into_iter().map(cells).collect()
    }

    /// What comes after the levels that are there now.
    pub(super) fn advance(&mut self, settings: &Settings) {
        self.phase = match self.phase {
            Phase::Climb if !self.is_saturated(settings) => Phase::Climb,
            Phase::Climb if settings.by == By::Rate => {
                (self.seconds, self.plateau) = self.seconds_and_plateau();
                (self.by, self.seeds) = (By::Rate, settings.seeds.max(1) as usize);
                self.levels.clear();
                Phase::Rates
            }
            Phase::Climb => Phase::Refine(0),
            Phase::Rates => Phase::Refine(0),
            Phase::Refine(round) if round + 1 < ROUNDS => Phase::Refine(round + 1),
            Phase::Refine(_) | Phase::Done => Phase::Done,
        };
        if matches!(self.phase, Phase::Refine(_)) && self.around(settings).is_empty() {
            self.phase = Phase::Done;
        }
    }

    /// Whether more users bring no more, and the objectives are missed where there are some.
    fn is_saturated(&self, settings: &Settings) -> bool {
        let (mut best, mut flat) = (0.0, 0);
        for level in &self.levels {
            let throughput = level.mean(Metric::Throughput);
            flat = if throughput < FLAT * best { flat + 1 } else { 0 };
            best = throughput.max(best);
        }
        let Some(last) = self.levels.last() else { return false };
        let is_missed = settings.by == By::Rate
            || settings.objectives.is_empty()
            || matches!(self.knee(settings), Some(Outcome::Until(..) | Outcome::Never(_)));
        let is_lost = last.mean(Metric::LostShare) > LOST;
        is_lost || last.load * 2.0 > MOST_USERS || flat >= 4 || (flat >= 2 && is_missed)
    }

    fn knee(&self, settings: &Settings) -> Option<Outcome> {
        Some(Knee::find(&self.levels, &settings.objectives)?.outcome)
    }

    /// Near saturation: the mean time in system, in seconds, and the throughput of the plateau.
    fn seconds_and_plateau(&self) -> (f64, f64) {
        let plateau = self.levels.iter().map(|level| level.mean(Metric::Throughput)).fold(0.0, f64::max);
        let near = self.levels.iter().find(|level| level.mean(Metric::Throughput) >= 0.95 * plateau);
        let seconds = near.map_or(f64::INFINITY, |level| level.mean(Metric::E2eMean));
        (if seconds.is_finite() { seconds } else { self.seconds }, plateau)
    }

    /// New loads around what rules: between the levels below and above it, evenly on a logarithmic scale.
    fn around(&self, settings: &Settings) -> Vec<f64> {
        let Some(knee) = Knee::find(&self.levels, &settings.objectives) else { return Vec::new() };
        let Some(at) = knee.at else { return Vec::new() };
        let mut gaps = self.gaps(at.load.mean, knee.rule == Rule::Power);
        if self.phase == Phase::Refine(0) && knee.rule != Rule::Saturation {
            gaps.extend(
                self.gaps(knee.saturation.load.mean, false).into_iter().map(|(low, high, _)| (low, high, 1)),
            );
        }
        let within = |(low, high, count): (f64, f64, u32)| {
            (1..=count).map(move |step| low * (high / low).powf(f64::from(step) / f64::from(count + 1)))
        };
        let mut loads: Vec<f64> = gaps.into_iter().flat_map(within).map(|load| self.snapped(load)).collect();
        loads.sort_by(f64::total_cmp);
        loads.dedup();
        loads.retain(|load| self.levels.iter().all(|level| level.load != *load));
        loads
    }

    /// The gap between levels in which a load lies; on a level, those on both sides of it.
    fn gaps(&self, load: f64, is_peak: bool) -> Vec<(f64, f64, u32)> {
        let pairs = self.levels.windows(2).map(|pair| (pair[0].load, pair[1].load));
        let is_near = |(low, high): &(f64, f64)| *low <= load && load <= *high;
        let near: Vec<(f64, f64)> = pairs.filter(is_near).collect();
        match near.as_slice() {
            // A maximum lies on either side of the greatest level.
            [below, above] if is_peak => vec![(below.0, below.1, 2), (above.0, above.1, 2)],
            [below, above] => vec![(below.0, below.1, 1), (above.0, above.1, 1)],
            near => near.iter().map(|(low, high)| (*low, *high, PER_ROUND)).collect(),
        }
    }

    /// A load that can be run: whole users, as many on each replica; rates with three digits.
    fn snapped(&self, load: f64) -> f64 {
        let replicas = f64::from(self.replicas);
        match self.by {
            By::Concurrency => (load / replicas).round().max(1.0) * replicas,
            By::Rate => rounded(load),
        }
    }

    /// How long a level is run.
    fn span(&self, load: f64, settings: &Settings) -> Span {
        let requests = f64::from(settings.requests.max(1));
        let (warm_up, measured) = match self.by {
            By::Concurrency => {
                let seconds = self.expected(load);
                (3.0 * seconds, (4.0 * seconds).max(requests * seconds / load))
            }
            By::Rate => (5.0 * self.seconds, (10.0 * self.seconds).max(requests / load)),
        };
        let whole =
            |seconds: f64, least: f64| SimDuration::from_secs(seconds.max(least).ceil().min(1e6) as u64);
        Span { warm_up: whole(warm_up, 30.0), measured: whole(measured, 60.0) }
    }

    /// How long a request takes at most at this many users: as long as with more of them, or twice as long as with half.
    fn expected(&self, users: f64) -> f64 {
        let seconds = |level: &Level| Some(level.mean(Metric::E2eMean)).filter(|seconds| seconds.is_finite());
        let above = self.levels.iter().find(|level| level.load >= users).and_then(seconds);
        let below = self.levels.iter().rev().find_map(|level| Some(seconds(level)? * users / level.load));
        above.or(below).unwrap_or(self.seconds)
    }
}

/// Three significant digits.
fn rounded(value: f64) -> f64 {
    format!("{value:.2e}").parse().unwrap_or(value)
}
