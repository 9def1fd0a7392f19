//! A fitted step time as a profile's file.

use super::{Fit, SweepKind};
use forescale_core::replica::GpuTime;
use forescale_kernel::SimDuration;

/// A duration as it is read again, exactly.
fn ps(ps: u64) -> String {
    format!("\"{}\"", SimDuration::from_ps(ps))
}

/// A million pairs are two million half pairs.
fn pairs(half_pair_fs: u64) -> String {
    ps(half_pair_fs.saturating_mul(2000))
}

impl Fit {
    /// The file, which takes from `base` what is not about times.
    pub fn to_toml(&self, base: &str) -> String {
        let what = match self.kind {
            SweepKind::Steps => "steps",
            SweepKind::Load => "runs under load",
        };
        let coefficients = match &self.gpu {
            GpuTime::Piecewise(p) => format!(
                "[step_time.piecewise]\nfixed = {}\nknee_low = {}\nper_token_below = {}\nknee_high = {}\nper_token_above = {}\nper_context_token = {}\nper_million_pairs = {}\n",
                ps(p.fixed_ps),
                p.knee_low_tokens,
                ps(p.below_ps),
                p.knee_high_tokens,
                ps(p.above_ps),
                ps(p.context_ps),
                pairs(p.half_pair_fs),
            ),
            GpuTime::Affine(a) => format!(
                "[step_time.affine]\nfixed = {}\nper_prefill_token = {}\nper_sequence = {}\nper_context_token = {}\nper_million_pairs = {}\n",
                ps(a.fixed_ps),
                ps(a.prefill_token_ps),
                ps(a.seq_ps),
                ps(a.context_ps),
                pairs(a.half_pair_fs),
            ),
            GpuTime::Table(_) => String::new(),
        };
        let quality = &self.quality;
        let host = ps(self.host.as_ps());
        format!(
            "# A step-time profile, fitted by `sim profile fit` to {what}. A scenario names it: [model_server] profile = \"THIS FILE\".\n\
            # What is not written here (model, memory, KV blocks, limits) is that of:\n\
            base = {}\n\n\
            # The host's share of each step; {}.\n\
            [host]\nper_step = {host}\n\n\
            {coefficients}\n\
            [fit]\nsource = {}\nrows = {}\nmape_percent = {:.2}\np90_percent = {:.2}\nr2 = {:.4}\n",
            quoted(base),
            if self.host.is_zero() {
                "none apart from the measured times"
            } else {
                "it was taken out of the measured times"
            },
            quoted(&self.source),
            quality.observations,
            quality.mape_percent,
            quality.p90_percent,
            quality.r2,
        )
    }
}

/// A text in quotation marks, as TOML has it.
fn quoted(text: &str) -> String {
    // JSON's escapes are TOML's, but for one character that JSON leaves as it is.
    serde_json::Value::from(text).to_string().replace('\u{7f}', "\\u007f")
}
