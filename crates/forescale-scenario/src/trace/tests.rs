//! Whole files of each format, good and bad.

use super::*;
use forescale_core::demand::TraceRow;
use forescale_kernel::SimDuration;
use proptest::prelude::*;
use std::io::Write;

fn file(bytes: &[u8]) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    file
}

/// Requests as (milliseconds, prompt tokens, output tokens).
type Told = Result<(u64, u32, u32), String>;

fn read(bytes: &[u8], format: Option<TraceFormat>, repair: bool) -> (Vec<Told>, Option<TraceRequests>) {
    let file = file(bytes);
    let trace = TraceFile { path: file.path().to_owned(), format, repair, ..TraceFile::default() };
    let mut requests = match trace.open() {
        Err(error) => return (vec![Err(error.to_string())], None),
        Ok(requests) => requests,
    };
    let told = |request: TraceRequest| {
        (request.at.as_ps() / 1_000_000_000, request.prompt_tokens, request.output_tokens)
    };
    let rows =
        requests.by_ref().map(|request| request.map(told).map_err(|error| error.to_string())).collect();
    (rows, Some(requests))
}

fn rows(text: &str) -> Vec<Told> {
    read(text.as_bytes(), None, false).0
}

fn first_error(text: &str) -> String {
    rows(text).into_iter().find_map(Result::err).unwrap()
}

const AZURE_2023: &str = "TIMESTAMP,ContextTokens,GeneratedTokens\r\n\
    2023-11-16 18:15:46.6805900,374,44\r\n2023-11-16 18:15:50.9951690,396,109\r\n2023-11-16 18:16:46.6805900,7,1";
const AZURE_2024: &str = "TIMESTAMP,ContextTokens,GeneratedTokens\n\
    2024-05-10 00:00:00.009930+00:00,2162,5\n2024-05-10 00:00:01+00:00,2399,6\n2024-05-10 00:00:01.500000+00:00,76,15\n";
const BURST: &str = "Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type\n\
    5,ChatGPT,472,18,490,Conversation log\n45,GPT-4,0,0,0,API log\n45,ChatGPT,1087,230,1317,Conversation log\n\
    45,ChatGPT,33,0,33,API log\n45,GPT-4,417,276,693,Conversation log\n";
const MOONCAKE: &str = "{\"timestamp\": 0, \"input_length\": 512, \"output_length\": 500, \"hash_ids\": [0]}\n\
    {\"timestamp\": 0, \"input_length\": 513, \"output_length\": 490, \"hash_ids\": [0, 14]}\n\
    {\"timestamp\": 3052, \"input_length\": 3, \"output_length\": 794, \"hash_ids\": [28]}\n";

#[test]
fn azure_2023_with_seven_digits_carriage_returns_and_an_open_end() {
    assert_eq!(rows(AZURE_2023), [Ok((0, 374, 44)), Ok((4_314, 396, 109)), Ok((60_000, 7, 1))]);
}

#[test]
fn azure_2024_with_six_digits_or_none_and_a_zone() {
    assert_eq!(rows(AZURE_2024), [Ok((0, 2162, 5)), Ok((990, 2399, 6)), Ok((1_490, 76, 15))]);
}

#[test]
fn burstgpt_by_column_names_with_equal_stamps_and_failures_counted() {
    let expected = [Ok((0, 472, 18)), Ok((40_000, 1087, 230)), Ok((40_000, 417, 276))];
    let (found, requests) = read(BURST.as_bytes(), None, false);
    assert_eq!((found.as_slice(), requests.unwrap().failures()), (expected.as_slice(), 2));
    let later = "Timestamp,Session ID,Elapsed time,Model,Request tokens,Response tokens,Total tokens,Log Type\n\
        5,,1.5,ChatGPT,472,18,490,Conversation log\n45,s1,2,GPT-4,7,8,15,API log\n";
    assert_eq!(rows(later), [Ok((0, 472, 18)), Ok((40_000, 7, 8))]);
}

#[test]
fn mooncake_in_milliseconds_with_hash_ids() {
    assert_eq!(rows(MOONCAKE), [Ok((0, 512, 500)), Ok((0, 513, 490)), Ok((3_052, 3, 794))]);
    let file = file(MOONCAKE.as_bytes());
    let trace = TraceFile { path: file.path().to_owned(), ..TraceFile::default() };
    let ids: Vec<Vec<u64>> = trace.open().unwrap().map(|request| request.unwrap().hash_ids).collect();
    assert_eq!(ids, [vec![0], vec![0, 14], vec![28]]);
    let wrong = first_error(&MOONCAKE.replace("[0, 14]", "[0]"));
    assert!(
        wrong
            .contains(":2:73: a prompt of 513 tokens is 2 blocks of 512 with a hash id each; this row has 1"),
        "{wrong}"
    );
}

