//! Values of arguments, as vLLM reads them.

use forescale_document::{Code, Refusal};

pub(super) fn missing(flag: &str) -> Refusal {
    Refusal::new(Code::MISSING_KEY, format!("`{flag}` needs a value"))
}

pub(super) fn wrong(message: String) -> Refusal {
    Refusal::new(Code::WRONG_VALUE, message)
}

pub(super) fn number<T: std::str::FromStr>(flag: &str, value: Option<&str>) -> Result<Option<T>, Refusal> {
    let value = value.ok_or_else(|| missing(flag))?;
    let form = || wrong(format!("`{flag}` needs a number that is not negative, found `{value}`"));
    value.parse().map(Some).map_err(|_| form())
}

/// A count with vLLM's suffixes: `8k` and `25.6k` in thousands, `8K` in powers of 1024, without fractions.
pub(super) fn tokens(flag: &str, value: Option<&str>) -> Result<u32, Refusal> {
    let value = value.ok_or_else(|| missing(flag))?;
    let form = || wrong(format!("`{flag}` needs a number of tokens such as 8192, 8k or 8K, found `{value}`"));
    let too_large = || wrong(format!("`{flag} {value}`: too large"));
    let factor: u64 = match value.chars().next_back() {
        Some('k') => 1000,
        Some('m') => 1_000_000,
        Some('g') => 1_000_000_000,
        Some('K') => 1 << 10,
        Some('M') => 1 << 20,
        Some('G') => 1 << 30,
        _ => 1,
    };
    let digits = value.strip_suffix(['k', 'm', 'g', 'K', 'M', 'G']).unwrap_or(value);
    let is_count = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if let Some((whole, fraction)) = digits.split_once('.') {
        let is_decimal = factor > 1 && factor.is_multiple_of(10);
        if !is_decimal || !is_count(whole) || !is_count(fraction) {
            return Err(form());
        }
        let count = digits.parse::<f64>().map_err(|_| form())? * factor as f64;
        return if count <= f64::from(u32::MAX) { Ok(count as u32) } else { Err(too_large()) };
    }
    if !is_count(digits) {
        return Err(form());
    }
    let count = digits.parse::<u64>().ok().and_then(|count| count.checked_mul(factor));
    count.and_then(|count| u32::try_from(count).ok()).ok_or_else(too_large)
}

/// One of a few words.
pub(super) fn one_of<T: Copy>(flag: &str, value: Option<&str>, words: &[(&str, T)]) -> Result<T, Refusal> {
    let value = value.ok_or_else(|| missing(flag))?;
    let found = words.iter().find(|(word, _)| *word == value);
    found.map(|(_, meaning)| *meaning).ok_or_else(|| {
        let names: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        wrong(format!("`{flag}` is one of {}, found `{value}`", names.join(", ")))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As vLLM's `human_readable_int`.
    #[test]
    fn tokens_have_suffixes() {
        let of = |value: &str| tokens("--max-model-len", Some(value)).ok();
        assert_eq!(
            ["8192", "8k", "8K", "25.6k", "1M"].map(of),
            [8192, 8000, 8192, 25_600, 1 << 20].map(Some)
        );
        for wrong in [
            "",
            "k",
            "8kk",
            "1.5K",
            "1.5",
            "-2",
            "+8",
            "8e3",
            "nan",
            ".5k",
            "5.k",
            "5G",
            "99999999999999999999",
        ] {
            assert_eq!(of(wrong), None, "{wrong}");
        }
    }
}
