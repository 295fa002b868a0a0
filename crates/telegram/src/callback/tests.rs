//! The codec's promise: what is written can be read, fits, and nothing else is read.

use luvhive_core::premium::Plan;
use proptest::prelude::*;

use luvhive_core::coins::Gift;
use luvhive_core::person::{Age, CardPart, QuietHours, Zone};
use luvhive_core::preferences::AgeRange;

use super::*;

fn pick<T: Copy + std::fmt::Debug + 'static>(values: &'static [T]) -> impl Strategy<Value = T> {
    (0..values.len()).prop_map(move |index| values[index])
}

fn countries() -> impl Strategy<Value = Country> {
    (0..usize::from(luvhive_core::person::country::COUNTRY_COUNT)).prop_map(|index| Country::all().nth(index).unwrap())
}

fn days() -> impl Strategy<Value = Day> {
    (1900..2100_i32, 1..=12_u32, 1..=28_u32).prop_map(|(year, month, day)| Day::from_ymd(year, month, day).unwrap())
}

fn chats() -> impl Strategy<Value = ChatId> {
    any::<i64>().prop_map(ChatId::new)
}

fn receivers() -> impl Strategy<Value = Receiver> {
    prop_oneof![chats().prop_map(Receiver::Partner), chats().prop_map(Receiver::Friend)]
}

fn friends() -> impl Strategy<Value = FriendAction> {
    prop_oneof![
        Just(FriendAction::Open),
        chats().prop_map(FriendAction::Ask),
        chats().prop_map(FriendAction::Accept),
        chats().prop_map(FriendAction::Decline),
        chats().prop_map(FriendAction::Show),
        chats().prop_map(FriendAction::Invite),
        chats().prop_map(FriendAction::AskRemove),
        chats().prop_map(FriendAction::Remove),
    ]
}

fn messages() -> impl Strategy<Value = Option<MessageId>> {
    proptest::option::of(any::<i32>().prop_map(MessageId::new))
}

fn ranges() -> impl Strategy<Value = AgeRange> {
    (18..=120_u8, 18..=120_u8).prop_map(|(a, b)| AgeRange::new(Age::new(a.min(b)).unwrap(), Age::new(a.max(b)).unwrap()).unwrap())
}

fn zones() -> impl Strategy<Value = Zone> {
    let all: Vec<Zone> = Country::all().flat_map(Zone::of_country).collect();
    (0..all.len()).prop_map(move |index| all[index])
}

fn switches() -> impl Strategy<Value = Filter> {
    proptest::sample::select(Filter::switches().collect::<Vec<_>>())
}

fn steps() -> impl Strategy<Value = StepAction> {
    prop_oneof![
        Just(StepAction::Agree),
        Just(StepAction::Back),
        Just(StepAction::Continue),
        days().prop_map(StepAction::Born),
        pick(Gender::ALL).prop_map(StepAction::Gender),
        (pick(Gender::ALL), any::<bool>()).prop_map(|(g, on)| StepAction::Want(g, on)),
        Just(StepAction::WantEveryone),
        countries().prop_map(StepAction::Country),
        any::<u8>().prop_map(StepAction::Page),
        Just(StepAction::City),
        Just(StepAction::NoCity),
        (pick(SpokenLanguage::ALL), any::<bool>()).prop_map(|(l, on)| StepAction::Language(l, on)),
        (pick(Interest::ALL), any::<bool>()).prop_map(|(i, on)| StepAction::Interest(i, on)),
        pick(UiLanguage::ALL).prop_map(StepAction::Ui),
    ]
}

fn settings() -> impl Strategy<Value = SettingsAction> {
    prop_oneof![
        Just(SettingsAction::Open),
        Just(SettingsAction::OpenLanguage),
        Just(SettingsAction::OpenWanted),
        Just(SettingsAction::OpenAges),
        any::<u8>().prop_map(SettingsAction::OpenCountry),
        pick(UiLanguage::ALL).prop_map(SettingsAction::Language),
        (pick(Gender::ALL), any::<bool>()).prop_map(|(g, on)| SettingsAction::Want(g, on)),
        ranges().prop_map(SettingsAction::Ages),
        proptest::option::of(countries()).prop_map(SettingsAction::Country),
        Just(SettingsAction::OpenFilters),
        Just(SettingsAction::OpenChat),
        Just(SettingsAction::OpenReminders),
        Just(SettingsAction::OpenZone),
        Just(SettingsAction::OpenQuiet),
        (switches(), any::<bool>()).prop_map(|(filter, on)| SettingsAction::Demand(filter, on)),
        any::<bool>().prop_map(SettingsAction::Media),
        any::<bool>().prop_map(SettingsAction::Protect),
        any::<bool>().prop_map(SettingsAction::Remind),
        zones().prop_map(SettingsAction::Zone),
        (0..24_u8, 0..24_u8).prop_map(|(from, until)| SettingsAction::Quiet(QuietHours::new(from, until))),
    ]
}

