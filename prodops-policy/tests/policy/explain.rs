//! A field of the matrix in words.

use prodops_policy::Policy;
use prodops_policy::matrix::{Certainty, Standing, UnknownCell};

#[test]
fn a_field_names_its_policies_with_their_conditions_and_places() {
    let policy = Policy::shipped().unwrap();
    let explained = policy.explain_cell("manager", "ReadTeamMetrics", "Team").unwrap();
    assert_eq!(explained.cell.standing, Standing::Conditional);
    let voice = &explained.voices[0];
    assert_eq!((voice.policy.as_str(), voice.certainty), ("manager-runs-their-teams", Certainty::Depends));
    assert!(!voice.forbids && voice.description.ends_with('.'));
    assert_eq!(voice.place.file, "people.cedar");
    assert!(voice.conditions[0].starts_with("when {") && voice.conditions[0].contains("managed_teams"));
    insta::assert_snapshot!(explained.to_string());
}

#[test]
fn a_refusal_says_whether_something_forbids_or_nothing_permits() {
    let policy = Policy::shipped().unwrap();
    let unpermitted = policy.explain_cell("viewer", "Connect", "Workspace").unwrap();
    assert!(
        unpermitted
            .to_string()
            .starts_with("`viewer` may never `Connect` a `Workspace`: no policy permits it.")
    );
    let forbidden = policy.explain_cell("suspended", "ReadReport", "MetricReport").unwrap();
    assert!(forbidden.to_string().contains("suspended-member forbids (always.cedar:"), "{forbidden}");
    let always = policy.explain_cell("owner", "ReadReport", "MetricReport").unwrap();
    assert_eq!(always.cell.standing, Standing::Allowed);
}

#[test]
fn a_field_that_is_not_there_says_what_to_use() {
    let policy = Policy::shipped().unwrap();
    let said = |principal, action, ty| policy.explain_cell(principal, action, ty).unwrap_err();
    let principal = said("emperor", "Connect", "Workspace").to_string();
    assert!(
        principal.starts_with("no principal `emperor`: use one of viewer, member, manager"),
        "{principal}"
    );
    assert!(matches!(said("owner", "Conect", "Workspace"), UnknownCell::Action { .. }));
    let ty = said("owner", "Connect", "Team").to_string();
    assert_eq!(ty, "`Connect` is done to `Workspace`, not to `Team`");
}
