//! Invoices go out and come back the same; anything changed on the way is refused, and nothing can be read in them.

use proptest::prelude::*;

use super::*;
use crate::testing::signed;

fn key() -> BotKey {
    BotKey::derive("123:test")
}

prop_compose! {
    fn invoices()(
        plan in proptest::sample::select(Plan::ALL),
        stars: u32,
        days: u16,
        payer in 1..i64::MAX,
        receiver in 1..i64::MAX,
        nonce: u64,
        expires_s in 0..253_402_300_799_i64,
    ) -> Invoice {
        let expires_at = Timestamp::from_micros(expires_s * 1_000_000);
        let price = Price { stars: Stars::new(stars), days };
        Invoice { plan, price, payer: PersonId::new(payer), receiver: PersonId::new(receiver), nonce, expires_at }
    }
}

proptest! {
    #[test]
    fn an_invoice_comes_back_as_it_was(invoice in invoices()) {
        let payload = key().invoices().seal(&invoice);
        prop_assert!(payload.len() <= MAX_PAYLOAD_BYTES && payload.is_ascii(), "{}", payload);
        prop_assert_eq!(&payload, &key().invoices().seal(&invoice));
        prop_assert_eq!(key().invoices().open(&payload), Some(invoice));
    }

    #[test]
    fn an_invoice_of_the_release_before_is_read_with_the_price_of_its_plan(invoice in invoices()) {
        let payload = signed(&key(), &invoice);
        let known = Invoice { price: invoice.plan.price(), ..invoice };
        prop_assert_eq!(key().invoices().open(&payload), Some(known.clone()));
        prop_assert_eq!(read_signed(&payload), Some(known));
    }

    #[test]
    fn nobody_is_named_in_clear(invoice in invoices()) {
        let payload = key().invoices().seal(&invoice);
        let digits = payload.strip_prefix("2:").unwrap();
        for number in [invoice.payer.get(), invoice.receiver.get()] {
            prop_assert!(!digits.contains(&format!("{number:016x}")), "{}", payload);
        }
    }

    #[test]
    fn two_gifts_to_one_person_look_unlike(invoice in invoices(), other: u64) {
        prop_assume!(other != invoice.nonce);
        let one = key().invoices().seal(&invoice);
        let two = key().invoices().seal(&Invoice { nonce: other, ..invoice });
        let same = one.bytes().zip(two.bytes()).skip(2).filter(|(one, two)| one == two).count();
        prop_assert!(same < 40, "{} of 110 digits agree", same);
    }

    #[test]
    fn any_changed_byte_is_refused(invoice in invoices(), at: prop::sample::Index, by in 1_u8..128, is_old: bool) {
        let payload = if is_old { signed(&key(), &invoice) } else { key().invoices().seal(&invoice) };
        let mut bytes = payload.into_bytes();
        let at = at.index(bytes.len());
        bytes[at] = (bytes[at] ^ by) & 0x7f;
        let changed = String::from_utf8(bytes).unwrap();
        prop_assert_eq!(key().invoices().open(&changed), None, "{}", changed);
    }

    #[test]
    fn whatever_else_is_refused(text in ".{0,140}", digits in "2:[0-9a-f]{0,126}") {
        prop_assert_eq!(key().invoices().open(&text), None);
        prop_assert_eq!(key().invoices().open(&digits), None);
    }

    #[test]
    fn another_bots_invoice_is_refused(invoice in invoices()) {
        let foreign = BotKey::derive("124:test");
        prop_assert_eq!(key().invoices().open(&foreign.invoices().seal(&invoice)), None);
        prop_assert_eq!(key().invoices().open(&signed(&foreign, &invoice)), None);
    }

    #[test]
    fn a_shortened_or_longer_one_is_refused(invoice in invoices(), cut in 1_usize..40, tail in "[0-9a-f:]{1,8}") {
        for payload in [key().invoices().seal(&invoice), signed(&key(), &invoice)] {
            prop_assert_eq!(key().invoices().open(payload.get(..payload.len() - cut).unwrap()), None);
            prop_assert_eq!(key().invoices().open(&format!("{payload}{tail}")), None);
        }
    }
}
