//! Tables for programs: columns with names, kinds and meanings, and how they are written.

mod column;
mod csv;
#[cfg(feature = "parquet")]
mod parquet;
mod requests;
mod series;

pub(crate) use column::{Cell, Column, Kind};
#[cfg(feature = "parquet")]
pub(crate) use parquet::write_cells as parquet_cells;
pub use requests::{RequestFormat, requests};
pub use series::series_csv;

#[cfg(test)]
pub(crate) use {requests::columns as request_columns, series::COLUMNS as SERIES_COLUMNS};
