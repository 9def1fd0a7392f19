//! Kubernetes quantities.

mod amount;
mod canonical;
mod decimal;
mod parse;
mod serde_impl;

use amount::Amount;
use std::fmt;
use std::str::FromStr;

/// Suffix family of a quantity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    /// `n u m "" k M G T P E`
    DecimalSI,
    /// `e3`, `E3`
    DecimalExponent,
    /// `Ki Mi Gi Ti Pi Ei`
    BinarySI,
}

/// Why a text is not a quantity.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QuantityError {
    /// Not a number followed by a suffix.
    #[error("`{0}` is no quantity: expected a number such as 250, 1.5 or 500m")]
    Format(String),
    /// A suffix that is none.
    #[error(
        "`{0}` has an unknown suffix: allowed are n, u, m, k, M, G, T, P, E, Ki, Mi, Gi, Ti, Pi, Ei or an exponent such as e3"
    )]
    Suffix(String),
    /// An exponent with which the number cannot be held.
    #[error("`{0}` is out of range")]
    Range(String),
}

/// A fixed-point number as Kubernetes writes it: `250`, `1.5`, `500m`, `2Gi`, `1e3`.
///
/// At most nine decimal places are kept, rounded away from zero. Behaviour including its overflows is that of
/// `k8s.io/apimachinery/pkg/api/resource` in Kubernetes 1.36.2. Two quantities are equal (`==`) if they are stored
/// alike; `1` and `1000m` are, `1.100` and `1100m` are not.
#[derive(Clone, Debug)]
pub struct Quantity {
    amount: Amount,
    format: Format,
    /// The text as written, where Kubernetes keeps it instead of the canonical form.
    written: Option<String>,
}

impl Quantity {
    /// `milli` thousandths, in the decimal family (`NewMilliQuantity(milli, DecimalSI)`).
    pub const fn from_milli(milli: i64) -> Self {
        Self { amount: Amount::small(milli, -3), format: Format::DecimalSI, written: None }
    }

    /// `milli` thousandths, in the binary family (`NewMilliQuantity(milli, BinarySI)`): whole numbers from 1024 on are
    /// written with `Ki`, `Mi` and so on.
    pub const fn from_milli_binary(milli: i64) -> Self {
        let amount =
            if milli % 1000 == 0 { Amount::small(milli / 1000, 0) } else { Amount::small(milli, -3) };
        Self { amount, format: Format::BinarySI, written: None }
    }

    /// `MilliValue()`: thousandths, rounded away from zero.
    ///
    /// What does not fit 64 bits wraps or gives 0, as the original does: `1E` gives 0, `8Ei` gives -1000.
    pub fn milli_value(&self) -> i64 {
        self.amount.scaled(-3)
    }

    /// `Value()`: whole units, rounded away from zero; overflow as for [`Quantity::milli_value`].
    pub fn value(&self) -> i64 {
        self.amount.scaled(0)
    }

    /// `Sign()`: -1, 0 or 1.
    pub fn sign(&self) -> i32 {
        self.amount.sign()
    }

    /// `AsApproximateFloat64()`: mantissa times power of ten as stored, in floats.
    pub fn as_approximate_f64(&self) -> f64 {
        self.amount.approximate_f64()
    }

    /// The float that the controller gets: the API server stores the text that `Display` prints, and
    /// [`Quantity::as_approximate_f64`] of that text can differ in the last bit (`2.0005` becomes 2.0004999999999997).
    pub fn stored_f64(&self) -> f64 {
        self.to_string()
            .parse()
            .map_or_else(|_| self.as_approximate_f64(), |stored: Self| stored.as_approximate_f64())
    }
}

impl PartialEq for Quantity {
    fn eq(&self, other: &Self) -> bool {
        self.to_string() == other.to_string()
    }
}

impl Eq for Quantity {}

impl FromStr for Quantity {
    type Err = QuantityError;

    fn from_str(text: &str) -> Result<Self, QuantityError> {
        parse::parse(text)
    }
}

impl fmt::Display for Quantity {
    /// `String()`: the text as written where its exponent is a multiple of three already, else the canonical form.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.written {
            Some(text) => f.write_str(text),
            None => canonical::write(f, &self.amount, self.format),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn q(text: &str) -> Quantity {
        text.parse().unwrap()
    }

    #[test]
    fn values_round_away_from_zero() {
        assert_eq!(
            ["0.0001", "2.0005", "-0.0001", "1.5", "1Ki"].map(|t| q(t).milli_value()),
            [1, 2001, -1, 1500, 1_024_000]
        );
        assert_eq!(["250m", "-2.5", "0.0000000000001"].map(|t| q(t).value()), [1, -3, 1]);
    }

