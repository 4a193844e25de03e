//! ID tokens that prove nothing.

use aws_lc_rs::hmac;
use prodops::core::clock::Clock as _;
use prodops::login::{IdTokenFault, LoginError};
use serde_json::{Value, json};

use super::keys::{Key, encode, unsigned};
use super::scene::{Begun, CLIENT, Scene, patched};

async fn fault(scene: &Scene, token: impl FnOnce(&Begun) -> String) -> IdTokenFault {
    match scene.sign_in(token).await {
        Err(LoginError::IdToken { fault }) => fault,
        other => panic!("{other:?}"),
    }
}

/// The fault of a token that is good but for these claims.
async fn claims_fault(claims: Value) -> IdTokenFault {
    let scene = Scene::start().await;
    fault(&scene, |begun| scene.token(begun, json!({}), claims)).await
}

#[tokio::test]
async fn another_issuer_is_refused_however_close() {
    let scene = Scene::start().await;
    let close =
        [format!("{}/", scene.issuer), scene.issuer.to_uppercase(), scene.issuer.replace("http", "https")];
    for issuer in close.into_iter().chain(["".to_owned(), "https://attacker.test".to_owned()]) {
        let claims = json!({"iss": issuer});
        assert_eq!(
            fault(&scene, |begun| scene.token(begun, json!({}), claims)).await,
            IdTokenFault::Issuer,
            "{issuer}"
        );
    }
}

#[tokio::test]
async fn another_audience_or_party_is_refused() {
    let others = [
        json!("other"),
        json!(["other"]),
        json!([CLIENT, "other"]),
        json!(["other", CLIENT]),
        json!([]),
        json!(""),
    ];
    for audience in others {
        assert_eq!(claims_fault(json!({"aud": audience})).await, IdTokenFault::Audience);
    }
    assert_eq!(claims_fault(json!({"azp": "other"})).await, IdTokenFault::AuthorizedParty);
    let scene = Scene::start().await;
    let good = json!({"aud": [CLIENT], "azp": CLIENT});
    assert!(scene.sign_in(|begun| scene.token(begun, json!({}), good)).await.is_ok());
}

#[tokio::test]
async fn another_nonce_or_none_is_refused() {
    for nonce in [json!("another"), json!(""), Value::Null] {
        assert_eq!(claims_fault(json!({"nonce": nonce})).await, IdTokenFault::Nonce);
    }
    // The token of one sign-in does not do for the next.
    let scene = Scene::start().await;
    let first = scene.begin().await;
    let token = scene.token(&first, json!({}), json!({}));
    assert_eq!(fault(&scene, |_| token).await, IdTokenFault::Nonce);
}

#[tokio::test]
async fn times_hold_with_a_minute_of_tolerance() {
    let rows = [
        ("exp", -60, Some(IdTokenFault::Expired)),
        ("exp", -59, None),
        ("nbf", 61, Some(IdTokenFault::Early)),
        ("nbf", 60, None),
        ("iat", 61, Some(IdTokenFault::Early)),
        ("iat", 60, None),
        ("iat", -61, Some(IdTokenFault::Stale)),
        ("iat", -60, None),
        ("exp", i64::MIN / 2, Some(IdTokenFault::Expired)),
        ("nbf", i64::MAX / 2, Some(IdTokenFault::Early)),
        ("auth_time", 61, Some(IdTokenFault::AuthTime)),
    ];
    for (claim, offset, expected) in rows {
        let scene = Scene::start().await;
        let claims = json!({claim: scene.clock.now().as_seconds() + offset});
        let outcome = scene.sign_in(|begun| scene.token(begun, json!({}), claims)).await;
        let found = match outcome {
            Ok(_) => None,
            Err(LoginError::IdToken { fault }) => Some(fault),
            Err(other) => panic!("{other}"),
        };
        assert_eq!(found, expected, "{claim} {offset}");
    }
}

#[tokio::test]
async fn a_limit_on_age_needs_a_stated_and_recent_proof() {
    let scene = Scene::bare(Key::ec(), |settings| settings.max_age_seconds(300)).await;
    scene.describe(json!({})).await;
    scene.publish(&[scene.key.jwk("main")]).await;
    let now = scene.clock.now().as_seconds();
    for (auth_time, good) in
        [(Value::Null, false), (json!(now - 361), false), (json!(now - 360), true), (json!(now), true)]
    {
        let claims = json!({"auth_time": auth_time});
        let outcome = scene.sign_in(|begun| scene.token(begun, json!({}), claims)).await;
        assert_eq!(outcome.is_ok(), good, "{auth_time}: {outcome:?}");
        if let Err(error) = outcome {
            assert!(matches!(error, LoginError::IdToken { fault: IdTokenFault::AuthTime }), "{error}");
        }
    }
}

