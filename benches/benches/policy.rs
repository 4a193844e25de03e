//! Decisions beside `cedar-policy`, `regorus` and `casbin`: same requests, same answers, CPU time of the thread, allocations.
//!
//! `cargo bench -p benches --bench policy`.

#![allow(clippy::print_stdout, reason = "a measurement prints what it read")]

use std::collections::HashMap;
use std::hint::black_box;

use benches::authorisation::{
    ACTIONS, Asked, CASBIN_MODEL, ROLES, casbin_rules, cedar_policies, cedar_schema, rego, rego_input,
    requests, type_of,
};
use benches::cpu::measure;
use casbin::{CoreApi, DefaultModel, Enforcer, MemoryAdapter, MgmtApi};
use cedar_policy::{
    Authorizer, Context, Decision, Entities, Entity, EntityUid, PolicySet, Request, RestrictedExpression,
    Schema,
};
use cpu_time::ThreadTime;
use prodops::policy::program::{Combiner, Program, Question};

type Failure = Box<dyn std::error::Error>;

const REQUESTS: usize = 512;

fn main() -> Result<(), Failure> {
    let schema: Schema = cedar_schema().parse()?;
    let policies: PolicySet = cedar_policies().parse()?;
    let asked = requests(REQUESTS);
    let cases = asked.iter().map(case).collect::<Result<Vec<_>, _>>()?;
    println!(
        "{} policies, {ACTIONS} actions, {} roles, {REQUESTS} requests",
        policies.policies().count(),
        ROLES.len()
    );

    let answers = cedar(&policies, &cases)?;
    let allowed = answers.iter().filter(|allowed| **allowed).count();
    println!("{allowed} of them allowed");
    program(&schema, &policies, &cases, &answers)?;
    rego_peer(&asked, &answers)?;
    casbin_peer(&asked)?;
    compiling(&schema)
}

struct Case {
    request: Request,
    entities: Entities,
    action: usize,
}

fn case(asked: &Asked) -> Result<Case, Failure> {
    let uid = |ty: &str, id: &str| Ok::<EntityUid, Failure>(format!("{ty}::\"{id}\"").parse()?);
    let tenant = |number: u8| {
        Ok::<_, Failure>(RestrictedExpression::new_entity_uid(uid("Tenant", &number.to_string())?))
    };
    let principal = uid("Member", "ann")?;
    let owner = if asked.own { principal.clone() } else { uid("Member", "bob")? };
    let role = uid("Role", ROLES.get(asked.role).copied().unwrap_or_default())?;
    let attributes = HashMap::from([
        ("tenant".to_owned(), tenant(asked.tenants.0)?),
        ("role".to_owned(), RestrictedExpression::new_entity_uid(role)),
        ("suspended".to_owned(), RestrictedExpression::new_bool(asked.suspended)),
        ("clearance".to_owned(), RestrictedExpression::new_long(asked.levels.0)),
    ]);
    let member = Entity::new(principal.clone(), attributes, [].into())?;
    let attributes = HashMap::from([
        ("tenant".to_owned(), tenant(asked.tenants.1)?),
        ("owner".to_owned(), RestrictedExpression::new_entity_uid(owner)),
        ("sensitivity".to_owned(), RestrictedExpression::new_long(asked.levels.1)),
    ]);
    let resource = Entity::new(uid(type_of(asked.action), "it")?, attributes, [].into())?;
    let flags = [("archived", asked.archived), ("factor", asked.factor), ("token", asked.token)];
    let context = Context::from_pairs(
        flags.map(|(name, flag)| (name.to_owned(), RestrictedExpression::new_bool(flag))),
    )?;
    let action = uid("Action", &format!("a{}", asked.action))?;
    let request = Request::new(principal, action, resource.uid(), context, None)?;
    let schema: Schema = cedar_schema().parse()?;
    let actions = schema.action_entities()?;
    let entities = Entities::from_entities([member, resource], None)?.add_entities(actions, None)?;
    Ok(Case { request, entities, action: asked.action })
}

/// Measures one run over all requests, and shows what a request costs.
fn show(name: &str, run: impl FnMut()) {
    println!("{name:44} {}", measure(REQUESTS, run));
}

