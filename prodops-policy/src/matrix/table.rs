//! The matrix as text: `yes` allowed, `-` permitted by nothing, `X` forbidden or failed, a number where it depends on the
//! policies of that footnote.

use std::fmt;

use super::{Cell, Circumstance, Matrix, Standing, principals};

impl fmt::Display for Matrix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut notes: Vec<&[String]> = Vec::new();
        for circumstance in Circumstance::ALL {
            writeln!(f, "{}", circumstance.title())?;
            write!(f, "{:18}", "")?;
            for (name, _) in principals() {
                write!(f, "{name:>10}")?;
            }
            let mut action = "";
            for cell in self.cells.iter().filter(|cell| cell.circumstance == circumstance) {
                if cell.action != action {
                    action = cell.action;
                    write!(f, "\n{action:18}")?;
                }
                write!(f, "{:>10}", mark(cell, &mut notes))?;
            }
            writeln!(f, "\n")?;
        }
        for (number, note) in (1..).zip(notes) {
            writeln!(f, "if {number}: {}", note.join(", "))?;
        }
        Ok(())
    }
}

fn mark<'a>(cell: &'a Cell, notes: &mut Vec<&'a [String]>) -> String {
    match (cell.standing, cell.policies.is_empty()) {
        (Standing::Allowed, _) => "yes".to_owned(),
        (Standing::Denied, true) => "-".to_owned(),
        (Standing::Denied, false) => "X".to_owned(),
        (Standing::Conditional, _) => {
            let known = notes.iter().position(|note| *note == cell.policies.as_slice());
            let place = known.unwrap_or_else(|| {
                notes.push(&cell.policies);
                notes.len() - 1
            });
            format!("if {}", place + 1)
        }
    }
}
