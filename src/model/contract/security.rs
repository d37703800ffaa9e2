//! Row level security as a contract knows it.

use std::fmt;

/// Whether row level security is on for a table, and for whom.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RowSecurity {
    /// For nobody.
    #[default]
    Off,
    /// For everybody but the table's owner.
    On,
    /// For the owner too (`FORCE ROW LEVEL SECURITY`).
    Forced,
}

impl RowSecurity {
    /// What `schema.toml` calls [`RowSecurity::Forced`].
    pub const FORCED: &str = "forced";

    /// Returns what `ALTER TABLE` has to do to a table that has this one, so that it has `wanted`.
    pub fn change_to(self, wanted: Self) -> String {
        let mut actions = Vec::new();
        match (self, wanted) {
            (Self::Off, Self::On | Self::Forced) => actions.push("ENABLE ROW LEVEL SECURITY"),
            (_, Self::Off) => actions.push("DISABLE ROW LEVEL SECURITY"),
            _ => {}
        }
        match wanted {
            Self::Forced => actions.push("FORCE ROW LEVEL SECURITY"),
            Self::On if self == Self::Forced => actions.push("NO FORCE ROW LEVEL SECURITY"),
            _ => {}
        }
        actions.join(", ")
    }
}

impl fmt::Display for RowSecurity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Off => "is off",
            Self::On => "is on, and not for the table's owner",
            Self::Forced => "is forced on the table's owner too",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::RowSecurity::{self, Forced, Off, On};

    #[test]
    fn each_state_is_reached_from_each_other_one() {
        for (from, to, actions) in [
            (Off, On, "ENABLE ROW LEVEL SECURITY"),
            (Off, Forced, "ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY"),
            (On, Forced, "FORCE ROW LEVEL SECURITY"),
            (Forced, On, "NO FORCE ROW LEVEL SECURITY"),
            (On, Off, "DISABLE ROW LEVEL SECURITY"),
            (Forced, Off, "DISABLE ROW LEVEL SECURITY"),
        ] {
            assert_eq!(RowSecurity::change_to(from, to), actions, "{from:?} to {to:?}");
        }
    }
}
