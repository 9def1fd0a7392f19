//! The table of calibrated step times.

use super::table::{Row, rows};
use super::{Accuracy, Gpu, KvCapacity, Model, Profile, Tier, host_time};
use forescale_core::replica::{Affine, HostTime, Piecewise, StepTime};

const TABLE: &str = include_str!("../../data/calibrated.csv");

/// All calibrated profiles, those of models that share another's step times too.
pub(super) fn profiles() -> Vec<Profile> {
    rows(TABLE).filter_map(|row| Calibrated::read(&row)).flat_map(Calibrated::profiles).collect()
}

/// A row.
struct Calibrated {
    model: &'static str,
    gpu: &'static Gpu,
    tensor_parallel_size: u32,
    dtype: &'static str,
    step_time: StepTime,
    accuracy: Accuracy,
    blocks: u32,
    tier: Tier,
}

impl Calibrated {
    fn read(row: &Row) -> Option<Self> {
        let tensor_parallel_size = row.number(2)?;
        // Microseconds and nanoseconds to picoseconds.
        let us = |at| row.number(at).map(|us: f64| (us * 1e6).round() as u64);
        let ns = |at| row.number(at).map(|ns: f64| (ns * 1e3).round() as u64);
        let step_time = match row.text(4)? {
            "B" => StepTime::from(Piecewise {
                fixed_ps: us(5)?,
                knee_low_tokens: row.number(6)?,
                below_ps: ns(7)?,
                knee_high_tokens: row.number(8)?,
                above_ps: ns(9)?,
                context_ps: row.number(10)?,
                half_pair_fs: row.number(11)?,
            }),
            "A" => StepTime::from(Affine {
                fixed_ps: us(5)?,
                prefill_token_ps: ns(7)?,
                seq_ps: ns(9)?,
                context_ps: row.number(10)?,
                half_pair_fs: row.number(11)?,
            }),
            _ => return None,
        };
        let tier = match row.text(16)? {
            "kernels" => Tier::Kernels,
            "scaled" => Tier::Scaled,
            "e2e" => Tier::EndToEnd,
            _ => return None,
        };
        let host = match tier {
            Tier::EndToEnd => HostTime::default(),
            _ => host_time(tensor_parallel_size),
        };
        Some(Self {
            model: row.text(0)?,
            gpu: Gpu::find(row.text(1)?)?,
            tensor_parallel_size,
            dtype: row.text(3)?,
            step_time: step_time.with_host(host),
            accuracy: Accuracy {
                mape_percent: row.optional(12)?,
                p95_percent: row.optional(13)?,
                measured_ratio: row.optional(14)?,
                substituted_attention: row.text(17)? == "1",
            },
            blocks: row.number(15)?,
            tier,
        })
    }

    fn profiles(self) -> impl Iterator<Item = Profile> {
        let models = Model::all().iter().filter(move |model| model.step_times_of == self.model);
        models.filter_map(move |model| {
            let tp = self.tensor_parallel_size;
            Some(Profile {
                name: super::library::name(model, self.gpu, tp, self.dtype),
                model: model.name.to_owned(),
                gpu: self.gpu.name.to_owned(),
                model_name: model.hugging_face.to_owned(),
                dtype: self.dtype.to_owned(),
                tensor_parallel_size: tp,
                gpu_class: self.gpu.class(),
                max_model_len: model.max_model_len,
                tier: self.tier,
                source: source(self.tier, self.gpu).to_owned(),
                accuracy: self.accuracy,
                kv: KvCapacity {
                    gpu_memory_gib: self.gpu.memory_gib,
                    weights_bytes: model.weights_bytes(self.dtype)? / f64::from(tp),
                    bytes_per_token: model.kv_bytes_per_token(tp),
                    blocks_at_0_9: self.blocks,
                },
                step_time: self.step_time.clone(),
            })
        })
    }
}

