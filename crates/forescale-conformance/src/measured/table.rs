//! A comparison as tables in Markdown.

use super::errors::quantile;
use super::{Compared, Comparison, Errors, LeftOut};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// How many of the worst rows are shown.
const WORST: usize = 12;

#[derive(Default)]
struct Group {
    rows: usize,
    tpot: Errors,
    ttft: Errors,
    /// Simulated less measured time to first token, in ms.
    ttft_ms: Vec<f64>,
}

impl Group {
    fn add(&mut self, row: &Compared) {
        self.rows += 1;
        self.tpot.add(row.simulated.tpot_ms, row.case.run.itl_mean_ms.unwrap_or(0.0));
        self.ttft.add(row.simulated.ttft_ms, row.case.run.ttft_mean_ms.unwrap_or(0.0));
        self.ttft_ms.extend(row.case.run.ttft_mean_ms.map(|measured| row.simulated.ttft_ms - measured));
    }

    fn cells(&self) -> String {
        let of = |errors: &Errors| {
            let share =
                |share: Option<f64>| share.map_or(String::new(), |share| format!("{:.1}", share * 100.0));
            let signed = errors.signed_median();
            let signed = signed.map_or(String::new(), |share| format!("{:+.1}", share * 100.0));
            format!("{} | {} | {signed}", share(errors.absolute(0.5)), share(errors.absolute(0.9)))
        };
        let ms = quantile(self.ttft_ms.clone(), 0.5).map_or(String::new(), |ms| format!("{ms:+.0} ms"));
        format!("{} | {} | {} | {ms}", self.rows, of(&self.tpot), of(&self.ttft))
    }
}

impl Comparison {
    /// How many rows each part of the rule left out, in the order of the rule.
    pub fn choice_table(&self) -> String {
        let mut text = format!("| | rows |\n|---|---|\n| in the table | {} |\n", self.rows);
        for reason in LeftOut::ALL {
            let count = self.left_out.get(&reason).copied().unwrap_or(0);
            let _ = writeln!(text, "| {} | -{count} |", reason.reason());
        }
        let _ = writeln!(text, "| **replayed** | **{}** |", self.compared.len());
        text
    }

    /// Models by the profiles' names, without repetition.
    pub fn models(&self) -> BTreeSet<&str> {
        self.compared.iter().map(|row| row.case.profile.model()).collect()
    }

    /// GPUs by the profiles' names, without repetition.
    pub fn gpus(&self) -> BTreeSet<&str> {
        self.compared.iter().map(|row| row.case.profile.gpu()).collect()
    }

    /// Errors in percent: of all rows and by who measured, by GPU and model, and by version of the engine.
    pub fn error_tables(&self) -> String {
        let by_client = self.groups(&["measured by"], |row| vec![row.case.client.name().to_owned()], true);
        let by_profile = self.groups(
            &["GPU", "model", "dtype"],
            |row| {
                let profile = row.case.profile;
                vec![profile.gpu().to_owned(), profile.model().to_owned(), profile.dtype.clone()]
            },
            false,
        );
        let version = |row: &Compared| vec![row.case.run.version().to_owned()];
        let by_version = self.groups(&["vLLM"], version, false);
        format!("{by_client}\n{by_profile}\n{by_version}")
    }

    fn groups(&self, keys: &[&str], key: impl Fn(&Compared) -> Vec<String>, with_all: bool) -> String {
        let (mut groups, mut all) = (BTreeMap::<Vec<String>, Group>::new(), Group::default());
        for row in &self.compared {
            groups.entry(key(row)).or_default().add(row);
            all.add(row);
        }
        let mut text = format!(
            "| {} | rows | TPOT median | p90 | signed | TTFT median | p90 | signed | difference |\n|{}\n",
            keys.join(" | "),
            "---|".repeat(keys.len() + 8)
        );
        if with_all {
            let _ = writeln!(text, "| **all** | {} |", all.cells());
        }
        for (key, group) in &groups {
            let _ = writeln!(text, "| {} | {} |", key.join(" | "), group.cells());
        }
        text
    }

    /// The rows with the largest errors of the time per output token, and of the time to first token: what ran, and simulated over measured.
    pub fn worst_table(&self) -> String {
        let tpot = |row: &Compared| Some(row.simulated.tpot_ms / row.case.run.itl_mean_ms?);
        let ttft = |row: &Compared| Some(row.simulated.ttft_ms / row.case.run.ttft_mean_ms?);
        format!("{}\n{}", self.worst("TPOT", tpot), self.worst("TTFT", ttft))
    }

    fn worst(&self, name: &str, ratio: impl Fn(&Compared) -> Option<f64>) -> String {
        let mut rows: Vec<(f64, &Compared)> = self
            .compared
            .iter()
            .filter_map(|row| Some((ratio(row).filter(|ratio| ratio.is_finite())?, row)))
            .collect();
        rows.sort_by(|(a, _), (b, _)| (b - 1.0).abs().total_cmp(&(a - 1.0).abs()));
        let mut text = format!(
            "| {name}, simulated / measured | profile | measured by | vLLM | prompt, answer | load |\n|---|---|---|---|---|---|\n"
        );
        for (ratio, row) in rows.into_iter().take(WORST) {
            let (run, profile) = (&row.case.run, row.case.profile);
            let length = |length: Option<f64>| length.unwrap_or_default().round();
            let _ = writeln!(
                text,
                "| {ratio:.2} | `{}` | {} | {} | {}, {} | {} |",
                profile.name,
                row.case.client.name(),
                run.version(),
                length(run.isl),
                length(run.osl),
                row.case.load
            );
        }
        text
    }
}
