use secrecy::ExposeSecret;

use super::*;

/// A process in a folder of its own, with these files and variables.
struct Scene {
    root: tempfile::TempDir,
    around: Surroundings,
    args: GlobalArgs,
}

fn scene() -> Scene {
    let root = tempfile::tempdir().unwrap();
    let project = root.path().join("project");
    let config = root.path().join("config");
    std::fs::create_dir_all(&project).unwrap();
    std::fs::create_dir_all(&config).unwrap();
    std::fs::create_dir(project.join(".git")).unwrap();
    Scene {
        around: Surroundings {
            folder: project,
            config_folder: Some(config),
            home: Some(root.path().to_owned()),
            ..Surroundings::default()
        },
        root,
        args: GlobalArgs::default(),
    }
}

impl Scene {
    fn var(mut self, name: &str, value: &str) -> Self {
        self.around.vars.insert(name.into(), value.into());
        self
    }

    fn project_file(self, text: &str) -> Self {
        std::fs::write(self.around.folder.join("chatkit.toml"), text).unwrap();
        self
    }

    fn user_file(self, text: &str) -> Self {
        std::fs::write(self.root.path().join("config/chatkit.toml"), text).unwrap();
        self
    }

    fn flags(mut self, set: impl FnOnce(&mut options::TargetArgs)) -> Self {
        set(&mut self.args.target);
        self
    }

    fn resolve(&self) -> Result<Settings> {
        resolve(&self.args, &self.around, Need::Protocol)
    }

    fn url(&self) -> String {
        match self.resolve().unwrap().target {
            Target::SelfHosted(url) => url.to_string(),
            other => panic!("not self-hosted: {other:?}"),
        }
    }

    fn hosted(&self) -> Hosted {
        match self.resolve().unwrap().target {
            Target::Hosted(hosted) => *hosted,
            other => panic!("not hosted: {other:?}"),
        }
    }
}

fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

#[test]
fn without_anything_the_error_names_the_mock() {
    let error = scene().resolve().unwrap_err();
    assert_eq!(error.code(), 2);
    assert_eq!(error.to_string(), "no backend to talk to");
    let hint = error.hint().unwrap();
    assert!(
        hint.starts_with("start a mock with 'chatkit serve --mock', or pass --url"),
        "{hint}"
    );
}

#[test]
fn flag_environment_and_profile_win_in_this_order() {
    let file = "default_profile = 'dev'\n[profile.dev]\nurl = 'http://profile/'";
    let scene = scene().user_file(file);
    assert_eq!(scene.url(), "http://profile/");
    let scene = scene.var("CHATKIT_URL", "http://environment/");
    assert_eq!(scene.url(), "http://environment/");
    let scene = scene.flags(|flags| flags.url = Some(url("http://flag/")));
    assert_eq!(scene.url(), "http://flag/");
}

#[test]
fn a_level_decides_as_a_whole() {
    let scene = scene()
        .var("CHATKIT_URL", "http://environment/")
        .var("CHATKIT_CLIENT_SECRET", "ek_env")
        .flags(|flags| flags.workflow = Some("wf_1".into()));
    let hosted = scene.hosted();
    assert_eq!(hosted.workflow.as_deref(), Some("wf_1"));
    assert!(hosted.client_secret.is_none());
}

#[test]
fn empty_variables_count_as_not_set() {
    assert!(scene().var("CHATKIT_URL", " ").resolve().is_err());
}

#[test]
fn a_key_alone_yields_to_every_backend_that_was_named() {
    let scene = scene().var("OPENAI_API_KEY", "sk-1");
    assert_eq!(scene.hosted().api_key.unwrap().expose_secret(), "sk-1");
    let scene = scene.user_file("default_profile = 'p'\n[profile.p]\nurl = 'http://p/'");
    assert_eq!(scene.url(), "http://p/");
}

#[test]
fn a_profile_of_the_project_hides_the_users_one_of_the_same_name() {
    let scene = scene()
        .project_file("[profile.dev]\nurl = 'http://project/'")
        .user_file("[profile.dev]\nurl = 'http://user/'\n[profile.own]\nurl = 'http://own/'")
        .var("CHATKIT_PROFILE", "dev");
    assert_eq!(scene.url(), "http://project/");
    let scene = scene.flags(|flags| flags.profile = Some("own".into()));
    assert_eq!(scene.url(), "http://own/");
    let scene = scene.flags(|flags| flags.profile = Some("nobody".into()));
    let error = scene.resolve().unwrap_err();
    assert_eq!(error.to_string(), "no profile 'nobody'");
    assert_eq!(error.hint().unwrap(), "use one of: dev, dev, own");
}

