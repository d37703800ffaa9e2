//! Reads any text as what a project declares: `RUSTC_BOOTSTRAP=1 cargo fuzz run declared`.
#![no_main]

use crmdb::model::foreign_key::ForeignKey;
use crmdb::model::{Checksum, FileName};
use crmdb::project::Manifest;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(key) = text.parse::<ForeignKey>() {
        let written = key.to_string();
        assert_eq!(written.parse().as_ref(), Ok(&key), "{written}");
    }
    let _ = (Manifest::parse(text), text.parse::<Checksum>());
    if let Ok(name) = FileName::parse(text) {
        assert_eq!(name.as_str(), text);
    }
});
