//! A bot at work: the layers wired to one another, its regular jobs, and its end.

use std::net::SocketAddr;
use std::sync::Arc;

use luvhive_core::engine::batch::Render;
use luvhive_core::engine::{Opening, Rules};
use luvhive_core::id::{BotId, Shard, TelegramId};
use luvhive_core::ports::ledger::Ledger;
use luvhive_core::ports::{ChatStore, Clock, Entropy};
use luvhive_core::premium::entitlement::days;
use luvhive_core::search::ScoreWeights;
use luvhive_core::tier::{Caps, TierRules};
use luvhive_storage::evidence::PgEvidence;
use luvhive_storage::retention::Kept;
use luvhive_storage::{Database, PgJournal, PgStore, Pool, Vault};
use luvhive_telegram::client::{BotApi, BotApiMessenger, BotApiTill, WebhookSettings};
use luvhive_telegram::dialog::{Contacts, Dialogs, Entry, Privacy, Trade};
use luvhive_telegram::intake::poll::BotApiFeed;
use luvhive_telegram::intake::webhook::{self, WebhookIntake};
use luvhive_telegram::runtime::{Runtime, RuntimeError, RuntimeHandle, RuntimePorts, RuntimeSettings, Source, Standby};
use luvhive_telegram::signal::LeaseTerm;
use luvhive_telegram::subject::SubjectKey;
use luvhive_telegram::view::Views;
use luvhive_web::{Probe, WebParts, Webhook};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::data_key;
use crate::door::{Door, listen_when_free};
use crate::error::AppError;
use crate::jobs::{self, Evidence, JobParts};
use crate::ops::Ops;
use crate::patience::Patience;
use crate::settings::{self, Settings};
use crate::system::{OsEntropy, SystemClock, slept};

/// There is one shard a bot for now.
const SHARD: Shard = Shard::new(0);

/// How many calls Telegram makes at once; its own default (Bot API 10.3, `setWebhook.max_connections`).
const WEBHOOK_CONNECTIONS: u8 = 40;

/// What a bot is made of beside its settings.
#[derive(Debug)]
pub struct BotParts {
    /// A client whose token Telegram knows.
    pub api: Arc<BotApi>,
    /// The database, of this version.
    pub database: Database,
    /// Connections to it.
    pub pool: Pool,
    /// How updates come in.
    pub intake: Intake,
    /// Where a supervisor asks how far it is.
    pub ops: Ops,
    /// What newcomers meet at the door.
    pub entry: Entry,
}

/// How updates come in.
#[derive(Debug)]
pub enum Intake {
    /// We ask for them.
    Polling,
    /// Telegram posts them to this address, which leads to the listener.
    Webhook {
        /// The full address of the route: https, or any on this machine.
        url: String,
        /// Where we listen.
        listener: Listening,
    },
}

/// Where posted updates come in.
#[derive(Debug)]
pub enum Listening {
    /// Here, already.
    Now(TcpListener),
    /// At this address, once this process owns the shard: until then the process before it listens there.
    OnceOwned(SocketAddr),
}

/// A running bot.
pub struct Bot {
    handle: RuntimeHandle,
    runtime: JoinHandle<Result<(), RuntimeError>>,
    jobs: JoinHandle<()>,
    route: Option<Door>,
    ops: Ops,
    stop: oneshot::Sender<()>,
}

