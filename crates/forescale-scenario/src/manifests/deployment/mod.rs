//! `kind: Deployment`.

pub(super) mod schema;

pub(crate) use schema::{Container, DeploymentManifest};

use super::metadata::{Labels, selects};
use crate::codes;
use crate::context::{Context, Told};
use forescale_core::autoscaler::hpa::api::Quantity;
use forescale_document::{Code, Span, Spanned};
use std::collections::BTreeMap;

impl DeploymentManifest {
    /// The labels of its pods.
    pub(crate) fn pod_labels(&self) -> &Labels {
        &self.spec.template.metadata.labels
    }

    /// `terminationGracePeriodSeconds`, with Kubernetes' default.
    pub(crate) fn grace_period_seconds(&self) -> u64 {
        self.spec.template.spec.termination_grace_period_seconds.unwrap_or(30)
    }

    /// What the API server checks and a simulation cannot do without.
    pub(crate) fn check(&self, context: &mut Context, place: Span) -> Told<()> {
        let selector = &self.spec.selector;
        if selector.span().is_none() {
            let message = "spec.selector: Required value";
            let diagnostic = context.error(codes::REJECTED, Some(place), message);
            return context.fail(diagnostic.label("Kubernetes rejects this"));
        }
        if !selects(&selector.match_labels, self.pod_labels()) {
            let message = "the selector does not match the labels of the pod template, so Kubernetes rejects this Deployment";
            return context.fail(context.error(codes::REJECTED, selector.key_span(), message));
        }
        Ok(())
    }

    /// The container that runs the model server: the one that asks for GPUs, or the only one.
    pub(crate) fn server(&self, context: &mut Context) -> Told<&Container> {
        let containers = &self.spec.template.spec.containers;
        let with_gpus = containers.iter().find(|container| container.asks_for_gpus());
        match (with_gpus, containers.as_slice()) {
            (Some(container), _) | (None, [container]) => Ok(container),
            (None, []) => {
                let message = "the Deployment has no container";
                context.fail(context.error(codes::REJECTED, containers.key_span(), message))
            }
            _ => {
                let names: Vec<&str> = containers.iter().map(|container| container.name.as_str()).collect();
                let message = format!(
                    "no container asks for GPUs, so none of {} is known to be the model server",
                    names.join(", ")
                );
                context.fail(context.error(codes::UNKNOWN_REFERENCE, containers.key_span(), message))
            }
        }
    }
}

type Amounts = BTreeMap<Spanned<String>, Spanned<Quantity>>;

impl Container {
    fn asks_for_gpus(&self) -> bool {
        let is_gpu = |amounts: &Amounts| {
            amounts.iter().any(|(key, amount)| key.ends_with("/gpu") && amount.value() > 0)
        };
        is_gpu(&self.resources.limits) || is_gpu(&self.resources.requests)
    }

    /// GPUs of the container, by its limits or requests; 0 where it names none.
    pub(crate) fn gpus(&self, context: &mut Context) -> Told<Spanned<u32>> {
        let is_part = |key: &&Spanned<String>| key.contains("/mig-") || key.ends_with("gpu.shared");
        if let Some(part) = self.resources.limits.keys().chain(self.resources.requests.keys()).find(is_part) {
            let message = format!("`{}` is a part of a GPU, which is not simulated", part.as_str());
            return context.fail(context.error(codes::NOT_SIMULATED, part.span(), message));
        }
        let of = |amounts: &Amounts| {
            amounts.iter().find(|(key, _)| key.ends_with("/gpu")).map(|(_, amount)| amount.clone())
        };
        let (limit, request) = (of(&self.resources.limits), of(&self.resources.requests));
        if let Some(request) = &request
            && limit.as_ref().is_none_or(|limit| limit.milli_value() != request.milli_value())
        {
            let message = "GPUs cannot be overcommitted: the limit must be given, and equal to the request";
            let diagnostic = context.error(codes::REJECTED, request.span(), message);
            let there = limit.as_ref().and_then(Spanned::span);
            return context.fail(diagnostic.related(there, "the limit").label("Kubernetes rejects this"));
        }
        match limit {
            None => Ok(Spanned::new(0)),
            Some(amount) => match u32::try_from(amount.value()) {
                Ok(count)
                    if Quantity::from_milli(i64::from(count) * 1000).milli_value()
                        == amount.milli_value() =>
                {
                    Ok(amount.map(|_| count))
                }
                _ => {
                    let given = amount
                        .span()
                        .map(|span| context.report.sources.slice(span).trim_matches(['"', '\'']));
                    let message = format!("`{}` is no number of GPUs", given.unwrap_or_default());
                    context.fail(context.error(codes::REJECTED, amount.span(), message))
                }
            },
        }
    }

