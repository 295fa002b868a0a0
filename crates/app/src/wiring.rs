//! Who gets what: the database, the local Telegram if there is no other, the bot; and the order of start and end.

use std::io;
use std::sync::Arc;

use luvhive_sandbox::{Sandbox, SandboxSettings};
use luvhive_telegram::client::BotApi;
use luvhive_telegram::runtime::Standby;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::admission;
use crate::bot::{Bot, BotParts, Intake, Listening};
use crate::cli::RunArgs;
use crate::console::say;
use crate::data_key;
use crate::database;
use crate::error::AppError;
use crate::hold::Hold;
use crate::ops::Ops;
use crate::patience::Patience;
use crate::settings::{Settings, Webhook};
use crate::shutdown::Signals;
use crate::side::{SANDBOX_BOT, Side};
use crate::subject;
use crate::supervisor;

/// Runs the bot until a signal asks it to stop.
///
/// # Errors
/// Any [`AppError`].
pub(crate) async fn run(settings: &Settings, wants_sandbox: bool, args: RunArgs) -> Result<(), AppError> {
    let side = Side::choose(settings, wants_sandbox)?;
    let mut signals = Signals::listen()?;
    tokio::select! {
        started = start(settings, &side, args) => started?.serve(settings, &mut signals).await,
        () = signals.next() => Ok(()),
    }
}

/// Everything that runs.
struct Service {
    // Fields end in this order: first who uses, then what is used.
    bot: Bot,
    sandbox: Option<Sandbox>,
    opened: database::Opened,
    _hold: Option<Hold>,
    /// Takes the data directory as soon as it is free, and ends with this value.
    _heir: JoinSet<Result<Hold, AppError>>,
}

async fn start(settings: &Settings, side: &Side, args: RunArgs) -> Result<Service, AppError> {
    let standby = if args.standby { Standby::Wait } else { Standby::No };
    let ops = Ops::open(settings.ops_listen, standby).await?;
    if let Some(address) = ops.address() {
        say(&format!("how far it is: http://{address}/readyz"));
    }
    let is_local = settings.database_url.is_none() || matches!(side, Side::Sandbox);
    let mut named = match settings.database_url {
        Some(_) => Some(look(settings, args).await?),
        None => None,
    };
    let mut early = None;
    if args.standby {
        // Warm: the database is open and of this version before the running process ends.
        early = Some(open(settings, named.take(), args).await?);
        say("standing by");
        supervisor::stand_by();
    }
    let mut heir = JoinSet::new();
    let hold = match (is_local, args.standby, side) {
        (true, false, _) => Some(Hold::take(&settings.data_dir)?),
        // The other process is the local Telegram as well: it has to be gone.
        (true, true, Side::Sandbox) => Some(Hold::wait(&settings.data_dir).await?),
        (true, true, Side::Telegram(_)) => {
            // The lease alone tells who owns the shard, for a process that only hangs keeps its files.
            let dir = settings.data_dir.clone();
            heir.spawn(async move { Hold::wait(&dir).await });
            None
        }
        (false, _, _) => None,
    };
    let (sandbox, api) = match side {
        Side::Telegram(token) => (None, BotApi::new(&settings.api_url, token.expose())?),
        Side::Sandbox => {
            let sandbox = start_sandbox(settings).await?;
            let api = BotApi::new(&sandbox.base_url(), &sandbox.token())?;
            (Some(sandbox), api)
        }
    };
    step(args, "asking Telegram which bot this is");
    let account = Patience::new(settings.token_refused_after).ask(|| api.get_account()).await?;
    // Before the database: what cannot be listened on is told before anything is made or changed there.
    let intake = choose_intake(settings, standby).await?;
    let opened = match early {
        Some(opened) => opened,
        None => open(settings, named, args).await?,
    };
    step(args, "taking the shard and reading what is stored");
    let pool = opened.pool(settings).await?;
    let mut settings = data_key::with_key(&subject::with_key(settings, opened.is_private())?, opened.is_private())?;
    // The local Telegram has a channel for it.
    settings.evidence_chat = settings.evidence_chat.or(sandbox.as_ref().map(Sandbox::channel_id));
    let is_real = matches!(side, Side::Telegram(_)) && !account.is_in_sandbox;
    let entry = admission::entry(&settings, is_real, (&opened, api.bot_id())).await?;
    let parts = BotParts { api: Arc::new(api), database: opened.database.clone(), pool, intake, ops, entry };
    let bot = Bot::start(&settings, parts, standby).await?;
    supervisor::be_ready();
    supervisor::feed(bot.handle().heartbeat());
    match &sandbox {
        Some(sandbox) => say(&format!("LuvHive is ready: {}", sandbox.page_url())),
        None => say(&format!("LuvHive is ready: https://t.me/{}", account.username)),
    }
    Ok(Service { bot, sandbox, opened, _hold: hold, _heir: heir })
}