#[tokio::test]
async fn a_token_of_another_access_token_is_refused() {
    for hash in [encode(&[0; 16]), String::new(), "no base64 !".to_owned()] {
        assert_eq!(claims_fault(json!({"at_hash": hash})).await, IdTokenFault::AccessToken);
    }
    // Where none is stated there is nothing to compare.
    let scene = Scene::start().await;
    assert!(scene.sign_in(|begun| scene.token(begun, json!({}), json!({"at_hash": null}))).await.is_ok());
}

#[tokio::test]
async fn no_signature_is_refused() {
    for name in ["none", "None", "NONE", "nOnE", ""] {
        let scene = Scene::start().await;
        for end in [".", ".AAAA", ""] {
            let header = patched(scene.header(), json!({"alg": name}));
            let found =
                fault(&scene, |begun| format!("{}{end}", unsigned(&header, &scene.claims(begun)))).await;
            assert_eq!(found, IdTokenFault::Algorithm, "{name}{end}");
        }
    }
}

#[tokio::test]
async fn a_signature_with_the_public_key_as_a_shared_secret_is_refused() {
    for key in [Key::ec(), Key::rsa(), Key::ed()] {
        let scene = Scene::bare(key, |settings| settings).await;
        scene.describe(json!({})).await;
        scene.publish(&[scene.key.jwk("main")]).await;
        for secret in scene.key.public_bytes() {
            let header = patched(scene.header(), json!({"alg": "HS256"}));
            let found = fault(&scene, |begun| {
                let text = unsigned(&header, &scene.claims(begun));
                let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &secret), text.as_bytes());
                format!("{text}.{}", encode(tag.as_ref()))
            });
            assert_eq!(found.await, IdTokenFault::Algorithm);
        }
    }
}

#[tokio::test]
async fn a_shared_secret_in_the_key_set_is_never_used() {
    let scene = Scene::bare(Key::ec(), |settings| settings).await;
    scene.describe(json!({})).await;
    let secret = json!({"kty": "oct", "kid": "main", "k": encode(b"0123456789abcdef0123456789abcdef")});
    scene.publish(&[secret]).await;
    assert_eq!(
        fault(&scene, |begun| scene.token(begun, json!({}), json!({}))).await,
        IdTokenFault::UnknownKey
    );
}

#[tokio::test]
async fn another_algorithm_of_the_same_key_or_family_is_refused() {
    let rows = [
        ("ES384", IdTokenFault::Algorithm),
        ("RS512", IdTokenFault::Algorithm),
        ("RS256", IdTokenFault::UnknownKey),
        ("EdDSA", IdTokenFault::UnknownKey),
    ];
    for (algorithm, expected) in rows {
        let scene = Scene::start().await;
        let found = fault(&scene, |begun| scene.token(begun, json!({"alg": algorithm}), json!({}))).await;
        assert_eq!(found, expected, "{algorithm}");
    }
    // A key that is made for one algorithm is not used with another, and a key for encryption not at all.
    for change in [json!({"alg": "PS256"}), json!({"use": "enc"})] {
        let scene = Scene::bare(Key::rsa(), |settings| settings).await;
        scene.describe(json!({})).await;
        scene.publish(&[patched(scene.key.jwk("main"), change)]).await;
        assert_eq!(
            fault(&scene, |begun| scene.token(begun, json!({}), json!({}))).await,
            IdTokenFault::UnknownKey
        );
    }
}

#[tokio::test]
async fn another_signature_is_refused() {
    let (other, scene) = (Key::ec(), Scene::start().await);
    let forged = fault(&scene, |begun| other.token(&scene.header(), &scene.claims(begun))).await;
    assert_eq!(forged, IdTokenFault::Signature);
    // Claims changed after signing, and a signature that is cut, doubled or empty.
    let changed = fault(&scene, |begun| {
        let good = scene.token(begun, json!({}), json!({}));
        let signature = good.rsplit('.').next().unwrap();
        format!(
            "{}.{signature}",
            unsigned(&scene.header(), &patched(scene.claims(begun), json!({"sub": "bob"})))
        )
    });
    assert_eq!(changed.await, IdTokenFault::Signature);
    let cuts: [fn(&str) -> String; 3] = [
        |good| good[..good.len() - 4].to_owned(),
        |good| format!("{good}{}", good.rsplit('.').next().unwrap()),
        |good| good[..=good.rfind('.').unwrap()].to_owned(),
    ];
    for cut in cuts {
        let found = fault(&scene, |begun| cut(&scene.token(begun, json!({}), json!({})))).await;
        assert_eq!(found, IdTokenFault::Signature);
    }
}

