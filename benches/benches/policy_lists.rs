//! A list of 10,000 rows: one question as a filter, over decoded rows and through the sealed rows of the embedded store, beside
//! a decision of `cedar-policy` for each row. Same rows in every answer.
//!
//! `cargo bench -p benches --bench policy_lists`.

#![allow(clippy::print_stdout, reason = "a measurement prints what it read")]

use std::hint::black_box;
use std::sync::Arc;

use benches::cpu::measure;
use cedar_policy::{Authorizer, Context, Decision, Entities, EntityUid, PolicySet, Request, Schema};
use cpu_time::ProcessTime;
use prodops::core::environment::Environment;
use prodops::core::fact::{Fact, ObjectFormat, RepositoryFact};
use prodops::core::filter::{Column, Filter, FilterRow, Value};
use prodops::core::id::RepositoryId;
use prodops::core::input::RepositoryName;
use prodops::policy::program::{Columns, Combiner, Operand, Program};
use prodops::store::embedded::Embedded;
use prodops::store::testing::{Fixture, KeysOnDemand};

type Failure = Box<dyn std::error::Error>;

const ROWS: usize = 10_000;
const RUNS: usize = 15;

const SCHEMA: &str = r"
entity Tenant; entity Connection;
entity Member = { tenant: Tenant, suspended: Bool, clearance: Long, connections: Set<Connection> };
entity Repository = { tenant: Tenant, sensitivity: Long, connection: Connection, owner: Member };
action list, browse appliesTo { principal: Member, resource: Repository, context: { archived: Bool } };
";
/// Of `list` every condition is on columns of the decoded rows, of `browse` on those of the store.
const POLICIES: &str = r#"
forbid (principal, action == Action::"list", resource) when { principal.tenant != resource.tenant };
forbid (principal, action, resource) when { principal.suspended };
forbid (principal, action == Action::"list", resource) when { resource.sensitivity > principal.clearance };
permit (principal, action == Action::"list", resource) when { resource.owner == principal };
permit (principal, action, resource) when { principal.connections.contains(resource.connection) };
"#;

const TENANT: Column = Column::new("tenant");
const SENSITIVITY: Column = Column::new("sensitivity");
const OWNER: Column = Column::new("owner");

/// A decoded row.
struct Row {
    tenant: u8,
    sensitivity: i64,
    connection: u8,
    owner: u8,
}

impl Row {
    fn of(number: usize) -> Self {
        let below = |limit: usize, step: usize| u8::try_from(number / step % limit).unwrap_or(0);
        Self {
            tenant: u8::from(number % 50 == 7),
            sensitivity: i64::from(below(4, 1)),
            connection: below(5, 4),
            owner: below(20, 20),
        }
    }
}

/// The sixteen bytes of a numbered thing.
fn id(number: u8) -> [u8; 16] {
    [number; 16]
}

impl FilterRow for Row {
    fn column(&self, column: Column) -> Option<Value> {
        match column {
            TENANT => Some(Value::Id(id(self.tenant))),
            SENSITIVITY => Some(Value::Int(self.sensitivity)),
            OWNER => Some(Value::Id(id(self.owner))),
            RepositoryFact::CONNECTION => Some(Value::Id(id(self.connection))),
            _ => None,
        }
    }
}

struct Shown;

impl Columns for Shown {
    fn column(&self, attribute: Option<&str>) -> Option<Column> {
        match attribute? {
            "tenant" => Some(TENANT),
            "sensitivity" => Some(SENSITIVITY),
            "owner" => Some(OWNER),
            "connection" => Some(RepositoryFact::CONNECTION),
            _ => None,
        }
    }

    fn value(&self, column: Column, operand: Operand<'_>) -> Option<Value> {
        match operand {
            Operand::Long(number) if column == SENSITIVITY => Some(Value::Int(number)),
            Operand::Entity { id: number, .. } if column != SENSITIVITY => {
                number.parse().ok().map(id).map(Value::Id)
            }
            _ => None,
        }
    }
}

struct World {
    schema: Schema,
    program: Program,
    policies: PolicySet,
    entities: Entities,
}

