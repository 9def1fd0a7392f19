//! Files in: scenarios, Kubernetes manifests, traces, step-time profiles.
//!
//! [`Scenario::load`] reads a scenario file with all that it names, and gives a [`forescale_core::RunConfig`]. Whatever is wrong is a
//! [`ScenarioError`] that names the file; whatever is valid but simulated in another way is a warning of the [`Scenario`].

mod engine;
mod error;
mod external;
mod manifests;
mod profile;
mod raw;
mod resolve;
mod scenario;
mod text;
mod trace;

pub use error::ScenarioError;
pub use profile::{GpuClass, Profile};
pub use scenario::{AutoscalerText, Scenario};
