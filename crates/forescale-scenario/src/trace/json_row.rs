//! Rows of JSON, one object per line.

use super::format::Shape;
use super::lines::shortened;
use super::row::{Defect, Row, Values, row};
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, Visitor};
use serde_json::error::Category;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

const HASH_IDS: &str = "hash_ids";

/// The row of a line; `None` for a failed request.
pub(super) fn json_row(shape: &Shape, line: &str) -> Result<Option<Row>, Defect> {
    let [time, prompt, output, hash_ids] = found(keys(shape), line)?;
    let place = |raw: &RawValue| place(line, raw);
    let mut values: Values<'_> =
        [value(shape, line, 0, time)?, value(shape, line, 1, prompt)?, value(shape, line, 2, output)?];
    // A time may be a text; only one without escapes is one.
    if let Some(text) = values[0].0.strip_prefix('"').and_then(|text| text.strip_suffix('"')) {
        values[0] = (text, values[0].1.start + 1..values[0].1.end - 1);
    }
    let Some(mut row) = row(shape, &values)? else { return Ok(None) };
    if let Some(raw) = hash_ids {
        row.hash_ids = ids(raw.get()).ok_or_else(|| Defect {
            place: Some(place(raw)),
            message: format!("{HASH_IDS} `{}` is no list of whole numbers", shortened(raw.get())),
        })?;
    }
    if let Some(block_tokens) = shape.block_tokens {
        let Some(raw) = hash_ids else {
            return Err(Defect { place: None, message: format!("the key `{HASH_IDS}` is missing") });
        };
        let (prompt, found) = (row.prompt_tokens, row.hash_ids.len());
        let blocks = prompt.div_ceil(block_tokens);
        if found != blocks as usize {
            let message = format!(
                "a prompt of {prompt} tokens is {blocks} blocks of {block_tokens} with a hash id each; this row has {found}"
            );
            return Err(Defect { place: Some(place(raw)), message });
        }
    }
    Ok(Some(row))
}

/// Where the time of a line stands.
pub(super) fn time_place(shape: &Shape, line: &str) -> Option<Range<usize>> {
    found(keys(shape), line).ok().and_then(|[time, ..]| time).map(|time| place(line, time))
}

/// The three columns, and the hash ids where the format has such.
fn keys(shape: &Shape) -> [&str; 4] {
    let [time, prompt, output] = shape.names();
    [time, prompt, output, if shape.format.has_hash_ids() { HASH_IDS } else { "" }]
}

/// The values of these keys in an object; an empty key is never found.
pub(super) fn found<'a, const N: usize>(
    keys: [&str; N],
    line: &'a str,
) -> Result<[Option<&'a RawValue>; N], Defect> {
    let mut deserializer = serde_json::Deserializer::from_str(line);
    let found = Wanted(keys).deserialize(&mut deserializer);
    let found = found.and_then(|found| deserializer.end().map(|()| found));
    found.map_err(|error| defect(line, &error))
}

/// The raw value is a part of the line, so that its address tells where.
pub(super) fn place(line: &str, raw: &RawValue) -> Range<usize> {
    let start = (raw.get().as_ptr() as usize).saturating_sub(line.as_ptr() as usize);
    start..start + raw.get().len()
}

fn value<'a>(
    shape: &Shape,
    line: &str,
    index: usize,
    raw: Option<&'a RawValue>,
) -> Result<(&'a str, Range<usize>), Defect> {
    match raw {
        Some(raw) => Ok((raw.get(), place(line, raw))),
        None => Err(Defect { place: None, message: format!("the key `{}` is missing", shape.name(index)) }),
    }
}

fn ids(text: &str) -> Option<Vec<u64>> {
    serde_json::from_str(text).ok()
}

/// Reads an object and holds the values of some keys.
struct Wanted<'a, const N: usize>([&'a str; N]);

impl<'de, const N: usize> DeserializeSeed<'de> for Wanted<'_, N> {
    type Value = [Option<&'de RawValue>; N];

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, const N: usize> Visitor<'de> for Wanted<'_, N> {
    type Value = [Option<&'de RawValue>; N];

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut found = [None; N];
        while let Some(key) = map.next_key::<Cow<'de, str>>()? {
            let index = self.0.iter().position(|name| *name == key && !key.is_empty());
            match index.and_then(|index| found.get_mut(index)) {
                None => {
                    map.next_value::<IgnoredAny>()?;
                }
                Some(Some(_)) => {
                    return Err(A::Error::custom(format!("{OWN}the key `{key}` stands twice{OWN}")));
                }
                Some(slot) => *slot = Some(map.next_value()?),
            }
        }
        Ok(found)
    }
}

