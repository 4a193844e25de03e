//! An engine with one provider, and a workspace whose repository has something to hide.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use prodops::ai::{AiSettings, Budget, Cost, Pace, Training};
use prodops::core::clock::Clock;
use prodops::core::fact::{ActivityLabel, CommitFact, CommitId, Probability};
use prodops::core::testing::FixedClock;
use prodops::core::time::Timestamp;
use prodops::engine::Engine;

use super::place::{NOW, Place, Tenant, tenant};
use super::repository::{Commit, FIRST};
use super::scene::{Kit, Scene, Skipping};

/// A word of the code, which must not leave.
pub(crate) const CODE: &str = "xyqqzvkanarybird";
/// A word of an address, likewise.
pub(crate) const HOST: &str = "kanaryhost";

#[derive(Debug, Clone)]
struct Hands(Arc<FixedClock>);

impl Clock for Hands {
    fn now(&self) -> Timestamp {
        self.0.now()
    }
}

/// A deployment on a file, so that it can be begun again.
pub(crate) struct Deployment {
    pub(crate) place: Place,
    pub(crate) scene: Scene,
}

impl Deployment {
    pub(crate) async fn of(kit: Kit) -> Self {
        let (place, scene) = (Place::new(), Scene::new(kit).await);
        let start: Timestamp = NOW.parse().unwrap();
        scene.clock.advance_seconds(start.seconds_since(scene.clock.now()));
        Self { place, scene }
    }

    pub(crate) async fn engine(&self) -> Engine {
        let (provider, clock) = (self.scene.provider(), &self.scene.clock);
        let pace = Pace { batch: Duration::from_secs(1_200), ..Pace::default() };
        let file = self.place.path("store.redb");
        let built = self.place.engine_with(&file, |builder| {
            builder
                .clock(Hands(Arc::clone(clock)))
                .ai_provider(Arc::clone(&provider))
                .ai_pace(pace, Arc::new(Skipping(Arc::clone(clock))))
        });
        built.await.unwrap()
    }

    /// A workspace that reads the repository.
    pub(crate) async fn reader(&self, engine: &Engine, commits: &[Commit]) -> Tenant {
        let tenant = tenant(engine, "one").await;
        tenant.read(&self.place.repository("api", commits)).await;
        tenant
    }

    /// Agreement to ask about everything that the model decided.
    pub(crate) fn settings(&self, commits: u64) -> AiSettings {
        let provider = self.scene.provider();
        let acknowledged = match &provider.entry().training {
            Training::Never => None,
            Training::Unless(condition) => Some(condition.clone()),
        };
        AiSettings {
            provider: Some(provider.entry().name.clone()),
            acknowledged,
            threshold: Probability::ONE,
            budget: Budget { commits, cost: Cost::from_millionths(100_000_000) },
        }
    }
}

/// Commits of which the model decides most, with code, people and secrets in files and messages.
pub(crate) fn planted(token: &str) -> Vec<Commit> {
    let messages = [
        "feat: begin".to_owned(),
        format!("Handle lists without an end\n\n```rust\nlet {CODE} = 1;\n```\n"),
        format!("Do not wait twice\n\n    {CODE}();\n\nReported-by: Kim <kim@{HOST}.example>\n"),
        format!("Take the other path\n\nAuthorization: Bearer {token}\nask kim@{HOST}.example\n"),
        format!("Wait for `{CODE}` to close"),
        "Say it in other words".to_owned(),
    ];
    let last = messages.len() - 1;
    let commit = |(place, message): (usize, String)| Commit {
        author: ("Kim".to_owned(), format!("kim@{HOST}.example")),
        at: FIRST + 3_600 * i64::try_from(place).unwrap(),
        message,
        parents: if place == 0 { vec![] } else { vec![place - 1] },
        files: if place == last {
            vec![("README.md".to_owned(), format!("{CODE} {token}\n"))]
        } else {
            vec![("src/lists.rs".to_owned(), format!("fn {CODE}() {{ let key = \"{token}{place}\"; }}\n"))]
        },
    };
    messages.into_iter().enumerate().map(commit).collect()
}

/// The label of every commit.
pub(crate) async fn labels(tenant: &Tenant) -> BTreeMap<CommitId, Option<ActivityLabel>> {
    let repository = tenant.workspace.repositories().await.unwrap()[0].id;
    let page = tenant.workspace.commits(repository, None, 1_000).await.unwrap();
    page.items.into_iter().map(|CommitFact { id, label, .. }| (id, label)).collect()
}
