//! The whole bot in one process: a database of its own, a local Telegram, the real runtime between them.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use luvhive_app::bot::{Bot as RunningBot, BotParts, Intake, Listening};
use luvhive_app::ops::Ops;
use luvhive_app::settings::Settings;
use luvhive_app::system::SystemClock;
use luvhive_core::id::{BotId, TelegramId};
use luvhive_core::person::Gender;
use luvhive_core::ports::Clock as _;
use luvhive_phone::{Answers, Menu, Phone};
use luvhive_sandbox::{PersonId, PersonSpec, Sandbox, SandboxSettings, SeenMessage};
use luvhive_storage::seed::seed_people;
use luvhive_storage::{MadeUp, PgCaseStore, PgStore, Pool, PoolSettings};
use luvhive_telegram::callback::Callback;
use luvhive_telegram::client::BotApi;
use luvhive_telegram::dialog::Entry;
use luvhive_telegram::runtime::Standby;
use luvhive_telegram::signal::counters::Counters;
use tokio::net::TcpListener;
use tokio_postgres::Client;

use crate::vault::{keys, vault};
use crate::{Proxy, TestDatabase, eventually};

/// How long the bot may take for anything on a busy machine before a test gives up.
pub const PATIENCE: Duration = Duration::from_mins(1);

/// The number of the key that encrypts texts.
const DATA_KEY: u8 = 0xd1;

/// Who leaves is erased at once, unless a test is about the time in between.
const DELETED_AT_ONCE: (&str, &str) = ("LUVHIVE__PRIVACY__DELETE_GRACE_H", "0");

/// What still has to be worked on or sent.
const OPEN_WORK: &str = "SELECT (SELECT count(*) FROM inbox) + (SELECT count(*) FROM outbox) + (SELECT count(*) FROM commands)";

/// A button as somebody's screen showed it.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The message below which it stood.
    pub message: i64,
    /// Its callback data.
    pub data: String,
}

/// How a bot is set up; by default it polls, nothing lies before its database, and its settings are the usual ones.
#[derive(Default)]
pub struct Setup {
    /// The local Telegram; the people in it are registered already, speak English and want to meet everybody.
    pub sandbox: SandboxSettings,
    /// Whether Telegram posts updates instead of being asked for them.
    pub is_posted: bool,
    /// Whether the Telegram's channel is the evidence chat.
    pub has_evidence: bool,
    /// Whether a proxy lies before the database.
    pub is_behind_proxy: bool,
    /// Settings by the names of their environment variables.
    pub settings: Vec<(&'static str, &'static str)>,
    /// What newcomers meet at the door.
    pub entry: Entry,
}

/// A bot, its database and its Telegram.
pub struct Bot {
    /// The local Telegram.
    pub sandbox: Sandbox,
    /// The test's own connection, for looking at tables.
    pub sql: Client,
    /// The database.
    pub database: TestDatabase,
    /// The proxy before the database, if there is one.
    pub proxy: Option<Proxy>,
    /// Where the bot is posted to, if it is.
    pub hook: Option<SocketAddr>,
    settings: Settings,
    entry: Entry,
    is_posted: bool,
    running: Option<RunningBot>,
}

impl Bot {
    /// Starts everything with default settings.
    ///
    /// # Panics
    /// When anything does not start.
    pub async fn start() -> Self {
        Self::start_in(SandboxSettings::default()).await
    }

    /// Starts everything with `count` people who are registered already, speak English and want to meet everybody.
    ///
    /// # Panics
    /// When anything does not start.
    pub async fn start_with_people(count: u32) -> Self {
        Self::start_in(SandboxSettings { people_at_start: count, ..SandboxSettings::default() }).await
    }

    /// Starts everything with such a Telegram; the people in it are registered already, see [`Self::start_with_people`].
    ///
    /// # Panics
    /// When anything does not start.
    pub async fn start_in(sandbox: SandboxSettings) -> Self {
        Self::set_up(Setup { sandbox, ..Setup::default() }).await
    }

    /// Starts everything set up like this.
    ///
    /// # Panics
    /// When anything does not start.
    pub async fn set_up(setup: Setup) -> Self {
        let database = TestDatabase::new().await;
        let mut bot = Self::prepare(setup, database).await;
        let people = bot.sandbox.people();
        if let Some(first) = people.first() {
            let (id, count) = (BotId::new(bot.sandbox.bot_id()), u32::try_from(people.len()).unwrap());
            let now = SystemClock.now();
            seed_people(&bot.database.database(), id, MadeUp::new(count, TelegramId::new(first.id), now)).await.unwrap();
            let open = "UPDATE people SET ui_language = 'en'; UPDATE preferences SET genders = '{woman,man,nonbinary}'";
            bot.sql.batch_execute(open).await.unwrap();
        }
        bot.run().await;
        bot
    }

