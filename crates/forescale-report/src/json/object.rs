//! JSON objects whose keys are data.

use serde::{Serialize, Serializer};

/// An object with its keys in the order of the list.
#[derive(Clone, Debug)]
pub(super) struct Object<V>(pub(super) Vec<(String, V)>);

impl<V: Serialize> Serialize for Object<V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(key, value)| (key, value)))
    }
}
