//! The one list of who may know whom, and why. The drawing in ARCHITECTURE.md is made from it.

/// Where code lives: a crate, or a top-level module of `forescale-core`.
pub(crate) struct Room {
    /// The crate's name, or the module's.
    pub(crate) name: &'static str,
    /// What it is to the others.
    pub(crate) kind: Kind,
}

/// What a room is to the others.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A whole crate; for `forescale-core` its `lib.rs`.
    Crate,
    /// A part of the loop. No part knows another one.
    Part,
    /// Knows the parts.
    Wiring,
    /// Observes a run and tells nobody in it.
    Record,
    /// What parts may see of each other.
    Views,
    /// Words that all use.
    Words,
}

const fn room(name: &'static str, kind: Kind) -> Room {
    Room { name, kind }
}

/// All rooms.
pub(crate) const ROOMS: &[Room] = &[
    room("forescale", Kind::Crate),
    room("forescale-report", Kind::Crate),
    room("forescale-experiment", Kind::Crate),
    room("forescale-conformance", Kind::Crate),
    room("forescale-scenario", Kind::Crate),
    room("forescale-core", Kind::Crate),
    room("forescale-promql", Kind::Crate),
    room("forescale-document", Kind::Crate),
    room("forescale-kernel", Kind::Crate),
    room("world", Kind::Wiring),
    room("fleet", Kind::Wiring),
    room("config", Kind::Wiring),
    room("record", Kind::Record),
    room("demand", Kind::Part),
    room("gateway", Kind::Part),
    room("replica", Kind::Part),
    room("cluster", Kind::Part),
    room("telemetry", Kind::Part),
    room("autoscaler", Kind::Part),
    room("views", Kind::Views),
    room("content", Kind::Words),
    room("ids", Kind::Words),
    room("outcome", Kind::Words),
    room("dist", Kind::Words),
];

