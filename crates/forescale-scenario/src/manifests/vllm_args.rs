//! vLLM's command line.

mod values;

use crate::codes;
use crate::context::{Context, Told};
use forescale_core::replica::SchedulingPolicy;
use forescale_document::{Code, Refusal, Spanned, nearest};
use values::{missing, number, one_of, tokens, wrong};

/// `--max-model-len`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MaxModelLen {
    Tokens(u32),
    /// `-1` or `auto`: what the model allows, or less where the KV cache is too small for it.
    Auto,
}

/// `--performance-mode`: which defaults and kernels vLLM prefers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum PerformanceMode {
    #[default]
    Balanced,
    Interactivity,
    Throughput,
}

impl PerformanceMode {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Balanced => "balanced",
            Self::Interactivity => "interactivity",
            Self::Throughput => "throughput",
        }
    }
}

/// What the simulation reads of `vllm serve …`; `None` where the flag is not given.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct VllmArgs {
    pub(crate) model: Option<String>,
    pub(crate) served_model_name: Option<String>,
    pub(crate) max_num_seqs: Option<u32>,
    pub(crate) max_num_active_seqs: Option<u32>,
    pub(crate) max_num_batched_tokens: Option<u32>,
    pub(crate) max_model_len: Option<MaxModelLen>,
    pub(crate) block_size: Option<u32>,
    pub(crate) num_gpu_blocks_override: Option<u32>,
    pub(crate) gpu_memory_utilization: Option<f64>,
    pub(crate) tensor_parallel_size: Option<u32>,
    pub(crate) long_prefill_token_threshold: Option<u32>,
    pub(crate) prefill_schedule_interval: Option<u32>,
    pub(crate) watermark: Option<f64>,
    pub(crate) scheduling_policy: Option<SchedulingPolicy>,
    pub(crate) performance_mode: Option<PerformanceMode>,
    pub(crate) shutdown_timeout: Option<u64>,
    pub(crate) enable_chunked_prefill: Option<bool>,
    pub(crate) enable_prefix_caching: Option<bool>,
    pub(crate) async_scheduling: Option<bool>,
    pub(crate) enforce_eager: Option<bool>,
    pub(crate) long_prefill_token_threshold_adaptive: Option<bool>,
    pub(crate) scheduler_reserve_full_isl: Option<bool>,
    /// Flags that the simulation does not know; they are without effect.
    pub(crate) unknown: Vec<Spanned<String>>,
    /// Where each flag that was read stands.
    pub(crate) places: Vec<(String, Option<forescale_document::Span>)>,
}

/// Flags of the server or the model that do not touch scheduling.
const WITHOUT_EFFECT: [&str; 22] = [
    "--host",
    "--port",
    "--api-key",
    "--dtype",
    "--download-dir",
    "--trust-remote-code",
    "--tokenizer",
    "--chat-template",
    "--uvicorn-log-level",
    "--disable-log-requests",
    "--no-enable-log-requests",
    "--enable-log-requests",
    "--seed",
    "--revision",
    "--load-format",
    "--tool-call-parser",
    "--enable-auto-tool-choice",
    "--reasoning-parser",
    "--root-path",
    "--disable-uvicorn-access-log",
    "--ssl-keyfile",
    "--ssl-certfile",
];

/// Flags that change what is simulated: leaving them aside would simulate another server.
const NOT_YET: [&str; 8] = [
    "--kv-cache-dtype",
    "--quantization",
    "--speculative-config",
    "--config",
    "--max-num-partial-prefills",
    "--enable-lora",
    "--kv-transfer-config",
    "--enable-expert-parallel",
];

/// Limits of vLLM's queue; it has none if neither is given.
const QUEUE_LIMITS: [&str; 2] = ["--max-num-queued-reqs", "--max-num-queued-tokens"];

/// Ways to spread a replica that are not simulated, but for one part: none.
const PARALLEL: [&str; 2] = ["--pipeline-parallel-size", "--data-parallel-size"];

/// vLLM's short spellings.
const SHORT: [(&str, &str); 4] = [
    ("-tp", "--tensor-parallel-size"),
    ("-pp", "--pipeline-parallel-size"),
    ("-dp", "--data-parallel-size"),
    ("-q", "--quantization"),
];

/// Flags that are read.
const KNOWN: [&str; 22] = [
    "--model",
    "--served-model-name",
    "--max-num-seqs",
    "--max-num-batched-tokens",
    "--max-model-len",
    "--block-size",
    "--num-gpu-blocks-override",
    "--gpu-memory-utilization",
    "--tensor-parallel-size",
    "--long-prefill-token-threshold",
    "--shutdown-timeout",
    "--enable-chunked-prefill",
    "--enable-prefix-caching",
    "--async-scheduling",
    "--enforce-eager",
    "--scheduling-policy",
    "--max-num-active-seqs",
    "--long-prefill-token-threshold-adaptive",
    "--prefill-schedule-interval",
    "--watermark",
    "--scheduler-reserve-full-isl",
    "--performance-mode",
];

