//! What holds for every step time, and the arithmetic of each form.

use super::*;
use proptest::prelude::*;

/// Llama-3.1-8B on H100 with the coefficients of the calibration table.
const LLAMA: Piecewise = Piecewise {
    fixed_ps: 6_434_000_000,
    knee_low_tokens: 256,
    below_ps: 11_480_000,
    knee_high_tokens: 384,
    above_ps: 20_920_000,
    context_ps: 43_000,
    half_pair_fs: 347_000,
};

#[test]
fn the_pieces_add_up() {
    let step = StepTime::from(LLAMA);
    let decode = StepLoad::decode(64, 64 * 1024);
    assert_eq!(step.of(&decode).as_ps(), 6_434_000_000 + 64 * 11_480_000 + 65_536 * 43_000);
    // A prompt of 2048 in one chunk: 2048² half pairs.
    let expected = 6_434_000_000 + 256 * 11_480_000 + 1664 * 20_920_000 + 2048 * 2048 * 347;
    assert_eq!(step.of(&StepLoad::prefill(0, 2048)).as_ps(), expected);
}

#[test]
fn an_affine_step_tells_prompt_tokens_from_sequences() {
    let affine =
        Affine { fixed_ps: 1, prefill_token_ps: 10, seq_ps: 100, context_ps: 1000, half_pair_fs: 2000 };
    let mut load = StepLoad::prefill(3, 2);
    load.add(StepLoad::decode(4, 5));
    assert_eq!(load.prefill_half_pairs, 2 * (2 * 3 + 2));
    assert_eq!(StepTime::from(affine).of(&load).as_ps(), 1 + 20 + 400 + 5000 + 32);
}

#[test]
fn half_a_picosecond_rounds_up() {
    let step = StepTime::from(Piecewise { fixed_ps: 10, half_pair_fs: 100, ..Piecewise::default() });
    let of = |pairs| step.of(&StepLoad { prefill_half_pairs: pairs, ..StepLoad::default() }).as_ps();
    assert_eq!([of(4), of(5), of(14), of(15)], [10, 11, 11, 12]);
}

#[test]
fn the_host_counts_prompts_and_decodes() {
    let host = HostTime { per_step_ps: 300, per_seq_ps: 7 };
    let mut load = StepLoad::prefill(0, 512);
    load.add(StepLoad::decode(3, 90));
    assert_eq!(StepTime::default().with_host(host).host(&load).as_ps(), 300 + 4 * 7);
}

/// vLLM's sizes for 256 seats: 33 tokens take the graph of 40, 257 that of 272, 513 none.
#[test]
fn batches_are_padded_to_the_next_graph() {
    let graphs = CudaGraphs::vllm(256, 2048, 512);
    assert_eq!((graphs.full().last(), graphs.piecewise().last()), (Some(&256), Some(&512)));
    assert_eq!(graphs.piecewise()[..5], [1, 2, 4, 8, 16]);
    let decode = |seqs| graphs.pad(&StepLoad::decode(seqs, 9)).decode_seqs;
    assert_eq!([0, 3, 33, 248, 249, 257, 512, 513].map(decode), [0, 4, 40, 248, 256, 272, 512, 513]);
    let mixed = StepLoad { prefill_tokens: 250, decode_seqs: 7, ..StepLoad::default() };
    assert_eq!(graphs.pad(&mixed).tokens(), 272);
    // A small budget is a size of its own; graphs that are full alone pad no mixed batch.
    assert_eq!(CudaGraphs::vllm(16, 30, 512).piecewise(), [1, 2, 4, 8, 16, 24, 30]);
    assert_eq!(CudaGraphs::new(&[8, 0, 4], &[]).pad(&mixed), mixed);
}

fn points() -> ([DecodePoint; 5], [PrefillPoint; 3]) {
    let decode = |seqs, context, ps| DecodePoint { seqs, context, ps };
    let prefill = |tokens, ps| PrefillPoint { tokens, ps };
    (
        [
            decode(8, 8_000, 190),
            decode(1, 1_000, 110),
            decode(1, 3_000, 130),
            decode(8, 0, 110),
            decode(8, 4_000, 150),
        ]
        .map(|point| DecodePoint { ps: point.ps * 1000, ..point }),
        [prefill(100, 300_000), prefill(300, 700_000), prefill(200, 400_000)],
    )
}

