//! The way in: which hosts are answered, where each path leads, and the control API that drives
//! people over HTTP as [`crate::Sandbox`] does from Rust.

mod act;
mod page;
mod state;

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};
use axum::{Json, Router};
use futures_util::Stream;
use serde::Deserialize;
use serde_json::{Value, json};

use self::act::Act;
use crate::api;
use crate::error::SandboxError;
use crate::faults::Fault;
use crate::host::Place;
use crate::people::channel;
use crate::people::purse::release_held;
use crate::people::subscription::advance;
use crate::person::{PersonId, PersonSpec};
use crate::shared::Shared;
use crate::world::channel::ChannelInfo;

/// Changes are told to pages no more often than this.
const TELL_EVERY: Duration = Duration::from_millis(40);

/// All routes of the sandbox.
pub(crate) fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/", get(page::index))
        .route("/page/{file}", get(page::file))
        .route("/page/uploads/{file}", get(page::upload))
        .route("/phone/state", get(phone_state))
        .route("/phone/act", post(phone_act))
        .route("/phone/events", get(events))
        .route("/control/state", get(world_state))
        .route("/control/events", get(events))
        .route("/control/people", post(add_person))
        .route("/control/people/{person}", get(person_state))
        .route("/control/people/{person}/act", post(person_act))
        .route("/control/channel", get(channel_state).post(change_channel))
        .route("/control/faults", post(add_fault).delete(clear_faults))
        .route("/control/faults/{fault}", delete(remove_fault))
        .route("/control/updates", post(inject))
        .route("/control/clock", post(advance_clock))
        .route("/control/payments/release", post(release_payments))
        .fallback(api::handle)
        .with_state(shared)
}

/// A refusal of the control API: 400 with the reason, or 404 for people and things that are not there.
struct Refused(StatusCode, String);

impl From<SandboxError> for Refused {
    fn from(error: SandboxError) -> Self {
        let status = match error {
            SandboxError::UnknownPerson(_)
            | SandboxError::UnknownMessage { .. }
            | SandboxError::NoSuchButton { .. }
            | SandboxError::NoInvoice(_) => StatusCode::NOT_FOUND,
            SandboxError::CutOff(_) => StatusCode::CONFLICT,
            _ => StatusCode::BAD_REQUEST,
        };
        Self(status, error.to_string())
    }
}

impl From<JsonRejection> for Refused {
    fn from(error: JsonRejection) -> Self {
        Self(StatusCode::BAD_REQUEST, error.body_text())
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        (self.0, Json(json!({"error": self.1}))).into_response()
    }
}

type Answer = Result<Json<Value>, Refused>;

/// The person whose phone this host is.
fn owner(shared: &Shared, place: Place) -> Result<PersonId, Refused> {
    let Place::Phone(number) = place else {
        return Err(Refused(StatusCode::NOT_FOUND, "a phone lives at u<number>.localhost".to_owned()));
    };
    shared
        .with(|world| world.numbers.get(&number).copied())
        .map(PersonId::from)
        .ok_or_else(|| Refused(StatusCode::NOT_FOUND, format!("there is no phone {number}")))
}

/// Control is for the outer page and for programs, never for a phone.
fn require_outer(place: Place) -> Result<(), Refused> {
    match place {
        Place::Outer => Ok(()),
        Place::Phone(_) => Err(Refused(StatusCode::FORBIDDEN, "a phone controls only itself".to_owned())),
    }
}

async fn phone_state(State(shared): State<Arc<Shared>>, place: Place) -> Answer {
    let person = owner(&shared, place)?;
    Ok(Json(state::of_person(&shared, person)?))
}

async fn phone_act(State(shared): State<Arc<Shared>>, place: Place, act: Result<Json<Act>, JsonRejection>) -> Answer {
    let person = owner(&shared, place)?;
    Ok(Json(act?.0.run(&shared, person)?))
}

async fn world_state(State(shared): State<Arc<Shared>>, place: Place) -> Answer {
    require_outer(place)?;
    Ok(Json(state::of_world(&shared)))
}

async fn person_state(State(shared): State<Arc<Shared>>, place: Place, Path(person): Path<i64>) -> Answer {
    require_outer(place)?;
    Ok(Json(state::of_person(&shared, PersonId::from(person))?))
}

