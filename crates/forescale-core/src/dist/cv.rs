//! Coefficients of variation, and distributions of mean 1 that have them.

use super::DistError;
use rand_distr::{Distribution, Exp1, Gamma};

/// Below this nothing varies that anyone could measure.
const LEAST: f64 = 1e-3;
/// Above this the mean rests on values that are hardly ever drawn.
const MOST: f64 = 100.0;

/// A coefficient of variation, standard deviation over mean: 0 to 100. Below 0.001 it counts as 0, and nothing varies.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Cv(f64);

impl Cv {
    /// That of exponential gaps.
    pub const ONE: Self = Self(1.0);

    /// Checks the range.
    ///
    /// # Errors
    /// [`DistError::Cv`] where it is negative, above 100 or not a number.
    pub fn new(value: f64) -> Result<Self, DistError> {
        if (0.0..=MOST).contains(&value) { Ok(Self(value)) } else { Err(DistError::Cv) }
    }

    /// The number.
    pub fn value(self) -> f64 {
        self.0
    }

    /// The shape of the Gamma distribution, `1/cv²`; `None` where nothing varies.
    pub(crate) fn gamma_shape(self) -> Option<f64> {
        (self.0 >= LEAST).then(|| 1.0 / (self.0 * self.0))
    }
}

/// The Gamma distribution of mean 1: shape `1/cv²`, scale `cv²`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct UnitGamma(Option<Gamma<f64>>);

impl UnitGamma {
    pub(crate) fn new(cv: Cv) -> Self {
        // Shape and scale are positive and finite, so there is nothing to fail.
        Self(cv.gamma_shape().and_then(|shape| Gamma::new(shape, 1.0 / shape).ok()))
    }

    pub(crate) fn sample(&self, random: &mut impl rand::Rng) -> f64 {
        self.0.map_or(1.0, |gamma| gamma.sample(random))
    }
}

/// The Weibull distribution of mean 1: `scale·E^(1/shape)` with an exponential `E` of mean 1.
#[derive(Clone, Copy, Debug)]
pub(crate) struct UnitWeibull {
    scale: f64,
    /// One over the shape; 0 where nothing varies.
    power: f64,
}

impl UnitWeibull {
    /// With `x` one over the shape, `1 + cv² = Γ(1 + 2x)/Γ(1 + x)²`, which grows with `x`; it is halved in on to all digits. So the
    /// coefficient of variation is met to some 10⁻⁸ of itself, the error of `ln Γ` at the smallest ones.
    pub(crate) fn new(cv: Cv) -> Self {
        if cv.0 < LEAST {
            return Self { scale: 1.0, power: 0.0 };
        }
        let wanted = (cv.0 * cv.0).ln_1p();
        let reached = |x: f64| libm::lgamma(1.0 + 2.0 * x) - 2.0 * libm::lgamma(1.0 + x);
        // At 8 the coefficient of variation is 113.
        let (mut low, mut high) = (0.0, 8.0);
        for _ in 0..64 {
            let middle = f64::midpoint(low, high);
            if reached(middle) < wanted { low = middle } else { high = middle }
        }
        Self { scale: (-libm::lgamma(1.0 + low)).exp(), power: low }
    }

    pub(crate) fn sample(&self, random: &mut impl rand::Rng) -> f64 {
        let unit: f64 = Exp1.sample(random);
        self.scale * unit.powf(self.power)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Closed forms: shape 1 is exponential; shape 1/2 has `cv² = Γ(5)/Γ(3)² − 1 = 5` and scale `1/Γ(3)`; shape 2 is Rayleigh's,
    /// `cv² = 4/π − 1`.
    #[test]
    fn weibull_shapes_where_they_are_known() {
        let rayleigh = (4.0 / std::f64::consts::PI - 1.0).sqrt();
        for (cv, power, scale) in
            [(1.0, 1.0, 1.0), (5f64.sqrt(), 2.0, 0.5), (rayleigh, 0.5, 2.0 / std::f64::consts::PI.sqrt())]
        {
            let found = UnitWeibull::new(Cv::new(cv).unwrap());
            assert!(
                (found.power - power).abs() < 1e-9 && (found.scale - scale).abs() < 1e-9,
                "{cv}: {found:?}"
            );
        }
        // Small ones go by `x ≈ cv·√6/π`.
        let found = UnitWeibull::new(Cv::new(0.001).unwrap());
        assert!((found.power / (0.001 * 6f64.sqrt() / std::f64::consts::PI) - 1.0).abs() < 2e-3, "{found:?}");
    }
}
