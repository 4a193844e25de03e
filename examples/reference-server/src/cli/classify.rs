//! `classify`: commits as JSON lines in, their kinds as JSON lines out.

use std::borrow::Cow;
use std::io::{BufRead, BufReader, BufWriter, Read, Write};

use clap::Args;
use prodops::classify::{ActivityClassifier, ActivityModel, CommitSummary, FileSummary};
use prodops::core::fact::ActivityLabel;
use serde::{Deserialize, Serialize};

use super::CliError;

pub(super) const EXAMPLE: &str = "Example:\n  echo '{\"subject\":\"Fix a crash\",\"body\":\"\",\"files\":[{\"path\":\"src/a.rs\",\"added\":3,\
                                  \"deleted\":1}]}' | reference-server classify\n\n\
                                  A line that is no commit is reported with its number and passed over; then the exit code is 1.\n\
                                  `\"lossy\":true` is added where a line was not UTF-8.";

#[derive(Debug, Args)]
pub(super) struct Classify {
    /// Also print the features that weighed most for the model, at most so many.
    #[arg(long, value_name = "FEATURES")]
    explain: Option<usize>,
}

/// Bytes of the longest line that is read; longer ones are passed over without being kept.
const LONGEST: usize = 256 << 20;

/// A line of input.
#[derive(Debug, Deserialize)]
struct Commit<'a> {
    #[serde(borrow)]
    subject: Cow<'a, str>,
    #[serde(borrow, default)]
    body: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    files: Vec<File<'a>>,
}

#[derive(Debug, Deserialize)]
struct File<'a> {
    #[serde(borrow)]
    path: Cow<'a, str>,
    /// `null` in binary files.
    #[serde(default)]
    added: Option<u64>,
    #[serde(default)]
    deleted: Option<u64>,
}

/// A line of output.
#[derive(Debug, Serialize)]
struct Line {
    label: &'static str,
    probability: f64,
    second: Option<&'static str>,
    source: &'static str,
    declared: Option<&'static str>,
    /// Whether the line was not UTF-8, so that some of it may have been misread.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    lossy: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    explanation: Option<Vec<Reason>>,
}

/// Something that the model saw.
#[derive(Debug, Serialize)]
struct Reason {
    feature: String,
    toward: &'static str,
    weight: f64,
}

impl Classify {
    pub(super) fn run(&self) -> Result<(), CliError> {
        let input = BufReader::with_capacity(1 << 16, std::io::stdin().lock());
        let output = BufWriter::with_capacity(1 << 16, std::io::stdout().lock());
        match self.stream(input, output, &mut std::io::stderr())? {
            0 => Ok(()),
            bad => Err(CliError::BadLines(bad)),
        }
    }

    /// Answers line by line, at once when nothing more has arrived. The result is how many lines were no commits.
    fn stream<R: Read>(
        &self,
        mut input: BufReader<R>,
        mut output: impl Write,
        errors: &mut impl Write,
    ) -> Result<usize, CliError> {
        let mut classifier = ActivityClassifier::new(ActivityModel::shipped());
        let (mut line, mut number, mut bad) = (Vec::new(), 0u64, 0);
        while let Some(whole) = next_line(&mut input, &mut line)? {
            number += 1;
            if line.trim_ascii().is_empty() {
                continue;
            }
            let answered = if whole { self.answer(&mut classifier, &line) } else { Err(too_long()) };
            match answered {
                Ok(answer) => {
                    serde_json::to_writer(&mut output, &answer).map_err(std::io::Error::from)?;
                    output.write_all(b"\n")?;
                }
                Err(why) => {
                    bad += 1;
                    writeln!(errors, "line {number} is no commit: {why}")?;
                }
            }
            if input.buffer().is_empty() {
                output.flush()?;
            }
        }
        output.flush()?;
        Ok(bad)
    }

    fn answer(&self, classifier: &mut ActivityClassifier, line: &[u8]) -> Result<Line, String> {
        let text = String::from_utf8_lossy(line);
        let commit: Commit<'_> = serde_json::from_str(&text).map_err(|error| error.to_string())?;
        let number = |count: Option<u64>| u32::try_from(count.unwrap_or(0)).unwrap_or(u32::MAX);
        let mut files: Vec<FileSummary<'_>> = Vec::with_capacity(commit.files.len());
        for File { path, added, deleted } in &commit.files {
            let (added, deleted) = (number(*added), number(*deleted));
            files.push(FileSummary { path: path.as_bytes(), added, deleted });
        }
        let summary = CommitSummary {
            subject: commit.subject.as_bytes(),
            body: commit.body.as_deref().unwrap_or_default().as_bytes(),
            files: &files,
        };
        let lossy = matches!(text, Cow::Owned(_));
        let Some(most) = self.explain else {
            return Ok(Line::new(&classifier.label(&summary, None), lossy));
        };
        let explained = classifier.explain(&summary, None, most);
        let reason = |feature: prodops::classify::WeighedFeature| Reason {
            feature: feature.name,
            toward: feature.toward.as_str(),
            weight: (f64::from(feature.weight) * 1000.0).round() / 1000.0,
        };
        let explanation = Some(explained.features.into_iter().map(reason).collect());
        Ok(Line { explanation, ..Line::new(&explained.label, lossy) })
    }
}

