//! The scenarios of Cedar's comparison with other languages: the decision program beside `cedar-policy`, same requests, same
//! answers, CPU time of the thread, allocations.
//!
//! `cargo bench -p benches --bench policy_scenarios`.

#![allow(clippy::print_stdout, reason = "a measurement prints what it read")]

use std::hint::black_box;

use benches::cpu::measure;
use benches::scenario::{Chance, SCENARIOS, Scenario};
use cedar_policy::{Authorizer, Context, Decision, Entities, PolicySet, Request, Schema};
use prodops::policy::program::{Combiner, Program, Question};

type Failure = Box<dyn std::error::Error>;

/// Entities of each type.
const SIZES: [usize; 3] = [5, 20, 50];
/// Worlds of each size, and requests in each.
const WORLDS: u64 = 20;
const REQUESTS: usize = 100;

fn main() -> Result<(), Failure> {
    for scenario in &SCENARIOS {
        for size in SIZES {
            compare(scenario, size)?;
        }
    }
    Ok(())
}

struct Asked {
    entities: Entities,
    requests: Vec<Request>,
}

fn compare(scenario: &Scenario, size: usize) -> Result<(), Failure> {
    let schema: Schema = scenario.schema.parse()?;
    let policies: PolicySet = scenario.policies.parse()?;
    let program = Program::compile(&schema, &policies)?;
    let worlds =
        (0..WORLDS).map(|seed| asked(scenario, &schema, size, seed)).collect::<Result<Vec<_>, _>>()?;
    let questions: Vec<Question<'_>> = worlds
        .iter()
        .flat_map(|world| world.requests.iter().map(|request| program.ask(request, &world.entities)))
        .collect();
    let authorizer = Authorizer::new();
    let cedar = |request: &Request, entities: &Entities| {
        authorizer.is_authorized(request, &policies, entities).decision() == Decision::Allow
    };
    let theirs =
        worlds.iter().flat_map(|world| world.requests.iter().map(|request| cedar(request, &world.entities)));
    let theirs: Vec<bool> = theirs.collect();
    let ours = questions.iter().map(|question| question.decide(Combiner::Cedar) == Decision::Allow);
    assert!(ours.eq(theirs.iter().copied()), "the program answers otherwise");
    println!(
        "{}, {size} entities of a type: {} policies, {} left to Cedar, {} requests, {} allowed",
        scenario.name,
        policies.policies().count(),
        program.left_to_cedar().count(),
        theirs.len(),
        theirs.iter().filter(|allowed| **allowed).count()
    );
    let decide = measure(theirs.len(), || {
        questions.iter().for_each(|question| {
            black_box(question.decide(Combiner::Strict));
        });
    });
    println!("  program, decide            {decide}");
    let read = measure(theirs.len(), || {
        each(&worlds, |request, entities| {
            black_box(program.ask(request, entities).decide(Combiner::Strict));
        });
    });
    println!("  program, read and decide   {read}");
    let cedar = measure(theirs.len(), || {
        each(&worlds, |request, entities| {
            black_box(cedar(request, entities));
        })
    });
    println!("  cedar-policy               {cedar}");
    let times = |own: f64| cedar.nanoseconds.0 / own;
    println!(
        "  times: decide {:.0}, read and decide {:.1}",
        times(decide.nanoseconds.0),
        times(read.nanoseconds.0)
    );
    Ok(())
}

fn asked(scenario: &Scenario, schema: &Schema, size: usize, seed: u64) -> Result<Asked, Failure> {
    let world = (scenario.world)(size, REQUESTS, &mut Chance::new(seed));
    let entities = Entities::from_json_str(&world.entities(), Some(schema))?;
    let request = |[principal, action, resource]: &[String; 3]| {
        let request = Request::new(
            principal.parse()?,
            action.parse()?,
            resource.parse()?,
            Context::empty(),
            Some(schema),
        )?;
        Ok::<_, Failure>(request)
    };
    Ok(Asked { entities, requests: world.requests.iter().map(request).collect::<Result<_, _>>()? })
}

fn each(worlds: &[Asked], mut ask: impl FnMut(&Request, &Entities)) {
    for world in worlds {
        world.requests.iter().for_each(|request| ask(request, &world.entities));
    }
}