/// All flags of which something is known here.
pub(super) fn known() -> impl Iterator<Item = &'static str> {
    KNOWN.into_iter().chain(WITHOUT_EFFECT).chain(NOT_YET).chain(QUEUE_LIMITS).chain(PARALLEL)
}

/// Whether something is known of a flag, by its long name without `no-`.
pub(super) fn is_known(flag: &str) -> bool {
    known().any(|known| {
        known.trim_start_matches("--no-").trim_start_matches("--") == flag.trim_start_matches("--")
    })
}

/// Whether a flag, by its long name without `no-`, is one that is on or off.
pub(super) fn is_switch(flag: &str) -> bool {
    VllmArgs::default().set_switch(flag, None) == Ok(true)
}

/// The long name of a flag that is given by its short one; any other name as it is.
pub(super) fn long_name(flag: &str) -> &str {
    SHORT.iter().find(|(short, _)| *short == flag).map_or(flag, |(_, long)| long)
}

/// The flag that a misspelt one means; vLLM has many more than are known here, so only a close one counts.
fn meant(flag: &str) -> Option<&'static str> {
    let near = nearest(flag, known())?;
    let begins_alike = flag.get(..6).is_some_and(|start| near.starts_with(start));
    (begins_alike && flag.len().abs_diff(near.len()) <= 2).then_some(near)
}

/// What vLLM would not take for the flag that it looks like.
fn slip(word: &str) -> Option<Refusal> {
    let dash = word.chars().next().filter(|c| matches!(c, '\u{2010}'..='\u{2015}' | '\u{2212}'));
    if let Some(dash) = dash {
        let flag = word.trim_start_matches(dash);
        let refusal = Refusal::new(
            Code::WRONG_VALUE,
            "begins with a typographic dash, so vLLM does not take it for an argument",
        );
        return Some(refusal.help(format!("write `--{flag}`")));
    }
    let (flag, value) = word.split_once(char::is_whitespace)?;
    if !flag.starts_with("--") || flag.contains('=') {
        return None;
    }
    let refusal = Refusal::new(
        Code::WRONG_VALUE,
        "an argument and its value are two words, so vLLM knows no such argument",
    );
    Some(refusal.help(format!("write `{flag}={}`, or two items of the list", value.trim())))
}

fn is_truth(word: &str) -> bool {
    word.eq_ignore_ascii_case("true") || word.eq_ignore_ascii_case("false")
}

/// A switch followed by `true` or `false`, which vLLM takes for a stray word.
fn switch_with_word(flag: &str, word: &str) -> Refusal {
    let name = flag.trim_start_matches("--no-").trim_start_matches("--");
    let is_on = word.eq_ignore_ascii_case("true") != flag.starts_with("--no-");
    let refusal = wrong(format!("`{flag}` is a switch and takes no value, so vLLM does not know `{word}`"));
    refusal.help(format!("write `--{}{name}`", if is_on { "" } else { "no-" }))
}

impl VllmArgs {
    /// Reads a command line: `--flag value`, `--flag=value`, `--flag`, `--no-flag`; `_` and `-` are the same, as in vLLM.
    ///
    /// All flags with a missing or wrong value are told.
    pub(crate) fn parse(context: &mut Context, words: &[Spanned<String>]) -> Told<Self> {
        let mut args = Self::default();
        let mut words = words.iter().peekable();
        let mut after_serve = false;
        let mut is_fine = Ok(());
        while let Some(given) = words.next() {
            let word: &str = given;
            let word = match SHORT.iter().find(|(short, _)| word.split('=').next() == Some(short)) {
                Some((short, long)) => word.replacen(short, long, 1),
                None => word.to_owned(),
            };
            let word = word.as_str();
            if let Some(refusal) = slip(word) {
                let diagnostic = context.refused(refusal, given.span(), word);
                is_fine = context.fail(diagnostic);
                continue;
            }
            if !word.starts_with("--") {
                // `vllm serve MODEL`
                if after_serve && args.model.is_none() && !word.starts_with('-') {
                    args.model = Some(word.to_owned());
                    args.places.push(("model".to_owned(), given.span()));
                }
                after_serve = word == "serve";
                continue;
            }
            after_serve = false;
            let (flag, inline) = match word.split_once('=') {
                Some((flag, value)) => (flag.replace('_', "-"), Some(value)),
                None => (word.replace('_', "-"), None),
            };
            args.places
                .push((flag.trim_start_matches("--no-").trim_start_matches("--").to_owned(), given.span()));
            let read = match args.set_switch(&flag, inline) {
                Ok(true) => match words.next_if(|next| inline.is_none() && is_truth(next)) {
                    Some(value) => Err(switch_with_word(&flag, value)),
                    None => Ok(()),
                },
                Ok(false) => {
                    let value = match inline {
                        Some(value) => Some(value),
                        None => words.next_if(|next| !next.starts_with("--")).map(|value| value.as_str()),
                    };
                    args.set_value(given, &flag, value)
                }
                Err(refusal) => Err(refusal),
            };
            if let Err(refusal) = read {
                let diagnostic = context.error(refusal.code, given.span(), refusal.message);
                let help = refusal.help;
                is_fine = context.fail(if help.is_empty() { diagnostic } else { diagnostic.help(help) });
            }
        }
        is_fine.map(|()| args)
    }

