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

/// Writes the rows: INT64, DOUBLE and UTF-8 BYTE_ARRAY columns, optional where a value may be absent.
pub(super) fn write<R>(
    columns: &[Column<R>],
    rows: impl Iterator<Item = R>,
    out: impl Write + Send,
) -> io::Result<()> {
    try_write(columns, rows, out).map_err(|error| match error {
        ParquetError::External(source) => match source.downcast::<io::Error>() {
            Ok(error) => *error,
            Err(other) => io::Error::other(other),
        },
        other => io::Error::other(other),
    })
}

fn try_write<R>(
    columns: &[Column<R>],
    mut rows: impl Iterator<Item = R>,
    out: impl Write + Send,
) -> Result<()> {
    let properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_created_by(concat!("forescale ", env!("CARGO_PKG_VERSION")).to_owned())
        .build();
    let mut file = SerializedFileWriter::new(out, Arc::new(schema(columns)?), Arc::new(properties))?;
    loop {
        let group: Vec<R> = rows.by_ref().take(ROW_GROUP).collect();
        if group.is_empty() {
            break;
        }
        let mut writer = file.next_row_group()?;
        for column in columns {
            if let Some(mut chunk) = writer.next_column()? {
                write_column(column, &group, &mut chunk)?;
                chunk.close()?;
            }
        }
        writer.close()?;
    }
    file.close()?;
    Ok(())
}

fn schema<R>(columns: &[Column<R>]) -> Result<Type> {
    let field = |column: &Column<R>| {
        let (physical, logical) = match column.kind {
            Kind::Integer => (PhysicalType::INT64, None),
            Kind::Number => (PhysicalType::DOUBLE, None),
            Kind::Text => (PhysicalType::BYTE_ARRAY, Some(LogicalType::String)),
        };
        let repetition = if is_optional(column) { Repetition::OPTIONAL } else { Repetition::REQUIRED };
        let field = Type::primitive_type_builder(column.name, physical).with_logical_type(logical);
        field.with_repetition(repetition).build().map(Arc::new)
    };
    let fields = columns.iter().map(field).collect::<Result<_>>()?;
    Type::group_type_builder("schema").with_fields(fields).build()
}

const fn is_optional<R>(column: &Column<R>) -> bool {
    column.absent.is_some()
}

fn write_column<R>(column: &Column<R>, rows: &[R], chunk: &mut SerializedColumnWriter<'_>) -> Result<()> {
    match column.kind {
        Kind::Integer => write_values::<R, Int64Type>(column, rows, chunk, |cell| match cell {
            Cell::Integer(value) => Some(value),
            _ => None,
        }),
        Kind::Number => write_values::<R, DoubleType>(column, rows, chunk, |cell| match cell {
            Cell::Number(value) => Some(value),
            _ => None,
        }),
        Kind::Text => write_values::<R, ByteArrayType>(column, rows, chunk, |cell| match cell {
            Cell::Text(value) => Some(ByteArray::from(value.as_bytes().to_vec())),
            _ => None,
        }),
    }
}

/// Absent values are left out, and marked by a definition level of 0.
fn write_values<R, T: DataType>(
    column: &Column<R>,
    rows: &[R],
    chunk: &mut SerializedColumnWriter<'_>,
    value: impl Fn(Cell<'_>) -> Option<T::T>,
) -> Result<()> {
    let cells: Vec<Option<T::T>> = rows.iter().map(|row| value((column.cell)(row))).collect();
    let levels: Vec<i16> = cells.iter().map(|cell| i16::from(cell.is_some())).collect();
    let values: Vec<T::T> = cells.into_iter().flatten().collect();
    let levels = is_optional(column).then_some(levels.as_slice());
    chunk.typed::<T>().write_batch(&values, levels, None)?;
    Ok(())
}
