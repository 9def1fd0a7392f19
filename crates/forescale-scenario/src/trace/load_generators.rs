//! What load generators write about their requests.
//!
//! Arrivals are the instants at which requests were really sent, which a generator with a limit of requests in flight does later than planned.

use super::format::{Shape, TraceFormat};
use super::json_row::{found, place};
use super::row::{Defect, Row, row};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::ops::Range;

/// What a document has.
#[derive(Default)]
pub(super) struct Found {
    pub(super) rows: Vec<Row>,
    pub(super) defects: Vec<Defect>,
    /// Requests that failed or were cut off.
    pub(super) failures: u64,
}

/// The requests of a document, or why it is none of its format.
pub(super) fn read(shape: &Shape, text: &str) -> Result<Found, Defect> {
    let mut reader = Reader { shape, text, found: Found::default() };
    match shape.format {
        TraceFormat::VllmBench => reader.vllm_bench()?,
        TraceFormat::GuideLlm => reader.guidellm()?,
        _ => reader.inference_perf()?,
    }
    Ok(reader.found)
}

/// A part of the document as it is written.
type Raw<'a> = Option<&'a RawValue>;

struct Reader<'a> {
    shape: &'a Shape,
    text: &'a str,
    found: Found,
}

impl<'a> Reader<'a> {
    /// Lists of the same length, a value for each request.
    fn vllm_bench(&mut self) -> Result<(), Defect> {
        let [times, prompts, outputs, errors] =
            found(["start_times", "input_lens", "output_lens", "errors"], self.text)?;
        let lists = [("start_times", times), ("input_lens", prompts), ("output_lens", outputs)];
        let mut columns: [Vec<&RawValue>; 3] = Default::default();
        for (column, (key, list)) in columns.iter_mut().zip(lists) {
            let Some(list) = list else {
                let message = format!(
                    "the key `{key}` is missing: vLLM writes it where it is told `--save-result --save-detailed`"
                );
                return Err(Defect { place: None, message });
            };
            *column = self.parsed(list, "is no list")?;
        }
        let errors: Vec<&RawValue> = errors.map_or(Ok(Vec::new()), |list| self.parsed(list, "is no list"))?;
        let [times, prompts, outputs] = columns;
        if times.len() != prompts.len() || times.len() != outputs.len() {
            let message = format!(
                "`start_times` has {} values, `input_lens` {} and `output_lens` {}: they should be as many",
                times.len(),
                prompts.len(),
                outputs.len()
            );
            return Err(Defect { place: None, message });
        }
        for (index, ((time, prompt), output)) in times.into_iter().zip(prompts).zip(outputs).enumerate() {
            if errors.get(index).is_some_and(|error| !matches!(error.get(), "\"\"" | "null")) {
                self.found.failures += 1;
                continue;
            }
            self.request(&format!("request {index}"), [Some(time), Some(prompt), Some(output)]);
        }
        Ok(())
    }

    /// Benchmarks, each with its requests by what became of them.
    fn guidellm(&mut self) -> Result<(), Defect> {
        let [benchmarks] = found(["benchmarks"], self.text)?;
        let Some(benchmarks) = benchmarks else { return Err(missing("benchmarks")) };
        let benchmarks: Vec<&RawValue> = self.parsed(benchmarks, "is no list")?;
        for (number, benchmark) in benchmarks.into_iter().enumerate() {
            let [requests] = self.keys(["requests"], benchmark)?;
            let Some(requests) = requests else {
                return Err(missing(&format!("benchmarks[{number}].requests")));
            };
            let [successful, incomplete, errored] =
                self.keys(["successful", "incomplete", "errored"], requests)?;
            for failed in [incomplete, errored].into_iter().flatten() {
                let failed: Option<Vec<&RawValue>> = self.parsed(failed, "is no list")?;
                self.found.failures += failed.map_or(0, |failed| failed.len() as u64);
            }
            let Some(successful) = successful else {
                return Err(missing(&format!("benchmarks[{number}].requests.successful")));
            };
            let successful: Vec<&RawValue> = self.parsed(successful, "is no list")?;
            for (index, request) in successful.into_iter().enumerate() {
                let name = format!("benchmarks[{number}].requests.successful[{index}]");
                // Older releases call it `start_time`.
                let keys = ["request_start_time", "start_time", "prompt_tokens", "output_tokens"];
                match self.keys(keys, request) {
                    Ok([time, older, prompt, output]) => {
                        self.request(&name, [time.or(older), prompt, output])
                    }
                    Err(defect) => self.found.defects.push(named(&name, defect)),
                }
            }
        }
        Ok(())
    }

