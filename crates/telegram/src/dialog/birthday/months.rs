//! The names of months as people type them, in the bot's languages and those it is to speak: English, Hindi, Spanish,
//! Portuguese, Russian, Ukrainian, Indonesian and Arabic.

use std::sync::LazyLock;

use luvhive_core::text::fold;

/// Names and short forms, January first. Slavic languages have two cases of them, Arabic the names of three regions.
#[rustfmt::skip]
const NAMES: [&[&str]; 12] = [
    &["january", "jan", "जनवरी", "जन", "enero", "ene", "janeiro", "января", "январь", "янв", "січня", "січень", "січ",
        "januari", "يناير", "جانفي", "كانون الثاني"],
    &["february", "feb", "फ़रवरी", "फर", "febrero", "fevereiro", "fev", "февраля", "февраль", "фев", "лютого", "лютий",
        "лют", "februari", "فبراير", "فيفري", "شباط"],
    &["march", "mar", "मार्च", "marzo", "março", "марта", "март", "мар", "березня", "березень", "бер", "maret", "مارس",
        "آذار"],
    &["april", "apr", "अप्रैल", "अप्रेल", "abril", "abr", "апреля", "апрель", "апр", "квітня", "квітень", "кві",
        "أبريل", "أفريل", "نيسان"],
    &["may", "मई", "mayo", "maio", "mai", "мая", "май", "травня", "травень", "тра", "mei", "مايو", "ماي", "أيار"],
    &["june", "jun", "जून", "junio", "junho", "июня", "июнь", "июн", "червня", "червень", "чер", "juni", "يونيو",
        "يونيه", "جوان", "حزيران"],
    &["july", "jul", "जुलाई", "जुल", "julio", "julho", "июля", "июль", "июл", "липня", "липень", "лип", "juli",
        "يوليو", "يوليه", "جويلية", "تموز"],
    &["august", "aug", "अगस्त", "अग", "agosto", "ago", "августа", "август", "авг", "серпня", "серпень", "сер",
        "agustus", "agu", "agt", "أغسطس", "أوت", "آب"],
    &["september", "sep", "sept", "सितंबर", "सितम्बर", "सित", "septiembre", "setiembre", "setembro", "set", "сентября",
        "сентябрь", "сен", "сент", "вересня", "вересень", "вер", "سبتمبر", "أيلول"],
    &["october", "oct", "अक्टूबर", "अक्तूबर", "अक्टू", "octubre", "outubro", "out", "октября", "октябрь", "окт",
        "жовтня", "жовтень", "жов", "oktober", "okt", "أكتوبر", "تشرين الأول"],
    &["november", "nov", "नवंबर", "नवम्बर", "नव", "noviembre", "novembro", "ноября", "ноябрь", "ноя", "нояб",
        "листопада", "листопад", "лис", "nopember", "nop", "نوفمبر", "تشرين الثاني"],
    &["december", "dec", "दिसंबर", "दिसम्बर", "दिस", "diciembre", "dic", "dezembro", "dez", "декабря", "декабрь",
        "дек", "грудня", "грудень", "гру", "desember", "des", "ديسمبر", "كانون الأول"],
];

/// Every name folded, with the month's number.
static FOLDED: LazyLock<Vec<(String, u32)>> =
    LazyLock::new(|| (1..).zip(NAMES).flat_map(|(month, names)| names.iter().map(move |name| (fold(name), month))).collect());

/// Finds the month of a name, 1 to 12, in any case and with any accents.
pub(super) fn find(name: &str) -> Option<u32> {
    let name = fold(name);
    FOLDED.iter().find(|(known, _)| *known == name).map(|&(_, month)| month)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_stands_for_two_months_and_none_is_listed_twice() {
        for (at, (name, _)) in FOLDED.iter().enumerate() {
            assert!(!name.is_empty() && !FOLDED.iter().skip(at + 1).any(|(other, _)| other == name), "{name}");
        }
    }
}
