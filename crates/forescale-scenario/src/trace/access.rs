//! Access logs of proxies: a row when a request ends, with the request's tokens where the log was told to have them.

use super::clock::{Clock, TimeUnit};
use super::format::{Shape, TraceFormat};
use super::json_row::{found, place};
use super::row::{Defect, Row, tokens, wrong};
use super::rows::Entry;
use serde_json::value::RawValue;
use std::ops::Range;

/// A text of a line with its place.
type Value<'a> = (&'a str, Range<usize>);

/// Which rows of a log count, and whether all of them must have tokens.
#[derive(Debug)]
pub(super) struct AccessLog {
    /// The user named the keys of tokens, so they must be there.
    has_tokens: bool,
    uri_prefix: Option<String>,
}

/// What is read of a line.
struct Line<'a> {
    /// When the request began, or else when it ended, in nanoseconds.
    at: i128,
    method: &'a str,
    /// Path and query.
    uri: &'a str,
    /// The response's status; 0 where there was none.
    status: Option<Value<'a>>,
    /// Prompt and output tokens.
    tokens: [Option<Value<'a>>; 2],
}

impl AccessLog {
    pub(super) fn new(has_tokens: bool, uri_prefix: Option<&str>) -> Self {
        Self { has_tokens, uri_prefix: uri_prefix.map(str::to_owned) }
    }

    /// What a line says.
    pub(super) fn entry(&self, shape: &Shape, line: &str) -> Result<Entry, Defect> {
        let read = match shape.format {
            TraceFormat::EnvoyJson => envoy(shape, line)?,
            TraceFormat::NginxJson => nginx_json(shape, line)?,
            _ => nginx_combined(shape, line)?,
        };
        let prefix = self.uri_prefix.as_deref().unwrap_or_default();
        if read.method != "POST" || !read.uri.starts_with(prefix) {
            return Ok(Entry::Other);
        }
        let status = read.status.unwrap_or(("", 0..0));
        let code = match status.0 {
            "" | "-" => 0,
            text => {
                let code = text.parse::<u16>().ok().filter(|code| *code < 1000);
                code.ok_or_else(|| wrong("the status", &status, "is no HTTP status"))?
            }
        };
        if is_refused(code) {
            return Ok(Entry::Failure);
        }
        let mut counts = [0, 0];
        for (index, (count, value)) in counts.iter_mut().zip(&read.tokens).enumerate() {
            let name = shape.name(index + 1);
            *count = match value {
                Some(value) if !matches!(value.0, "" | "-" | "null") => tokens(name, value)?,
                _ if self.has_tokens && !(200..300).contains(&code) => return Ok(Entry::Failure),
                _ if self.has_tokens => {
                    return Err(Defect { place: None, message: format!("the key `{name}` is missing") });
                }
                _ => 0,
            };
        }
        let [prompt_tokens, output_tokens] = counts;
        Ok(Entry::Request(Row { at: read.at, prompt_tokens, output_tokens, hash_ids: Vec::new() }))
    }
}

/// Whether a request was turned away for a mistake of its client, so that no engine would ever have met it. What timed out (408), was too
/// much (429) or was given up by the client (499) had come to be served.
const fn is_refused(status: u16) -> bool {
    matches!(status, 400..=498) && !matches!(status, 408 | 429)
}

/// A value as text, without the quotation marks of a text in JSON.
fn text<'a>(line: &str, raw: &'a RawValue) -> Value<'a> {
    let (value, place) = (raw.get(), place(line, raw));
    match value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(inner) => (inner, place.start + 1..place.end - 1),
        None => (value, place),
    }
}

fn missing(key: &str) -> Defect {
    Defect { place: None, message: format!("the key `{key}` is missing") }
}

fn envoy<'a>(shape: &Shape, line: &'a str) -> Result<Line<'a>, Defect> {
    let keys = ["start_time", "method", "path", "response_code", shape.name(1), shape.name(2)];
    let [time, method, path, status, prompt, output] =
        found(keys, line)?.map(|raw| raw.map(|raw| text(line, raw)));
    let time = time.ok_or_else(|| missing("start_time"))?;
    let at = shape.clock.read(time.0).map_err(|what| wrong("start_time", &time, what))?;
    let method = method.ok_or_else(|| missing("method"))?.0;
    Ok(Line { at, method, uri: path.map_or("", |path| path.0), status, tokens: [prompt, output] })
}

