//! What is read from where, what is refused, and that secrets stay unseen.

use std::collections::BTreeSet;
use std::path::PathBuf;

use tracing_subscriber::filter::LevelFilter;

use super::*;
use crate::address::is_url;

fn token() -> String {
    format!("{}:{}", 4242, "a".repeat(35))
}

fn load(variables: &[(&str, &str)]) -> Result<Settings, SettingsError> {
    let environment = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Settings::load(&environment)
}

#[track_caller]
fn refused(variables: &[(&str, &str)], expected: &[&str]) {
    let message = load(variables).expect_err("must be refused").to_string();
    for part in expected {
        assert!(message.contains(part), "{part:?} is missing in: {message}");
    }
}

fn shown(settings: &Settings) -> Vec<String> {
    settings.shown.iter().map(ToString::to_string).collect()
}

#[test]
fn each_row_has_a_default_and_each_default_a_row() {
    let rows: Vec<String> = rows().iter().map(|row| row.key.to_owned()).collect();
    let known: BTreeSet<String> = rows.iter().cloned().collect();
    assert_eq!(known.len(), rows.len(), "a key stands in two rows");
    assert_eq!(known, defaults().into_keys().collect());
}

#[test]
fn a_length_of_time_has_its_unit_in_the_key() {
    let has_unit = |key: &str| ["_s", "_ms", "_h", "_days"].iter().any(|unit| key.ends_with(unit));
    let is_unnamed = |row: &Row| row.doc.trim().starts_with("How long") && !has_unit(row.key);
    assert_eq!(rows().iter().find(|row| is_unnamed(row)).map(|row| row.key), None);
}

#[test]
fn words_name_every_choice() {
    let words = |key: &str| rows().iter().find(|row| row.key == key).unwrap().kind.words();
    assert_eq!(words("log.format"), "auto, pretty or json");
    assert_eq!(words("search.meeting_s"), "a whole number from 20 to 600");
}

#[test]
fn defaults_are_valid_and_choose_the_sandbox() {
    let settings = load(&[]).unwrap();
    assert_eq!(settings.token, None);
    assert_eq!(settings.run_mode, RunMode::Polling);
    assert_eq!(settings.sandbox_port, 8484);
    assert!(settings.data_dir.is_absolute());
}

#[test]
fn environment_wins_over_file_and_alias_over_both() {
    let file = std::env::temp_dir().join(format!("luvhive-settings-{}.toml", std::process::id()));
    std::fs::write(&file, "data_dir = \"/from/file\"\n[sandbox]\nport = 1\npeople = 7\n").unwrap();
    let path = file.to_str().unwrap();
    let settings = load(&[
        ("LUVHIVE_CONFIG", path),
        ("LUVHIVE__SANDBOX__PORT", "2"),
        ("LUVHIVE__DATA_DIR", "/from/variable"),
        ("LUVHIVE_DATA_DIR", "/from/alias"),
    ]);
    std::fs::remove_file(&file).unwrap();
    let settings = settings.unwrap();
    assert_eq!(settings.sandbox_people, 7);
    assert_eq!(settings.sandbox_port, 2);
    assert_eq!(settings.data_dir, PathBuf::from("/from/alias"));
    let shown = shown(&settings);
    for line in [
        "data_dir = \"/from/alias\"  # variable LUVHIVE_DATA_DIR, the short name",
        &format!("sandbox.people = 7  # file {path}"),
        "sandbox.port = 2  # variable LUVHIVE__SANDBOX__PORT",
        "log.filter = \"info\"  # default",
    ] {
        assert!(shown.contains(&line.to_owned()), "{line:?} is missing in: {shown:#?}");
    }
}

