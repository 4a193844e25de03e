//! The program says what Cedar says: over random schemas, policies, entities and requests.

mod chance;
mod policy;
mod rows;
mod world;

use cedar_policy::{PolicySet, ValidationMode, Validator};
use prodops_policy::program::Program;
use prodops_policy::testing::against_cedar;

use chance::Chance;
use policy::Writer;
use world::World;

const REQUESTS: usize = 20;

/// What was compared, so that a generator that has gone blind is seen.
#[derive(Debug, Default)]
struct Tally {
    cases: usize,
    allowed: usize,
    denied_by_forbid: usize,
    failed: usize,
    policies: usize,
    left_to_cedar: usize,
    valid_sets: usize,
}

fn compare(seed: u64, wild: bool, tally: &mut Tally) {
    let chance = &mut Chance::new(seed);
    let world = World::random(chance, wild);
    let most = if chance.once_in(20) { 150 } else { 10 };
    let count = 1 + chance.below(most);
    let mut writer = Writer::new(&world, chance, wild);
    let text: Vec<String> = (0..count).map(|_| writer.policy()).collect();
    let text = text.join("\n");
    let set: PolicySet = text.parse().unwrap_or_else(|error| panic!("seed {seed}: {error}\n{text}"));
    let valid =
        Validator::new(world.schema.clone()).validate(&set, ValidationMode::Strict).validation_passed();
    let program = if valid {
        Program::compile(&world.schema, &set)
    } else {
        Program::unvalidated((!chance.once_in(4)).then_some(&world.schema), &set)
    };
    let program = program.unwrap_or_else(|error| panic!("seed {seed}: {error}\n{text}"));
    tally.policies += count;
    tally.left_to_cedar += program.left_to_cedar().count();
    tally.valid_sets += usize::from(valid);
    for _ in 0..REQUESTS {
        let request = world.request(chance, wild);
        match against_cedar(&program, &request, &world.entities) {
            Ok(answer) => {
                tally.cases += 1;
                tally.allowed += usize::from(answer.decision == cedar_policy::Decision::Allow);
                tally.denied_by_forbid += usize::from(
                    answer.decision == cedar_policy::Decision::Deny && !answer.reasons.is_empty(),
                );
                tally.failed += usize::from(!answer.errors.is_empty());
            }
            Err(difference) => panic!("seed {seed}, wild {wild}: {difference}\n{request:?}\n{text}"),
        }
    }
}

fn run(first: u64, worlds: u64) -> Tally {
    let mut tally = Tally::default();
    for seed in first..first + worlds {
        compare(seed, seed % 2 == 1, &mut tally);
    }
    tally
}

#[test]
fn decisions_reasons_and_errors_are_those_of_cedar() {
    let tally = run(1, 200);
    assert_eq!(tally.cases, 200 * REQUESTS);
    for (what, some) in [
        ("allowed", tally.allowed),
        ("denied by a forbid", tally.denied_by_forbid),
        ("failed", tally.failed),
        ("valid sets", tally.valid_sets * 10),
    ] {
        assert!(some > 200, "only {some} {what}: {tally:?}");
    }
    assert!(tally.left_to_cedar * 2 < tally.policies, "{tally:?}");
}

#[test]
fn a_filter_admits_the_rows_that_a_decision_allows() {
    let mut tally = rows::Tally::default();
    for seed in 1..150 {
        rows::compare(seed, &mut tally);
    }
    assert!(tally.conditions > 30 && tally.rows.iter().all(|&rows| rows > 100), "{tally:?}");
}

/// Long: more than a million cases, from a seed of the day's own choosing.
#[test]
#[ignore = "minutes: run by `cargo xtask soak`"]
fn soak_a_million_decisions_are_those_of_cedar() {
    let first = std::process::id().into();
    println!("worlds from seed {first}");
    let tally = run(first, 52_000);
    println!("{tally:?}");
    assert!(tally.cases > 1_000_000);
}
