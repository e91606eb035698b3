//! What `chatkit serve --proxy --record` takes out of the bodies that pass.

use serde_json::json;

use crate::backend::{Backend, Reply, done, message, turn};
use crate::proxy::{Server, body, say};

#[test]
fn what_a_client_names_as_its_secret_in_a_body_is_recorded_nowhere() {
    let form = "username=me&password=Form-pw-1&client_secret=Form-cs-2";
    let boundary = "multipart/form-data; boundary=b";
    let parts =
        "--b\r\ncontent-disposition: form-data; name=\"api_key\"\r\n\r\nPart-key-3\r\n--b--\r\n";
    let asked = [
        ("application/x-www-form-urlencoded", form),
        (boundary, parts),
        ("application/json", r#"{"auth":{"a":["Map-tok-4"]},"n":1}"#),
        ("application/json", r#"{"refreshToken":"Cut-tok-5"#),
    ];
    let repeated = "you sent Form-pw-1, Form-cs-2, Part-key-3 and Cut-tok-5";
    let replies = asked.map(|_| Reply::Json(200, json!({"note": "welcome"})));
    let replies = replies.into_iter().chain([
        Reply::Json(200, json!({ "note": repeated })),
        turn([done(&message("m", repeated))]),
    ]);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("talk.jsonl");
    let backend = Backend::new(replies);
    let proxy = Server::proxy(&backend.origin, &file);
    for (media_type, body) in asked {
        let media_type = format!("content-type: {media_type}");
        proxy.ask("POST /login", &[&media_type], body.as_bytes());
    }
    let echo = proxy.ask("GET /echo", &[], b"");
    assert_eq!(body(&echo), json!({ "note": repeated }).to_string());
    proxy.post(&say("who am I"));
    for (passed, (_, body)) in backend.asked().iter().zip(asked) {
        assert_eq!(passed.body, body, "what passes is never changed");
    }

    assert_eq!(proxy.stop().0, Some(0));
    let text = std::fs::read_to_string(&file).unwrap();
    for secret in ["pw-1", "cs-2", "key-3", "tok-4", "tok-5"] {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
    let hidden = "you sent [redacted], [redacted], [redacted] and [redacted]";
    assert_eq!(text.matches(hidden).count(), 2, "{text}");
    assert!(text.contains("username=me&password=[redacted]&client_secret=[redacted]"));
}
