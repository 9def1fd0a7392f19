//! Rates, arrivals and lengths that cannot be drawn from.

use super::case::{BURST, Case, slip};

const RATE: &str = "[[\"0s\", 8.0], [\"5m\", 60.0], [\"10m\", 8.0]]";
const POISSON: &str = "poisson = { rate = [[\"0s\", 8.0], [\"5m\", 60.0], [\"10m\", 8.0]] }";
const LENGTH: &str = "prompt_tokens.lognormal = { mean = 512, sigma = 0.8 }";

pub(super) fn cases() -> Vec<Case> {
    [rates(), arrivals(), lengths()].concat()
}

fn rates() -> Vec<Case> {
    let rate = |name, to| slip("Rates", name, BURST, RATE, to);
    vec![
        rate("a form of a rate that does not exist", "{ sinus = { mean = 5 } }"),
        rate("a table without a form", "{}"),
        rate("spikes upon nothing", "{ spikes = [{ at = \"5m\", for = \"2m\", factor = 6 }] }"),
        rate("two forms at once", "{ base = 8, ramp = [[\"0s\", 2], [\"10m\", 40]] }"),
        rate("a ramp of one point", "{ ramp = [[\"0s\", 2]] }"),
        rate("a ramp that goes back", "{ ramp = [[\"0s\", 2], [\"10m\", 40], [\"5m\", 2]] }"),
        rate("a peak beyond twice the mean", "{ diurnal = { mean = 5, peak = 12, peak_at = \"14h\" } }"),
        rate("a day of a second", "{ diurnal = { mean = 5, peak = 9, period = \"1s\" } }"),
        rate("an hour in place of a duration", "{ diurnal = { mean = 5, peak = 9, peak_at = 14 } }"),
        rate("a spike without a duration", "{ base = 8, spikes = [{ at = \"5m\", factor = 6 }] }"),
        rate("a spike of no duration", "{ base = 8, spikes = [{ at = \"5m\", for = \"0s\", factor = 6 }] }"),
        rate("a spike below nothing", "{ base = 8, spikes = [{ at = \"5m\", for = \"2m\", factor = -6 }] }"),
        rate("spikes that are one", "{ base = 8, spikes = { at = \"5m\", for = \"2m\", factor = 6 } }"),
        rate(
            "a spike beyond any use",
            "{ base = 8, spikes = [{ at = \"5m\", for = \"2m\", factor = 1e6 }] }",
        ),
    ]
}

fn arrivals() -> Vec<Case> {
    let arrivals = |name, to| slip("Arrivals", name, BURST, POISSON, to);
    vec![
        arrivals("another name of a Gamma process", "gama = { rate = 8.0, cv = 2.0 }"),
        arrivals("a Gamma process without a cv", "gamma = { rate = 8.0 }"),
        arrivals("vLLM's burstiness", "gamma = { rate = 8.0, burstiness = 0.25 }"),
        arrivals("a cv beyond any use", "gamma = { rate = 8.0, cv = 1000 }"),
        arrivals("a cv below nothing", "weibull = { rate = 8.0, cv = -1 }"),
        arrivals("a fixed count with a cv that is no number", "fixed_count = { rate = 8.0, cv = nan }"),
        arrivals("one state", "mmpp = { rate = 8.0, states = [{ factor = 1, mean = \"60s\" }] }"),
        arrivals(
            "states in which nothing arrives",
            "mmpp = { rate = 8.0, states = [{ factor = 0, mean = \"60s\" }, { factor = 0, mean = \"9s\" }] }",
        ),
        arrivals(
            "a state that hardly lasts",
            "mmpp = { rate = 8.0, states = [{ factor = 1, mean = \"60s\" }, { factor = 3, mean = \"1ms\" }] }",
        ),
        arrivals(
            "a state without a factor",
            "mmpp = { rate = 8.0, states = [{ factor = 1, mean = \"60s\" }, { mean = \"9s\" }] }",
        ),
    ]
}

fn lengths() -> Vec<Case> {
    let length = |name, to| slip("Lengths", name, BURST, LENGTH, to);
    vec![
        length(
            "cut-offs the wrong way round",
            "prompt_tokens.gamma = { mean = 9, cv = 2, min = 64, max = 8 }",
        ),
        length("a cut-off below nothing", "prompt_tokens.exponential = { mean = 9, max = -8 }"),
        length("a mixture of nothing", "prompt_tokens.mixture = []"),
        length("a part without a weight", "prompt_tokens.mixture = [{ constant = 9 }]"),
        length("a part without a distribution", "prompt_tokens.mixture = [{ weight = 1 }]"),
        length(
            "a part with two distributions",
            "prompt_tokens.mixture = [{ weight = 1, constant = 9, gamma = { mean = 9, cv = 2 } }]",
        ),
        length("a mixture of mixtures", "prompt_tokens.mixture = [{ weight = 1, mixture = [] }]"),
        length("weights of nothing", "prompt_tokens.mixture = [{ weight = 0, constant = 9 }]"),
        length("nothing measured", "prompt_tokens.empirical = {}"),
        length(
            "quantiles that end early",
            "prompt_tokens.empirical.quantiles = [[0, 7], [0.5, 129], [0.95, 451]]",
        ),
        length("percentiles", "prompt_tokens.empirical.quantiles = [[0, 7], [50, 129], [100, 451]]"),
        length("quantiles that fall", "prompt_tokens.empirical.quantiles = [[0, 7], [0.5, 129], [1, 45]]"),
        length("values without weights", "prompt_tokens.empirical.values = [16, 128]"),
        length("values of no weight", "prompt_tokens.empirical.values = [[16, 0], [128, 0]]"),
    ]
}