#[test]
fn a_table_goes_through_its_points() {
    let (decode, prefill) = points();
    let step = StepTime::from(Table::new(&decode, &prefill, 1000).unwrap());
    for point in decode {
        assert_eq!(step.of(&StepLoad::decode(point.seqs, point.context)).as_ps(), point.ps);
    }
    for point in prefill {
        assert_eq!(step.of(&StepLoad::prefill(0, point.tokens as u32)).as_ps(), point.ps);
    }
    // Batch 1 costs 100 µps + 10 ps per context token, batch 8 costs 110,000 + 10.
    assert_eq!(step.decode(1), DecodeTime { base_ps: 100_000, per_context_ps: 10 });
    assert_eq!(step.decode(15).base_ps, 110_000 + 7 * (10_000 / 7));
    // Half way between 100 and 200 tokens, without the quadratic term.
    assert_eq!(
        step.of(&StepLoad { prefill_tokens: 150, ..StepLoad::default() }).as_ps(),
        (290_000 + 360_000) / 2
    );
    assert_eq!(Table::new(&[], &prefill, 0), Err(TableError::NoDecode));
    assert_eq!(Table::new(&decode, &prefill[..1], 0), Err(TableError::TooFewPrefills));
    let wrong = DecodePoint { seqs: 0, ..decode[0] };
    assert_eq!(Table::new(&[decode[0], wrong], &prefill, 0), Err(TableError::OutOfRange(1)));
}

fn any_table() -> impl Strategy<Value = Option<Table>> {
    let decode = (1..300_u64, 0..MOST, 0..1_u64 << 52);
    let prefill = (0..1_u64 << 20, 0..1_u64 << 52);
    let lists = (prop::collection::vec(decode, 1..12), prop::collection::vec(prefill, 2..8), any::<u64>());
    lists.prop_map(|(decode, prefill, half_pair_fs)| {
        let decode: Vec<_> =
            decode.into_iter().map(|(seqs, context, ps)| DecodePoint { seqs, context, ps }).collect();
        let prefill: Vec<_> = prefill.into_iter().map(|(tokens, ps)| PrefillPoint { tokens, ps }).collect();
        Table::new(&decode, &prefill, half_pair_fs).ok()
    })
}

const MOST: u64 = 1 << 40;

fn any_step_time() -> impl Strategy<Value = StepTime> {
    let numbers = prop::array::uniform7(prop_oneof![any::<u64>(), 0..1_000_000_u64]);
    let sizes = prop::collection::vec(0..600_u32, 0..6);
    (numbers, any_table(), 0..3_u8, sizes.clone(), sizes).prop_map(|(c, table, form, full, piecewise)| {
        let gpu = match (form, table) {
            (0, Some(table)) => GpuTime::Table(Arc::new(table)),
            (1, _) => GpuTime::Affine(Affine {
                fixed_ps: c[0],
                prefill_token_ps: c[1],
                seq_ps: c[2],
                context_ps: c[3],
                half_pair_fs: c[4],
            }),
            _ => GpuTime::Piecewise(Piecewise {
                fixed_ps: c[0],
                knee_low_tokens: c[1],
                below_ps: c[2],
                knee_high_tokens: c[3],
                above_ps: c[4],
                context_ps: c[5],
                half_pair_fs: c[6],
            }),
        };
        let host = HostTime { per_step_ps: c[0], per_seq_ps: c[6] };
        StepTime { host, gpu, cuda_graphs: CudaGraphs::new(&full, &piecewise), start_ps: 0 }
    })
}

proptest! {
    #[test]
    fn never_panics_and_never_stands_still(step in any_step_time(), a: u64, b: u64, c: u64, d: u64, e: u64) {
        let load = StepLoad { prefill_tokens: a, prefill_half_pairs: b, prefill_seqs: c, decode_seqs: d, decode_context: e };
        prop_assert!(step.of(&load) > SimDuration::ZERO);
        prop_assert!(step.host(&load) >= step.host(&StepLoad::default()));
    }

    /// What fast-forward builds on.
    #[test]
    fn a_decode_step_is_a_line_over_its_context(step in any_step_time(), seqs in 0..1200_u64, context in 0..1_u64 << 41) {
        let line = step.decode(seqs);
        let ps = u128::from(line.base_ps) + u128::from(line.per_context_ps) * u128::from(context);
        if line.base_ps < u64::MAX && let Ok(ps @ 1..) = u64::try_from(ps) {
            prop_assert_eq!(step.of(&StepLoad::decode(seqs, context)).as_ps(), ps);
        }
    }

    /// More to do never takes less time, but for what noisy points and gaps between graphs say.
    #[test]
    fn more_takes_no_less(step in any_step_time(), tokens in 0..2000_u32, seqs in 0..600_u64, context in 0..1_u64 << 20) {
        if matches!(step.gpu, GpuTime::Table(_)) {
            return Ok(());
        }
        let step = StepTime { cuda_graphs: CudaGraphs::none(), ..step };
        let mut load = StepLoad::prefill(0, tokens);
        load.add(StepLoad::decode(seqs, context));
        let mut more = load;
        more.add(StepLoad::decode(1, 7));
        more.add(StepLoad::prefill(3, 5));
        prop_assert!(step.of(&load) <= step.of(&more) && step.host(&load) <= step.host(&more));
    }
}
