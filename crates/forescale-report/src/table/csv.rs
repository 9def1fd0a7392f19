//! Tables as CSV.

use super::{Cell, Column};
use std::borrow::Borrow;
use std::io::{self, Write};

/// Writes a header and the rows (RFC 4180, but lines end with a line feed). A number is the shortest text that reads back exactly, an
/// absent value an empty field.
pub(super) fn write<R>(
    columns: &[Column<R>],
    rows: impl Iterator<Item: Borrow<R>>,
    out: impl Write,
) -> io::Result<()> {
    let mut csv = ::csv::Writer::from_writer(out);
    csv.write_record(columns.iter().map(|column| column.name))?;
    for row in rows {
        for column in columns {
            match (column.cell)(row.borrow()) {
                Cell::Integer(value) => csv.write_field(value.to_string())?,
                Cell::Number(value) => csv.write_field(value.to_string())?,
                Cell::Text(value) => csv.write_field(value.as_bytes())?,
                Cell::Absent => csv.write_field("")?,
            }
        }
        csv.write_record(None::<&[u8]>)?;
    }
    csv.flush()
}
