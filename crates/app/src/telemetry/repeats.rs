//! Warnings and errors of one kind, at most one in ten seconds: an outage, or strangers who forge calls, must not push
//! everything else out of the log. How many were left out is said before the next one. A line that names a case is written
//! each time: of each of them somebody must know.

use std::collections::HashMap;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::time::Instant;
use tracing::callsite::{Callsite, Identifier};
use tracing::field::{FieldSet, Value};
use tracing::metadata::Kind as Sort;
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::Interest;
use tracing::{Event, Level, Metadata, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;

/// The shortest time between two lines of one kind.
const ONE_IN: Duration = Duration::from_secs(10);
/// Fields that name a case: a payment, a command, a row of the inbox. A line with one of them is never left out.
const CASES: [&str; 3] = ["case", "command", "inbox"];

/// The line that says how many were left out. It is written past the subscriber, which lets no line make another.
struct LeftOut;

static LEFT_OUT: Metadata<'static> = Metadata::new(
    "lines left out",
    module_path!(),
    Level::WARN,
    None,
    None,
    Some(module_path!()),
    FieldSet::new(&["message", "left_out", "of"], Identifier(&LeftOut)),
    Sort::EVENT,
);

impl Callsite for LeftOut {
    fn set_interest(&self, _: Interest) {}

    fn metadata(&self) -> &Metadata<'_> {
        &LEFT_OUT
    }
}

/// What was written of one kind.
#[derive(Clone, Copy, Debug)]
struct Kind {
    written_at: Instant,
    left_out: u64,
}

/// The kinds of lines by where they stand in the code; there are only so many.
#[derive(Debug, Default)]
struct Kinds(Mutex<HashMap<Identifier, Kind>>);

impl Kinds {
    /// Takes one of a kind. `None` = it is left out; otherwise how many were since the last.
    fn take(&self, kind: Identifier, now: Instant) -> Option<u64> {
        let mut kinds = self.0.lock();
        let Some(known) = kinds.get_mut(&kind) else {
            kinds.insert(kind, Kind { written_at: now, left_out: 0 });
            return Some(0);
        };
        if now.saturating_duration_since(known.written_at) < ONE_IN {
            known.left_out = known.left_out.saturating_add(1);
            return None;
        }
        known.written_at = now;
        Some(std::mem::take(&mut known.left_out))
    }
}

/// Writes what another layer writes, but of the same warning or error only the first within ten seconds, unless it names a
/// case.
pub(super) struct Repeats<L> {
    lines: L,
    kinds: Kinds,
}

impl<L> Repeats<L> {
    /// Wraps a layer that writes lines.
    pub(super) fn new(lines: L) -> Self {
        Self { lines, kinds: Kinds::default() }
    }
}

impl<S: Subscriber, L: Layer<S>> Layer<S> for Repeats<L> {
    fn on_layer(&mut self, subscriber: &mut S) {
        self.lines.on_layer(subscriber);
    }

    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        self.lines.register_callsite(metadata)
    }

    fn enabled(&self, metadata: &Metadata<'_>, ctx: Context<'_, S>) -> bool {
        self.lines.enabled(metadata, ctx)
    }

    fn on_new_span(&self, attrs: &Attributes<'_>, id: &Id, ctx: Context<'_, S>) {
        self.lines.on_new_span(attrs, id, ctx);
    }

    fn on_record(&self, span: &Id, values: &Record<'_>, ctx: Context<'_, S>) {
        self.lines.on_record(span, values, ctx);
    }

    fn on_event(&self, event: &Event<'_>, ctx: Context<'_, S>) {
        let meta = event.metadata();
        if is_limited(meta) {
            match self.kinds.take(meta.callsite(), Instant::now()) {
                None => return,
                Some(0) => {}
                Some(left_out) => say_left_out(left_out, meta.target(), |said| self.lines.on_event(said, ctx.clone())),
            }
        }
        self.lines.on_event(event, ctx);
    }

    fn on_enter(&self, id: &Id, ctx: Context<'_, S>) {
        self.lines.on_enter(id, ctx);
    }

    fn on_exit(&self, id: &Id, ctx: Context<'_, S>) {
        self.lines.on_exit(id, ctx);
    }

    fn on_close(&self, id: Id, ctx: Context<'_, S>) {
        self.lines.on_close(id, ctx);
    }
}

