//! A value with the place where it was written.

use crate::source::{SourceId, Span};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor};
use serde::ser::{Serialize, Serializer};
use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

/// A value with its place, if it was written at all; a default has none.
///
/// It can be read by [`decode`](crate::decode()) only.
#[derive(Clone, Copy, Debug, Default)]
pub struct Spanned<T> {
    value: T,
    span: Option<Span>,
    key: Option<Span>,
}

/// The name by which the deserializer knows that places are wanted.
pub(crate) const MAGIC: &str = "$forescale_document::Spanned";

impl<T> Spanned<T> {
    /// A value of which no place is known.
    pub fn new(value: T) -> Self {
        Self { value, span: None, key: None }
    }

    /// A value that stands at this place.
    pub fn at(value: T, span: Span) -> Self {
        Self { value, span: Some(span), key: None }
    }

    /// The value's place.
    pub fn span(&self) -> Option<Span> {
        self.span
    }

    /// The place of the key in front of the value, if there is one.
    pub fn key_span(&self) -> Option<Span> {
        self.key.or(self.span)
    }

    /// The value alone.
    pub fn into_inner(self) -> T {
        self.value
    }

    /// Another value at the same place.
    pub fn map<U>(self, map: impl FnOnce(T) -> U) -> Spanned<U> {
        Spanned { value: map(self.value), span: self.span, key: self.key }
    }
}

impl<T> Deref for Spanned<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: PartialEq> PartialEq for Spanned<T> {
    /// Whether the values are the same, wherever they stand.
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<T: Eq> Eq for Spanned<T> {}

impl<T: PartialOrd> PartialOrd for Spanned<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        self.value.partial_cmp(&other.value)
    }
}

impl<T: Ord> Ord for Spanned<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.value.cmp(&other.value)
    }
}

impl<T: Serialize> Serialize for Spanned<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value.serialize(serializer)
    }
}

impl<T: JsonSchema> JsonSchema for Spanned<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }

    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn schema_id() -> Cow<'static, str> {
        T::schema_id()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Spanned<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(MAGIC, SpannedVisitor(PhantomData))
    }
}

/// Places cross serde's data model as five numbers.
pub(crate) type Numbers = [u64; 5];

pub(crate) fn numbers(span: Span, key: Option<Span>) -> Numbers {
    let key = key.map_or([u64::MAX, 0], |key| [key.start as u64, key.end as u64]);
    [u64::from(span.source.number()), span.start as u64, span.end as u64, key[0], key[1]]
}

fn places([source, start, end, key_start, key_end]: Numbers) -> (Span, Option<Span>) {
    let source = SourceId::of_number(source as u32);
    let span = Span { source, start: start as usize, end: end as usize };
    let key = Span { source, start: key_start as usize, end: key_end as usize };
    (span, (key_start != u64::MAX).then_some(key))
}

struct SpannedVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for SpannedVisitor<T> {
    type Value = Spanned<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value with its place")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut parts: A) -> Result<Spanned<T>, A::Error> {
        let missing = || A::Error::custom("a place is missing");
        let numbers: Numbers = parts.next_element()?.ok_or_else(missing)?;
        let value = parts.next_element()?.ok_or_else(missing)?;
        let (span, key) = places(numbers);
        Ok(Spanned { value, span: Some(span), key })
    }
}
