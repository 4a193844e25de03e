//! A workspace with something in every table, everything that names it in hand, and marks that must not be met elsewhere.

use prodops_core::audit::{Actor, AuditEvent, AuditObject, Decision};
use prodops_core::fact::{Activity, AssignedLabel, Assigner, Probability};
use prodops_core::id::{AuditEventId, JobId, WorkspaceId};
use prodops_core::input::{BranchName, ConnectionTarget, PersonName, RepositoryName, StreamName};
use prodops_core::tenancy::{MembershipRecord, WorkspaceRecord};
use prodops_store::contract::{
    AiUseRecord, ConnectionRecord, JobPlan, JobTask, NewJob, PermitCount, Versioned,
};
use prodops_store::testing::postgres::TestDatabase;
use prodops_store::testing::{Fixture, Generate, History, Source, Tenant};
use sqlx::Row;

/// All that is known of a workspace.
#[derive(Debug, Clone)]
pub(crate) struct Known {
    pub(crate) workspace: WorkspaceRecord,
    pub(crate) membership: MembershipRecord,
    pub(crate) connection: Versioned<ConnectionRecord>,
    pub(crate) source: Source,
    pub(crate) history: History,
    pub(crate) job: NewJob,
    pub(crate) count: PermitCount,
    pub(crate) label: AssignedLabel,
    pub(crate) ai_use: Versioned<AiUseRecord>,
    /// A word that stands in every text of the workspace.
    pub(crate) mark: String,
}

/// An event that nobody has stored.
pub(crate) fn event(
    generate: &Generate,
    fixture: &Fixture,
    workspace: WorkspaceId,
    action: &str,
) -> AuditEvent {
    AuditEvent {
        id: AuditEventId::from_bytes(generate.bytes()),
        time: fixture.now(),
        workspace: Some(workspace),
        actor: Actor::Operator,
        action: action.to_owned(),
        object: AuditObject::Workspace,
        decision: Decision::Allowed,
        request: None,
        personal: None,
    }
}

/// Makes a workspace and puts something into each of its tables.
pub(crate) async fn furnish(fixture: &Fixture) -> Known {
    let mark = format!("canary{:016x}", fixture.generate.below(u64::MAX));
    let tenant = fixture.tenant().await;
    let inside = fixture.inside(&tenant);
    let target = ConnectionTarget::new(&mark).unwrap();
    let connection = ConnectionRecord { target, ..fixture.connection() };
    let audit = fixture.event(&tenant.scope);
    inside.put_connection(&connection, &audit).await.unwrap();
    let request = fixture.lease_request(tenant.workspace.id, connection.id);
    let lease = fixture.control().acquire_lease(&request).await.unwrap().unwrap();
    let source = Source { connection: connection.id, stream: StreamName::new("commits").unwrap(), lease };
    let history = marked(fixture, &source, &mark);
    inside.ingest(source.batch(None, mark.as_bytes(), history.facts())).await.unwrap();
    let own = AuditEvent { action: mark.clone(), ..fixture.event(&tenant.scope) };
    inside.append_audit(&own).await.unwrap();
    let (job, count) = (job(fixture, &tenant, &source), count(fixture, &mark));
    fixture.jobs().enqueue(&job).await.unwrap();
    fixture.audit().add_permit_counts(tenant.workspace.id, std::slice::from_ref(&count)).await.unwrap();
    let label = AssignedLabel {
        repository: history.repository.id,
        commit: history.commits[0].id,
        by: Assigner::Person,
        activity: Activity::Chore,
        probability: Probability::ONE,
        at: fixture.now(),
    };
    inside.assign_labels(&[label], &fixture.event(&tenant.scope)).await.unwrap();
    let ai_use = AiUseRecord { acknowledged: Some(mark.clone()), ..fixture.ai_use(&mark) };
    inside.put_ai_use(None, &ai_use, &fixture.event(&tenant.scope)).await.unwrap();
    let ai_use = inside.ai_use().await.unwrap().unwrap();
    let membership = fixture.identity().membership(tenant.user, tenant.workspace.id).await.unwrap().unwrap();
    let connection = inside.connection(connection.id).await.unwrap().unwrap();
    Known {
        workspace: tenant.workspace,
        membership,
        connection,
        source,
        history,
        job,
        count,
        label,
        ai_use,
        mark,
    }
}

fn marked(fixture: &Fixture, source: &Source, mark: &str) -> History {
    let mut history = fixture.generate.history(source.connection, 6, 1);
    history.repository.name = RepositoryName::new(mark).unwrap();
    history.repository.branch = Some(BranchName::new(mark).unwrap());
    history.people.iter_mut().for_each(|person| person.name = Some(PersonName::new(mark).unwrap()));
    history
}

fn job(fixture: &Fixture, tenant: &Tenant, source: &Source) -> NewJob {
    NewJob {
        id: JobId::from_bytes(fixture.generate.bytes()),
        workspace: Some(tenant.workspace.id),
        task: JobTask::SyncConnection(source.connection),
        plan: JobPlan::ONCE,
        run_after: fixture.now(),
        hasten: false,
    }
}

fn count(fixture: &Fixture, mark: &str) -> PermitCount {
    let (actor, object) = (Actor::Operator, "MetricReport".to_owned());
    PermitCount { hour: fixture.now(), actor, action: mark.to_owned(), object, count: 1 }
}

impl Known {
    /// Whether a text tells anything of the workspace: its mark as it is, or as bytes in either way of writing them.
    pub(crate) fn is_told_by(&self, text: &str) -> bool {
        let hex: String = self.mark.bytes().map(|byte| format!("{byte:02x}")).collect();
        let list: Vec<String> = self.mark.bytes().map(|byte| byte.to_string()).collect();
        text.contains(&self.mark) || text.contains(&hex) || text.contains(&list.join(", "))
    }
}

/// Every row of a workspace in one schema as the superuser sees it.
pub(crate) async fn rows_of(database: &TestDatabase, schema: &str, workspace: WorkspaceId) -> Vec<String> {
    let mut admin = database.admin().await;
    let tables = sqlx::query(
        "SELECT format('SELECT %L || t::text FROM %s t WHERE %I = $1 ORDER BY 1', c.relname, c.oid::regclass, a.attname) \
         FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid \
         WHERE c.relnamespace = $1::regnamespace AND c.relkind = 'r' AND a.attname IN ('workspace_id', 'log', 'owner')",
    );
    let mut found = Vec::new();
    for row in tables.bind(schema).fetch_all(&mut admin).await.unwrap() {
        let mut query = sqlx::QueryBuilder::<sqlx::Postgres>::new(row.get::<String, _>(0));
        let query = query.build().bind(sqlx::types::Uuid::from_bytes(*workspace.as_bytes()));
        found.extend(query.fetch_all(&mut admin).await.unwrap().iter().map(|row| row.get::<String, _>(0)));
    }
    found
}
