//! Feeds any bytes to the splitter and to what is asked of its statements: `cargo +nightly fuzz run split`.
#![no_main]

use crmdb::sql::{Directives, Piece, Position, Splitter, meaning, normalise};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let text = normalise(&text);
    let _ = Directives::read(&text);
    let mut at = 0;
    for piece in Splitter::new(&text) {
        let Ok(piece) = piece else { return };
        assert_eq!(piece.text(), &text[at..at + piece.text().len()]);
        if let Piece::Statement(statement) = piece {
            assert_eq!(statement.position, Position::of_offset(&text, at));
            let sql = statement.text;
            let _ =
                (meaning::control(sql), meaning::refusal(sql), meaning::effect(sql), meaning::change(sql));
        }
        at += piece.text().len();
    }
    assert_eq!(at, text.len());
});