#[test]
fn headers_of_a_profile_go_to_its_own_backend_only() {
    let file = "default_profile = 'dev'\n[profile.dev]\nurl = 'http://p/'\nheaders = ['Authorization: Bearer ${TOKEN}']";
    let scene = scene().user_file(file).var("TOKEN", "hush");
    let settings = scene.resolve().unwrap();
    assert_eq!(settings.headers[0].value.expose_secret(), "Bearer hush");
    let scene = scene.flags(|flags| flags.url = Some(url("http://stranger/")));
    assert!(scene.resolve().unwrap().headers.is_empty());
}

#[test]
fn headers_of_a_profile_go_to_its_backend_whatever_names_the_same_address() {
    let own = "[profile.p]\nurl = 'http://own/chatkit'\nheaders = ['X-Team: one']";
    let hosted = "[profile.p]\napi_base = 'http://own/v1'\nheaders = ['X-Team: one']";
    let official = "[profile.p]\nworkflow = 'wf'\nheaders = ['X-Team: one']";
    let count = |profile: &str, (variable, value): (&str, &str)| {
        let scene = scene().user_file(profile).var("CHATKIT_PROFILE", "p");
        let scene = scene.var("OPENAI_API_KEY", "sk").var(variable, value);
        scene.resolve().unwrap().headers.len()
    };
    for (profile, variable) in [
        (own, ("CHATKIT_URL", "http://own/chatkit")),
        (hosted, ("CHATKIT_API_BASE", "http://own/v1/")),
        (hosted, ("CHATKIT_API_BASE", "http://own")),
        (hosted, ("OPENAI_BASE_URL", "http://own/v1")),
        (hosted, ("CHATKIT_CLIENT_SECRET", "ek_1")),
        (official, ("CHATKIT_CLIENT_SECRET", "ek_1")),
        (official, ("CHATKIT_API_BASE", "https://api.openai.com")),
    ] {
        assert_eq!(count(profile, variable), 1, "{profile}: {variable:?}");
    }
    for (profile, variable) in [
        (own, ("CHATKIT_URL", "http://own/other")),
        (own, ("CHATKIT_CLIENT_SECRET", "ek_1")),
        (hosted, ("CHATKIT_URL", "http://own/v1")),
        (hosted, ("CHATKIT_API_BASE", "http://other/v1")),
        (official, ("CHATKIT_API_BASE", "http://other/v1")),
    ] {
        assert_eq!(count(profile, variable), 0, "{profile}: {variable:?}");
    }
    let typed = scene().user_file(own).var("CHATKIT_PROFILE", "p");
    let typed = typed.flags(|flags| flags.url = Some(url("http://own/chatkit")));
    assert_eq!(typed.resolve().unwrap().headers.len(), 1);
    // Of a project's file nobody has asked for, what the environment holds goes to no stranger.
    let unasked = "default_profile = 'p'\n[profile.p]\nurl = 'http://own/'\n\
                   headers = ['X-Team: ${OPENAI_API_KEY}']";
    let unasked = scene().project_file(unasked).var("OPENAI_API_KEY", "sk");
    let unasked = unasked.var("CHATKIT_URL", "http://own/");
    assert!(unasked.resolve().unwrap().headers.is_empty());
}

#[test]
fn each_part_of_the_hosted_api_knows_what_named_it() {
    let file = "[profile.p]\nworkflow = 'wf'\nuser = 'ada'\napi_key_file = 'key'";
    let scene = scene().user_file(file).var("CHATKIT_PROFILE", "p");
    std::fs::write(scene.root.path().join("config/key"), "sk-file").unwrap();
    let place = |key: &str| {
        let file = scene.root.path().join("config/chatkit.toml");
        Some(format!("{}: profile.p.{key}", file.display()))
    };
    let sources = scene.hosted().sources;
    assert_eq!(sources.api_base, "default");
    assert_eq!(sources.workflow, place("workflow"));
    assert_eq!(sources.api_key, place("api_key_file"));
    assert_eq!(sources.client_secret, None);
    let user = place("user");
    let scene = scene
        .var("OPENAI_BASE_URL", "http://base/")
        .var("CHATKIT_WORKFLOW_ID", "wf_env")
        .var("OPENAI_API_KEY", "sk-env")
        .flags(|flags| flags.user = Some("bob".into()));
    let sources = scene.hosted().sources;
    assert_eq!(sources.api_base, "OPENAI_BASE_URL");
    assert_eq!(sources.workflow.as_deref(), Some("CHATKIT_WORKFLOW_ID"));
    assert_eq!(sources.api_key.as_deref(), Some("OPENAI_API_KEY"));
    assert_eq!(sources.user.as_deref(), Some("--user"));
    assert_ne!(sources.user, user);
    assert_eq!(scene.resolve().unwrap().source, "CHATKIT_WORKFLOW_ID");
}

