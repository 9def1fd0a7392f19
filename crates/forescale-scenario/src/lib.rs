//! Files in: scenarios, Kubernetes manifests, traces, step-time profiles.
//!
//! [`Scenario::load`] reads a scenario file with all that it names, and gives a [`forescale_core::RunConfig`]. Whatever is wrong is
//! told in a [`Rejection`], all of it at once, each mistake with its file, line and column; whatever is valid but simulated in
//! another way is a warning in the scenario's report.

mod aftermath;
mod codes;
mod context;
mod draft;
mod edits;
mod engine;
mod examine;
mod external;
mod load;
mod manifests;
mod overrides;
mod patch;
mod profile;
mod raw;
mod resolve;
mod scenario;
mod schema;
mod settings;
mod study;
mod summary;
mod sweep;
mod text;
mod trace;
mod variant;

pub use codes::all as codes;
pub use draft::{Draft, draft_scenario};
pub use edits::Edits;
pub use patch::{PatchedManifest, patch_manifests};
pub use profile::{
    Accuracy, Fit, FitOptions, Form, Gpu, GpuClass, KvCapacity, Model, Profile, Quality, SweepKind, Tier,
    UnknownProfile, fit_profile,
};
pub use resolve::is_scenario_name;
pub use scenario::{AutoscalerText, Rejection, ResolvedHpa, Scenario};
pub use schema::{Key, Notation, keys, notations, schema};
pub use settings::{Origin, Setting, Settings};
pub use study::Study;
pub use summary::{ManifestObject, ManifestSummary, check_manifests};
pub use sweep::{Axis, Design, Point, Sweep};
pub use trace::{
    CountStatistics, REPAIR_WINDOW, RateBin, RateCurve, RateFile, RateSeries, RateStep, Rates, Replay,
    Replayed, ServegenClient, ServegenClients, ServegenProcess, ServegenWindow, Stamps, TimeUnit,
    TokenStatistics, TraceColumns, TraceFile, TraceFormat, TraceRepairs, TraceRequest, TraceRequests,
    TraceStatistics, Traffic, TrafficComparison, TrafficFit,
};
pub use variant::BASE;
