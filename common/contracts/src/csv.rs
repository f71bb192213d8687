//! Tables as text (RFC 4180), safe to be opened by a spreadsheet.

use std::fmt::Display;

/// The media type of a table whose first line names its columns.
pub const WITH_HEADER: &str = "text/csv; charset=utf-8; header=present";
/// The media type of a table that goes on where another ended.
pub const WITHOUT_HEADER: &str = "text/csv; charset=utf-8; header=absent";

/// A table being written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table(String);

impl Table {
    /// The table as text. Lines end as RFC 4180 wants it.
    #[must_use]
    pub fn text(self) -> String {
        self.0
    }

    /// Adds a line.
    pub fn line(&mut self, cells: &[Cell<'_>]) {
        for (index, cell) in cells.iter().enumerate() {
            if index > 0 {
                self.0.push(',');
            }
            match cell {
                Cell::Text(text) => self.text_cell(text),
                Cell::Value(value) => self.0.push_str(value),
                Cell::Empty => {}
            }
        }
        self.0.push_str("\r\n");
    }

    fn text_cell(&mut self, text: &str) {
        // A spreadsheet takes what begins so for a formula, also behind blanks and in quotes. An apostrophe says that it is none.
        let begins = text.trim_start().chars().next();
        let is_formula =
            begins.is_some_and(|first| "=+-@".contains(first)) || text.starts_with(['\t', '\r', '\n']);
        let quoted = text.contains([',', '"', '\r', '\n']);
        if quoted {
            self.0.push('"');
        }
        if is_formula {
            self.0.push('\'');
        }
        self.0.push_str(&text.replace('"', "\"\""));
        if quoted {
            self.0.push('"');
        }
    }
}

/// What stands in a column of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell<'a> {
    /// What somebody wrote.
    Text(&'a str),
    /// What this system wrote and no spreadsheet misreads: a number, an instant, an identifier, a word of the contract.
    Value(String),
    /// Nothing.
    Empty,
}

impl Cell<'_> {
    /// A value of this system's.
    pub fn value(value: impl Display) -> Self {
        Self::Value(value.to_string())
    }

    /// A value of this system's, if there is one.
    pub fn optional(value: Option<impl Display>) -> Self {
        value.map_or(Self::Empty, Self::value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(cells: &[Cell<'_>]) -> String {
        let mut table = Table::default();
        table.line(cells);
        table.text()
    }

    #[test]
    fn cells_are_quoted_where_they_have_to_be() {
        let cells = [
            Cell::Text("Walk-in, \"cold\"\nline"),
            Cell::value(-1.5),
            Cell::optional(None::<f64>),
            Cell::Text("Crème brûlée"),
        ];
        assert_eq!(
            line(&cells),
            "\"Walk-in, \"\"cold\"\"\nline\",-1.5,,Crème brûlée\r\n"
        );
    }

    #[test]
    fn nothing_that_somebody_wrote_is_a_formula() {
        for (text, expected) in [
            ("=1+1", "'=1+1"),
            ("+1", "'+1"),
            ("-2", "'-2"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("  =1", "'  =1"),
            ("\t=1", "'\t=1"),
            ("\r=1", "\"'\r=1\""),
            ("=HYPERLINK(\"x\",\"y\")", "\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\""),
            ("Fridge = cold", "Fridge = cold"),
            ("", ""),
        ] {
            assert_eq!(line(&[Cell::Text(text)]), format!("{expected}\r\n"), "{text:?}");
        }
    }
}