    #[test]
    fn overflows_are_those_of_the_original() {
        assert_eq!(
            ["1E", "8Ei", "524792667172M"].map(|t| q(t).milli_value()),
            [0, -1000, 8_283_833_108_132_554_752]
        );
        assert_eq!(["9300P", "9223372036854775808"].map(|t| q(t).value()), [0, i64::MIN]);
    }

    #[test]
    fn canonical_forms() {
        let canonical = |text: &str| q(text).to_string();
        assert_eq!(
            ["2.5", "1000m", "0.5Ki", "1.5Gi", "12e-1", "-0"].map(canonical),
            ["2500m", "1", "512", "1536Mi", "1200e-3", "0"]
        );
        assert_eq!(
            [12_500, 12_000, 12_000_000, 0].map(|m| Quantity::from_milli(m).to_string()),
            ["12500m", "12", "12k", "0"]
        );
        assert_eq!(q("1"), q("1000m"));
        assert_ne!(q("1.100"), q("1100m"));
    }

    #[test]
    fn exponents_of_ten_have_their_letters_and_their_floats() {
        assert_eq!(["1E", "3000P", "2e18", "1e21"].map(|t| q(t).to_string()), ["1E", "3E", "2e18", "1e21"]);
        // `math.Pow10`
        assert_eq!(
            ["1e308", "1e309", "12e400"].map(|t| q(t).as_approximate_f64()),
            [1e308, f64::INFINITY, f64::INFINITY]
        );
        assert_eq!(q("1e40").as_approximate_f64(), 1e40);
    }

    #[test]
    fn tolerance_floats_go_through_the_stored_text() {
        assert_eq!(q("2.0005").stored_f64(), 2.0004999999999997);
        assert_eq!(q("2.0005").as_approximate_f64(), 2.0005);
        assert_eq!(q("0.15").stored_f64(), 150.0 * 1e-3);
    }

    #[test]
    fn wrong_texts_are_refused() {
        for text in ["", " 1", "1 ", "1 k", "abc", "1KB", "0x10", "1e2Mi", "5µ", "1.2.3"] {
            assert!(matches!(text.parse::<Quantity>(), Err(QuantityError::Format(_))), "{text}");
        }
        for text in ["1K", "1e", "1e+", "--1", "1-", "1mi"] {
            assert!(matches!(text.parse::<Quantity>(), Err(QuantityError::Suffix(_))), "{text}");
        }
    }

    #[test]
    fn quantities_read_from_json_texts_and_numbers() {
        let read = |json: &str| serde_json::from_str::<Quantity>(json).map(|q| q.milli_value()).ok();
        assert_eq!(
            [" \"1500m\" ", "\" 2 \"", "3", "0.25", "-1", "true"].map(read),
            [Some(1500), Some(2000), Some(3000), Some(250), Some(-1000), None]
        );
    }

    proptest! {
        #[test]
        fn milli_values_survive_their_text(milli: i64) {
            let quantity = Quantity::from_milli(milli);
            prop_assert_eq!(quantity.milli_value(), milli);
            // From 19 digits on the text takes the long way, which rounds negative numbers upwards.
            if milli.unsigned_abs() < 1_000_000_000_000_000 {
                prop_assert_eq!(q(&quantity.to_string()).milli_value(), milli);
            }
        }

        #[test]
        fn the_stored_text_is_stable(text in "[+-]?[0-9]{0,22}(\\.[0-9]{0,14})?([numkMGTPE]|[KMGTPE]i|e-?[0-9]{1,2})?") {
            if let Ok(quantity) = text.parse::<Quantity>() {
                let stored = quantity.to_string();
                let again = q(&stored);
                prop_assert_eq!(&again, &quantity);
                prop_assert_eq!(&again.to_string(), &stored);
                prop_assert_eq!(again.sign(), quantity.sign());
            }
        }

        #[test]
        fn no_text_panics(text in "[-+.0-9eEinumkKMGTP ]{0,40}") {
            if let Ok(quantity) = text.parse::<Quantity>() {
                let _ = (quantity.milli_value(), quantity.value(), quantity.sign(), quantity.stored_f64(), quantity.to_string());
            }
        }

        #[test]
        fn no_exponent_panics(number in "[0-9]{1,25}", exponent: i64) {
            if let Ok(quantity) = format!("{number}e{exponent}").parse::<Quantity>() {
                let _ = (quantity.milli_value(), quantity.value(), quantity.stored_f64(), quantity.to_string());
            }
        }
    }
}
