//! What is guarded, with its baseline.

use super::RegressArguments;
use super::refused::Refused;
use crate::exit::Failure;
use crate::kpis;
use crate::run::load;
use forescale::experiment::Listener;
use forescale::experiment::kpi::{Kpi, KpiName};
use forescale::experiment::regress::{Baseline, DEFAULT_FALSE_ALARM_RATE, FEWEST_REPLICATIONS, Margin};
use forescale::experiment::replications::{Count, Replications, replicate};
use forescale::prepare::{inputs, variant};
use forescale::report;
use forescale::scenario::Scenario;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// A scenario and what is known of it from before.
pub(super) struct Subject {
    pub(super) scenario: Scenario,
    pub(super) title: String,
    /// The names of its workloads.
    pub(super) workloads: Vec<String>,
    pub(super) inputs: String,
    /// The folder of its baseline, however the scenario is named.
    pub(super) home: PathBuf,
    pub(super) baseline_file: PathBuf,
    /// `None` where there is no such file yet.
    pub(super) baseline: Option<Baseline>,
}

impl Subject {
    /// A scenario with its baseline, and all that can be known to be wrong with them before anything is run.
    pub(super) fn load(file: &Path, arguments: &RegressArguments) -> Result<Self, Refused> {
        // The caller tells programs what is wrong, of all scenarios in one document.
        let scenario = load(file, arguments.variant.as_deref(), &arguments.set, None, false)?;
        let title = scenario.title();
        let folder = match &arguments.baselines {
            Some(folder) => folder.clone(),
            None => file.parent().unwrap_or(Path::new("")).join("baselines"),
        };
        let whole = fs::canonicalize(file).unwrap_or_else(|_| file.to_owned());
        let home = arguments.baselines.clone().or(whole.parent().map(Path::to_owned)).unwrap_or_default();
        let baseline_file = folder.join(format!("{title}.toml"));
        let subject = Self {
            workloads: scenario.config.workloads.iter().map(|workload| workload.name.clone()).collect(),
            inputs: inputs(&scenario),
            baseline: read(&baseline_file, arguments.update)?,
            baseline_file,
            home,
            title,
            scenario,
        };
        subject.check(arguments)?;
        if arguments.update {
            subject.guards(arguments)?;
        }
        Ok(subject)
    }

    /// Whether there is a baseline, and whether it is one of this scenario.
    fn check(&self, arguments: &RegressArguments) -> Result<(), Refused> {
        let wrong = |line: Option<usize>, message: String| Refused::At {
            file: self.baseline_file.display().to_string(),
            line,
            message,
        };
        let title = &self.title;
        let Some(baseline) = &self.baseline else {
            let missing =
                format!("there is no baseline of `{title}` yet; the same command with `--update` writes it");
            return if arguments.update { Ok(()) } else { Err(wrong(None, missing)) };
        };
        if baseline.scenario != *title {
            let message =
                format!("this is the baseline of `{}`, and the scenario is `{title}`", baseline.scenario);
            return Err(wrong(None, message));
        }
        for guard in &baseline.guards {
            kpis::check(&guard.guarded, title, &self.workloads)
                .map_err(|message| wrong(Some(guard.line), message))?;
        }
        Ok(())
    }

    /// How often it is run.
    pub(super) fn replications(&self, arguments: &RegressArguments) -> usize {
        let asked = arguments.replications.map(|count| count as usize);
        let known = self.baseline.as_ref().map(Baseline::replications);
        asked.or(known).unwrap_or(FEWEST_REPLICATIONS).max(FEWEST_REPLICATIONS)
    }

    /// Its runs: at the seeds of the flags, else of the baseline, else its own.
    pub(super) fn run(
        &self,
        arguments: &RegressArguments,
        listener: Listener<'_>,
    ) -> Result<Replications, Failure> {
        let mut variant = variant(&self.scenario);
        let known = self.baseline.as_ref().map(|baseline| baseline.seed);
        variant.config.seed = arguments.seed.or(known).unwrap_or(variant.config.seed);
        let count = Count::Fixed(self.replications(arguments));
        let runs = replicate(&variant, &count, &[], listener)
            .map_err(|error| Failure::of_run(&self.title, error))?;
        if runs.is_interrupted { Err(Failure::interrupted()) } else { Ok(runs) }
    }

