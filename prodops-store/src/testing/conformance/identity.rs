//! Users, links, memberships, workspaces.

use std::sync::Arc;

use prodops_core::id::{UserId, WorkspaceId};
use prodops_core::session::{SignInLinkRecord, SubjectKey, UserRecord, VerifiedSubject};
use prodops_core::tenancy::{Membership, MembershipRecord, MembershipState, Role, WorkspaceRecord};

use super::super::fixture::{Fixture, Subject};
use crate::StoreError;

fn subject_key(fixture: &Fixture, name: &str) -> SubjectKey {
    VerifiedSubject::new("issuer", name, fixture.now()).unwrap().key()
}

/// Ids, subjects and slugs are taken once, and a refused creation leaves nothing.
pub async fn a_user_a_subject_and_a_slug_exist_once(subject: Subject) {
    let fixture = Fixture::new(subject.backend(), 1);
    let identity = fixture.identity();
    let user = |byte| UserRecord { id: UserId::from_bytes([byte; 16]), created: fixture.now() };
    let (one, two) = (subject_key(&fixture, "one"), subject_key(&fixture, "two"));

    identity.create_user(&user(1), Some(&one)).await.unwrap();
    assert_eq!(identity.user_by_subject(&one).await.unwrap(), Some(user(1).id));
    assert_eq!(identity.user_by_subject(&two).await.unwrap(), None);

    let taken = identity.create_user(&user(1), Some(&two)).await;
    assert!(matches!(taken, Err(StoreError::AlreadyExists { .. })));
    assert_eq!(identity.user_by_subject(&two).await.unwrap(), None, "the subject was not kept either");
    let taken = identity.create_user(&user(2), Some(&one)).await;
    assert!(matches!(taken, Err(StoreError::AlreadyExists { .. })));
    identity.create_user(&user(2), Some(&two)).await.expect("the refused attempt left no user behind");

    let (workspace, mut other) = (fixture.workspace(), fixture.workspace());
    let owner = |workspace: &WorkspaceRecord| fixture.membership(workspace.id, user(1).id);
    let control = fixture.control();
    control.create_workspace(&workspace, &owner(&workspace), &fixture.provisioned()).await.unwrap();
    other.slug = workspace.slug.clone();
    let taken = control.create_workspace(&other, &owner(&other), &fixture.provisioned()).await;
    assert!(matches!(taken, Err(StoreError::AlreadyExists { .. })));
    other.slug = fixture.workspace().slug;
    let foreign = control.create_workspace(&other, &owner(&workspace), &fixture.provisioned()).await;
    assert!(matches!(foreign, Err(StoreError::Invalid { .. })));
    let nobody = fixture.membership(other.id, UserId::from_bytes([9; 16]));
    let ownerless = control.create_workspace(&other, &nobody, &fixture.provisioned()).await;
    assert!(matches!(ownerless, Err(StoreError::Invalid { .. })));
    control
        .create_workspace(&other, &owner(&other), &fixture.provisioned())
        .await
        .expect("the refused attempts left no workspace");
    assert_eq!(control.workspace(workspace.id).await.unwrap(), Some(workspace));
    assert_eq!(control.workspace(WorkspaceId::from_bytes([9; 16])).await.unwrap(), None);
}

/// Of many takers at once exactly one gets the link.
pub async fn a_sign_in_link_is_taken_once(subject: Subject) {
    let fixture = Arc::new(Fixture::new(subject.backend(), 3));
    let link = SignInLinkRecord { user: fixture.user().await, expires: fixture.now() };
    let hash = fixture.token();
    fixture.identity().put_sign_in_link(&hash, &link).await.unwrap();
    let twice = fixture.identity().put_sign_in_link(&hash, &link).await;
    assert!(matches!(twice, Err(StoreError::AlreadyExists { .. })));

    let takers: Vec<_> = (0..16)
        .map(|_| {
            let fixture = Arc::clone(&fixture);
            tokio::spawn(async move { fixture.identity().take_sign_in_link(&hash).await.unwrap() })
        })
        .collect();
    let mut taken = Vec::new();
    for taker in takers {
        taken.extend(taker.await.unwrap());
    }
    assert_eq!(taken, [link]);
    assert_eq!(fixture.identity().take_sign_in_link(&hash).await.unwrap(), None);
}

