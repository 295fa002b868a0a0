//! The compose file and the container: read by a YAML parser, and held to what they promise.

use serde_json::Value;

use super::{deploy, read};

fn compose() -> Value {
    serde_saphyr::from_str(&read("docker/compose.yaml")).unwrap()
}

#[test]
fn the_bot_runs_without_rights_on_a_read_only_root() {
    let compose = compose();
    for service in ["luvhive", "migrate"] {
        let service = &compose["services"][service];
        assert_eq!(service["read_only"], true);
        assert_eq!(service["cap_drop"][0], "ALL");
        assert_eq!(service["security_opt"][0], "no-new-privileges:true");
        assert_eq!(service["environment"]["BOT_TOKEN_FILE"], "/run/secrets/bot_token");
        assert_eq!(service["environment"]["DATABASE_URL_FILE"], "/run/secrets/database_url");
        assert_eq!(service["environment"]["LUVHIVE_SUBJECT_KEY_FILE"], "/run/secrets/subject_key");
        assert_eq!(service["environment"]["LUVHIVE_DATA_KEY_FILE"], "/run/secrets/data_key");
        assert_eq!(service["build"]["dockerfile"], "deploy/docker/Dockerfile");
    }
    let bot = &compose["services"]["luvhive"];
    assert_eq!((&bot["restart"], &bot["stop_grace_period"]), (&"always".into(), &"30s".into()));
    assert_eq!(bot["depends_on"]["migrate"]["condition"], "service_completed_successfully");
    assert_eq!(compose["services"]["postgres"]["command"][2], "max_connections=60");
}

#[test]
fn every_log_is_cut_and_every_secret_is_a_file() {
    let compose = compose();
    let services = compose["services"].as_object().unwrap();
    assert_eq!(services.len(), 5);
    let declared = compose["secrets"].as_object().unwrap();
    for (name, service) in services {
        let logging = &service["logging"]["options"];
        assert_eq!((&logging["max-size"], &logging["max-file"]), (&"50m".into(), &"10".into()), "{name}");
        for secret in service["secrets"].as_array().into_iter().flatten() {
            assert!(declared[secret.as_str().unwrap()]["file"].is_string(), "{name}: {secret}");
        }
        for (key, value) in service["environment"].as_object().into_iter().flatten() {
            let is_open = (key.contains("PASSWORD") || key.contains("TOKEN") || key.contains("URL")) && !key.ends_with("_FILE");
            assert!(!is_open, "{name}: {key}={value} stands in the open");
        }
        let ports = service["ports"].as_array().into_iter().flatten();
        assert!(ports.clone().all(|port| port.as_str().unwrap().starts_with("127.0.0.1:")), "{name} is open to the world");
    }
}

#[test]
fn what_is_mounted_is_there() {
    let compose = compose();
    for service in compose["services"].as_object().unwrap().values() {
        for volume in service["volumes"].as_array().into_iter().flatten() {
            let source = volume.as_str().unwrap().split(':').next().unwrap();
            if source.starts_with('.') {
                assert!(deploy("docker").join(source).exists(), "{source}");
            } else {
                assert!(compose["volumes"].as_object().unwrap().contains_key(source), "{source}");
            }
        }
    }
    for file in ["grafana/provisioning/datasources/prometheus.yaml", "grafana/provisioning/dashboards/luvhive.yaml"] {
        let parsed: Value = serde_saphyr::from_str(&read(file)).unwrap();
        assert_eq!(parsed["apiVersion"], 1);
    }
}

#[test]
fn the_container_is_built_in_one_stage_and_run_in_another() {
    let dockerfile = read("docker/Dockerfile");
    let stages: Vec<_> = dockerfile.lines().filter_map(|line| line.strip_prefix("FROM ")).collect();
    assert_eq!(stages.len(), 2);
    let toolchain: String = std::fs::read_to_string(deploy("../rust-toolchain.toml")).unwrap();
    let version = stages[0].strip_prefix("rust:").unwrap().split('-').next().unwrap();
    assert!(toolchain.contains(&format!("channel = \"{version}")), "{version} is not the toolchain's: {toolchain}");
    let last = dockerfile.rsplit_once("FROM ").unwrap().1;
    assert!(last.contains("\nUSER 10001\n") && !last.contains("cargo"), "{last}");
    assert!(last.contains("--from=build"));
    // Copies are taken by programs that are not older than the server.
    let server = compose()["services"]["postgres"]["image"].as_str().unwrap().replace("postgres:", "postgresql-client-");
    assert!(last.contains(&server), "{server} is not in the image");
}
