//! A scaling policy of one's own against the scenario's HPA, at the same seeds.
//!
//! The HPA takes the larger of what its two metrics ask for. This policy adds them up, as a concurrency target does: all requests, in the
//! gateway's queue and on the replicas, at 100 per replica. It goes up at once, and down to the most that it wanted in the last two minutes.
//!
//! `cargo run --example custom_autoscaler`

#![allow(clippy::print_stdout, reason = "an example prints")]

use forescale::core::AutoscalerFactory;
use forescale::core::autoscaler::{Autoscaler, Decision, MetricsApi};
use forescale::core::views::ScaleTargetView;
use forescale::experiment::compare::compare;
use forescale::experiment::kpi::{Delay, Kpi, KpiName, Statistic};
use forescale::experiment::replications::Count;
use forescale::kernel::{SimDuration, SimTime};
use forescale::{prepare, report, scenario};
use std::collections::VecDeque;
use std::error::Error;
use std::ops::ControlFlow;
use std::path::Path;

/// What was wanted at the looks of the last two minutes, and when the next look is.
#[derive(Default)]
struct Concurrency {
    wanted: VecDeque<u32>,
    next: SimTime,
}

impl Autoscaler for Concurrency {
    fn next_sync(&self) -> Option<SimTime> {
        Some(self.next)
    }

    fn sync(&mut self, now: SimTime, target: &ScaleTargetView, metrics: &dyn MetricsApi) -> Decision {
        self.next = now + SimDuration::from_secs(15);
        // Thousandths; a metric that nothing has been scraped of yet has no series.
        let sum = |name| metrics.external_metric(name, None).map(|series| series.iter().sum::<i64>() / 1000);
        let (Ok(queued), Ok(running)) = (sum("igw_queue_depth"), sum("igw_running_requests")) else {
            return Decision { replicas: None, reason: "no metrics".to_owned(), sync: None };
        };
        self.wanted.push_back(((queued + running + 99) / 100).clamp(1, 3) as u32);
        self.wanted.drain(..self.wanted.len().saturating_sub(8));
        let most = self.wanted.iter().copied().max().unwrap_or(1);
        let replicas = (most != target.spec_replicas).then_some(most);
        Decision { replicas, reason: format!("{queued} queued + {running} running at 100 each"), sync: None }
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let scenario = scenario::Scenario::load(Path::new("scenarios/burst.toml"))?;
    let hpa = prepare::entrant("hpa", &scenario);
    let mut own = prepare::entrant("concurrency", &scenario);
    own.variant.config.autoscaler = AutoscalerFactory::new(|_| Box::new(Concurrency::default()));
    let comparison = compare(&[hpa, own], &Count::Fixed(10), &|_| ControlFlow::Continue(()))?;
    let kpis = [Kpi::Latency(Delay::Ttft, Statistic::P99), Kpi::GpuHours, Kpi::Reversals].map(KpiName::from);
    print!("{}", report::compare_text(&scenario.name, &comparison, &kpis, report::Style::default()));
    Ok(())
}