fn nginx_json<'a>(shape: &Shape, line: &'a str) -> Result<Line<'a>, Defect> {
    let keys = [
        "msec",
        "time_iso8601",
        "time_local",
        "request_time",
        "request_method",
        "request_uri",
        "request",
        "status",
        shape.name(1),
        shape.name(2),
    ];
    let [msec, iso, local, took, method, uri, request, status, prompt, output] =
        found(keys, line)?.map(|raw| raw.map(|raw| text(line, raw)));
    let clocks = [
        ("msec", msec, Clock::In(TimeUnit::Seconds)),
        ("time_iso8601", iso, Clock::In(TimeUnit::DateTime)),
        ("time_local", local, Clock::Log),
    ];
    let time = clocks.into_iter().find_map(|(name, value, clock)| Some((name, value?, clock)));
    let Some((name, time, clock)) = time else {
        let message = "there is no time: the key `msec`, `time_iso8601` or `time_local` is missing";
        return Err(Defect { place: None, message: message.to_owned() });
    };
    let ended = clock.read(time.0).map_err(|what| wrong(name, &time, what))?;
    let took = match took {
        Some(took) => {
            Clock::In(TimeUnit::Seconds).read(took.0).map_err(|what| wrong("request_time", &took, what))?
        }
        None => 0,
    };
    let mut words = request.map_or("", |request| request.0).split(' ');
    let (first, second) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let method = method.map_or(first, |method| method.0);
    if method.is_empty() {
        let message = "there is no method: the key `request_method` or `request` is missing";
        return Err(Defect { place: None, message: message.to_owned() });
    }
    let uri = uri.map_or(second, |uri| uri.0);
    Ok(Line { at: ended - took, method, uri, status, tokens: [prompt, output] })
}

fn nginx_combined<'a>(shape: &Shape, line: &'a str) -> Result<Line<'a>, Defect> {
    let place = |part: &str| {
        let start = (part.as_ptr() as usize).saturating_sub(line.as_ptr() as usize);
        start..start + part.len()
    };
    let parts = line.split_once(" [").and_then(|(_, rest)| {
        let (time, rest) = rest.split_once("] \"")?;
        let (request, rest) = rest.split_once("\" ")?;
        Some((time, request, rest.split(' ').next()?))
    });
    let Some((time, request, status)) = parts else {
        let message = "this line is no row of nginx's format `combined`";
        return Err(Defect { place: None, message: message.to_owned() });
    };
    let at = shape.clock.read(time).map_err(|what| wrong("time_local", &(time, place(time)), what))?;
    // What is no HTTP at all is logged as it came.
    let mut words = request.split(' ');
    let (method, uri) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    Ok(Line { at, method, uri, status: Some((status, place(status))), tokens: [None, None] })
}

#[cfg(test)]
mod tests {
    use super::super::format::TraceColumns;
    use super::*;
    use proptest::prelude::*;

    fn entry(format: TraceFormat, log: &AccessLog, line: &str) -> String {
        let shape = Shape::of(format, &TraceColumns::default());
        match log.entry(&shape, line) {
            Ok(Entry::Failure) => "failure".to_owned(),
            Ok(Entry::Other) => "other".to_owned(),
            Ok(Entry::Request(row)) => {
                format!("{} {} {}", row.at / 1_000_000, row.prompt_tokens, row.output_tokens)
            }
            Err(defect) => format!("{:?} {}", defect.place.map(|place| &line[place]), defect.message),
        }
    }

    const COMBINED: &str = "10.0.0.7 - - [01/Jan/1970:01:00:05 +0100] \"POST /v1/chat/completions HTTP/1.1\" 200 812 \"-\" \"py [x] \\x22\"";
    const NGINX: &str = "{\"msec\":\"7.500\",\"request_time\":\"2.250\",\"request_method\":\"POST\",\"request_uri\":\"/v1/completions\",\"status\":\"200\"}";
    const ENVOY: &str = "{\"authority\":\"llm\",\"duration\":2250,\"method\":\"POST\",\"path\":\"/v1/completions\",\"response_code\":200,\"response_flags\":\"-\",\"start_time\":\"1970-01-01T00:00:05.250Z\",\"upstream_cluster\":null}";

