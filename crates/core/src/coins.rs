//! Coins: the play money, as movements between accounts.
//! Each movement names the account it leaves and the one it reaches, and has a key that makes it happen once.

pub mod account;
pub mod deed;
pub mod invite;
pub mod rule;

pub use account::{CoinAccount, CoinStanding, Coins, House, Movement, MovementKey};
pub use deed::{Deal, Deed, carry_out};
pub use invite::{Invite, InviteCode};
pub use rule::{CoinRefusal, Gift, Giving, daily, gift, redeem, referral, spin};
