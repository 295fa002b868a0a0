//! What is stored about an account, for its owner.

use luvhive_core::conduct::{Subject, SubjectHash};
use luvhive_core::ports::Change;
use luvhive_core::testing::{consent, timestamp};

use super::{Scene, Stores, telegram};

/// An account that is stored, itself or as a hash, gets its data; another one gets nothing.
pub async fn an_account_gets_its_data(stores: Stores) {
    let scene = Scene::new(stores).await;
    let subject = Subject::from(SubjectHash::new([0x5a; 32]));
    let has_data = async |subject| scene.stores.data.find_data(telegram(1), &subject).await.unwrap().is_some();
    assert!(!has_data(subject).await, "a stranger");
    scene.lane(telegram(1), &[Change::Consent(consent()), Change::DataSent { at: timestamp(8) }]).await.unwrap();
    assert!(has_data(subject).await, "somebody who has begun");
    let person = scene.register(telegram(1)).await;
    let sent_at = async || scene.stores.people.get_visitor(telegram(1)).await.unwrap().data_sent_at;
    assert_eq!(sent_at().await, Some(timestamp(8)));
    scene.lane(telegram(1), &[Change::DataSent { at: timestamp(9) }]).await.unwrap();
    assert_eq!(sent_at().await, Some(timestamp(9)));
    scene.lane(telegram(1), &[Change::Remember { person, subject }, Change::Erase(person)]).await.unwrap();
    assert_eq!(sent_at().await, None);
    assert!(has_data(subject).await, "somebody who has left");
    assert!(!has_data(SubjectHash::new([0x5b; 32]).into()).await, "somebody else");
}
