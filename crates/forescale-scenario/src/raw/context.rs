//! What prompts have in common, as a scenario says it.

use crate::text::{DurationDist, TokenDist};
use forescale_document::Spanned;
use schemars::JsonSchema;
use serde::Deserialize;

/// Prompts that begin alike, such as those of tenants with a system prompt each. With prefix caching, an engine computes such a beginning
/// once, and the EPP's prefix scorer sends requests where theirs was sent before.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawSharedPrefix {
    /// How many different prefixes there are, 1 to 1,000,000. Each request has one of them; a session keeps its own.
    #[serde(default = "default_groups")]
    pub(crate) groups: Spanned<u32>,
    /// Length of a prefix, in tokens, drawn once for each. It comes before `prompt_tokens`.
    pub(crate) tokens: Spanned<TokenDist>,
    /// How unevenly they are used: the n-th one in proportion to n to the power of minus this (Zipf's law), 0 to 10. All alike if not given.
    #[serde(default = "default_zipf")]
    pub(crate) zipf: Spanned<f64>,
}

fn default_groups() -> Spanned<u32> {
    Spanned::new(1)
}

fn default_zipf() -> Spanned<f64> {
    Spanned::new(0.0)
}

/// Conversations: each turn's prompt is all that was said before, and `prompt_tokens` more. With `arrivals`, a session begins at each of them;
/// in a closed loop each user has one after the other. A turn that fails for good ends its session.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawSession {
    /// How many turns a session has, at least 1.
    pub(crate) turns: Spanned<TokenDist>,
    /// How long it takes from an answer to the next turn; no time if not given. In a closed loop, `closed_loop.think_time` says it.
    pub(crate) think_time: Option<Spanned<DurationDist>>,
    /// A session ends with the answer with which prompt and output have so many tokens together. Without limit if not given; a prompt beyond
    /// `--max-model-len` fails.
    pub(crate) max_context_tokens: Option<Spanned<u32>>,
}