#[test]
fn a_projects_default_profile_may_not_send_the_key_to_a_stranger() {
    let file = |base: &str| format!("default_profile = 'p'\n[profile.p]\napi_base = '{base}'");
    let scene = scene()
        .project_file(&file("https://evil.example"))
        .var("OPENAI_API_KEY", "sk-1");
    let error = scene.resolve().unwrap_err();
    assert_eq!(error.hint().unwrap(), "pass --profile p if you mean it");
    let scene = scene.var("CHATKIT_PROFILE", "p");
    assert!(scene.resolve().is_ok());
    let scene = self::scene().project_file(&file("http://127.0.0.1:8000"));
    assert!(scene.resolve().is_ok());
}

#[test]
fn the_key_file_is_relative_to_the_file_that_names_it() {
    let scene = scene()
        .user_file("default_profile = 'p'\n[profile.p]\nworkflow = 'wf'\napi_key_file = 'key'");
    std::fs::write(scene.root.path().join("config/key"), "sk-2\n").unwrap();
    assert_eq!(scene.hosted().api_key.unwrap().expose_secret(), "sk-2");
    std::fs::write(scene.root.path().join("config/key"), "").unwrap();
    assert_eq!(scene.resolve().unwrap_err().code(), 2);
}

#[test]
fn a_self_hosted_address_of_the_environment_is_not_meant_for_sessions() {
    let scene = scene()
        .var("CHATKIT_URL", "http://env/")
        .var("OPENAI_API_KEY", "sk-1");
    let settings = resolve(&scene.args, &scene.around, Need::Hosted).unwrap();
    assert!(matches!(settings.target, Target::Hosted(_)));
    let scene = scene.flags(|flags| flags.url = Some(url("http://x/")));
    assert!(resolve(&scene.args, &scene.around, Need::Hosted).is_err());
}

#[test]
fn secrets_are_not_in_the_debug_output() {
    let scene = scene()
        .var("OPENAI_API_KEY", "sk-hush")
        .flags(|flags| flags.client_secret = Some("ek_hush".to_owned().into()));
    let text = format!("{:?} {:?}", scene.resolve().unwrap(), scene.around);
    assert!(!text.contains("hush"), "{text}");
}

#[test]
fn a_profile_may_answer_tools_and_a_strangers_default_runs_no_command() {
    let file = "default_profile = 'a'\n[profile.a]\nurl = 'http://localhost:1/'\n\
                tool = {t = {n = 1}}\ntool_cmd = {u = 'cat'}\n";
    let own = scene().user_file(file);
    let tools = resolve(&own.args, &own.around, Need::Protocol)
        .unwrap()
        .tools;
    assert_eq!(
        tools.results,
        [("t".to_owned(), serde_json::json!({"n": 1}))]
    );
    assert_eq!(tools.commands, [("u".to_owned(), "cat".to_owned())]);
    let project = scene().project_file(file);
    let error = resolve(&project.args, &project.around, Need::Protocol).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("would run a command for the tool 'u'"),
        "{error}"
    );
    let named = scene()
        .project_file(file)
        .flags(|flags| flags.profile = Some("a".into()));
    assert!(resolve(&named.args, &named.around, Need::Protocol).is_ok());
}