/// Tells the supervisor of a step of the start, unless that is over: a standby has started once it stands by.
fn step(args: RunArgs, what: &str) {
    if !args.standby {
        supervisor::step(what);
    }
}

/// Decides how updates come in, and listens for them where that is ours to do from now on.
async fn choose_intake(settings: &Settings, standby: Standby) -> Result<Intake, AppError> {
    let Some(Webhook { external_url, listen: address }) = settings.webhook() else { return Ok(Intake::Polling) };
    let listener = match (TcpListener::bind(address).await, standby) {
        (Ok(listener), Standby::No) => Listening::Now(listener),
        // Seen to be an address of ours, and left to the process that runs.
        (Ok(_), Standby::Wait) => Listening::OnceOwned(address),
        (Err(error), Standby::Wait) if error.kind() == io::ErrorKind::AddrInUse => Listening::OnceOwned(address),
        (Err(source), _) => return Err(AppError::WebhookListen { address, source }),
    };
    Ok(Intake::Webhook { url: external_url.to_owned(), listener })
}

/// Prints a longer step of opening the database, and tells the supervisor.
fn tell(what: &str) {
    say(what);
    supervisor::step(what);
}

/// Looks at the named database first, so that somebody who sets up a server learns of a fault there before anything else.
/// Nothing is changed yet.
async fn look(settings: &Settings, args: RunArgs) -> Result<database::Opened, AppError> {
    supervisor::step("looking at the database");
    let opened = database::open(settings, tell).await?;
    opened.reach(settings.start_wait).await?;
    if !args.migrate {
        opened.prepare().await?;
    }
    Ok(opened)
}

/// Opens the private database, or takes the named one that was looked at, and brings it to this version if it may be.
async fn open(settings: &Settings, named: Option<database::Opened>, args: RunArgs) -> Result<database::Opened, AppError> {
    let opened = if let Some(opened) = named {
        opened
    } else {
        supervisor::step("starting the private database");
        database::open(settings, tell).await?
    };
    if opened.is_private() || args.migrate {
        opened.migrate().await?;
    }
    Ok(opened)
}

impl Service {
    async fn serve(mut self, settings: &Settings, signals: &mut Signals) -> Result<(), AppError> {
        tokio::select! {
            error = self.bot.ended() => return Err(error),
            () = signals.next() => {}
        }
        tracing::info!(drain_ms = settings.drain.as_millis(), "stopping");
        supervisor::stop();
        let stop = async {
            let stopped = self.bot.stop().await;
            if let Some(sandbox) = self.sandbox {
                sandbox.stop().await;
            }
            drop(self.opened);
            stopped
        };
        signals.or_again(stop).await.unwrap_or(Ok(()))
    }
}

/// Runs only the local Telegram until a signal asks it to stop.
///
/// # Errors
/// [`AppError::Port`], [`AppError::Sandbox`], [`AppError::DataDir`], [`AppError::Held`].
pub(crate) async fn run_sandbox(settings: &Settings) -> Result<(), AppError> {
    let mut signals = Signals::listen()?;
    let _hold = Hold::take(&settings.data_dir)?;
    let sandbox = start_sandbox(settings).await?;
    say(&format!("the local Telegram is ready: {}", sandbox.page_url()));
    say(&format!("its bot: LUVHIVE__TELEGRAM__API_URL={} BOT_TOKEN={}", sandbox.base_url(), sandbox.token()));
    signals.next().await;
    signals.or_again(sandbox.stop()).await;
    Ok(())
}

/// Makes the sandbox's world and with it its bot, where that is the side and no sandbox has run yet.
///
/// # Errors
/// [`AppError::SandboxOnRealDatabase`], [`AppError::DataDir`], [`AppError::Held`], [`AppError::Sandbox`].
pub(crate) async fn ensure_bot(settings: &Settings, wants_sandbox: bool) -> Result<(), AppError> {
    let side = Side::choose(settings, wants_sandbox)?;
    if let Err(AppError::NoBot) = side.bot_id(settings) {
        let _hold = Hold::take(&settings.data_dir)?;
        start_sandbox(&Settings { sandbox_port: 0, ..settings.clone() }).await?.stop().await;
    }
    Ok(())
}

async fn start_sandbox(settings: &Settings) -> Result<Sandbox, AppError> {
    let sandbox = Sandbox::start(SandboxSettings {
        port: settings.sandbox_port,
        data_dir: Some(settings.data_dir.join("sandbox")),
        people_at_start: settings.sandbox_people,
        bot_name: "LuvHive".to_owned(),
        bot_username: "luvhive_sandbox_bot".to_owned(),
        ..SandboxSettings::default()
    })
    .await?;
    let fail = |source| AppError::DataDir { path: settings.data_dir.clone(), source };
    std::fs::write(settings.data_dir.join(SANDBOX_BOT), sandbox.bot_id().to_string()).map_err(fail)?;
    Ok(sandbox)
}
