//! A row of a trace, and how the fields of any format become one.

use super::format::Shape;
use super::lines::shortened;
use std::ops::Range;

/// A request as a trace has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Row {
    /// Its instant in nanoseconds of the trace's own clock.
    pub(super) at: i128,
    /// Prompt tokens, at least 1; 0 where an access log does not say.
    pub(super) prompt_tokens: u32,
    /// Output tokens, at least 1; 0 where an access log does not say.
    pub(super) output_tokens: u32,
    /// The identities of the blocks of its prompt, where the format has such.
    pub(super) hash_ids: Vec<u64>,
}

/// What is wrong with a row: the bytes in question, `None` for the whole line, and the sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Defect {
    pub(super) place: Option<Range<usize>>,
    pub(super) message: String,
}

/// The three values of a row, each with its place.
pub(super) type Values<'a> = [(&'a str, Range<usize>); 3];

/// A row without its hash ids; `None` for a failed request.
pub(super) fn row(shape: &Shape, values: &Values<'_>) -> Result<Option<Row>, Defect> {
    let [time, prompt, output] = values;
    let at = shape.clock.read(time.0).map_err(|what| wrong(shape.name(0), time, what))?;
    let prompt_tokens = tokens(shape.name(1), prompt)?;
    let output_tokens = tokens(shape.name(2), output)?;
    if output_tokens == 0 && shape.format.has_failures() {
        return Ok(None);
    }
    for (index, value, count) in [(1, prompt, prompt_tokens), (2, output, output_tokens)] {
        if count == 0 {
            return Err(wrong(shape.name(index), value, "must be at least 1"));
        }
    }
    Ok(Some(Row { at, prompt_tokens, output_tokens, hash_ids: Vec::new() }))
}

/// A number of tokens.
pub(super) fn tokens(name: &str, value: &(&str, Range<usize>)) -> Result<u32, Defect> {
    let digits = value.0.bytes().all(|byte| byte.is_ascii_digit());
    let count = value.0.parse::<u32>().ok().filter(|_| digits);
    count.ok_or_else(|| wrong(name, value, "is no whole number of tokens from 1 to 4294967295"))
}

/// What is wrong with a value.
pub(super) fn wrong(name: &str, (value, place): &(&str, Range<usize>), what: &str) -> Defect {
    let message = match value.is_empty() {
        true => format!("{name} is missing"),
        false => format!("{name} `{}` {what}", shortened(value)),
    };
    Defect { place: Some(place.clone()), message }
}
