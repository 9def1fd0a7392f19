//! The log of requests, as this build can write it.

use crate::cli::Requests;
use crate::exit::Failure;
use forescale::report::RequestFormat;

impl Requests {
    /// The format; an error where this build cannot write it.
    pub(crate) fn format(self) -> Result<RequestFormat, Failure> {
        match self {
            Self::Csv => Ok(RequestFormat::Csv),
            #[cfg(feature = "parquet")]
            Self::Parquet => Ok(RequestFormat::Parquet),
            #[cfg(not(feature = "parquet"))]
            Self::Parquet => Err(Failure::Input(
                "this build of sim writes no Parquet: build it with `cargo build --release --features parquet`, or take `--requests csv`"
                    .to_owned(),
            )),
        }
    }
}
