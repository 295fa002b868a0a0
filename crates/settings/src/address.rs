//! Which addresses can be used: the Bot API's, and the one under which Telegram calls us.

use url::{Host, Url};

/// Reports whether a text is an http or https address of a host, without a user.
pub(crate) fn is_url(text: &str) -> bool {
    http(text).is_some()
}

/// Reports whether Telegram, or a sandbox on this machine, may call this address.
///
/// The path becomes a route of ours, where some signs mean something else.
pub(crate) fn is_webhook_url(text: &str) -> bool {
    let Some(url) = http(text) else { return false };
    let is_route = |part: &str| part.starts_with([':', '*']);
    if text.contains(['?', '#', '{', '}']) || url.path_segments().is_some_and(|mut parts| parts.any(is_route)) {
        return false;
    }
    // Telegram posts to these ports alone (Bot API 10.3, `setWebhook`, notes).
    let is_port = |port| [443, 80, 88, 8443].contains(&port);
    if url.scheme() == "https" { url.port_or_known_default().is_some_and(is_port) } else { is_local(&url) }
}

/// Reports whether an address is one of this machine's own.
pub(crate) fn is_this_machine(text: &str) -> bool {
    http(text).is_some_and(|url| is_local(&url))
}

fn is_local(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// Reads an address as it stands: what a browser would mend on the way, such as a missing slash, is refused.
fn http(text: &str) -> Option<Url> {
    let rest = text.strip_prefix("http://").or_else(|| text.strip_prefix("https://"))?;
    let is_plain = !rest.starts_with('/') && !rest.contains(|sign: char| sign == '\\' || sign.is_whitespace());
    let has_user = |url: &Url| !url.username().is_empty() || url.password().is_some();
    Url::parse(text).ok().filter(|url| is_plain && !has_user(url))
}
