//! Step times fitted to measurements.

mod least_squares;
pub(super) mod nnls;
mod rows;
#[cfg(test)]
mod tests;
mod write;

pub use least_squares::{Form, Quality};

use crate::context::{Context, Stopped};
use crate::scenario::Rejection;
use forescale_core::replica::GpuTime;
use forescale_kernel::SimDuration;
use std::path::Path;

/// What a step time is fitted to, and how.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FitOptions {
    /// The form; if not given, the piecewise one where ten rows or more show that it is clearly better, else the affine one.
    pub form: Option<Form>,
    /// The host's time per step that is inside of the measured times; it is taken out of them, and becomes the profile's.
    pub host: SimDuration,
    /// Only rows that have these values in these columns.
    pub filters: Vec<(String, String)>,
}

/// What the rows of a sweep are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SweepKind {
    /// Single steps.
    Steps,
    /// Runs under load.
    Load,
}

/// A fitted step time.
#[derive(Clone, Debug, PartialEq)]
pub struct Fit {
    /// The file's name.
    pub source: String,
    /// What its rows are.
    pub kind: SweepKind,
    /// The GPU's share.
    pub gpu: GpuTime,
    /// The host's share per step.
    pub host: SimDuration,
    /// How good it is.
    pub quality: Quality,
    /// Rows that were left out, by a filter or for an empty field.
    pub left_out: usize,
    /// Coefficients that are zero, with the reason.
    pub zeros: Vec<(&'static str, &'static str)>,
    /// What each request cost beside its steps, in milliseconds: in the times to first token, not in the profile. `None` where that cannot be told.
    pub per_request_ms: Option<f64>,
}

/// Fits a step time to the rows of a CSV file: least squares of relative errors, with coefficients that are not negative.
///
/// # Errors
/// A [`Rejection`] with all rows that cannot be read, or too few rows.
pub fn fit_profile(path: &Path, options: &FitOptions) -> Result<Fit, Box<Rejection>> {
    let mut context = Context::default();
    let fitted = rows::read(&mut context, path, &options.filters).and_then(|sweep| {
        let solution = least_squares::solve(&sweep.observations, options).map_err(|message| {
            let diagnostic = forescale_document::Diagnostic::error(crate::codes::SWEEP, sweep.top, message);
            context.report.push(diagnostic);
            Stopped
        })?;
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
        Ok(Fit {
            source: name.unwrap_or_default(),
            kind: sweep.kind,
            gpu: solution.gpu,
            host: options.host,
            quality: solution.quality,
            left_out: sweep.left_out,
            zeros: solution.zeros,
            per_request_ms: solution.per_request_ms,
        })
    });
    fitted.map_err(|Stopped| Box::new(Rejection(context.report)))
}
