//! Step times fitted to measurements.

pub(super) mod nnls;
