//! vLLM's command line.

use crate::codes;
use crate::context::{Context, Told};
use forescale_document::{Code, Refusal, Spanned, nearest};

/// What the simulation reads of `vllm serve …`; `None` where the flag is not given.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct VllmArgs {
    pub(crate) model: Option<String>,
    pub(crate) served_model_name: Option<String>,
    pub(crate) max_num_seqs: Option<u32>,
    pub(crate) max_num_batched_tokens: Option<u32>,
    pub(crate) max_model_len: Option<u32>,
    pub(crate) block_size: Option<u32>,
    pub(crate) num_gpu_blocks_override: Option<u32>,
    pub(crate) gpu_memory_utilization: Option<f64>,
    pub(crate) tensor_parallel_size: Option<u32>,
    pub(crate) long_prefill_token_threshold: Option<u32>,
    pub(crate) shutdown_timeout: Option<u64>,
    pub(crate) enable_chunked_prefill: Option<bool>,
    pub(crate) enable_prefix_caching: Option<bool>,
    pub(crate) async_scheduling: Option<bool>,
    /// Flags that the simulation does not know; they are without effect.
    pub(crate) unknown: Vec<Spanned<String>>,
    /// Where the first word stands.
    pub(crate) first: Option<forescale_document::Span>,
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
const NOT_YET: [&str; 16] = [
    "--pipeline-parallel-size",
    "--data-parallel-size",
    "--kv-cache-dtype",
    "--quantization",
    "--speculative-config",
    "--config",
    "--scheduling-policy",
    "--max-num-partial-prefills",
    "--enable-lora",
    "--kv-transfer-config",
    "--max-num-queued-reqs",
    "--max-num-queued-tokens",
    "--max-num-active-seqs",
    "--prefill-schedule-interval",
    "--watermark",
    "--enable-expert-parallel",
];

/// vLLM's short spellings.
const SHORT: [(&str, &str); 4] = [
    ("-tp", "--tensor-parallel-size"),
    ("-pp", "--pipeline-parallel-size"),
    ("-dp", "--data-parallel-size"),
    ("-q", "--quantization"),
];

/// Flags that are read.
const KNOWN: [&str; 14] = [
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
];

/// The flag that a misspelt one means; vLLM has many more than are known here, so only a close one counts.
fn meant(flag: &str) -> Option<&'static str> {
    let near = nearest(flag, KNOWN.into_iter().chain(WITHOUT_EFFECT).chain(NOT_YET))?;
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

impl VllmArgs {
    /// Reads a command line: `--flag value`, `--flag=value`, `--flag`, `--no-flag`; `_` and `-` are the same, as in vLLM.
    ///
    /// All flags with a missing or wrong value are told.
    pub(crate) fn parse(context: &mut Context, words: &[Spanned<String>]) -> Told<Self> {
        let mut args = Self { first: words.first().and_then(Spanned::span), ..Self::default() };
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
                Ok(false) => {
                    let value = match inline {
                        Some(value) => Some(value),
                        None => words.next_if(|next| !next.starts_with("--")).map(|value| value.as_str()),
                    };
                    args.set_value(given, &flag, value)
                }
                switch => switch.map(|_| ()),
            };
            if let Err(refusal) = read {
                let diagnostic = context.error(refusal.code, given.span(), refusal.message);
                let help = refusal.help;
                is_fine = context.fail(if help.is_empty() { diagnostic } else { diagnostic.help(help) });
            }
        }
        is_fine.map(|()| args)
    }

    /// Where the command line begins: the place of what is not on it.
    pub(crate) fn first(&self) -> Option<forescale_document::Span> {
        self.first
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
        fn missing(flag: &str) -> Refusal {
            Refusal::new(Code::MISSING_KEY, format!("`{flag}` needs a value"))
        }
        fn wrong(message: String) -> Refusal {
            Refusal::new(Code::WRONG_VALUE, message)
        }
        fn number<T: std::str::FromStr>(flag: &str, value: Option<&str>) -> Result<Option<T>, Refusal> {
            let value = value.ok_or_else(|| missing(flag))?;
            value
                .parse()
                .map(Some)
                .map_err(|_| wrong(format!("`{flag}` needs a number that is not negative, found `{value}`")))
        }
        fn tokens(flag: &str, value: Option<&str>) -> Result<Option<u32>, Refusal> {
            let factor = |value: &str| match value.chars().next_back() {
                Some('k') => 1000,
                Some('K') => 1024,
                _ => 1,
            };
            let factor = value.map_or(1, factor);
            let digits = value.map(|value| value.trim_end_matches(['k', 'K']));
            let form = || {
                wrong(format!(
                    "`{flag}` needs a number of tokens such as 8192, 8k or 8K, found `{}`",
                    value.unwrap_or_default()
                ))
            };
            let count: Option<u32> = match digits {
                Some(digits) => Some(digits.parse().map_err(|_| form())?),
                None => return Err(missing(flag)),
            };
            let count = count.and_then(|count| count.checked_mul(factor));
            count.map(Some).ok_or_else(|| wrong(format!("`{flag} {}`: too large", value.unwrap_or_default())))
        }
        let text = || value.map(str::to_owned).ok_or_else(|| missing(flag));
        let not_yet = |message: String| Err(Refusal::new(codes::NOT_SIMULATED, message));
        match flag {
            "--model" => self.model = Some(text()?),
            "--served-model-name" => self.served_model_name = Some(text()?),
            "--max-num-seqs" => self.max_num_seqs = number(flag, value)?,
            "--max-num-batched-tokens" => self.max_num_batched_tokens = tokens(flag, value)?,
            "--max-model-len" if matches!(value, Some("-1" | "auto")) => {
                let given = value.unwrap_or_default();
                return not_yet(format!("`{flag} {given}` is not simulated; write the number of tokens"));
            }
            "--max-model-len" => self.max_model_len = tokens(flag, value)?,
            "--block-size" => self.block_size = number(flag, value)?,
            "--num-gpu-blocks-override" => self.num_gpu_blocks_override = number(flag, value)?,
            "--gpu-memory-utilization" => self.gpu_memory_utilization = number(flag, value)?,
            "--tensor-parallel-size" => self.tensor_parallel_size = number(flag, value)?,
            "--long-prefill-token-threshold" => self.long_prefill_token_threshold = number(flag, value)?,
            "--shutdown-timeout" => self.shutdown_timeout = number(flag, value)?,
            _ if WITHOUT_EFFECT.contains(&flag) || NOT_YET.contains(&flag) && value == Some("1") => {}
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
            max_model_len: Some(32_768),
            unknown: vec![Spanned::new("--made-up".to_owned())],
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
        assert!(parse("—max-num-seqs=1").unwrap_err().contains("typographic dash"));
    }
}
