//! Polling against a scripted feed: what is confirmed when.

use std::collections::VecDeque;
use std::sync::Mutex;

use luvhive_core::testing::FakeClock;

use super::*;

/// Answers fetches from a list and remembers their offsets; waits forever at its end.
struct Script {
    replies: Mutex<VecDeque<Result<Vec<i64>, FeedError>>>,
    offsets: Mutex<Vec<Option<i64>>>,
    peeks: Mutex<Vec<Option<i64>>>,
}

#[async_trait::async_trait]
impl UpdateFeed for Script {
    async fn fetch(&self, offset: Option<UpdateId>) -> Result<Vec<Incoming>, FeedError> {
        self.offsets.lock().unwrap().push(offset.map(UpdateId::get));
        let reply = self.replies.lock().unwrap().pop_front();
        match reply {
            Some(Ok(ids)) => Ok(ids.into_iter().map(incoming).collect()),
            Some(Err(error)) => Err(error),
            None => std::future::pending().await,
        }
    }

    async fn peek(&self, offset: Option<UpdateId>) -> Result<Vec<Incoming>, FeedError> {
        self.peeks.lock().unwrap().push(offset.map(UpdateId::get));
        Ok(Vec::new())
    }
}

fn incoming(id: i64) -> Incoming {
    Incoming { id: UpdateId::new(id), payload: Arc::from("{}"), event: None, checkout: None }
}

fn term() -> Arc<LeaseTerm> {
    LeaseTerm::of(Duration::from_hours(24))
}

const NOW: Timestamp = Timestamp::from_micros(1_800_000_000_000_000);

fn line(watermark: Arc<Watermark>, term: Arc<LeaseTerm>) -> PollLine {
    let (door, _queries) = CheckoutDoor::new();
    let health = Arc::new(Health::new(Duration::from_secs(3)));
    let hearing = Arc::new(Hearing::new(Duration::from_secs(25)));
    let token_refused_after = Duration::from_mins(5);
    let clock = Arc::new(FakeClock::new(NOW));
    PollLine {
        watermark,
        term,
        health,
        behind: Arc::default(),
        hearing,
        token_refused_after,
        clock,
        door,
        reached: parking_lot::Mutex::default(),
    }
}

fn script(replies: Vec<Result<Vec<i64>, FeedError>>) -> Arc<Script> {
    Arc::new(Script { replies: Mutex::new(replies.into()), offsets: Mutex::default(), peeks: Mutex::default() })
}

/// Takes what is handed over as the crank would, until nothing comes for a minute. Returns the offsets asked for.
async fn offsets_after(script: Arc<Script>, watermark: Arc<Watermark>) -> Vec<Option<i64>> {
    let (crank, mut intakes) = mpsc::channel::<Intake>(1);
    let task = tokio::spawn(run(script.clone(), line(watermark.clone(), term()), crank));
    while let Ok(Some(intake)) = tokio::time::timeout(Duration::from_mins(1), intakes.recv()).await {
        // Nothing further is asked for while the commit is under way.
        let asked = script.offsets.lock().unwrap().len();
        sleep(Duration::from_secs(1)).await;
        assert_eq!(script.offsets.lock().unwrap().len(), asked);
        watermark.set(intake.updates.last().unwrap().id, NOW, Way::Polled);
        intake.committed.send(()).unwrap();
    }
    task.abort();
    assert!(task.await.unwrap_err().is_cancelled());
    script.offsets.lock().unwrap().clone()
}

#[tokio::test(start_paused = true)]
async fn telegram_is_left_alone_for_as_long_as_it_asks() {
    for kept in [Duration::from_secs(20), Duration::from_mins(5), Duration::from_hours(30)] {
        let script = script(vec![Err(FeedError::Throttled(kept))]);
        let (crank, _intakes) = mpsc::channel::<Intake>(1);
        let term = LeaseTerm::of(Duration::from_hours(48));
        let task = tokio::spawn(run(script.clone(), line(Arc::default(), term), crank));
        sleep(kept.saturating_sub(Duration::from_secs(1))).await;
        assert_eq!(script.offsets.lock().unwrap().len(), 1, "asked again too early");
        sleep(Duration::from_secs(2)).await;
        assert_eq!(script.offsets.lock().unwrap().len(), 2, "asked again too late");
        task.abort();
    }
}