#[tokio::test]
async fn the_key_id_decides_about_the_key() {
    let (other, scene) = (Key::ec(), Scene::bare(Key::ec(), |settings| settings).await);
    scene.describe(json!({})).await;
    scene.publish(&[scene.key.jwk("main"), other.jwk("other")]).await;
    // Signed by one published key under the id of the other.
    let swapped = fault(&scene, |begun| scene.token(begun, json!({"kid": "other"}), json!({}))).await;
    assert_eq!(swapped, IdTokenFault::Signature);
    // Without an id there must be one candidate.
    let unnamed = fault(&scene, |begun| scene.token(begun, json!({"kid": null}), json!({}))).await;
    assert_eq!(unnamed, IdTokenFault::UnknownKey);
    let alone = Scene::start().await;
    assert!(alone.sign_in(|begun| alone.token(begun, json!({"kid": null}), json!({}))).await.is_ok());
    // Two keys under one id are none.
    let twice = Scene::bare(Key::ec(), |settings| settings).await;
    twice.describe(json!({})).await;
    twice.publish(&[twice.key.jwk("main"), other.jwk("main")]).await;
    assert_eq!(
        fault(&twice, |begun| twice.token(begun, json!({}), json!({}))).await,
        IdTokenFault::UnknownKey
    );
}

#[tokio::test]
async fn keys_and_places_of_keys_in_the_header_are_ignored() {
    let (other, scene) = (Key::ec(), Scene::start().await);
    let own = json!({"jwk": other.jwk("main"), "jku": format!("{}/attacker", scene.issuer), "x5u": format!("{}/attacker", scene.issuer)});
    let found = fault(&scene, |begun| other.token(&patched(scene.header(), own), &scene.claims(begun))).await;
    assert_eq!((found, scene.asked("/attacker").await), (IdTokenFault::Signature, 0));
    for header in [
        json!({"crit": ["exp"]}),
        json!({"crit": []}),
        json!({"typ": "at+jwt"}),
        json!({"typ": "logout+jwt"}),
    ] {
        let found = fault(&scene, |begun| scene.token(begun, header, json!({}))).await;
        assert_eq!(found, IdTokenFault::Algorithm);
    }
}

#[tokio::test]
async fn what_is_no_token_is_refused() {
    let scene = Scene::start().await;
    for text in ["", ".", "..", "a.b.c", "a.b", "a.b.c.d", "a.b.c.d.e"] {
        assert_eq!(fault(&scene, |_| text.to_owned()).await, IdTokenFault::Algorithm, "{text}");
    }
    let large =
        fault(&scene, |begun| scene.token(begun, json!({}), json!({"x": "x".repeat(64 * 1024)}))).await;
    assert_eq!(large, IdTokenFault::Malformed);
    for claims in [
        json!({"exp": null}),
        json!({"iat": "now"}),
        json!({"sub": null}),
        json!({"aud": 7}),
        json!({"iss": null}),
    ] {
        assert_eq!(claims_fault(claims).await, IdTokenFault::Malformed);
    }
    for subject in ["", "two\nlines"] {
        assert_eq!(claims_fault(json!({"sub": subject})).await, IdTokenFault::Subject);
    }
}

#[tokio::test]
async fn an_unknown_key_has_the_set_read_again_once() {
    let scene = Scene::bare(Key::ec(), |settings| settings).await;
    scene.describe(json!({})).await;
    let old = Key::ec();
    let published = json!({"keys": [old.jwk("old")]});
    let first = wiremock::Mock::given(wiremock::matchers::path("/keys"))
        .respond_with(super::scene::json_answer(&published))
        .up_to_n_times(1)
        .mount_as_scoped(&scene.server)
        .await;
    let with_old = |begun: &Begun| old.token(&json!({"alg": "ES256", "kid": "old"}), &scene.claims(begun));
    assert!(scene.sign_in(with_old).await.is_ok());
    drop(first);

    // The provider changes its key: the new one is found by reading the set again.
    scene.publish(&[scene.key.jwk("main")]).await;
    scene.clock.advance_seconds(60);
    assert!(scene.sign_in(|begun| scene.token(begun, json!({}), json!({}))).await.is_ok());
    assert_eq!(scene.asked("/keys").await, 2);

    // Ids that nobody knows do not turn into requests without end.
    for _ in 0..5 {
        let found = fault(&scene, |begun| scene.token(begun, json!({"kid": "nobody's"}), json!({}))).await;
        assert_eq!(found, IdTokenFault::UnknownKey);
    }
    assert_eq!(scene.asked("/keys").await, 2);
    scene.clock.advance_seconds(31);
    assert_eq!(
        fault(&scene, |begun| scene.token(begun, json!({"kid": "nobody's"}), json!({}))).await,
        IdTokenFault::UnknownKey
    );
    assert_eq!(scene.asked("/keys").await, 3);
}

#[tokio::test]
async fn an_odd_key_does_not_hide_the_others() {
    let scene = Scene::bare(Key::ec(), |settings| settings).await;
    scene.describe(json!({})).await;
    scene.publish(&[json!({"kty": "AKP", "kid": 7}), json!("?"), json!({}), scene.key.jwk("main")]).await;
    assert!(scene.sign_in(|begun| scene.token(begun, json!({}), json!({}))).await.is_ok());
}
