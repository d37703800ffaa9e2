//! How text for people looks on the terminal it goes to.

use std::fmt;

/// Colour and width of the place that the text goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Whether escape sequences are understood.
    pub colour: Colour,
    /// The width in columns; `None` where no line is broken, because it is no terminal.
    pub width: Option<u16>,
}

/// Whether escape sequences are understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    /// They are.
    On,
    /// They are not, or are not wanted.
    Off,
}

/// What a piece of text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// It went well.
    Good,
    /// It needs a look.
    Warning,
    /// It went wrong.
    Bad,
    /// It stands beside the matter.
    Aside,
    /// It is what the line is about.
    Strong,
}

impl Style {
    /// Plain text, each line as long as it is, so that programs find whole names in it.
    pub const PLAIN: Self = Self { colour: Colour::Off, width: None };

    /// Returns `text` in the colour of its role.
    pub fn paint(self, role: Role, text: impl fmt::Display) -> String {
        let code = match role {
            Role::Good => "32",
            Role::Warning => "33",
            Role::Bad => "31",
            Role::Aside => "2",
            Role::Strong => "1",
        };
        match self.colour {
            Colour::On => format!("\u{1b}[{code}m{text}\u{1b}[0m"),
            Colour::Off => text.to_string(),
        }
    }
}
