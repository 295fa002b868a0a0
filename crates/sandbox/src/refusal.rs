//! What a method of the Bot API ends with: its result as JSON, or a refusal with status, code, description and, for 429, the
//! pause.

use serde::Serialize;

/// The JSON of a result, without its envelope.
pub(crate) type Outcome = Result<String, ApiError>;

/// `true`, the commonest result.
#[expect(clippy::unnecessary_wraps, reason = "it stands where an outcome is returned")]
pub(crate) fn done() -> Outcome {
    Ok("true".to_owned())
}

/// A result as JSON.
pub(crate) fn to_result(value: &impl Serialize) -> Outcome {
    serde_json::to_string(value).map_err(|error| ApiError::new(500, error))
}

/// A refused request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ApiError {
    pub(crate) status: u16,
    /// The whole description, with its leading word.
    pub(crate) description: String,
    pub(crate) retry_after: Option<u64>,
}

impl ApiError {
    /// A refusal with this status; `detail` follows the status's usual word.
    pub(crate) fn new(status: u16, detail: impl std::fmt::Display) -> Self {
        let word = match status {
            400 => "Bad Request: ",
            403 => "Forbidden: ",
            404 => "Not Found: ",
            409 => "Conflict: ",
            429 => "Too Many Requests: ",
            500..=599 => "Internal Server Error: ",
            _ => "",
        };
        Self { status, description: format!("{word}{detail}"), retry_after: None }
    }

    /// 400.
    pub(crate) fn bad_request(detail: impl std::fmt::Display) -> Self {
        Self::new(400, detail)
    }

    /// 403.
    pub(crate) fn forbidden(detail: impl std::fmt::Display) -> Self {
        Self::new(403, detail)
    }

    /// 401: the token is well formed and unknown.
    pub(crate) fn unauthorized() -> Self {
        Self { status: 401, description: "Unauthorized".to_owned(), retry_after: None }
    }

    /// 429 with a pause in seconds.
    pub(crate) fn too_many_requests(retry_after: u64) -> Self {
        let detail = format!("retry after {retry_after}");
        Self { retry_after: Some(retry_after), ..Self::new(429, detail) }
    }

    /// The answer's body, its fields in Telegram's order.
    pub(crate) fn to_json(&self) -> String {
        let description = serde_json::Value::from(self.description.as_str());
        let pause = self.retry_after.map_or(String::new(), |seconds| format!(",\"parameters\":{{\"retry_after\":{seconds}}}"));
        let code = self.status;
        format!("{{\"ok\":false,\"error_code\":{code},\"description\":{description}{pause}}}")
    }
}