impl Bot {
    /// Wires a bot and starts it; returns when it takes updates.
    ///
    /// # Errors
    /// [`AppError::Setup`] when Telegram does not answer, [`AppError::Runtime`] when another process owns the shard.
    pub async fn start(settings: &Settings, made_of: BotParts, standby: Standby) -> Result<Self, AppError> {
        let BotParts { api, database, pool, intake, ops, entry } = made_of;
        let bot = api.bot_id();
        let patience = Patience::new(settings.token_refused_after);
        let username: Arc<str> = patience.ask(|| api.get_account()).await?.username.into();
        let (source, door) = match intake {
            Intake::Polling => {
                patience.ask(|| api.prepare_polling()).await?;
                (Source::Feed(Arc::new(BotApiFeed::new(api.clone(), settings.poll_timeout, &username))), None)
            }
            Intake::Webhook { url, listener } => {
                let (door, updates) = webhook::channel(&username);
                (Source::Webhook(updates), Some(Route { url, listener, intake: door }))
            }
        };
        let (vault, journal, store) = stores(settings, &database, &pool, bot);
        let chats: Arc<dyn ChatStore> = store.clone();
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let render: Arc<dyn Render + Send + Sync> = Arc::new(Views);
        let entropy: Box<dyn Entropy> = Box::new(OsEntropy);
        let ledger: Arc<dyn Ledger> = store.clone();
        let term = Arc::new(LeaseTerm::new(slept));
        let till = Arc::new(BotApiTill::new(api.clone(), term.clone()));
        let dialogs = Dialogs {
            people: store.clone(),
            chats: chats.clone(),
            friends: store.clone(),
            trade: Trade {
                ledger: ledger.clone(),
                till: till.clone(),
                trial_days: settings.trial_days,
                refund_days: settings.refund_days,
            },
            key: api.key().clone(),
            subjects: subjects(settings, &api),
            username: username.as_ref().into(),
            contacts: contacts(settings),
            data: store.clone(),
            privacy: Privacy { grace: settings.delete_grace, data_every: settings.data_every },
            entry,
        };
        let ports = RuntimePorts {
            journal: journal.clone(),
            chats,
            messenger: Arc::new(BotApiMessenger::new(api.clone())),
            handler: Arc::new(dialogs),
            render,
            clock: clock.clone(),
            entropy,
            source,
            stage: ops.stage(),
            term,
            key: api.key().clone(),
        };
        let (runtime, handle) = Runtime::new(limits(settings, standby, username), ports);
        ops.watch(&handle, &pool);
        let (stop, stopped) = oneshot::channel();
        let runtime = tokio::spawn(runtime.run(async move {
            // Without a sender nobody can ask any more, which is a wish as well.
            let _ = stopped.await;
        }));
        let (evidence, kept) = (evidence(settings, &pool, bot), kept(settings));
        let work =
            JobParts { journal, pool, vault, bot, clock, api: api.clone(), till, ledger, handle: handle.clone(), kept, evidence };
        let jobs = tokio::spawn(jobs::run(work));
        let mut bot = Self { handle, runtime, jobs, route: None, ops, stop };
        if !bot.handle.ready().await {
            return Err(bot.ended().await);
        }
        if let Some(route) = door {
            // Telegram may want to be left alone first, and the bot may end meanwhile.
            let readiness = bot.ops.probe();
            let route = tokio::select! {
                route = route.open(&api, readiness, &patience) => route?,
                error = bot.ended() => return Err(error),
            };
            bot.route = Some(route);
        }
        Ok(bot)
    }

    /// Waits until the bot ends on its own, and says why.
    pub async fn ended(&mut self) -> AppError {
        match (&mut self.runtime).await {
            Ok(Ok(())) => AppError::Ended,
            Ok(Err(error)) => AppError::Runtime(error),
            Err(panic) => AppError::Task(panic),
        }
    }

    /// What the bot has counted so far, and how far it is.
    pub fn handle(&self) -> &RuntimeHandle {
        &self.handle
    }

    /// Where a supervisor asks how far it is, if anywhere.
    pub fn ops_address(&self) -> Option<SocketAddr> {
        self.ops.address()
    }

    /// Says that it is not ready any more, stops taking updates, sends what is committed, gives the lease back.
    ///
    /// # Errors
    /// [`AppError::Runtime`] when it had already ended, [`AppError::Task`].
    pub async fn stop(self) -> Result<(), AppError> {
        self.handle.announce_stop();
        self.jobs.abort();
        let _ = self.stop.send(());
        let ended = self.runtime.await.map_err(AppError::Task);
        if let Some(route) = self.route {
            route.close().await?;
        }
        self.ops.close().await?;
        ended?.map_err(AppError::Runtime)
    }
}

/// The way of posted updates: the address that Telegram is told, and where it leads.
struct Route {
    url: String,
    listener: Listening,
    intake: WebhookIntake,
}

impl Route {
    /// Opens the door for posted updates, then has Telegram knock there.
    async fn open(self, api: &BotApi, readiness: Probe, patience: &Patience) -> Result<Door, AppError> {
        let Self { url, listener, intake } = self;
        let listener = match listener {
            Listening::Now(listener) => listener,
            Listening::OnceOwned(address) => {
                listen_when_free(address, "webhook.listen").await.map_err(|source| AppError::WebhookListen { address, source })?
            }
        };
        // Drawn anew at each start: nobody has to keep it.
        let secret = format!("{:016x}{:016x}", OsEntropy.next_u64(), OsEntropy.next_u64());
        let path = format!("/{}", url.splitn(4, '/').nth(3).unwrap_or_default());
        let webhook = Webhook { path, secret: secret.clone(), intake };
        let parts = WebParts { readiness, metrics: None, webhook: Some(webhook) };
        let door = Door::open(std::future::ready(Ok(listener)), parts);
        let settings = WebhookSettings { url, secret, connections: WEBHOOK_CONNECTIONS };
        patience.ask(|| api.prepare_webhook(&settings)).await?;
        Ok(door)
    }
}