/// What is wrong, at the character where reading stopped.
pub(super) fn defect(line: &str, error: &serde_json::Error) -> Defect {
    // Its lines and columns count from 1, columns in bytes.
    let above = line.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum::<usize>();
    let at = (above + error.column().saturating_sub(1)).min(line.len());
    let start = (0..=at).rev().find(|at| line.is_char_boundary(*at)).unwrap_or(0);
    let length = line.get(start..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
    let told = error.to_string();
    let own = told.find(OWN).and_then(|at| told.get(at + OWN.len()..)).and_then(|own| own.rsplit_once(OWN));
    let (place, message) = match (own, error.classify()) {
        (Some((own, _)), _) => (start..start + length, own.to_owned()),
        (None, Category::Eof) => {
            (line.len()..line.len(), "this row ends before its JSON object does".to_owned())
        }
        (None, _) => {
            (start..start + length, "this row is no JSON object; reading it stopped here".to_owned())
        }
    };
    Defect { place: Some(place), message }
}

/// Stands around sentences of our own, to tell them from those of serde_json.
const OWN: &str = "\u{1}";

#[cfg(test)]
mod tests {
    use super::super::format::{TraceColumns, TraceFormat};
    use super::*;
    use proptest::prelude::*;

    fn read(format: TraceFormat, line: &str) -> Result<Option<Row>, (String, String)> {
        let shape = Shape::of(format, &TraceColumns::default());
        json_row(&shape, line)
            .map_err(|defect| (defect.place.map_or("line", |place| &line[place]).to_owned(), defect.message))
    }

    const GOOD: &str =
        "{\"timestamp\": 27482, \"input_length\": 513, \"output_length\": 5, \"hash_ids\": [46, 47]}";

    #[test]
    fn milliseconds_and_hash_ids() {
        let expected =
            Row { at: 27_482_000_000, prompt_tokens: 513, output_tokens: 5, hash_ids: vec![46, 47] };
        assert_eq!(read(TraceFormat::Mooncake, GOOD), Ok(Some(expected)));
        let qwen = "{\"chat_id\":1,\"parent_chat_id\":-1,\"timestamp\":61.114,\"input_length\":5,\"output_length\":2,\"type\":\"text\",\"turn\":1,\"hash_ids\":[9]}";
        let expected = Row { at: 61_114_000_000, prompt_tokens: 5, output_tokens: 2, hash_ids: vec![9] };
        assert_eq!(read(TraceFormat::QwenBailian, qwen), Ok(Some(expected)));
        let own =
            "{\"n\":{\"arrival_s\":[]},\"output_tokens\":2,\"prompt_tokens\":3,\"arrival_s\":1.5,\"x\":null}";
        assert_eq!(read(TraceFormat::Jsonl, own).unwrap().unwrap().at, 1_500_000_000);
    }

    #[test]
    fn mistakes_have_their_place() {
        let wrong = |from: &str, to: &str| read(TraceFormat::Mooncake, &GOOD.replace(from, to)).unwrap_err();
        assert_eq!(wrong("[46, 47]", "[46]").0, "[46]");
        assert!(
            wrong("[46, 47]", "[46]")
                .1
                .ends_with("513 tokens is 2 blocks of 512 with a hash id each; this row has 1")
        );
        assert_eq!(wrong(", \"hash_ids\": [46, 47]", "").1, "the key `hash_ids` is missing");
        assert_eq!(wrong("[46, 47]", "[46, \"x\"]").0, "[46, \"x\"]");
        assert_eq!(wrong(": 5,", ": 0,"), ("0".into(), "output_length `0` must be at least 1".into()));
        assert_eq!(wrong(": 513", ": 5.13").0, "5.13");
        assert_eq!(wrong("27482", "\"noon\"").0, "noon");
        assert_eq!(wrong("\"output_length\"", "\"output\"").1, "the key `output_length` is missing");
        assert!(wrong("\"hash_ids\"", "\"timestamp\"").1.contains("`timestamp` stands twice"));
        assert_eq!(wrong("]}", "]"), (String::new(), "this row ends before its JSON object does".into()));
        assert!(wrong("]}", "]} x").1.starts_with("this row is no JSON object"));
        assert!(read(TraceFormat::Mooncake, "[1]").is_err());
    }

    proptest! {
        #[test]
        fn any_line_is_a_row_or_a_mistake_inside_of_it(line in "\\PC{0,60}|\\{[\"a-z_:0-9, \\[\\]{}ü]{0,80}") {
            let shape = Shape::of(TraceFormat::Mooncake, &TraceColumns::default());
            if let Err(Defect { place: Some(place), .. }) = json_row(&shape, &line) {
                prop_assert!(line.get(place).is_some());
            }
        }
    }
}
