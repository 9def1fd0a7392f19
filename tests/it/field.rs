//! Runs that somebody measured, replayed: what comes out, beside what was measured.

mod guidellm;
mod staircase;

use crate::support::root;
use forescale::core::record::RunRecord;
use forescale::scenario::Scenario;
use std::fs;

/// One pod of a measured run, and what it was asked.
pub(crate) struct Setting<'a> {
    /// The model as on Hugging Face, and vLLM's arguments.
    pub(crate) args: &'a [&'a str],
    pub(crate) gpus: u32,
    pub(crate) profile: &'a str,
    /// The keys of the workload.
    pub(crate) load: &'a str,
    /// The autoscaler's key.
    pub(crate) autoscaler: &'a str,
    pub(crate) duration: &'a str,
    pub(crate) drain: &'a str,
}

impl Setting<'_> {
    /// The run, with a line for each request.
    pub(crate) fn run(&self) -> RunRecord {
        let folder = tempfile::tempdir().unwrap();
        let template = |name: &str| fs::read_to_string(root().join("tests/it/field").join(name)).unwrap();
        let args: Vec<String> = self.args.iter().map(|arg| format!("\"{arg}\"")).collect();
        let deployment = template("deployment.yaml")
            .replace("@ARGS@", &args.join(", "))
            .replace("@GPUS@", &self.gpus.to_string());
        fs::write(folder.path().join("deployment.yaml"), deployment).unwrap();
        let scenario = template("replay.toml")
            .replace("@DURATION@", self.duration)
            .replace("@DRAIN@", self.drain)
            .replace("@PROFILE@", self.profile)
            .replace("@LOAD@", self.load)
            .replace("@AUTOSCALER@", self.autoscaler);
        let file = folder.path().join("field.toml");
        fs::write(&file, scenario).unwrap();
        let mut scenario = Scenario::load(&file).unwrap_or_else(|error| panic!("{error}"));
        scenario.config.record.log_requests = true;
        forescale::core::run(&scenario.config).unwrap()
    }
}
