//! SQL text: where its statements begin and end, and what they mean to a migration.

mod constant;
pub mod directive;
mod error;
mod identifier;
mod keywords;
mod lexemes;
pub mod meaning;
mod normalise;
mod position;
mod qualifiers;
pub mod quote;
mod scope;
pub(crate) mod secret;
mod split;
mod token;
mod unqualify;

pub use directive::Directives;
pub use error::{Construct, ScanError};
pub(crate) use identifier::take_part;
pub use identifier::{MAX_BYTES, QualifiedName};
pub use lexemes::{Lexeme, lexemes};
pub use normalise::normalise;
pub use position::{Position, offset_of_character};
pub use qualifiers::rename_qualifiers;
pub use split::{Piece, Splitter, Statement, statements};
pub(crate) use token::{Kind, Significant, Token, Tokens, significant};
pub use unqualify::unqualified;