    /// Where a flag stands, by its name without dashes.
    pub(crate) fn place(&self, flag: &str) -> Option<forescale_document::Span> {
        self.places.iter().rev().find(|(name, _)| name == flag).and_then(|(_, span)| *span)
    }

    fn set_switch(&mut self, flag: &str, inline: Option<&str>) -> Result<bool, Refusal> {
        let (name, on) = match flag.strip_prefix("--no-") {
            Some(name) => (format!("--{name}"), false),
            None => (flag.to_owned(), true),
        };
        let slot = match name.as_str() {
            "--enable-chunked-prefill" => &mut self.enable_chunked_prefill,
            "--enable-prefix-caching" => &mut self.enable_prefix_caching,
            "--async-scheduling" => &mut self.async_scheduling,
            "--enforce-eager" => &mut self.enforce_eager,
            "--long-prefill-token-threshold-adaptive" => &mut self.long_prefill_token_threshold_adaptive,
            "--scheduler-reserve-full-isl" => &mut self.scheduler_reserve_full_isl,
            _ => return Ok(false),
        };
        *slot = match inline.map(str::to_ascii_lowercase).as_deref() {
            None | Some("true") => Some(on),
            Some("false") => Some(!on),
            Some(other) => {
                let message = format!("`{flag}={other}`: a switch is true or false");
                return Err(Refusal::new(Code::WRONG_VALUE, message));
            }
        };
        Ok(true)
    }

