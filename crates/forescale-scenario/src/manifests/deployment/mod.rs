//! `kind: Deployment`.

mod schema;

pub(crate) use schema::{Container, DeploymentManifest};

use schema::Amount;
use std::collections::BTreeMap;

impl DeploymentManifest {
    /// The container that runs the model server: the one that asks for GPUs, or the only one.
    pub(crate) fn server(&self) -> Result<&Container, String> {
        let containers = &self.spec.template.spec.containers;
        let with_gpus = containers.iter().find(|container| container.gpus().is_ok_and(|gpus| gpus > 0));
        match (with_gpus, containers.as_slice()) {
            (Some(container), _) | (None, [container]) => Ok(container),
            _ => {
                let names: Vec<&str> = containers.iter().map(|container| container.name.as_str()).collect();
                Err(format!(
                    "no container asks for GPUs, so none of {} is known to be the model server",
                    names.join(", ")
                ))
            }
        }
    }
}

impl Container {
    /// GPUs of the container, by its limits or requests; 0 where it names none.
    pub(crate) fn gpus(&self) -> Result<u32, String> {
        let is_gpu = |key: &&String| key.ends_with("/gpu");
        let is_part = |key: &&String| key.contains("/mig-") || key.ends_with("gpu.shared");
        if let Some(part) = self.resources.limits.keys().chain(self.resources.requests.keys()).find(is_part) {
            return Err(format!(
                "container `{}`: `{part}` is a part of a GPU, which is not simulated",
                self.name
            ));
        }
        let of = |amounts: &BTreeMap<String, Amount>| {
            amounts.iter().find(|(key, _)| is_gpu(key)).map(|(_, a)| a.0.clone())
        };
        match of(&self.resources.limits).or_else(|| of(&self.resources.requests)) {
            None => Ok(0),
            Some(text) => text.parse().map_err(|_| format!("`{text}` is no number of GPUs")),
        }
    }

    /// Command and arguments with `$(NAME)` replaced by the environment, as the kubelet does; a script behind `sh -c` is split
    /// into its words.
    pub(crate) fn command_line(&self) -> Result<Vec<String>, String> {
        let expand = |text: &String| {
            let mut text = text.clone();
            for variable in &self.env {
                if let Some(value) = &variable.value {
                    text = text.replace(&format!("$({})", variable.name), value);
                }
            }
            text
        };
        let words: Vec<String> = self.command.iter().chain(&self.args).map(expand).collect();
        let is_shell =
            words.first().is_some_and(|word| matches!(word.rsplit('/').next(), Some("sh" | "bash")));
        let script =
            words.iter().skip(1).skip_while(|word| !word.starts_with('-') || !word.ends_with('c')).nth(1);
        match script.filter(|_| is_shell) {
            None => Ok(words),
            Some(script) if script.contains(['$', '|', '`']) => Err(format!(
                "container `{}`: a shell script with variables or pipes is not read; write command and args as lists",
                self.name
            )),
            Some(script) => shlex::split(script).ok_or_else(|| {
                format!("container `{}`: the shell script has an open quotation mark", self.name)
            }),
        }
    }

    /// How long the `preStop` hook sleeps, in seconds.
    pub(crate) fn pre_stop_seconds(&self) -> Result<u64, String> {
        let Some(hook) = &self.lifecycle.pre_stop else { return Ok(0) };
        if let Some(sleep) = hook.sleep {
            return Ok(sleep.seconds);
        }
        let command = hook.exec.as_ref().map(|exec| exec.command.join(" ")).unwrap_or_default();
        let mut words =
            command.split_whitespace().skip_while(|word| *word != "sleep" && !word.ends_with("/sleep"));
        let seconds = words.nth(1).and_then(|word| word.trim_matches(['"', '\'']).parse().ok());
        seconds.ok_or_else(|| "only a preStop hook that sleeps is simulated (`sleep: { seconds: 15 }` or `exec` of `sleep 15`)".to_owned())
    }
}
