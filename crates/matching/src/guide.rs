//! How to say what you need: a page for each question that people who adopt the crate ask first.
//!
//! | Question | Page |
//! |---|---|
//! | Tutors and students, drivers and riders: how do I keep sides apart? | [`roles`] |
//! | A rating goes from 0 to 3,000. How do I search near mine, and widen? | [`rating`] |
//! | Who is free when I am? | [`hours`] |
//! | Who is near me? | [`place`] |
//! | A mentor takes three students. How do I say that? | [`several`] |
//! | Pair at once or collect first? What does fairness cost? | [`windows`] |
//! | What becomes of those who wait when my server restarts? | [`restart`] |
//!
//! Every program on these pages is compiled and run with the tests of the crate.
//! The examples `mentor`, `duel`, `ride` and `dating` put the pieces together.

#[doc = include_str!("guide/hours.md")]
pub mod hours {}
#[doc = include_str!("guide/place.md")]
pub mod place {}
#[doc = include_str!("guide/rating.md")]
pub mod rating {}
#[doc = include_str!("guide/restart.md")]
pub mod restart {}
#[doc = include_str!("guide/roles.md")]
pub mod roles {}
#[doc = include_str!("guide/several.md")]
pub mod several {}
#[doc = include_str!("guide/windows.md")]
pub mod windows {}
