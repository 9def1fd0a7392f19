//! The levels as tables.

use crate::number::{self, plus_minus};
use crate::text::table::Table;
use forescale_experiment::knee::{By, Curve, Level, Metric, Sweep};

/// The columns that say which row it is: the mark and the load.
pub(super) const LABELS: usize = 2;

/// A row: a level, or the knee between two of them.
enum Row<'a> {
    Level(&'a Level),
    Knee(&'a Curve, f64),
}

impl Row<'_> {
    fn mark(&self) -> String {
        match self {
            Self::Level(_) => String::new(),
            Self::Knee(..) => "knee".to_owned(),
        }
    }

    fn load(&self) -> f64 {
        match self {
            Self::Level(level) => level.load,
            Self::Knee(_, load) => *load,
        }
    }

    /// The load in words: users of a level are whole.
    fn load_text(&self) -> String {
        match self {
            Self::Level(level) if level.load.fract() == 0.0 => level.load.to_string(),
            _ => number::trimmed(self.load(), 3),
        }
    }

    fn value(&self, metric: Metric) -> f64 {
        match self {
            Self::Level(level) => level.mean(metric),
            Self::Knee(curve, load) => curve.value_at(*load, metric),
        }
    }

    fn with_interval(&self, metric: Metric) -> String {
        match self {
            Self::Level(level) => level.estimate(metric).map_or_else(|| "-".to_owned(), plus_minus),
            Self::Knee(..) => number::significant(self.value(metric), 3),
        }
    }
}

/// The levels in order, with the knee at its place.
fn rows(curve: &Curve) -> Vec<Row<'_>> {
    let mut rows: Vec<Row<'_>> = curve.levels.iter().map(Row::Level).collect();
    if let Some(at) = curve.knee.at {
        let load = at.load.mean;
        let place = rows.partition_point(|row| row.load() <= load);
        rows.insert(place, Row::Knee(curve, load));
    }
    rows
}

fn seconds(value: f64) -> String {
    if value.is_finite() { number::seconds(value) } else { "lost".to_owned() }
}

/// The head of the column with loads.
fn load_name(sweep: &Sweep) -> &'static str {
    match sweep.settings.by {
        By::Concurrency => "users",
        By::Rate => "arrivals/s",
    }
}

/// What clients see.
pub(super) fn latencies(sweep: &Sweep, curve: &Curve) -> Table {
    let mut table = Table::new(&[1, 2, 3, 4, 5, 6, 7, 8]);
    let head = ["", load_name(sweep), "served/s", "TTFT p50", "p95", "p99", "ITL mean", "p95", "E2E mean"];
    table.row(head.map(str::to_owned).to_vec());
    for row in rows(curve) {
        table.row(vec![
            row.mark(),
            row.load_text(),
            row.with_interval(Metric::Throughput),
            seconds(row.value(Metric::TtftP50)),
            seconds(row.value(Metric::TtftP95)),
            seconds(row.value(Metric::TtftP99)),
            seconds(row.value(Metric::ItlMean)),
            seconds(row.value(Metric::ItlP95)),
            seconds(row.value(Metric::E2eMean)),
        ]);
    }
    table
}

/// What an autoscaler could see.
pub(super) fn metrics(sweep: &Sweep, curve: &Curve) -> Table {
    let mut table = Table::new(&[1, 2, 3, 4, 5, 6, 7, 8, 9]);
    let load = load_name(sweep);
    let head =
        ["", load, "EPP queue", "EPP running", "running", "waiting", "KV", "GPU busy", "tokens/s", "lost"];
    table.row(head.map(str::to_owned).to_vec());
    let pods = f64::from(curve.replicas);
    let count = |value: f64| if value < 0.005 { "0".to_owned() } else { number::significant(value, 3) };
    for row in rows(curve) {
        table.row(vec![
            row.mark(),
            row.load_text(),
            count(row.value(Metric::QueueSize)),
            count(row.value(Metric::EppRunning) / pods),
            count(row.value(Metric::Running) / pods),
            count(row.value(Metric::Waiting) / pods),
            number::percent(row.value(Metric::KvCacheUsage)),
            number::percent(row.value(Metric::GpuUtilization)),
            number::prefixed(row.value(Metric::OutputTokens)),
            number::percent(row.value(Metric::LostShare)),
        ]);
    }
    table
}
