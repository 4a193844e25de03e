//! What a team does not see about few people.

use prodops_core::fact::{Artefact, CommitFact, CountState};
use prodops_metrics::privacy::K_PEOPLE;
use prodops_metrics::{
    Audience, DEFINITIONS, Reading, Report, ReportOptions, Unknown, Window, report, time_zone,
};

use crate::generate::{DAY, Facts, ago, change, commit, now, person};

fn of(people: u8, audience: Audience) -> Report {
    let by = |number: u8| {
        let changes = vec![change(1, Artefact::Code, CountState::Counted, 1, 1)];
        CommitFact { author: Some(person(number)), changes, ..commit(number.into(), ago(DAY)) }
    };
    let facts = Facts::of((1..=people).map(by).collect());
    let window = Window::last_days(30, now(), time_zone("UTC").unwrap()).unwrap();
    report(&facts.set(), &window, &ReportOptions::new(now()).with_audience(audience))
}

#[test]
fn a_team_sees_five_people_and_not_four() {
    let held_back = Unknown::TooFewPeople { k: K_PEOPLE };
    let (few, enough) = (of(4, Audience::Team), of(5, Audience::Team));
    for definition in DEFINITIONS.iter().filter(|definition| definition.k_limited) {
        assert_eq!(
            few.result(definition.id).unwrap().reading,
            Reading::Unknown(held_back),
            "{}",
            definition.id
        );
        assert!(enough.result(definition.id).unwrap().value().is_some(), "{}", definition.id);
    }
    assert_eq!(few.series.punch_card, Reading::Unknown(held_back));
    assert!(enough.series.punch_card.value().is_some());
    assert!(few.result("commits").unwrap().value().is_some());
}

#[test]
fn the_operator_of_the_machine_sees_what_its_history_shows() {
    let report = of(1, Audience::LocalOperator);
    for definition in DEFINITIONS.iter().filter(|definition| definition.k_limited) {
        assert!(report.result(definition.id).unwrap().value().is_some(), "{}", definition.id);
    }
}

#[test]
fn work_without_an_author_is_not_hidden_among_no_people() {
    let mut facts = Facts::of(vec![CommitFact { author: None, ..commit(1, ago(DAY)) }]);
    facts.people.clear();
    let window = Window::last_days(30, now(), time_zone("UTC").unwrap()).unwrap();
    let report = report(&facts.set(), &window, &ReportOptions::new(now()));
    let expected = Some(Unknown::TooFewPeople { k: K_PEOPLE });
    assert_eq!(report.result("after_hours").unwrap().unknown(), expected);
}

#[test]
fn no_result_holds_anything_that_tells_people_apart() {
    let text = serde_json::to_string(&of(6, Audience::LocalOperator)).unwrap();
    for number in 1..=6 {
        assert!(!text.contains(&person(number).to_string()));
    }
}
