//! Conversations as people have them: a phone that sends and presses, and a store that keeps what the lane brought about.

mod cashier;
mod coins;
mod friend;
mod gate;
mod journeys;
mod leavers;
mod members;
mod pages;
mod phone;
mod premium;