impl Line {
    fn new(label: &ActivityLabel, lossy: bool) -> Self {
        Self {
            label: label.label.as_str(),
            probability: label.probability.as_f64(),
            second: label.second.map(|second| second.as_str()),
            source: label.source.as_str(),
            declared: label.declared.map(|declared| declared.as_str()),
            lossy,
            explanation: None,
        }
    }
}

fn too_long() -> String {
    format!("it is longer than {} MiB", LONGEST >> 20)
}

/// Reads a line; `false` when it was too long and only its start was kept. `None` at the end.
fn next_line(input: &mut impl BufRead, line: &mut Vec<u8>) -> std::io::Result<Option<bool>> {
    line.clear();
    if input.by_ref().take(LONGEST as u64).read_until(b'\n', line)? == 0 {
        return Ok(None);
    }
    if line.ends_with(b"\n") || line.len() < LONGEST {
        return Ok(Some(true));
    }
    input.skip_until(b'\n')?;
    Ok(Some(false))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn stream(explain: Option<usize>, input: &[u8]) -> (Vec<Value>, String, usize) {
        let (mut output, mut errors) = (Vec::new(), Vec::new());
        let bad = Classify { explain }.stream(BufReader::new(input), &mut output, &mut errors).unwrap();
        let lines = output.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        let lines = lines.map(|line| serde_json::from_slice(line).unwrap()).collect();
        (lines, String::from_utf8(errors).unwrap(), bad)
    }

    #[test]
    fn every_line_has_its_answer_and_bad_ones_are_named() {
        let input = b"{\"subject\":\"docs: say why\",\"body\":\"\",\"files\":[]}\nnonsense\n\n\
            {\"subject\":\"x\",\"body\":null,\"files\":[{\"path\":\"tests/a.rs\",\"added\":1,\"deleted\":null}]}\n{\"body\":\"\"}\n\
            {\"subject\":\"Prevent a crash on start\"}";
        let (lines, errors, bad) = stream(None, input);
        assert_eq!(
            lines[0],
            json!({"label":"docs","probability":0.9989,"second":"chore","source":"declared","declared":"docs"})
        );
        assert_eq!((&lines[1]["label"], &lines[1]["source"]), (&json!("test"), &json!("rule")));
        assert_eq!((&lines[2]["label"], &lines[2]["source"]), (&json!("bugfix"), &json!("model")));
        assert_eq!((lines.len(), bad), (3, 2));
        assert!(
            errors.starts_with("line 2 is no commit: ")
                && errors.contains("\nline 5 is no commit: missing field `subject`")
        );
    }

    #[test]
    fn large_empty_and_broken_commits_are_answered() {
        let files: Vec<Value> = (0..100_000)
            .map(|n| json!({"path": format!("src/{n}.rs"), "added": u64::MAX, "deleted": 1}))
            .collect();
        let mut input = json!({"subject": "", "body": "", "files": []}).to_string().into_bytes();
        for commit in [
            json!({"subject": "a", "body": "", "files": files}),
            json!({"subject": "word ".repeat(200_000), "body": "word\n".repeat(200_000)}),
        ] {
            input.push(b'\n');
            input.extend(commit.to_string().bytes());
        }
        input.extend(b"\n{\"subject\":\"Fix \xff\"}");
        let (lines, errors, bad) = stream(None, &input);
        assert_eq!((lines.len(), bad, errors.as_str()), (4, 0, ""));
        assert!(lines.iter().all(|line| line["probability"].as_f64().unwrap() > 0.09), "{lines:?}");
        assert_eq!((lines[3].get("lossy"), lines[0].get("lossy")), (Some(&json!(true)), None));
    }

    #[test]
    fn an_explanation_names_what_weighed() {
        let (lines, ..) = stream(Some(3), b"{\"subject\":\"Prevent a crash on start\"}");
        let reasons = lines[0]["explanation"].as_array().unwrap();
        assert_eq!(reasons.len(), 3);
        assert!(reasons[0]["weight"].as_f64() >= reasons[2]["weight"].as_f64());
    }
}