fn cedar(policies: &PolicySet, cases: &[Case]) -> Result<Vec<bool>, Failure> {
    let authorizer = Authorizer::new();
    let allows = |set: &PolicySet, case: &Case| {
        authorizer.is_authorized(&case.request, set, &case.entities).decision() == Decision::Allow
    };
    let slices = (0..ACTIONS).map(|action| slice(policies, action)).collect::<Result<Vec<_>, _>>()?;
    let sliced = |case: &Case| slices.get(case.action).is_some_and(|set| allows(set, case));
    let answers: Vec<bool> = cases.iter().map(|case| allows(policies, case)).collect();
    assert!(cases.iter().map(sliced).eq(answers.iter().copied()), "the slices answer otherwise");
    show("cedar-policy, whole set", || {
        for case in cases {
            black_box(allows(policies, case));
        }
    });
    show("cedar-policy, slice of the action", || {
        for case in cases {
            black_box(sliced(case));
        }
    });
    Ok(answers)
}

/// The policies that do not name another action.
fn slice(policies: &PolicySet, action: usize) -> Result<PolicySet, Failure> {
    let own = format!("Action::\"a{action}\"");
    let fits = |policy: &&cedar_policy::Policy| match policy.action_constraint() {
        cedar_policy::ActionConstraint::Eq(uid) => uid.to_string() == own,
        _ => true,
    };
    Ok(PolicySet::from_policies(policies.policies().filter(fits).cloned())?)
}

fn program(schema: &Schema, policies: &PolicySet, cases: &[Case], answers: &[bool]) -> Result<(), Failure> {
    let program = Program::compile(schema, policies)?;
    let questions: Vec<Question<'_>> =
        cases.iter().map(|case| program.ask(&case.request, &case.entities)).collect();
    let decide = |question: &Question<'_>| question.decide(Combiner::Cedar) == Decision::Allow;
    assert!(questions.iter().map(decide).eq(answers.iter().copied()), "the program answers otherwise");
    assert_eq!(program.left_to_cedar().count(), 0);
    show("program, decide", || {
        for question in &questions {
            black_box(question.decide(Combiner::Strict));
        }
    });
    let mut explanation = program.explanation();
    show("program, explain", || {
        for question in &questions {
            question.explain(&mut explanation);
            black_box(&explanation);
        }
    });
    show("program, read the entities and decide", || {
        for case in cases {
            black_box(program.ask(&case.request, &case.entities).decide(Combiner::Strict));
        }
    });
    Ok(())
}

fn rego_peer(asked: &[Asked], answers: &[bool]) -> Result<(), Failure> {
    let mut engine = regorus::Engine::new();
    engine.add_policy("app.rego".to_owned(), rego())?;
    let inputs = asked.iter().map(|asked| regorus::Value::from_json_str(&rego_input(asked)));
    let inputs = inputs.collect::<Result<Vec<_>, _>>()?;
    let mut allows = |input: &regorus::Value| {
        engine.set_input(input.clone());
        engine.eval_rule("data.app.allow".to_owned()).is_ok_and(|value| value == regorus::Value::from(true))
    };
    assert!(inputs.iter().map(&mut allows).eq(answers.iter().copied()), "regorus answers otherwise");
    show("regorus", || {
        for input in &inputs {
            black_box(allows(input));
        }
    });
    Ok(())
}

/// Roles only: casbin has no conditions in this form, so its answers are those of the permits by role.
fn casbin_peer(asked: &[Asked]) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).build()?;
    let enforcer = runtime.block_on(async {
        let model = DefaultModel::from_str(CASBIN_MODEL).await?;
        let mut enforcer = Enforcer::new(model, MemoryAdapter::default()).await?;
        enforcer.add_policies(casbin_rules()).await?;
        Ok::<_, casbin::Error>(enforcer)
    })?;
    let named: Vec<_> = asked
        .iter()
        .map(|asked| {
            (
                ROLES.get(asked.role).copied().unwrap_or_default(),
                type_of(asked.action),
                format!("a{}", asked.action),
            )
        })
        .collect();
    show("casbin, roles only", || {
        for (role, ty, action) in &named {
            black_box(enforcer.enforce((*role, *ty, action.as_str())).is_ok_and(|allowed| allowed));
        }
    });
    Ok(())
}

/// What a reload of 200 policies costs: parsing, strict validation, lowering.
fn compiling(schema: &Schema) -> Result<(), Failure> {
    let text: String = (0..4).map(|_| cedar_policies()).collect();
    let begin = ThreadTime::now();
    let policies: PolicySet = text.parse()?;
    let count = policies.policies().count();
    black_box(Program::compile(schema, &policies)?);
    println!(
        "{:44} {:12.1} ms",
        format!("parse, validate and lower {count} policies"),
        begin.elapsed().as_secs_f64() * 1e3
    );
    Ok(())
}