#[test]
fn a_value_in_the_place_of_a_section_is_one_fault() {
    let file = std::env::temp_dir().join(format!("luvhive-section-{}.toml", std::process::id()));
    std::fs::write(&file, "sandbox = 3\n").unwrap();
    let path = file.to_str().unwrap();
    let message = load(&[("LUVHIVE_CONFIG", path)]).unwrap_err().to_string();
    std::fs::remove_file(&file).unwrap();
    let fault = format!("sandbox (from {path}): this is a section, not a setting; name a setting in it, such as sandbox.people;");
    assert!(message.contains("in 1 place:") && message.contains(&fault), "{message}");
    refused(&[("LUVHIVE__SANDBOX", "3")], &["in 1 place:", "sandbox (from LUVHIVE__SANDBOX): this is a section"]);
}

#[test]
fn a_setting_left_empty_in_a_file_is_not_set() {
    let file = std::env::temp_dir().join(format!("luvhive-empty-{}.toml", std::process::id()));
    std::fs::write(&file, "[ops]\nlisten = \"\"\n[log]\nfilter = \"\"\nformat = \"\"\n[sandbox]\nport = \"\"\n").unwrap();
    let path = file.to_str().unwrap();
    let message = load(&[("LUVHIVE_CONFIG", path)]).unwrap_err().to_string();
    std::fs::remove_file(&file).unwrap();
    for part in [
        "in 2 places",
        &format!("log.format (from {path}): it is not set; expected auto, pretty or json"),
        &format!("sandbox.port (from {path}): it is not set; give a whole number from 0 to 65535"),
    ] {
        assert!(message.contains(part), "{part:?} is missing in: {message}");
    }
}

#[test]
fn an_address_has_a_scheme_a_host_and_no_user() {
    for good in ["http://host", "https://host:81/path", "http://[::1]:8081", "https://127.0.0.1/"] {
        assert!(is_url(good), "{good}");
    }
    for bad in [
        "",
        "host",
        "ftp://host",
        "http://",
        "http:///host",
        "http:host",
        "http://me@host",
        "http://me:pw@host",
        "http://ho st",
        "http://host:port",
        "http://host:70000",
        "http://[::1",
        "http:\\\\host",
        "HTTP://host",
    ] {
        assert!(!is_url(bad), "{bad}");
    }
}

/// A setting whose name has too few underscores would else be passed over in silence.
#[test]
fn a_variable_that_nobody_reads_is_refused() {
    let meant = "LUVHIVE_OPS__LISTEN: no such variable; did you mean LUVHIVE__OPS__LISTEN?";
    refused(&[("LUVHIVE_OPS__LISTEN", "127.0.0.1:9")], &[meant]);
    refused(&[("LUVHIVE_OPS_LISTEN", "127.0.0.1:9")], &["did you mean LUVHIVE__OPS__LISTEN?"]);
    refused(&[("LUVHIVE_BOT__TOKEN", "x")], &["LUVHIVE_BOT__TOKEN: no such variable; settings begin with LUVHIVE__;"]);
    // Variables of other programs that come with LuvHive, and empty ones, are none of its business.
    for other in [("LUVHIVE_PG_BIN", "/pg"), ("LUVHIVE_BACKUP_KEEP", "7"), ("LUVHIVE_OPS__LISTEN", "")] {
        load(&[other]).unwrap();
    }
}

#[test]
fn all_faults_are_reported_together() {
    refused(
        &[
            ("BOT_TOKEN", "12345"),
            ("LUVHIVE__SANDBOX__PORT", "70000"),
            ("LUVHIVE__SANDBOX__PROT", "1"),
            ("LUVHIVE__LOG__FORMAT", "xml"),
            ("RUN_MODE", "carrier-pigeon"),
        ],
        &[
            "in 5 places",
            "telegram.token (from BOT_TOKEN): the value has the wrong form",
            "sandbox.port (from LUVHIVE__SANDBOX__PORT): \"70000\" is not possible; give a whole number from 0 to 65535",
            "sandbox.prot (from LUVHIVE__SANDBOX__PROT): no such setting; did you mean sandbox.port?",
            "log.format (from LUVHIVE__LOG__FORMAT): \"xml\" has the wrong form; expected auto, pretty or json",
            "telegram.run_mode (from RUN_MODE)",
        ],
    );
}

