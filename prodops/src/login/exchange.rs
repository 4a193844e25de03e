//! From a code to tokens.

use std::future::Future;
use std::pin::Pin;

use http::header::CONTENT_TYPE;
use oauth2::basic::{
    BasicErrorResponse, BasicRevocationErrorResponse, BasicTokenIntrospectionResponse, BasicTokenType,
};
use oauth2::{
    AsyncHttpClient, AuthType, AuthorizationCode, Client, ClientId, ClientSecret, ExtraTokenFields,
    PkceCodeVerifier, RedirectUrl, StandardRevocableToken, StandardTokenResponse, TokenResponse as _,
    TokenUrl,
};
use prodops_connectors::http::egress::{EgressClient, EgressError, Request};
use prodops_core::secret::Secret;
use serde::{Deserialize, Serialize};

use super::discovery::Provider;
use super::error::{IdTokenFault, LoginError};
use super::settings::OidcSettings;

const LARGEST: usize = 128 * 1024;

/// OpenID Connect's addition to the token response.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct WithIdToken {
    id_token: Option<String>,
}

impl ExtraTokenFields for WithIdToken {}

/// An OAuth client whose token response may hold an ID token.
pub(super) type OidcClient = Client<
    BasicErrorResponse,
    StandardTokenResponse<WithIdToken, BasicTokenType>,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
>;

/// What the provider gave for the code.
pub(super) struct Tokens {
    pub(super) id_token: Secret<String>,
    pub(super) access_token: Secret<String>,
}

/// The registration as the `oauth2` crate wants it.
pub(super) fn client(settings: &OidcSettings, provider: &Provider) -> OidcClient {
    let client = Client::new(ClientId::new(settings.client_id.clone()));
    let Some(secret) = &settings.client_secret else { return client };
    let secret = ClientSecret::new(secret.expose(String::clone));
    let place = if provider.wants_secret_in_form() { AuthType::RequestBody } else { AuthType::BasicAuth };
    client.set_client_secret(secret).set_auth_type(place)
}

pub(super) async fn exchange(
    egress: &EgressClient,
    settings: &OidcSettings,
    provider: &Provider,
    code: Secret<String>,
    verifier: &Secret<String>,
) -> Result<Tokens, LoginError> {
    let token_url = TokenUrl::new(provider.token_endpoint.clone()).map_err(|_| LoginError::Exchange)?;
    let redirect = RedirectUrl::new(settings.redirect.clone()).map_err(|_| LoginError::Exchange)?;
    let client = client(settings, provider).set_token_uri(token_url).set_redirect_uri(redirect);
    let answer = client
        .exchange_code(AuthorizationCode::new(code.expose(String::clone)))
        .set_pkce_verifier(PkceCodeVerifier::new(verifier.expose(String::clone)))
        .request_async(&Outbound(egress))
        .await;
    let answer = answer.map_err(|error| match error {
        oauth2::RequestTokenError::Request(error) => LoginError::Unreachable(error),
        // The other variants hold what the provider wrote, which may be anything.
        _ => LoginError::Exchange,
    })?;
    let id_token = answer.extra_fields().id_token.clone().ok_or(IdTokenFault::Absent)?;
    let access_token = answer.access_token().secret().clone();
    Ok(Tokens { id_token: Secret::new(id_token), access_token: Secret::new(access_token) })
}

/// Lets the `oauth2` crate send its requests by the one way out.
struct Outbound<'e>(&'e EgressClient);

impl<'c> AsyncHttpClient<'c> for Outbound<'_> {
    type Error = EgressError;
    type Future = Pin<Box<dyn Future<Output = Result<oauth2::HttpResponse, EgressError>> + Send + 'c>>;

    fn call(&'c self, request: oauth2::HttpRequest) -> Self::Future {
        Box::pin(async move {
            let response = self.0.send(Request::from(request).at_most(LARGEST)).await?;
            let mut answer = http::Response::new(response.body().expose(Vec::clone));
            *answer.status_mut() = response.status();
            if let Some(kind) = response.headers().get(CONTENT_TYPE) {
                answer.headers_mut().insert(CONTENT_TYPE, kind.clone());
            }
            Ok(answer)
        })
    }
}