#[tokio::test(start_paused = true)]
async fn the_offset_moves_only_after_the_commit() {
    let script = script(vec![Ok(vec![10, 11]), Ok(vec![12]), Ok(vec![])]);
    assert_eq!(offsets_after(script, Arc::default()).await, [None, Some(12), Some(13), Some(13)]);
}

#[tokio::test(start_paused = true)]
async fn a_watermark_of_six_days_is_not_used() {
    let watermark = Watermark::default();
    watermark.set(UpdateId::new(900), NOW.minus(WATERMARK_LIFE), Way::Polled);
    assert_eq!(watermark.stored(), Some(UpdateId::new(900)));
    let script = script(vec![Ok(vec![3])]);
    assert_eq!(offsets_after(script, Arc::new(watermark)).await, [None, Some(4)]);
}

#[tokio::test(start_paused = true)]
async fn a_younger_watermark_is_used_at_once() {
    let watermark = Watermark::default();
    watermark.set(UpdateId::new(900), NOW.minus(WATERMARK_LIFE).plus(Duration::from_secs(1)), Way::Polled);
    assert_eq!(offsets_after(script(vec![]), Arc::new(watermark)).await, [Some(901)]);
}

#[tokio::test(start_paused = true)]
async fn failures_are_waited_out_with_growing_pauses() {
    let failures = || (0..8).map(|_| Err(FeedError::Taken));
    let script = script(failures().chain([Ok(vec![10])]).collect());
    let begun = Instant::now();
    let offsets = offsets_after(script, Arc::default()).await;
    assert_eq!(offsets.last(), Some(&Some(11)));
    assert!(begun.elapsed() > Duration::from_secs(15));
}

#[tokio::test(start_paused = true)]
async fn a_token_that_is_refused_for_five_minutes_ends_it() {
    let (crank, _intakes) = mpsc::channel(1);
    let refused = || Err(FeedError::TokenRefused);
    // Anything else in between begins the time anew: another failure, or a good answer.
    let replies = vec![refused(), Err(FeedError::Taken), refused(), refused(), Ok(vec![])];
    let script = script(replies.into_iter().chain((0..100).map(|_| refused())).collect());
    let begun = Instant::now();
    let ended = run(script.clone(), line(Arc::default(), term()), crank).await;
    assert!(matches!(ended, Err(FeedError::TokenRefused)));
    let took = begun.elapsed();
    assert!((Duration::from_mins(5)..Duration::from_secs(330)).contains(&took), "{took:?}");
    let asked = script.offsets.lock().unwrap().len();
    assert!((40..100).contains(&asked), "asked {asked} times");
}

#[tokio::test(start_paused = true)]
async fn one_refusal_of_the_token_is_waited_out() {
    let script = script(vec![Ok(vec![10]), Err(FeedError::TokenRefused), Ok(vec![11])]);
    assert_eq!(offsets_after(script, Arc::default()).await, [None, Some(11), Some(11), Some(12)]);
}

#[tokio::test(start_paused = true)]
async fn it_is_deaf_while_another_program_takes_the_updates_and_hears_again_after() {
    let (crank, _intakes) = mpsc::channel(1);
    let script = script((0..7).map(|_| Err(FeedError::Taken)).chain([Ok(vec![])]).collect());
    let line = line(Arc::default(), term());
    let hearing = line.hearing.clone();
    let task = tokio::spawn(run(script, line, crank));
    sleep(Duration::from_secs(10)).await;
    assert!(!hearing.is_deaf(), "for a few seconds anything may fail");
    sleep(Duration::from_secs(1)).await;
    assert!(hearing.is_deaf());
    sleep(Duration::from_secs(20)).await;
    assert!(!hearing.is_deaf());
    task.abort();
}

#[tokio::test(start_paused = true)]
async fn a_process_without_a_lease_is_not_deaf() {
    let (crank, _intakes) = mpsc::channel(1);
    let term = LeaseTerm::of(Duration::from_secs(1));
    let line = line(Arc::default(), term);
    let hearing = line.hearing.clone();
    let task = tokio::spawn(run(script(vec![Err(FeedError::Taken), Err(FeedError::Taken), Err(FeedError::Taken)]), line, crank));
    sleep(Duration::from_mins(2)).await;
    assert!(!hearing.is_deaf());
    task.abort();
}

