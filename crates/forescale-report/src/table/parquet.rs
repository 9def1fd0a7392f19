//! Tables as Apache Parquet.

use super::{Cell, Column, Kind};
use ::parquet::basic::{Compression, LogicalType, Repetition, Type as PhysicalType};
use ::parquet::data_type::{ByteArray, ByteArrayType, DataType, DoubleType, Int64Type};
use ::parquet::errors::{ParquetError, Result};
use ::parquet::file::properties::WriterProperties;
use ::parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use ::parquet::schema::types::Type;
use std::io::{self, Write};
use std::sync::Arc;

/// Rows that are turned into columns at a time.
const ROW_GROUP: usize = 1 << 17;

/// A column of rows of `R`.
struct Field<'a, R> {
    name: &'a str,
    kind: Kind,
    is_optional: bool,
    cell: Box<dyn Fn(&R) -> Cell<'_> + 'a>,
}

/// Writes the rows: INT64, DOUBLE and UTF-8 BYTE_ARRAY columns, optional where a value may be absent.
pub(super) fn write<R>(
    columns: &[Column<R>],
    rows: impl Iterator<Item = R>,
    out: impl Write + Send,
) -> io::Result<()> {
    let field = |column: &Column<R>| Field {
        name: column.name,
        kind: column.kind,
        is_optional: column.absent.is_some(),
        cell: Box::new(column.cell),
    };
    write_fields(&columns.iter().map(field).collect::<Vec<_>>(), rows, out)
}

/// The same of rows that are cells already; a column has a name, a type, and whether a value may be absent.
pub(crate) fn write_cells(
    columns: &[(String, Kind, bool)],
    rows: impl Iterator<Item = Vec<Cell<'static>>>,
    out: impl Write + Send,
) -> io::Result<()> {
    let fields = columns.iter().enumerate().map(field_of_cells);
    write_fields(&fields.collect::<Vec<_>>(), rows, out)
}

fn field_of_cells(
    (place, (name, kind, is_optional)): (usize, &(String, Kind, bool)),
) -> Field<'_, Vec<Cell<'static>>> {
    Field {
        name,
        kind: *kind,
        is_optional: *is_optional,
        cell: Box::new(move |row| row.get(place).cloned().unwrap_or(Cell::Absent)),
    }
}

fn write_fields<R>(
    fields: &[Field<'_, R>],
    rows: impl Iterator<Item = R>,
    out: impl Write + Send,
) -> io::Result<()> {
    try_write(fields, rows, out).map_err(|error| match error {
        ParquetError::External(source) => match source.downcast::<io::Error>() {
            Ok(error) => *error,
            Err(other) => io::Error::other(other),
        },
        other => io::Error::other(other),
    })
}

fn try_write<R>(
    fields: &[Field<'_, R>],
    mut rows: impl Iterator<Item = R>,
    out: impl Write + Send,
) -> Result<()> {
    let properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_created_by(concat!("forescale ", env!("CARGO_PKG_VERSION")).to_owned())
        .build();
    let mut file = SerializedFileWriter::new(out, Arc::new(schema(fields)?), Arc::new(properties))?;
    loop {
        let group: Vec<R> = rows.by_ref().take(ROW_GROUP).collect();
        if group.is_empty() {
            break;
        }
        let mut writer = file.next_row_group()?;
        for field in fields {
            if let Some(mut chunk) = writer.next_column()? {
                write_column(field, &group, &mut chunk)?;
                chunk.close()?;
            }
        }
        writer.close()?;
    }
    file.close()?;
    Ok(())
}

fn schema<R>(fields: &[Field<'_, R>]) -> Result<Type> {
    let of = |field: &Field<'_, R>| {
        let (physical, logical) = match field.kind {
            Kind::Integer => (PhysicalType::INT64, None),
            Kind::Number => (PhysicalType::DOUBLE, None),
            Kind::Text => (PhysicalType::BYTE_ARRAY, Some(LogicalType::String)),
        };
        let repetition = if field.is_optional { Repetition::OPTIONAL } else { Repetition::REQUIRED };
        let of = Type::primitive_type_builder(field.name, physical).with_logical_type(logical);
        of.with_repetition(repetition).build().map(Arc::new)
    };
    let all = fields.iter().map(of).collect::<Result<_>>()?;
    Type::group_type_builder("schema").with_fields(all).build()
}

fn write_column<R>(field: &Field<'_, R>, rows: &[R], chunk: &mut SerializedColumnWriter<'_>) -> Result<()> {
    match field.kind {
        Kind::Integer => write_values::<R, Int64Type>(field, rows, chunk, |cell| match cell {
            Cell::Integer(value) => Some(value),
            _ => None,
        }),
        Kind::Number => write_values::<R, DoubleType>(field, rows, chunk, |cell| match cell {
            Cell::Number(value) => Some(value),
            _ => None,
        }),
        Kind::Text => write_values::<R, ByteArrayType>(field, rows, chunk, |cell| match cell {
            Cell::Text(value) => Some(ByteArray::from(value.as_bytes().to_vec())),
            _ => None,
        }),
    }
}

/// Absent values are left out, and marked by a definition level of 0.
fn write_values<R, T: DataType>(
    field: &Field<'_, R>,
    rows: &[R],
    chunk: &mut SerializedColumnWriter<'_>,
    value: impl Fn(Cell<'_>) -> Option<T::T>,
) -> Result<()> {
    let cells: Vec<Option<T::T>> = rows.iter().map(|row| value((field.cell)(row))).collect();
    let levels: Vec<i16> = cells.iter().map(|cell| i16::from(cell.is_some())).collect();
    let values: Vec<T::T> = cells.into_iter().flatten().collect();
    let levels = field.is_optional.then_some(levels.as_slice());
    chunk.typed::<T>().write_batch(&values, levels, None)?;
    Ok(())
}
