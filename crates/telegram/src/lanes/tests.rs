//! Lanes by what the journal answers: what is said meanwhile, what leaves afterwards, and what never does.

use luvhive_core::id::{BotId, ChatId, Epoch, PersonId, Shard};
use luvhive_core::person::UiLanguage;
use luvhive_core::ports::chats::MockChatStore;
use luvhive_core::ports::journal::{MockJournal, Session};
use luvhive_core::testing::FakeClock;
use tokio::sync::mpsc;

use super::*;
use crate::sender::{Sender, SenderParts};
use crate::signal::LeaseTerm;
use crate::testing::FakeMessenger;

const ME: TelegramId = TelegramId::new(1_001);

/// Chooses a language, says hello and answers the button.
struct Greeter;

#[async_trait::async_trait]
impl LaneHandler for Greeter {
    async fn handle(&self, _: &LaneWork) -> Result<LaneOutcome, StoreError> {
        Ok(LaneOutcome {
            changes: vec![Change::SetLanguage(UiLanguage::Hindi)],
            calls: vec![call("hello")],
            answer: Some(CallbackAnswer { callback: "77".into(), text: None, is_alert: false }),
            ..LaneOutcome::default()
        })
    }

    fn say_busy(&self, _: &LaneWork) -> Option<Rendered> {
        Some(call("busy"))
    }
}

fn call(text: &str) -> Rendered {
    Rendered { version: crate::rendered::VERSION, body: text.to_owned() }
}

/// What was said to somebody, without the details of an answer to a button.
fn said(telegram: &FakeMessenger) -> Vec<String> {
    let body = |body: &OutboxBody| match body {
        OutboxBody::Call(call) if call.body.contains("answerCallbackQuery") => "answer".to_owned(),
        OutboxBody::Call(call) => call.body.clone(),
        OutboxBody::Relay(_) | OutboxBody::Edit { .. } => panic!("{body:?}"),
    };
    telegram.delivered().iter().map(|sent| body(&sent.body)).collect()
}

/// What a lane came to.
struct Ended {
    /// When each try to commit began, and what had been said by then.
    commits: Vec<(Duration, Vec<String>)>,
    said: Vec<String>,
    reports: Vec<Report>,
}

impl Ended {
    fn has(&self, fits: impl Fn(&Report) -> bool) -> bool {
        self.reports.iter().any(fits)
    }

    fn is_done(&self) -> bool {
        self.has(|report| matches!(report, Report::Event(Event::LaneDone { inbox, .. }) if inbox.get() == 5))
    }
}

/// Runs a lane for two minutes on a journal that answers as `answer` says by the number of the try.
async fn run(task: LaneTask, mut answer: impl FnMut(usize) -> Result<Finished, JournalError> + Send + 'static) -> Ended {
    let (telegram, commits) = (Arc::<FakeMessenger>::default(), Arc::new(Mutex::new(Vec::new())));
    let (mut journal, begun) = (MockJournal::new(), Instant::now());
    journal.expect_settle().returning(|_, _, _| Ok(Session::Same));
    let (heard, seen) = (telegram.clone(), commits.clone());
    journal.expect_finish().returning(move |_, result| {
        let counts = (result.telegram, result.changes.len(), result.outgoing.len());
        assert_eq!(counts, (ME, 1, 1), "everything together");
        let mut seen = seen.lock();
        seen.push((begun.elapsed(), said(&heard)));
        answer(seen.len())
    });
    let (journal, clock) = (Arc::new(journal), Arc::new(FakeClock::new(Timestamp::EPOCH)));
    let (reports, mut inbox) = Reports::channel();
    let counters = Arc::<Counters>::default();
    let lease = Lease { bot: BotId::new(1), shard: Shard::new(0), epoch: Epoch::new(1), watermark: None, watermark_at: None };
    let sender = Sender::start(SenderParts {
        messenger: telegram.clone(),
        chats: Arc::new(MockChatStore::new()),
        journal: journal.clone(),
        clock: clock.clone(),
        lease,
        term: LeaseTerm::of(Duration::from_hours(1)),
        pairs: Arc::new(crate::sender::pairs::RecentPairs::new(10)),
        memory: Arc::default(),
        counters: counters.clone(),
        reports: reports.clone(),
        in_flight: 10,
        unclear_chats: 5,
    });
    let mut lanes = Lanes::new(LaneParts {
        handler: Arc::new(Greeter),
        journal,
        clock,
        lease,
        ids: IdSource::new(Epoch::new(1)),
        sender: sender.door().clone(),
        counters,
        reports,
        at_once: 1,
    });
    let work = Work { inbox: InboxId::new(5), telegram: ME, chat: Some(ChatId::new(7)), about: None };
    lanes.start(LaneRow { work, received_at: Timestamp::EPOCH, task });
    sleep(Duration::from_mins(2)).await;
    lanes.stop(Instant::now()).await;
    sender.stop(Instant::now()).await;
    let commits = std::mem::take(&mut *commits.lock());
    Ended { commits, said: said(&telegram), reports: drain(&mut inbox) }
}

