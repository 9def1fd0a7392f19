//! The points as a table for programs.

use super::words::unquoted;
use forescale_experiment::sweep::Swept;
use std::io::{self, Write};

/// Writes a row for each point: its number, the value of each axis, whether it is the base and whether the sweep tries it, how many runs went to their
/// end and how many met all objectives, each KPI's mean with half of its 95 % interval over seeds, and the error of a run that failed. What is
/// unknown is an empty field.
///
/// # Errors
/// Where `out` cannot be written to.
pub fn points_csv(swept: &Swept, out: impl Write) -> io::Result<()> {
    let mut csv = ::csv::Writer::from_writer(out);
    let plan = &swept.plan;
    let columns = plan.columns();
    let mut header = vec!["point".to_owned()];
    header.extend(plan.axes.iter().map(|axis| axis.path.clone()));
    header.extend(["is_base", "is_tried", "n", "met"].map(str::to_owned));
    for column in &columns {
        header.extend([column.name.clone(), format!("{}_half_width", column.name)]);
    }
    header.push("error".to_owned());
    csv.write_record(&header)?;
    let field =
        |value: Option<f64>| value.filter(|v| v.is_finite()).map_or_else(String::new, |v| v.to_string());
    for (point, setting) in plan.points.iter().zip(&swept.settings) {
        let mut row = vec![setting.point.to_string()];
        row.extend(point.values.iter().map(|value| match value {
            Some(value) => unquoted(Some(value)).to_owned(),
            None => String::new(),
        }));
        row.extend([point.is_base.to_string(), point.is_tried.to_string()]);
        row.extend([setting.finished().to_string(), setting.met().to_string()]);
        for column in &columns {
            let estimate = setting.estimate(&column.name);
            row.push(field(estimate.map(|estimate| estimate.mean)));
            row.push(field(estimate.and_then(|estimate| estimate.half_width)));
        }
        row.push(setting.error.clone().unwrap_or_default());
        csv.write_record(&row)?;
    }
    csv.flush()
}
