//! The public workflow: it runs the gate itself, and has no rights that a check does not need.

use serde_json::Value;

use super::root;

fn workflow() -> Value {
    let text = std::fs::read_to_string(root().join(".github/workflows/ci.yml")).unwrap();
    serde_saphyr::from_str(&text).unwrap()
}

/// The steps of a job that run a command, in order.
fn commands(job: &Value) -> Vec<&str> {
    job["steps"].as_array().unwrap().iter().filter_map(|step| step["run"].as_str()).collect()
}

#[test]
fn the_workflow_runs_the_one_gate() {
    let workflow = workflow();
    let gate = &workflow["jobs"]["gate"];
    assert_eq!(commands(gate), ["rustup toolchain install", "bash .ci/run"]);
    assert!(root().join(".ci/run").is_file());
    assert_eq!(gate["runs-on"], "ubuntu-latest");
}

#[test]
fn the_workflow_may_only_read() {
    let workflow = workflow();
    assert_eq!(workflow["permissions"], serde_json::json!({"contents": "read"}));
    for (name, job) in workflow["jobs"].as_object().unwrap() {
        assert!(job["permissions"].is_null(), "{name} takes more rights");
        assert!(job["timeout-minutes"].is_u64(), "{name} may run for ever");
        for step in job["steps"].as_array().unwrap() {
            if let Some(action) = step["uses"].as_str() {
                let (action, version) = action.split_once('@').unwrap();
                assert!(version.starts_with('v'), "{action} of {name} has no version");
                let keeps_token = action == "actions/checkout" && step["with"]["persist-credentials"] != false;
                assert!(!keeps_token, "{name} keeps the token beside the sources");
            }
        }
    }
}
