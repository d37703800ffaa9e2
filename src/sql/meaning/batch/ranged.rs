//! A statement with a condition written into it, and which character of it was where.

/// A statement with a range written into it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ranged {
    /// The SQL.
    pub sql: String,
    /// The first character behind what was written in, from 0, and how many characters that was.
    pub(super) shift: (usize, usize),
    /// The characters of the statement without its closing parenthesis.
    pub(super) written: usize,
}

impl Ranged {
    /// Returns the character of the statement, from 1, that a character of the SQL is; `None` for what was written in.
    pub fn character(&self, of_sql: u32) -> Option<u32> {
        let (start, length) = self.shift;
        let at = usize::try_from(of_sql).ok()?.checked_sub(1)?;
        let own = match at {
            _ if at < start => at,
            _ if at < start + length => return None,
            _ => at - length,
        };
        // The closing parenthesis stands behind the condition.
        let own =
            if own > self.written && length > 0 && self.sql.chars().nth(self.written + length) == Some(')') {
                own - 1
            } else {
                own
            };
        u32::try_from(own + 1).ok()
    }
}
