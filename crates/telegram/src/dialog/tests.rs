//! Conversations as people have them: a phone that sends and presses, in a town that keeps the results of its lanes.

mod appeals;
mod coins;
mod entry;
mod friend;
mod gate;
mod journeys;
mod leavers;
mod leaving;
mod members;
mod outage;
mod pages;
mod phone;
mod premium;
mod subscription;
mod town;