/// Where a row's figures come from.
fn source(tier: Tier, gpu: &Gpu) -> &'static str {
    match tier {
        Tier::Kernels if gpu.name.starts_with("a100") => {
            "kernel times measured with vLLM 0.14.0, from aiconfigurator-core 0.12.0 (NVIDIA, Apache-2.0), composed per model and fitted"
        }
        Tier::Scaled => {
            "the row of L40S, scaled by bandwidth (2.88) and FLOPS (2.99); one anchor, vLLM pull request 11078: 61.1 ms per token of Llama 3 8B"
        }
        Tier::EndToEnd => {
            "16 published latencies of static batches, ROCm/vllm docs/dev-docker/README.md at 040de12d (vLLM 0.10.0)"
        }
        _ => {
            "kernel times measured with vLLM 0.24.0, from aiconfigurator-core 0.12.0 (NVIDIA, Apache-2.0), composed per model and fitted"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use forescale_core::replica::{GpuTime, StepLoad};

    #[test]
    fn every_row_makes_a_profile() {
        let parsed: Vec<Calibrated> = rows(TABLE).filter_map(|row| Calibrated::read(&row)).collect();
        assert_eq!((rows(TABLE).count(), parsed.len()), (683, 683));
        for row in parsed {
            let (model, gpu) = (row.model, row.gpu.name);
            let profiles: Vec<Profile> = row.profiles().collect();
            assert!(!profiles.is_empty(), "{model} {gpu}");
            for profile in profiles {
                assert_eq!(Profile::find(&profile.name), Some(&profile));
                let decode = |seqs| profile.step_time.of(&StepLoad::decode(seqs, seqs * 512));
                assert!(decode(1) <= decode(64) && decode(1).as_secs_f64() > 1e-4, "{}", profile.name);
                // Activations and graphs take 1.5 to 3.3 GiB; an MI300X reserves more.
                assert!(
                    (1.4..3.4).contains(&profile.kv.overhead_gib()),
                    "{}: {:?}",
                    profile.name,
                    profile.kv
                );
            }
        }
    }

    /// The whole calibration file, where it is there: coefficients to six digits, errors to three.
    #[test]
    fn the_table_is_that_of_the_calibration() {
        let Some(folder) = std::env::var_os("FORESCALE_DATA") else {
            println!("skipped: the table of step times against its source (FORESCALE_DATA is not set)");
            return;
        };
        let text = std::fs::read_to_string(std::path::Path::new(&folder).join("calibration.csv")).unwrap();
        let mut lines = text.lines();
        let header: Vec<&str> = lines.next().unwrap().split(',').collect();
        let mut count = 0;
        for line in lines {
            // Quoted fields with commas stand behind all columns that are read here.
            let fields: Vec<&str> = line.split(',').collect();
            let text = |name: &str| fields[header.iter().position(|column| *column == name).unwrap()];
            let number = |name: &str| text(name).parse::<f64>().unwrap();
            let name =
                format!("{}/{}/tp{}/{}", text("model"), gpu_name(text("gpu")), text("tp"), text("dtype"));
            let profile = Profile::find(&name).unwrap_or_else(|| panic!("{name}"));
            let near = |ours: u64, theirs: f64, what: &str| {
                assert!(
                    (ours as f64 - theirs).abs() <= 0.51 + theirs * 2e-6,
                    "{name} {what}: {ours} {theirs}"
                );
            };
            match profile.step_time.gpu {
                GpuTime::Piecewise(ours) => {
                    near(ours.fixed_ps, number("B_b0_ms") * 1e9, "b0");
                    near(ours.knee_low_tokens, number("B_m1_tok"), "m1");
                    near(ours.below_ps, number("B_b1_ms_per_tok_below_m1") * 1e9, "b1");
                    near(ours.knee_high_tokens, number("B_m2_tok"), "m2");
                    near(ours.above_ps, number("B_b2_ms_per_tok_above_m2") * 1e9, "b2");
                    near(ours.context_ps, number("B_b3_ms_per_ctx_tok") * 1e9, "b3");
                    near(ours.half_pair_fs, number("B_b4_ms_per_prefill_pair") * 1e12 / 2.0, "b4");
                }
                GpuTime::Affine(ours) => {
                    near(ours.fixed_ps, number("A_c0_ms") * 1e9, "c0");
                    near(ours.prefill_token_ps, number("A_c1_ms_per_prefill_tok") * 1e9, "c1");
                    near(ours.seq_ps, number("A_c2_ms_per_decode_seq") * 1e9, "c2");
                }
                GpuTime::Table(_) => panic!("{name} is a table"),
            }
            assert_eq!(f64::from(profile.kv.blocks_at_0_9), number("kv_blocks16_est_util0p9"), "{name}");
            let weights = profile.kv.weights_bytes * f64::from(profile.tensor_parallel_size);
            assert!((weights / number("weights_bytes") - 1.0).abs() < 1e-4, "{name}");
            let (all, tp) = (number("kv_bytes_per_token"), f64::from(profile.tensor_parallel_size));
            let per_gpu = f64::from(profile.kv.bytes_per_token);
            assert!(per_gpu >= all / tp && per_gpu <= all, "{name}");
            count += 1;
        }
        assert_eq!(count, 683);
    }

    /// `H100-SXM-80G` is `h100-sxm-80gb` here.
    fn gpu_name(theirs: &str) -> String {
        theirs.to_lowercase() + "b"
    }
}