    /// Command and arguments with `$(NAME)` replaced by the environment, as the kubelet does; a script behind `sh -c` is split
    /// into its words.
    pub(crate) fn command_line(&self, context: &mut Context) -> Told<Vec<Spanned<String>>> {
        let expand = |word: &Spanned<String>| {
            word.clone().map(|mut text| {
                for variable in &self.env {
                    if let Some(value) = &variable.value {
                        text = text.replace(&format!("$({})", variable.name), value);
                    }
                }
                text
            })
        };
        let words: Vec<Spanned<String>> = self.command.iter().chain(&self.args).map(expand).collect();
        let is_shell =
            words.first().is_some_and(|word| matches!(word.rsplit('/').next(), Some("sh" | "bash")));
        let script =
            words.iter().skip(1).skip_while(|word| !word.starts_with('-') || !word.ends_with('c')).nth(1);
        match script.filter(|_| is_shell) {
            None => Ok(words),
            Some(script) if script.contains(['$', '|', '`']) => {
                let message = "a shell script with variables or pipes is not read";
                let diagnostic = context.error(codes::NOT_SIMULATED, script.span(), message);
                context.fail(diagnostic.help("write `command` and `args` as lists"))
            }
            Some(script) => match shlex::split(script) {
                Some(words) => Ok(words.into_iter().map(|word| script.clone().map(|_| word)).collect()),
                None => {
                    let message = "the shell script has an open quotation mark";
                    context.fail(context.error(Code::SYNTAX, script.span(), message))
                }
            },
        }
    }

    /// How long the `preStop` hook sleeps, in seconds.
    ///
    /// `grace` is the pod's, in seconds: a `sleep` must fit into it, an `exec` is cut off by it.
    pub(crate) fn pre_stop_seconds(&self, context: &mut Context, grace: u64) -> Told<u64> {
        let Some(hook) = &self.lifecycle.pre_stop else { return Ok(0) };
        if let Some(sleep) = hook.sleep {
            if sleep.seconds > grace {
                let message = format!(
                    "lifecycle.preStop.sleep: Invalid value: {}: must be greater than 0 and less than terminationGracePeriodSeconds ({grace})",
                    sleep.seconds
                );
                return context.fail(context.error(codes::REJECTED, hook.key_span(), message));
            }
            return Ok(sleep.seconds);
        }
        let command = hook.exec.as_ref().map(|exec| exec.command.join(" ")).unwrap_or_default();
        match slept_seconds(&command) {
            Some(seconds) => Ok(seconds),
            None => {
                let message = "only a preStop hook that sleeps is simulated";
                let diagnostic = context.error(codes::NOT_SIMULATED, hook.key_span(), message);
                context.fail(diagnostic.help("`sleep: { seconds: 15 }`, or `exec` of `sleep 15`"))
            }
        }
    }
}

/// The seconds of a command that is a single `sleep`, with or without a shell around it.
fn slept_seconds(command: &str) -> Option<u64> {
    let words: Vec<&str> =
        command.split([' ', '"', '\'', ';', '\n', '\t']).filter(|word| !word.is_empty()).collect();
    let at = words.iter().position(|word| *word == "sleep" || word.ends_with("/sleep"))?;
    let is_shell = |word: &&&str| matches!(word.rsplit('/').next(), Some("sh" | "bash" | "-c" | "-ec"));
    let ends_well = matches!(words.get(at + 2..), Some([] | ["exit", "0"] | ["true"]));
    let before = words.get(..at)?;
    if before.iter().filter(is_shell).count() != before.len() || !ends_well {
        return None;
    }
    let time = words.get(at + 1)?;
    match time.strip_suffix('m') {
        Some(minutes) => minutes.parse::<u64>().ok()?.checked_mul(60),
        None => time.strip_suffix('s').unwrap_or(time).parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::slept_seconds;

    #[test]
    fn sleeps() {
        for (command, seconds) in [
            ("sleep 15", Some(15)),
            ("/bin/sleep 15s", Some(15)),
            ("/bin/sh -c sleep 30; exit 0", Some(30)),
            ("sh -c sleep 2m", Some(120)),
            ("sh -c curl localhost/drain; sleep 5", None),
            ("sleep 5; curl localhost/drain", None),
            ("drain", None),
            ("", None),
        ] {
            assert_eq!(slept_seconds(command), seconds, "{command}");
        }
    }
}
