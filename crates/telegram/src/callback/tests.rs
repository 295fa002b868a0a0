//! The codec's promise: what is written can be read, fits, and nothing else is read.

use proptest::prelude::*;

use super::*;

/// Any callback at all.
pub(crate) fn callbacks() -> BoxedStrategy<Callback> {
    Callback::any()
}

proptest! {
    #[test]
    fn what_is_written_can_be_read_and_fits(callback in callbacks()) {
        let data = callback.encode();
        prop_assert!(data.is_ascii() && data.len() <= MAX_CALLBACK_BYTES, "{data}");
        prop_assert_eq!(Callback::parse(&data), Some(callback));
    }

    #[test]
    fn reading_never_panics_and_reads_only_its_own_writing(data in ".{0,80}") {
        if let Some(callback) = Callback::parse(&data) {
            prop_assert_eq!(callback.encode(), data);
        }
    }

    #[test]
    fn damaged_data_is_read_as_nothing_or_as_another_whole_value(callback in callbacks(), at in 0_usize..64, byte in 32_u8..127) {
        let mut bytes = callback.encode().into_bytes();
        let at = at % bytes.len();
        bytes[at] = byte;
        let data = String::from_utf8(bytes).unwrap();
        if let Some(read) = Callback::parse(&data) {
            prop_assert_eq!(read.encode(), data);
        }
    }
}

#[test]
fn the_longest_callback_fits() {
    let reason = ReportReason::Explicit;
    let longest = Callback::Report { chat: ChatId::new(i64::MIN), message: Some(MessageId::new(i32::MIN)), reason };
    assert_eq!(longest.encode().len(), 49);
}

#[test]
fn other_versions_and_writings_are_not_read() {
    for data in [
        "",
        "1",
        "0c:find",
        "2c:find",
        "c:find",
        "1c:find:",
        "1c:Find",
        "1rate:+5:1",
        "1rate:05:1",
        "1delete:-1",
        "1s:1:born:1999-4-3",
        "1appeal",
        "1appeal:+5",
    ] {
        assert_eq!(Callback::parse(data), None, "{data}");
    }
}
