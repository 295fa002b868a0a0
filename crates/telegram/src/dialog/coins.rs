//! Coins by buttons: the daily ones, the spin, gifts to a partner, premium for coins, inviting friends.
//! A movement that was made before is not made again: its key is looked up first, and one person's lane works in order.

use luvhive_core::coins::{self, CoinRefusal, CoinStanding, Coins, Giving, InviteCode, Movement};
use luvhive_core::engine::event::EngineCommand;
use luvhive_core::id::MessageId;
use luvhive_core::person::PersonFacts;
use luvhive_core::ports::{Change, StoreError};

use super::{Dialogs, Scene, Turn};
use crate::callback::CoinAction;
use crate::view::coins::{self as view, Purse};

/// How long a page on which coins can be spent may be used.
const PAGE_LASTS_MS: u64 = 3_600_000;
/// Among so many last movements a page's own one is looked for.
const LOOKED_AT: u16 = 100;

impl Dialogs {
    pub(super) async fn hear_coins(&self, scene: &Scene<'_>, facts: &PersonFacts, turn: &mut Turn) -> Result<(), StoreError> {
        let purse = self.purse(scene, facts).await?;
        turn.say(scene, &view::overview(scene.words, &purse));
        Ok(())
    }

    pub(super) async fn hear_invite(&self, scene: &Scene<'_>, facts: &PersonFacts, turn: &mut Turn) -> Result<(), StoreError> {
        let link = self.invite_link(facts, turn).await?;
        turn.say(scene, &view::invite(scene.words, &link));
        Ok(())
    }

    pub(super) async fn press_coins(
        &self,
        scene: &Scene<'_>,
        facts: &PersonFacts,
        message: Option<MessageId>,
        action: CoinAction,
        turn: &mut Turn,
    ) -> Result<(), StoreError> {
        let (words, person) = (scene.words, facts.person);
        let purse = self.purse(scene, facts).await?;
        let standing = purse.standing;
        match action {
            CoinAction::Open => turn.show(scene, message, &view::overview(words, &purse)),
            CoinAction::Daily => {
                let made = coins::daily(person, &standing, scene.now).map(|movement| (movement, Vec::new()));
                let hint = |coins: Coins| words.with("coins-daily-got", &[("coins", coins.get().into())]);
                let after = |standing: CoinStanding| CoinStanding { daily_at: Some(scene.now), ..standing };
                self.make(scene, purse, message, made, after, hint, turn).await?;
            }
            CoinAction::Spin => {
                let made = coins::spin(person, &standing, scene.now).map(|movement| (movement, Vec::new()));
                let hint = |coins: Coins| words.with("coins-spun", &[("coins", coins.get().into())]);
                let after = |standing: CoinStanding| CoinStanding { spun_at: Some(scene.now), ..standing };
                self.make(scene, purse, message, made, after, hint, turn).await?;
            }
            CoinAction::Gifts(to) => {
                if self.receiver_or_say(scene, facts, to, turn).await?.is_some() {
                    turn.show(scene, message, &view::gifts(words, standing.balance, to, millis(scene)));
                }
            }
            CoinAction::Give { page_ms, .. } | CoinAction::Redeem { page_ms } if !is_fresh(scene, page_ms) => {
                turn.answer_with(words.text("old-button"));
            }
            CoinAction::Give { gift, to, page_ms } => {
                let Some(receiver) = self.receiver_or_say(scene, facts, to, turn).await? else { return Ok(()) };
                // Somebody who blocked the giver hears nothing of it, and the giver does not learn of the block.
                let told = if self.chats.has_block(person, receiver).await? {
                    Vec::new()
                } else {
                    vec![Change::ToEngine(EngineCommand::Gifted { person: receiver, coins: gift.coins() })]
                };
                let giving = Giving { from: person, to: receiver, gift, unique: page_ms };
                let made = coins::gift(giving, &standing, scene.now).map(|movement| (movement, told));
                let hint = |coins: Coins| words.with("coins-given", &[("coins", coins.get().into())]);
                self.make(scene, purse, message, made, |standing| standing, hint, turn).await?;
            }
            // Days of premium would run while they can neither search nor chat.
            CoinAction::AskRedeem | CoinAction::Redeem { .. } if facts.is_suspended(scene.now) => {
                turn.alert(words.text("coins-suspended"));
            }
            CoinAction::AskRedeem if standing.balance < coins::rule::REDEEM => {
                let refusal = CoinRefusal::TooFew { have: standing.balance, need: coins::rule::REDEEM };
                turn.alert(view::refusal(words, refusal, scene.now));
            }
            CoinAction::AskRedeem => turn.show(scene, message, &view::ask_redeem(words, standing.balance, millis(scene))),
            CoinAction::Redeem { page_ms } => {
                let made = coins::redeem(person, &standing, page_ms, scene.now)
                    .map(|(movement, grant)| (movement, vec![Change::Grant(Box::new(grant))]));
                let hint = |_: Coins| words.with("coins-redeemed", &[("days", coins::rule::REDEEM_DAYS.into())]);
                self.make(scene, purse, message, made, |standing| standing, hint, turn).await?;
            }
            CoinAction::Invite => {
                let link = self.invite_link(facts, turn).await?;
                turn.show(scene, message, &view::invite(words, &link));
            }
        }
        Ok(())
    }

