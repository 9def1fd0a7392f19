//! The runs as a table for programs.

use super::words::unquoted;
use crate::table::{Cell, Kind};
use forescale_experiment::sweep::{Outcome, Plan, Run, Swept};
use std::io::{self, Write};

/// A column: its name, the type of its values, and whether one may be absent.
type Field = (String, Kind, bool);

fn fields(plan: &Plan) -> Vec<Field> {
    let must = |name: &str, kind| (name.to_owned(), kind, false);
    let may = |name: String, kind| (name, kind, true);
    let mut fields =
        vec![must("point", Kind::Integer), must("replication", Kind::Integer), must("seed", Kind::Text)];
    fields.extend(plan.axes.iter().map(|axis| may(axis.path.clone(), Kind::Text)));
    fields.push(may("fingerprint".to_owned(), Kind::Text));
    fields.push(may("is_met".to_owned(), Kind::Integer));
    fields.push(may("first_scale_up_s".to_owned(), Kind::Number));
    fields.extend(plan.columns().into_iter().map(|column| may(column.name, Kind::Number)));
    fields.push(may("error".to_owned(), Kind::Text));
    fields
}

fn cells(plan: &Plan, run: &Run) -> Vec<Cell<'static>> {
    let point = plan.points.get(run.point);
    let finished = run.finished();
    let text = |text: Option<String>| text.map_or(Cell::Absent, Cell::text);
    let mut cells = vec![
        Cell::count(run.point as u64),
        Cell::count(run.replication),
        // A seed may be larger than any signed number of 64 bits.
        Cell::text(run.seed.to_string()),
    ];
    let values = point.map(|point| point.values.as_slice()).unwrap_or_default();
    cells.extend(
        values.iter().map(|value| text(value.as_ref().map(|value| unquoted(Some(value)).to_owned()))),
    );
    cells.push(text(finished.map(|run| run.fingerprint.clone())));
    cells.push(finished.map_or(Cell::Absent, |run| Cell::count(u32::from(run.is_met))));
    cells.push(Cell::maybe(finished.and_then(|run| run.first_scale_up_s)));
    let kpi = |name: &str| Cell::maybe(finished.and_then(|run| run.kpis.get(name).copied()));
    cells.extend(plan.columns().iter().map(|column| kpi(&column.name)));
    cells.push(text(match &run.outcome {
        Outcome::Failed(error) => Some(error.clone()),
        Outcome::Finished(_) => None,
    }));
    cells
}

/// Writes a row for each run: point, replication, seed, the value of each axis, the run's fingerprint, 1 where it met all objectives and else 0, when it
/// first added replicas, its KPIs, and the error where it failed. What is unknown is an empty field.
///
/// # Errors
/// Where `out` cannot be written to.
pub fn runs_csv(swept: &Swept, out: impl Write) -> io::Result<()> {
    let mut csv = ::csv::Writer::from_writer(out);
    csv.write_record(fields(&swept.plan).iter().map(|(name, ..)| name))?;
    let field = |cell: Cell<'_>| match cell {
        Cell::Integer(value) => value.to_string(),
        Cell::Number(value) => value.to_string(),
        Cell::Text(text) => text.into_owned(),
        Cell::Absent => String::new(),
    };
    for run in &swept.runs {
        csv.write_record(cells(&swept.plan, run).into_iter().map(field))?;
    }
    csv.flush()
}

/// Writes the same table as Apache Parquet.
///
/// # Errors
/// Where `out` cannot be written to.
#[cfg(feature = "parquet")]
pub fn runs_parquet(swept: &Swept, out: impl Write + Send) -> io::Result<()> {
    crate::table::parquet_cells(
        &fields(&swept.plan),
        swept.runs.iter().map(|run| cells(&swept.plan, run)),
        out,
    )
}
