//! Names and files of profiles.

use super::case::{BURST, Case, Edit, case};

/// The profile of `burst.toml`.
const PROFILE: &str = "\"llama-3.1-8b/h100-sxm-80gb/tp1\"";

pub(super) fn cases() -> Vec<Case> {
    let named = |name: &str, to| case("Profiles", name, BURST, &[Edit::Replace(BURST, PROFILE, to)]);
    // A scenario whose profile is a file.
    let profile = |name: &str, edit| {
        case("Profiles", name, BURST, &[Edit::Replace(BURST, PROFILE, "\"mine.toml\""), edit])
    };
    vec![
        named("a misspelt model of a profile", "\"lama-3.1-8b/h100-sxm-80gb/tp1\""),
        named("a model without a profile", "\"deepseek-v3/h100-sxm-80gb/tp8\""),
        named("a misspelt GPU of a profile", "\"llama-3.1-8b/h100-smx-80gb/tp1\""),
        named("a GPU without a profile of the model", "\"gpt-oss-120b/l4/tp1\""),
        named("more GPUs than a profile has", "\"llama-3.1-8b/h100-sxm-80gb/tp16\""),
        named("a dtype without a profile", "\"llama-3.1-8b/h100-sxm-80gb/tp1/int4\""),
        named("a profile for more GPUs than the pod has", "\"llama-3.1-8b/h100/tp2\""),
        named("half a profile's name", "\"mixtral/a100\""),
        profile("a profile's file that does not exist", Edit::Remove("trace.csv")),
        profile("an empty profile's file", Edit::Write("mine.toml", b"")),
        profile(
            "misspelt and missing keys of a profile's file",
            Edit::Write("mine.toml", b"base = \"llama-3.1-8b/h100/tp1\"\n[step_time.piecewise]\nfixed = \"6.4 ms\"\nknee_low = 256\nper_token_bellow = \"11us\"\nknee_high = 384\nper_token_above = 21\nper_context_token = \"43ns\"\n"),
        ),
        profile(
            "another form of a profile's file",
            Edit::Write("mine.toml", b"base = \"llama-3.1-8b/h100/tp1\"\n[step_time.quadratic]\nfixed = \"6ms\"\n"),
        ),
        profile(
            "a profile's file without a base and a GPU",
            Edit::Write("mine.toml", b"[step_time.affine]\nfixed = \"6ms\"\nper_prefill_token = \"17us\"\nper_sequence = \"13us\"\nper_context_token = \"43ns\"\n"),
        ),
        profile(
            "a misspelt base of a profile's file",
            Edit::Write("mine.toml", b"base = \"llama-3.1-8b/h10/tp1\"\n[step_time.affine]\nfixed = \"6ms\"\nper_prefill_token = \"17us\"\nper_sequence = \"13us\"\nper_context_token = \"43ns\"\n"),
        ),
        profile(
            "steps in no time",
            Edit::Write("mine.toml", b"base = \"llama-3.1-8b/h100/tp1\"\n[step_time.affine]\nfixed = \"0s\"\nper_prefill_token = \"17us\"\nper_sequence = \"0s\"\nper_context_token = \"43ns\"\n"),
        ),
        profile(
            "a table with one prompt",
            Edit::Write("mine.toml", b"base = \"llama-3.1-8b/h100/tp1\"\n[step_time.table]\ndecode = [[1, 512, \"6ms\"]]\nprefill = [[512, \"14ms\"]]\n"),
        ),
    ]
}
