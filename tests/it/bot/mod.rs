//! Scenarios: people with phones, the whole bot, a real database.

mod chat;
mod coins;
mod conduct;
mod crowd;
mod edits;
mod entry;
mod evidence;
mod evidence_chat;
mod faults;
mod fixture;
mod friend;
mod hold;
mod hostile;
mod leaving;
mod meeting;
mod my_data;
mod outage;
mod premium;
mod profile;
mod refusal;
mod registration;
mod restart;
mod tiers;
mod webhook;
