//! Forescale: a discrete-event simulator of autoscaling for LLM inference on Kubernetes.
//!
//! Requests flow through the Inference Gateway's Endpoint Picker with flow control to vLLM replicas; their metrics are scraped,
//! queried and read by a HorizontalPodAutoscaler, which changes the replicas. Load a scenario, run it, read the record:
//!
//! ```no_run
//! use forescale::scenario::Scenario;
//!
//! let scenario = Scenario::load("scenarios/burst.toml".as_ref())?;
//! let record = forescale::core::run(&scenario.config)?;
//! for scaling in record.scalings() {
//!     println!("{} {} → {}: {}", scaling.at, scaling.from, scaling.to(), scaling.decision.reason);
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Each part can be used alone: [`core::autoscaler::hpa`] is the HPA controller without a simulation around it.

pub mod bench;
pub mod prepare;

pub use forescale_conformance as conformance;
pub use forescale_core as core;
pub use forescale_document as document;
pub use forescale_experiment as experiment;
pub use forescale_kernel as kernel;
pub use forescale_promql as promql;
pub use forescale_report as report;
pub use forescale_scenario as scenario;