#[test]
fn premium_is_worth_less_than_waiting() {
    let weigh = |premium, waiting| {
        load(&[("LUVHIVE__SEARCH__POINTS_FOR_PREMIUM", premium), ("LUVHIVE__SEARCH__POINTS_FOR_WAITING", waiting)])
    };
    assert!(weigh("59", "60").is_ok());
    for (premium, waiting) in [("60", "60"), ("61", "60"), ("40", "40")] {
        let error = weigh(premium, waiting).unwrap_err().to_string();
        assert!(error.contains("search.points_for_premium") && error.contains("could starve"), "{error}");
    }
    refused(&[("LUVHIVE__SEARCH__POINTS_FOR_WAITING", "40")], &["search.points_for_premium"]);
}

#[test]
fn the_contact_is_one_line() {
    assert_eq!(load(&[]).unwrap().support_contact, "");
    assert_eq!(load(&[("LUVHIVE__SUPPORT__CONTACT", "@LuvHiveHelp")]).unwrap().support_contact, "@LuvHiveHelp");
    for bad in ["two\nlines", &"x".repeat(201)] {
        refused(&[("LUVHIVE__SUPPORT__CONTACT", bad)], &["support.contact (from LUVHIVE__SUPPORT__CONTACT)"]);
    }
}

#[test]
fn the_owner_has_a_name_that_an_account_can_have() {
    let owner = |name| load(&[("LUVHIVE__STAFF__OWNER", name)]).map(|settings| settings.staff_owner);
    assert_eq!(owner("").unwrap(), "");
    assert_eq!(owner("ann.of-hive_2").unwrap(), "ann.of-hive_2");
    for bad in ["a b", "a\tb", &"x".repeat(101)] {
        refused(&[("LUVHIVE__STAFF__OWNER", bad)], &["staff.owner (from LUVHIVE__STAFF__OWNER)", "no white space"]);
    }
}

#[test]
fn closed_countries_are_codes_in_any_case_and_with_any_gaps() {
    let closed = |codes| load(&[("LUVHIVE__COUNTRIES__CLOSED", codes)]).map(|settings| settings.closed_countries);
    assert_eq!(closed("").unwrap(), [""; 0]);
    assert_eq!(closed("gb").unwrap(), ["GB"]);
    assert_eq!(closed("GB, fr,IT  ES").unwrap(), ["GB", "FR", "IT", "ES"]);
    for bad in ["GBR", "G", "GB;FR", "भा"] {
        refused(&[("LUVHIVE__COUNTRIES__CLOSED", bad)], &["countries.closed (from LUVHIVE__COUNTRIES__CLOSED)", "two letters"]);
    }
}

#[test]
fn a_missing_file_is_named() {
    refused(&[("LUVHIVE_CONFIG", "/nonexistent/luvhive.toml")], &["LUVHIVE_CONFIG", "readable TOML file"]);
}

