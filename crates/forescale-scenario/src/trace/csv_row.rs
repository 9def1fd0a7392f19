//! Rows of CSV, whose columns are found by their names in the header.

use super::fields::{Unclosed, fields};
use super::format::Shape;
use super::row::{Defect, Row, row};
use forescale_document::did_you_mean;
use std::ops::Range;

/// Where a header has the columns that are read.
#[derive(Debug)]
pub(super) struct Header {
    /// The places of time, prompt tokens and output tokens among the columns.
    columns: [usize; 3],
    /// How many columns there are.
    count: usize,
    /// The fields of the current line.
    places: Vec<Range<usize>>,
}

impl Header {
    pub(super) fn read(shape: &Shape, line: &str) -> Result<Self, Defect> {
        let mut places = Vec::new();
        fields(line, &mut places).map_err(|unclosed| unclosed.defect())?;
        let names: Vec<&str> =
            places.iter().filter_map(|place| line.get(place.clone())).map(str::trim).collect();
        if shape.is_exact() && shape.names().as_slice() != names {
            let expected = shape.columns.join(",");
            let message = format!("the header of the trace is another one, expected `{expected}`");
            return Err(Defect { place: None, message });
        }
        let mut columns = [0; 3];
        for (column, name) in columns.iter_mut().zip(shape.names()) {
            let mut found = names.iter().enumerate().filter(|(_, own)| **own == name).map(|(at, _)| at);
            *column = found.next().ok_or_else(|| {
                let near = did_you_mean(name, names.iter().copied());
                let format = shape.format.name();
                let needed = shape.columns.join("`, `");
                let message =
                    format!("the header has no column `{name}`, and `{format}` needs `{needed}`{near}");
                Defect { place: None, message }
            })?;
            if let Some(second) = found.next() {
                let message = format!("the column `{name}` stands twice in the header");
                return Err(Defect { place: places.get(second).cloned(), message });
            }
        }
        Ok(Self { columns, count: names.len(), places })
    }

    /// Where the time of the line stands that was read last.
    pub(super) fn time_place(&self) -> Option<Range<usize>> {
        self.places.get(self.columns[0]).cloned()
    }

    /// The row of a line; `None` for a failed request.
    pub(super) fn row(&mut self, shape: &Shape, line: &str) -> Result<Option<Row>, Defect> {
        fields(line, &mut self.places).map_err(|unclosed| unclosed.defect())?;
        if self.places.len() != self.count {
            let message = format!("a row has {} fields, this one has {}", self.count, self.places.len());
            return Err(Defect { place: None, message });
        }
        let values = self.columns.map(|column| {
            let place = self.places.get(column).cloned().unwrap_or(0..0);
            (line.get(place.clone()).unwrap_or_default(), place)
        });
        row(shape, &values)
    }
}

impl Unclosed {
    fn defect(self) -> Defect {
        let message = "this quotation mark is not closed; a row stands on one line";
        Defect { place: Some(self.at..self.at + 1), message: message.to_owned() }
    }
}
