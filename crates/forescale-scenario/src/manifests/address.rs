//! Which object of the manifests a path leads into: `hpa`, or `deployment/vllm` where there are several.

use super::{AUTOSCALERS, Object, selection};
use crate::codes;
use crate::context::{Context, Stopped, Told};
use forescale_document::{Code, Diagnostic, Span, did_you_mean, yaml};

/// The kinds that paths can lead into, by what their first word is: the kind in lower case, or a short name.
const KINDS: [(&str, &str); 10] = [
    ("hpa", "HorizontalPodAutoscaler"),
    ("deployment", "Deployment"),
    ("endpointpickerconfig", "EndpointPickerConfig"),
    ("endpoint_picker", "EndpointPickerConfig"),
    ("service", "Service"),
    ("servicemonitor", "ServiceMonitor"),
    ("podmonitor", "PodMonitor"),
    ("prometheusrule", "PrometheusRule"),
    ("configmap", "ConfigMap"),
    ("horizontalpodautoscaler", "HorizontalPodAutoscaler"),
];

/// The first word of a path that leads into the manifests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Address {
    /// The word, as it is written.
    pub(crate) word: String,
    pub(crate) kind: &'static str,
    /// `metadata.name`, where the word names it.
    name: Option<String>,
}

/// The object that a word names; `None` where it is a key of the scenario.
pub(crate) fn address(word: &str) -> Option<Address> {
    let (alias, name) = match word.split_once('/') {
        Some((alias, name)) => (alias, Some(name.to_owned())),
        None => (word, None),
    };
    let readable = KINDS.iter().find(|(known, _)| *known == alias).map(|(_, kind)| *kind);
    let kind = readable.or_else(|| AUTOSCALERS.into_iter().find(|kind| kind.to_lowercase() == alias))?;
    Some(Address { word: word.to_owned(), kind, name })
}

impl Address {
    /// The number of the object among all; `span` is the path's.
    pub(crate) fn find(&self, context: &mut Context, objects: &mut [Object], span: Span) -> Told<usize> {
        if AUTOSCALERS.contains(&self.kind) {
            let message = format!("{} is an autoscaler that is not simulated yet", self.kind);
            return context.fail(Diagnostic::error(codes::NOT_SIMULATED, span, message));
        }
        if self.kind == "EndpointPickerConfig" && objects.iter().all(|object| object.kind != self.kind) {
            unwrap_config_maps(context, objects)?;
        }
        let of_kind: Vec<usize> =
            (0..objects.len()).filter(|index| objects[*index].kind == self.kind).collect();
        let is_meant = |index: &usize| self.name.as_ref().is_none_or(|name| objects[*index].name == *name);
        let found: Vec<usize> = of_kind.iter().copied().filter(is_meant).collect();
        let title = |index: &usize| format!("`{}/{}`", self.alias(), objects[*index].name);
        let titles = || of_kind.iter().map(title).collect::<Vec<_>>().join(", ");
        match (found.as_slice(), &self.name) {
            ([index], _) => Ok(*index),
            ([], _) if of_kind.is_empty() => {
                let message = format!("`{}`: there is no {} among the manifests", self.word, self.kind);
                context.fail(Diagnostic::error(codes::NO_SUCH_PATH, span, message))
            }
            ([], name) => {
                let name = name.as_deref().unwrap_or_default();
                let near = did_you_mean(name, of_kind.iter().map(|index| objects[*index].name.as_str()));
                let message = format!("there is no {} `{name}` among the manifests{near}", self.kind);
                let diagnostic = Diagnostic::error(codes::NO_SUCH_PATH, span, message);
                context.fail(diagnostic.help(format!("there is {}", titles())))
            }
            (several, None) => match self.simulated(objects) {
                Some(index) => Ok(index),
                None => {
                    let message =
                        format!("`{}`: there are {} objects of kind {}", self.word, several.len(), self.kind);
                    let diagnostic = Diagnostic::error(codes::NO_SUCH_PATH, span, message);
                    context.fail(diagnostic.help(format!("name one: {}", titles())))
                }
            },
            ([first, second, ..], Some(_)) => {
                let message = format!("there are {} objects called {}", found.len(), objects[*first].title());
                let diagnostic = Diagnostic::error(codes::SECOND, span, message);
                let diagnostic = diagnostic.related(objects[*first].place, "one");
                context.fail(diagnostic.related(objects[*second].place, "another"))
            }
        }
    }

    fn alias(&self) -> &str {
        self.word.split('/').next().unwrap_or_default()
    }

    /// Of several Deployments the one that is the model server.
    fn simulated(&self, objects: &[Object]) -> Option<usize> {
        let servers = selection::model_servers(objects);
        let [server] = servers.as_slice() else { return None };
        objects.iter().position(|object| self.kind == server.kind && object.place == server.place)
    }
}

/// Puts EndpointPickerConfigs in the place of the ConfigMaps that hold them.
fn unwrap_config_maps(context: &mut Context, objects: &mut [Object]) -> Told<()> {
    for object in objects.iter_mut().filter(|object| object.kind == "ConfigMap") {
        let Some(data) = object.config_data(&["kind: EndpointPickerConfig"]) else { continue };
        let documents = yaml::parse_embedded(&mut context.report, data).ok_or(Stopped)?;
        // A ConfigMap with several is told where it is read.
        if let [tree] = documents.as_slice() {
            *object =
                Object { kind: "EndpointPickerConfig".to_owned(), tree: tree.clone(), ..object.clone() };
        }
    }
    Ok(())
}

/// What a path that cannot be followed says.
pub(crate) fn refused(error: forescale_document::PathError, code: Code, span: Span) -> Diagnostic {
    let diagnostic = Diagnostic::error(code, span, error.message);
    if error.help.is_empty() { diagnostic } else { diagnostic.help(error.help) }
}