fn is_limited(meta: &Metadata<'_>) -> bool {
    *meta.level() <= Level::WARN && CASES.iter().all(|case| meta.fields().field(case).is_none())
}

fn say_left_out(left_out: u64, of: &str, write: impl FnOnce(&Event<'_>)) {
    let fields = LEFT_OUT.fields();
    let (words, left_out, of): (&dyn Value, &dyn Value, &dyn Value) = (&"lines like the next one were left out", &left_out, &of);
    let values = [Some(words), Some(left_out), Some(of)];
    write(&Event::new(&LEFT_OUT, &fields.value_set_all(&values)));
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tracing::warn;
    use tracing_subscriber::fmt::MakeWriter;
    use tracing_subscriber::layer::SubscriberExt as _;
    use tracing_subscriber::{fmt, registry};

    use super::*;

    /// Lines that were written, kept in memory.
    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl std::io::Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    impl<'a> MakeWriter<'a> for Lines {
        type Writer = Self;

        fn make_writer(&'a self) -> Self {
            self.clone()
        }
    }

    impl Lines {
        fn text(&self) -> String {
            String::from_utf8(self.0.lock().clone()).unwrap()
        }

        fn count(&self, what: &str) -> usize {
            self.text().matches(what).count()
        }
    }

    #[tokio::test(start_paused = true)]
    async fn one_line_of_a_kind_is_written_in_ten_seconds() {
        let lines = Lines::default();
        let layer = Repeats::new(fmt::layer().with_ansi(false).with_writer(lines.clone()));
        let _guard = tracing::subscriber::set_default(registry().with(layer));
        let database = |times: u32| (0..times).for_each(|_| warn!("the database does not answer"));
        database(100);
        (0..3).for_each(|_| warn!("a forged call"));
        (0..3).for_each(|_| tracing::error!("a send ended unexpectedly"));
        (0..3).for_each(|number| warn!(case = number, "a payment of nobody known"));
        (0..3).for_each(|number| tracing::error!(inbox = number, "a row is set aside"));
        (0..3).for_each(|_| tracing::info!("two met"));
        assert_eq!(lines.count("the database does not answer"), 1);
        assert_eq!(lines.count("a forged call"), 1, "each kind for itself");
        assert_eq!(lines.count("a send ended unexpectedly"), 1, "errors too");
        assert_eq!((lines.count("a payment of nobody known"), lines.count("a row is set aside")), (3, 3), "each is a case");
        assert_eq!((lines.count("two met"), lines.count("left_out")), (3, 0));
        tokio::time::advance(ONE_IN).await;
        database(2);
        assert_eq!(lines.count("the database does not answer"), 2);
        assert_eq!(lines.count("lines like the next one were left out left_out=99 of=\"luvhive_app"), 1, "{}", lines.text());
    }

    #[tokio::test(start_paused = true)]
    async fn how_many_were_left_out_is_counted_for_the_next_one() {
        let _guard = tracing::subscriber::set_default(registry());
        let span = tracing::warn_span!("kind");
        let kind = || span.metadata().unwrap().callsite();
        let (kinds, now) = (Kinds::default(), Instant::now());
        assert_eq!(kinds.take(kind(), now), Some(0));
        assert_eq!((kinds.take(kind(), now), kinds.take(kind(), now + ONE_IN / 2)), (None, None));
        assert_eq!(kinds.take(kind(), now + ONE_IN), Some(2));
        assert_eq!(kinds.take(kind(), now + ONE_IN * 2), Some(0));
    }
}
