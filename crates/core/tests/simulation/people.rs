//! What simulated people and operators do: they search, answer meetings, talk, change their minds, block and leave.

use std::time::Duration;

use luvhive_core::chat::{Content, Question, Questions, Seat};
use luvhive_core::engine::event::Press;
use luvhive_core::engine::{Command, EngineCommand, UpdateKind};
use luvhive_core::id::{AlbumId, ChatId, MessageId};
use luvhive_core::time::Timestamp;

use super::telegram::{Ask, Draft, account};
use super::world::{Happening, MS, World};

/// Commands older than this are asked about, in seconds.
pub(crate) const OLD_S: i64 = 600;

/// One thing a person does; what is likely depends on where they are.
pub(crate) fn act(world: &mut World, person: usize) {
    if world.telegram.privates[person].is_blocked {
        if world.random.chance(700) {
            world.telegram.privates[person].is_blocked = false;
            post(world, person, Draft::new(UpdateKind::BotUnblocked, Ask::Plain));
            command(world, person, Command::Find);
        }
        return;
    }
    match world.database.seat_of(account(person)) {
        Some(Seat::Chatting { chat, .. }) => chatting(world, person, chat),
        Some(Seat::Meeting { meeting, has_agreed, .. }) => meeting_somebody(world, person, meeting, has_agreed),
        Some(Seat::Waiting { .. }) => waiting(world, person),
        None => idle(world, person),
    }
}

fn idle(world: &mut World, person: usize) {
    match world.random.weighted(&[65, 8, 6, 6, 6, 4, 3, 2, 3]) {
        0 => command(world, person, Command::Find),
        1 => command(world, person, Command::Next),
        2 => say(world, person, Content::Text),
        3 => ask(world, person, Ask::Settings),
        4 => ask(world, person, Ask::Rate),
        5 => ask(world, person, Ask::Block),
        6 => command(world, person, Command::Stop),
        7 => old_command(world, person),
        _ => block_bot(world, person),
    }
}

fn waiting(world: &mut World, person: usize) {
    match world.random.weighted(&[30, 14, 14, 20, 8, 6, 6, 3]) {
        0 => {}
        1 => command(world, person, Command::CancelSearch),
        2 => say(world, person, Content::Text),
        3 => ask(world, person, Ask::Settings),
        4 => ask(world, person, Ask::Block),
        5 => command(world, person, Command::Next),
        6 => block_bot(world, person),
        _ => old_command(world, person),
    }
}

fn meeting_somebody(world: &mut World, person: usize, meeting: ChatId, has_agreed: bool) {
    let Some((_, card)) = world.telegram.privates[person].card.filter(|(shown, _)| *shown == meeting) else {
        if world.random.chance(200) {
            say(world, person, Content::Text);
        }
        return;
    };
    // Some do not look at their phone now.
    if (meeting.get() + i64::try_from(person).unwrap()) % 6 == 0 {
        return;
    }
    let weights = if has_agreed { [0, 3, 40, 40, 8, 3, 2, 2, 2, 2] } else { [70, 8, 8, 6, 0, 3, 3, 2, 3, 2] };
    match world.random.weighted(&weights) {
        0 => press(world, person, Command::Agree(meeting), Some(card)),
        1 => press(world, person, Command::Decline(meeting), Some(card)),
        2 => {}
        3 => say(world, person, Content::Text),
        4 => press(world, person, Command::TakeBack(meeting), Some(card)),
        5 => command(world, person, Command::Next),
        6 => command(world, person, Command::Stop),
        7 => command(world, person, Command::CancelSearch),
        8 => ask(world, person, Ask::Block),
        _ => old_command(world, person),
    }
}

