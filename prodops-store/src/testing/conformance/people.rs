//! What is known of people grows with each source.

use prodops_core::fact::{Fact, PersonFact};
use prodops_core::input::PersonName;

use super::super::fixture::{Fixture, Subject};

/// The latest name wins, and a fact without a name erases none.
pub async fn people_are_merged(subject: Subject) {
    let fixture = Fixture::new(subject.backend(), 30);
    let tenant = fixture.tenant().await;
    let (store, source) = (fixture.inside(&tenant), fixture.source(&tenant).await);
    let known = fixture.generate.person();
    let nameless = PersonFact { name: None, ..known.clone() };
    let renamed = PersonFact { name: Some(PersonName::new("Other Name").unwrap()), ..known.clone() };

    let steps = [
        (vec![nameless.clone()], nameless.clone(), 1),
        (vec![known.clone()], known.clone(), 1),
        (vec![nameless.clone()], known.clone(), 0),
        (vec![known.clone(), renamed.clone(), nameless], renamed.clone(), 1),
        (vec![renamed.clone()], renamed, 0),
    ];
    let mut cursor: Option<Vec<u8>> = None;
    for (step, (facts, expected, written)) in steps.into_iter().enumerate() {
        let next = vec![u8::try_from(step).unwrap()];
        let facts = facts.into_iter().map(Fact::Person).collect();
        let outcome = store.ingest(source.batch(cursor.as_deref(), &next, facts)).await.unwrap();
        assert_eq!(outcome.written, written, "step {step}");
        assert_eq!(store.people().await.unwrap(), std::slice::from_ref(&expected), "step {step}");
        assert_eq!(store.person(known.id).await.unwrap(), Some(expected), "step {step}");
        cursor = Some(next);
    }
    let nobody = fixture.generate.person().id;
    assert_eq!(store.person(nobody).await.unwrap(), None);
}