fn drain(inbox: &mut mpsc::UnboundedReceiver<Report>) -> Vec<Report> {
    std::iter::from_fn(|| inbox.try_recv().ok()).collect()
}

fn update() -> LaneTask {
    LaneTask::Update { payload: r#"{"update_id":9}"#.into() }
}

fn away() -> JournalError {
    JournalError::Store(StoreError::Unavailable("away".into()))
}

fn refused() -> JournalError {
    JournalError::Store(StoreError::Conflict { constraint: "some_check".to_owned() })
}

#[tokio::test(start_paused = true)]
async fn nothing_is_said_or_answered_before_it_is_stored_but_that_it_takes_longer() {
    let ended = run(update(), |attempt| if attempt <= 3 { Err(away()) } else { Ok(Finished::default()) }).await;
    let heard: Vec<_> = ended.commits.iter().map(|(_, said)| said.join(" ")).collect();
    assert_eq!(heard, ["", "busy", "busy", "busy"], "once is enough");
    let mut said = ended.said.clone();
    said.sort_unstable();
    assert_eq!((ended.said[0].as_str(), said), ("busy", ["answer", "busy", "hello"].map(str::to_owned).to_vec()));
    assert!(ended.is_done());
}

#[tokio::test(start_paused = true)]
async fn a_process_that_lost_the_shard_says_nothing_more() {
    for fenced in [|| JournalError::Fenced, || JournalError::Held { owner: "another".to_owned() }] {
        let ended = run(update(), move |_| Err(fenced())).await;
        assert_eq!((ended.commits.len(), ended.said.len()), (1, 0));
        assert!(ended.has(|report| matches!(report, Report::Fenced)) && !ended.is_done());
    }
}

#[tokio::test(start_paused = true)]
async fn a_row_whose_changes_are_refused_is_set_aside_with_its_update() {
    let ended = run(update(), |_| Err(refused())).await;
    assert_eq!((ended.commits.len(), ended.said.len()), (1, 0));
    let is_set_aside = |report: &Report| match report {
        Report::LaneFailed { inbox, telegram, update, reason } => {
            (inbox.get(), *telegram, update.get()) == (5, ME, 9) && reason.contains("some_check")
        }
        _ => false,
    };
    assert!(ended.has(is_set_aside) && !ended.is_done(), "{:?}", ended.reports);
}

#[tokio::test(start_paused = true)]
async fn an_erasure_that_is_refused_is_tried_until_it_succeeds() {
    let task = LaneTask::Erase { person: PersonId::new(1) };
    let ended = run(task, |attempt| if attempt <= 2 { Err(refused()) } else { Ok(Finished::default()) }).await;
    let begun: Vec<_> = ended.commits.iter().map(|(begun, _)| begun.as_secs()).collect();
    assert_eq!(begun, [0, 30, 60]);
    assert!(ended.is_done());
}

#[tokio::test(start_paused = true)]
async fn a_row_that_is_done_already_is_answered_and_says_nothing_twice() {
    let ended = run(update(), |_| Err(JournalError::Store(StoreError::NotFound))).await;
    assert_eq!(ended.said, ["answer"]);
    assert!(ended.is_done());
}

#[tokio::test(start_paused = true)]
async fn a_commit_whose_reply_was_lost_has_everything_read_again() {
    let lost = |attempt| Err(if attempt == 1 { away() } else { JournalError::Store(StoreError::NotFound) });
    let ended = run(update(), lost).await;
    assert_eq!(ended.said, ["busy"], "what was stored is sent after it is read");
    assert!(ended.has(|report| matches!(report, Report::Reload)) && !ended.is_done());
}

#[test]
fn an_answer_to_a_button_is_silent_unless_it_has_a_text() {
    let answer = |text: Option<&str>, is_alert| {
        let answer = CallbackAnswer { callback: "77".into(), text: text.map(ToOwned::to_owned), is_alert };
        serde_json::from_str::<serde_json::Value>(&render_answer(&answer).body).unwrap()
    };
    let expected = |params| serde_json::json!({ "method": "answerCallbackQuery", "params": params });
    assert_eq!(answer(None, true), expected(serde_json::json!({ "callback_query_id": "77" })));
    for is_alert in [false, true] {
        let params = serde_json::json!({ "callback_query_id": "77", "text": "Saved", "show_alert": is_alert });
        assert_eq!(answer(Some("Saved"), is_alert), expected(params));
    }
}