impl World {
    fn new() -> Result<Self, Failure> {
        let schema: Schema = SCHEMA.parse()?;
        let policies: PolicySet = POLICIES.parse()?;
        let uid = |ty: &str, number: usize| format!("{{\"type\":\"{ty}\",\"id\":\"{number}\"}}");
        let mut all = vec![format!(
            "{{\"uid\":{},\"attrs\":{{\"tenant\":{},\"suspended\":false,\"clearance\":2,\"connections\":[{},{}]}},\"parents\":[]}}",
            uid("Member", 3),
            uid("Tenant", 0),
            uid("Connection", 1),
            uid("Connection", 4)
        )];
        for number in 0..ROWS {
            let row = Row::of(number);
            all.push(format!(
                "{{\"uid\":{},\"attrs\":{{\"tenant\":{},\"sensitivity\":{},\"connection\":{},\"owner\":{}}},\"parents\":[]}}",
                uid("Repository", number),
                uid("Tenant", row.tenant.into()),
                row.sensitivity,
                uid("Connection", row.connection.into()),
                uid("Member", row.owner.into())
            ));
        }
        let entities = Entities::from_json_str(&format!("[{}]", all.join(",")), Some(&schema))?;
        let program = Program::compile(&schema, &policies)?;
        Ok(Self { schema, program, policies, entities })
    }

    fn request(&self, action: &str, row: usize) -> Result<Request, Failure> {
        let principal: EntityUid = "Member::\"3\"".parse()?;
        let action = format!("Action::\"{action}\"").parse()?;
        let context = Context::from_json_str("{\"archived\":false}", Some((&self.schema, &action)))?;
        let resource = format!("Repository::\"{row}\"").parse()?;
        Ok(Request::new(principal, action, resource, context, Some(&self.schema))?)
    }

    fn requests(&self, action: &str) -> Result<Vec<Request>, Failure> {
        (0..ROWS).map(|row| self.request(action, row)).collect()
    }

    fn filter(&self, request: &Request) -> Result<Filter, Failure> {
        Ok(self.program.ask(request, &self.entities).filter(&Shown)?)
    }

    /// The numbers of the rows that Cedar allows, and those that the program allows, which are the same.
    fn allowed(&self, requests: &[Request]) -> Vec<usize> {
        let cedar = |row: &usize| requests.get(*row).is_some_and(|request| self.cedar(request));
        let program = |row: &usize| {
            requests.get(*row).is_some_and(|request| {
                self.program.ask(request, &self.entities).decide(Combiner::Strict) == Decision::Allow
            })
        };
        let allowed: Vec<usize> = (0..ROWS).filter(cedar).collect();
        assert!((0..ROWS).filter(program).eq(allowed.iter().copied()), "the program answers otherwise");
        allowed
    }

    fn cedar(&self, request: &Request) -> bool {
        Authorizer::new().is_authorized(request, &self.policies, &self.entities).decision() == Decision::Allow
    }
}

fn main() -> Result<(), Failure> {
    let world = World::new()?;
    decoded(&world)?;
    tokio::runtime::Builder::new_multi_thread().build()?.block_on(sealed(&world))
}

fn decoded(world: &World) -> Result<(), Failure> {
    let (rows, requests): (Vec<Row>, _) = ((0..ROWS).map(Row::of).collect(), world.requests("list")?);
    let allowed = world.allowed(&requests);
    let any = world.request("list", 0)?;
    let filter = world.filter(&any)?;
    let admitted = (0..ROWS).filter(|row| rows.get(*row).is_some_and(|row| filter.admits(row)));
    assert!(admitted.eq(allowed.iter().copied()), "the filter answers otherwise");
    println!("{ROWS} decoded rows, {} of them allowed", allowed.len());
    let list = || {
        let filter = world.filter(&any);
        rows.iter().filter(|row| filter.as_ref().is_ok_and(|filter| filter.admits(*row))).count()
    };
    let one = measure(1, || {
        black_box(list());
    });
    println!("  filter, made and applied   {one}");
    let each = || {
        requests.iter().filter(|request| {
            world.program.ask(request, &world.entities).decide(Combiner::Strict) == Decision::Allow
        })
    };
    println!(
        "  program, row by row        {}",
        measure(1, || {
            black_box(each().count());
        })
    );
    let each = || requests.iter().filter(|request| world.cedar(request));
    let cedar = measure(1, || {
        black_box(each().count());
    });
    println!("  cedar-policy, row by row   {cedar}");
    println!("  times: {:.0}", cedar.nanoseconds.0 / one.nanoseconds.0);
    Ok(())
}