/// A user's memberships are found with their workspaces, and only an active one lets in.
pub async fn memberships_come_with_their_workspaces(subject: Subject) {
    let fixture = Fixture::new(subject.backend(), 4);
    let (one, two) = (fixture.tenant().await, fixture.tenant().await);
    let session = fixture.sign_in(one.user).await;
    let own = Membership::of(&fixture.authority, &session).await.unwrap();
    assert_eq!(own.iter().map(Membership::workspace).collect::<Vec<_>>(), [&one.workspace]);
    let foreign = Membership::resolve(&fixture.authority, &session, &two.workspace.slug).await.unwrap();
    assert!(foreign.is_none());

    let mut second = fixture.membership(two.workspace.id, one.user);
    fixture.identity().put_membership(&second).await.unwrap();
    assert_eq!(Membership::of(&fixture.authority, &session).await.unwrap().len(), 2);
    let find = async |user, workspace| fixture.identity().membership(user, workspace).await.unwrap();
    assert_eq!(find(one.user, two.workspace.id).await, Some(second.clone()));
    assert_eq!(find(two.user, one.workspace.id).await, None);
    second.state = MembershipState::Suspended;
    fixture.identity().put_membership(&second).await.unwrap();
    assert_eq!(Membership::of(&fixture.authority, &session).await.unwrap().len(), 1);
    // Who decided about a membership that is no more changes nothing.
    let identity = fixture.identity();
    let until = Some(fixture.now().plus_seconds(60));
    let let_in =
        MembershipRecord { role: Role::Support, state: MembershipState::Active, until, ..second.clone() };
    let seen_before = MembershipRecord { role: Role::Viewer, ..second.clone() };
    assert!(!identity.replace_membership(&seen_before, &let_in).await.unwrap());
    assert_eq!(find(one.user, two.workspace.id).await, Some(second.clone()));
    assert!(identity.replace_membership(&second, &let_in).await.unwrap());
    assert!(!identity.replace_membership(&second, &let_in).await.unwrap());
    assert_eq!(find(one.user, two.workspace.id).await, Some(let_in.clone()));
    assert_eq!(Membership::of(&fixture.authority, &session).await.unwrap().len(), 2);
    let endless = MembershipRecord { until: None, ..let_in.clone() };
    assert!(matches!(identity.put_membership(&endless).await, Err(StoreError::Invalid { .. })));
    assert!(matches!(identity.replace_membership(&let_in, &endless).await, Err(StoreError::Invalid { .. })));
    assert_eq!(find(one.user, two.workspace.id).await, Some(let_in));
    let another = fixture.membership(two.workspace.id, one.user);
    assert!(matches!(identity.replace_membership(&second, &another).await, Err(StoreError::Invalid { .. })));
    let refused = fixture.identity().put_membership(&another).await;
    assert!(
        matches!(refused, Err(StoreError::AlreadyExists { .. })),
        "one membership per user and workspace"
    );
}

/// Links and memberships of nobody or of nowhere are refused.
pub async fn identity_rows_need_what_they_name(subject: Subject) {
    let fixture = Fixture::new(subject.backend(), 5);
    let (identity, tenant) = (fixture.identity(), fixture.tenant().await);
    let nobody = UserId::from_bytes(fixture.generate.bytes());
    let nowhere = WorkspaceId::from_bytes(fixture.generate.bytes());
    let (hash, now) = (fixture.token(), fixture.now());
    let refused = [
        identity.put_sign_in_link(&hash, &SignInLinkRecord { user: nobody, expires: now }).await,
        identity.put_membership(&fixture.membership(tenant.workspace.id, nobody)).await,
        identity.put_membership(&fixture.membership(nowhere, tenant.user)).await,
    ];
    for outcome in refused {
        assert!(matches!(outcome, Err(StoreError::Invalid { .. })), "{outcome:?}");
    }
}
