//! What has to be deleted at AI providers, for the operator and for the driver that deletes it.

use prodops_store::contract::{BatchTag, RemoteObjectKind, RemoteObjectRecord};

use super::entry::Engine;
use super::error::EngineError;

impl Engine {
    /// Everything that lies at AI providers, or may, by tag and kind: since when, and how far its deletion is. It names no
    /// workspace and holds nothing of what was sent.
    ///
    /// # Errors
    /// When the engine is sealed or the store cannot be read.
    pub async fn remote_objects(&self) -> Result<Vec<RemoteObjectRecord>, EngineError> {
        let parts = self.parts();
        let capability = parts.authority.control();
        Ok(parts.store.control(&capability)?.remote_objects().await?)
    }

    /// Writes one down, in place of an earlier row of the same tag and kind.
    ///
    /// # Errors
    /// When the engine is sealed or the store cannot be written.
    pub async fn put_remote_object(&self, object: &RemoteObjectRecord) -> Result<(), EngineError> {
        let parts = self.parts();
        let capability = parts.authority.control();
        Ok(parts.store.control(&capability)?.put_remote_object(object).await?)
    }

    /// Strikes out one that was seen to be gone. `false` when there is no such row.
    ///
    /// # Errors
    /// When the engine is sealed or the store cannot be written.
    pub async fn strike_remote_object(
        &self,
        tag: &BatchTag,
        kind: RemoteObjectKind,
    ) -> Result<bool, EngineError> {
        let parts = self.parts();
        let capability = parts.authority.control();
        Ok(parts.store.control(&capability)?.strike_remote_object(tag, kind).await?)
    }
}
