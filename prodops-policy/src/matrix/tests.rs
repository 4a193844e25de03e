use super::*;
use crate::decide::Outcome;
use crate::sample::{self, OWN};

/// Whether a sampled question is one of this field.
fn belongs(circumstance: Circumstance, principal: &str, question: &Question<'_>) -> bool {
    let (name, by_token) = match question.asker {
        Asker::Member(member) if member.suspended => ("suspended", member.by_token),
        Asker::Member(member) if member.role == Role::Support && member.until.is_none() => {
            ("endless", member.by_token)
        }
        Asker::Member(member) => {
            if member.until.is_some() != member.role.needs_end() && !member.by_token {
                return false;
            }
            (member.role.as_str(), member.by_token)
        }
        Asker::System(system) => (system.as_str(), false),
    };
    let system = matches!(question.asker, Asker::System(_));
    let here = match circumstance {
        Circumstance::Usual => (question.owner == OWN, question.archived, by_token) == (true, false, false),
        Circumstance::Archived => (question.owner == OWN, question.archived, by_token) == (true, true, false),
        Circumstance::ByToken => question.owner == OWN && !question.archived && (by_token || system),
        Circumstance::Foreign => question.owner != OWN && !by_token,
    };
    name == principal && here
}

/// A field that says always or never is right about every sampled question, one that says it depends has both answers.
#[test]
fn decisions_are_those_that_the_matrix_tells() {
    let policy = Policy::shipped().unwrap();
    for cell in policy.matrix().cells {
        let (mut allowed, mut denied) = (0, 0);
        let action = *ActionKind::ALL.iter().find(|kind| kind.name() == cell.action).unwrap();
        sample::each_question(action, |question| {
            if belongs(cell.circumstance, cell.principal, question) {
                match policy.decider().decide(action, question) {
                    Outcome::Allowed => allowed += 1,
                    Outcome::Denied { .. } => denied += 1,
                }
            }
        });
        // Tokens are not sampled of support whose membership ends, nor of `suspended`.
        if cell.circumstance == Circumstance::ByToken && ["support", "suspended"].contains(&cell.principal) {
            continue;
        }
        let right = match cell.standing {
            Standing::Allowed => allowed > 0 && denied == 0,
            Standing::Denied => allowed == 0 && denied > 0,
            Standing::Conditional => allowed > 0 && denied > 0,
        };
        assert!(right, "{cell:?} allowed {allowed} denied {denied}");
    }
}
