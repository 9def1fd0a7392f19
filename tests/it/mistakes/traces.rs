//! Traces that are wrong, at their beginning or where a run comes to it.

use super::case::{Case, Edit, TRACE, TRACED, case, slip};

const TRACES: &str = "Traces";

/// Rows of a trace, one a second, and a last line.
fn rows(count: usize, last: &str) -> Vec<u8> {
    let mut text = "TIMESTAMP,ContextTokens,GeneratedTokens\n".to_owned();
    for n in 0..count {
        text += &format!("2023-11-16 {:02}:{:02}:{:02}.0000000,100,10\n", n / 3600, n / 60 % 60, n % 60);
    }
    (text + last).into_bytes()
}

/// One row of Mooncake's.
const MOONCAKE: &str =
    "{\"timestamp\": 27482, \"input_length\": 600, \"output_length\": 52, \"hash_ids\": [1, 2]}\n";

/// A result of vLLM's benchmark.
const VLLM: &str =
    "{\"num_prompts\": 2, \"input_lens\": [12, 7], \"output_lens\": [5, 6], \"start_times\": [5.5, 6]}";

/// A profile of traffic.
const FITTED: &str = "source = \"mine\"\nbin = \"15s\"\nduration = \"40s\"\ncv = 1.2\nrequests = [5, 9, 2]\n\
    prompt_tokens = [[0, 3], [0.5, 5], [1, 9]]\noutput_tokens = [[0, 3], [1, 8]]\n";

/// A row of an access log.
const ENVOY: &str = "{\"start_time\":\"2026-01-05T09:00:00.250Z\",\"method\":\"POST\",\"path\":\"/v1/completions\",\"response_code\":200}\n";

