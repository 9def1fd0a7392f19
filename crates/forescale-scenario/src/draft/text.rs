//! The text of a drafted scenario.

use super::cold_start;
use super::facts::Facts;
use super::load::{Load, SHARE, SIGMA, load};
use super::pick::{Pick, billions};
use super::relative::relative;
use crate::context::Context;
use crate::engine::engine;
use crate::examine::Examined;
use crate::manifests::Object;
use crate::profile::Tier;
use forescale_core::gateway::Release;
use forescale_document::{Node, SourceId};
use std::collections::BTreeMap;
use std::path::Path;

/// A text in quotation marks, as TOML has it.
fn quoted(text: &str) -> String {
    // JSON's escapes are TOML's, but for one character that JSON leaves as it is.
    serde_json::Value::from(text).to_string().replace('\u{7f}', "\\u007f")
}

/// A text that stays in its comment.
fn shown(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// A key as TOML has it.
fn key(name: &str) -> String {
    let is_bare = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    if !name.is_empty() && name.chars().all(is_bare) { name.to_owned() } else { quoted(name) }
}

fn table(labels: &BTreeMap<String, String>) -> String {
    let pairs: Vec<String> =
        labels.iter().map(|(name, value)| format!("{} = {}", key(name), quoted(value))).collect();
    format!("{{ {} }}", pairs.join(", "))
}

/// The whole file; `folder` is where it is to stand.
pub(super) fn text(examined: &Examined, facts: &Facts, pick: &Pick, name: &str, folder: &Path) -> String {
    let parts = [
        head(examined, facts, name, folder),
        kubernetes(facts),
        model_server(facts, pick),
        workload(examined, pick),
        gateway(examined, facts),
        telemetry(examined, facts, folder),
        cold_start(facts, pick),
        SLO.to_owned(),
    ];
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join("\n")
}

const SLO: &str = "[slo]
# GUESS: what users of a chat put up with.
ttft = { p99 = \"2s\" }
itl = { p99 = \"100ms\" }
";

fn head(examined: &Examined, facts: &Facts, name: &str, folder: &Path) -> String {
    let subject = match &facts.hpa {
        Some(hpa) => format!("HPA `{}` make of Deployment `{}`", shown(hpa), shown(&facts.deployment)),
        None => format!("no autoscaler make of Deployment `{}`", shown(&facts.deployment)),
    };
    let files = files(examined, folder);
    let left_out: Vec<String> =
        examined.survey.objects.iter().filter(|object| !examined.reads(object)).map(Object::title).collect();
    let left_out = match left_out.as_slice() {
        [] => String::new(),
        titles => format!("# Without effect here: {}.\n", shown(&titles.join(", "))),
    };
    format!(
        "#:schema scenario.schema.json
# Question: what does {subject} under a load that keeps one replica about {:.0} % busy?
# Expected verdict: held. Nobody has run it yet: this is the verdict to compare with.
# Expected exit code: 0
#
# Drafted by `sim init` from the manifests below. What they do not say is a GUESS, marked as such: put your own figures there.

[scenario]
name = {}
duration = \"30m\"                     # GUESS
seed = 1
manifests = [
{}]
{left_out}",
        SHARE * 100.0,
        quoted(name),
        files.iter().map(|file| format!("    {},\n", quoted(file))).collect::<String>(),
    )
}

/// The files with objects that are read, as the scenario names them.
fn files(examined: &Examined, folder: &Path) -> Vec<String> {
    let mut files: Vec<String> = Vec::new();
    for object in examined.survey.objects.iter().filter(|object| examined.reads(object)) {
        let file = named(examined, object.place.source, folder);
        if !files.contains(&file) {
            files.push(file);
        }
    }
    files
}

fn named(examined: &Examined, source: SourceId, folder: &Path) -> String {
    relative(folder, Path::new(examined.file(source))).display().to_string()
}

fn kubernetes(facts: &Facts) -> String {
    match facts.to_zero {
        false => String::new(),
        true => "[kubernetes]
# GUESS: `minReplicas: 0` needs this gate, which is alpha, on API server and controller manager.
feature_gates = { HPAScaleToZero = true }
"
        .to_owned(),
    }
}

fn model_server(facts: &Facts, pick: &Pick) -> String {
    let wanted = shown(&facts.wanted.in_words());
    let others = match pick.others().as_slice() {
        [] => "`sim profile list` shows them".to_owned(),
        others => format!("{}; `sim profile list` shows all", others.join(", ")),
    };
    let comment = match (pick.is_model, pick.is_gpu) {
        (true, Some(true)) => "# As the Deployment names model and GPU.\n".to_owned(),
        (true, None) => format!(
            "# The model is the Deployment's. GUESS: the GPU, which the manifests do not name.\n# Others: {}\n",
            others
        ),
        (true, Some(false)) => format!(
            "# GUESS: there is no profile for {wanted}; this is the same model on another GPU, and its times are not yours.\n# Others: {}\n",
            others
        ),
        (false, _) => format!(
            "# GUESS: there is no profile for {wanted}; this is the nearest, another model, and its times are not yours.\n# Others: {}\n",
            others
        ),
    };
    let derived = match pick.profile.tier {
        Tier::Derived => {
            "# Nobody has measured it: the step times are derived (roofline); `sim profile fit` makes a profile of your own measurements.\n"
        }
        _ => "",
    };
    format!("[model_server]\n{comment}{derived}profile = {}\n", quoted(&pick.profile.name))
}

fn workload(examined: &Examined, pick: &Pick) -> String {
    let args = examined.args.clone().unwrap_or_default();
    let engine = engine(&mut Context::default(), pick.profile, &args, None);
    let load = engine.as_ref().map_or(Load { prompt: 512, output: 256, capacity: 1.0 }, load);
    let (prompt, output, rate) = (load.prompt, load.output, load.rate_text());
    format!(
        "[workload.chat]
# GUESS: requests/s. A full replica serves about {:.1} of such requests per second, by the profile's step times; this is {:.0} % of it.
arrivals.poisson = {{ rate = {rate} }}
# GUESS: tokens per request, as in a chat.
prompt_tokens.lognormal = {{ mean = {prompt}, sigma = {SIGMA} }}
output_tokens.lognormal = {{ mean = {output}, sigma = {SIGMA} }}
",
        load.capacity,
        SHARE * 100.0,
    )
}

fn gateway(examined: &Examined, facts: &Facts) -> String {
    if let Some(service) = &facts.service {
        return format!(
            "[gateway]\n# GUESS: neither an InferencePool nor an EndpointPickerConfig is among the manifests, so requests come through the Service.\nservice = {}\n",
            quoted(service)
        );
    }
    let release = Release::default().name();
    let config = match examined.manifests.endpoint_picker {
        Some(_) => "",
        None => {
            "# GUESS: no EndpointPickerConfig is among the manifests, so the Endpoint Picker is as it is by default, without flow control.\n"
        }
    };
    let (pool, is_named) = &facts.pool;
    let guess = match is_named {
        true => "",
        false => "# GUESS: the InferencePool is called as the Deployment is.\n",
    };
    format!(
        "[gateway]\n{config}# GUESS: the release of the Endpoint Picker.\nrelease = \"{release}\"\n{guess}inference_pool = {}\n",
        quoted(pool)
    )
}

fn telemetry(examined: &Examined, facts: &Facts, folder: &Path) -> String {
    let mut lines = vec!["[telemetry]".to_owned()];
    lines.push(match facts.has_interval {
        true => "# How often is scraped: as the monitors among the manifests say.".to_owned(),
        false => "scrape_interval = \"15s\"              # GUESS".to_owned(),
    });
    let values =
        examined.survey.values.first().map(|values: &Node| {
            format!("values = {}, ", quoted(&named(examined, values.span.source, folder)))
        });
    if examined.manifests.adapter.is_some() {
        let (interval, guess) = match &facts.relist_interval {
            Some(given) => (given.as_str(), ""),
            None => ("1m", "   # GUESS: the interval"),
        };
        lines.push(format!(
            "prometheus_adapter = {{ {}metrics_relist_interval = {} }}{guess}",
            values.unwrap_or_default(),
            quoted(interval)
        ));
    } else if facts.hpa.is_some() {
        lines.push("# No rules of prometheus-adapter are among the manifests, so no metric of the HPA has a value: name its Helm values here.".to_owned());
        lines.push("# prometheus_adapter = { values = \"values.yaml\" }".to_owned());
    }
    lines.push(
        "# GUESS: labels that the scrape adds; those that the rules' queries ask for, and the namespace."
            .to_owned(),
    );
    if facts.service.is_none() {
        lines.push(format!("epp_target_labels = {}", table(&facts.labels.epp)));
    }
    lines.push(format!("model_server_target_labels = {}", table(&facts.labels.model_servers)));
    lines.push(String::new());
    lines.join("\n")
}

fn cold_start(facts: &Facts, pick: &Pick) -> String {
    let size = facts.wanted.model.as_deref().and_then(billions);
    let size = size.or_else(|| billions(pick.profile.model())).unwrap_or(8.0);
    format!("[cluster.cold_start]\n{}", cold_start::lines(size))
}
