//! Whether a `;` ends the statement: parentheses, `BEGIN ATOMIC` bodies and the kind of statement around it.

use super::error::Construct;
use super::token::{Kind, Token};

/// What a statement is, as far as its end depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Head {
    /// Nothing was read yet.
    #[default]
    Unread,
    /// It may have a body in `BEGIN ATOMIC … END`.
    Create,
    /// COPY, before its first FROM or TO.
    Copy,
    /// COPY right behind its first FROM.
    CopyFrom,
    /// `COPY … FROM stdin`: its rows follow.
    CopyFromStdin,
    /// SET.
    Set,
    /// Any other.
    Plain,
}

/// What the last token means for the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Previous {
    /// Right behind ATOMIC or a `;` in a body: where a statement of the body or its END may be.
    BodyStatementEnd,
    Create,
    CreateOr,
    CreateOrReplace,
    Begin {
        start: usize,
    },
    #[default]
    Other,
}

/// What a token does to the statement it is in.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// The statement goes on.
    Inside,
    /// The token is the last one of the statement.
    End,
    /// A backslash, which the server knows in quotes only.
    Backslash,
}

/// The state of one statement between two of its tokens.
///
/// PostgreSQL's grammar has `;` inside a statement in two places: between the actions of a rule, which are in
/// parentheses, and in a `BEGIN ATOMIC` body. A body follows `CREATE [OR REPLACE] FUNCTION | PROCEDURE` only; its END
/// comes right behind ATOMIC or a `;`, where the END of a CASE or a column named `end` can't be. No statement in a body
/// starts with END or BEGIN (`TransactionStmtLegacy` in `gram.y` is not among them).
#[derive(Debug, Default)]
pub(crate) struct Scope {
    head: Head,
    previous: Previous,
    /// How many parentheses are open; a body starts where none is.
    depth: usize,
    /// The byte offset of the outermost of them.
    parenthesis: usize,
    /// Whether the statement, or the one of the body, is CREATE.
    creates: bool,
    /// Whether it creates a function or procedure.
    routine: bool,
    /// The byte offsets of the BEGIN of each open body, the outermost first.
    bodies: Vec<usize>,
}

impl Scope {
    /// Takes the next token that is not blank.
    pub(crate) fn read(&mut self, token: &Token<'_>) -> Step {
        if self.head == Head::Unread {
            self.start(token);
            if token.kind == Kind::Word {
                return Step::Inside;
            }
        }
        match token.kind {
            Kind::Symbol(b'(') => {
                if self.depth == 0 {
                    self.parenthesis = token.start;
                }
                self.depth += 1;
            }
            // One too many is left to the server, which says where.
            Kind::Symbol(b')') => self.depth = self.depth.saturating_sub(1),
            Kind::Symbol(b';') if self.depth == 0 => {
                if self.bodies.is_empty() {
                    return Step::End;
                }
                self.end_body_statement();
                return Step::Inside;
            }
            Kind::Symbol(b'\\') => return Step::Backslash,
            Kind::Word if self.depth == 0 => {
                self.read_word(token);
                return Step::Inside;
            }
            _ => {}
        }
        self.previous = Previous::Other;
        if self.head == Head::CopyFrom {
            self.head = Head::Plain;
        }
        Step::Inside
    }

    pub(crate) fn head(&self) -> Head {
        self.head
    }

    /// Returns what is open and the byte offset where it opens.
    pub(crate) fn open(&self) -> Option<(Construct, usize)> {
        if self.depth > 0 {
            return Some((Construct::Parenthesis, self.parenthesis));
        }
        self.bodies.last().map(|start| (Construct::AtomicBody, *start))
    }

    fn start(&mut self, first: &Token<'_>) {
        self.head = if first.is_word("create") {
            self.creates = true;
            self.previous = Previous::Create;
            Head::Create
        } else if first.is_word("copy") {
            Head::Copy
        } else if first.is_word("set") {
            Head::Set
        } else {
            Head::Plain
        };
    }

    fn end_body_statement(&mut self) {
        self.previous = Previous::BodyStatementEnd;
        self.creates = false;
        self.routine = false;
    }

    fn read_word(&mut self, word: &Token<'_>) {
        match self.head {
            Head::Create => self.read_word_of_create(word),
            Head::Copy if word.is_word("from") => self.head = Head::CopyFrom,
            Head::Copy if word.is_word("to") => self.head = Head::Plain,
            // The grammar takes `FROM stdout` for the same.
            Head::CopyFrom if word.is_word("stdin") || word.is_word("stdout") => {
                self.head = Head::CopyFromStdin
            }
            Head::CopyFrom => self.head = Head::Plain,
            _ => {}
        }
    }

    fn read_word_of_create(&mut self, word: &Token<'_>) {
        let previous = std::mem::take(&mut self.previous);
        match previous {
            Previous::BodyStatementEnd if word.is_word("end") => {
                self.bodies.pop();
                // Only a CREATE has a body, and CREATE SCHEMA may have one more element behind it.
                self.creates = true;
                return;
            }
            Previous::BodyStatementEnd => self.creates = word.is_word("create"),
            Previous::Create if word.is_word("or") => self.previous = Previous::CreateOr,
            Previous::CreateOr if word.is_word("replace") => self.previous = Previous::CreateOrReplace,
            Previous::Create | Previous::CreateOrReplace => {
                self.routine = word.is_word("function") || word.is_word("procedure");
            }
            Previous::Begin { start } if word.is_word("atomic") => {
                self.bodies.push(start);
                self.end_body_statement();
                return;
            }
            _ => {}
        }
        if self.creates && word.is_word("create") {
            self.previous = Previous::Create;
        } else if self.routine && word.is_word("begin") {
            self.previous = Previous::Begin { start: word.start };
        }
    }
}
