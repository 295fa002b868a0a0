//! Rows that this version cannot read: what one can do without is passed over, and no row stops a start.

use luvhive_tests::contract::{Scene, Stores, telegram};
use tokio_postgres::Client;

/// Drops every check of these tables, for rows as a program of another release, or a hand, may leave them.
async fn drop_checks(client: &Client, tables: &str) {
    let drop = format!(
        "DO $$ DECLARE c record; BEGIN \
           FOR c IN SELECT conrelid::regclass AS t, conname AS n FROM pg_constraint \
                    WHERE contype = 'c' AND conrelid = ANY ('{{{tables}}}'::regclass[]) \
           LOOP EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', c.t, c.n); END LOOP; END $$"
    );
    client.batch_execute(&drop).await.unwrap();
}

#[tokio::test]
async fn parts_of_a_person_that_cannot_be_read_are_passed_over() {
    let scene = Scene::new(Stores::postgres().await).await;
    scene.register(telegram(1)).await;
    let client = scene.stores.database().client().await;
    drop_checks(&client, "people,preferences").await;
    let odd = "UPDATE people SET city = repeat('x', 61), interests = interests || '{juggling}', card_parts = '{hat}'; \
               UPDATE preferences SET country = 'XX', genders = genders || '{odd}'";
    client.batch_execute(odd).await.unwrap();
    let loaded = scene.load().await;
    assert_eq!(loaded.people.len(), 1);
    assert_eq!(loaded.people[0].city_mark, None);
    assert!(!loaded.people[0].interests.is_empty(), "the others are still there");
    let person = scene.stores.people.get_visitor(telegram(1)).await.unwrap().person.unwrap();
    assert_eq!((person.profile.city, person.facts.preferences.country), (None, None));
}

#[tokio::test]
async fn a_person_who_cannot_be_read_stops_neither_the_start_nor_their_partner() {
    let scene = Scene::new(Stores::postgres().await).await;
    let (one, other) = scene.pair().await;
    let third = scene.register(telegram(3)).await;
    let client = scene.stores.database().client().await;
    drop_checks(&client, "people,seats").await;
    client.execute("UPDATE people SET gender = 'odd' WHERE id = $1", &[&one.get()]).await.unwrap();
    let loaded = scene.load().await;
    assert_eq!(loaded.people.iter().map(|facts| facts.person).collect::<Vec<_>>(), [other, third]);
    let seats: Vec<_> = loaded.seats.iter().map(|(person, _)| *person).collect();
    assert_eq!(seats, [other], "alone, so that the engine ends the chat");
    client.batch_execute("UPDATE seats SET kind = 'odd'").await.unwrap();
    assert_eq!(scene.load().await.seats, []);
}
