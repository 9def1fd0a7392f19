//! Clients that cannot be: closed loops, stages, load generators, retries.

use super::case::{BURST, Case, slip};

const ARRIVALS: &str = "arrivals.poisson = { rate = [[\"0s\", 8.0], [\"5m\", 60.0], [\"10m\", 8.0]] }";

pub(super) fn cases() -> Vec<Case> {
    [sources(), generators(), contexts(), clients()].concat()
}

/// Whatever decides when requests are sent.
fn sources() -> Vec<Case> {
    let source = |name, to| slip("Closed loops and stages", name, BURST, ARRIVALS, to);
    vec![
        source("a closed loop of nobody", "closed_loop = { users = 0 }"),
        source("half a user", "closed_loop = { users = 1.5 }"),
        source("users that come late", "closed_loop = { users = [[\"1m\", 8]] }"),
        source(
            "users that go back in time",
            "closed_loop = { users = [[\"0s\", 8], [\"5m\", 9], [\"5m\", 7]] }",
        ),
        source("a negative think time", "closed_loop = { users = 8, think_time = \"-1s\" }"),
        source("another name of thinking", "closed_loop = { users = 8, think = \"1s\" }"),
        source("two loops at once", "closed_loop = { users = 8 }\narrivals.poisson = { rate = 8.0 }"),
        source("no stage", "stages = []"),
        source("a stage without an end", "stages = [{ arrivals.poisson = { rate = 8.0 } }]"),
        source("a pause between no stages", "closed_loop = { users = 8 }\nstage_pause = \"1s\""),
    ]
}

fn contexts() -> Vec<Case> {
    let beside = |name, to| slip("Prefixes and sessions", name, BURST, "[workload.chat]", to);
    let instead = |name, to| slip("Prefixes and sessions", name, BURST, ARRIVALS, to);
    vec![
        beside("prefixes without a length", "[workload.chat]\nshared_prefix = { groups = 3 }"),
        beside("no group", "[workload.chat]\nshared_prefix = { groups = 0, tokens = 100 }"),
        beside("a law that is too steep", "[workload.chat]\nshared_prefix = { tokens = 100, zipf = 11.0 }"),
        beside("a session of unknown length", "[workload.chat]\nsession = { think_time = \"1s\" }"),
        beside("another name of a limit", "[workload.chat]\nsession = { turns = 3, max_context = 8000 }"),
        instead(
            "two times to think",
            "closed_loop = { users = 8 }\nsession = { turns = 3, think_time = \"1s\" }",
        ),
        instead(
            "sessions of a load generator",
            "guidellm = { rate_type = \"synchronous\", max_seconds = \"600s\" }\nsession = { turns = 3 }",
        ),
    ]
}

fn generators() -> Vec<Case> {
    let source = |name, to| slip("Load generators", name, BURST, ARRIVALS, to);
    vec![
        source(
            "a release of GuideLLM that is not known",
            "guidellm = { version = \"0.6.1\", rate_type = \"poisson\", rate = 20.0, max_seconds = \"600s\" }",
        ),
        source(
            "a rate type that GuideLLM does not have",
            "guidellm = { rate_type = \"poison\", rate = 20.0, max_seconds = \"600s\" }",
        ),
        source(
            "a rate type without its rate",
            "guidellm = { rate_type = \"poisson\", max_seconds = \"600s\" }",
        ),
        source(
            "more at once than GuideLLM has open",
            "guidellm = { rate_type = \"concurrent\", rate = 513, max_seconds = \"600s\" }",
        ),
        source(
            "two ends",
            "guidellm = { rate_type = \"synchronous\", max_seconds = \"600s\" }\nuntil = \"5m\"",
        ),
        source(
            "a load type of inference-perf that is not simulated",
            "inference_perf = { type = \"concurrent\", stages = [{ rate = 5.0, duration = \"360s\" }] }",
        ),
        source("a load of no stages", "inference_perf = { type = \"constant\", stages = [] }"),
    ]
}

fn clients() -> Vec<Case> {
    let client = |name, to| slip("Clients", name, BURST, "[gateway]", to);
    vec![
        client("no place for any request", "client.max_in_flight = 0\n\n[gateway]"),
        client("a client that does not wait", "client.timeout = \"0s\"\n\n[gateway]"),
        client("a retry policy that does not exist", "client.retry = \"openai-pyton\"\n\n[gateway]"),
        client("no attempt at all", "client.retry = { max_attempts = 0 }\n\n[gateway]"),
        client("waits that shrink", "client.retry = { factor = 0.5 }\n\n[gateway]"),
        client("more jitter than wait", "client.retry = { jitter = 1.5 }\n\n[gateway]"),
        client("a status that is none", "client.retry = { statuses = [429, 99999] }\n\n[gateway]"),
        client("another name of retries", "client.retries = 3\n\n[gateway]"),
    ]
}
