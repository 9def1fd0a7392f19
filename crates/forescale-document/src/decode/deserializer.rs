//! serde's view of a tree, in which every error learns its place.

use super::access::{ListAccess, SpannedAccess, TableAccess, VariantOf};
use super::error::{Error, ErrorPlace, Kind};
use super::{IS_TABLE, TakenOut};
use crate::node::{Entry, Node, Value};
use crate::source::Span;
use crate::spanned::MAGIC;
use serde::de::Visitor;
use serde::de::value::StrDeserializer;
use serde::forward_to_deserialize_any;

/// A node with the way to it.
#[derive(Clone, Copy)]
pub(super) struct Place<'t, 'p> {
    pub(super) node: &'t Node,
    pub(super) entry: Option<&'t Entry>,
    index: usize,
    parent: Option<&'p Self>,
}

impl<'t, 'p> Place<'t, 'p> {
    pub(super) fn root(node: &'t Node) -> Self {
        Self { node, entry: None, index: 0, parent: None }
    }

    /// `workload.chat.arrivals`, `spec.metrics[0]`
    fn path(&self) -> String {
        let Some(parent) = self.parent else { return String::new() };
        let before = parent.path();
        match self.entry {
            None => format!("{before}[{}]", self.index),
            Some(entry) if before.is_empty() => entry.key.clone(),
            Some(entry) => format!("{before}.{}", entry.key),
        }
    }
}

/// The deserializer of one node.
#[derive(Clone, Copy)]
pub(super) struct NodeDeserializer<'t, 'p> {
    pub(super) place: Place<'t, 'p>,
    taken_out: &'p TakenOut,
}

impl<'t, 'p> NodeDeserializer<'t, 'p> {
    pub(super) fn new(place: Place<'t, 'p>, taken_out: &'p TakenOut) -> Self {
        Self { place, taken_out }
    }

    /// The deserializer of an entry's value.
    pub(super) fn value_of<'s>(&'s self, entry: &'t Entry) -> NodeDeserializer<'t, 's> {
        let place = Place { node: &entry.node, entry: Some(entry), index: 0, parent: Some(&self.place) };
        NodeDeserializer { place, taken_out: self.taken_out }
    }

    /// The deserializer of an item.
    pub(super) fn item<'s>(&'s self, index: usize, node: &'t Node) -> NodeDeserializer<'t, 's> {
        let place = Place { node, entry: None, index, parent: Some(&self.place) };
        NodeDeserializer { place, taken_out: self.taken_out }
    }

    pub(super) fn is_left(&self, node: &Node) -> bool {
        !self.taken_out.has(node)
    }

    /// Gives an error the place of this node, unless it has one from within.
    fn placed(&self, error: Error) -> Error {
        if error.place.is_some() {
            return error;
        }
        let node = self.place.node;
        let is_large =
            matches!(node.value, Value::Table(_) | Value::List(_)) || node.span.start == node.span.end;
        // A table is shown by its key; what stands in it has places of its own.
        let span = self.place.entry.filter(|_| is_large).map_or(node.span, |entry| entry.key_span);
        self.placed_at(error, node, span)
    }

    /// Gives an error a place: what is taken out is `node`, what is shown is `span`.
    pub(super) fn placed_at(&self, error: Error, node: &Node, span: Span) -> Error {
        let mut children = node.entries().iter().map(|entry| &entry.node).chain(node.items());
        let place = ErrorPlace {
            address: TakenOut::address(node),
            span,
            path: self.place.path(),
            found: node.kind(),
            is_unquoted: matches!(node.value, Value::Bool(_) | Value::Integer(_) | Value::Float(_)),
            is_integer: matches!(node.value, Value::Integer(_)),
            lacks_something: children.any(|child| !self.is_left(child)),
        };
        Error { place: Some(Box::new(place)), ..error }
    }

    fn visit<V: Visitor<'t>>(&self, visitor: V) -> Result<V::Value, Error> {
        match &self.place.node.value {
            Value::Null => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(*value),
            Value::Integer(number) => match (i64::try_from(*number), u64::try_from(*number)) {
                (Ok(number), _) => visitor.visit_i64(number),
                (_, Ok(number)) => visitor.visit_u64(number),
                _ => visitor.visit_i128(*number),
            },
            Value::Float(number) => visitor.visit_f64(*number),
            Value::Text(text) => visitor.visit_borrowed_str(text),
            Value::List(_) => visitor.visit_seq(ListAccess::new(*self)),
            Value::Table(_) => visitor.visit_map(TableAccess::new(*self)),
        }
    }

    fn visit_enum<V: Visitor<'t>>(&self, known: &[&str], visitor: V) -> Result<V::Value, Error> {
        let node = self.place.node;
        let given: Vec<&Entry> = node.entries().iter().filter(|entry| self.is_left(&entry.node)).collect();
        match (&node.value, given.as_slice()) {
            (Value::Text(text), _) => {
                visitor.visit_enum(StrDeserializer::new(text)).map_err(|error: Error| match error.kind {
                    // The word is right, but it needs a table of its own.
                    Kind::Type { .. } => {
                        Error::new(Kind::Type { expected: format!("a table such as `{text} = {{ … }}`") })
                    }
                    _ => error,
                })
            }
            (Value::Table(_), [entry]) => visitor.visit_enum(VariantOf { outer: *self, entry }),
            (Value::Table(_), [_, _, ..]) => {
                match given.iter().find(|entry| !known.contains(&entry.key.as_str())) {
                    // What is no variant at all is the mistake; else there is one too many.
                    Some(entry) => visitor.visit_enum(VariantOf { outer: *self, entry }),
                    None => {
                        let variants =
                            given.iter().map(|entry| (entry.key.clone(), entry.key_span)).collect();
                        Err(Error::new(Kind::Several { variants }))
                    }
                }
            }
            _ => {
                Err(Error::new(Kind::Type { expected: format!("a table with one of {}", known.join(", ")) }))
            }
        }
    }
}

