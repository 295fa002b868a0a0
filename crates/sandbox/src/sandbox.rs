//! The sandbox as its driver holds it: started, driven, watched, stopped.
//! The control API of [`crate::control`] offers the same over HTTP.

mod channel;
pub(crate) mod stars;
mod wait;

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::serve::ListenerExt;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::api::files::uploaded;
use crate::api::profile::commands_for;
use crate::control::router;
use crate::deliver::webhook;
use crate::error::SandboxError;
use crate::faults::{ActiveFault, Fault};
use crate::people::draft::Draft;
use crate::people::media::{Media, MediaOptions};
use crate::people::seen::{Button, SeenButton, SeenMessage, buttons};
use crate::people::subscription::{self, advance};
use crate::people::{Actor, Written, erase};
use crate::person::{Person, PersonId, PersonSpec, Standing};
use crate::settings::SandboxSettings;
use crate::shared::Shared;
use crate::world::record::Record;
use crate::world::{Chat, World};

/// How long open requests may take to end when the sandbox stops.
const STOP_WITHIN: Duration = Duration::from_millis(500);

/// A local Telegram. Dropping it lets go of everything at once, as a kill would.
pub struct Sandbox {
    pub(crate) shared: Arc<Shared>,
    tasks: JoinSet<()>,
}

