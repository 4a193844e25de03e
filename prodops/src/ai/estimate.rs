//! What a run costs, before it is begun.

use std::fmt;

use prodops_classify::metadata::CommitMetadata;

use super::prompt;

/// Bytes of text to a token, on the careful side: English has about four.
const BYTES_PER_TOKEN: u64 = 3;
/// Tokens around the text of a request: roles, schema.
const OVERHEAD: u64 = 150;

/// Money in millionths of the currency in which the provider's prices are given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Cost(u64);

impl Cost {
    /// So many millionths.
    #[must_use]
    pub const fn from_millionths(millionths: u64) -> Self {
        Self(millionths)
    }

    /// In millionths.
    #[must_use]
    pub const fn as_millionths(self) -> u64 {
        self.0
    }

    /// What is left without that much; never less than nothing.
    #[must_use]
    pub const fn minus(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    /// Both together.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Up to the next hundredth: an estimate that looks like nothing misleads.
        let hundredths = self.0.div_ceil(10_000);
        write!(f, "{}.{:02}", hundredths / 100, hundredths % 100)
    }
}

/// What a model costs, as the operator reads it on the provider's price list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Price {
    /// A million tokens that are sent.
    pub input: Cost,
    /// A million tokens that are answered.
    pub output: Cost,
}

/// What a run would send and cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Estimate {
    /// Commits.
    pub commits: u64,
    /// Tokens that are sent, about.
    pub input_tokens: u64,
    /// Tokens that are answered, at most.
    pub output_tokens: u64,
    /// What that costs.
    pub cost: Cost,
}

impl Estimate {
    /// Of sending these commits at this price.
    #[must_use]
    pub fn of(commits: &[CommitMetadata], price: Price) -> Self {
        let instructions = prompt::INSTRUCTIONS.len() as u64;
        let tokens = |one: &CommitMetadata| {
            (instructions + prompt::told(one).len() as u64).div_ceil(BYTES_PER_TOKEN) + OVERHEAD
        };
        let input_tokens: u64 = commits.iter().map(tokens).sum();
        let count = commits.len() as u64;
        let output_tokens = count * u64::from(prompt::MAX_OUTPUT_TOKENS);
        let cost = price_of(input_tokens, price.input).plus(price_of(output_tokens, price.output));
        Self { commits: count, input_tokens, output_tokens, cost }
    }
}

fn price_of(tokens: u64, per_million: Cost) -> Cost {
    let millionths = (u128::from(tokens) * u128::from(per_million.0)).div_ceil(1_000_000);
    Cost(u64::try_from(millionths).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use prodops_core::source::Transient;

    use super::*;

    #[test]
    fn a_price_is_per_million_and_rounded_up() {
        let commit = CommitMetadata::of(&Transient::new(b"fix: wait".to_vec()), []);
        let price =
            Price { input: Cost::from_millionths(1_000_000), output: Cost::from_millionths(4_000_000) };
        let one = Estimate::of(std::slice::from_ref(&commit), price);
        assert_eq!(one.cost.as_millionths(), one.input_tokens + 4 * one.output_tokens);
        let many = Estimate::of(&vec![commit; 1_000], price);
        assert_eq!(many.cost.as_millionths(), 1_000 * one.cost.as_millionths());
        assert_eq!(Cost::from_millionths(1).to_string(), "0.01");
        assert_eq!(Cost::from_millionths(12_345_678).to_string(), "12.35");
    }
}
