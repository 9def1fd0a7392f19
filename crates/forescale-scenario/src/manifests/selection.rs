//! Which of several Deployments is the model server.

use super::Object;
use crate::codes;
use crate::context::{Context, Told};
use forescale_document::{Diagnostic, Node, Value};

/// Leaves out Deployments that are not the model server: the one that an HPA scales, else the one that asks for GPUs.
///
/// Where there is one Deployment only, it is that.
pub(super) fn select(context: &mut Context, objects: Vec<Object>) -> Told<Vec<Object>> {
    let count = objects.iter().filter(|object| is_deployment(object)).count();
    if count < 2 {
        return Ok(objects);
    }
    let servers = model_servers(&objects);
    match servers.as_slice() {
        [server] => {
            let place = server.place;
            let (kept, others): (Vec<Object>, Vec<Object>) =
                objects.into_iter().partition(|object| !is_deployment(object) || object.place == place);
            let names: Vec<String> = others.iter().map(Object::title).collect();
            if let Some(first) = others.first() {
                let message = format!("objects without effect here: {}", names.join(", "));
                context.report.push(Diagnostic::warning(codes::IGNORED, first.place, message));
            }
            Ok(kept)
        }
        [first, second, ..] => {
            let message =
                format!("{} could be the model server as well as {}", second.title(), first.title());
            let diagnostic = context.error(codes::SECOND, Some(second.place), message);
            context.fail(diagnostic.related(first.place, "the first one is here"))
        }
        // No one fits: the first of them is read, and told what is wrong with it.
        [] => Ok(objects),
    }
}

fn is_deployment(object: &Object) -> bool {
    object.kind == "Deployment"
}

/// The Deployments that could be the model server: those that an HPA scales, else those that ask for GPUs.
pub(super) fn model_servers(objects: &[Object]) -> Vec<&Object> {
    let targets: Vec<&str> = objects
        .iter()
        .filter(|object| object.kind == "HorizontalPodAutoscaler")
        .filter_map(|hpa| hpa.tree.at("spec.scaleTargetRef.name").and_then(Node::text))
        .collect();
    let is_scaled = |object: &Object| targets.contains(&object.name.as_str());
    let is_server = |object: &Object| is_scaled(object) || targets.is_empty() && asks_for_gpus(object);
    objects.iter().filter(|object| is_deployment(object) && is_server(object)).collect()
}

fn asks_for_gpus(object: &Object) -> bool {
    let containers = object.tree.at("spec.template.spec.containers").map(Node::items).unwrap_or_default();
    containers.iter().any(|container| {
        ["resources.limits", "resources.requests"].iter().any(|path| {
            let amounts = container.at(path).map(Node::entries).unwrap_or_default();
            amounts.iter().any(|entry| entry.key.ends_with("/gpu") && entry.node.value != Value::Integer(0))
        })
    })
}