#[test]
fn servegen_and_columns_of_ones_own() {
    let servegen =
        "arrival_s,client,input_tokens,output_tokens\n0.0,132,267,1\n0.0,4,1734,207\n0.108,0,233,61\n";
    assert_eq!(rows(servegen), [Ok((0, 267, 1)), Ok((0, 1734, 207)), Ok((108, 233, 61))]);
    let csv = file(b"\xef\xbb\xbfid,\"out\", in ,when\n7,5,6,1000\n8,\"7\",8,1500\n\n9,\"a,\nb\",8,1600\n");
    let columns = TraceColumns {
        time: "when".into(),
        time_unit: TimeUnit::Milliseconds,
        prompt_tokens: "in".into(),
        output_tokens: "out".into(),
    };
    let mapped = |path: &std::path::Path| TraceFile {
        path: path.to_owned(),
        columns: Some(columns.clone()),
        ..TraceFile::default()
    };
    let found: Vec<Result<u64, String>> = mapped(csv.path())
        .open()
        .unwrap()
        .map(|request| request.map(|r| r.at.as_ps() / 1_000_000_000).map_err(|error| error.to_string()))
        .collect();
    assert_eq!(found[..2], [Ok(0), Ok(500)]);
    assert!(found[2].as_ref().is_err_and(|error| error.contains(":5:3: this quotation mark is not closed")));
    let jsonl = file(b"{\"when\": 5, \"in\": 1, \"out\": 2, \"text\": \"\\\"in\\\": 3\"}\n");
    assert_eq!(mapped(jsonl.path()).open().unwrap().map(Result::unwrap).count(), 1);
}

#[test]
fn packed_files_are_unpacked_and_damaged_ones_told() {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(MOONCAKE.as_bytes()).unwrap();
    let packed = packed.finish().unwrap();
    assert_eq!(read(&packed, None, false).0, rows(MOONCAKE));
    let cut = read(&packed[..packed.len() / 2], None, false).0;
    assert!(cut.last().unwrap().as_ref().is_err_and(|error| error.contains("gzip cannot unpack")), "{cut:?}");
}

#[test]
fn mistakes_name_their_place() {
    let error = |from: &str, to: &str| first_error(&AZURE_2023.replace(from, to));
    assert!(error(",396,", ",many,").contains(":3:29: ContextTokens `many`"));
    assert!(error(",109", ",0").contains(":3:33: GeneratedTokens `0` must be at least 1"));
    assert!(error("18:15:50", "18:15:40").contains(":3:1: this row is earlier than the one before"));
    assert!(error("18:16:46", "25:16:46").contains(":4:1: TIMESTAMP"));
    assert!(error(",396,109", ",396").contains(":3:1: a row has 3 fields, this one has 2"));
    assert!(error("TIMESTAMP,", "when,").contains("this line tells no format"));
    let late = MOONCAKE.replace("3052", "-1");
    assert!(first_error(&late).contains(":3:15: this row is earlier"), "{}", first_error(&late));
    let named = |text: &str, format| read(text.as_bytes(), Some(format), false).0[0].clone().unwrap_err();
    assert!(named("a,b,c\n", TraceFormat::AzureLlm2023).contains("the header of the trace is another one"));
    let near = named(&BURST.replace("Request tokens", "Request token"), TraceFormat::BurstGpt);
    assert!(near.contains("`Response tokens`; did you mean `Request token`?"), "{near}");
    assert!(named(AZURE_2024, TraceFormat::AzureLlm2023).contains("the format is `azure-llm-2024`"));
    assert!(named(AZURE_2023, TraceFormat::AzureLlm2024).contains("the format is `azure-llm-2023`"));
    assert!(named("", TraceFormat::Csv).contains("empty"));
    let twice = named("arrival_s,output_tokens,arrival_s,prompt_tokens\n", TraceFormat::Csv);
    assert!(twice.contains(":1:25: the column `arrival_s` stands twice"), "{twice}");
}

#[test]
fn repair_sorts_and_leaves_out_with_an_account() {
    let text = "arrival_s,prompt_tokens,output_tokens\n3,1,1\n1,2,1\nx,3,1\n2,4,0\n\u{ff},5,1\n1,6,1\n";
    let bytes: Vec<u8> = text.chars().map(|c| c as u8).collect();
    let (found, requests) = read(&bytes, None, true);
    assert_eq!(found, [Ok((0, 2, 1)), Ok((0, 6, 1)), Ok((2_000, 1, 1))]);
    let requests = requests.unwrap();
    let repairs = requests.repairs().unwrap();
    assert_eq!((repairs.moved, repairs.defective, repairs.too_late), (2, 3, 0));
    assert_eq!((repairs.first.as_ref().unwrap().line, repairs.left_out()), (4, 3));
}

