//! What simulated people and operators do: they search, talk, change their minds, block and leave.

use luvhive_core::chat::{Content, Seat};
use luvhive_core::engine::{Command, EngineCommand, UpdateKind};
use luvhive_core::id::MessageId;
use luvhive_core::time::Timestamp;

use super::telegram::{Ask, account};
use super::world::{SECOND, World, timestamp};

/// One thing a person does; what is likely depends on where they are.
pub(crate) fn act(world: &mut World, person: usize) {
    if world.telegram.privates[person].is_blocked {
        if world.random.chance(700) {
            world.telegram.privates[person].is_blocked = false;
            post(world, person, UpdateKind::BotUnblocked, Ask::Plain);
            command(world, person, Command::Find);
        }
        return;
    }
    match world.database.seat_of(account(person)) {
        Some(Seat::Chatting { .. }) => chatting(world, person),
        Some(Seat::Waiting { .. }) => waiting(world, person),
        None => idle(world, person),
    }
}

fn idle(world: &mut World, person: usize) {
    match world.random.weighted(&[65, 8, 6, 6, 6, 4, 3, 2]) {
        0 => command(world, person, Command::Find),
        1 => command(world, person, Command::Next),
        2 => say(world, person, Content::Text),
        3 => other(world, person, Ask::Settings),
        4 => other(world, person, Ask::Rate),
        5 => other(world, person, Ask::Block),
        6 => command(world, person, Command::Stop),
        _ => block_bot(world, person),
    }
}

fn waiting(world: &mut World, person: usize) {
    match world.random.weighted(&[30, 14, 14, 22, 8, 6, 6]) {
        0 => {}
        1 => command(world, person, Command::CancelSearch),
        2 => say(world, person, Content::Text),
        3 => other(world, person, Ask::Settings),
        4 => other(world, person, Ask::Block),
        5 => command(world, person, Command::Next),
        _ => block_bot(world, person),
    }
}

fn chatting(world: &mut World, person: usize) {
    match world.random.weighted(&[68, 7, 6, 3, 2, 4, 2, 4, 3, 1, 6]) {
        0 => {
            for _ in 0..world.random.between(1, 4) {
                say(world, person, Content::Text);
            }
        }
        1 => command(world, person, Command::Next),
        2 => command(world, person, Command::Stop),
        3 => other(world, person, Ask::Block),
        4 => other(world, person, Ask::Report),
        5 => {
            other(world, person, Ask::Settings);
            say(world, person, Content::Text);
            say(world, person, Content::Text);
        }
        6 => say(world, person, Content::Contact),
        7 => {
            other(world, person, Ask::Plain);
            say(world, person, Content::Text);
        }
        8 => block_bot(world, person),
        10 => other(world, person, Ask::Edit),
        _ => {
            other(world, person, Ask::Leave);
            say(world, person, Content::Text);
        }
    }
}

fn command(world: &mut World, person: usize, command: Command) {
    // A command is a message, too.
    let _ = world.telegram.new_message(person);
    post(world, person, UpdateKind::Command(command), Ask::Plain);
}

fn other(world: &mut World, person: usize, ask: Ask) {
    post(world, person, UpdateKind::Other, ask);
}

fn say(world: &mut World, person: usize, content: Content) {
    let message = world.telegram.new_message(person);
    let reply_to = if world.random.chance(250) { pick_reply(world, person) } else { None };
    world.telegram.privates[person].talk.push((world.now, message));
    post(world, person, UpdateKind::Message { message, content, reply_to }, Ask::Plain);
    if world.random.chance(5) {
        world.telegram.spoil_last();
    }
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
        post(world, person, UpdateKind::BotBlocked, Ask::Plain);
    }
}

fn post(world: &mut World, person: usize, kind: UpdateKind, ask: Ask) {
    world.telegram.post(person, kind, ask);
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
    let is_suspended = world.database.people[&person].is_suspended(timestamp(world.now));
    let until = match (is_suspended, world.random.chance(300)) {
        (true, _) => None,
        (false, true) => Some(Timestamp::MAX),
        (false, false) => Some(timestamp(world.now + world.random.between(5 * SECOND, 20 * SECOND))),
    };
    if let Some(facts) = world.database.people.get_mut(&person) {
        facts.suspended_until = until;
    }
    let _ = world.database.add_command(EngineCommand::Sanction { person, until, reason: "spam".to_owned() }, false);
}