    /// Starts everything on a database that knows the people of such a Telegram already.
    ///
    /// # Panics
    /// When anything does not start.
    pub async fn start_on(database: TestDatabase, sandbox: SandboxSettings) -> Self {
        let mut bot = Self::prepare(Setup { sandbox, ..Setup::default() }, database).await;
        bot.run().await;
        bot
    }

    /// Starts everything but the bot itself.
    async fn prepare(setup: Setup, database: TestDatabase) -> Self {
        let key = keys(&[DATA_KEY]);
        let all = [("LUVHIVE_DATA_KEY", key.as_str()), DELETED_AT_ONCE].into_iter().chain(setup.settings);
        let settings = all.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let mut settings = Settings::load(&settings).unwrap();
        let sandbox = Sandbox::start(setup.sandbox).await.unwrap();
        settings.evidence_chat = setup.has_evidence.then(|| sandbox.channel_id());
        Self {
            sandbox,
            sql: database.client().await,
            proxy: if setup.is_behind_proxy { Some(Proxy::start(&database).await) } else { None },
            hook: None,
            database,
            settings,
            entry: setup.entry,
            is_posted: setup.is_posted,
            running: None,
        }
    }

    /// The phones of everybody, in the order in which they came.
    pub fn phones(&self) -> Vec<Phone<'_>> {
        self.sandbox.people().iter().map(|person| self.phone(person.id.into())).collect()
    }

    /// Starts the bot again after [`Self::halt`]; the Telegram went on meanwhile.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn run(&mut self) {
        let api = Arc::new(BotApi::new(&self.sandbox.base_url(), &self.sandbox.token()).unwrap());
        let database = self.proxy.as_ref().map_or_else(|| self.database.database(), Proxy::database);
        let pool = PoolSettings {
            max_connections: 8,
            min_idle_connections: 0,
            checkout_timeout_ms: self.settings.checkout_timeout_ms,
            statement_timeout_ms: 10_000,
            application_name: "luvhive-tests".to_owned(),
        };
        let pool = Pool::open(&database, &pool).await.unwrap();
        let intake = if self.is_posted {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let address = listener.local_addr().unwrap();
            self.hook = Some(address);
            Intake::Webhook { url: format!("http://{address}/hook"), listener: Listening::Now(listener) }
        } else {
            Intake::Polling
        };
        let parts = BotParts { api, database, pool, intake, ops: Ops::closed(), entry: self.entry.clone() };
        match RunningBot::start(&self.settings, parts, Standby::No).await {
            Ok(running) => self.running = Some(running),
            Err(error) => panic!("{}", luvhive_core::error::chain(&error)),
        }
    }

    /// What the running bot has counted.
    ///
    /// # Panics
    /// When it does not run.
    pub fn counters(&self) -> &Counters {
        self.running.as_ref().unwrap().handle().counters()
    }

    /// Stops the bot gracefully.
    ///
    /// # Panics
    /// When it does not stop, or had ended on its own.
    pub async fn halt(&mut self) {
        self.running.take().unwrap().stop().await.unwrap();
    }

    /// Stops and starts the bot.
    ///
    /// # Panics
    /// As [`Self::halt`] and [`Self::run`].
    pub async fn restart(&mut self) {
        self.halt().await;
        self.run().await;
    }

    /// A new person's phone; the bot has never heard of them.
    pub fn newcomer(&self, name: &str, language: &str) -> Phone<'_> {
        Phone::new(&self.sandbox, &PersonSpec::new(name, language), PATIENCE)
    }

    /// The phone of somebody.
    pub fn phone(&self, person: PersonId) -> Phone<'_> {
        Phone::of(&self.sandbox, person, PATIENCE)
    }

    /// A registered person who speaks English and wants to meet everybody.
    ///
    /// # Panics
    /// When the registration does not come to its end.
    pub async fn person(&self, name: &str, gender: Gender) -> Phone<'_> {
        let phone = self.newcomer(name, "en");
        phone.register(&Answers::of(gender)).await.unwrap();
        phone
    }

    /// The first two people, in a chat with each other.
    ///
    /// # Panics
    /// When they are not there or not matched.
    pub async fn couple(&self) -> (Phone<'_>, Phone<'_>) {
        let phones = self.phones();
        let [first, second, ..] = phones.as_slice() else { panic!("two people are needed") };
        self.match_up(*first, *second).await;
        (*first, *second)
    }

    /// Has two people search, meet and press "Chat"; nobody else may be waiting.
    ///
    /// # Panics
    /// When they are not matched.
    pub async fn match_up(&self, first: Phone<'_>, second: Phone<'_>) {
        first.send_until("/find", Menu::Searching).await.unwrap();
        second.send_until("/find", Menu::Meeting).await.unwrap();
        second.open_chat(first).await.unwrap();
    }

    /// Both write one line, so that their chat counts.
    ///
    /// # Panics
    /// When a line does not arrive.
    pub async fn talk(&self, first: Phone<'_>, second: Phone<'_>) {
        for (from, to) in [(first, second), (second, first)] {
            let mark = self.sandbox.mark();
            self.sandbox.send_text(from.person(), "hello there", None).unwrap();
            to.wait_for_text(mark, "hello there").await.unwrap();
        }
    }

    /// Has both people press "Chat" if this person is in a meeting.
    ///
    /// # Panics
    /// When the database does not answer, or the card does not come.
    pub async fn agree_in_meeting_of(&self, person: PersonId) {
        let both =
            "SELECT p.telegram_id FROM people p JOIN seats s ON s.person_id = p.id WHERE s.kind = 'meeting' AND s.chat_id = (
            SELECT chat_id FROM seats JOIN people ON id = person_id WHERE telegram_id = $1 AND kind = 'meeting')";
        for row in self.sql.query(both, &[&person.get()]).await.unwrap() {
            self.phone(row.get::<_, i64>(0).into()).agree().await.unwrap();
        }
    }

    /// Presses the newest button that fits, waiting for it to come; returns what was pressed, for [`Self::press_again`].
    ///
    /// # Panics
    /// When it does not come, or the press is not answered.
    pub async fn press(&self, phone: Phone<'_>, fits: impl Fn(Callback) -> bool) -> Shown {
        let find = |messages: &[SeenMessage]| {
            messages.iter().rev().find_map(|message| {
                let mut buttons = message.buttons.iter().flatten().filter_map(|button| button.data.clone());
                buttons.find(|data| Callback::parse(data).is_some_and(&fits)).map(|data| (message.id, data))
            })
        };
        let (message, data) = self.sandbox.wait_until(phone.person(), PATIENCE, find).await.unwrap();
        let shown = Shown { message, data };
        self.press_again(phone, &shown).await;
        shown
    }

    /// Presses a button that was on the screen a moment ago, whether or not the bot has taken it away since.
    ///
    /// # Panics
    /// When the press is not answered.
    pub async fn press_again(&self, phone: Phone<'_>, shown: &Shown) {
        let press = self.sandbox.press_as_shown(phone.person(), shown.message, &shown.data).unwrap();
        self.sandbox.wait_for_answer(&press, PATIENCE).await.unwrap();
    }

    /// Waits until everything that people did was taken in, worked on and sent.
    ///
    /// # Panics
    /// When that does not come.
    pub async fn settle(&self) {
        // Only a commit confirms updates, so once none is pending the tables tell the rest.
        let is_calm = async || self.sandbox.pending_updates() == 0 && self.count(OPEN_WORK).await == 0;
        eventually("all is taken in, worked on and sent", PATIENCE, is_calm).await;
    }

    /// The bot's own store of people, which can read what is encrypted.
    pub async fn people(&self) -> PgStore {
        PgStore::new(self.database.pool().await, BotId::new(self.sandbox.bot_id())).with_vault(vault(&[DATA_KEY]))
    }

    /// The staff's own store of cases, which can read what is encrypted.
    pub async fn cases(&self) -> PgCaseStore {
        PgCaseStore::new(self.database.pool().await, vault(&[DATA_KEY]))
    }

    /// Runs a query that gives one number.
    ///
    /// # Panics
    /// When it does not.
    pub async fn count(&self, query: &str) -> i64 {
        self.sql.query_one(query, &[]).await.unwrap_or_else(|error| panic!("{query}: {error:?}")).get(0)
    }

    /// The texts that came to somebody after `mark`, oldest first.
    pub fn texts(&self, phone: Phone<'_>, mark: u64) -> Vec<String> {
        let came = self.sandbox.messages(phone.person()).into_iter();
        came.filter(|message| message.from_bot && message.version > mark).map(|message| message.text).collect()
    }
}
