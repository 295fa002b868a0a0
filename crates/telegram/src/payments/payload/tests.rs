//! Invoices go out and come back the same; whatever was changed on the way is refused.

use proptest::prelude::*;

use super::*;

fn key() -> InvoiceKey {
    InvoiceKey::derive("123:test")
}

prop_compose! {
    fn invoices()(
        plan in proptest::sample::select(Plan::ALL),
        payer in 1..i64::MAX,
        receiver in 1..i64::MAX,
        nonce: u64,
        expires_s in 0..253_402_300_799_i64,
    ) -> Invoice {
        let expires_at = Timestamp::from_micros(expires_s * 1_000_000);
        Invoice { plan, payer: PersonId::new(payer), receiver: PersonId::new(receiver), nonce, expires_at }
    }
}

proptest! {
    #[test]
    fn an_invoice_comes_back_as_it_was(invoice in invoices()) {
        let payload = key().sign(&invoice);
        prop_assert!(payload.len() <= MAX_PAYLOAD_BYTES && payload.is_ascii(), "{}", payload);
        prop_assert_eq!(key().open(&payload), Some(invoice.clone()));
        prop_assert_eq!(read(&payload), Some(invoice));
    }

    #[test]
    fn any_changed_byte_is_refused(invoice in invoices(), at: prop::sample::Index, by in 1_u8..128) {
        let mut bytes = key().sign(&invoice).into_bytes();
        let at = at.index(bytes.len());
        bytes[at] = (bytes[at] ^ by) & 0x7f;
        let changed = String::from_utf8(bytes).unwrap();
        prop_assert_eq!(key().open(&changed), None, "{}", changed);
    }

    #[test]
    fn whatever_else_is_refused(text in ".{0,140}") {
        prop_assert_eq!(key().open(&text), None);
    }

    #[test]
    fn another_bots_invoice_is_refused(invoice in invoices()) {
        let foreign = InvoiceKey::derive("124:test").sign(&invoice);
        prop_assert_eq!(key().open(&foreign), None);
    }

    #[test]
    fn a_shortened_or_longer_one_is_refused(invoice in invoices(), cut in 1_usize..40, tail in "[0-9a-f:]{1,8}") {
        let payload = key().sign(&invoice);
        prop_assert_eq!(key().open(payload.get(..payload.len() - cut).unwrap()), None);
        prop_assert_eq!(key().open(&format!("{payload}{tail}")), None);
    }
}

#[test]
fn the_key_is_never_shown() {
    assert_eq!(format!("{:?}", key()), "InvoiceKey(***)");
}

#[test]
fn a_nonce_is_the_same_each_time_and_differs_by_text_and_key() {
    assert_eq!(key().nonce("77"), key().nonce("77"));
    assert_ne!(key().nonce("77"), key().nonce("78"));
    assert_ne!(key().nonce("77"), InvoiceKey::derive("124:test").nonce("77"));
}

#[test]
fn an_account_has_one_hash_under_one_token() {
    let (one, other) = (TelegramId::new(1_001), TelegramId::new(1_002));
    assert_eq!(key().subject(one), key().subject(one));
    assert_ne!(key().subject(one), key().subject(other));
    assert_ne!(key().subject(one), InvoiceKey::derive("124:test").subject(one));
}
