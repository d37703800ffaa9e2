//! Feeds any bytes to the splitter: `RUSTC_BOOTSTRAP=1 cargo fuzz run split`.
#![no_main]

use crmdb::sql::{Directives, Piece, Position, Splitter, normalise};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let text = normalise(&text);
    let _ = Directives::read(&text);
    let _ = crmdb::sql::directive::squashed(&text).count();
    let mut at = 0;
    for piece in Splitter::new(&text) {
        let Ok(piece) = piece else { return };
        assert_eq!(piece.text(), &text[at..at + piece.text().len()]);
        if let Piece::Statement(statement) = piece {
            assert_eq!(statement.position, Position::of_offset(&text, at));
        }
        at += piece.text().len();
    }
    assert_eq!(at, text.len());
});
