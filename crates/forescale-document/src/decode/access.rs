//! serde's ways into tables, lists, variants and places.

use super::deserializer::NodeDeserializer;
use super::error::{Error, Kind};
use crate::node::{Entry, Node, Value};
use crate::source::Span;
use crate::spanned::{MAGIC, Numbers, numbers};
use serde::de::value::{BorrowedStrDeserializer, SeqDeserializer};
use serde::de::{DeserializeSeed, EnumAccess, MapAccess, SeqAccess, VariantAccess, Visitor};
use serde::{Deserializer, forward_to_deserialize_any};

/// The items of a list.
pub(super) struct ListAccess<'t, 'p> {
    outer: NodeDeserializer<'t, 'p>,
    rest: std::iter::Enumerate<std::slice::Iter<'t, Node>>,
}

impl<'t, 'p> ListAccess<'t, 'p> {
    pub(super) fn new(outer: NodeDeserializer<'t, 'p>) -> Self {
        Self { outer, rest: outer.place.node.items().iter().enumerate() }
    }
}

impl<'t> SeqAccess<'t> for ListAccess<'t, '_> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'t>>(&mut self, seed: T) -> Result<Option<T::Value>, Error> {
        let outer = &self.outer;
        match self.rest.find(|(_, node)| outer.is_left(node)) {
            None => Ok(None),
            Some((index, node)) => seed.deserialize(outer.item(index, node)).map(Some),
        }
    }
}

/// The entries of a table.
pub(super) struct TableAccess<'t, 'p> {
    outer: NodeDeserializer<'t, 'p>,
    rest: std::slice::Iter<'t, Entry>,
    current: Option<&'t Entry>,
}

impl<'t, 'p> TableAccess<'t, 'p> {
    pub(super) fn new(outer: NodeDeserializer<'t, 'p>) -> Self {
        Self { outer, rest: outer.place.node.entries().iter(), current: None }
    }
}

impl<'t> MapAccess<'t> for TableAccess<'t, '_> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'t>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        let outer = &self.outer;
        self.current = self.rest.find(|entry| outer.is_left(&entry.node));
        let Some(entry) = self.current else { return Ok(None) };
        let key = seed.deserialize(KeyDeserializer(entry));
        key.map(Some).map_err(|error| outer.placed_at(error, &entry.node, entry.key_span))
    }

    fn next_value_seed<V: DeserializeSeed<'t>>(&mut self, seed: V) -> Result<V::Value, Error> {
        match self.current {
            Some(entry) => seed.deserialize(self.outer.value_of(entry)),
            None => Err(serde::de::Error::custom("a value without a key")),
        }
    }
}

/// A key; it knows its place too.
struct KeyDeserializer<'t>(&'t Entry);

impl<'t> Deserializer<'t> for KeyDeserializer<'t> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_borrowed_str(&self.0.key)
    }

    fn deserialize_newtype_struct<V: Visitor<'t>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        match name {
            MAGIC => visitor.visit_seq(KeyParts { entry: self.0, part: 0 }),
            _ => visitor.visit_newtype_struct(self),
        }
    }

    forward_to_deserialize_any! {
        <V: Visitor<'t>>
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct seq
        tuple tuple_struct map struct enum identifier ignored_any
    }
}

/// A key's place, and the key.
struct KeyParts<'t> {
    entry: &'t Entry,
    part: u8,
}

impl<'t> SeqAccess<'t> for KeyParts<'t> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'t>>(&mut self, seed: T) -> Result<Option<T::Value>, Error> {
        self.part += 1;
        match self.part {
            1 => place(seed, self.entry.key_span, None),
            2 => seed.deserialize(KeyDeserializer(self.entry)).map(Some),
            _ => Ok(None),
        }
    }
}

/// A node's place, and the node.
pub(super) struct SpannedAccess<'t, 'p> {
    outer: NodeDeserializer<'t, 'p>,
    part: u8,
}

impl<'t, 'p> SpannedAccess<'t, 'p> {
    pub(super) fn new(outer: NodeDeserializer<'t, 'p>) -> Self {
        Self { outer, part: 0 }
    }
}

impl<'t> SeqAccess<'t> for SpannedAccess<'t, '_> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'t>>(&mut self, seed: T) -> Result<Option<T::Value>, Error> {
        self.part += 1;
        let at = self.outer.place;
        match self.part {
            1 => place(seed, at.node.span, at.entry.map(|entry| entry.key_span)),
            2 => seed.deserialize(self.outer).map(Some),
            _ => Ok(None),
        }
    }
}

fn place<'t, T: DeserializeSeed<'t>>(
    seed: T,
    span: Span,
    key: Option<Span>,
) -> Result<Option<T::Value>, Error> {
    let numbers: Numbers = numbers(span, key);
    seed.deserialize(SeqDeserializer::new(numbers.into_iter())).map(Some)
}

/// The one variant that a table holds.
pub(super) struct VariantOf<'t, 'p> {
    pub(super) outer: NodeDeserializer<'t, 'p>,
    pub(super) entry: &'t Entry,
}

impl<'t> EnumAccess<'t> for VariantOf<'t, '_> {
    type Error = Error;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'t>>(self, seed: V) -> Result<(V::Value, Self), Error> {
        let entry = self.entry;
        match seed.deserialize(BorrowedStrDeserializer::new(&entry.key)) {
            Ok(variant) => Ok((variant, self)),
            Err(error) => Err(self.outer.placed_at(error, &entry.node, entry.key_span)),
        }
    }
}

impl<'t> VariantAccess<'t> for VariantOf<'t, '_> {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        match &self.entry.node.value {
            Value::Null => Ok(()),
            Value::Table(entries) if entries.is_empty() => Ok(()),
            _ => Err(Error::new(Kind::Type { expected: format!("the word \"{}\" alone", self.entry.key) })),
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'t>>(self, seed: T) -> Result<T::Value, Error> {
        seed.deserialize(self.outer.value_of(self.entry))
    }

    fn tuple_variant<V: Visitor<'t>>(self, len: usize, visitor: V) -> Result<V::Value, Error> {
        self.outer.value_of(self.entry).deserialize_tuple(len, visitor)
    }

    fn struct_variant<V: Visitor<'t>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.outer.value_of(self.entry).deserialize_struct("variant", fields, visitor)
    }
}
