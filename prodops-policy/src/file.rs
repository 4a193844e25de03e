//! Policy files and places in them.

use std::fmt;

/// A file of policies in the Cedar language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PolicyFile<'a> {
    /// How errors call it.
    pub name: &'a str,
    /// Its text.
    pub text: &'a str,
}

/// The policies that ProdOps ships.
pub(crate) const SHIPPED: &[PolicyFile<'static>] = &[
    PolicyFile { name: "always.cedar", text: include_str!("../policies/always.cedar") },
    PolicyFile { name: "sensitive.cedar", text: include_str!("../policies/sensitive.cedar") },
    PolicyFile { name: "workspace.cedar", text: include_str!("../policies/workspace.cedar") },
    PolicyFile { name: "members.cedar", text: include_str!("../policies/members.cedar") },
    PolicyFile { name: "people.cedar", text: include_str!("../policies/people.cedar") },
    PolicyFile { name: "connections.cedar", text: include_str!("../policies/connections.cedar") },
    PolicyFile { name: "metrics.cedar", text: include_str!("../policies/metrics.cedar") },
    PolicyFile { name: "security.cedar", text: include_str!("../policies/security.cedar") },
    PolicyFile { name: "system.cedar", text: include_str!("../policies/system.cedar") },
];

/// The schema that every policy is checked against.
pub(crate) const SCHEMA: PolicyFile<'static> =
    PolicyFile { name: "prodops.cedarschema", text: include_str!("../policies/prodops.cedarschema") };

/// Where in a policy file something stands; lines and columns count from one, columns in characters.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Place {
    /// The file's name.
    pub file: String,
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

impl Place {
    /// The place at a byte offset of the file; one past its end becomes the end.
    pub(crate) fn at(file: &PolicyFile<'_>, offset: usize) -> Self {
        let before = file.text.get(..offset).unwrap_or(file.text);
        let line = before.matches('\n').count() + 1;
        let column = before.chars().rev().take_while(|&c| c != '\n').count() + 1;
        Self { file: file.name.to_owned(), line, column }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_from_one_in_characters() {
        let file = PolicyFile { name: "x.cedar", text: "ab\nüöz\n" };
        let place = |offset| Place::at(&file, offset).to_string();
        assert_eq!(place(0), "x.cedar:1:1");
        assert_eq!(place(2), "x.cedar:1:3");
        assert_eq!(place(3), "x.cedar:2:1");
        assert_eq!(place(7), "x.cedar:2:3");
        assert_eq!(place(99), "x.cedar:3:1");
    }
}
