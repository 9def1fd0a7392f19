//! From a path as users write it to a place in an object's tree.
//!
//! `metrics.igw_queue_depth.target` of an HPA is `spec.metrics[0].external.target.value`: `spec` may be left out, and for a Deployment the
//! `spec` of its pods too; so may the source within a metric; and a target that is set to a plain value is the one field that it has.

use super::Object;
use super::argument::{Flag, set_flag};
use super::deployment::schema::{DeploymentSpec, PodSpec};
use super::fields::fields;
use forescale_core::autoscaler::hpa::api::MetricSpec;
use forescale_document::{Node, Path, PathError, Step, Value, item_called, nearest, toml};

/// What changes in a tree.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Edit {
    /// The place, with numbers in place of names.
    pub(crate) path: Path,
    pub(crate) value: Value,
    /// Whether the value becomes a new item at the end of the list at the path.
    pub(crate) is_new_item: bool,
}

/// A place in an object.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Field {
    pub(crate) path: Path,
    /// An argument in the list at the path, where the last step is one.
    pub(crate) flag: Option<Flag>,
}

/// The fields of a target; one of them holds its number.
const TARGET_VALUES: [&str; 3] = ["value", "averageValue", "averageUtilization"];

/// The keys of objects that are read from outside of `spec`.
const TOP: [&str; 6] = ["apiVersion", "kind", "metadata", "spec", "status", "data"];

/// The change that sets what the path leads to.
///
/// # Errors
/// Where it leads to nothing that could be set; what there is instead is told.
pub(crate) fn edit(object: &Object, path: &Path, value: &Value) -> Result<Edit, PathError> {
    let mut field = field(object, path)?;
    if let Some(flag) = &field.flag {
        return set_flag(object, &field.path, flag, value);
    }
    if is_target(object, &field.path) && !matches!(value, Value::Table(_) | Value::Null) {
        let target = field.path.find(&object.tree);
        let given: Vec<&str> = TARGET_VALUES
            .into_iter()
            .filter(|key| target.is_some_and(|target| target.get(key).is_some()))
            .collect();
        match given.as_slice() {
            [one] => field.path.0.push(Step::Key((*one).to_owned())),
            _ => {
                let what = if given.is_empty() { "none" } else { "more than one" };
                return fail(
                    format!("`{}` has {what} of value, averageValue and averageUtilization", field.path),
                    "set the whole target: `{ type = \"AverageValue\", averageValue = \"50\" }`".to_owned(),
                );
            }
        }
    }
    let value = as_written(field.path.find(&object.tree), value.clone());
    Ok(Edit { path: field.path, value, is_new_item: false })
}

/// The place of a path in one spelling that all paths to it have, and what is written there, as TOML.
///
/// # Errors
/// As [`edit`].
pub(crate) fn current(object: &Object, path: &Path) -> Result<(String, Option<String>), PathError> {
    let field = field(object, path)?;
    if let Some(flag) = &field.flag {
        let words = field.path.find(&object.tree).map(Node::items).unwrap_or_default();
        return Ok((format!("engine.{}", flag.name()), flag.current(words)));
    }
    let place = edit(object, path, &Value::Integer(0))?.path;
    let written = place.find(&object.tree).map(toml::text);
    let first = match object.kind.as_str() {
        "HorizontalPodAutoscaler" => "hpa".to_owned(),
        kind => format!("{}/{}", kind.to_lowercase(), object.name),
    };
    Ok((format!("{first}.{place}"), written))
}

/// A number that takes the place of a text is that text: quantities are often quoted.
fn as_written(old: Option<&Node>, value: Value) -> Value {
    match (old.and_then(Node::text), value) {
        (Some(_), Value::Integer(number)) => Value::Text(number.to_string()),
        (Some(_), Value::Float(number)) => Value::Text(number.to_string()),
        (_, value) => value,
    }
}

