//! Uploads through their addresses.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::entry::Held;
use crate::server::Config;
use crate::server::testing::{Answer, Site};

/// The path of a URL of the mock.
fn path(url: &Value) -> &str {
    let url = url.as_str().unwrap();
    url.strip_prefix("http://127.0.0.1:8000").unwrap()
}

async fn ask(site: &Site, kind: &str, params: Value) -> Answer {
    let asked = site.ask("POST", "/chatkit");
    let asked = asked.json(&json!({"type": kind, "params": params}));
    asked.send().await
}

async fn announce(site: &Site, name: &str, kind: &str) -> Value {
    let params = json!({"name": name, "size": 3, "mime_type": kind});
    ask(site, "attachments.create", params).await.ok()
}

#[tokio::test]
async fn a_direct_upload_is_served_as_it_came() {
    let site = Site::new();
    let asked = site.ask("POST", "/files");
    let image = asked.form("file", "a.png", "image/png", b"\x89PNG");
    let image = image.send().await.ok();
    assert!(image["id"].as_str().unwrap().starts_with("atc_"));
    assert_eq!(
        (&image["type"], &image["mime_type"]),
        (&json!("image"), &json!("image/png"))
    );
    assert_eq!(image.get("upload_descriptor"), None);
    let served = site.ask("GET", path(&image["preview_url"])).send().await;
    assert_eq!(
        (&served.body[..], served.header("content-type")),
        (&b"\x89PNG"[..], "image/png")
    );
    assert_eq!(served.header("x-content-type-options"), "nosniff");
    assert!(!served.headers.contains_key("content-disposition"));
}

#[tokio::test]
async fn behind_a_proxy_that_ends_tls_the_bytes_go_through_it() {
    let site = Site::new();
    let params = json!({"name": "a.png", "size": 3, "mime_type": "image/png"});
    let body = json!({"type": "attachments.create", "params": params});
    let asked = site.ask("POST", "/chatkit").json(&body);
    let asked = asked.header("x-forwarded-proto", "https");
    let asked = asked.header("x-forwarded-host", "chat.example");
    let image = asked.send().await.ok();
    let url = format!(
        "https://chat.example/files/{}",
        image["id"].as_str().unwrap()
    );
    assert_eq!(image["upload_descriptor"]["url"], url);
    assert_eq!(image["preview_url"], url);
}

#[tokio::test]
async fn only_pictures_that_cannot_run_open_in_the_browser() {
    let site = Site::new();
    for (name, kind, disposition) in [
        (
            "a \"b\".html",
            "text/html",
            "attachment; filename*=UTF-8''a%20%22b%22.html",
        ),
        (
            "ä.svg",
            "image/svg+xml",
            "attachment; filename*=UTF-8''%C3%A4.svg",
        ),
        ("x", "IMAGE/SVG+XML; a=b", "attachment; filename*=UTF-8''x"),
        ("x", "bad\u{7f}type", "attachment; filename*=UTF-8''x"),
    ] {
        let made = announce(&site, name, kind).await;
        let descriptor = &made["upload_descriptor"];
        let token = descriptor["headers"]["x-upload-token"].as_str().unwrap();
        let asked = site.ask("PUT", path(&descriptor["url"]));
        asked
            .header("x-upload-token", token)
            .body("abc")
            .send()
            .await
            .ok();
        let served = site.ask("GET", path(&descriptor["url"])).send().await;
        assert_eq!(served.status, 200);
        assert_eq!(served.header("content-disposition"), disposition);
        assert_eq!(served.header("x-content-type-options"), "nosniff");
    }
}