    /// What a new baseline guards: what the old one did, or attainment, what the objectives limit and GPU-hours; and what flags ask for.
    pub(super) fn guards(&self, arguments: &RegressArguments) -> Result<Vec<(KpiName, Margin)>, Failure> {
        let mut guards: Vec<(KpiName, Margin)> = match &self.baseline {
            Some(baseline) => {
                baseline.guards.iter().map(|guard| (guard.guarded.clone(), guard.margin)).collect()
            }
            None => {
                let main = report::main_kpis(&self.scenario.config.record.objectives);
                let main = main.into_iter().filter(|kpi| !matches!(kpi, Kpi::ScaleEvents | Kpi::Reversals));
                main.map(|kpi| (KpiName::whole(kpi), Margin::default_of(kpi))).collect()
            }
        };
        for (guarded, margin) in &arguments.margin {
            kpis::check(guarded, &self.title, &self.workloads)
                .map_err(|message| Failure::Input(format!("--margin {message}")))?;
            guards.retain(|(other, _)| other != guarded);
            guards.push((guarded.clone(), *margin));
        }
        Ok(guards)
    }

    /// The baseline that these runs make.
    pub(super) fn renewed(
        &self,
        arguments: &RegressArguments,
        runs: &Replications,
    ) -> Result<Baseline, Failure> {
        let known = self.baseline.as_ref().map(|baseline| baseline.false_alarm_rate);
        let rate = arguments.false_alarm_rate.or(known).unwrap_or(DEFAULT_FALSE_ALARM_RATE);
        let guards = self.guards(arguments)?;
        let renewed = Baseline::of(&self.title, &self.inputs, rate, guards, runs);
        let mut empty = renewed.guards.iter().filter(|guard| guard.values.iter().all(Option::is_none));
        match empty.next() {
            Some(guard) => Err(Failure::Input(format!(
                "`{}`: no run of `{}` has a value of it, so there is nothing to guard{}",
                guard.guarded,
                self.title,
                self.without(&guard.guarded, arguments)
            ))),
            None => Ok(renewed),
        }
    }

    /// How to guard something no longer, as an end of a sentence; empty where nobody has asked for it.
    fn without(&self, guarded: &KpiName, arguments: &RegressArguments) -> String {
        let mut known = self.baseline.iter().flat_map(|baseline| &baseline.guards);
        if let Some(guard) = known.find(|guard| guard.guarded == *guarded) {
            return format!("; delete its table in {}, line {}", self.baseline_file.display(), guard.line);
        }
        match arguments.margin.iter().any(|(asked, _)| asked == guarded) {
            true => format!("; leave out `--margin {guarded}=…`"),
            false => String::new(),
        }
    }

    /// Writes a baseline; says whether it is another one than before.
    pub(super) fn write(&self, baseline: &Baseline) -> Result<bool, Failure> {
        let file = &self.baseline_file;
        let failed =
            |error: io::Error| Failure::Input(format!("`{}` cannot be written: {error}", file.display()));
        let text = baseline.text();
        if fs::read_to_string(file).is_ok_and(|old| old == text) {
            return Ok(false);
        }
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder).map_err(failed)?;
        }
        fs::write(file, text).map_err(failed)?;
        Ok(true)
    }
}

/// A baseline, if there is a file; where it is to be renewed, its values do not matter.
fn read(file: &Path, is_renewed: bool) -> Result<Option<Baseline>, Failure> {
    let name = file.display().to_string();
    let text = match fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Failure::Input(format!("{name} cannot be read: {error}"))),
    };
    let baseline = match is_renewed {
        true => Baseline::read_settings(&name, &text),
        false => Baseline::read(&name, &text),
    };
    baseline.map(Some).map_err(Failure::Rejected)
}
