//! Putting values into trees, and taking them out.

use super::{Path, PathError, Step, names};
use crate::node::{Entry, Node, Value};
use crate::source::Span;

impl Path {
    /// Puts a value at the end of the path; tables on the way are made where they are missing. A key that is made has this place.
    ///
    /// # Errors
    /// Where the path leads through something that is no table, or to an item that a list does not have.
    pub fn set(&self, root: &mut Node, value: Node, place: Span) -> Result<(), PathError> {
        self.set_at(root, value, |_| place)
    }

    /// As [`Path::set`]; a key that is made has the place of its step, by the step's number.
    ///
    /// # Errors
    /// As [`Path::set`].
    pub fn set_at(
        &self,
        root: &mut Node,
        value: Node,
        place: impl Fn(usize) -> Span,
    ) -> Result<(), PathError> {
        let mut node = root;
        for (index, step) in self.0.iter().enumerate() {
            if node.value == Value::Null && matches!(step, Step::Key(_)) {
                node.value = Value::Table(Vec::new());
            }
            if let (Value::Table(entries), Step::Key(key)) = (&mut node.value, step) {
                let place = place(index);
                match entries.iter_mut().find(|entry| entry.key == *key) {
                    // What is wrong with the new value is not the old key's fault.
                    Some(entry) if index + 1 == self.0.len() => entry.key_span = place,
                    Some(_) => {}
                    None => {
                        let new = Node { value: Value::Null, span: place };
                        entries.push(Entry { key: key.clone(), key_span: place, node: new });
                    }
                }
            }
            let within = || Self(self.0.get(..index).unwrap_or_default().to_vec()).to_string();
            node = step.of_mut(node, within)?;
        }
        *node = value;
        Ok(())
    }

    /// Takes out what stands at the end of the path: a key with its value, or an item of a list. The path of nothing takes out nothing.
    ///
    /// # Errors
    /// As [`Path::set`]; also where there is no such key.
    pub fn remove(&self, root: &mut Node) -> Result<(), PathError> {
        let Some((last, before)) = self.0.split_last() else { return Ok(()) };
        let within = |index: usize| Self(before.get(..index).unwrap_or_default().to_vec()).to_string();
        let mut node = root;
        for (index, step) in before.iter().enumerate() {
            node = step.of_mut(node, || within(index))?;
        }
        let list = || within(before.len());
        last.of_mut(node, list)?;
        match (&mut node.value, last) {
            (Value::Table(entries), Step::Key(key)) => entries.retain(|entry| entry.key != *key),
            (Value::List(items), Step::Key(name)) => {
                drop(items.remove(names::item_called(items, name, &list())?))
            }
            (Value::List(items), Step::Index(index)) => drop(items.remove(*index)),
            _ => {}
        }
        Ok(())
    }
}

impl Step {
    /// What this step of a path leads to; `within` is the path so far.
    fn of_mut<'a>(&self, node: &'a mut Node, within: impl Fn() -> String) -> Result<&'a mut Node, PathError> {
        let fail = |message: String| Err(PathError { at: within().len(), message, help: String::new() });
        let kind = node.kind();
        match (&mut node.value, self) {
            (Value::Table(entries), Self::Key(key)) => {
                let keys =
                    entries.iter().map(|entry| format!("`{}`", entry.key)).collect::<Vec<_>>().join(", ");
                match entries.iter_mut().find(|entry| entry.key == *key) {
                    Some(entry) => Ok(&mut entry.node),
                    None => Err(PathError {
                        at: within().len(),
                        message: match within().as_str() {
                            "" => format!("there is no key `{key}`"),
                            within => format!("there is no key `{key}` in `{within}`"),
                        },
                        help: if keys.is_empty() { keys } else { format!("the keys there are {keys}") },
                    }),
                }
            }
            (Value::List(items), Self::Index(index)) => {
                let count = items.len();
                match items.get_mut(*index) {
                    Some(item) => Ok(item),
                    None => Err(PathError {
                        at: within().len(),
                        message: format!("`{}` has no item {index}", within()),
                        help: match count {
                            0 => "it has none".to_owned(),
                            1 => "it has one, `[0]`".to_owned(),
                            count => format!("it has {count}, `[0]` to `[{}]`", count - 1),
                        },
                    }),
                }
            }
            (Value::List(items), Self::Key(name)) => {
                let index = names::item_called(items, name, &within())?;
                match items.get_mut(index) {
                    Some(item) => Ok(item),
                    None => fail(format!("`{}` has no item {index}", within())),
                }
            }
            (_, step) => {
                let wanted = if matches!(step, Self::Index(_)) { "list" } else { "table" };
                fail(format!("`{}` is {kind}, not a {wanted}", within()))
            }
        }
    }
}
