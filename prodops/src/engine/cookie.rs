//! Sealing session tokens for the browser.

use prodops_core::keyring::KeyOwner;
use prodops_core::session::{OpaqueToken, cookie};

use super::entry::Engine;
use super::error::EngineError;

impl Engine {
    /// The value of the cookie that carries a session's token, sealed under the deployment's data key.
    ///
    /// # Errors
    /// When the deployment's keys cannot be had, or no random bytes.
    pub async fn seal_session(&self, token: &OpaqueToken) -> Result<String, EngineError> {
        let keys = self.parts().keyring()?.keys(KeyOwner::Deployment).await?;
        Ok(cookie::seal(&keys, token)?)
    }

    /// The token in a cookie's value; `None` when there is none in it that this deployment sealed.
    ///
    /// # Errors
    /// When the deployment's keys cannot be had.
    pub async fn open_session(&self, value: &str) -> Result<Option<OpaqueToken>, EngineError> {
        let keyring = self.parts().keyring()?;
        let keys = keyring.keys(KeyOwner::Deployment).await?;
        if let Some(token) = cookie::open(&keys, value) {
            return Ok(Some(token));
        }
        // What these keys do not open, another process may have sealed under the next one.
        Ok(cookie::open(keyring.current_keys(KeyOwner::Deployment).await?.as_ref(), value))
    }
}
