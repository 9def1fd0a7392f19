//! The fields of a line of CSV.

use std::ops::Range;

/// A quotation mark that does not end on its line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Unclosed {
    /// The byte at which it stands.
    pub(super) at: usize,
}

/// Where each field stands in the line, in bytes and without its quotation marks. Doubled quotation marks within a field stay as they are:
/// no number and no time has any.
pub(super) fn fields(line: &str, places: &mut Vec<Range<usize>>) -> Result<(), Unclosed> {
    places.clear();
    let bytes = line.as_bytes();
    let mut start = 0;
    loop {
        let is_quoted = bytes.get(start) == Some(&b'"');
        let (field, next) = match is_quoted {
            true => {
                let close = close(bytes, start + 1).ok_or(Unclosed { at: start })?;
                (start + 1..close, comma(bytes, close))
            }
            false => {
                let end = comma(bytes, start);
                (start..end, end)
            }
        };
        places.push(field);
        if next >= bytes.len() {
            return Ok(());
        }
        start = next + 1;
    }
}

/// The quotation mark that ends a field; two in a row are one within it.
fn close(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        at += bytes.get(at..)?.iter().position(|byte| *byte == b'"')?;
        if bytes.get(at + 1) != Some(&b'"') {
            return Some(at);
        }
        at += 2;
    }
}

fn comma(bytes: &[u8], from: usize) -> usize {
    let found = bytes.get(from..).and_then(|rest| rest.iter().position(|byte| *byte == b','));
    found.map_or(bytes.len(), |at| from + at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn texts(line: &str) -> Result<Vec<&str>, Unclosed> {
        let mut places = Vec::new();
        fields(line, &mut places)?;
        Ok(places.into_iter().map(|place| &line[place]).collect())
    }

    #[test]
    fn commas_part_fields_but_not_within_quotation_marks() {
        assert_eq!(texts("a,,b c,"), Ok(vec!["a", "", "b c", ""]));
        assert_eq!(texts("1,\"a, \"\"b\"\"\",2"), Ok(vec!["1", "a, \"\"b\"\"", "2"]));
        assert_eq!(texts(""), Ok(vec![""]));
        assert_eq!(texts("1,\"a\"\",2"), Err(Unclosed { at: 2 }));
    }

    proptest! {
        #[test]
        fn any_line_has_fields_inside_of_it(line in "[a\",ü\\n]{0,40}") {
            if let Ok(fields) = texts(&line) {
                prop_assert!(!fields.is_empty());
            }
        }
    }
}