#[test]
fn webhook_needs_https_unless_it_stays_on_this_machine() {
    refused(&[("RUN_MODE", "webhook")], &["webhook.external_url: it is not set"]);
    refused(&[("RUN_MODE", "webhook"), ("EXTERNAL_URL", "http://example.org/hook")], &["EXTERNAL_URL", "https://"]);
    for port in ["8485", "8080", "4430"] {
        // Telegram posts to four ports alone.
        let other = format!("https://example.org:{port}/hook");
        refused(&[("RUN_MODE", "webhook"), ("EXTERNAL_URL", &other)], &["EXTERNAL_URL", "443|80|88|8443"]);
    }
    for bad in ["hook?a=b", "hook#a", "{hook}", "*hook", ":hook", "a/{*hook}"] {
        let url = format!("https://example.org/{bad}");
        refused(&[("RUN_MODE", "webhook"), ("EXTERNAL_URL", &url)], &["EXTERNAL_URL"]);
    }
    let (token, hook) = (token(), "http://127.0.0.1:8485/hook");
    let both = [("RUN_MODE", "webhook"), ("EXTERNAL_URL", hook), ("BOT_TOKEN", token.as_str())];
    refused(&both, &["webhook.external_url (from EXTERNAL_URL): it is not https, and the Bot API is not on this machine"]);
    let local = [&both[..], &[("LUVHIVE__TELEGRAM__API_URL", "http://127.0.0.1:8081")]].concat();
    load(&local).unwrap();
    for good in [
        "https://example.org:8443/hook",
        "https://example.org/a:b",
        "https://[2001:db8::1]/hook",
        "http://127.0.0.1:8485/hook",
        "http://[::1]:1/",
        "http://localhost/x",
    ] {
        let settings = load(&[("RUN_MODE", "webhook"), ("EXTERNAL_URL", good)]).unwrap();
        assert!(settings.webhook().is_some_and(|webhook| webhook.external_url == good));
    }
}

#[test]
fn secrets_are_never_shown() {
    let token = token();
    let settings = load(&[("BOT_TOKEN", &token), ("DATABASE_URL", "postgres://me:hunter2@host/db")]).unwrap();
    assert_eq!(settings.token.as_ref().map(Secret::expose), Some(token.as_str()));
    let everything = format!("{settings:?} {}", shown(&settings).join("\n"));
    assert!(!everything.contains(&token) && !everything.contains("hunter2"), "{everything}");
    assert!(shown(&settings).contains(&"telegram.token = \"***\"  # variable BOT_TOKEN, the short name".to_owned()));
    refused(&[("DATABASE_URL", "mysql://me:hunter2@host/db")], &["database.url (from DATABASE_URL)"]);
    let message = load(&[("DATABASE_URL", "mysql://me:hunter2@host/db")]).unwrap_err().to_string();
    assert!(!message.contains("hunter2"), "{message}");
}

#[test]
fn the_subject_key_is_64_digits_and_a_secret() {
    assert_eq!(load(&[]).unwrap().subject_key, None);
    let key = "0123456789abcdef".repeat(4);
    let settings = load(&[("LUVHIVE_SUBJECT_KEY", &key.to_uppercase())]).unwrap();
    assert_eq!(settings.subject_key.as_ref().map(Secret::expose), Some(key.as_str()), "one key, however it is typed");
    assert!(shown(&settings).contains(&"subject.key = \"***\"  # variable LUVHIVE_SUBJECT_KEY, the short name".to_owned()));
    let short: String = key.chars().skip(1).collect();
    for bad in [short.as_str(), &format!("{key}0"), &format!("{short}g")] {
        let message = load(&[("LUVHIVE_SUBJECT_KEY", bad)]).unwrap_err().to_string();
        assert!(message.contains("subject.key (from LUVHIVE_SUBJECT_KEY)") && !message.contains(bad), "{message}");
    }
    let file = std::env::temp_dir().join(format!("luvhive-subject-{}.key", std::process::id()));
    std::fs::write(&file, format!("{key}\n")).unwrap();
    let settings = load(&[("LUVHIVE_SUBJECT_KEY_FILE", file.to_str().unwrap())]).unwrap();
    std::fs::remove_file(&file).unwrap();
    assert_eq!(settings.subject_key.unwrap().expose(), key);
}

#[test]
fn tokens_are_digits_colon_and_thirty_five_characters() {
    assert!(is_token(&token()));
    for bad in ["", ":", "1:", "abc:def", &token().replace(':', ""), &format!("{}x", token()), &format!("-{}", token())] {
        assert!(!is_token(bad), "{bad}");
    }
}

