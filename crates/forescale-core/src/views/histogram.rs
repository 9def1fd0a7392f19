//! The histograms of a model server: which there are, what they count, and where their buckets end.
//!
//! Names and buckets are those of `vllm/v1/metrics` in vLLM 0.33.

/// What a histogram's values are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HistogramUnit {
    /// Durations: counted in picoseconds, shown in seconds.
    Seconds,
    /// Tokens, or times that something happened.
    One,
}

/// A histogram as it stands. Values, bounds and the sum are picoseconds where the unit is seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HistogramView<'a> {
    /// The largest value of each bucket, ascending; after the last comes the bucket `+Inf`.
    pub bounds: &'static [u64],
    /// How many values fell into each bucket alone, one entry more than there are bounds.
    pub counts: &'a [u64],
    /// The sum of all values.
    pub sum: u128,
}

impl HistogramView<'_> {
    /// How many values there are: `_count`.
    pub fn count(&self) -> u64 {
        self.at_most(self.bounds.len())
    }

    /// How many values are at most the bound number `bucket`: what `_bucket` shows. The bucket after the last bound has all.
    pub fn at_most(&self, bucket: usize) -> u64 {
        self.counts.iter().take(bucket.saturating_add(1)).fold(0, |sum, count| sum.saturating_add(*count))
    }
}

/// A histogram family of vLLM.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HistogramFamily {
    /// `vllm:iteration_tokens_total`.
    IterationTokens,
    /// `vllm:time_to_first_token_seconds`.
    TimeToFirstToken,
    /// `vllm:inter_token_latency_seconds`.
    InterTokenLatency,
    /// `vllm:request_time_per_output_token_seconds`.
    RequestTimePerOutputToken,
    /// `vllm:e2e_request_latency_seconds`.
    E2eRequestLatency,
    /// `vllm:request_queue_time_seconds`.
    RequestQueueTime,
    /// `vllm:request_inference_time_seconds`.
    RequestInferenceTime,
    /// `vllm:request_prefill_time_seconds`.
    RequestPrefillTime,
    /// `vllm:request_decode_time_seconds`.
    RequestDecodeTime,
    /// `vllm:request_prompt_tokens`.
    RequestPromptTokens,
    /// `vllm:request_generation_tokens`.
    RequestGenerationTokens,
    /// `vllm:request_max_num_generation_tokens`.
    RequestMaxNumGenerationTokens,
    /// `vllm:request_prefill_kv_computed_tokens`.
    RequestPrefillKvComputedTokens,
    /// `vllm:request_params_max_tokens`.
    RequestParamsMaxTokens,
    /// `vllm:request_params_n`.
    RequestParamsN,
    /// `vllm:request_num_preemptions`.
    RequestNumPreemptions,
}

/// Picoseconds per millisecond.
const MS: u64 = 1_000_000_000;

const fn from_ms<const N: usize>(ms: [u64; N]) -> [u64; N] {
    let mut bounds = ms;
    let mut index = 0;
    while index < N {
        bounds[index] = ms[index] * MS;
        index += 1;
    }
    bounds
}

/// `time_to_first_token`.
static TIME_TO_FIRST_TOKEN: [u64; 22] = from_ms([
    1, 5, 10, 20, 40, 60, 80, 100, 250, 500, 750, 1_000, 2_500, 5_000, 7_500, 10_000, 20_000, 40_000, 80_000,
    160_000, 640_000, 2_560_000,
]);

/// `inter_token_latency`.
static INTER_TOKEN_LATENCY: [u64; 19] = from_ms([
    10, 25, 50, 75, 100, 150, 200, 300, 400, 500, 750, 1_000, 2_500, 5_000, 7_500, 10_000, 20_000, 40_000,
    80_000,
]);

/// `request_latency`.
static REQUEST_LATENCY: [u64; 21] = from_ms([
    300, 500, 800, 1_000, 1_500, 2_000, 2_500, 5_000, 10_000, 15_000, 20_000, 30_000, 40_000, 50_000, 60_000,
    120_000, 240_000, 480_000, 960_000, 1_920_000, 7_680_000,
]);

/// `iteration_tokens`.
static ITERATION_TOKENS: [u64; 13] = [1, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16_384];

/// `request_params_n`.
static REQUEST_PARAMS_N: [u64; 5] = [1, 2, 5, 10, 20];

/// `request_num_preemptions`.
static REQUEST_NUM_PREEMPTIONS: [u64; 7] = [1, 2, 3, 4, 5, 10, 20];

/// `request_tokens`, as far as 32 bits go; the longest sequence ends it.
static REQUEST_TOKENS: [u64; 29] = {
    let mut bounds = [0; 29];
    let mut index = 0;
    let mut decade = 1;
    while index < 29 {
        bounds[index] = decade * [1, 2, 5][index % 3];
        index += 1;
        if index % 3 == 0 {
            decade *= 10;
        }
    }
    bounds
};

impl HistogramFamily {
    /// All families, in the order of their numbers.
    pub const ALL: [Self; 16] = [
        Self::IterationTokens,
        Self::TimeToFirstToken,
        Self::InterTokenLatency,
        Self::RequestTimePerOutputToken,
        Self::E2eRequestLatency,
        Self::RequestQueueTime,
        Self::RequestInferenceTime,
        Self::RequestPrefillTime,
        Self::RequestDecodeTime,
        Self::RequestPromptTokens,
        Self::RequestGenerationTokens,
        Self::RequestMaxNumGenerationTokens,
        Self::RequestPrefillKvComputedTokens,
        Self::RequestParamsMaxTokens,
        Self::RequestParamsN,
        Self::RequestNumPreemptions,
    ];

