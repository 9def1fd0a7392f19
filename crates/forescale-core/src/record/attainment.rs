//! How many requests were as good as the objectives want them.

/// How many requests attained the objectives: they were served, and their own time to first token, mean inter-token latency and end-to-end
/// latency were within the limits. All others that ended are misses, and so are those in flight at the end of the run that can attain them no more.
///
/// That is how `vllm bench serve --goodput` judges, with TPOT for the mean inter-token latency. Where objectives limit a measure at several
/// quantiles, the strictest limit holds; without any limit a request attains if it is served.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RequestAttainment {
    /// Requests within all limits.
    pub attained: u64,
    /// The others that were judged.
    pub missed: u64,
}

impl RequestAttainment {
    /// The share of those judged that attained, 0 to 1; `None` where none was judged.
    pub fn share(&self) -> Option<f64> {
        let judged = self.attained + self.missed;
        (judged > 0).then(|| self.attained as f64 / judged as f64)
    }

    pub(super) fn count(&mut self, is_attained: bool) {
        match is_attained {
            true => self.attained += 1,
            false => self.missed += 1,
        }
    }
}