async fn person_act(
    State(shared): State<Arc<Shared>>,
    place: Place,
    Path(person): Path<i64>,
    act: Result<Json<Act>, JsonRejection>,
) -> Answer {
    require_outer(place)?;
    Ok(Json(act?.0.run(&shared, PersonId::from(person))?))
}

async fn add_person(State(shared): State<Arc<Shared>>, place: Place, spec: Result<Json<PersonSpec>, JsonRejection>) -> Answer {
    require_outer(place)?;
    let spec = spec?.0;
    let names = [Some(&spec.first_name), spec.last_name.as_ref()];
    if names.into_iter().flatten().any(|name| name.chars().count() > 64) || spec.language_code.len() > 16 {
        return Err(Refused(StatusCode::BAD_REQUEST, "a name has at most 64 characters".to_owned()));
    }
    let person = shared.with(|world| {
        let id = world.add_person(&spec);
        world.chats.get(&id.get()).map(|chat| chat.person.clone())
    });
    Ok(Json(json!(person)))
}

async fn channel_state(State(shared): State<Arc<Shared>>, place: Place) -> Answer {
    require_outer(place)?;
    Ok(Json(state::of_channel(&shared)))
}

async fn change_channel(
    State(shared): State<Arc<Shared>>,
    place: Place,
    info: Result<Json<ChannelInfo>, JsonRejection>,
) -> Answer {
    require_outer(place)?;
    let info = info?.0;
    shared.with(|world| channel::change(&shared, world, info));
    Ok(Json(state::of_channel(&shared)))
}

async fn add_fault(State(shared): State<Arc<Shared>>, place: Place, fault: Result<Json<Fault>, JsonRejection>) -> Answer {
    require_outer(place)?;
    let fault = fault?.0;
    if !fault.is_sound() {
        return Err(Refused(StatusCode::BAD_REQUEST, "percent is 0 to 100, status 400 to 599".to_owned()));
    }
    let id = shared.faults.add(fault);
    shared.ring();
    Ok(Json(json!({"id": id})))
}

async fn clear_faults(State(shared): State<Arc<Shared>>, place: Place) -> Answer {
    require_outer(place)?;
    shared.faults.remove(None);
    shared.ring();
    Ok(Json(json!({})))
}

async fn remove_fault(State(shared): State<Arc<Shared>>, place: Place, Path(fault): Path<u64>) -> Answer {
    require_outer(place)?;
    shared.faults.remove(Some(fault));
    shared.ring();
    Ok(Json(json!({})))
}

async fn inject(State(shared): State<Arc<Shared>>, place: Place, update: Result<Json<Value>, JsonRejection>) -> Answer {
    require_outer(place)?;
    let update = update?.0;
    let id = shared.with(|world| world.inject(shared.now_ms(), &update))?;
    Ok(Json(json!({"update_id": id})))
}

/// How far to move the clock.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    advance_ms: u64,
}

async fn advance_clock(State(shared): State<Arc<Shared>>, place: Place, by: Result<Json<Advance>, JsonRejection>) -> Answer {
    require_outer(place)?;
    advance(&shared, Duration::from_millis(by?.0.advance_ms));
    shared.ring();
    Ok(Json(json!({"now_ms": shared.now_ms()})))
}

async fn release_payments(State(shared): State<Arc<Shared>>, place: Place) -> Answer {
    require_outer(place)?;
    let released = shared.with(|world| release_held(&shared, world));
    Ok(Json(json!({"released": released})))
}

/// Tells a page that something changed; it then asks for the state.
async fn events(State(shared): State<Arc<Shared>>, _place: Place) -> Sse<impl Stream<Item = Result<Event, Infallible>> + use<>> {
    let changes = (shared.changed.subscribe(), shared.stopping.subscribe());
    let stream = futures_util::stream::unfold(changes, |(mut changed, mut stopping)| async move {
        if *stopping.borrow() {
            return None;
        }
        tokio::select! {
            _ = stopping.changed() => None,
            result = changed.changed() => {
                result.ok()?;
                tokio::time::sleep(TELL_EVERY).await;
                let version = *changed.borrow_and_update();
                Some((Ok(Event::default().data(version.to_string())), (changed, stopping)))
            }
        }
    });
    Sse::new(stream).keep_alive(KeepAlive::default())
}
