//! Pictures of the charts, and what holds for all of them.

use super::*;
use crate::ui::number::Measure;
use crate::ui::palette::WorkKind;

fn bucket(label: &str, value: Option<f64>) -> Bucket {
    Bucket { label: label.into(), value, interval: None, partial: false }
}

fn trend(values: &[Option<f64>]) -> Trend {
    let buckets =
        values.iter().enumerate().map(|(week, value)| bucket(&format!("week {week}"), *value)).collect();
    Trend {
        title: "Commits per week".into(),
        measure: Measure::Count,
        unit: "commits".into(),
        buckets,
        target: None,
        tall: false,
    }
}

fn weights() -> Vec<(WorkKind, f64)> {
    vec![(WorkKind::Bugfix, 1.0), (WorkKind::Feature, 2.0), (WorkKind::Unclassified, 1.0)]
}

fn shares() -> ShareBar {
    let share = |(kind, weight)| Share { kind, weight, n: 10 };
    let shares = weights().into_iter().map(share).collect();
    ShareBar { title: "Kinds".into(), unit: "commits".into(), shares }
}

fn columns() -> SharesOverTime {
    let column = |label: &str, weights| ShareColumn { label: label.into(), weights };
    SharesOverTime {
        title: "Kinds per week".into(),
        columns: vec![
            column("2 Mar", Some(weights())),
            column("9 Mar", None),
            column("16 Mar", Some(vec![])),
        ],
    }
}

fn bars() -> Bars {
    let bar =
        |label: &str, value, note: &str, kind| Bar { label: label.into(), value, note: note.into(), kind };
    Bars {
        title: "Lines".into(),
        measure: Measure::Count,
        whole: None,
        bars: vec![bar("Code", 1200.0, "75 %", None), bar("Feature", 400.0, "", Some(WorkKind::Feature))],
    }
}

fn distribution() -> Distribution {
    Distribution {
        title: "Change size".into(),
        measure: Measure::Count,
        unit: "lines".into(),
        spacing: Spacing::Logarithmic,
        p25: 8.0,
        p50: 34.0,
        p75: 110.0,
        p90: 480.0,
        dots: vec![900.0, 3.0, 34.0],
    }
}

fn punch_card() -> PunchCard {
    let mut cells = Box::new([[0; 24]; 7]);
    cells[0][10] = 9;
    cells[6][23] = 1;
    PunchCard { title: "Commits by hour".into(), unit: "commits".into(), cells, working: Some((9, 18)) }
}

fn all() -> Vec<Chart> {
    vec![
        Chart::Trend(trend(&[Some(3.0), None, Some(5.0), Some(0.0)])),
        Chart::ShareBar(shares()),
        Chart::SharesOverTime(columns()),
        Chart::Bars(bars()),
        Chart::Distribution(distribution()),
        Chart::PunchCard(punch_card()),
    ]
}

#[test]
fn trend_with_a_gap_and_an_unfinished_week() {
    let mut chart = trend(&[Some(12.0), Some(18.0), None, Some(7.0), None, Some(20.0), Some(9.0)]);
    chart.buckets[6].partial = true;
    insta::assert_snapshot!(chart.render("t").unwrap());
}

#[test]
fn trend_with_a_band_and_a_target() {
    let mut chart = trend(&[Some(0.2), Some(0.3), Some(0.25)]);
    chart.measure = Measure::Share;
    chart.unit = String::new();
    chart.target = Some(0.4);
    for week in &mut chart.buckets {
        week.interval = week.value.map(|value| (value - 0.1, value + 0.1));
    }
    insta::assert_snapshot!(chart.render("t").unwrap());
}

#[test]
fn a_split_bar_with_its_legend() {
    insta::assert_snapshot!(shares().render("s").unwrap());
}

#[test]
fn shares_over_time_with_an_unknown_and_an_idle_week() {
    insta::assert_snapshot!(columns().render("c").unwrap());
}

#[test]
fn horizontal_bars() {
    insta::assert_snapshot!(bars().render("b").unwrap());
}

#[test]
fn a_distribution() {
    insta::assert_snapshot!(distribution().render("d").unwrap());
}

#[test]
fn a_punch_card() {
    insta::assert_snapshot!(punch_card().render("p").unwrap());
}

#[test]
fn unknown_is_a_gap_and_zero_is_a_value() {
    let unknown = trend(&[None, None]).render("t").unwrap();
    assert!(!unknown.as_str().contains("class=\"line\"") && !unknown.as_str().contains("class=\"dot\""));
    assert_eq!(unknown.as_str().matches("class=\"gap\"").count(), 2);
    assert!(unknown.as_str().contains("week 0: unknown; week 1: unknown."));
    let zero = trend(&[Some(0.0), Some(0.0)]).render("t").unwrap();
    assert!(zero.as_str().contains("M25 100L75 100") && !zero.as_str().contains("class=\"gap\""));
    assert!(zero.as_str().contains("week 0: 0 commits"));
}

#[test]
fn nothing_at_all_is_said_and_draws_no_marks() {
    let empty = [
        Chart::Trend(trend(&[])),
        Chart::ShareBar(ShareBar { shares: vec![], ..shares() }),
        Chart::SharesOverTime(SharesOverTime { columns: vec![], ..columns() }),
        Chart::Bars(Bars { bars: vec![], ..bars() }),
    ];
    for chart in empty {
        assert!(chart.render("e").unwrap().as_str().contains("No data."), "{chart:?}");
    }
}

#[test]
fn every_chart_is_an_image_with_a_name_and_its_numbers_and_no_style_or_script() {
    for chart in all() {
        let html = chart.render("x").unwrap();
        let html = html.as_str();
        assert!(html.contains(r#"role="img" aria-labelledby="x-t" aria-describedby="x-d""#), "{html}");
        assert!(html.contains(r#"<title id="x-t">"#) && html.contains(r#"<desc id="x-d">"#), "{html}");
        for banned in ["style=", "<script", "onload", "javascript:", "NaN", "inf"] {
            assert!(!html.contains(banned), "{banned}: {html}");
        }
    }
}

#[test]
fn extreme_values_stay_inside_the_picture() {
    let mut wild = distribution();
    (wild.p25, wild.p50, wild.p75, wild.p90) = (0.0, 0.0, 0.0, 0.0);
    wild.dots = vec![0.0, 1e18, f64::MAX];
    let mut line = trend(&[Some(f64::MAX), Some(0.0), Some(1e-300)]);
    line.buckets[1].interval = Some((-1.0, f64::INFINITY));
    for chart in [Chart::Distribution(wild), Chart::Trend(line)] {
        let html = chart.render("x").unwrap();
        assert!(!html.as_str().contains("NaN") && !html.as_str().contains("\"inf"), "{html}");
    }
}

#[test]
fn names_from_outside_are_inert_in_charts() {
    let mut chart = bars();
    chart.bars[0].label = "</text><script>alert(1)</script>\u{202e}".into();
    let html = chart.render("x").unwrap();
    assert!(!html.as_str().contains("<script") && !html.as_str().contains('\u{202e}'), "{html}");
    assert!(html.as_str().contains("&#60;script&#62;"));
}