/// From, to, why. A room of `forescale-core` stands for itself, every other crate for all that is in it.
pub(crate) const EDGES: &[(&str, &str, &str)] = &[
    // Between crates.
    ("forescale", "forescale-core", "runs configurations"),
    ("forescale", "forescale-kernel", "shows simulated time"),
    ("forescale", "forescale-promql", "shows queries"),
    ("forescale", "forescale-scenario", "loads scenarios"),
    ("forescale", "forescale-conformance", "replays recordings"),
    ("forescale", "forescale-document", "shows what is wrong with files"),
    ("forescale", "forescale-report", "writes what a run left behind"),
    ("forescale", "forescale-experiment", "runs experiments"),
    ("forescale-report", "forescale-core", "reads the record"),
    ("forescale-report", "forescale-experiment", "writes and draws what came out of it"),
    ("forescale-report", "forescale-promql", "its tests make queries"),
    ("forescale-report", "forescale-kernel", "instants and durations"),
    ("forescale-experiment", "forescale-core", "runs variants of a configuration"),
    ("forescale-experiment", "forescale-kernel", "durations and random streams"),
    ("forescale-experiment", "forescale-document", "reads baselines, and says what is wrong with them"),
    ("forescale-scenario", "forescale-core", "makes its configuration"),
    ("forescale-scenario", "forescale-document", "reads files as trees with places, and says what is wrong"),
    ("forescale-scenario", "forescale-promql", "reads the adapter's queries"),
    ("forescale-scenario", "forescale-kernel", "instants, durations and random streams"),
    ("forescale-conformance", "forescale-core", "drives the parts with recordings"),
    ("forescale-conformance", "forescale-kernel", "recorded instants and durations"),
    ("forescale-conformance", "forescale-scenario", "finds the profiles of measured deployments"),
    // forescale-core's lib.rs shows what a caller needs.
    ("forescale-core", "world", "shows `run`"),
    ("forescale-core", "config", "shows `RunConfig`"),
    ("forescale-core", "fleet", "shows how telemetry names an external metric"),
    // The wiring alone knows the parts.
    ("world", "config", "builds a run from its configuration"),
    ("world", "fleet", "shows parts to each other through the views"),
    ("world", "record", "tells the recorder what happens"),
    ("world", "demand", "asks for requests, says how they end"),
    ("world", "gateway", "hands it requests, takes dispatches"),
    ("world", "replica", "hands it prompts and signals, takes tokens"),
    ("world", "cluster", "hands it the scale, takes pod phases"),
    ("world", "telemetry", "tells it of targets, lets it scrape"),
    ("world", "autoscaler", "runs its syncs"),
    ("world", "content", "keeps what prompts begin with until their dispatch"),
    ("world", "ids", "addresses messages"),
    ("world", "outcome", "ends requests"),
    ("world", "forescale-kernel", "owns the calendar"),
    ("fleet", "gateway", "shows the EPP's `/metrics` to telemetry"),
    ("fleet", "replica", "shows model servers' `/metrics` to gateway and telemetry"),
    ("fleet", "telemetry", "answers the metrics API from it"),
    ("fleet", "autoscaler", "implements the metrics API that it asks"),
    ("fleet", "views", "implements the views"),
    ("fleet", "ids", "finds pods"),
    ("fleet", "forescale-kernel", "instants of observation"),
    ("config", "demand", "holds its workloads"),
    ("config", "gateway", "holds its settings"),
    ("config", "replica", "holds its settings"),
    ("config", "cluster", "holds its settings"),
    ("config", "telemetry", "holds its settings"),
    ("config", "autoscaler", "makes one per run"),
    ("config", "record", "holds the objectives"),
    ("config", "forescale-kernel", "durations"),
    // The record keeps what was said, in the words of those who said it.
    ("record", "demand", "keeps requests"),
    ("record", "autoscaler", "keeps decisions with their reasons"),
    ("record", "ids", "names pods"),
    ("record", "outcome", "counts outcomes"),
    ("record", "forescale-kernel", "instants and durations"),
    // The parts know views, words and simulated time.
    ("content", "ids", "names whose tokens they are"),
    ("demand", "content", "says what prompts begin with"),
    ("demand", "dist", "draws lengths"),
    ("demand", "ids", "numbers requests"),
    ("demand", "outcome", "learns how requests end"),
    ("demand", "forescale-kernel", "time and random streams"),
    ("gateway", "views", "sees model servers by their `/metrics`, shows its own"),
    ("gateway", "content", "looks prompts up in its prefix index"),
    ("gateway", "ids", "names requests, flows and pods"),
    ("gateway", "outcome", "ends requests that it rejects or evicts"),
    ("gateway", "forescale-kernel", "time, timers and random streams"),
    ("replica", "views", "shows its `/metrics`"),
    ("replica", "content", "finds blocks again by what they hold"),
    ("replica", "ids", "names requests"),
    ("replica", "outcome", "ends requests that it loses"),
    ("replica", "dist", "draws service times of the test engine"),
    ("replica", "forescale-kernel", "time, timers and random streams"),
    ("cluster", "views", "shows scale and pods as the API server does"),
    ("cluster", "ids", "names pods"),
    ("cluster", "dist", "draws cold starts"),
    ("cluster", "forescale-kernel", "time, timers and random streams"),
    ("telemetry", "views", "scrapes `/metrics`"),
    ("telemetry", "ids", "names targets"),
    ("telemetry", "forescale-promql", "stores samples under labels and evaluates the adapter's queries"),
    ("telemetry", "forescale-kernel", "time, timers and random streams"),
    ("autoscaler", "views", "sees the scale and the pods as the API server shows them"),
    ("autoscaler", "forescale-document", "its tests read manifests"),
    ("autoscaler", "forescale-kernel", "time, wall clock and the phase of its syncs"),
    ("views", "ids", "names pods"),
    ("views", "forescale-kernel", "instants"),
    ("dist", "forescale-kernel", "its tests draw from a stream"),
];

/// What the simulated loop must not reach for outside its tests: no I/O, no clock, no thread, no environment.
pub(crate) const OUTER_WORLD: &[&str] = &["fs", "io", "net", "env", "process", "thread", "time"];

/// The crates of the simulated loop.
pub(crate) const PURE: &[&str] = &["forescale-kernel", "forescale-core", "forescale-promql"];
