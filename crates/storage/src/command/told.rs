//! What commands tell people of decisions and corrections, as parts of their rows.

use luvhive_core::conduct::ProfileText;
use luvhive_core::conduct::{ReportReason, SanctionKind};
use luvhive_core::correction::CorrectionNews;
use luvhive_core::decision::DecisionNews;
use luvhive_core::id::SanctionId;
use luvhive_core::person::Gender;
use luvhive_core::ports::StoreError;
use luvhive_core::time::Day;
use serde::{Deserialize, Serialize};

use crate::codes::read;

/// What a person reads of a decision beside its end and its note.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DecisionRow {
    sanction: i64,
    kind: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rule: Option<String>,
    is_pending: bool,
}

impl From<DecisionNews> for DecisionRow {
    fn from(news: DecisionNews) -> Self {
        Self {
            sanction: news.sanction.get(),
            kind: news.kind.code().to_owned(),
            text: news.text.map(|text| text.code().to_owned()),
            rule: news.rule.map(|rule| rule.code().to_owned()),
            is_pending: news.is_pending,
        }
    }
}

impl TryFrom<DecisionRow> for DecisionNews {
    type Error = StoreError;

    fn try_from(row: DecisionRow) -> Result<Self, StoreError> {
        Ok(Self {
            sanction: SanctionId::new(row.sanction),
            kind: read(SanctionKind::from_code(&row.kind), "command")?,
            text: row.text.map(|text| read(ProfileText::from_code(&text), "command")).transpose()?,
            rule: row.rule.map(|rule| read(ReportReason::from_code(&rule), "command")).transpose()?,
            is_pending: row.is_pending,
        })
    }
}

/// What support corrected.
#[derive(Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum CorrectionRow {
    Gender { code: String },
    Born { day: String },
    Refused,
    Underage,
    Admitted,
}

impl From<CorrectionNews> for CorrectionRow {
    fn from(news: CorrectionNews) -> Self {
        match news {
            CorrectionNews::Gender(gender) => Self::Gender { code: gender.code().to_owned() },
            CorrectionNews::Born(day) => Self::Born { day: day.to_string() },
            CorrectionNews::Refused => Self::Refused,
            CorrectionNews::Underage => Self::Underage,
            CorrectionNews::Admitted => Self::Admitted,
        }
    }
}

impl TryFrom<CorrectionRow> for CorrectionNews {
    type Error = StoreError;

    fn try_from(row: CorrectionRow) -> Result<Self, StoreError> {
        Ok(match row {
            CorrectionRow::Gender { code } => Self::Gender(read(Gender::from_code(&code), "command")?),
            CorrectionRow::Born { day } => Self::Born(read(day.parse().ok().map(Day::from_naive), "command")?),
            CorrectionRow::Refused => Self::Refused,
            CorrectionRow::Underage => Self::Underage,
            CorrectionRow::Admitted => Self::Admitted,
        })
    }
}
