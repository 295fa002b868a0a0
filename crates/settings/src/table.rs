//! The table of settings: one row per setting, from which the fields of [`Settings`], the checks, the reference and the
//! JSON schema are made. Defaults stand in `config/default.toml`.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use crate::address::{is_url, is_webhook_url};
use crate::form::{Choice, Folder, Form, Hours, Kind, Millis, Number, Optional, OrEmpty, OrNone, Seconds, Typed};
use crate::reader::Reader;
use crate::{
    LogFormat, Opening, RunMode, Secret, Shown, is_account, is_line, is_postgres, is_token, read_countries, read_data_keys,
    read_log_filter, read_subject_key,
};

/// What is known of a setting beside its value.
#[derive(Clone, Debug)]
pub struct Row {
    /// Its key, such as `sandbox.port`.
    pub key: &'static str,
    /// The variable that is its short name.
    pub alias: Option<&'static str>,
    /// What it does, in sentences, one or more per line.
    pub doc: &'static str,
    /// Which texts it takes.
    pub kind: Kind,
    /// Whether it may be left empty.
    pub may_be_unset: bool,
}

impl Row {
    fn new<F: Form>(key: &'static str, alias: Option<&'static str>, doc: &'static str, form: &F) -> Self {
        Self { key, alias, doc, kind: form.kind(), may_be_unset: form.may_be_unset() }
    }

    /// The variable that sets it, beside a short name.
    pub fn variable(&self) -> String {
        variable_of(self.key)
    }
}

/// The variable that sets a key.
pub(crate) fn variable_of(key: &str) -> String {
    format!("LUVHIVE__{}", key.replace('.', "__").to_uppercase())
}