#[tokio::test(start_paused = true)]
async fn nothing_is_asked_for_without_a_lease() {
    let (crank, _intakes) = mpsc::channel(1);
    let script = script(vec![]);
    let term = Arc::<LeaseTerm>::default();
    let task = tokio::spawn(run(script.clone(), line(Arc::default(), term.clone()), crank));
    sleep(Duration::from_mins(1)).await;
    assert!(script.offsets.lock().unwrap().is_empty());
    assert!(script.peeks.lock().unwrap().is_empty(), "a frozen process keeps away from its successor's updates");
    term.extend_by(Duration::from_secs(3));
    sleep(Duration::from_secs(1)).await;
    assert_eq!(script.offsets.lock().unwrap().len(), 1);
    task.abort();
    assert!(task.await.unwrap_err().is_cancelled());
}

#[tokio::test(start_paused = true)]
async fn the_till_is_looked_after_while_a_commit_takes_its_time() {
    let (crank, mut intakes) = mpsc::channel(1);
    let script = script(vec![Ok(vec![10])]);
    let task = tokio::spawn(run(script.clone(), line(Arc::default(), term()), crank));
    let intake = intakes.recv().await.unwrap();
    sleep(Duration::from_secs(3)).await;
    let peeks = script.peeks.lock().unwrap().clone();
    assert!((3..=5).contains(&peeks.len()) && peeks.iter().all(Option::is_none), "nothing is confirmed by it: {peeks:?}");
    intake.committed.send(()).unwrap();
    task.abort();
    assert!(task.await.unwrap_err().is_cancelled());
}

/// Returns whether each batch counts as fetched late, with a pause after the commit of each.
async fn lateness(replies: Vec<Result<Vec<i64>, FeedError>>, pauses: &[u64]) -> Vec<bool> {
    let (crank, mut intakes) = mpsc::channel(1);
    let task = tokio::spawn(run(script(replies), line(Arc::default(), term()), crank));
    let mut found = Vec::new();
    for &pause in pauses {
        let intake: Intake = intakes.recv().await.unwrap();
        found.push(intake.was_behind);
        sleep(Duration::from_secs(pause)).await;
        intake.committed.send(()).unwrap();
    }
    task.abort();
    found
}

#[tokio::test(start_paused = true)]
async fn what_a_poll_brings_is_late_after_a_pause_in_polling() {
    let batches = vec![Ok(vec![1]), Ok(vec![2]), Ok(vec![3]), Ok(vec![4])];
    assert_eq!(lateness(batches, &[0, 14, 16, 0]).await, [true, false, false, true]);
    // Failures count as well: Telegram kept what came meanwhile.
    let failing = [Ok(vec![1]), Ok(vec![2])].into_iter().chain((0..8).map(|_| Err(FeedError::Taken))).chain([Ok(vec![3])]);
    assert_eq!(lateness(failing.collect(), &[0, 0, 0]).await, [true, false, true]);
}

#[tokio::test(start_paused = true)]
async fn a_poll_that_hangs_open_is_not_late() {
    struct Hanging;
    #[async_trait::async_trait]
    impl UpdateFeed for Hanging {
        async fn fetch(&self, _offset: Option<UpdateId>) -> Result<Vec<Incoming>, FeedError> {
            sleep(Duration::from_secs(25)).await;
            Ok(vec![incoming(1)])
        }

        async fn peek(&self, _offset: Option<UpdateId>) -> Result<Vec<Incoming>, FeedError> {
            Ok(Vec::new())
        }
    }
    let (crank, mut intakes) = mpsc::channel(1);
    let task = tokio::spawn(run(Arc::new(Hanging), line(Arc::default(), term()), crank));
    for expected in [false, false] {
        let intake: Intake = intakes.recv().await.unwrap();
        assert_eq!(intake.was_behind, expected);
        intake.committed.send(()).unwrap();
    }
    task.abort();
}

#[tokio::test(start_paused = true)]
async fn a_server_that_does_not_wait_is_not_pressed() {
    let script = script((0..100).map(|_| Ok(Vec::new())).collect());
    let (crank, _intakes) = mpsc::channel::<Intake>(1);
    let poller = tokio::spawn(run(script.clone(), line(Arc::default(), term()), crank));
    sleep(Duration::from_secs(10)).await;
    let asked = script.offsets.lock().unwrap().len();
    assert!((15..=25).contains(&asked), "{asked} times in ten seconds");
    poller.abort();
}
