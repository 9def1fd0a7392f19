//! What a comparison has shown: as text, JSON, CSV and a picture.

mod baselines;
mod csv;
mod json;
mod sentences;
mod text;
mod warnings;

pub use crate::picture::compare_svg;
pub use csv::compare_csv;
#[cfg(test)]
pub(crate) use json::Document;
pub use json::compare_json;
pub use text::compare_text;

pub(crate) use sentences::{has_objectives, standing, verdict};

use forescale_core::record::{Measure, Objective};
use forescale_experiment::kpi::{Delay, Kpi, Statistic, distinct};

/// Sentences, each once and in the order in which they come, with all that they are about in front of them.
fn each_once(told: impl IntoIterator<Item = (String, String)>) -> Vec<String> {
    let mut each: Vec<(String, Vec<String>)> = Vec::new();
    for (sentence, about) in told {
        match each.iter_mut().find(|(known, _)| *known == sentence) {
            Some((_, all)) => all.push(about),
            None => each.push((sentence, vec![about])),
        }
    }
    each.into_iter().map(|(sentence, about)| format!("{}: {sentence}", about.join(", "))).collect()
}

/// The latency that an objective limits.
fn delay(measure: Measure) -> Delay {
    match measure {
        Measure::Ttft => Delay::Ttft,
        Measure::Itl => Delay::Itl,
        Measure::E2e => Delay::E2e,
    }
}

/// The KPIs that a comparison tells of where nobody chooses: attainment, what the objectives limit, cost, and how restless the autoscaler is.
pub fn main_kpis(objectives: &[Objective]) -> Vec<Kpi> {
    let latency = |objective: &Objective| {
        let delay = delay(objective.measure);
        // A quantile that no KPI has is told by the nearest that one has.
        let distance = |statistic: &Statistic| {
            statistic.quantile().map_or(f64::INFINITY, |quantile| (quantile - objective.quantile).abs())
        };
        let nearest = Statistic::ALL.into_iter().min_by(|a, b| distance(a).total_cmp(&distance(b)));
        Kpi::Latency(delay, nearest.unwrap_or(Statistic::P99))
    };
    let mut kpis: Vec<Kpi> = objectives.iter().map(latency).collect();
    if kpis.is_empty() {
        kpis.push(Kpi::Latency(Delay::Ttft, Statistic::P99));
    }
    kpis.insert(0, Kpi::Attainment);
    kpis.extend([Kpi::GpuHours, Kpi::ScaleEvents, Kpi::Reversals]);
    distinct(kpis)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kpi::title;

    #[test]
    fn kpis_of_a_comparison_are_those_of_its_objectives() {
        let objective = |measure, quantile| Objective {
            measure,
            quantile,
            limit: forescale_kernel::SimDuration::from_secs(1),
        };
        let names =
            |objectives: &[Objective]| main_kpis(objectives).into_iter().map(title).collect::<Vec<_>>();
        assert_eq!(names(&[]), ["attainment", "TTFT p99", "GPU-hours", "scale events", "reversals"]);
        let both = [objective(Measure::Ttft, 0.95), objective(Measure::Itl, 0.999)];
        assert_eq!(names(&both)[1..3], ["TTFT p95", "ITL p99"]);
        let three = [0.99, 0.8, 0.9].map(|quantile| objective(Measure::Ttft, quantile));
        assert_eq!(names(&three)[1..4], ["TTFT p99", "TTFT p90", "GPU-hours"]);
    }
}