/// The store decrypts each row, decodes it and asks the filter; it works on threads of its own, so this is the process' time.
async fn sealed(world: &World) -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    let keys = KeysOnDemand::new(Environment::Test).await;
    let store = Embedded::open(&folder.path().join("store.redb"), Environment::Test, keys).await?;
    let fixture = Fixture::new(Arc::new(store), 1);
    let tenant = fixture.tenant().await;
    let inside = fixture.inside(&tenant);
    let mut sources = Vec::new();
    for _ in 0..5 {
        sources.push(fixture.source(&tenant).await);
    }
    for (number, source) in sources.iter().enumerate() {
        let own = (0..ROWS).filter(|row| usize::from(Row::of(*row).connection) == number);
        let facts = own.map(|row| repository(row, source.connection)).collect::<Result<Vec<_>, _>>()?;
        inside.ingest(source.batch(None, b"all", facts)).await?;
    }
    let filter = world.filter(&world.request("browse", 0)?)?;
    let filter = in_store(filter, |number| sources.get(number).map(|source| *source.connection.as_bytes()));
    let allowed = world.allowed(&world.requests("browse")?).len();
    let shown = inside.repositories(&filter).await?.len();
    assert_eq!(shown, allowed, "the store answers otherwise");
    println!("{ROWS} sealed rows, {allowed} of them allowed");
    let mut times = Vec::new();
    for _ in 0..RUNS {
        let begin = ProcessTime::now();
        black_box(inside.repositories(&filter).await?);
        times.push(begin.elapsed().as_secs_f64() * 1e3);
    }
    times.sort_by(f64::total_cmp);
    let at = |place: usize| times.get(place).copied().unwrap_or_default();
    println!(
        "  filter, through the store  {:.2} ms ({:.2}–{:.2}), CPU of the process",
        at(RUNS / 2),
        at(0),
        at(RUNS - 1)
    );
    Ok(())
}

fn repository(row: usize, connection: prodops::core::id::ConnectionId) -> Result<Fact, Failure> {
    let number = u128::try_from(row)?;
    Ok(Fact::from(RepositoryFact {
        id: RepositoryId::from_bytes(number.to_be_bytes()),
        connection,
        name: RepositoryName::new(&format!("repository-{row}"))?,
        branch: None,
        head: None,
        shallow: false,
        format: ObjectFormat::Sha1,
    }))
}

/// The filter with the store's own connections in the place of numbered ones.
fn in_store(filter: Filter, connection: impl Fn(usize) -> Option<[u8; 16]>) -> Filter {
    use prodops::core::filter::Predicate;
    let own = |value: Value| match value {
        Value::Id([number, ..]) => connection(number.into()).map_or(value, Value::Id),
        value => value,
    };
    fn through(predicate: Predicate, own: &dyn Fn(Value) -> Value) -> Predicate {
        match predicate {
            Predicate::Eq(column, value) => Predicate::Eq(column, own(value)),
            Predicate::In(column, values) => Predicate::In(column, values.into_iter().map(own).collect()),
            Predicate::And(all) => Predicate::And(all.into_iter().map(|each| through(each, own)).collect()),
            Predicate::Or(all) => Predicate::Or(all.into_iter().map(|each| through(each, own)).collect()),
            Predicate::Not(one) => Predicate::Not(Box::new(through(*one, own))),
            other => other,
        }
    }
    match filter {
        Filter::Pred(predicate) => Filter::Pred(through(predicate, &own)),
        other => other,
    }
}