fn chatting(world: &mut World, person: usize, chat: ChatId) {
    let offer = world.telegram.privates[person].offers.iter().rev().find(|(of, _)| *of == chat).copied();
    if let Some((chat, message)) = offer
        && world.random.chance(400)
    {
        let is_photo = world.telegram.is_photo(account(person), message);
        let content = if is_photo { Content::Photo } else { Content::Text };
        press(world, person, Command::SendNow { chat, message, content }, None);
        return;
    }
    if let Some(&hold) = world.telegram.privates[person].asked.last()
        && world.random.chance(300)
    {
        let is_on = world.random.chance(700);
        press(world, person, Command::TakeMedia { hold, is_on }, None);
        return;
    }
    if let Some(&hold) = world.telegram.privates[person].leaks.last()
        && world.random.chance(300)
    {
        let is_yes = world.random.chance(600);
        press(world, person, Command::SendAnyway { hold, is_yes }, None);
        return;
    }
    if let Some(&hold) = world.telegram.privates[person].ages.last()
        && world.random.chance(300)
    {
        let is_yes = world.random.chance(600);
        press(world, person, Command::SayAdult { hold, is_yes }, None);
        return;
    }
    match world.random.weighted(&[68, 7, 6, 3, 2, 4, 2, 4, 3, 1, 6, 3, 2, 14, 2, 10]) {
        0 => {
            for _ in 0..world.random.between(1, 4) {
                say(world, person, Content::Text);
            }
        }
        1 => command(world, person, Command::Next),
        2 => command(world, person, Command::Stop),
        3 => ask(world, person, Ask::Block),
        4 => ask(world, person, Ask::Report),
        5 => {
            ask(world, person, Ask::Settings);
            say(world, person, Content::Text);
            say(world, person, Content::Text);
        }
        6 => say(world, person, Content::Contact),
        7 => {
            ask(world, person, Ask::Plain);
            say(world, person, Content::Text);
        }
        8 => block_bot(world, person),
        10 => ask(world, person, Ask::Edit),
        11 => forward(world, person),
        12 => old_command(world, person),
        13 => photos(world, person),
        15 => {
            secret(world, person);
            say(world, person, Content::Text);
        }
        14 => {
            let is_on = world.random.chance(500);
            press(world, person, Command::TurnMedia { chat, is_on }, None);
        }
        _ => {
            ask(world, person, Ask::Leave);
            say(world, person, Content::Text);
        }
    }
}

/// A command, typed or by a button of the menu; some by an inline button; some by two taps in place of one.
pub(crate) fn command(world: &mut World, person: usize, command: Command) {
    let is_double = world.random.chance(60);
    if world.random.chance(300) {
        press(world, person, command, None);
        return;
    }
    for _ in 0..=u8::from(is_double) {
        // A command is a message, too.
        let _ = world.telegram.new_message(person);
        post(world, person, Draft::new(UpdateKind::Command(command), Ask::Plain));
    }
}

/// A press of an inline button, or two in place of one.
fn press(world: &mut World, person: usize, command: Command, message: Option<MessageId>) {
    let press = Some(Press { message, button: button_of(command) });
    let draft = Draft { press, ..Draft::new(UpdateKind::Command(command), Ask::Plain) };
    post(world, person, draft);
    if world.random.chance(60) {
        let pause = world.random.between(50 * MS, 900 * MS);
        world.at(pause, Happening::Post(person, draft));
    }
}

fn button_of(command: Command) -> u64 {
    let of = |kind: u64, chat: ChatId| kind * 1_000_003 + u64::try_from(chat.get()).unwrap();
    match command {
        Command::Find => 1,
        Command::CancelSearch => 2,
        Command::Next => 3,
        Command::Stop => 4,
        Command::Widen(_) => 5,
        Command::Agree(meeting) => of(6, meeting),
        Command::TakeBack(meeting) => of(7, meeting),
        Command::Decline(meeting) => of(8, meeting),
        // Nobody here has friends who invite.
        Command::AcceptInvitation(_) | Command::DeclineInvitation(_) => 0,
        Command::SendAnyway { hold, is_yes } => of(12, ChatId::new(hold.get())) ^ u64::from(is_yes),
        Command::SayAdult { hold, is_yes } => of(13, ChatId::new(hold.get())) ^ u64::from(is_yes),
        Command::TakeMedia { hold, is_on } => of(10, ChatId::new(hold.get())) ^ u64::from(is_on),
        Command::TurnMedia { chat, is_on } => of(11, chat) ^ u64::from(is_on),
        Command::SendNow { chat, message, .. } => of(9, chat) ^ (u64::from(message.get().unsigned_abs()) << 40),
    }
}

/// A command that Telegram has kept back for longer than anybody means it.
fn old_command(world: &mut World, person: usize) {
    let command = [Command::Find, Command::Next, Command::Stop, Command::CancelSearch][world.random.below(4)];
    let age_s = OLD_S + world.random.between(100, 3_000);
    post(world, person, Draft { age_s, ..Draft::new(UpdateKind::Command(command), Ask::Plain) });
}