    /// A list of requests.
    fn inference_perf(&mut self) -> Result<(), Defect> {
        let requests: Result<Vec<&RawValue>, _> = serde_json::from_str(self.text);
        let requests = requests.map_err(|_| Defect {
            place: None,
            message: "this is no list of requests, as `per_request_lifecycle_metrics.json` is".to_owned(),
        })?;
        for (index, request) in requests.into_iter().enumerate() {
            let name = format!("request {index}");
            match self.inference_perf_request(request) {
                Ok(Some(values)) => self.request(&name, values),
                Ok(None) => self.found.failures += 1,
                Err(defect) => self.found.defects.push(named(&name, defect)),
            }
        }
        Ok(())
    }

    /// Time, prompt and output tokens of a request; `None` where it failed. The server's own count of tokens comes before that of the
    /// client, who counts the text again with a tokenizer of its own.
    fn inference_perf_request(&self, request: &'a RawValue) -> Result<Option<[Raw<'a>; 3]>, Defect> {
        let [time, info, error] = self.keys(["start_time", "info", "error"], request)?;
        let (Some(info), None) = (present(info), present(error)) else { return Ok(None) };
        let [prompt, output, sent, received] =
            self.keys(["input_tokens", "output_tokens", "request_metrics", "response_metrics"], info)?;
        let [response_output, usage] = self.inner(["output_tokens", "server_usage"], received)?;
        let [server_prompt, server_output] = self.inner(["prompt_tokens", "completion_tokens"], usage)?;
        let [text] = self.inner(["text"], sent)?;
        let [text_prompt] = self.inner(["input_tokens"], text)?;
        let first = |of: [Raw<'a>; 3]| of.into_iter().find_map(present);
        Ok(Some([
            time,
            first([server_prompt, text_prompt, prompt]),
            first([server_output, response_output, output]),
        ]))
    }

    /// A request of this name by its time, prompt tokens and output tokens.
    fn request(&mut self, name: &str, values: [Raw<'a>; 3]) {
        let values = values.map(|value| match (value, present(value)) {
            (Some(value), Some(_)) => (value.get(), self.place(value)),
            (Some(null), None) => ("", self.place(null)),
            (None, _) => ("", 0..0),
        });
        match row(self.shape, &values) {
            Ok(Some(row)) => self.found.rows.push(row),
            Ok(None) => self.found.failures += 1,
            Err(defect) => self.found.defects.push(named(name, defect)),
        }
    }

    fn place(&self, raw: &RawValue) -> Range<usize> {
        place(self.text, raw)
    }

    /// The values of keys of an object within the document.
    fn keys<const N: usize>(&self, keys: [&str; N], object: &'a RawValue) -> Result<[Raw<'a>; N], Defect> {
        found(keys, object.get()).map_err(|mut defect| {
            let start = self.place(object).start;
            defect.place = defect.place.map(|place| start + place.start..start + place.end);
            defect
        })
    }

    /// The same of an object that may not be there.
    fn inner<const N: usize>(&self, keys: [&str; N], object: Raw<'a>) -> Result<[Raw<'a>; N], Defect> {
        present(object).map_or(Ok([None; N]), |object| self.keys(keys, object))
    }

    fn parsed<T: Deserialize<'a>>(&self, raw: &'a RawValue, what: &str) -> Result<T, Defect> {
        serde_json::from_str(raw.get()).map_err(|_| {
            let place = self.place(raw);
            Defect { place: Some(place.start..place.start), message: format!("what stands here {what}") }
        })
    }
}

/// A value that is not `null`.
fn present(raw: Raw<'_>) -> Raw<'_> {
    raw.filter(|raw| raw.get() != "null")
}

fn missing(key: &str) -> Defect {
    Defect { place: None, message: format!("the key `{key}` is missing") }
}

/// A defect with the request that has it. A value that is not there has no place.
fn named(name: &str, defect: Defect) -> Defect {
    let place = defect.place.filter(|place| !place.is_empty());
    Defect { place, message: format!("{name}: {}", defect.message) }
}

#[cfg(test)]
mod tests {
    use super::super::format::TraceColumns;
    use super::*;

    fn of(format: TraceFormat, text: &str) -> Result<Found, Defect> {
        read(&Shape::of(format, &TraceColumns::default()), text)
    }

    /// Requests as (milliseconds, prompt tokens, output tokens), and how many failed.
    fn rows(format: TraceFormat, text: &str) -> (Vec<(i128, u32, u32)>, u64) {
        let found = of(format, text).unwrap_or_else(|defect| panic!("{}", defect.message));
        assert_eq!(found.defects, []);
        let row = |row: &Row| (row.at / 1_000_000, row.prompt_tokens, row.output_tokens);
        (found.rows.iter().map(row).collect(), found.failures)
    }

    fn first_defect(format: TraceFormat, text: &str) -> (String, String) {
        let defect = match of(format, text) {
            Ok(found) => found.defects.into_iter().next().expect("a defect"),
            Err(defect) => defect,
        };
        (defect.place.map_or("nowhere", |place| &text[place]).to_owned(), defect.message)
    }

    const VLLM: &str = "{\"date\": \"20260105-090000\", \"num_prompts\": 3, \"request_rate\": \"inf\", \"input_lens\": [12, 7, 9], \"output_lens\": [5, 0, 6], \
        \"ttfts\": [0.1, 0.0, 0.2], \"itls\": [[0.01], [], [0.02]], \"start_times\": [1000.25, 1000.5, 1001.0], \"generated_texts\": [\"a\", \"\", \"b\"], \
        \"errors\": [\"\", \"Traceback: \\\"x\\\"\", \"\"]}";
    const GUIDELLM: &str = "{\"metadata\": {\"guidellm_version\": \"0.6.0\"}, \"benchmarks\": [{\"requests\": {\
        \"successful\": [{\"info\": {\"timings\": {}}, \"request_start_time\": 5.5, \"prompt_tokens\": 4, \"output_tokens\": 2}, {\"start_time\": 5.0, \"prompt_tokens\": 3, \"output_tokens\": 1}],\
        \"incomplete\": [{\"prompt_tokens\": null}], \"errored\": []}}, {\"requests\": {\"successful\": [], \"incomplete\": null, \"errored\": [{}, {}]}}]}";
    const PERF: &str = "[\n  {\"start_time\": 9.5, \"end_time\": 10, \"request\": \"{}\", \"info\": {\"input_tokens\": 8, \"output_tokens\": 4, \"output_token_times\": [9.6]}, \"error\": null},\n\
        {\"start_time\": 9.75, \"info\": {\"request_metrics\": {\"text\": {\"input_tokens\": 8}}, \"input_tokens\": 8, \"response_metrics\": {\"output_tokens\": 9, \"server_usage\": {\"prompt_tokens\": 10, \"completion_tokens\": 5}}}, \"error\": null},\n\
        {\"start_time\": 9.8, \"info\": {\"input_tokens\": 8}, \"error\": {\"error_type\": \"TimeoutError\"}},\n  {\"start_time\": 9.9, \"info\": null, \"error\": null}\n]";

    #[test]
    fn vllm_bench_has_lists_and_failures_among_them() {
        assert_eq!(rows(TraceFormat::VllmBench, VLLM), (vec![(1_000_250, 12, 5), (1_001_000, 9, 6)], 1));
        let wrong = |from: &str, to: &str| first_defect(TraceFormat::VllmBench, &VLLM.replace(from, to));
        assert!(wrong("start_times", "starts").1.contains("--save-detailed"));
        assert!(wrong("[12, 7, 9]", "[12, 7]").1.contains("`input_lens` 2"));
        assert_eq!(wrong("[12, ", "[1.5, ").0, "1.5");
        assert!(wrong("[12, ", "[1.5, ").1.starts_with("request 0: input_lens `1.5` is no whole number"));
        assert!(wrong("[12, ", "[0, ").1.contains("must be at least 1"));
        assert!(wrong("[12, 7, 9]", "12").1.contains("is no list"));
    }

    #[test]
    fn guidellm_has_requests_by_their_end() {
        assert_eq!(rows(TraceFormat::GuideLlm, GUIDELLM), (vec![(5_500, 4, 2), (5_000, 3, 1)], 3));
        let wrong = |from: &str, to: &str| first_defect(TraceFormat::GuideLlm, &GUIDELLM.replace(from, to));
        let (place, message) = wrong("\"prompt_tokens\": 3", "\"prompt_tokens\": null");
        assert_eq!(
            (place.as_str(), message.as_str()),
            ("null", "benchmarks[0].requests.successful[1]: prompt_tokens is missing")
        );
        assert_eq!(wrong(": 5.5", ": \"noon\"").0, "\"noon\"");
        assert_eq!(wrong("\"benchmarks\"", "\"b\"").1, "the key `benchmarks` is missing");
        assert!(wrong("\"start_time\"", "\"prompt_tokens\"").1.contains("stands twice"));
    }

    #[test]
    fn inference_perf_is_believed_what_the_server_counted() {
        assert_eq!(rows(TraceFormat::InferencePerf, PERF), (vec![(9_500, 8, 4), (9_750, 10, 5)], 2));
        let wrong = |from: &str, to: &str| first_defect(TraceFormat::InferencePerf, &PERF.replace(from, to));
        assert_eq!(
            wrong("\"output_tokens\": 4, ", ""),
            ("nowhere".into(), "request 0: output_tokens is missing".into())
        );
        assert_eq!(wrong(": 9.5", ": true").0, "true");
        assert!(wrong("\n]", "\n").1.contains("no list of requests"));
    }
}
