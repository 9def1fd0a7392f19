//! The levels as a table for programs.

use forescale_experiment::knee::{By, Metric, Sweep};
use std::io::{self, Write};

/// Writes a row for each level: replicas, load, seeds, and each metric's mean with half of its 95 % interval over seeds. What is infinite
/// or unknown is an empty field.
///
/// # Errors
/// Where `out` cannot be written to.
pub fn knee_csv(sweep: &Sweep, out: impl Write) -> io::Result<()> {
    let mut csv = ::csv::Writer::from_writer(out);
    let load = match sweep.settings.by {
        By::Concurrency => "users",
        By::Rate => "arrivals_per_s",
    };
    let mut header = vec!["replicas".to_owned(), load.to_owned(), "seeds".to_owned()];
    for metric in Metric::ALL {
        header.extend([metric.name().to_owned(), format!("{}_half_width", metric.name())]);
    }
    csv.write_record(&header)?;
    let field = |value: Option<f64>| {
        value.filter(|value| value.is_finite()).map_or_else(String::new, |v| v.to_string())
    };
    for curve in &sweep.curves {
        for level in &curve.levels {
            let mut row = vec![
                curve.replicas.to_string(),
                level.load.to_string(),
                level.observations.len().to_string(),
            ];
            for metric in Metric::ALL {
                let estimate = level.estimate(metric);
                row.push(field(estimate.map(|estimate| estimate.mean)));
                row.push(field(estimate.and_then(|estimate| estimate.half_width)));
            }
            csv.write_record(&row)?;
        }
    }
    csv.flush()
}
