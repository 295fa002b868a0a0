//! Coins by buttons: the daily ones, the spin, gifts to a partner, premium for coins, inviting friends.
//! A movement that was made before is not made again: its key is looked up first, and one person's lane works in order.

use luvhive_core::coins::{self, CoinRefusal, Deal, Deed, InviteCode, carry_out};
use luvhive_core::engine::{EngineCommand, News};
use luvhive_core::person::PersonFacts;
use luvhive_core::ports::{Change, StoreError};

use super::{Dialogs, Done, Talk};
use crate::callback::CoinAction;
use crate::view::coins::{self as view, Purse};

/// How long a page on which coins can be spent may be used.
const PAGE_LASTS_MS: u64 = 3_600_000;
/// Among so many last movements a page's own one is looked for.
const LOOKED_AT: u16 = 100;

impl Dialogs {
    pub(super) async fn hear_coins(&self, talk: &mut Talk<'_>, facts: &PersonFacts) -> Done {
        let purse = self.purse(talk, facts).await?;
        talk.say(&view::overview(talk.words, &purse));
        Ok(())
    }

    pub(super) async fn hear_invite(&self, talk: &mut Talk<'_>, facts: &PersonFacts) -> Done {
        let link = self.invite_link(talk, facts).await?;
        talk.say(&view::invite(talk.words, &link));
        Ok(())
    }

    pub(super) async fn press_coins(&self, talk: &mut Talk<'_>, facts: &PersonFacts, action: CoinAction) -> Done {
        let words = talk.words;
        let purse = self.purse(talk, facts).await?;
        let standing = purse.standing;
        match action {
            CoinAction::Open => talk.show(&view::overview(words, &purse)),
            CoinAction::Daily => self.make(talk, purse, Deed::Daily).await?,
            CoinAction::Spin => self.make(talk, purse, Deed::Spin).await?,
            CoinAction::Gifts(to) => {
                if self.receiver_or_say(talk, facts, to).await?.is_some() {
                    talk.show(&view::gifts(words, standing.balance, to, millis(talk)));
                }
            }
            CoinAction::Give { page_ms, .. } | CoinAction::Redeem { page_ms } if !is_fresh(talk, page_ms) => {
                talk.answer_with(words.text("old-button"));
            }
            CoinAction::Give { gift, to, page_ms } => {
                let Some(receiver) = self.receiver_or_say(talk, facts, to).await? else { return Ok(()) };
                self.make(talk, purse, Deed::Give { to: receiver, gift, unique: page_ms }).await?;
            }
            // Days of premium would run while they can neither search nor chat.
            CoinAction::AskRedeem | CoinAction::Redeem { .. } if facts.is_suspended(talk.now) => {
                talk.alert(words.text("coins-suspended"));
            }
            CoinAction::AskRedeem if standing.balance < coins::rule::REDEEM => {
                let refusal = CoinRefusal::TooFew { have: standing.balance, need: coins::rule::REDEEM };
                talk.alert(view::refusal(words, refusal, talk.now));
            }
            CoinAction::AskRedeem => talk.show(&view::ask_redeem(words, standing.balance, millis(talk))),
            CoinAction::Redeem { page_ms } => self.make(talk, purse, Deed::Redeem(page_ms)).await?,
            CoinAction::Invite => {
                let link = self.invite_link(talk, facts).await?;
                talk.show(&view::invite(words, &link));
            }
        }
        Ok(())
    }

    /// Carries out a deed, unless it was done before, and shows the purse after it.
    async fn make(&self, talk: &mut Talk<'_>, purse: Purse, deed: Deed) -> Done {
        let Some(me) = talk.visitor.person.as_ref().map(|person| person.facts.person) else { return Ok(()) };
        let Deal { movement, grant, standing } = match carry_out(deed, me, &purse.standing, talk.now) {
            Ok(deal) => deal,
            Err(refusal) => {
                talk.alert(view::refusal(talk.words, refusal, talk.now));
                return Ok(());
            }
        };
        let before = self.trade.ledger.list_movements(me, LOOKED_AT).await?;
        if before.iter().any(|other| other.key == movement.key) {
            talk.answer_with(talk.words.text("coins-done-before"));
            return Ok(());
        }
        let screen = view::done(talk.words, &Purse { standing, ..purse }, deed, movement.coins);
        talk.change(Change::MoveCoins(Box::new(movement)));
        if let Deed::Give { to, gift, .. } = deed
            // Somebody who blocked the giver hears nothing of it, and the giver does not learn of the block.
            && !self.chats.has_block(me, to).await?
        {
            talk.command(EngineCommand::Tell { person: to, news: News::Coins(gift.coins()) });
        }
        if let Some(grant) = grant {
            talk.change(Change::Grant(Box::new(grant)));
        }
        talk.show(&screen);
        Ok(())
    }

    async fn purse(&self, talk: &Talk<'_>, facts: &PersonFacts) -> Result<Purse, StoreError> {
        let standing = self.trade.ledger.get_coins(facts.person).await?;
        let chat = self.find_giftable(talk, facts.person).await?;
        Ok(Purse { standing, chat, now: talk.now })
    }

    /// The link that invites friends; the first time a code is drawn for it.
    async fn invite_link(&self, talk: &mut Talk<'_>, facts: &PersonFacts) -> Result<String, StoreError> {
        let person = facts.person;
        let code = if let Some(code) = self.trade.ledger.find_invite_code(person).await? {
            code
        } else {
            // Keyed, so that nobody can tell whose it is, and the same after a crash.
            let code = InviteCode::from_random(self.key.marks().draw(&format!("invite {person}")));
            talk.change(Change::OpenInvites { person, code: code.clone() });
            code
        };
        Ok(format!("https://t.me/{}?start=ref_{code}", self.username))
    }
}

fn millis(talk: &Talk<'_>) -> u64 {
    talk.now.as_matcher_millis()
}

fn is_fresh(talk: &Talk<'_>, page_ms: u64) -> bool {
    millis(talk).checked_sub(page_ms).is_some_and(|age_ms| age_ms <= PAGE_LASTS_MS)
}