/// What writes and reads the database, with the keys of these settings.
fn stores(settings: &Settings, database: &Database, pool: &Pool, bot: BotId) -> (Vault, Arc<PgJournal>, Arc<PgStore>) {
    let vault = data_key::vault(settings);
    let journal = PgJournal::new(database, pool.clone(), bot, SHARD).with_vault(vault.clone());
    let store = PgStore::new(pool.clone(), bot).with_vault(vault.clone());
    (vault, Arc::new(journal), Arc::new(store))
}

/// By what accounts that were left are known again.
fn subjects(settings: &Settings, api: &BotApi) -> SubjectKey {
    match &settings.subject_key {
        Some(secret) => SubjectKey::new(secret.expose(), api.bot_id(), api.key()),
        None => SubjectKey::of_token(api.key()),
    }
}

/// Who answers for the bot.
fn contacts(settings: &Settings) -> Contacts {
    Contacts {
        support: settings.support_contact.as_str().into(),
        safety: settings.safety_contact.as_str().into(),
        controller: settings.controller.as_str().into(),
    }
}

/// How long the clean-up keeps what an operator decides.
fn kept(settings: &Settings) -> Kept {
    Kept {
        registration: days(settings.registration_kept_days),
        evidence: days(settings.evidence_days),
        child_safety: days(settings.child_safety_days),
    }
}

/// Where evidence is posted.
fn evidence(settings: &Settings, pool: &Pool, bot: BotId) -> Option<Evidence> {
    let channel = TelegramId::new(settings.evidence_chat?);
    Some(Evidence::new(channel, days(settings.evidence_kept_days), PgEvidence::new(pool.clone(), bot)))
}

/// What the runtime has to know of the settings.
fn limits(settings: &Settings, standby: Standby, username: Arc<str>) -> RuntimeSettings {
    RuntimeSettings {
        lease: settings.lease,
        standby,
        lanes: settings.max_lanes,
        in_flight: settings.max_in_flight,
        unclear_chats: settings.unclear_chats,
        drain: settings.drain,
        rules: Rules {
            opening: match settings.opening {
                settings::Opening::BothAccept => Opening::BothAccept,
                settings::Opening::Direct => Opening::Direct,
            },
            meeting: settings.meeting,
            consent: settings.consent,
            invitation: settings.invitation,
            early: settings.early,
            hold: settings.hold,
            most_held: settings.most_held,
            tiers: tiers(settings),
            weights: weights(settings),
        },
        token_refused_after: settings.token_refused_after,
        username,
        ..RuntimeSettings::new(owner())
    }
}

/// How far people are trusted, and what that lets them do in a day.
fn tiers(settings: &Settings) -> TierRules {
    TierRules {
        known_after: days(settings.known_after_days),
        known_chats: settings.known_after_chats,
        known_good_ratings: settings.known_after_ratings,
        known_good_percent: settings.known_good_percent,
        new: Caps { partners: settings.new_partners, links: settings.new_links, media: settings.new_media },
        known: Caps { partners: settings.known_partners, links: settings.known_links, media: settings.known_media },
        linkless_chats: settings.linkless_chats,
        upheld_lasts: days(settings.upheld_days),
    }
}

/// What counts how much when a partner is chosen.
fn weights(settings: &Settings) -> ScoreWeights {
    ScoreWeights {
        interest: settings.interest_points,
        counted_interests: settings.counted_interests,
        age: settings.age_points,
        age_slope: settings.age_slope,
        country: settings.country_points,
        city: settings.city_points,
        conduct: settings.conduct_points,
        second: settings.second_points,
        waiting: settings.waiting_points,
        premium: settings.premium_points,
        passes: settings.passes,
    }
}

/// This start's name in the lease: process number, host, and letters that are drawn anew each time, for two containers may
/// share the first two.
fn owner() -> String {
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let host: String = host.trim().chars().take(100).collect();
    let host = if host.is_empty() { "this machine" } else { &host };
    format!("process {} on {host}, start {:08x}", std::process::id(), OsEntropy.next_u64() >> 32)
}