pub(super) fn cases() -> Vec<Case> {
    let mooncake = |name: &str, from, to| {
        let edits = [
            Edit::Replace(TRACED, "azure-llm-2023 =", "mooncake ="),
            Edit::Write(TRACE, MOONCAKE.as_bytes()),
            Edit::Replace(TRACE, from, to),
        ];
        case(TRACES, name, TRACED, &edits)
    };
    let fitted = |name: &str, from, to: &'static str| {
        let file = if to.contains("workload") { TRACED } else { TRACE };
        let edits = [
            Edit::Replace(TRACED, "trace.azure-llm-2023 =", "fitted ="),
            Edit::Write(TRACE, FITTED.as_bytes()),
            Edit::Replace(file, from, to),
        ];
        case(TRACES, name, TRACED, &edits)
    };
    let vllm = |name: &str, from, to| {
        let edits = [
            Edit::Replace(TRACED, "azure-llm-2023 =", "vllm-bench ="),
            Edit::Write(TRACE, VLLM.as_bytes()),
            Edit::Replace(TRACE, from, to),
        ];
        case(TRACES, name, TRACED, &edits)
    };
    let envoy = |name: &str, from: &'static str, to| {
        let mut edits = vec![
            Edit::Replace(TRACED, "azure-llm-2023 =", "envoy-json ="),
            Edit::Write(TRACE, ENVOY.as_bytes()),
        ];
        edits.extend((!from.is_empty()).then_some(Edit::Replace(TRACED, from, to)));
        case(TRACES, name, TRACED, &edits)
    };
    let other = |name, from, to| slip(TRACES, name, TRACED, from, to);
    let slip = |name, from, to| slip(TRACES, name, TRACE, from, to);
    let far = |name: &str, what, make| case(TRACES, name, TRACED, &[Edit::Make(TRACE, what, make)]);
    vec![
        slip("another header", "TIMESTAMP,ContextTokens,GeneratedTokens", "time,prompt,output"),
        slip("a header with a field too many", "GeneratedTokens", "GeneratedTokens,Model"),
        slip("no header", "TIMESTAMP,ContextTokens,GeneratedTokens\n", ""),
        slip("a header in other letters", "TIMESTAMP", "Timestamp"),
        slip("a missing field", ",374,44", ",374"),
        slip("a field too many", ",374,44", ",374,44,7"),
        slip("a number that is none", ",374,", ",many,"),
        slip("a fraction of a token", ",374,", ",374.5,"),
        slip("a number beyond 32 bits", ",374,", ",5000000000,"),
        slip("no tokens", ",374,44", ",374,0"),
        slip("an empty field", ",374,", ",,"),
        slip("semicolons", "46.6805900,374,44", "46.6805900;374;44"),
        slip("a time that is none", "2023-11-16 18:15:46.6805900", "yesterday"),
        slip("an hour that does not exist", "18:15:46.6805900", "25:15:46.6805900"),
        slip("too many digits of a second", "46.6805900", "46.6805900123"),
        slip("a time with a zone", "46.6805900", "46.6805900Z"),
        slip("a row that goes back, later on", "18:15:50.9951690", "18:15:40.9951690"),
        slip("a wrong number, later on", ",396,", ",39 6,"),
        slip("a row beyond 213 days, later on", "2023-11-16 18:15:51.3910170", "2024-11-16 18:15:51.3910170"),
        far("not UTF-8, later on", "has a byte 0xFF in its third line", || {
            b"TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:15:46,374,44\n2023-11-16 18:15:47,3\xff4,44\n".to_vec()
        }),
        far("an open text, later on", "has a quotation mark in its third line", || {
            b"TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:15:46,374,44\n2023-11-16 18:15:47,\"374,44\n2023-11-16 18:15:48,374,44\n".to_vec()
        }),
        far(
            "an empty line, and a mistake after it",
            "has an empty line 3, and a wrong number in line 4",
            || {
                b"TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:15:46,374,44\n\n2023-11-16 18:15:47,x,44\n".to_vec()
            },
        ),
        far(
            "lines that end with CR LF",
            "ends its lines with CR LF, and has a wrong number in line 3",
            || {
                b"TIMESTAMP,ContextTokens,GeneratedTokens\r\n2023-11-16 18:15:46,374,44\r\n2023-11-16 18:15:47,x,44\r\n".to_vec()
            },
        ),
        far("escapes of a terminal", "has ESC [2J in line 2", || {
            b"TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:15:46,\x1b[2J374,44\n".to_vec()
        }),
        far("a mistake in line 3002", "is 3,000 good rows and a bad one", || {
            rows(3000, "2023-11-16 00:50:00.0000000,100,ten\n")
        }),
        far("an end in the middle of line 3002", "is 3,000 good rows and a part of one", || {
            rows(3000, "2023-11-16 00:50:0")
        }),
        far("a row that goes back in line 3002", "is 3,000 good rows and an earlier one", || {
            rows(3000, "2023-11-16 00:40:00.0000000,100,10\n")
        }),
        far("a damaged packed file", "is the first 12 bytes of a file packed by gzip", || {
            vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0x4b, 0x4c]
        }),
        slip("the trace of 2024 as that of 2023", "18:15:46.6805900", "18:15:46.680590+00:00"),
        other("no such format", "azure-llm-2023 =", "azure-llm-2025 ="),
        other("the trace of 2023 as that of 2024", "azure-llm-2023 =", "azure-llm-2024 ="),
        other("columns of one's own that are not there", "azure-llm-2023 =", "csv ="),
        other(
            "a column in other letters",
            "azure-llm-2023 = { ",
            "csv = { time = \"Timestamp\", prompt_tokens = \"ContextTokens\", output_tokens = \"GeneratedTokens\", ",
        ),
        other("a unit of time that does not exist", "azure-llm-2023 = { ", "csv = { time_unit = \"sec\", "),
        other("CSV as lines of JSON", "azure-llm-2023 =", "mooncake ="),
        mooncake("a block without a hash id", ", \"hash_ids\": [1, 2]", ", \"hash_ids\": [1]"),
        mooncake("no hash ids", ", \"hash_ids\": [1, 2]", ""),
        mooncake("a brace that is not closed", "}", ""),
        mooncake("a key in other letters", "input_length", "inputLength"),
        mooncake("seconds with a comma", "\"timestamp\": 27482", "\"timestamp\": \"27,482\""),
        far("a line of 100,000 characters", "has 100,000 digits in line 2", || {
            format!(
                "TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:15:46,{},44\n",
                "7".repeat(100_000)
            )
            .into_bytes()
        }),
        other("a share above 1", "azure-llm-2023 = { ", "azure-llm-2023 = { thin = 1.5, "),
        vllm("a result without details", ", \"start_times\": [5.5, 6]", ""),
        vllm("a list that is too short", "[5.5, 6]", "[5.5]"),
        vllm("no number of tokens", "[12, 7]", "[12, null]"),
        vllm("a document that is cut", "]}", ""),
        envoy("a log without lengths", "", ""),
        envoy(
            "a log whose keys of tokens are not there",
            "envoy-json = { ",
            "envoy-json = { prompt_tokens = \"in\", output_tokens = \"out\", ",
        ),
        envoy("one key of tokens", "envoy-json = { ", "envoy-json = { prompt_tokens = \"in\", "),
        envoy("a log of nginx as that of Envoy", "envoy-json =", "nginx-combined ="),
        fitted("a profile with other bins", "bin = \"15s\"", "bin = \"20s\""),
        fitted("a profile whose quantiles fall", "[1, 9]", "[1, 4]"),
        fitted("a profile and lengths", "[workload.replay]", "[workload.replay]\nprompt_tokens = 5"),
    ]
}