    /// Makes a movement with what goes with it, unless it was made before, and shows the purse after it.
    #[expect(clippy::too_many_arguments, reason = "what differs between the movements is given as it is")]
    async fn make(
        &self,
        scene: &Scene<'_>,
        purse: Purse,
        message: Option<MessageId>,
        made: Result<(Movement, Vec<Change>), CoinRefusal>,
        after: impl FnOnce(CoinStanding) -> CoinStanding + Send,
        hint: impl FnOnce(Coins) -> String + Send,
        turn: &mut Turn,
    ) -> Result<(), StoreError> {
        let Some(me) = scene.visitor.person.as_ref().map(|person| person.facts.person) else { return Ok(()) };
        let (movement, others) = match made {
            Ok(made) => made,
            Err(refusal) => {
                turn.alert(view::refusal(scene.words, refusal, scene.now));
                return Ok(());
            }
        };
        let before = self.trade.ledger.list_movements(me, LOOKED_AT).await?;
        if before.iter().any(|other| other.key == movement.key) {
            turn.answer_with(scene.words.text("coins-done-before"));
            return Ok(());
        }
        let (coins, balance) = (movement.coins, purse.standing.balance.get());
        let balance = if movement.credit == coins::CoinAccount::Person(me) {
            balance.saturating_add(coins.get())
        } else {
            balance.saturating_sub(coins.get())
        };
        let standing = after(CoinStanding { balance: Coins::new(balance), ..purse.standing });
        turn.change(Change::MoveCoins(Box::new(movement)));
        turn.changes.extend(others);
        let screen = view::overview(scene.words, &Purse { standing, ..purse });
        turn.show(scene, message, &screen.with_hint(&hint(coins)));
        Ok(())
    }

    async fn purse(&self, scene: &Scene<'_>, facts: &PersonFacts) -> Result<Purse, StoreError> {
        let standing = self.trade.ledger.get_coins(facts.person).await?;
        let chat = self.find_giftable(scene, facts.person).await?;
        Ok(Purse { standing, chat, now: scene.now })
    }

    /// The link that invites friends; the first time a code is drawn for it.
    async fn invite_link(&self, facts: &PersonFacts, turn: &mut Turn) -> Result<String, StoreError> {
        let person = facts.person;
        let code = if let Some(code) = self.trade.ledger.find_invite_code(person).await? {
            code
        } else {
            // Keyed, so that nobody can tell whose it is, and the same after a crash.
            let code = InviteCode::from_random(self.key.marks().draw(&format!("invite {person}")));
            turn.change(Change::OpenInvites { person, code: code.clone() });
            code
        };
        Ok(format!("https://t.me/{}?start=ref_{code}", self.username))
    }
}

fn millis(scene: &Scene<'_>) -> u64 {
    scene.now.as_matcher_millis()
}

fn is_fresh(scene: &Scene<'_>, page_ms: u64) -> bool {
    millis(scene).checked_sub(page_ms).is_some_and(|age_ms| age_ms <= PAGE_LASTS_MS)
}
