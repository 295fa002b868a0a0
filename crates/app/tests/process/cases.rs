//! A case from the report in the chat to the decision that the reported person reads.

use super::kit::{Folder, PATIENCE, fails, finish};
use super::life::{Telegram, ask};

const USAGE: i32 = 64;

#[test]
fn a_report_becomes_a_case_that_is_looked_at_and_decided() {
    let telegram = Telegram::start();
    let folder = Folder::new();
    let bot = telegram.run(&folder, &["run"]);
    let (asha, ravi) = telegram.couple();
    telegram.say(ravi, asha, "something bad");
    telegram.say(asha, ravi, "please stop");
    let mark = telegram.sandbox.mark();
    telegram.sandbox.send_text(asha.person(), "/report", None).unwrap();
    let asked = telegram.sandbox.wait_for(asha.person(), mark, PATIENCE, |message| message.text.contains("What happened"));
    let asked = telegram.runtime.block_on(asked).unwrap().id;
    telegram.sandbox.press(asha.person(), asked, "Threats or violence").unwrap();
    telegram
        .runtime
        .block_on(telegram.sandbox.wait_for(asha.person(), mark, PATIENCE, |message| message.text.contains("Thank you")))
        .unwrap();

    let prints = |arguments: &[&str]| {
        let output = finish(&mut telegram.command(&folder, arguments));
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let listed: serde_json::Value = serde_json::from_str(&prints(&["case", "list", "--json"])).unwrap();
    let [case] = listed.as_array().unwrap().as_slice() else { panic!("{listed}") };
    assert_eq!((case["reason"].as_str(), case["reports"].as_i64()), (Some("threat"), Some(1)));
    let number = case["case"].to_string();
    let ban = ["case", "decide", &number, "--ban", "--reason", "you threatened somebody", "--yes"];
    fails(&mut telegram.command(&folder, &ban), USAGE, &["luvhive case show"]);
    fails(&mut telegram.command(&folder, &["case", "show", "999999"]), USAGE, &["no open case"]);
    let text = prints(&["case", "show", &number]);
    assert!(text.contains("\n  p  text") && text.contains("\n  r  text"), "{text}");
    for secret in ["something bad", "Asha", "Ravi", &asha.person().to_string(), &ravi.person().to_string()] {
        assert!(!text.contains(secret), "{secret:?} is shown: {text}");
    }
    assert!(prints(&["case", "list"]).contains("has it until"));
    let mark = telegram.sandbox.mark();
    prints(&ban);
    let told =
        telegram.sandbox.wait_for(ravi.person(), mark, PATIENCE, |message| message.text.contains("you threatened somebody"));
    telegram.runtime.block_on(told).unwrap();
    let outcome = telegram.sandbox.wait_for(asha.person(), mark, PATIENCE, |message| message.text.contains("acted on it"));
    telegram.runtime.block_on(outcome).unwrap();
    assert_eq!(prints(&["case", "list"]), "no open cases\n");

    // The ban is a suspension until it is confirmed, and nobody else is there to do that today.
    let bans: serde_json::Value = serde_json::from_str(&prints(&["case", "bans", "--json"])).unwrap();
    let decision = bans[0]["ban"].to_string();
    fails(&mut telegram.command(&folder, &["case", "confirm", &decision, "--yes"]), USAGE, &["look at it again from"]);

    // The person appeals; their words are shown, and the same member has to wait as well.
    let mark = telegram.sandbox.mark();
    let told = telegram.sandbox.wait_for(ravi.person(), 0, PATIENCE, |message| message.text.contains("you threatened"));
    let told = telegram.runtime.block_on(told).unwrap().id;
    telegram.sandbox.press(ravi.person(), told, "Appeal").unwrap();
    let ask_for = telegram.sandbox.wait_for(ravi.person(), mark, PATIENCE, |message| message.text.contains("Why was this wrong"));
    telegram.runtime.block_on(ask_for).unwrap();
    telegram.sandbox.send_text(ravi.person(), "it was a line of a film", None).unwrap();
    let stored = telegram.sandbox.wait_for(ravi.person(), mark, PATIENCE, |message| message.text.contains("We have your appeal"));
    telegram.runtime.block_on(stored).unwrap();
    let shown = prints(&["appeal", "show", &decision]);
    assert!(shown.contains("it was a line of a film") && !shown.contains("Ravi"), "{shown}");
    let overturn = ["appeal", "decide", &decision, "--overturn", "--note", "it was a film", "--yes"];
    fails(&mut telegram.command(&folder, &overturn), USAGE, &["look at it again from"]);
    for (action, expected) in [("list_cases", 3), ("read_case", 1), ("decide_case", 1), ("ban", 1), ("list_appeals", 1)] {
        let rows = format!("SELECT count(*) FROM audit_log WHERE action = '{action}'");
        assert_eq!(ask(&telegram, &folder, &rows), expected, "{action}");
    }

    // A day later it is taken back.
    let earlier = "WITH changed AS (UPDATE appeals SET written_at = written_at - interval '25 hours' RETURNING 1) \
                   SELECT count(*) FROM changed";
    assert_eq!(ask(&telegram, &folder, earlier), 1);
    prints(&overturn);
    let sorry = telegram.sandbox.wait_for(ravi.person(), mark, PATIENCE, |message| message.text.contains("We are sorry"));
    telegram.runtime.block_on(sorry).unwrap();
    assert_eq!(ask(&telegram, &folder, "SELECT count(*) FROM people WHERE suspended_until IS NOT NULL"), 0);
    assert_eq!(bot.stop(), Some(0));
}