#[tokio::test]
async fn an_announced_upload_takes_its_bytes_with_its_token_only() {
    let site = Site::new();
    let made = announce(&site, "a.txt", "text/plain").await;
    let descriptor = &made["upload_descriptor"];
    assert_eq!(descriptor["method"], "PUT");
    let url = path(&descriptor["url"]);
    assert_eq!(
        site.ask("GET", url).send().await.refusal().1,
        "file_not_uploaded"
    );
    for asked in [
        site.ask("PUT", url).body("abc"),
        site.ask("PUT", url)
            .header("x-upload-token", "x")
            .body("abc"),
    ] {
        assert_eq!(asked.send().await.refusal().0, 403);
    }
    assert_eq!(
        site.ask("GET", url).send().await.refusal().1,
        "file_not_uploaded"
    );
    let token = descriptor["headers"]["x-upload-token"].as_str().unwrap();
    let put = async |method: &str, body: &'static str| {
        let asked = site.ask(method, url).header("x-upload-token", token);
        asked.body(body).send().await.ok()
    };
    let whole = put("PUT", "one").await;
    assert_eq!(whole.get("upload_descriptor"), None);
    assert_eq!(whole["id"], made["id"]);
    put("POST", "two").await;
    let served = site.ask("GET", url).send().await;
    assert_eq!(
        (&served.body[..], served.header("content-length")),
        (&b"two"[..], "3")
    );
    let form = site.ask("POST", url).header("x-upload-token", token);
    form.form("file", "n", "a/b", b"frm").send().await.ok();
    assert_eq!(&site.ask("GET", url).send().await.body[..], b"frm");
    for body in ["", "ab", "abcd"] {
        let asked = site.ask("PUT", url).header("x-upload-token", token);
        let refused = asked.body(body).send().await;
        assert_eq!(
            refused.refusal(),
            (400, "upload_size_mismatch".into(), None)
        );
        // What came before stays.
        assert_eq!(&site.ask("GET", url).send().await.body[..], b"frm");
    }
    let unknown = site.ask("PUT", "/files/atc_0").body("abc").send().await;
    assert_eq!(unknown.refusal().0, 404);
}

/// Where the bytes of an attachment are.
fn file_of(site: &Site, made: &Value) -> PathBuf {
    let entry = site.app.uploads.entry(made["id"].as_str().unwrap());
    match entry.unwrap().bytes.unwrap() {
        Held::File(file) => file.path().to_owned(),
        Held::Noted(noted) => panic!("it is in the store: {noted:?}"),
    }
}

#[tokio::test]
async fn a_deleted_attachment_leaves_nothing() {
    let site = Site::new();
    let asked = site.ask("POST", "/files");
    let made = asked.form("file", "a", "a/b", b"abc").send().await.ok();
    let url = format!("/files/{}", made["id"].as_str().unwrap());
    let file = file_of(&site, &made);
    assert!(file.exists());
    let params = json!({"attachment_id": made["id"]});
    ask(&site, "attachments.delete", params.clone()).await.ok();
    assert!(!file.exists());
    assert_eq!(site.ask("GET", &url).send().await.refusal().0, 404);
    assert_eq!(
        ask(&site, "attachments.delete", params).await.refusal().0,
        404
    );
}

#[tokio::test]
async fn the_bytes_go_with_the_mock() {
    let site = Site::new();
    let asked = site.ask("POST", "/files");
    let made = asked.form("file", "a", "a/b", b"abc").send().await.ok();
    let folder = file_of(&site, &made).parent().unwrap().to_owned();
    assert!(folder.exists());
    drop(site);
    assert!(!folder.exists());
}

#[tokio::test]
async fn what_is_no_upload_is_refused() {
    let site = Site::with(Config {
        token: Some("t".into()),
        ..Config::default()
    });
    let form = |token: &str, field: &str| {
        let asked = site.ask("POST", "/files").bearer(token);
        asked.form(field, "a", "a/b", b"abc")
    };
    assert_eq!(form("x", "file").send().await.refusal().0, 401);
    let (status, code, param) = form("t", "other").send().await.refusal();
    assert_eq!((status, code.as_str()), (400, "missing_required_parameter"));
    assert_eq!(param.as_deref(), Some("file"));
    let no_form = site.ask("POST", "/files").bearer("t").body("abc");
    assert_eq!(no_form.send().await.refusal().1, "invalid_form");
    let cut =
        form("t", "file").body("--x\r\ncontent-disposition: form-data; name=\"file\"\r\n\r\nab");
    assert_eq!(cut.send().await.refusal().1, "incomplete_upload");
    form("t", "file").send().await.ok();
    let huge = json!({"name": "a", "size": 512 * 1024 * 1024 + 1, "mime_type": "a/b"});
    let asked = site.ask("POST", "/chatkit").bearer("t");
    let asked = asked.json(&json!({"type": "attachments.create", "params": huge}));
    assert_eq!(
        asked.send().await.refusal().2.as_deref(),
        Some("params.size")
    );
}