/// The place that a path of a user leads to, which need not exist yet.
///
/// # Errors
/// Where a list has no such item, or something on the way has no parts.
pub(crate) fn field(object: &Object, path: &Path) -> Result<Field, PathError> {
    let mut steps = left_out(object, path);
    let mut node = Path(steps.clone()).find(&object.tree);
    let metric_keys = fields::<MetricSpec>();
    for (index, step) in path.0.iter().enumerate() {
        let here = Path(steps.clone());
        if let Step::Key(key) = step
            && is_metric(object, &here)
            && !metric_keys.contains(key.as_str())
            && let Some(source) = node.and_then(source)
        {
            steps.push(Step::Key(source.to_owned()));
            node = node.and_then(|metric| metric.get(source));
        }
        let here = Path(steps.clone());
        if let Step::Key(flag) = step
            && is_arguments(object, &here)
            && flag.starts_with('-')
        {
            return match path.0.len() - index {
                1 => Ok(Field { path: here, flag: Some(Flag::new(flag)) }),
                _ => fail(format!("nothing can follow `{flag}` in a path"), String::new()),
            };
        }
        let next = match (node.map(|node| &node.value), step) {
            (Some(Value::List(items)), Step::Key(name)) => {
                Step::Index(item_called(items, name, &here.to_string())?)
            }
            (Some(Value::List(items)), Step::Index(index)) if *index >= items.len() => {
                let count = items.len();
                return fail(
                    format!("`{here}` has no item {index}"),
                    format!("it has {count}, numbered from 0"),
                );
            }
            (Some(Value::Table(_) | Value::Null) | None, Step::Key(_))
            | (Some(Value::List(_)), _)
            | (None, _) => step.clone(),
            (Some(_), step) => {
                let wanted = if matches!(step, Step::Index(_)) { "list" } else { "table" };
                let kind = node.map(Node::kind).unwrap_or_default();
                return fail(format!("`{here}` is {kind}, not a {wanted}"), String::new());
            }
        };
        node = node.and_then(|node| Path(vec![next.clone()]).find(node));
        steps.push(next);
    }
    Ok(Field { path: Path(steps), flag: None })
}

fn fail<T>(message: String, help: String) -> Result<T, PathError> {
    Err(PathError { message, help, at: 0 })
}

/// What a path leaves out at its beginning.
fn left_out(object: &Object, path: &Path) -> Vec<Step> {
    let Some(Step::Key(first)) = path.0.first() else { return Vec::new() };
    let steps = |keys: &[&str]| keys.iter().map(|key| Step::Key((*key).to_owned())).collect();
    let is_written = object.tree.get(first).is_some() || TOP.contains(&first.as_str());
    if is_written || matches!(object.kind.as_str(), "EndpointPickerConfig" | "ConfigMap") {
        return Vec::new();
    }
    let (own, of_pods) = (fields::<DeploymentSpec>(), fields::<PodSpec>());
    if object.kind == "Deployment" && !own.contains(first.as_str()) && of_pods.contains(first.as_str()) {
        return steps(&["spec", "template", "spec"]);
    }
    // A slip in one of the outer keys is told as one.
    let written = object.tree.get("spec").map(Node::entries).unwrap_or_default();
    let inner = written.iter().map(|entry| entry.key.as_str()).chain(own);
    match nearest(first, TOP) {
        Some(_) if nearest(first, inner).is_none() => Vec::new(),
        _ => steps(&["spec"]),
    }
}

/// Whether the path is that of a metric of an HPA.
fn is_metric(object: &Object, path: &Path) -> bool {
    let [Step::Key(spec), Step::Key(metrics), Step::Index(_)] = path.0.as_slice() else { return false };
    object.kind == "HorizontalPodAutoscaler" && spec == "spec" && metrics == "metrics"
}

/// Whether the path is that of a metric's target.
fn is_target(object: &Object, path: &Path) -> bool {
    let Some((metric, [_, Step::Key(last)])) = path.0.split_at_checked(3) else { return false };
    last == "target" && is_metric(object, &Path(metric.to_vec()))
}

/// Whether the path is that of a container's words.
fn is_arguments(object: &Object, path: &Path) -> bool {
    let is_list = |key: &String| key == "args" || key == "command";
    object.kind == "Deployment"
        && path.0.len() > 4
        && matches!(path.0.last(), Some(Step::Key(key)) if is_list(key))
        && path.0.iter().any(|step| *step == Step::Key("containers".to_owned()))
}

/// The part of a metric that says where it comes from.
fn source(metric: &Node) -> Option<&str> {
    let parts = metric.entries().iter().filter(|entry| matches!(entry.node.value, Value::Table(_)));
    let mut parts = parts.map(|entry| entry.key.as_str());
    let first = parts.next()?;
    parts.next().is_none().then_some(first)
}
