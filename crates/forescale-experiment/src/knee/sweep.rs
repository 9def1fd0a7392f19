//! A sweep of load over so many replicas.

use super::KneeError;
use super::cell::{Cell, alone};
use super::curve::{Curve, Level};
use super::ladder::Ladder;
use super::load::{By, Content};
use super::rule::Knee;
use super::target::targets;
use crate::runs::{Listener, Runs};
use forescale_core::RunConfig;
use forescale_core::demand::Workload;
use forescale_core::record::Objective;

/// What is swept, and how exactly.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// What is varied.
    pub by: By,
    /// The numbers of replicas, each above zero; a curve for each.
    pub replicas: Vec<u32>,
    /// How many seeds: that of the configuration and those after it. At least one.
    pub seeds: u32,
    /// Requests that each run measures, at least. Above zero.
    pub requests: u32,
    /// What the knee is judged by; may be empty.
    pub objectives: Vec<Objective>,
    /// Which workload's requests, by its index in the configuration; the others are left out.
    pub workload: usize,
}

impl Default for Settings {
    /// One replica under users, 5 seeds, 300 requests, the first workload, no objectives.
    fn default() -> Self {
        Self {
            by: By::Concurrency,
            replicas: vec![1],
            seeds: 5,
            requests: 300,
            objectives: Vec::new(),
            workload: 0,
        }
    }
}

/// The curves of all numbers of replicas.
#[derive(Clone, Debug, PartialEq)]
pub struct Sweep {
    /// What was swept.
    pub settings: Settings,
    /// The seeds.
    pub seeds: Vec<u64>,
    /// One for each number of replicas.
    pub curves: Vec<Curve>,
    /// How many runs it took.
    pub runs: usize,
}

/// All that the runs of a sweep share.
pub(super) struct Plan<'a> {
    pub(super) base: &'a RunConfig,
    pub(super) workload: &'a Workload,
    pub(super) content: Content,
    pub(super) settings: &'a Settings,
    pub(super) seeds: Vec<u64>,
}

/// Sweeps the load on a configuration. `listener` hears how far it has come, from any thread, and may end it.
///
/// # Errors
/// A [`KneeError`]; that of the first run in their order where several fail.
pub fn sweep(base: &RunConfig, settings: &Settings, listener: Listener<'_>) -> Result<Sweep, KneeError> {
    let workload = base.workloads.get(settings.workload).ok_or(KneeError::NoWorkload)?;
    let content = Content::of(workload).ok_or(KneeError::NoContent)?;
    let seeds = (0..u64::from(settings.seeds.max(1))).map(|place| base.seed.wrapping_add(place)).collect();
    let plan = Plan { base, workload, content, settings, seeds };
    let runs = Runs::new(listener);
    let mut ladders = ladders(&plan, &runs)?;
    loop {
        let next =
            |(at, ladder): (usize, &Ladder)| ladder.next(settings).into_iter().map(move |cells| (at, cells));
        let wanted: Vec<(usize, Vec<Cell>)> =
            ladders.iter().enumerate().flat_map(|pair| next(pair).collect::<Vec<_>>()).collect();
        if wanted.is_empty() {
            break;
        }
        let cells: Vec<Cell> = wanted.iter().flat_map(|(_, cells)| cells.iter().copied()).collect();
        let mut seen = runs.all(&cells, |cell| cell.run(&plan, |now| runs.hear(now))).into_iter();
        for (at, cells) in wanted {
            let observations = seen.by_ref().take(cells.len()).collect::<Result<_, _>>()?;
            if let (Some(ladder), Some(cell)) = (ladders.get_mut(at), cells.first()) {
                ladder.insert(Level { load: cell.load, observations });
            }
        }
        ladders.iter_mut().for_each(|ladder| ladder.advance(settings));
    }
    let curve = |ladder: Ladder| {
        let Ladder { replicas, levels, .. } = ladder;
        let knee = Knee::find(&levels, &settings.objectives).ok_or(KneeError::NeverServed(replicas))?;
        let targets = targets(settings.by, replicas, &levels, &knee, base);
        Ok(Curve { replicas, levels, knee, targets })
    };
    let curves = ladders.into_iter().map(curve).collect::<Result<_, KneeError>>()?;
    let done = runs.done();
    Ok(Sweep { settings: settings.clone(), seeds: plan.seeds, curves, runs: done })
}

/// The beginning of each curve: how long a request takes that is alone.
fn ladders(plan: &Plan<'_>, runs: &Runs<'_>) -> Result<Vec<Ladder>, KneeError> {
    let settings = plan.settings;
    let alone = runs.all(&settings.replicas, |replicas| alone(plan, *replicas, |now| runs.hear(now)));
    let begin = |(replicas, alone): (&u32, Result<Option<f64>, KneeError>)| {
        let seconds = alone?.ok_or(KneeError::NeverServed(*replicas))?;
        Ok(Ladder::new(*replicas, seconds, settings))
    };
    settings.replicas.iter().zip(alone).map(begin).collect()
}