fn profiles() -> impl Strategy<Value = ProfileAction> {
    prop_oneof![
        Just(ProfileAction::Open),
        any::<u8>().prop_map(ProfileAction::OpenLanguages),
        Just(ProfileAction::OpenInterests),
        any::<u8>().prop_map(ProfileAction::OpenCountry),
        Just(ProfileAction::OpenCity),
        (pick(SpokenLanguage::ALL), any::<bool>(), any::<u8>()).prop_map(|(l, on, page)| ProfileAction::Language(l, on, page)),
        (pick(Interest::ALL), any::<bool>()).prop_map(|(i, on)| ProfileAction::Interest(i, on)),
        countries().prop_map(ProfileAction::Country),
        Just(ProfileAction::NoCity),
        Just(ProfileAction::OpenBio),
        Just(ProfileAction::OpenPhoto),
        Just(ProfileAction::ShowPhoto),
        Just(ProfileAction::ClosePhoto),
        Just(ProfileAction::OpenCard),
        Just(ProfileAction::OpenStatistics),
        Just(ProfileAction::NoBio),
        Just(ProfileAction::NoPhoto),
        (pick(CardPart::ALL), any::<bool>()).prop_map(|(part, on)| ProfileAction::Card(part, on)),
    ]
}

fn coins() -> impl Strategy<Value = CoinAction> {
    prop_oneof![
        Just(CoinAction::Open),
        Just(CoinAction::Daily),
        Just(CoinAction::Spin),
        receivers().prop_map(CoinAction::Gifts),
        (pick(Gift::ALL), receivers(), any::<u64>()).prop_map(|(gift, to, page_ms)| CoinAction::Give { gift, to, page_ms }),
        Just(CoinAction::AskRedeem),
        any::<u64>().prop_map(|page_ms| CoinAction::Redeem { page_ms }),
        Just(CoinAction::Invite),
    ]
}

fn premium() -> impl Strategy<Value = PremiumAction> {
    prop_oneof![
        Just(PremiumAction::Open),
        pick(Plan::ALL).prop_map(PremiumAction::Buy),
        Just(PremiumAction::Subscribe),
        Just(PremiumAction::AskCancel),
        Just(PremiumAction::Cancel),
        Just(PremiumAction::Resume),
        receivers().prop_map(PremiumAction::Gifts),
        (pick(Plan::ALL), receivers()).prop_map(|(plan, to)| PremiumAction::Give(plan, to)),
        Just(PremiumAction::Payments),
        any::<u64>().prop_map(PremiumAction::AskRefund),
        any::<u64>().prop_map(PremiumAction::Refund),
    ]
}

/// Any callback at all.
pub(crate) fn callbacks() -> impl Strategy<Value = Callback> {
    let commands = prop_oneof![
        Just(Command::Find),
        Just(Command::CancelSearch),
        Just(Command::Next),
        Just(Command::Stop),
        pick(Filter::ALL).prop_map(Command::Widen),
        chats().prop_map(Command::AcceptInvitation),
        chats().prop_map(Command::DeclineInvitation),
    ];
    prop_oneof![
        commands.prop_map(Callback::Command),
        (any::<u32>(), steps()).prop_map(|(serial, action)| Callback::Step { serial, action }),
        settings().prop_map(Callback::Settings),
        profiles().prop_map(Callback::Profile),
        premium().prop_map(Callback::Premium),
        coins().prop_map(Callback::Coins),
        friends().prop_map(Callback::Friends),
        (chats(), any::<bool>()).prop_map(|(chat, is_good)| Callback::Rate { chat, is_good }),
        chats().prop_map(|chat| Callback::Card { chat }),
        chats().prop_map(|chat| Callback::AskBlock { chat }),
        chats().prop_map(|chat| Callback::Block { chat }),
        (chats(), messages()).prop_map(|(chat, message)| Callback::AskReport { chat, message }),
        (chats(), messages(), pick(ReportReason::ALL)).prop_map(|(chat, message, reason)| Callback::Report {
            chat,
            message,
            reason
        }),
        any::<u32>().prop_map(|asked_at_s| Callback::Delete { asked_at_s }),
        Just(Callback::Dismiss),
    ]
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
    let longest = Callback::Report {
        chat: ChatId::new(i64::MIN),
        message: Some(MessageId::new(i32::MIN)),
        reason: ReportReason::Harassment,
    };
    assert_eq!(longest.encode().len(), 51);
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
    ] {
        assert_eq!(Callback::parse(data), None, "{data}");
    }
}
