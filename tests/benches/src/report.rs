//! Markdown, as it is printed and kept.

use std::fmt;

/// A table.
#[derive(Debug, Clone)]
pub struct Table {
    headers: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// An empty table. The first column is aligned to the left, the others, which hold figures, to the right.
    #[must_use]
    pub fn new<const N: usize>(headers: [&str; N]) -> Self {
        Self {
            headers: headers.map(str::to_owned).into(),
            rows: Vec::new(),
        }
    }

    /// Adds a row.
    pub fn row<const N: usize>(&mut self, cells: [String; N]) {
        self.rows.push(cells.into());
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| {} |", self.headers.join(" | "))?;
        writeln!(f, "|---|{}", "---:|".repeat(self.headers.len().saturating_sub(1)))?;
        for row in &self.rows {
            writeln!(f, "| {} |", row.join(" | "))?;
        }
        Ok(())
    }
}

/// What was aimed at, and what was found.
#[derive(Debug, Clone)]
pub struct Aim {
    /// What is measured.
    pub what: &'static str,
    /// What was aimed at.
    pub aim: String,
    /// What was found.
    pub found: String,
    /// Whether that is as good as the aim or better.
    pub met: bool,
}

impl Aim {
    /// `found` should be at most `limit`, both in `unit`.
    #[must_use]
    pub fn at_most(what: &'static str, limit: f64, found: f64, unit: &str) -> Self {
        Self {
            what,
            aim: format!("at most {limit} {unit}"),
            found: format!("{} {unit}", crate::statistics::short(found)),
            met: found <= limit,
        }
    }

    /// `found` should be at least `limit`, both in `unit`.
    #[must_use]
    pub fn at_least(what: &'static str, limit: f64, found: f64, unit: &str) -> Self {
        Self {
            aim: format!("at least {} {unit}", crate::statistics::short(limit)),
            met: found >= limit,
            ..Self::at_most(what, limit, found, unit)
        }
    }
}

/// What one measurement has to say.
#[derive(Debug, Clone, Default)]
pub struct Findings {
    /// What was aimed at.
    pub aims: Vec<Aim>,
    /// Tables and what is to be known of them.
    pub text: String,
}

impl Findings {
    /// Adds a paragraph.
    pub fn say(&mut self, paragraph: &str) {
        self.text.push_str(paragraph.trim());
        self.text.push_str("\n\n");
    }

    /// Adds a table.
    pub fn show(&mut self, table: &Table) {
        self.text.push_str(&table.to_string());
        self.text.push('\n');
    }
}

/// `aims` as a table.
#[must_use]
pub fn aims(aims: &[Aim]) -> Table {
    let mut table = Table::new(["Aim", "", "found", ""]);
    for aim in aims {
        let verdict = if aim.met { "met" } else { "**missed**" };
        table.row([
            aim.what.to_owned(),
            aim.aim.clone(),
            aim.found.clone(),
            verdict.to_owned(),
        ]);
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_markdown() {
        let mut table = Table::new(["What", "ms"]);
        table.row(["reply".to_owned(), "3".to_owned()]);
        assert_eq!(table.to_string(), "| What | ms |\n|---|---:|\n| reply | 3 |\n");
    }

    #[test]
    fn an_aim_that_is_just_reached_is_met() {
        assert!(Aim::at_most("reply", 15.0, 15.0, "ms").met);
        assert!(!Aim::at_most("reply", 15.0, 15.1, "ms").met);
        assert!(Aim::at_least("rate", 2_500.0, 2_500.0, "/s").met);
        assert!(!Aim::at_least("rate", 2_500.0, 2_499.0, "/s").met);
    }
}
