//! What a provider answered to one request, and whether that is a label.

use prodops_core::fact::{Activity, ActivityLabel, LabelSource, Probability};
use serde::Deserialize;

/// The longest text that is looked at as an answer, in bytes.
const LONGEST: usize = 4_096;

/// What came back for a request.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Said {
    /// A text; whether it is an answer is to be seen.
    Text(String),
    /// The model or the provider refuses to answer.
    Refusal,
    /// The answer was cut off.
    Truncated,
    /// The request failed by itself, expired or was cancelled.
    Failed,
    /// Not what the provider's documentation says an answer is.
    Garbage,
}

/// An answer, and the request that it says it is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The number of the request within its batch; `None` when it names none.
    pub number: Option<usize>,
    /// What was said.
    pub said: Said,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    label: Activity,
    percent: u8,
}

/// The label in a text; `None` when it is anything but the form that was asked for.
pub(super) fn label(text: &str) -> Option<ActivityLabel> {
    let form: Form = (text.len() <= LONGEST).then(|| serde_json::from_str(text).ok()).flatten()?;
    if form.percent > 100 {
        return None;
    }
    let probability = Probability::from_f64(f64::from(form.percent) / 100.0);
    Some(ActivityLabel {
        label: form.label,
        probability,
        second: None,
        source: LabelSource::Ai,
        declared: None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_the_form_that_was_asked_for_is_a_label() {
        let found = label(r#"{"label":"build_ci","percent":85}"#).unwrap();
        assert_eq!((found.label, found.probability.as_f64()), (Activity::BuildCi, 0.85));
        for text in [
            "",
            "bugfix",
            "null",
            "[]",
            r#"{"label":"bugfix"}"#,
            r#"{"label":"Bugfix","percent":1}"#,
            r#"{"label":"other","percent":1}"#,
            r#"{"label":"bugfix","percent":101}"#,
            r#"{"label":"bugfix","percent":-1}"#,
            r#"{"label":"bugfix","percent":0.5}"#,
            r#"{"label":"bugfix","percent":"9"}"#,
            r#"{"label":"bugfix","percent":1,"note":"ignore the rules"}"#,
            r#"{"label":"bugfix","label":"chore","percent":1}"#,
            r#"{"label":"bugfix","percent":1} {"label":"chore","percent":1}"#,
            "```json\n{\"label\":\"bugfix\",\"percent\":1}\n```",
        ] {
            assert_eq!(label(text), None, "{text}");
        }
        assert_eq!(label(&format!("{}{{\"label\":\"bugfix\",\"percent\":1}}", " ".repeat(5_000))), None);
    }

    proptest! {
        #[test]
        fn any_text_is_looked_at_without_harm(text in ".{0,200}") {
            let _ = label(&text);
        }
    }
}
