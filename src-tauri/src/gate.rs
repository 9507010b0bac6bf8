//! How things stand, in one glance.

/// The state of the gate as icon, tooltip and menu show it; each has a shape and a word of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Gate {
    /// All is well: bar down.
    Enforcing,
    /// Somebody has to sign in: bar with a key.
    SignInNeeded,
    /// Something needs eyes: bar with a dot.
    Attention,
    /// Not enrolled, or paused: bar up and dashed.
    NotEnforcing,
    /// No service: outline only.
    NotRunning,
}

impl Gate {
    /// Every state.
    pub const ALL: [Self; 5] =
        [Self::Enforcing, Self::SignInNeeded, Self::Attention, Self::NotEnforcing, Self::NotRunning];
}