#[test]
fn secrets_come_from_files_too() {
    let folder = std::env::temp_dir().join(format!("luvhive-secrets-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let (named, credential) = (folder.join("named"), folder.join("BOT_TOKEN"));
    let other = token().replace('a', "b");
    std::fs::write(&named, format!("{}\n", token())).unwrap();
    std::fs::write(&credential, &other).unwrap();
    let (named, directory) = (named.to_str().unwrap(), folder.to_str().unwrap());
    let read = |variables: &[(&str, &str)]| load(variables).unwrap().token.map(|secret| secret.expose().to_owned());
    assert_eq!(read(&[("BOT_TOKEN_FILE", named)]), Some(token()), "the end of the line is no part of it");
    assert_eq!(read(&[("CREDENTIALS_DIRECTORY", directory)]), Some(other));
    assert_eq!(read(&[("CREDENTIALS_DIRECTORY", directory), ("BOT_TOKEN_FILE", named)]), Some(token()));
    assert_eq!(read(&[("CREDENTIALS_DIRECTORY", directory), ("BOT_TOKEN", &token())]), Some(token()));
    assert_eq!(read(&[("CREDENTIALS_DIRECTORY", "/nonexistent")]), None);
    refused(&[("BOT_TOKEN_FILE", "/nonexistent/token")], &["telegram.token (from BOT_TOKEN_FILE)", "cannot be read"]);
    let both = [("BOT_TOKEN_FILE", named), ("BOT_TOKEN", &token())];
    refused(&both, &["BOT_TOKEN and BOT_TOKEN_FILE are both set"]);
    std::fs::write(&credential, "hunter2").unwrap();
    let message = load(&[("CREDENTIALS_DIRECTORY", directory)]).unwrap_err().to_string();
    assert!(message.contains("from $CREDENTIALS_DIRECTORY/BOT_TOKEN") && !message.contains("hunter2"), "{message}");
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn data_keys_are_64_digits_each_and_a_secret() {
    assert_eq!(load(&[]).unwrap().data_key, None);
    let (new, old) = ("ab".repeat(32), "CD".repeat(32));
    let settings = load(&[("LUVHIVE_DATA_KEY", &format!("{new}\n{old}\n"))]).unwrap();
    assert_eq!(settings.data_key.as_ref().map(Secret::expose), Some(format!("{new}\n{old}").as_str()));
    assert!(shown(&settings).contains(&"data.key = \"***\"  # variable LUVHIVE_DATA_KEY, the short name".to_owned()));
    for bad in [new.trim_start_matches('a'), &format!("{new},{old}"), &format!("{new} x")] {
        let message = load(&[("LUVHIVE_DATA_KEY", bad)]).unwrap_err().to_string();
        assert!(message.contains("data.key (from LUVHIVE_DATA_KEY)") && !message.contains(bad), "{message}");
    }
}

#[test]
fn a_log_filter_holds_levels_and_targets() {
    let is_logged = |text: &str, target: &str, level: LevelFilter| {
        read_log_filter(text).unwrap().would_enable(target, &level.into_level().unwrap())
    };
    let mixed = " warn, luvhive_telegram=debug,";
    for (text, target, most) in [
        ("info", "luvhive_core", LevelFilter::INFO),
        ("TRACE", "luvhive_core", LevelFilter::TRACE),
        (mixed, "luvhive_core", LevelFilter::WARN),
        (mixed, "luvhive_telegram::lanes", LevelFilter::DEBUG),
        ("", "luvhive_core", LevelFilter::ERROR),
    ] {
        for level in [LevelFilter::ERROR, LevelFilter::WARN, LevelFilter::INFO, LevelFilter::DEBUG, LevelFilter::TRACE] {
            assert_eq!(is_logged(text, target, level), level <= most, "{text:?} {target} {level}");
        }
    }
    assert!(!is_logged("off", "luvhive_core", LevelFilter::ERROR));
    for wrong in ["luvhive_core=loud", "a=b=info", "luvhive[lane]=debug"] {
        refused(&[("LUVHIVE__LOG__FILTER", wrong)], &["log.filter", "target=level"]);
    }
}
