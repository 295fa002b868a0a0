//! The channel as a driver holds it.

use super::Sandbox;
use crate::error::SandboxError;
use crate::people::channel;
use crate::people::seen::SeenMessage;
use crate::world::channel::ChannelInfo;

impl Sandbox {
    /// The channel's id, a negative number.
    pub fn channel_id(&self) -> i64 {
        self.shared.with(|world| world.channel.id)
    }

    /// What is known of the channel.
    pub fn channel(&self) -> ChannelInfo {
        self.shared.with(|world| world.channel.info.clone())
    }

    /// Changes the channel: makes it public, removes the bot, lets posts vanish. The bot is told of what concerns it.
    pub fn change_channel(&self, change: impl FnOnce(&mut ChannelInfo)) {
        self.shared.with(|world| {
            let mut info = world.channel.info.clone();
            change(&mut info);
            channel::change(&self.shared, world, info);
        });
    }

    /// The channel's posts, oldest first, as far as they are kept.
    pub fn channel_posts(&self) -> Vec<SeenMessage> {
        let now = self.shared.now_ms();
        self.shared.with(|world| channel::posts(world, now))
    }

    /// Posts a text into the channel as its owner; returns the post's id.
    ///
    /// # Errors
    /// [`SandboxError::NotAllowed`] for an empty or over-long text.
    pub fn post_in_channel(&self, text: &str) -> Result<i64, SandboxError> {
        self.shared.with(|world| channel::post(&self.shared, world, text))
    }
}
