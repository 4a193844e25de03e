//! A small universe, so that steps drawn by chance meet: a few of each thing, each made from a small number.

use std::cell::Cell;
use std::num::NonZeroU32;

use prodops_core::api_token::ApiTokenRecord;
use prodops_core::audit::{Actor, AuditEvent, AuditObject, Decision};
use prodops_core::fact::{Activity, AssignedLabel, Assigner, CommitId, Fact, PathKey, Probability};
use prodops_core::id::{
    ApiTokenId, AuditEventId, ConnectionId, JobId, LeaseId, MembershipId, PersonId, RepositoryId, SessionId,
    UserId, WorkerId, WorkspaceId,
};
use prodops_core::input::{
    ApiTokenName, ConnectionTarget, ConnectorId, PersonName, StreamName, WorkspaceName, WorkspaceSlug,
};
use prodops_core::keyring::KeyOwner;
use prodops_core::session::{
    ClientFamily, OpaqueToken, RevocationSubject, SessionKey, SessionRecord, SubjectKey, TokenHash,
    UserRecord, VerifiedSubject,
};
use prodops_core::tenancy::{
    MembershipRecord, MembershipState, Role, SystemPrincipal, WorkspaceRecord, WorkspaceState,
};
use prodops_core::testing::SeededEntropy;
use prodops_core::time::Timestamp;
use prodops_store::contract::{
    AiAmount, AiSpending, AiUseRecord, AuditFilter, AuditQuery, BatchTag, ConnectionRecord, ConnectionState,
    ErasureSubject, JobHold, JobPlan, JobPriority, JobTask, LeaseRequest, NewJob, PermitCount, PurgeState,
    RemoteObjectKind, RemoteObjectRecord, RemoteObjectState, RowBatch, TombstoneRecord, Version,
};
use prodops_store::testing::{Generate, History};

/// Draws the arguments of one step, the same from the same bytes.
pub(super) struct Draw<'a> {
    bytes: &'a [u8; 8],
    at: Cell<usize>,
    /// What connections deliver.
    pub(super) histories: &'a [History; 2],
}

const fn bytes(kind: u8, number: u8) -> [u8; 16] {
    let mut bytes = [kind; 16];
    bytes[15] = number;
    bytes
}

pub(super) fn connection_id(number: u8) -> ConnectionId {
    ConnectionId::from_bytes(bytes(5, number))
}

/// What the two connections deliver: of each one repository.
pub(super) fn histories() -> [History; 2] {
    [0, 1].map(|number| Generate::new(40 + u64::from(number)).history(connection_id(number), 4, 1))
}

impl<'a> Draw<'a> {
    pub(super) const fn new(bytes: &'a [u8; 8], histories: &'a [History; 2]) -> Self {
        Self { bytes, at: Cell::new(0), histories }
    }

    /// A number below `bound`, from the next byte.
    pub(super) fn below(&self, bound: u8) -> u8 {
        let at = self.at.replace(self.at.get() + 1);
        self.bytes[at % 8].rotate_left(u32::try_from(at / 8).unwrap()) % bound
    }

    pub(super) fn flip(&self) -> bool {
        self.below(2) == 1
    }

    fn one<T: Clone>(&self, of: &[T]) -> T {
        of[usize::from(self.below(u8::try_from(of.len()).unwrap()))].clone()
    }

    pub(super) fn limit(&self) -> usize {
        usize::from(self.one(&[1_u8, 2, 3, 50]))
    }

    pub(super) fn now(&self) -> Timestamp {
        let start: Timestamp = "2026-01-05T09:00:00Z".parse().unwrap();
        start.plus_seconds(i64::from(self.below(8)) * 40)
    }

    pub(super) fn workspace(&self) -> WorkspaceId {
        WorkspaceId::from_bytes(bytes(1, self.below(2)))
    }

    pub(super) fn log(&self) -> Option<WorkspaceId> {
        Some(self.workspace()).filter(|_| self.below(3) > 0)
    }

    pub(super) fn owner(&self) -> KeyOwner {
        self.log().map_or(KeyOwner::Deployment, KeyOwner::Workspace)
    }

    pub(super) fn user(&self) -> UserId {
        UserId::from_bytes(bytes(2, self.below(3)))
    }

    pub(super) fn user_record(&self) -> UserRecord {
        UserRecord { id: self.user(), created: self.now() }
    }

    pub(super) fn subject(&self) -> SubjectKey {
        let name = self.below(3).to_string();
        VerifiedSubject::new("https://id.example", &name, Timestamp::UNIX_EPOCH).unwrap().key()
    }

    pub(super) fn workspace_record(&self) -> WorkspaceRecord {
        WorkspaceRecord {
            id: self.workspace(),
            slug: WorkspaceSlug::new(&format!("team-{}", self.below(3))).unwrap(),
            name: WorkspaceName::new("A workspace").unwrap(),
            state: self.one(&[WorkspaceState::Active, WorkspaceState::Archived]),
            created: self.now(),
        }
    }