#[test]
fn a_projects_default_profile_gives_no_other_host_what_the_environment_or_a_flag_holds() {
    let refused = |profile: &str| {
        let scene = scene()
            .project_file(&format!("default_profile = 'p'\n[profile.p]\n{profile}"))
            .var("OPENAI_API_KEY", "sk-1");
        let asked = self::scene()
            .project_file(&format!("[profile.p]\n{profile}"))
            .var("OPENAI_API_KEY", "sk-1")
            .var("CHATKIT_PROFILE", "p");
        assert!(asked.resolve().is_ok(), "{profile}");
        scene.resolve().err().map(|error| error.to_string())
    };
    let spends = "headers = {X-Id = 'a ${OPENAI_API_KEY}'}";
    let own = "url = 'http://127.0.0.1:1/'";
    for (profile, what) in [
        (
            format!("{own}\nupload_url = 'http://evil.example/'\n{spends}"),
            "credentials",
        ),
        (
            format!("url = 'http://evil.example/'\n{spends}"),
            "credentials",
        ),
        (
            format!("{own}\napi_base = 'http://evil.example/'"),
            "credentials",
        ),
        (
            format!("{own}\nupload_url = 'http://evil.example/'"),
            "files",
        ),
        (
            "url = 'http://a.example/'\nupload_url = 'http://b.example/'".into(),
            "files",
        ),
    ] {
        let said = refused(&profile).unwrap_or_default();
        let wanted = format!("the default profile 'p' would send {what} to another host");
        assert!(said.ends_with(&wanted), "{profile}: {said}");
    }
    for profile in [
        format!("{own}\nupload_url = 'http://localhost:2/'\n{spends}"),
        "url = 'http://a.example/c'\nupload_url = 'http://a.example/up'".into(),
    ] {
        assert_eq!(refused(&profile), None, "{profile}");
    }
}

#[test]
fn what_a_profile_lets_in_with_goes_to_no_address_of_the_environment() {
    let file = "[profile.p]\napi_base = 'http://own/v1'\nworkflow = 'wf'\napi_key_file = 'key'\n\
                headers = ['X-Team: one']";
    let scene = || {
        let scene = scene().user_file(file).var("CHATKIT_PROFILE", "p");
        std::fs::write(scene.root.path().join("config/key"), "sk-file").unwrap();
        scene
    };
    for variable in ["OPENAI_BASE_URL", "CHATKIT_API_BASE"] {
        let scene = scene().var(variable, "http://other/");
        let error = scene.resolve().unwrap_err();
        assert_eq!(error.code(), 2);
        assert!(error.hint().unwrap().contains(variable), "{error}");
        // A key of the environment stands at the level of the address.
        let scene = scene.var("OPENAI_API_KEY", "sk-env");
        assert_eq!(scene.hosted().api_base.as_str(), "http://other/");
        assert!(scene.resolve().unwrap().headers.is_empty());
    }
    let same = scene().var("OPENAI_BASE_URL", "http://own/");
    assert_eq!(same.hosted().api_key.unwrap().expose_secret(), "sk-file");
    let typed = (scene().var("OPENAI_BASE_URL", "http://other/"))
        .flags(|flags| flags.api_base = Some(url("http://flag/")));
    assert_eq!(typed.hosted().api_base.as_str(), "http://flag/");
    assert_eq!(typed.hosted().api_key.unwrap().expose_secret(), "sk-file");
    // A session needs no key.
    let session =
        (scene().var("OPENAI_BASE_URL", "http://other/")).var("CHATKIT_CLIENT_SECRET", "ek_1");
    assert!(session.hosted().api_key.is_none());
}

#[test]
fn a_profile_that_was_typed_and_is_not_talked_to_is_warned_of() {
    let warning = |profile: &str, variable: &str, value: &str| {
        let scene = scene()
            .user_file(&format!("[profile.p]\n{profile}"))
            .var("OPENAI_API_KEY", "sk-env")
            .var(variable, value);
        let named = scene.var("CHATKIT_PROFILE", "p");
        assert_eq!(named.resolve().unwrap().warning, None, "{profile}");
        let typed = named.flags(|flags| flags.profile = Some("p".into()));
        typed.resolve().unwrap().warning
    };
    for (profile, variable, value) in [
        ("url = 'http://own/'", "CHATKIT_URL", "http://other/"),
        ("workflow = 'wf'", "CHATKIT_URL", "http://other/"),
        ("url = 'http://own/'", "CHATKIT_CLIENT_SECRET", "ek_1"),
        (
            "api_base = 'http://own/'",
            "OPENAI_BASE_URL",
            "http://other/",
        ),
    ] {
        let said = warning(profile, variable, value).unwrap_or_default();
        assert!(said.starts_with(variable), "{profile} {variable}: {said}");
    }
    for (profile, variable, value) in [
        ("url = 'http://own/'", "CHATKIT_URL", "http://own"),
        ("locale = 'de'", "CHATKIT_URL", "http://other/"),
        ("url = 'http://own/'", "OPENAI_BASE_URL", "http://other/"),
        ("api_base = 'http://own/'", "CHATKIT_WORKFLOW_ID", "wf"),
    ] {
        assert_eq!(
            warning(profile, variable, value),
            None,
            "{profile} {variable}"
        );
    }
}
