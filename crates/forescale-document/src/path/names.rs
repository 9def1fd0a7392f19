//! What items of lists are called.

use super::PathError;
use crate::names::did_you_mean;
use crate::node::Node;

/// The keys that hold an item's name: Kubernetes' and the EPP's.
const NAMES: [&str; 2] = ["name", "pluginRef"];

/// An item's own name: its `name` or `pluginRef`, or that within its one part, as of a metric of an HPA; else its `type`.
pub fn item_name(item: &Node) -> Option<&str> {
    named(item).or_else(|| inner_name(item)).or_else(|| item.get("type").and_then(Node::text))
}

fn named(node: &Node) -> Option<&str> {
    NAMES.iter().find_map(|key| node.get(key)).and_then(Node::text)
}

fn inner_name(item: &Node) -> Option<&str> {
    let parts = item.entries().iter().map(|entry| &entry.node);
    parts.into_iter().find_map(|part| named(part).or_else(|| part.get("metric").and_then(named)))
}

/// The items of this name; those of this `type` only where none has the name.
fn called<'a>(items: &'a [Node], name: &str) -> Vec<(usize, &'a Node)> {
    let all = || items.iter().enumerate();
    let by_name: Vec<_> = all().filter(|(_, item)| item_name(item) == Some(name)).collect();
    if !by_name.is_empty() {
        return by_name;
    }
    all().filter(|(_, item)| item.get("type").and_then(Node::text) == Some(name)).collect()
}

/// The first item of this name.
pub(super) fn first_called<'a>(items: &'a [Node], name: &str) -> Option<&'a Node> {
    called(items, name).first().map(|(_, item)| *item)
}

/// The number of the one item of this name; `list` is what the list is called.
///
/// # Errors
/// Where no item or more than one is called so; what there is instead is told.
pub fn item_called(items: &[Node], name: &str, list: &str) -> Result<usize, PathError> {
    let found = called(items, name);
    let (message, help) = match found.as_slice() {
        [(index, _)] => return Ok(*index),
        [] => {
            let names: Vec<&str> = items.iter().filter_map(item_name).collect();
            let near = did_you_mean(name, names.iter().copied());
            let help = match names.as_slice() {
                [] => format!("its items have no names; they are numbered from 0: `{list}[0]`"),
                [one] => format!("its one item is `{one}`"),
                several => format!("its items are {}", quoted(several.iter())),
            };
            (format!("`{list}` has no item called `{name}`{near}"), help)
        }
        several => {
            let numbers = several.iter().map(|(index, _)| format!("[{index}]"));
            (
                format!("`{list}` has {} items called `{name}`", several.len()),
                format!("say which by its number: {}", quoted(numbers)),
            )
        }
    };
    Err(PathError { message, help, at: list.len() })
}

fn quoted(names: impl Iterator<Item = impl std::fmt::Display>) -> String {
    names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