impl Sandbox {
    /// Opens or makes the world and serves it on 127.0.0.1.
    ///
    /// # Errors
    /// [`SandboxError::Bind`] when the port is taken, [`SandboxError::File`],
    /// [`SandboxError::Corrupt`] and [`SandboxError::InUse`] when the world cannot be opened.
    pub async fn start(settings: SandboxSettings) -> Result<Self, SandboxError> {
        let bind = |source| SandboxError::Bind { port: settings.port, source };
        let listener = TcpListener::bind(("127.0.0.1", settings.port)).await.map_err(bind)?;
        let shared = Shared::open(&settings)?;
        shared.port.store(listener.local_addr().map_err(bind)?.port(), Ordering::Relaxed);
        let listener = listener.tap_io(|stream| {
            // Without it small answers wait for the peer's acknowledgement; failing is harmless.
            let _ = stream.set_nodelay(true);
        });
        let mut stopping = shared.stopping.subscribe();
        let server = axum::serve(listener, router(Arc::clone(&shared))).with_graceful_shutdown(async move {
            // An error means that the sandbox is gone: then this is over as well.
            let _ = stopping.wait_for(|stopping| *stopping).await;
        });
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            if let Err(error) = server.await {
                tracing::error!(%error, "the sandbox no longer serves");
            }
        });
        tasks.spawn(webhook::run(Arc::clone(&shared)));
        tasks.spawn(subscription::run(Arc::clone(&shared)));
        Ok(Self { shared, tasks })
    }

    /// Ends all waiting requests and closes the world's file.
    pub async fn stop(mut self) {
        self.shared.stopping.send_replace(true);
        let all = async { while self.tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(STOP_WITHIN, all).await.is_err() {
            tracing::debug!("some requests to the sandbox were cut");
        }
    }

    /// `http://127.0.0.1:<port>`: the Bot API lies below it.
    pub fn base_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port())
    }

    /// The page with the phones.
    pub fn page_url(&self) -> String {
        format!("{}/", self.base_url())
    }

    /// The port it listens on.
    pub fn port(&self) -> u16 {
        self.shared.port.load(Ordering::Relaxed)
    }

    /// The bot's token.
    pub fn token(&self) -> String {
        self.shared.token.clone()
    }

    /// The bot's Telegram id, the number before the token's colon.
    pub fn bot_id(&self) -> i64 {
        self.shared.with(|world| world.bot.id)
    }

    /// Creates a person.
    pub fn add_person(&self, spec: &PersonSpec) -> PersonId {
        self.shared.with(|world| world.add_person(spec))
    }

    /// Everybody, in the order in which they were added.
    pub fn people(&self) -> Vec<Person> {
        self.shared.with(|world| world.numbers.values().filter_map(|id| Some(world.chats.get(id)?.person.clone())).collect())
    }

    /// Sends a text from a person to the bot; returns the message's id.
    ///
    /// # Errors
    /// [`SandboxError::UnknownPerson`], [`SandboxError::UnknownMessage`] for the reply,
    /// [`SandboxError::CutOff`] for a person who blocked the bot, [`SandboxError::NotAllowed`] for an empty
    /// or over-long text.
    pub fn send_text(&self, person: PersonId, text: &str, reply_to: Option<i64>) -> Result<i64, SandboxError> {
        let draft = Draft::text(text, None, reply_to)?;
        self.act(person, |mut actor| actor.say(draft))
    }

    /// Like [`Self::send_text`]; returns what Telegram noted of the message.
    ///
    /// # Errors
    /// As [`Self::send_text`].
    pub fn write(&self, person: PersonId, text: &str, reply_to: Option<i64>) -> Result<Written, SandboxError> {
        let draft = Draft::text(text, None, reply_to)?;
        self.act(person, |mut actor| actor.write(draft))
    }

    /// Like [`Self::send_text`], with entities as Bot API objects.
    ///
    /// # Errors
    /// As [`Self::send_text`].
    pub fn send_formatted(
        &self,
        person: PersonId,
        text: &str,
        entities: &[Value],
        reply_to: Option<i64>,
    ) -> Result<i64, SandboxError> {
        let draft = Draft::text(text, Some(&entities.to_vec()), reply_to)?;
        self.act(person, |mut actor| actor.say(draft))
    }

    /// Sends something other than text; returns the message's id.
    ///
    /// # Errors
    /// As [`Self::send_text`].
    pub fn send_media(&self, person: PersonId, media: &Media, options: &MediaOptions) -> Result<i64, SandboxError> {
        self.act(person, |mut actor| {
            let draft = Draft::media(actor.world, person, media, options)?;
            actor.say(draft)
        })
    }

    /// Forwards a message out of the chat of `from` (the person's own chat or another) to the bot; returns its id there.
    ///
    /// # Errors
    /// As [`Self::send_text`]; [`SandboxError::NotAllowed`] for protected messages and those that cannot be copied.
    pub fn forward(&self, person: PersonId, from: PersonId, message_id: i64) -> Result<i64, SandboxError> {
        self.act(person, |mut actor| actor.forward(from, message_id))
    }

    /// Presses an inline button under a message; returns the callback query's id.
    ///
    /// # Errors
    /// [`SandboxError::UnknownMessage`] and [`SandboxError::NoSuchButton`] when it is not there,
    /// [`SandboxError::NotAllowed`] for a button that sends nothing to the bot.
    pub fn press(&self, person: PersonId, message_id: i64, button: impl Into<Button>) -> Result<String, SandboxError> {
        let button = button.into();
        self.act(person, |mut actor| actor.press_inline(message_id, &button))
    }

    /// Presses a button that the person's screen still shows, even if the bot has changed the message since;
    /// Telegram passes such a press on. Returns the callback query's id.
    ///
    /// # Errors
    /// [`SandboxError::UnknownMessage`].
    pub fn press_as_shown(&self, person: PersonId, message_id: i64, data: &str) -> Result<String, SandboxError> {
        self.act(person, |mut actor| actor.call_back(message_id, data))
    }

    /// Presses the button where it was last seen; returns the callback query's id.
    ///
    /// # Errors
    /// [`SandboxError::NoSuchButton`] when no message has it.
    pub fn press_latest(&self, person: PersonId, button: impl Into<Button>) -> Result<String, SandboxError> {
        let button = button.into();
        let message = self
            .messages(person)
            .into_iter()
            .rev()
            .find(|message| message.buttons.iter().flatten().any(|known| button.fits(known)))
            .ok_or_else(|| SandboxError::NoSuchButton { message_id: 0, button: format!("{button:?}") })?;
        self.press(person, message.id, button)
    }

    /// Presses a key of the reply keyboard, which sends its text; returns the message's id.
    ///
    /// # Errors
    /// [`SandboxError::NoSuchButton`] when no keyboard with that key is shown.
    pub fn press_reply_button(&self, person: PersonId, button: impl Into<Button>) -> Result<i64, SandboxError> {
        let button = button.into();
        let missing = || SandboxError::NoSuchButton { message_id: 0, button: format!("{button:?}") };
        let keys = self.reply_keyboard(person);
        let key = keys.into_iter().flatten().find(|key| button.fits(key)).ok_or_else(missing)?;
        self.send_text(person, &key.text, None)
    }

    /// The reply keyboard the person sees, row by row; empty when there is none.
    pub fn reply_keyboard(&self, person: PersonId) -> Vec<Vec<SeenButton>> {
        self.chat(person, |chat| buttons(chat.keyboard.as_deref(), "keyboard")).unwrap_or_default()
    }

    /// Changes the text or caption of a person's own message.
    ///
    /// # Errors
    /// [`SandboxError::UnknownMessage`]; [`SandboxError::NotAllowed`] for the bot's messages.
    pub fn edit_text(&self, person: PersonId, message_id: i64, text: &str) -> Result<(), SandboxError> {
        self.act(person, |mut actor| actor.change(message_id, text))
    }

    /// Puts another file in place of that of a person's own message; `asset` names a ready one, such as `forest`.
    ///
    /// # Errors
    /// [`SandboxError::UnknownMessage`]; [`SandboxError::NotAllowed`] unless both are photo, video, animation, audio or file.
    pub fn edit_media(&self, person: PersonId, message_id: i64, media: &Media, asset: Option<&str>) -> Result<(), SandboxError> {
        self.act(person, |mut actor| actor.change_media(message_id, media, asset))
    }

    /// Moves a live location of the person's own to these degrees north and east; `None` ends it.
    ///
    /// # Errors
    /// [`SandboxError::UnknownMessage`]; [`SandboxError::NotAllowed`] for anything that is not live any more.
    pub fn move_location(&self, person: PersonId, message_id: i64, point: Option<(f64, f64)>) -> Result<(), SandboxError> {
        self.act(person, |mut actor| actor.move_live(message_id, point))
    }

    /// Deletes a message on both sides; the bot is not told, as in Telegram.
    ///
    /// # Errors
    /// [`SandboxError::UnknownMessage`]; [`SandboxError::NotAllowed`] for a dice younger than a day.
    pub fn delete_message(&self, person: PersonId, message_id: i64) -> Result<(), SandboxError> {
        let now = self.shared.now_ms();
        self.shared.with(|world| erase(world, now, person, message_id))
    }

    /// Reads a file that the bot sent, by the `file_id` in a message; `None` for any other.
    pub fn read_upload(&self, file_id: &str) -> Option<String> {
        self.shared.with(|world| uploaded(world, file_id).map(str::to_owned))
    }

    /// Reacts with one of Telegram's usual emoji, or takes the reaction back.
    ///
    /// # Errors
    /// [`SandboxError::UnknownMessage`]; [`SandboxError::NotAllowed`] for another emoji.
    pub fn react(&self, person: PersonId, message_id: i64, emoji: Option<&str>) -> Result<(), SandboxError> {
        self.act(person, |mut actor| actor.react(message_id, emoji))
    }

    /// Changes the language of the person's Telegram, an IETF tag or nothing; the bot learns it with what they do next.
    ///
    /// # Errors
    /// [`SandboxError::UnknownPerson`].
    pub fn change_language(&self, person: PersonId, language_code: &str) -> Result<(), SandboxError> {
        self.shared.with(|world| {
            let chat = world.chats.get(&person.get()).ok_or(SandboxError::UnknownPerson(person))?;
            let changed = Person { language_code: language_code.to_owned(), ..chat.person.clone() };
            world.commit(Record::Person(changed));
            Ok(())
        })
    }

    /// Blocks the bot.
    ///
    /// # Errors
    /// [`SandboxError::UnknownPerson`].
    pub fn block_bot(&self, person: PersonId) -> Result<(), SandboxError> {
        self.act(person, |mut actor| actor.stand(Standing::Blocked))
    }

    /// Unblocks the bot.
    ///
    /// # Errors
    /// [`SandboxError::UnknownPerson`].
    pub fn unblock_bot(&self, person: PersonId) -> Result<(), SandboxError> {
        self.act(person, |mut actor| actor.stand(Standing::Open))
    }

    /// Deletes the person's account: the bot gets 403 "user is deactivated".
    ///
    /// # Errors
    /// [`SandboxError::UnknownPerson`].
    pub fn deactivate(&self, person: PersonId) -> Result<(), SandboxError> {
        self.act(person, |mut actor| actor.stand(Standing::Deactivated))
    }

    /// The person's chat, oldest message first, as far as it is kept; empty for nobody.
    pub fn messages(&self, person: PersonId) -> Vec<SeenMessage> {
        self.chat(person, |chat| chat.messages.iter().map(SeenMessage::new).collect()).unwrap_or_default()
    }

    /// The id of the newest message in the person's chat, by any writer.
    pub fn newest_message(&self, person: PersonId) -> Option<i64> {
        self.chat(person, |chat| chat.messages.back().map(|message| message.id))?
    }

    fn act<T>(&self, person: PersonId, act: impl FnOnce(Actor<'_>) -> T) -> T {
        self.shared.with(|world| act(Actor::new(&self.shared, world, person)))
    }

    fn chat<T>(&self, person: PersonId, read: impl FnOnce(&Chat) -> T) -> Option<T> {
        self.shared.with(|world| world.chats.get(&person.get()).map(read))
    }

    /// A point in the world's history, for [`Self::wait_for`]: what changes later has a higher
    /// [`SeenMessage::version`].
    pub fn mark(&self) -> u64 {
        self.shared.with(|world| world.version)
    }

    /// Queues an update of any kind, known to Telegram or not: an object with one field besides
    /// `update_id`, which is replaced. Returns the id it got.
    ///
    /// # Errors
    /// [`SandboxError::BadUpdate`] for anything else.
    pub fn inject_raw_update(&self, update: &Value) -> Result<i64, SandboxError> {
        self.shared.with(|world| world.inject(self.shared.now_ms(), update)?.ok_or(SandboxError::BadUpdate))
    }

    /// How many updates the bot has not confirmed.
    pub fn pending_updates(&self) -> usize {
        let now = self.shared.now_ms();
        self.shared.with(|world| {
            world.expire(now);
            world.queue.waiting.len()
        })
    }

    /// The number below which the bot has confirmed every update.
    pub fn confirmed_below(&self) -> i64 {
        self.shared.with(|world| world.queue.waiting.first_key_value().map_or(world.next.update, |(&id, _)| id))
    }

    /// The world's time in milliseconds since 1970, as [`crate::Delivery`] tells it.
    pub fn now_ms(&self) -> i64 {
        self.shared.now_ms()
    }

    /// Scripts a fault; returns its id.
    pub fn add_fault(&self, fault: Fault) -> u64 {
        self.shared.faults.add(fault)
    }

    /// Takes a fault back.
    pub fn remove_fault(&self, id: u64) {
        self.shared.faults.remove(Some(id));
    }

    /// Takes all faults back.
    pub fn clear_faults(&self) {
        self.shared.faults.remove(None);
    }

    /// The faults at work.
    pub fn faults(&self) -> Vec<ActiveFault> {
        self.shared.faults.list()
    }

    /// The commands a person's Telegram offers, as Bot API objects.
    pub fn commands(&self, person: PersonId) -> Value {
        let language = self.chat(person, |chat| chat.person.language_code.clone()).unwrap_or_default();
        self.shared.with(|world| commands_for(world, person.get(), &language))
    }

    /// Moves the world's time forwards: updates expire after 24 h, presses after 150 s, checkouts
    /// after 10 s, and subscriptions renew or lapse.
    pub fn advance_clock(&self, by: Duration) {
        advance(&self.shared, by);
    }
}

impl std::fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sandbox").field("port", &self.port()).finish_non_exhaustive()
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.shared.stopping.send_replace(true);
        self.tasks.abort_all();
        // In this order: what is no longer stored must not be answered either.
        self.shared.is_dead.store(true, Ordering::Release);
        self.shared.with(World::close);
    }
}
