//! Chance that can be repeated: a seed is printed with what it led to.

use std::hash::{BuildHasher, Hasher, RandomState};

/// A stream of numbers (xorshift64*).
pub(crate) struct Random {
    seed: u64,
    state: u64,
}

impl Random {
    /// Another stream each time, or that of `SOAK_SEED`.
    pub(crate) fn seeded() -> Self {
        let given = std::env::var("SOAK_SEED").ok().and_then(|seed| seed.parse().ok());
        let drawn = || RandomState::new().build_hasher().finish() >> 32;
        let seed = given.unwrap_or_else(drawn).max(1);
        Self { seed, state: seed }
    }

    pub(crate) fn seed(&self) -> u64 {
        self.seed
    }

    /// A number below `limit`, which is not 0.
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.state ^= self.state >> 12;
        self.state ^= self.state << 25;
        self.state ^= self.state >> 27;
        (self.state.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % limit
    }

    /// A wait of less than so many milliseconds, as `sleep` reads it.
    pub(crate) fn wait(&mut self, milliseconds: u64) -> String {
        format!("{:.4}", self.below(milliseconds * 10) as f64 / 10_000.0)
    }
}