    pub(super) fn membership_of(&self, workspace: WorkspaceId) -> MembershipRecord {
        let user = self.below(3);
        MembershipRecord {
            // Mostly the one that belongs to the two, now and then another one.
            id: MembershipId::from_bytes(bytes(
                3,
                user * 2 + workspace.as_bytes()[15] + 6 * (self.below(6) / 5),
            )),
            workspace,
            user: UserId::from_bytes(bytes(2, user)),
            role: self.one(&[Role::Viewer, Role::Owner]),
            state: self.one(&[MembershipState::Active, MembershipState::Suspended]),
            until: Some(self.now()).filter(|_| self.flip()),
        }
    }

    pub(super) fn membership(&self) -> MembershipRecord {
        self.membership_of(self.workspace())
    }

    pub(super) fn token(&self) -> TokenHash {
        OpaqueToken::generate(&SeededEntropy::new(u64::from(self.below(4)))).unwrap().hash()
    }

    pub(super) fn session_id(&self) -> SessionId {
        SessionId::from_bytes(bytes(4, self.below(3)))
    }

    pub(super) fn session(&self) -> SessionRecord {
        SessionRecord {
            id: self.session_id(),
            user: self.user(),
            created: self.now(),
            last_seen: self.now(),
            spent_seconds: 0,
            auth_time: self.now(),
            epoch: 0,
            key: SessionKey::from_bytes([7; 32]),
            client: ClientFamily::default(),
            renew: false,
        }
    }

    pub(super) fn revoked(&self) -> RevocationSubject {
        match self.below(3) {
            0 => RevocationSubject::Everybody,
            1 => RevocationSubject::User(self.user()),
            _ => RevocationSubject::Workspace(self.workspace()),
        }
    }

    pub(super) fn api_token_id(&self) -> ApiTokenId {
        ApiTokenId::from_bytes(bytes(9, self.below(3)))
    }

    pub(super) fn api_token(&self) -> ApiTokenRecord {
        let member = self.membership();
        ApiTokenRecord {
            id: self.api_token_id(),
            workspace: member.workspace,
            membership: member.id,
            user: member.user,
            name: ApiTokenName::new("a script").unwrap(),
            cap: Role::Member,
            created: self.now(),
            expires: self.now(),
            last_used: None,
        }
    }

    pub(super) fn connection_id(&self) -> ConnectionId {
        connection_id(self.below(2))
    }

    pub(super) fn connection(&self) -> ConnectionRecord {
        ConnectionRecord {
            id: self.connection_id(),
            connector: ConnectorId::new("git").unwrap(),
            target: ConnectionTarget::new(&format!("place-{}", self.below(3))).unwrap(),
            state: self.one(&[
                ConnectionState::Active,
                ConnectionState::Active,
                ConnectionState::Disconnected,
            ]),
            created: self.now(),
            last_sync: None,
        }
    }

    pub(super) fn ai_use(&self) -> AiUseRecord {
        AiUseRecord {
            provider: Some("provider".to_owned()).filter(|_| self.flip()),
            acknowledged: None,
            threshold: Probability::from_f64(0.5),
            monthly: AiAmount { commits: u64::from(self.below(9)), millionths: 0 },
            spent: AiSpending::default(),
            last_run: None,
        }
    }

    pub(super) fn version(&self) -> Version {
        Version::from_number(u64::from(self.below(3)) + 1)
    }

    pub(super) fn epoch(&self) -> u64 {
        u64::from(self.one(&[1_u8, 1, 2, 0]))
    }

    pub(super) fn stream(&self) -> StreamName {
        StreamName::new(self.one(&["commits", "commits", "people"])).unwrap()
    }

    fn cursor(&self) -> Option<Vec<u8>> {
        self.one(&[None, None, Some(b"1".to_vec()), Some(b"2".to_vec())])
    }

    /// Facts of one connection, mostly its own.
    pub(super) fn batch(&self) -> RowBatch {
        let connection = self.connection_id();
        let history = &self.histories[usize::from(connection.as_bytes()[15])];
        let mut facts = history.facts();
        let relabelled = self.flip();
        for fact in &mut facts {
            match fact {
                Fact::Commit(commit) if relabelled => commit.label = None,
                Fact::Person(person) if self.below(3) == 0 => {
                    person.name = Some(PersonName::new("Somebody").unwrap());
                }
                _ => {}
            }
        }
        let from = usize::from(self.below(3));
        let batch = prodops_store::contract::IngestBatch {
            connection,
            stream: self.stream(),
            epoch: self.epoch(),
            expected_cursor: self.cursor(),
            next_cursor: vec![b'1' + self.below(2)],
            facts: facts.split_off(from),
        };
        RowBatch::new(batch).unwrap()
    }