/// Forwards a message of somebody else that reads like a command.
fn forward(world: &mut World, person: usize) {
    let command = if world.random.chance(500) { Command::Stop } else { Command::Next };
    let message = world.telegram.new_message(person);
    let kind = UpdateKind::Message { message, content: Content::Text, reply_to: None, album: None, leaks: Questions::EMPTY };
    post(world, person, Draft { forwards: Some(command), ..Draft::new(kind, Ask::Plain) });
}

/// Asks for something that a lane does.
pub(crate) fn ask(world: &mut World, person: usize, ask: Ask) {
    let kind = match ask {
        Ask::Plain | Ask::Settings | Ask::Rate => UpdateKind::Other,
        Ask::Block | Ask::Report | Ask::Leave => UpdateKind::Safety,
        Ask::Edit => UpdateKind::Edit,
    };
    post(world, person, Draft::new(kind, ask));
}

pub(crate) fn say(world: &mut World, person: usize, content: Content) {
    let message = world.telegram.new_message(person);
    let reply_to = if world.random.chance(250) { pick_reply(world, person) } else { None };
    world.telegram.privates[person].talk.push((world.now, message));
    post(
        world,
        person,
        Draft::new(UpdateKind::Message { message, content, reply_to, album: None, leaks: Questions::EMPTY }, Ask::Plain),
    );
    if world.random.chance(5) {
        world.telegram.spoil_last(person);
    }
}

/// A message in which something can identify its writer, or that says that they are under 18.
fn secret(world: &mut World, person: usize) {
    let message = world.telegram.new_message(person);
    world.telegram.privates[person].talk.push((world.now, message));
    let leak = [Question::Phone, Question::Email, Question::Link, Question::Age][world.random.below(4)];
    let (content, leaks) = (Content::Text, Questions::EMPTY.with(leak));
    let kind = UpdateKind::Message { message, content, reply_to: None, album: None, leaks };
    post(world, person, Draft::new(kind, Ask::Plain));
}

/// A photo, or an album with something written behind it.
fn photos(world: &mut World, person: usize) {
    let count = [1, 1, 3][world.random.below(3)];
    let mut album = None;
    for _ in 0..count {
        let message = world.telegram.new_message(person);
        if count > 1 && album.is_none() {
            album = Some(AlbumId::new(i64::from(message.get())));
        }
        world.telegram.privates[person].talk.push((world.now, message));
        let kind = UpdateKind::Message { message, content: Content::Photo, reply_to: None, album, leaks: Questions::EMPTY };
        post(world, person, Draft::new(kind, Ask::Plain));
    }
    say(world, person, Content::Text);
}

fn pick_reply(world: &mut World, person: usize) -> Option<MessageId> {
    let back = world.random.below(6);
    let talk = world.telegram.privates[person].talk.iter().rev();
    talk.filter(|(from, _)| *from <= world.now).nth(back).map(|&(_, message)| message)
}

/// A person blocks the bot; Telegram says so, unless they vanish without a word.
pub(crate) fn block_bot(world: &mut World, person: usize) {
    world.telegram.privates[person].is_blocked = true;
    if world.random.chance(500) {
        post(world, person, Draft::new(UpdateKind::BotBlocked, Ask::Plain));
    }
}

pub(crate) fn post(world: &mut World, person: usize, draft: Draft) {
    world.held.press(account(person), draft.kind);
    world.telegram.post(person, draft, world.now);
    world.wake_polls();
}

/// An operator suspends somebody or lifts what was decided.
pub(crate) fn operate(world: &mut World) {
    let count = world.database.people.len();
    if world.database.is_down || count == 0 {
        return;
    }
    let nth = world.random.below(count);
    let Some(&person) = world.database.people.keys().nth(nth) else { return };
    let is_suspended = world.database.people[&person].is_suspended(world.wall());
    let until = match (is_suspended, world.random.chance(300)) {
        (true, _) => None,
        (false, true) => Some(Timestamp::MAX),
        (false, false) => Some(world.wall().plus(Duration::from_secs(u64::try_from(world.random.between(5, 20)).unwrap()))),
    };
    if let Some(facts) = world.database.people.get_mut(&person) {
        facts.suspended_until = until;
    }
    let _ = world.database.add_command(EngineCommand::Sanction { person, until, reason: "spam".to_owned(), news: None }, false);
}