    fn set_value(&mut self, word: &Spanned<String>, flag: &str, value: Option<&str>) -> Result<(), Refusal> {
        let text = || value.map(str::to_owned).ok_or_else(|| missing(flag));
        let not_yet = |message: String| Err(Refusal::new(codes::NOT_SIMULATED, message));
        match flag {
            "--model" => self.model = Some(text()?),
            "--served-model-name" => self.served_model_name = Some(text()?),
            "--max-num-seqs" => self.max_num_seqs = number(flag, value)?,
            "--max-num-batched-tokens" => self.max_num_batched_tokens = Some(tokens(flag, value)?),
            "--max-num-active-seqs" => self.max_num_active_seqs = number(flag, value)?,
            "--max-model-len" => {
                self.max_model_len = Some(match value {
                    Some("-1" | "auto") => MaxModelLen::Auto,
                    _ => MaxModelLen::Tokens(tokens(flag, value)?),
                });
            }
            "--block-size" => self.block_size = number(flag, value)?,
            "--num-gpu-blocks-override" => self.num_gpu_blocks_override = number(flag, value)?,
            "--gpu-memory-utilization" => self.gpu_memory_utilization = number(flag, value)?,
            "--tensor-parallel-size" => self.tensor_parallel_size = number(flag, value)?,
            "--long-prefill-token-threshold" => self.long_prefill_token_threshold = number(flag, value)?,
            "--prefill-schedule-interval" => self.prefill_schedule_interval = number(flag, value)?,
            "--watermark" => self.watermark = number(flag, value)?,
            "--scheduling-policy" => {
                let policies = [("fcfs", SchedulingPolicy::Fcfs), ("priority", SchedulingPolicy::Priority)];
                self.scheduling_policy = Some(one_of(flag, value, &policies)?);
            }
            "--performance-mode" => {
                use PerformanceMode::*;
                let modes = [Balanced, Interactivity, Throughput].map(|mode| (mode.name(), mode));
                self.performance_mode = Some(one_of(flag, value, &modes)?);
            }
            "--shutdown-timeout" => self.shutdown_timeout = number(flag, value)?,
            _ if QUEUE_LIMITS.contains(&flag) => {
                number::<u64>(flag, value)?;
                let message = format!(
                    "`{flag}` is not simulated yet: requests wait in vLLM without limit, and none is turned away"
                );
                return not_yet(message);
            }
            _ if PARALLEL.contains(&flag) && number::<u32>(flag, value)? == Some(1) => {}
            _ if PARALLEL.contains(&flag) => return not_yet(format!("`{flag}` is not simulated yet")),
            "--kv-cache-dtype" if value == Some("auto") => {}
            _ if WITHOUT_EFFECT.contains(&flag) => {}
            _ if NOT_YET.contains(&flag) => return not_yet(format!("`{flag}` is not simulated yet")),
            _ => match meant(flag) {
                Some(near) => {
                    let refusal =
                        Refusal::new(codes::UNKNOWN_REFERENCE, format!("vLLM has no argument `{flag}`"));
                    return Err(refusal.help(format!("did you mean `{near}`?")));
                }
                None => self.unknown.push(word.clone().map(|_| flag.to_owned())),
            },
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<VllmArgs, String> {
        let mut context = Context::default();
        let words: Vec<Spanned<String>> =
            line.split_whitespace().map(|word| Spanned::new(word.to_owned())).collect();
        VllmArgs::parse(&mut context, &words).map_err(|_| {
            context.report.errors().map(|error| error.message.clone()).collect::<Vec<_>>().join("; ")
        })
    }

    #[test]
    fn both_spellings_of_values_and_switches() {
        let args = parse(
            "vllm serve meta/llama --max-num-seqs=1024 --max_num_batched_tokens 8192 --no-async-scheduling \
             --enable-prefix-caching=false --port 8000 --gpu-memory-utilization 0.85 -tp 2 --max-model-len 32K --made-up {}",
        );
        let expected = VllmArgs {
            model: Some("meta/llama".to_owned()),
            max_num_seqs: Some(1024),
            max_num_batched_tokens: Some(8192),
            gpu_memory_utilization: Some(0.85),
            async_scheduling: Some(false),
            enable_prefix_caching: Some(false),
            tensor_parallel_size: Some(2),
            max_model_len: Some(MaxModelLen::Tokens(32_768)),
            unknown: vec![Spanned::new("--made-up".to_owned())],
            ..VllmArgs::default()
        };
        assert_eq!(args.map(|args| VllmArgs { places: Vec::new(), ..args }), Ok(expected));
    }

    #[test]
    fn every_knob_of_the_scheduler() {
        let args = parse(
            "--async_scheduling --no-enable-chunked-prefill --scheduling-policy=priority --max_num_active_seqs 7 \
             --long-prefill-token-threshold-adaptive --prefill-schedule-interval 3 --watermark=0.1 \
             --no-scheduler-reserve-full-isl --performance-mode throughput --max-model-len -1 --kv-cache-dtype auto",
        );
        let expected = VllmArgs {
            async_scheduling: Some(true),
            enable_chunked_prefill: Some(false),
            scheduling_policy: Some(SchedulingPolicy::Priority),
            max_num_active_seqs: Some(7),
            long_prefill_token_threshold_adaptive: Some(true),
            prefill_schedule_interval: Some(3),
            watermark: Some(0.1),
            scheduler_reserve_full_isl: Some(false),
            performance_mode: Some(PerformanceMode::Throughput),
            max_model_len: Some(MaxModelLen::Auto),
            ..VllmArgs::default()
        };
        assert_eq!(args.map(|args| VllmArgs { places: Vec::new(), ..args }), Ok(expected));
    }

    #[test]
    fn wrong_values_are_named() {
        assert_eq!(
            parse("--max-num-seqs many").unwrap_err(),
            "`--max-num-seqs` needs a number that is not negative, found `many`"
        );
        assert_eq!(parse("--max-num-seqs --port 1").unwrap_err(), "`--max-num-seqs` needs a value");
        assert!(parse("--async-scheduling=maybe").is_err());
        assert_eq!(parse("-pp 2").unwrap_err(), "`--pipeline-parallel-size` is not simulated yet");
        assert!(parse("--data-parallel-size=1 --max-model-len 4k").is_ok());
        assert_eq!(parse("--max-num-seq=1").unwrap_err(), "vLLM has no argument `--max-num-seq`");
        assert_eq!(
            parse("--scheduling-policy lifo").unwrap_err(),
            "`--scheduling-policy` is one of fcfs, priority, found `lifo`"
        );
        assert!(parse("--max-num-queued-reqs 1").unwrap_err().contains("is not simulated yet"));
        assert!(parse("--no-enable-prefix-caching false").unwrap_err().contains("takes no value"));
        assert!(parse("—max-num-seqs=1").unwrap_err().contains("typographic dash"));
    }
}
