//! What a test stands on: a provider with its double, a journal, a clock that waiting moves.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use prodops::ai::{
    Access, AiError, AiSettings, Anthropic, BatchDriver, Budget, ClassificationProvider, Compatible, Consent,
    Cost, DeletionJournal, Endpoint, Gemini, MemoryJournal, Model, OpenAi, Others, Outcome, PURPOSE, Pace,
    Pause, Price, Region, Silent, Swept, Training,
};
use prodops::classify::metadata::{CommitMetadata, FileCounts};
use prodops::connectors::http::egress::{Egress, EgressClient, RecordedAttempts, Roots};
use prodops::core::clock::Clock;
use prodops::core::entropy::{Entropy as _, SystemEntropy};
use prodops::core::secret::Secret;
use prodops::core::source::Transient;
use prodops::core::testing::FixedClock;

use super::double::{AnthropicApi, Api, ChatApi, Day, Double, GeminiApi, OpenAiApi};
use super::fuse::{Fuse, Fused};

/// A provider and its double.
#[derive(Clone, Copy)]
pub(crate) struct Kit {
    pub(crate) api: fn() -> Box<dyn Api>,
    pub(crate) provider: fn(Access) -> Arc<dyn ClassificationProvider>,
    /// Whether it works on batches.
    pub(crate) batches: bool,
}

pub(crate) const OPENAI: Kit =
    Kit { api: || OpenAiApi::boxed("/v1"), provider: |access| Arc::new(OpenAi::new(access)), batches: true };
pub(crate) const AZURE: Kit = Kit {
    api: || OpenAiApi::boxed("/openai/v1"),
    provider: |access| Arc::new(OpenAi::azure(access)),
    batches: true,
};
pub(crate) const ANTHROPIC: Kit =
    Kit { api: AnthropicApi::boxed, provider: |access| Arc::new(Anthropic::new(access)), batches: true };
pub(crate) const GEMINI: Kit =
    Kit { api: GeminiApi::boxed, provider: |access| Arc::new(Gemini::new(access)), batches: true };
pub(crate) const COMPATIBLE: Kit = Kit {
    api: ChatApi::boxed,
    provider: |access| Arc::new(Compatible::new("local", access)),
    batches: false,
};

/// Waiting moves the clock, and takes no time.
#[derive(Debug)]
pub(crate) struct Skipping(pub(crate) Arc<FixedClock>);

#[async_trait]
impl Pause for Skipping {
    async fn pause(&self, time: Duration) {
        self.0.advance_seconds(i64::try_from(time.as_secs()).unwrap());
    }
}

pub(crate) struct Scene {
    pub(crate) double: Double,
    pub(crate) clock: Arc<FixedClock>,
    pub(crate) journal: Arc<dyn DeletionJournal>,
    pub(crate) attempts: Arc<RecordedAttempts>,
    pub(crate) key: String,
    kit: Kit,
}

impl Scene {
    pub(crate) async fn new(kit: Kit) -> Self {
        Self::on(kit, Day::default()).await
    }

    pub(crate) async fn on(kit: Kit, day: Day) -> Self {
        let clock = Arc::new(FixedClock::at("2026-11-27T12:00:00Z"));
        let told = Arc::clone(&clock);
        let double = Double::start((kit.api)(), move || told.now()).await;
        double.state.lock().unwrap().day = day;
        let key = random_key();
        Self {
            double,
            clock,
            journal: Arc::new(MemoryJournal::default()),
            attempts: Arc::default(),
            key,
            kit,
        }
    }

    pub(crate) fn endpoint(&self) -> Endpoint {
        Endpoint::local("localhost", self.double.port()).unwrap()
    }

    /// An egress of what the endpoint declares, which notes every attempt.
    pub(crate) fn egress(&self) -> EgressClient {
        let clock: Arc<dyn Clock> = self.clock.clone();
        let pem = rcgen::generate_simple_self_signed(["authority.test".to_owned()]).unwrap().cert.pem();
        let egress = Egress::builder(Roots::pem(pem.as_bytes()).unwrap(), clock)
            .allow(self.endpoint().destination().clone())
            .recorder(self.attempts.clone())
            .build();
        egress.client(PURPOSE).unwrap()
    }

    pub(crate) fn provider(&self) -> Arc<dyn ClassificationProvider> {
        self.provider_through(self.egress())
    }

    pub(crate) fn provider_through(&self, egress: EgressClient) -> Arc<dyn ClassificationProvider> {
        let price =
            Price { input: Cost::from_millionths(1_000_000), output: Cost::from_millionths(4_000_000) };
        (self.kit.provider)(Access {
            endpoint: self.endpoint(),
            region: Region::Any,
            egress,
            key: Some(Secret::new(self.key.clone())),
            model: Model::new("model-1", price).unwrap(),
        })
    }

    /// A driver as a process has it: its provider, its client and its memory are its own.
    pub(crate) fn driver(&self, fuse: &Arc<Fuse>) -> BatchDriver {
        self.double.state.lock().unwrap().fuse = Arc::clone(fuse);
        let journal = Arc::new(Fused { journal: self.journal.clone(), fuse: Arc::clone(fuse) });
        let pause = Arc::new(Skipping(self.clock.clone()));
        let pace = Pace { batch: Duration::from_secs(1_200), ..Pace::default() };
        BatchDriver::new(self.provider(), journal, self.clock.clone(), Arc::new(SystemEntropy), pause)
            .at_pace(pace)
    }

    pub(crate) fn consent(&self) -> Consent {
        consent(&*self.provider())
    }

    pub(crate) async fn run(&self, commits: &[CommitMetadata]) -> Result<Outcome, AiError> {
        self.driver(&Fuse::never()).run(&self.consent(), commits, &Silent).await
    }

    pub(crate) async fn sweep(&self) -> Swept {
        self.driver(&Fuse::never()).sweep(Others::MayRun).await.unwrap()
    }
}

/// Agreement to everything that a provider asks for.
pub(crate) fn consent(provider: &dyn ClassificationProvider) -> Consent {
    let entry = provider.entry();
    let acknowledged = match &entry.training {
        Training::Never => None,
        Training::Unless(condition) => Some(condition.clone()),
    };
    let budget = Budget { commits: 1_000, cost: Cost::from_millionths(100_000_000) };
    let settings =
        AiSettings { provider: Some(entry.name.clone()), acknowledged, budget, ..AiSettings::default() };
    settings.admit(entry, Budget::default()).unwrap()
}

pub(crate) fn random_key() -> String {
    let mut bytes = [0; 24];
    SystemEntropy.fill(&mut bytes).unwrap();
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(crate) fn commit(message: &str) -> CommitMetadata {
    let files = [FileCounts { path: b"src/retry.rs", added: 3, deleted: 1 }];
    CommitMetadata::of(&Transient::new(message.as_bytes().to_vec()), files)
}

pub(crate) fn commits(count: usize) -> Vec<CommitMetadata> {
    (0..count).map(|number| commit(&format!("fix: wait longer, part {number}"))).collect()
}
