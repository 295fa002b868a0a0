//! How long somebody at the till waits for the bot's word while ten thousand relays wait to be sent.
//!
//! Everything is real but Telegram, which is the sandbox in the same process and refuses relays for a while, so that
//! they pile up; its own time and HTTP's are in the figure.

use std::collections::BTreeMap;
use std::error::Error;
use std::io::Write as _;
use std::sync::Arc;
use std::time::Duration;

use luvhive_benches::ground::{Ground, part};
use luvhive_core::engine::checkout::Invoice;
use luvhive_core::id::{BotId, PersonId, TelegramId};
use luvhive_core::premium::Plan;
use luvhive_core::time::Timestamp;
use luvhive_sandbox::{CheckoutState, Fault, FaultAction, SandboxSettings};
use luvhive_storage::{MadeUp, seed_chats, seed_people};
use luvhive_telegram::client::BotApiTill;
use luvhive_telegram::payments::{Offer, Till as _};
use luvhive_telegram::signal::LeaseTerm;
use tokio::time::{Instant, sleep};

/// People, in chats of two.
const PEOPLE: u32 = 1_000;
/// What each of them writes: less than the flood guard's burst, and together more than [`WAITING`].
const LINES: usize = 11;
/// How many relays wait at least while payments are timed.
const WAITING: usize = 10_000;
/// How long anything may take.
const PATIENCE: Duration = Duration::from_mins(1);

fn main() -> Result<(), Box<dyn Error>> {
    let payments = if std::env::args().any(|argument| argument == "--quick") { 300 } else { 2_000 };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let mut times = runtime.block_on(run(payments))?;
    times.sort_unstable();
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "payments/precheckout: {} queries, p50 {:.2} ms, worst {:.2} ms",
        times.len(),
        part(&times, 50),
        part(&times, 100)
    )?;
    writeln!(out, "bar precheckout_p99_ms {:.2} ms", part(&times, 99))?;
    Ok(())
}

async fn run(payments: usize) -> Result<Vec<Duration>, Box<dyn Error>> {
    let ground = Ground::lay("payments", SandboxSettings { people_at_start: PEOPLE, ..SandboxSettings::default() }).await?;
    let (sandbox, api, database) = (&ground.sandbox, &ground.api, &ground.database);
    let people: Vec<_> = sandbox.people().iter().map(|person| luvhive_sandbox::PersonId::from(person.id)).collect();
    let first = TelegramId::new(people.first().ok_or("nobody is there")?.get());
    let (id, now) = (BotId::new(sandbox.bot_id()), Timestamp::from_millis(1_790_000_000_000));
    seed_people(database, id, MadeUp::new(PEOPLE, first, now)).await?;
    seed_chats(database, id, MadeUp::new(PEOPLE / 2, first, now)).await?;
    let numbers = numbers(ground.url()).await?;
    let bot = ground.start_bot().await?;
    let term = Arc::<LeaseTerm>::default();
    term.extend(term.now() + Duration::from_hours(1));
    let till = BotApiTill::new(Arc::clone(api), term);

    let full = FaultAction::TooManyRequests { retry_after: Some(3_600) };
    let throttle = sandbox.add_fault(Fault::new(full).method("copyMessage"));
    for _ in 0..LINES {
        for &person in &people {
            sandbox.send_text(person, "a line", None)?;
        }
    }
    let begun = Instant::now();
    while bot.handle().counters().waiting_rows.get() < WAITING {
        if begun.elapsed() > PATIENCE {
            return Err("the relays do not pile up".into());
        }
        sleep(Duration::from_millis(50)).await;
    }
    let mut times = Vec::new();
    for (round, &person) in people.iter().cycle().take(payments).enumerate() {
        sandbox.give_stars(person, 100)?;
        let payer = PersonId::new(*numbers.get(&person.get()).ok_or("somebody is not registered")?);
        let invoice = Invoice {
            plan: Plan::Week,
            price: Plan::Week.price(),
            payer,
            receiver: payer,
            nonce: u64::try_from(round)?,
            expires_at: now.plus(Duration::from_hours(8_760)),
        };
        let offer = Offer {
            plan: Plan::Week,
            title: "1 week".to_owned(),
            description: "premium".to_owned(),
            payload: api.key().invoices().seal(&invoice),
        };
        let link = till.create_link(&offer).await?;
        let asked = Instant::now();
        let checkout = sandbox.pay(person, link.as_str())?;
        let state = sandbox.wait_for_checkout(&checkout, PATIENCE).await?;
        times.push(asked.elapsed());
        if !matches!(state, CheckoutState::Paid { .. }) {
            return Err(format!("a payment was not let through: {state:?}").into());
        }
    }
    if bot.handle().counters().waiting_rows.get() < WAITING {
        return Err("the relays did not wait to the end".into());
    }
    sandbox.remove_fault(throttle);
    bot.stop().await?;
    ground.clear().await;
    Ok(times)
}

/// Everybody's number by their account.
async fn numbers(url: &str) -> Result<BTreeMap<i64, i64>, Box<dyn Error>> {
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await?;
    let connection = tokio::spawn(connection);
    let rows = client.query("SELECT telegram_id, id FROM people", &[]).await?;
    drop(client);
    connection.await??;
    Ok(rows.iter().map(|row| (row.get(0), row.get(1))).collect())
}