#[test]
fn repair_reaches_only_so_far_back() {
    let mut text = "arrival_s,prompt_tokens,output_tokens\n".to_owned();
    for second in 0..REPAIR_WINDOW + 10 {
        text += &format!("{},1,1\n", second + 10);
    }
    text += "0,1,1\n";
    let (found, requests) = read(text.as_bytes(), Some(TraceFormat::Csv), true);
    assert_eq!(found.len(), REPAIR_WINDOW + 10);
    assert_eq!(requests.unwrap().repairs().unwrap().too_late, 1);
}

#[test]
fn a_window_moves_to_its_start_and_a_scale_shrinks_time() {
    let file = file(AZURE_2023.as_bytes());
    let trace = TraceFile { path: file.path().to_owned(), ..TraceFile::default() };
    let window = Some((SimDuration::from_secs(4), SimDuration::from_secs(60)));
    let found: Vec<_> = source(trace, Replay { rate_scale: 2.0, window, ..Replay::default() }, None, "w")
        .open(1)
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let expected = TraceRow {
        at: SimDuration::from_ps(157_289_500_000),
        prompt_tokens: 396,
        output_tokens: 109,
        hash_ids: None,
    };
    assert_eq!(found, [expected]);
}

/// Replayed requests as seconds, with these rows one a second.
fn replayed(seconds: std::ops::Range<u64>, replay: Replay, seed: u64) -> Vec<f64> {
    let rows: String = seconds.map(|second| format!("{second},{},1\n", second + 1)).collect();
    let file = file(("arrival_s,prompt_tokens,output_tokens\n".to_owned() + &rows).as_bytes());
    let trace = TraceFile { path: file.path().to_owned(), ..TraceFile::default() };
    let requests = Replayed::open(trace, replay, forescale_kernel::random::stream(seed, "thin", 0)).unwrap();
    requests.map(|request| request.unwrap().at.as_secs_f64()).collect()
}