/// Makes everything out of the rows. A row
///
/// ```text
/// /// How long two people have to answer in a meeting.
/// meeting: Duration = Seconds(20..=600), at "search.meeting_s";
/// ```
///
/// becomes the field `pub meeting: Duration` of [`Settings`] with this doc; in `Settings::read` the lines
/// `let meeting = read.value("search.meeting_s", &Seconds(20..=600));` and `meeting: meeting?`, so that every fault is
/// found before the first one ends the reading; and in [`rows`] a [`Row`] with key, doc and the range of the form.
/// `or "NAME"` after the key gives the setting a variable as its short name.
macro_rules! settings {
    ($($(#[doc = $doc:literal])+ $field:ident: $type:ty = $form:expr, at $key:literal $(or $alias:literal)?;)+) => {
        /// Everything that can be set, valid as a whole.
        #[derive(Clone, Debug)]
        pub struct Settings {
            $($(#[doc = $doc])+ pub $field: $type,)+
            /// Every key with its value and where that came from, by key; secrets as `***`.
            pub shown: Vec<Shown>,
        }

        impl Settings {
            /// Reads every row; `None` after a fault.
            pub(crate) fn read(read: &mut Reader<'_>) -> Option<Self> {
                $(let $field = read.value($key, &$form);)+
                Some(Self { $($field: $field?,)+ shown: Vec::new() })
            }
        }

        /// Lists every setting in the order in which the reference shows them.
        pub fn rows() -> Vec<Row> {
            vec![$(Row::new($key, None$(.or(Some($alias)))?, concat!($($doc, "\n"),+), &$form)),+]
        }
    };
}

settings! {
    /// Where the private database and the sandbox keep their files; absolute.
    /// Not set: `data` in a checkout, otherwise the user's data directory.
    data_dir: PathBuf = Folder, at "data_dir" or "LUVHIVE_DATA_DIR";

    /// The bot's token from @BotFather.
    /// Not set: the sandbox is used.
    token: Option<Secret> = Optional(TOKEN), at "telegram.token" or "BOT_TOKEN";
    /// The Bot API server, without a slash at the end.
    api_url: String = API_URL, at "telegram.api_url";
    /// How updates come in.
    run_mode: RunMode = RUN_MODE, at "telegram.run_mode" or "RUN_MODE";
    /// How long one `getUpdates` call waits.
    poll_timeout: Duration = Seconds(0..=50), at "telegram.poll_timeout_s";
    /// How long Telegram must refuse the token, with no other answer in between, before the bot exits with status 78; 0 = at once.
    token_refused_after: Duration = Seconds(0..=3_600), at "telegram.token_refused_after_s";
    /// How many Bot API calls may be in flight at once.
    max_in_flight: usize = Number(1..=500), at "telegram.max_in_flight";
    /// After unclear answers (a time-out, a 5xx) from how many different chats nothing more is sent until Telegram answers `getMe`; a send that succeeds in between begins the count anew.
    unclear_chats: usize = Number(2..=100), at "telegram.unclear_chats";

    /// The address under which Telegram reaches us, if `run_mode` is webhook.
    external_url: Option<String> = Optional(WEBHOOK_URL), at "webhook.external_url" or "EXTERNAL_URL";
    /// Where we listen for Telegram's calls, if `run_mode` is webhook.
    webhook_listen: Option<SocketAddr> = Optional(ADDRESS), at "webhook.listen";

    /// Where a supervisor asks over HTTP how far we are (/livez, /readyz, /metrics); port 0 takes a free one.
    /// Not set: nowhere, and no port is opened.
    /// Name no address that strangers can reach.
    ops_listen: Option<SocketAddr> = Optional(ADDRESS), at "ops.listen";

    /// A PostgreSQL server.
    /// Not set: LuvHive keeps a private one in the data directory.
    database_url: Option<Secret> = Optional(DATABASE), at "database.url" or "DATABASE_URL";
    /// How long a start waits for a named database that does not answer; 0 = not at all.
    start_wait: Duration = Seconds(0..=3_600), at "database.start_wait_s";
    /// How many connections the pool holds.
    max_connections: u32 = Number(1..=64), at "database.max_connections";
    /// How long a task waits for a connection.
    checkout_timeout_ms: u64 = Number(100..=60_000), at "database.checkout_timeout_ms";
    /// How long one statement may run.
    statement_timeout_ms: u64 = Number(100..=600_000), at "database.statement_timeout_ms";

    /// The key by which accounts that left are recognized; set it once and keep it.
    /// Not set: a private installation makes one and keeps it as the file subject.key in the data directory.
    /// A named database uses the bot's token instead, and a new token forgets bans and blocks of people who left.
    subject_key: Option<Secret> = Optional(SUBJECT_KEY), at "subject.key" or "LUVHIVE_SUBJECT_KEY";

    /// The keys that encrypt profile texts and unfinished answers in the database, with white space between them: the first one encrypts, all of them decrypt.
    /// `luvhive key new` makes one.
    /// Not set: a private installation makes one and keeps it as the file data.key in the data directory.
    /// A named database without one keeps these texts in clear and registration closed, and the next release will refuse it.
    data_key: Option<Secret> = Optional(DATA_KEY), at "data.key" or "LUVHIVE_DATA_KEY";

    /// How long the right to write lasts without a sign of life.
    lease: Duration = Millis(1_000..=60_000), at "engine.lease_ms";
    /// How many people's slower work runs at once.
    max_lanes: usize = Number(1..=1_024), at "engine.max_lanes";
    /// How long a graceful stop may take to send what is committed.
    drain: Duration = Millis(0..=60_000), at "engine.drain_ms";

    /// How a chat opens.
    /// `both_accept` shows both people the other's card and opens the chat once both have pressed "Chat".
    /// `direct` takes the tap that began a search for that press, for as long as `consent_s` says.
    opening: Opening = OPENING, at "search.opening";
    /// How long two people have to answer in a meeting.
    meeting: Duration = Seconds(20..=600), at "search.meeting_s";
    /// How long the tap that began a search counts as consent when chats open directly.
    consent: Duration = Seconds(1..=120), at "search.consent_s";
    /// How long an invitation to a friend stands.
    invitation: Duration = Seconds(60..=3_600), at "search.invitation_s";
    /// Points for each shared interest.
    interest_points: u16 = Number(0..=1_000), at "search.points_per_interest";
    /// How many shared interests count.
    counted_interests: u8 = Number(1..=12), at "search.counted_interests";
    /// Points for the same age.
    age_points: u16 = Number(0..=1_000), at "search.points_for_same_age";
    /// Points less for each year between two people.
    age_slope: u16 = Number(0..=1_000), at "search.points_less_per_year";
    /// Points for the same country.
    country_points: u16 = Number(0..=1_000), at "search.points_for_country";
    /// Points for the same city.
    city_points: u16 = Number(0..=1_000), at "search.points_for_city";
    /// Points that the good conduct of both brings at most.
    conduct_points: u8 = Number(0..=100), at "search.points_for_conduct";
    /// Points for each second waited.
    second_points: u8 = Number(1..=10), at "search.points_per_second";
    /// Points that waiting brings at most.
    waiting_points: u16 = Number(1..=1_000), at "search.points_for_waiting";
    /// Points that premium adds for a waiting person.
    /// It takes fewer than `points_for_waiting`, so that nobody starves.
    premium_points: u16 = Number(0..=999), at "search.points_for_premium";
    /// How often people who came later may be served first; then a person comes before all of them.
    passes: u8 = Number(1..=31), at "search.most_passes";

    /// For how long after its opening only text and stickers pass in a chat; 0 = not at all.
    early: Duration = Seconds(0..=600), at "chat.early_s";
    /// How long a message waits for an answer before it is dropped and its writer told.
    hold: Duration = Seconds(20..=600), at "chat.hold_s";
    /// How many messages wait for an answer in one chat at most; an album counts as one.
    most_held: usize = Number(1..=100), at "chat.most_held";

    /// In how many of their first completed chats a person's links are refused; 0 = in none.
    linkless_chats: u32 = Number(0..=20), at "chat.linkless_chats";

    /// Tiers: how many days ago somebody has registered who is known, and no longer new.
    known_after_days: u16 = Number(0..=365), at "tiers.known_after_days";
    /// How many chats somebody known has completed.
    known_after_chats: u32 = Number(0..=1_000), at "tiers.known_after_chats";
    /// How many good ratings somebody known has.
    known_after_ratings: u32 = Number(0..=1_000), at "tiers.known_after_ratings";
    /// The least share of good ratings of somebody known.
    known_good_percent: u32 = Number(0..=100), at "tiers.known_good_percent";
    /// With how many different people chats of somebody new open within 24 hours; then they search again when that is less. Friends' invitations are not held up.
    new_partners: u32 = Number(1..=100), at "tiers.new_partners_a_day";
    /// How many messages with links somebody new sends within 24 hours, once their links pass at all (`chat.linkless_chats`).
    new_links: u32 = Number(1..=1_000), at "tiers.new_links_a_day";
    /// How many photos, videos, files and other messages but text and stickers somebody new sends within 24 hours.
    new_media: u32 = Number(1..=10_000), at "tiers.new_media_a_day";
    /// The same as `new_partners_a_day` for somebody known.
    known_partners: u32 = Number(1..=100), at "tiers.known_partners_a_day";
    /// The same as `new_links_a_day` for somebody known.
    known_links: u32 = Number(1..=1_000), at "tiers.known_links_a_day";
    /// The same as `new_media_a_day` for somebody known.
    known_media: u32 = Number(1..=10_000), at "tiers.known_media_a_day";
    /// For how many days a report that led to a sanction halves all of these, each once more, down to 1.
    upheld_days: u16 = Number(1..=3_650), at "tiers.upheld_days";

    /// How long the answers of an unfinished registration are kept after the last one.
    registration_kept_days: u16 = Number(1..=365), at "registration.kept_days";

    /// How many days after a report was decided what it froze is kept: kinds, times and former words of the chat's last messages.
    evidence_days: u16 = Number(1..=365), at "reports.evidence_days";
    /// How many days after a report that is for child safety what it froze is kept; no other report's is kept for longer, decided or not.
    child_safety_days: u16 = Number(30..=3_650), at "reports.child_safety_days";

    /// Countries that take no new people: people who choose one, at registration or when they move, are told so kindly.
    /// People who live there already keep their accounts and go on as before.
    /// Close a country whose law asks for more than you can check.
    closed_countries: Vec<String> = OrNone(COUNTRIES), at "countries.closed";

    /// The controller of people's data, by name and address, as the privacy notice shows it.
    /// Not set: on Telegram nobody can register.
    controller: String = OrEmpty(LINE), at "privacy.controller";
    /// How long somebody who asked to leave can take it back, hidden from everybody, before they are erased; 0 = at once.
    delete_grace: Duration = Hours(0..=720), at "privacy.delete_grace_h";
    /// How long after somebody was sent the file of their data they can have it again; 0 = at any time.
    data_every: Duration = Hours(0..=720), at "privacy.data_every_h";

    /// How many days of premium a person's first completed chat brings, once per person; 0 = none.
    trial_days: u16 = Number(0..=365), at "premium.trial_days";

    /// Within how many days people can have a payment back by a button, as long as they have not searched with it.
    /// Payments made before keep the days their buyers were told, if those are more.
    refund_days: u16 = Number(1..=365), at "premium.refund_days";

    /// Whom people write to for help, shown by /support and /paysupport: a @name, or an address of a page or of mail.
    /// Not set: these texts say that there is no contact, and on Telegram nobody can register.
    support_contact: String = OrEmpty(LINE), at "support.contact";

    /// Whom people write to when a child may be in danger, shown in the privacy notice: an address that is read every day.
    /// Not set: on Telegram nobody can register.
    safety_contact: String = OrEmpty(LINE), at "safety.contact";

    /// The account on the machine whose holder owns the bot, and may do everything that the staff may.
    /// Not set: everybody with access to the machine may do everything, and roles are not looked at.
    staff_owner: String = OrEmpty(ACCOUNT), at "staff.owner";

    /// The id of the evidence chat, a private channel with the bot as its administrator: reported messages are copied there, and staff are told of reports that cannot wait.
    /// Not set: nothing is copied; a bot on the local Telegram uses the channel there.
    evidence_chat: Option<i64> = Optional(CHANNEL), at "evidence.chat";
    /// How many days after its copy a post in the evidence chat is to vanish.
    /// Telegram lets a bot delete only what is younger than 48 hours, so set the channel's auto-delete timer to the same.
    evidence_kept_days: u16 = Number(1..=365), at "evidence.kept_days";

    /// The port of the local Telegram and its page on 127.0.0.1; 0 takes a free one.
    sandbox_port: u16 = Number(0..=65_535), at "sandbox.port";
    /// How many people a new sandbox holds.
    sandbox_people: u32 = Number(0..=100), at "sandbox.people";

    /// Which messages are logged.
    log_filter: String = OrEmpty(FILTER), at "log.filter";
    /// In which form they are logged: `auto` is pretty on a terminal, JSON otherwise.
    log_format: LogFormat = LOG_FORMAT, at "log.format";
}

const TOKEN: Typed<Secret> =
    Typed::secret("the token that @BotFather gave: digits, a colon, 35 letters, digits, _ or -", |text| {
        is_token(text).then(|| Secret::new(text))
    });
const API_URL: Typed<String> = Typed::new("http(s)://host without a path", |text| {
    is_url(text).then(|| text.trim_end_matches('/').to_owned()).filter(|text| !text.is_empty())
});
const RUN_MODE: Choice<RunMode> = Choice(&[("polling", RunMode::Polling), ("webhook", RunMode::Webhook)]);
const WEBHOOK_URL: Typed<String> =
    Typed::new("https://host[:443|80|88|8443][/path], or http on this machine's own address", |text| {
        is_webhook_url(text).then(|| text.to_owned())
    });
const ADDRESS: Typed<SocketAddr> = Typed::new("address:port", |text| text.parse().ok());
const DATABASE: Typed<Secret> =
    Typed::secret("postgres://user:password@host:port/name", |text| is_postgres(text).then(|| Secret::new(text)));
const SUBJECT_KEY: Typed<Secret> =
    Typed::secret("64 hexadecimal digits, as `openssl rand -hex 32` writes them", read_subject_key);
const DATA_KEY: Typed<Secret> =
    Typed::secret("one key or several, each of 64 hexadecimal digits, as `luvhive key new` writes them", read_data_keys);
const OPENING: Choice<Opening> = Choice(&[("both_accept", Opening::BothAccept), ("direct", Opening::Direct)]);
const CHANNEL: Typed<i64> = Typed::new("a channel's id: -100 and at least nine more digits", |text| {
    text.parse().ok().filter(|id: &i64| *id < -100_000_000_000)
});
const LINE: Typed<String> = Typed::new("one line of at most 200 characters", |text| is_line(text).then(|| text.to_owned()));
const ACCOUNT: Typed<String> = Typed::new("the name of an account: at most 100 characters and no white space", |text| {
    is_account(text).then(|| text.to_owned())
});
const COUNTRIES: Typed<Vec<String>> =
    Typed::new("codes of ISO 3166-1, two letters each, with commas between them, such as GB, FR", read_countries);
const FILTER: Typed<String> =
    Typed::new("a level (error, warn, info, debug, trace) or target=level pairs separated by commas", |text| {
        read_log_filter(text).is_some().then(|| text.to_owned())
    });
const LOG_FORMAT: Choice<LogFormat> =
    Choice(&[("auto", LogFormat::Auto), ("pretty", LogFormat::Pretty), ("json", LogFormat::Json)]);