    #[test]
    fn arrivals_are_when_requests_began_as_far_as_the_log_says() {
        let log = AccessLog::new(false, None);
        assert_eq!(entry(TraceFormat::NginxCombined, &log, COMBINED), "5000 0 0");
        assert_eq!(entry(TraceFormat::NginxJson, &log, NGINX), "5250 0 0");
        let request = NGINX.replace(
            "\"request_method\":\"POST\",\"request_uri\":\"/v1/completions\"",
            "\"request\":\"POST /v1/completions HTTP/2.0\"",
        );
        assert_eq!(entry(TraceFormat::NginxJson, &log, &request), "5250 0 0");
        let dated = NGINX.replace("\"msec\":\"7.500\"", "\"time_iso8601\":\"1970-01-01T01:00:08+01:00\"");
        assert_eq!(entry(TraceFormat::NginxJson, &log, &dated), "5750 0 0");
        assert_eq!(entry(TraceFormat::EnvoyJson, &log, ENVOY), "5250 0 0");
    }

    #[test]
    fn other_requests_are_left_aside_and_refused_ones_are_failures() {
        let log = AccessLog::new(false, Some("/v1/completions"));
        let nginx = |from: &str, to: &str| entry(TraceFormat::NginxJson, &log, &NGINX.replace(from, to));
        assert_eq!(entry(TraceFormat::NginxCombined, &log, COMBINED), "other");
        assert_eq!(nginx("POST", "GET"), "other");
        assert_eq!(nginx("\"200\"", "\"404\""), "failure");
        let envoy = |to: &str| entry(TraceFormat::EnvoyJson, &log, &ENVOY.replace(":200", to));
        assert_eq!([":429", ":499", ":503", ":0"].map(envoy), ["5250 0 0"; 4]);
        let probe = "10.0.0.1 - - [01/Jan/1970:01:00:05 +0100] \"\\x16\\x03\\x01\" 400 157 \"-\" \"-\"";
        assert_eq!(entry(TraceFormat::NginxCombined, &log, probe), "other");
    }

    #[test]
    fn tokens_are_read_where_the_log_has_them() {
        let with = ENVOY.replace("\"duration\"", "\"prompt_tokens\":\"12\",\"output_tokens\":3,\"duration\"");
        assert_eq!(entry(TraceFormat::EnvoyJson, &AccessLog::new(false, None), &with), "5250 12 3");
        let named = AccessLog::new(true, None);
        assert_eq!(entry(TraceFormat::EnvoyJson, &named, ENVOY), "None the key `prompt_tokens` is missing");
        assert_eq!(entry(TraceFormat::EnvoyJson, &named, &ENVOY.replace(":200", ":503")), "failure");
        let wrong = with.replace("\"12\"", "\"many\"");
        assert!(
            entry(TraceFormat::EnvoyJson, &named, &wrong).starts_with("Some(\"many\") prompt_tokens `many`")
        );
    }

    #[test]
    fn mistakes_have_their_place() {
        let log = AccessLog::new(false, None);
        let combined =
            |from: &str, to: &str| entry(TraceFormat::NginxCombined, &log, &COMBINED.replace(from, to));
        assert!(combined("Jan", "Jänner").starts_with("Some(\"01/Jänner"));
        assert!(combined("200", "2OO").starts_with("Some(\"2OO\") the status"));
        assert!(combined("] ", "").contains("no row of nginx's format"));
        assert!(
            entry(TraceFormat::NginxJson, &log, &NGINX.replace("msec", "m")).contains("there is no time")
        );
        assert!(
            entry(TraceFormat::EnvoyJson, &log, &ENVOY.replace("start_time", "s"))
                .contains("`start_time` is missing")
        );
    }

    proptest! {
        #[test]
        fn any_line_is_an_entry_or_a_mistake_inside_of_it(line in "\\PC{0,60}|[\\[\\] \"a-z0-9:/ü]{0,60}", format in 0..3usize) {
            let format = [TraceFormat::NginxCombined, TraceFormat::NginxJson, TraceFormat::EnvoyJson][format];
            let shape = Shape::of(format, &TraceColumns::default());
            if let Err(Defect { place: Some(place), .. }) = AccessLog::new(false, None).entry(&shape, &line) {
                prop_assert!(line.get(place).is_some());
            }
        }
    }
}
