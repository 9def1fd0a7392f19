//! How a Prometheus client for Python writes numbers into labels.

/// A bound as `le` shows it: always with a decimal point, and with an exponent from a million on.
///
/// Prometheus 3 writes the same when it stores what it has scraped.
pub(super) fn le(bound: f64) -> String {
    let plain = format!("{bound:?}");
    let Some((whole, fraction)) = plain.split_once('.').filter(|(whole, _)| whole.len() > 6) else {
        return plain;
    };
    let (first, rest) = whole.split_at(1);
    let mantissa = format!("{first}.{rest}{fraction}");
    format!("{}e+{:02}", mantissa.trim_end_matches(['0', '.']), rest.len())
}

#[cfg(test)]
mod tests {
    use super::le;

    /// What `floatToGoString` of `prometheus_client/utils.py` makes of them.
    #[test]
    fn bounds_are_written_as_prometheus_client_does() {
        for (bound, written) in [
            (0.001, "0.001"),
            (0.3, "0.3"),
            (1.0, "1.0"),
            (16_384.0, "16384.0"),
            (500_000.0, "500000.0"),
            (1_000_000.0, "1e+06"),
            (2_500_000.0, "2.5e+06"),
            (20_000_000_000.0, "2e+10"),
        ] {
            assert_eq!(le(bound), written);
        }
    }
}
