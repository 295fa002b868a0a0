//! What a nightly look finds.

use super::*;

fn transaction(charge: &str, at: i64, way: Way) -> StarTransaction {
    let charge = ChargeId::new(charge).unwrap();
    StarTransaction { charge, stars: Stars::new(100), at: Timestamp::from_micros(at), telegram: TelegramId::new(5), way }
}

fn paid(charge: &str, at: i64) -> StarTransaction {
    transaction(charge, at, Way::In { payload: "p".to_owned(), is_subscription: false })
}

fn known(charge: &str, is_paid: bool, is_refunded: bool) -> (ChargeId, Known) {
    (ChargeId::new(charge).unwrap(), Known { is_paid, is_refunded })
}

#[test]
fn only_what_is_missing_is_found_once_and_in_order() {
    let list = [
        paid("late", 9),
        paid("lost", 5),
        paid("lost", 5),
        transaction("lost", 7, Way::Out),
        paid("booked", 1),
        transaction("booked", 8, Way::Out),
        paid("whole", 2),
        transaction("whole", 3, Way::Out),
    ];
    let book: BTreeMap<_, _> = [known("booked", true, false), known("whole", true, true)].into();
    let missing = reconcile(&list, &book);
    let charges = |list: &[StarTransaction]| list.iter().map(|one| one.charge.to_string()).collect::<Vec<_>>();
    assert_eq!(charges(&missing.payments), ["lost", "late"]);
    assert_eq!(charges(&missing.refunds), ["lost", "booked"]);
}

#[test]
fn a_book_that_knows_everything_lacks_nothing() {
    let list = [paid("a", 1), transaction("a", 2, Way::Out)];
    assert!(!reconcile(&list, &BTreeMap::new()).is_empty());
    assert!(reconcile(&list, &[known("a", true, true)].into()).is_empty());
}