impl<'t> serde::Deserializer<'t> for NodeDeserializer<'t, '_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Error> {
        self.visit(visitor).map_err(|error| self.placed(error))
    }

    fn deserialize_option<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.place.node.value {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
        .map_err(|error| self.placed(error))
    }

    fn deserialize_newtype_struct<V: Visitor<'t>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        match name {
            MAGIC => visitor.visit_seq(SpannedAccess::new(self)),
            IS_TABLE if !matches!(self.place.node.value, Value::Table(_)) => visitor.visit_some(self),
            _ => visitor.visit_newtype_struct(self),
        }
        .map_err(|error| self.placed(error))
    }

    fn deserialize_seq<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.place.node.value {
            // A key with nothing behind it, as in `args:`, is an empty list to Kubernetes.
            Value::Null => visitor.visit_seq(ListAccess::new(self)).map_err(|error| self.placed(error)),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_tuple<V: Visitor<'t>>(self, len: usize, visitor: V) -> Result<V::Value, Error> {
        match &self.place.node.value {
            Value::List(items) if items.len() != len => {
                let expected = format!("a list of {len} values, not {}", items.len());
                Err(self.placed(Error::new(Kind::Length { expected })))
            }
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_map<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.place.node.value {
            Value::Null => visitor.visit_map(TableAccess::new(self)).map_err(|error| self.placed(error)),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_struct<V: Visitor<'t>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match self.place.node.value {
            // Values in the order of a struct's fields are nobody's way to write a file.
            Value::List(_) => Err(self.placed(Error::new(Kind::Type { expected: "a map".to_owned() }))),
            _ => self.deserialize_map(visitor),
        }
    }

    fn deserialize_enum<V: Visitor<'t>>(
        self,
        _: &'static str,
        known: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.visit_enum(known, visitor).map_err(|error| self.placed(error))
    }

    fn deserialize_ignored_any<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        <V: Visitor<'t>>
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        tuple_struct identifier
    }
}
