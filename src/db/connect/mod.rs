//! Connecting: from what the user wrote, and libpq's files and variables, to a session on a server.
//!
//! [`Options::resolve`] decides where and how; [`connect`] does it. The words and rules are libpq's; the wire is
//! tokio-postgres with rustls. Where crmdb is stricter than libpq, the place says so.

mod attempt;
mod cancel;
mod certificate;
mod choice;
mod connect_error;
mod environment;
mod error;
mod host;
mod key_value;
mod keyword;
mod login;
mod options;
mod passfile;
mod secret;
mod service;
mod session;
mod settings;
mod socket;
mod tls;
mod tls_options;
mod url;
mod verifier;
mod watch;

pub use attempt::connect;
pub use cancel::Cancel;
pub use choice::{SessionAttrs, SslMode};
pub use connect_error::{ConnectError, Failure, HostFailure, Refusal, TlsFileKind};
pub use environment::Environment;
pub use error::{OptionsError, Warning};
pub use login::{Connected, Messages};
pub use options::{Options, Resolved};
pub use secret::Secret;
pub use settings::Source;
