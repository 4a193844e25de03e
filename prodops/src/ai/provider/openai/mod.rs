//! OpenAI's batches of files, and the same API as Azure serves it.
//!
//! Shapes after the API reference of OpenAI (`/v1/files`, `/v1/batches`, `/v1/responses`, structured outputs) and of Azure
//! (Microsoft Foundry REST reference: "Create a file", "Create a batch", "Get a batch"), November 2026. Their record of a
//! batch cannot be deleted; it holds ids, numbers and our tag.

mod batches;
mod line;

use async_trait::async_trait;
use prodops_classify::metadata::CommitMetadata;
use prodops_core::time::Timestamp;
use prodops_store::contract::{BatchTag, RemoteObjectId};

use super::super::answer::Answer;
use super::super::error::CallError;
use super::super::estimate::Price;
use super::super::register::{PURPOSE, ProviderEntry, Training};
use super::transport::KeyHeader;
use super::{
    Access, ClassificationProvider, Endpoint, Found, Progress, RemoteObject, SettingsError, Started, Storage,
};
use batches::Batches;

/// OpenAI, or a resource of Azure.
#[derive(Debug)]
pub struct OpenAi(Batches);

impl OpenAi {
    /// OpenAI with this access.
    #[must_use]
    pub fn new(access: Access) -> Self {
        let off = "sharing of inputs and outputs with OpenAI is off for the organisation of the key";
        let terms = "https://openai.com/policies/services-agreement/";
        let entry = entry("openai", "OpenAI", &access, terms, Training::Unless(off.to_owned()));
        Self(Batches::new(access, entry, "/v1", KeyHeader::Bearer))
    }

    /// A resource of Azure with this access. The model must be deployed for batches; its name is that of the deployment.
    #[must_use]
    pub fn azure(access: Access) -> Self {
        let terms = "https://learn.microsoft.com/azure/ai-foundry/responsible-ai/openai/data-privacy";
        let entry = entry("azure-openai", "Microsoft", &access, terms, Training::Never);
        Self(Batches::new(access, entry, "/openai/v1", KeyHeader::Named("api-key")))
    }

    /// Its address where no region was chosen.
    ///
    /// # Errors
    /// Never: the name is one of a host.
    pub fn endpoint() -> Result<Endpoint, SettingsError> {
        Endpoint::https("api.openai.com")
    }

    /// The address of a resource of Azure by its name.
    ///
    /// # Errors
    /// When the name is no label of a host.
    pub fn azure_endpoint(resource: &str) -> Result<Endpoint, SettingsError> {
        Endpoint::https(&format!("{resource}.openai.azure.com"))
    }
}

#[async_trait]
impl ClassificationProvider for OpenAi {
    fn entry(&self) -> &ProviderEntry {
        self.0.entry()
    }

    fn price(&self) -> Price {
        self.0.price()
    }

    fn storage(&self) -> Storage {
        Storage::Files
    }

    fn most(&self) -> usize {
        batches::MOST
    }

    async fn upload(&self, tag: &BatchTag, commits: &[CommitMetadata]) -> Result<RemoteObjectId, CallError> {
        self.0.upload(tag, commits).await
    }

    async fn start(
        &self,
        tag: &BatchTag,
        _commits: &[CommitMetadata],
        input: Option<&RemoteObjectId>,
    ) -> Result<Started, CallError> {
        self.0.start(tag, input).await.map(Started::Batch)
    }

    async fn poll(&self, batch: &RemoteObjectId) -> Result<Progress, CallError> {
        self.0.poll(batch).await
    }

    async fn results(
        &self,
        _tag: &BatchTag,
        _batch: &RemoteObjectId,
        files: &[RemoteObject],
    ) -> Result<Vec<Answer>, CallError> {
        self.0.results(files).await
    }

    async fn cancel(&self, batch: &RemoteObjectId) -> Result<(), CallError> {
        self.0.cancel(batch).await
    }

    async fn delete(&self, object: &RemoteObject) -> Result<(), CallError> {
        self.0.delete(object).await
    }

    async fn exists(&self, object: &RemoteObject) -> Result<bool, CallError> {
        self.0.exists(object).await
    }

    async fn find(&self, tag: &BatchTag, since: Timestamp) -> Result<Found, CallError> {
        self.0.find(tag, since).await
    }
}

fn entry(name: &str, company: &str, access: &Access, terms: &str, training: Training) -> ProviderEntry {
    ProviderEntry {
        name: name.to_owned(),
        company: company.to_owned(),
        purpose: PURPOSE,
        region: access.region.clone(),
        terms: terms.to_owned(),
        retention: "logs against abuse, up to 30 days, which deleting does not remove; a record of each batch with its \
                    numbers and ids"
            .to_owned(),
        training,
        destinations: vec![access.endpoint.destination().clone()],
    }
}