    /// The name, before `_bucket`, `_sum` and `_count`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::IterationTokens => "vllm:iteration_tokens_total",
            Self::TimeToFirstToken => "vllm:time_to_first_token_seconds",
            Self::InterTokenLatency => "vllm:inter_token_latency_seconds",
            Self::RequestTimePerOutputToken => "vllm:request_time_per_output_token_seconds",
            Self::E2eRequestLatency => "vllm:e2e_request_latency_seconds",
            Self::RequestQueueTime => "vllm:request_queue_time_seconds",
            Self::RequestInferenceTime => "vllm:request_inference_time_seconds",
            Self::RequestPrefillTime => "vllm:request_prefill_time_seconds",
            Self::RequestDecodeTime => "vllm:request_decode_time_seconds",
            Self::RequestPromptTokens => "vllm:request_prompt_tokens",
            Self::RequestGenerationTokens => "vllm:request_generation_tokens",
            Self::RequestMaxNumGenerationTokens => "vllm:request_max_num_generation_tokens",
            Self::RequestPrefillKvComputedTokens => "vllm:request_prefill_kv_computed_tokens",
            Self::RequestParamsMaxTokens => "vllm:request_params_max_tokens",
            Self::RequestParamsN => "vllm:request_params_n",
            Self::RequestNumPreemptions => "vllm:request_num_preemptions",
        }
    }

    /// What its values are.
    pub const fn unit(self) -> HistogramUnit {
        match self {
            Self::TimeToFirstToken
            | Self::InterTokenLatency
            | Self::RequestTimePerOutputToken
            | Self::E2eRequestLatency
            | Self::RequestQueueTime
            | Self::RequestInferenceTime
            | Self::RequestPrefillTime
            | Self::RequestDecodeTime => HistogramUnit::Seconds,
            Self::IterationTokens
            | Self::RequestPromptTokens
            | Self::RequestGenerationTokens
            | Self::RequestMaxNumGenerationTokens
            | Self::RequestPrefillKvComputedTokens
            | Self::RequestParamsMaxTokens
            | Self::RequestParamsN
            | Self::RequestNumPreemptions => HistogramUnit::One,
        }
    }

    /// The largest value of each bucket but `+Inf`, ascending: picoseconds where the unit is seconds. Tokens of a request go up to
    /// `max_model_len`.
    pub fn bounds(self, max_model_len: u32) -> &'static [u64] {
        match self {
            Self::TimeToFirstToken => &TIME_TO_FIRST_TOKEN,
            Self::InterTokenLatency | Self::RequestTimePerOutputToken => &INTER_TOKEN_LATENCY,
            Self::E2eRequestLatency
            | Self::RequestQueueTime
            | Self::RequestInferenceTime
            | Self::RequestPrefillTime
            | Self::RequestDecodeTime => &REQUEST_LATENCY,
            Self::IterationTokens => &ITERATION_TOKENS,
            Self::RequestParamsN => &REQUEST_PARAMS_N,
            Self::RequestNumPreemptions => &REQUEST_NUM_PREEMPTIONS,
            Self::RequestPromptTokens
            | Self::RequestGenerationTokens
            | Self::RequestMaxNumGenerationTokens
            | Self::RequestPrefillKvComputedTokens
            | Self::RequestParamsMaxTokens => {
                let end = REQUEST_TOKENS.partition_point(|bound| *bound <= u64::from(max_model_len));
                REQUEST_TOKENS.get(..end).unwrap_or(&REQUEST_TOKENS)
            }
        }
    }
}

/// A set of histogram families; empty by default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HistogramFamilies(u16);

impl HistogramFamilies {
    /// None.
    pub const NONE: Self = Self(0);
    /// All of them.
    pub const ALL: Self = Self(u16::MAX);

    /// Adds a family.
    pub fn insert(&mut self, family: HistogramFamily) {
        self.0 |= 1 << family as u16;
    }

    /// Whether a family is in it.
    pub const fn contains(self, family: HistogramFamily) -> bool {
        self.0 & 1 << family as u16 != 0
    }

    /// Whether there is none in it.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_have_their_numbers_and_buckets_ascend() {
        for (index, family) in HistogramFamily::ALL.into_iter().enumerate() {
            assert_eq!(family as usize, index);
            let only = HistogramFamilies(1 << index);
            assert!(HistogramFamily::ALL.iter().all(|other| only.contains(*other) == (*other == family)));
            for max_model_len in [0, 1, 4096, u32::MAX] {
                assert!(family.bounds(max_model_len).is_sorted_by(|a, b| a < b), "{family:?}");
            }
            assert_eq!(family.name().ends_with("_seconds"), family.unit() == HistogramUnit::Seconds);
        }
    }

    /// `build_1_2_5_buckets` in `vllm/v1/metrics/buckets.py`: 1, 2, 5, 10, … up to the longest sequence, itself included.
    #[test]
    fn tokens_of_a_request_go_up_to_the_longest_sequence() {
        let bounds = |max_model_len| HistogramFamily::RequestPromptTokens.bounds(max_model_len);
        assert_eq!(bounds(100), [1, 2, 5, 10, 20, 50, 100]);
        assert_eq!(bounds(99), [1, 2, 5, 10, 20, 50]);
        assert!(bounds(0).is_empty());
        assert_eq!(bounds(u32::MAX).last(), Some(&2_000_000_000));
    }
}