    pub(super) fn history(&self) -> &'a History {
        &self.histories[usize::from(self.below(2))]
    }

    pub(super) fn repository(&self) -> RepositoryId {
        self.history().repository.id
    }

    pub(super) fn commit(&self) -> CommitId {
        self.history().commits[usize::from(self.below(4))].id
    }

    pub(super) fn path(&self) -> PathKey {
        self.history().tip_files[usize::from(self.below(2))].path
    }

    pub(super) fn assigner(&self) -> Assigner {
        self.one(&[Assigner::Ai, Assigner::Person])
    }

    pub(super) fn label(&self) -> AssignedLabel {
        AssignedLabel {
            repository: self.repository(),
            commit: self.commit(),
            by: self.assigner(),
            activity: self.one(&Activity::ALL),
            probability: Probability::ONE,
            at: self.now(),
        }
    }

    pub(super) fn person(&self) -> PersonId {
        self.history().people[usize::from(self.below(3))].id
    }

    pub(super) fn event(&self, workspace: Option<WorkspaceId>) -> AuditEvent {
        AuditEvent {
            id: AuditEventId::from_bytes(bytes(8, self.below(255))),
            time: self.now(),
            workspace,
            actor: self.one(&[Actor::Operator, Actor::Member(MembershipId::from_bytes(bytes(3, 0)))]),
            action: "Connect".to_owned(),
            object: self.one(&[AuditObject::Workspace, AuditObject::Connection(connection_id(0))]),
            decision: Decision::Allowed,
            request: None,
            personal: None,
        }
    }

    pub(super) fn question(&self) -> AuditQuery {
        let actor = Some(Actor::Operator).filter(|_| self.flip());
        let object = Some(*connection_id(0).as_bytes()).filter(|_| self.flip());
        AuditQuery {
            filter: AuditFilter { actor, object, ..AuditFilter::default() },
            newest_first: self.flip(),
        }
    }

    pub(super) fn count(&self) -> PermitCount {
        let action = self.one(&["ReadReport", "Connect"]).to_owned();
        let (hour, count) = (self.now(), u64::from(self.below(4)));
        PermitCount { hour, actor: Actor::Operator, action, object: "MetricReport".to_owned(), count }
    }

    pub(super) fn lease_id(&self) -> LeaseId {
        LeaseId::from_bytes(bytes(6, self.below(4)))
    }

    pub(super) fn lease_request(&self) -> LeaseRequest {
        let now = self.now();
        LeaseRequest {
            id: self.lease_id(),
            workspace: self.workspace(),
            workspace_state: WorkspaceState::Active,
            connection: self.connection_id(),
            principal: SystemPrincipal::Sync,
            now,
            expires: now.plus_seconds(60),
        }
    }

    pub(super) fn job_id(&self) -> JobId {
        JobId::from_bytes(bytes(7, self.below(5)))
    }

    pub(super) fn task(&self) -> JobTask {
        self.one(&[JobTask::SyncConnection(connection_id(0)), JobTask::SequenceAudit, JobTask::PurgeDue])
    }

    pub(super) fn job(&self) -> NewJob {
        NewJob {
            id: self.job_id(),
            workspace: self.log(),
            task: self.task(),
            plan: JobPlan {
                priority: self.one(&JobPriority::ALL),
                every: NonZeroU32::new(30).filter(|_| self.flip()),
                attempts: NonZeroU32::new(2).filter(|_| self.flip()),
            },
            run_after: self.now(),
            hasten: self.flip(),
        }
    }

    pub(super) fn hold(&self) -> JobHold {
        JobHold { job: self.job_id(), epoch: self.epoch() }
    }

    pub(super) fn worker(&self) -> WorkerId {
        WorkerId::from_bytes(bytes(10, self.below(2)))
    }

    pub(super) fn erasure(&self) -> ErasureSubject {
        match self.below(4) {
            0 => ErasureSubject::User(self.user()),
            1 => ErasureSubject::Person { workspace: self.workspace(), person: self.person() },
            _ => ErasureSubject::Workspace(self.workspace()),
        }
    }

    /// One of two tags, so that steps meet.
    pub(super) fn tag(&self) -> BatchTag {
        BatchTag::try_from(format!("prodops-{:032x}", self.below(2))).unwrap()
    }

    pub(super) fn remote_kind(&self) -> RemoteObjectKind {
        self.one(&[RemoteObjectKind::Input, RemoteObjectKind::Batch, RemoteObjectKind::Errors])
    }

    pub(super) fn remote_object(&self) -> RemoteObjectRecord {
        RemoteObjectRecord {
            tag: self.tag(),
            kind: self.remote_kind(),
            provider: "provider".to_owned(),
            id: None,
            state: self.one(&[RemoteObjectState::Intended, RemoteObjectState::DeletionAsked]),
            since: self.now(),
            alive: Some(self.now()).filter(|_| self.flip()),
        }
    }

    pub(super) fn purge_state(&self) -> PurgeState {
        self.one(&[PurgeState::Pending, PurgeState::Purging, PurgeState::Purged])
    }

    pub(super) fn tombstone(&self, subject: ErasureSubject) -> TombstoneRecord {
        TombstoneRecord {
            subject,
            requested: self.now(),
            requested_by: Actor::Operator,
            grace_ends: self.now(),
            state: self.purge_state(),
            since: self.now(),
            restores: None,
        }
    }
}