#[test]
fn a_trace_is_repeated_up_to_an_instant() {
    let s = SimDuration::from_secs;
    let repeat = Some(s(7));
    let whole = Replay { repeat, ..Replay::default() };
    assert_eq!(replayed(0..3, whole, 1), [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
    // The window ends within the trace, so a round is as long as it: 0.5 s to 3 s.
    let window = Some((SimDuration::from_ms(500), s(3)));
    assert_eq!(replayed(0..9, Replay { window, ..whole }, 1), [0.5, 1.5, 3.0, 4.0, 5.5, 6.5]);
    assert_eq!(replayed(0..4, Replay { rate_scale: 2.0, repeat: Some(s(3)), ..whole }, 1).len(), 6);
    assert_eq!(replayed(0..9, Replay { repeat: Some(s(2)), ..whole }, 1), [0.0, 1.0]);
    assert_eq!(replayed(0..1, whole, 1), [0.0], "one instant is not repeated");
}

#[test]
fn thinning_keeps_a_share_that_the_seed_decides() {
    let thin = Replay { thin: 0.25, ..Replay::default() };
    let kept = replayed(0..10_000, thin, 1);
    // Four standard deviations of the binomial are 173.
    assert!((2327..=2673).contains(&kept.len()), "{}", kept.len());
    assert_eq!(kept, replayed(0..10_000, thin, 1));
    assert_ne!(kept, replayed(0..10_000, thin, 2));
}

const ENVOY: &str = "{\"start_time\":\"2026-01-05T09:00:02.000Z\",\"method\":\"POST\",\"path\":\"/v1/completions\",\"response_code\":200,\"duration\":1}\n\
    {\"start_time\":\"2026-01-05T09:00:00.250Z\",\"method\":\"POST\",\"path\":\"/v1/completions\",\"response_code\":\"200\",\"duration\":9000,\"prompt_tokens\":7,\"output_tokens\":8}\n\
    {\"start_time\":\"2026-01-05T09:00:09.000Z\",\"method\":\"GET\",\"path\":\"/metrics\",\"response_code\":200}\n\
    {\"start_time\":\"2026-01-05T09:00:09.500Z\",\"method\":\"POST\",\"path\":\"/v1/completions\",\"response_code\":401}\n";

#[test]
fn an_access_log_is_put_in_order_of_arrival_without_a_repair() {
    let (found, requests) = read(ENVOY.as_bytes(), None, false);
    assert_eq!(found, [Ok((0, 7, 8)), Ok((1_750, 0, 0))]);
    let requests = requests.unwrap();
    assert_eq!((requests.format(), requests.failures(), requests.others()), (TraceFormat::EnvoyJson, 1, 1));
    assert_eq!(requests.repairs(), None);
    assert!(
        first_error(&(ENVOY.to_owned() + "{\"start_time\": \"noon\"}\n"))
            .contains(":5:17: start_time `noon`")
    );
}

#[test]
fn lengths_that_a_log_does_not_say_are_drawn_by_the_seed_of_the_run() {
    let file = file(ENVOY.as_bytes());
    let trace = TraceFile { path: file.path().to_owned(), ..TraceFile::default() };
    let dist = |max| forescale_core::dist::Dist::Uniform { min: 1.0, max };
    let lengths = forescale_core::demand::Lengths { prompt_tokens: dist(1e6), output_tokens: dist(1e6) };
    let rows = |lengths, seed| {
        let rows = source(trace.clone(), Replay::default(), lengths, "chat").open(seed).unwrap();
        rows.map(|row| row.map(|row| (row.prompt_tokens, row.output_tokens))).collect::<Result<Vec<_>, _>>()
    };
    let drawn = rows(Some(lengths.clone()), 1).unwrap();
    assert_eq!(drawn[0], (7, 8));
    assert_eq!(drawn, rows(Some(lengths.clone()), 1).unwrap());
    assert_ne!(drawn[1], rows(Some(lengths), 2).unwrap()[1]);
    assert!(rows(None, 1).is_err_and(|error| error.message.contains("does not say how long")));
}

const VLLM: &str = "{\"num_prompts\": 3, \"input_lens\": [12, 7, 9], \"output_lens\": [5, 0, 6], \"start_times\": [1000.5, 1000.25, 1000.0]}";

#[test]
fn results_of_load_generators_are_put_in_order_and_mended() {
    assert_eq!(rows(VLLM), [Ok((0, 9, 6)), Ok((500, 12, 5))]);
    let wrong = VLLM.replace("[12,", "[-12,");
    assert!(first_error(&wrong).contains(":1:35: request 0: input_lens `-12`"), "{}", first_error(&wrong));
    let (found, requests) = read(wrong.as_bytes(), None, true);
    assert_eq!((found, requests.unwrap().repairs().unwrap().defective), (vec![Ok((0, 9, 6))], 1));
    let spread = wrong.replace(", ", ",\n  ");
    assert!(first_error(&spread).contains(":2:18: request 0"), "{}", first_error(&spread));
    let far = wrong.replace("{\"num", &format!("{{\"label\": \"{}\", \"num", "é".repeat(5000)));
    assert!(first_error(&far).contains(":1:5048: request 0"), "{}", first_error(&far));
    assert!(first_error("{\"num_prompts\": 3,\n \"input_lens\": }").contains(":2:16: "));
    let cut = VLLM.replace("]}", "");
    assert!(first_error(&cut).contains("ends before"), "{}", first_error(&cut));
    assert!(first_error("[\n").contains("no list of requests"));
}

/// Lines that come close to rows, and arbitrary bytes.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let own = "arrival_s,prompt_tokens,output_tokens\n1,2,3\n";
    let heads = [AZURE_2023, AZURE_2024, BURST, MOONCAKE, own, ENVOY, VLLM];
    let cut = (0..heads.len(), 0usize..400, proptest::collection::vec(any::<u8>(), 0..60)).prop_map(
        move |(head, keep, more)| {
            let head = heads[head].as_bytes();
            let mut bytes = head[..keep.min(head.len())].to_vec();
            bytes.extend(more);
            bytes.extend(&head[keep.min(head.len())..]);
            bytes
        },
    );
    prop_oneof![proptest::collection::vec(any::<u8>(), 0..200), cut]
}

proptest! {
    #[test]
    fn any_bytes_are_rows_or_mistakes(bytes in bytes(), format in 0..=TraceFormat::ALL.len(), repair: bool) {
        let format = TraceFormat::ALL.get(format).copied();
        let mut statistics = TraceStatistics::default();
        let file = file(&bytes);
        let trace = TraceFile { path: file.path().to_owned(), format, repair, ..TraceFile::default() };
        let Ok(requests) = trace.open() else { return Ok(()) };
        let may_lack_lengths = requests.format().is_access_log();
        let mut last = SimDuration::ZERO;
        for request in requests {
            match request {
                Ok(request) => {
                    let has_lengths = request.prompt_tokens > 0 && request.output_tokens > 0;
                    prop_assert!(request.at >= last && (has_lengths || may_lack_lengths));
                    last = request.at;
                    statistics.add(&request);
                }
                Err(error) => {
                    let mut sources = Sources::default();
                    let span = diagnostic(&mut sources, &error, None).span.unwrap();
                    let text = sources.text(span.source);
                    prop_assert!(text.get(span.start..span.end).is_some(), "{error}");
                }
            }
        }
        prop_assert!(statistics.prompt_tokens.quantile(0.99).is_some() == (statistics.rows() > 0) || may_lack_lengths);
    }
}
