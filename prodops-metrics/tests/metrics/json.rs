//! The forms that other programs read.

use prodops_core::fact::Activity;
use prodops_core::fact::CommitFact;
use prodops_metrics::{Audience, DEFINITIONS, ReportOptions, Window, report, time_zone};
use serde_json::{Value, json, to_value};

use crate::generate::{DAY, Facts, ago, commit, label, now};

fn sample() -> prodops_metrics::Report {
    let labelled = CommitFact { label: Some(label(Activity::Bugfix, 0.9)), ..commit(1, ago(DAY)) };
    let bot = CommitFact { bot: true, ..commit(2, ago(DAY)) };
    let window = Window::last_days(30, now(), time_zone("Europe/Berlin").unwrap()).unwrap();
    let options = ReportOptions::new(now()).with_audience(Audience::LocalOperator);
    report(&Facts::of(vec![labelled, bot]).set(), &window, &options)
}

fn metric(metrics: &Value, definition: &str) -> Value {
    metrics.as_array().unwrap().iter().find(|one| one["definition"] == definition).unwrap().clone()
}

#[test]
fn the_short_form_has_exactly_six_fields() {
    let metrics = to_value(sample().metrics()).unwrap();
    let commits = json!({
        "definition": "commits@1", "value": 1, "unit": "commits", "n": 1, "excluded": {"bot": 1}, "statistic": "count"
    });
    assert_eq!(metric(&metrics, "commits@1"), commits);
    let landing = json!({
        "definition": "landing_time@1", "value": {"p50": 0, "p75": 0, "p90": 0}, "unit": "seconds", "n": 1,
        "excluded": {"bot": 1}, "statistic": "percentiles_type7"
    });
    assert_eq!(metric(&metrics, "landing_time@1"), landing);
    let unknown = json!({
        "definition": "deployment_frequency@1", "value": null, "unit": "per_day", "n": 0, "excluded": {},
        "statistic": "rate"
    });
    assert_eq!(metric(&metrics, "deployment_frequency@1"), unknown);
    let share = metric(&metrics, "bugfix_share@1")["value"].clone();
    assert_eq!(
        (&share["numerator"], &share["denominator"], &share["share"]),
        (&json!(1), &json!(1), &json!(1.0))
    );
    assert_eq!(metric(&metrics, "activity_mix@1")["value"]["unclassified"]["numerator"], json!(0));
    assert_eq!(metrics.as_array().unwrap().len(), DEFINITIONS.len());
    assert!(metric(&metrics, "after_hours@author-offset")["value"].is_object());
}

#[test]
fn the_long_form_says_why_and_of_when() {
    let report = to_value(sample()).unwrap();
    assert_eq!(report["window"]["zone"], "Europe/Berlin");
    assert_eq!(report["audience"], "local_operator");
    let results = &report["results"];
    let deployments = metric(results, "deployment_frequency@1");
    assert_eq!(
        deployments["reading"]["unknown"],
        json!({"reason": "not_connected", "entity": "deployment",
            "connect": "a code host or CI system that records deployments"})
    );
    assert_eq!(metric(results, "branch_time@1")["reading"], json!({"nothing": true}));
    let commits = metric(results, "commits@1");
    assert_eq!(
        commits["coverage"],
        json!({"state": "complete", "repositories": 1, "complete": 1, "gaps": {}})
    );
    assert_eq!(commits["as_of"], "2026-03-30T10:15:00Z");
    assert_eq!(commits["before"]["value"], 0);
    assert_eq!(report["series"]["commits"]["unit"], "day");
    assert_eq!(report["series"]["commits"]["points"].as_array().unwrap().len(), 30);
}

#[test]
fn the_registry_is_readable_by_machines() {
    let registry = to_value(DEFINITIONS).unwrap();
    let fields = [
        "definition",
        "name",
        "question",
        "formula",
        "care",
        "area",
        "unit",
        "statistic",
        "null_policy",
        "needs",
        "k_limited",
    ];
    for one in registry.as_array().unwrap() {
        assert_eq!(one.as_object().unwrap().len(), fields.len());
        assert!(fields.iter().all(|field| !one[field].is_null()), "{one}");
    }
}
