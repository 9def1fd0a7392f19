//! The files and the report of a sweep that has all of its runs.

use crate::exit::{Exit, Failure};
use crate::kpis;
use crate::run::style;
use clap::Args;
use forescale::experiment::kpi::{Better, Kpi};
use forescale::experiment::sweep::Swept;
use forescale::report::{self, SweepExtras};
use forescale::scenario::Scenario;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

#[derive(Debug, Args)]
pub(crate) struct OutcomeArguments {
    /// The KPI by which the best setting is chosen among those that meet the objectives, and which the picture shows; docs/kpis.md lists them
    #[arg(long, value_name = "KPI", default_value = "gpu_hours")]
    pub(crate) best: String,
    /// Write the runs as Apache Parquet too, runs.parquet, in builds with the feature `parquet`
    #[arg(long)]
    pub(crate) parquet: bool,
    /// Print sweep.json on standard output instead of the report
    #[arg(long)]
    pub(crate) json: bool,
}

/// What is to come out.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted {
    kpi: Kpi,
    extras: SweepExtras,
    is_json: bool,
}

impl OutcomeArguments {
    pub(super) fn wanted(&self) -> Result<Wanted, Failure> {
        #[cfg(feature = "parquet")]
        let extras = SweepExtras { parquet: self.parquet };
        #[cfg(not(feature = "parquet"))]
        let extras = SweepExtras::default();
        #[cfg(not(feature = "parquet"))]
        if self.parquet {
            return Err(Failure::Input(
                "this build of sim writes no Parquet: build it with `cargo build --release --features parquet`, or take runs.csv"
                    .to_owned(),
            ));
        }
        Ok(Wanted { kpi: kpi(&self.best)?, extras, is_json: self.json })
    }
}

fn kpi(name: &str) -> Result<Kpi, Failure> {
    let kpi = kpis::named(name).map_err(|none| Failure::Input(format!("--best {name}: {none}")))?;
    if kpi.needs_demand() {
        return Err(Failure::Input(format!(
            "--best {name}: it is measured against the replicas that were needed, which no sweep knows; `sim compare --baselines` does"
        )));
    }
    match kpi.better() {
        Better::Neither => Err(Failure::Input(format!(
            "--best {name}: neither less nor more of it is better by itself; take for example `gpu_hours`"
        ))),
        Better::Lower | Better::Higher => Ok(kpi),
    }
}

/// Writes the files and prints the report.
pub(super) fn finish(folder: &Path, swept: &Swept, wanted: &Wanted) -> Result<Exit, Failure> {
    let column = wanted.kpi.name();
    if swept.tried().any(|setting| setting.is_met())
        && !swept.tried().any(|setting| setting.estimate(&column).is_some())
    {
        return Err(Failure::Input(format!(
            "--best {column}: no run has a value of it{}",
            if wanted.kpi == Kpi::Cost {
                "; `cluster.gpu_price` in the scenario gives GPU-hours a price"
            } else {
                ""
            }
        )));
    }
    let files = report::write_sweep(folder, swept, wanted.kpi, wanted.extras).map_err(|error| {
        Failure::Rejected(Box::new(Scenario::unwritable_report(&error.path, &error.error)))
    })?;
    let exit = if swept.best(wanted.kpi).is_some() { Exit::Fine } else { Exit::Missed };
    exit.once(print(swept, wanted, &files))
}

fn print(swept: &Swept, wanted: &Wanted, files: &[PathBuf]) -> io::Result<()> {
    let mut out = anstream::stdout().lock();
    if wanted.is_json {
        report::sweep_json(swept, wanted.kpi, &mut out)?;
    } else {
        write!(out, "{}", report::sweep_text(swept, wanted.kpi, style()))?;
        let names: Vec<String> = files.iter().map(|file| file.display().to_string()).collect();
        writeln!(out, "\nwritten: {}", names.join(", "))?;
    }
    out.flush()
}
