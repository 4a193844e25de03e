//! Reads the table of security requirements.

/// The first line.
pub(super) const HEADING: &str = "id,level,requirement,status,evidence";

/// What speaks for a requirement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    /// Tests, by name.
    Test,
    /// Sections of documents, as `path#heading-in-lower-case`.
    Document,
    /// A duty of whoever runs the deployment.
    Operator,
    /// There is nothing that it would apply to, for the reason given.
    NotApplicable,
    /// Nothing yet, for the reason given.
    NotMet,
}

/// One requirement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    /// Its line in the table.
    pub(super) line: usize,
    /// `V<chapter>.<section>.<number>`.
    pub(super) id: String,
    /// What speaks for it.
    pub(super) status: Status,
    /// The tests or sections, separated by blanks; the duty; or the reason.
    pub(super) evidence: String,
}

/// The rows, and what is wrong with the lines that are none.
pub(super) fn parse(text: &str) -> (Vec<Row>, Vec<(usize, String)>) {
    let (mut rows, mut broken) = (Vec::new(), Vec::new());
    if text.lines().next() != Some(HEADING) {
        broken.push((1, format!("does not begin with `{HEADING}`")));
    }
    let mut last = Vec::new();
    for (line, text) in (1..).zip(text.lines()).skip(1) {
        match row(line, text) {
            Ok((_, number)) if number <= last => {
                broken.push((line, "is out of order or there twice".to_owned()))
            }
            Ok((row, number)) => {
                last = number;
                rows.push(row);
            }
            Err(what) => broken.push((line, what)),
        }
    }
    (rows, broken)
}

fn row(line: usize, text: &str) -> Result<(Row, Vec<u32>), String> {
    let fields = fields(text).ok_or("has a quotation mark out of place")?;
    let [id, level, requirement, status, evidence] = fields.as_slice() else {
        return Err(format!("has {} fields instead of 5", fields.len()));
    };
    let number =
        number(id).ok_or_else(|| format!("`{id}` is not of the form V<chapter>.<section>.<number>"))?;
    if !matches!(level.as_str(), "1" | "2") {
        return Err(format!("`{level}` is no level: 1 or 2"));
    }
    let status = match status.as_str() {
        "test" => Status::Test,
        "document" => Status::Document,
        "operator" => Status::Operator,
        "not-applicable" => Status::NotApplicable,
        "not-met" => Status::NotMet,
        other => {
            return Err(format!(
                "`{other}` is no status: test, document, operator, not-applicable or not-met"
            ));
        }
    };
    if requirement.trim().is_empty() || evidence.trim().is_empty() {
        return Err("needs a requirement and its evidence".to_owned());
    }
    Ok((Row { line, id: id.clone(), status, evidence: evidence.clone() }, number))
}

/// The fields of a line; one with a comma is quoted as a whole.
fn fields(text: &str) -> Option<Vec<String>> {
    let mut fields = Vec::new();
    let mut rest = Some(text);
    while let Some(text) = rest {
        let (field, after) = match text.strip_prefix('"') {
            Some(quoted) => {
                let (field, after) = quoted.split_once('"')?;
                (field, if after.is_empty() { None } else { Some(after.strip_prefix(',')?) })
            }
            None => text.split_once(',').map_or((text, None), |(field, after)| (field, Some(after))),
        };
        if field.contains('"') {
            return None;
        }
        fields.push(field.to_owned());
        rest = after;
    }
    Some(fields)
}

fn number(id: &str) -> Option<Vec<u32>> {
    let number: Option<Vec<u32>> = id.strip_prefix('V')?.split('.').map(|part| part.parse().ok()).collect();
    number.filter(|number| number.len() == 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn broken(rows: &str) -> Vec<(usize, String)> {
        parse(&format!("{HEADING}\n{rows}")).1
    }

    #[test]
    fn rows_are_read_with_and_without_quotes() {
        let text = format!("{HEADING}\nV3.3.1,1,\"a, b\",operator,\"c, d\"\nV3.10.1,2,e,not-met,f\n");
        let (rows, broken) = parse(&text);
        assert!(broken.is_empty(), "{broken:?}");
        let ids: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
        assert_eq!(ids, ["V3.3.1", "V3.10.1"]);
        assert_eq!((rows[0].line, rows[0].status, rows[0].evidence.as_str()), (2, Status::Operator, "c, d"));
        assert_eq!(parse("id,status\n").1.len(), 1);
    }

    #[test]
    fn what_is_no_row_is_named() {
        for (row, what) in [
            ("V3.3,1,a,test,b", "not of the form"),
            ("3.3.1,1,a,test,b", "not of the form"),
            ("V3.3.1,3,a,test,b", "no level"),
            ("V3.3.1,1,a,tested,b", "no status"),
            ("V3.3.1,1,,test,b", "needs a requirement"),
            ("V3.3.1,1,a,test,", "needs a requirement"),
            ("V3.3.1,1,a,test", "4 fields"),
            ("V3.3.1,1,a,test,b,c", "6 fields"),
            ("V3.3.1,1,a \"b\",test,c", "quotation mark"),
            ("V3.3.1,1,\"a\"b,test,c", "quotation mark"),
        ] {
            let found = broken(row);
            assert!(found.len() == 1 && found[0].1.contains(what), "{row}: {found:?}");
        }
        for rows in ["V3.3.1,1,a,test,b\nV3.3.1,1,a,test,b", "V3.10.1,1,a,test,b\nV3.9.1,1,a,test,b"] {
            assert_eq!(broken(rows), [(3, "is out of order or there twice".to_owned())]);
        }
    }
}
