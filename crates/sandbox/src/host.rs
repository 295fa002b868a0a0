//! Which names the sandbox answers to. A page of another site that points its own name at
//! 127.0.0.1 must reach nothing, and no site may post here.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};

/// Where a request was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// 127.0.0.1 or localhost: the page around the phones, and programs.
    Outer,
    /// `u<number>.localhost`: one phone.
    Phone(u32),
}

impl Place {
    fn of(headers: &HeaderMap) -> Option<Self> {
        let host = headers.get(header::HOST)?.to_str().ok()?;
        let (name, port) = host.rsplit_once(':').unwrap_or((host, "80"));
        port.parse::<u16>().ok()?;
        if name == "127.0.0.1" || name.eq_ignore_ascii_case("localhost") {
            return Some(Self::Outer);
        }
        let number = name.strip_suffix(".localhost")?.strip_prefix('u')?;
        let is_plain = number.bytes().all(|byte| byte.is_ascii_digit()) && !number.starts_with('0');
        number.parse().ok().filter(|_| is_plain).map(Self::Phone)
    }
}

/// Whether the Bot API answers a request with these headers.
pub(crate) fn is_allowed(headers: &HeaderMap) -> bool {
    Place::of(headers) == Some(Place::Outer)
}

/// A browser names the site a request comes from; it must be the one it goes to.
fn is_own_origin(headers: &HeaderMap) -> bool {
    let Some(origin) = headers.get(header::ORIGIN) else { return true };
    let text = |value: &axum::http::HeaderValue| value.to_str().map(str::to_owned).ok();
    let host = headers.get(header::HOST).and_then(text);
    text(origin).zip(host).is_some_and(|(origin, host)| origin.strip_prefix("http://") == Some(host.as_str()))
}

impl<S: Sync> FromRequestParts<S> for Place {
    type Rejection = (StatusCode, &'static str);

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Self::Rejection> {
        let place = Self::of(&parts.headers)
            .ok_or((StatusCode::MISDIRECTED_REQUEST, "this host is not served here: use 127.0.0.1 or localhost"))?;
        if is_own_origin(&parts.headers) {
            Ok(place)
        } else {
            Err((StatusCode::FORBIDDEN, "requests from other sites are refused"))
        }
    }
}
