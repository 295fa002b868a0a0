//! Invoices go out and come back the same; anything changed on the way is refused.

use proptest::prelude::*;

use super::*;

fn key() -> BotKey {
    BotKey::derive("123:test")
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
        let payload = key().invoices().sign(&invoice);
        prop_assert!(payload.len() <= MAX_PAYLOAD_BYTES && payload.is_ascii(), "{}", payload);
        prop_assert_eq!(key().invoices().open(&payload), Some(invoice.clone()));
        prop_assert_eq!(read(&payload), Some(invoice));
    }

    #[test]
    fn any_changed_byte_is_refused(invoice in invoices(), at: prop::sample::Index, by in 1_u8..128) {
        let mut bytes = key().invoices().sign(&invoice).into_bytes();
        let at = at.index(bytes.len());
        bytes[at] = (bytes[at] ^ by) & 0x7f;
        let changed = String::from_utf8(bytes).unwrap();
        prop_assert_eq!(key().invoices().open(&changed), None, "{}", changed);
    }

    #[test]
    fn whatever_else_is_refused(text in ".{0,140}") {
        prop_assert_eq!(key().invoices().open(&text), None);
    }

    #[test]
    fn another_bots_invoice_is_refused(invoice in invoices()) {
        let foreign = BotKey::derive("124:test").invoices().sign(&invoice);
        prop_assert_eq!(key().invoices().open(&foreign), None);
    }

    #[test]
    fn a_shortened_or_longer_one_is_refused(invoice in invoices(), cut in 1_usize..40, tail in "[0-9a-f:]{1,8}") {
        let payload = key().invoices().sign(&invoice);
        prop_assert_eq!(key().invoices().open(payload.get(..payload.len() - cut).unwrap()), None);
        prop_assert_eq!(key().invoices().open(&format!("{payload}{tail}")), None);
    }
}
