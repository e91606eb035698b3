//! A small `WebDriver` client: what the tests do with a browser, over HTTP to `chromedriver`.

use std::future::Future;
use std::io::{BufRead, BufReader};
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use libtest_mimic::Trial;
use reqwest::{Client, Method};
use serde_json::{Value, json};

/// How long the page may take to show something, on a machine that is busy with other tests.
const PATIENCE: Duration = Duration::from_secs(40);

/// Between two looks at the page.
const TICK: Duration = Duration::from_millis(30);

/// The key under which `WebDriver` hands out an element.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

type Work<'a> = Pin<Box<dyn Future<Output = ()> + 'a>>;

/// What a case does with its browser.
pub type Body = for<'a> fn(&'a Browser) -> Work<'a>;

/// One test.
pub struct Case {
    pub name: &'static str,
    pub window: Window,
    pub body: Body,
}

/// How large the window is, and which colours its user likes.
#[derive(Clone, Copy)]
pub struct Window {
    pub width: u32,
    pub height: u32,
    pub scheme: &'static str,
}

pub const WIDE: Window = Window {
    width: 1440,
    height: 900,
    scheme: "light",
};

/// `chromedriver`, which ends with this.
pub struct Driver {
    child: Child,
    address: String,
}

/// A browser with one window, without a screen.
pub struct Browser {
    client: Client,
    session: String,
}

impl Case {
    pub fn new(name: &'static str, body: Body) -> Self {
        Self {
            name,
            window: WIDE,
            body,
        }
    }

    pub fn listed(self) -> Trial {
        Trial::test(self.name, || Ok(()))
    }

    /// The case on a machine without a browser.
    pub fn missing(self, reason: &str) -> Trial {
        let name = format!("{} (ignored: {reason})", self.name);
        let reason = reason.to_owned();
        let is_ci = std::env::var_os("CI").is_some();
        Trial::test(name, move || Err(reason.into())).with_ignored_flag(!is_ci)
    }
}

impl Driver {
    /// Starts `chromedriver` on a free port, or says what is missing.
    pub fn start() -> Result<Self, String> {
        let browser = Command::new("chromium").arg("--version").output();
        browser.map_err(|_| "no chromium here")?;
        let mut child = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|_| "no chromedriver here")?;
        let lines = BufReader::new(child.stdout.take().expect("stdout is piped")).lines();
        let mut lines = lines.map_while(Result::ok);
        let port = lines.find_map(|line| {
            let (_, port) = line.split_once("started successfully on port ")?;
            Some(port.trim_end_matches('.').to_owned())
        });
        // Whoever writes into a pipe that nobody reads is stopped by it.
        std::thread::spawn(move || lines.for_each(drop));
        let mut driver = Self {
            child,
            address: String::new(),
        };
        let port = port.ok_or("chromedriver does not start")?;
        driver.address = format!("http://127.0.0.1:{port}");
        Ok(driver)
    }

    pub fn address(&self) -> String {
        self.address.clone()
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Browser {
    /// Runs a case with a browser of its own, which is closed whatever happens.
    pub fn run(driver: &str, window: Window, body: Body) {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build();
        runtime.unwrap().block_on(async {
            let browser = Self::open(driver, window).await;
            let done = AssertUnwindSafe(body(&browser)).catch_unwind().await;
            let complaints = browser.complaints().await;
            browser.close().await;
            if let Err(panic) = done {
                std::panic::resume_unwind(panic);
            }
            assert_eq!(complaints, Vec::<String>::new());
        });
    }

    async fn open(driver: &str, window: Window) -> Self {
        // Another test of this process may have installed it before.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder().no_proxy().timeout(PATIENCE * 2);
        let Window {
            width,
            height,
            scheme,
        } = window;
        let options = json!({
            "args": ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                     "--no-proxy-server", format!("--window-size={width},{height}")],
            // A window of its own cannot be as narrow as a telephone.
            "mobileEmulation": {"deviceMetrics": {
                "width": width, "height": height, "pixelRatio": 1, "touch": false,
                "mobile": width < 600,
            }},
        });
        let wanted = json!({"capabilities": {"alwaysMatch": {
            "browserName": "chrome",
            "goog:chromeOptions": options,
            "goog:loggingPrefs": {"browser": "ALL"},
        }}});
        let mut browser = Self {
            client: client.build().unwrap(),
            session: format!("{driver}/session"),
        };
        let opened = browser.ask(Method::POST, "", &wanted).await;
        let id = opened["sessionId"].as_str().unwrap();
        browser.session = format!("{}/{id}", browser.session);
        let media = json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]});
        let command = json!({"cmd": "Emulation.setEmulatedMedia", "params": media});
        browser
            .ask(Method::POST, "/goog/cdp/execute", &command)
            .await;
        browser
    }

    async fn ask(&self, method: Method, path: &str, body: &Value) -> Value {
        let asked = self
            .client
            .request(method.clone(), format!("{}{path}", self.session));
        let asked = if method == Method::POST {
            asked.body(body.to_string())
        } else {
            asked
        };
        let answer = asked.send().await.unwrap();
        let fine = answer.status().is_success();
        let text = answer.text().await.unwrap();
        let mut document: Value = serde_json::from_str(&text).unwrap();
        assert!(fine, "{path} {body}: {}", document["value"]["message"]);
        document["value"].take()
    }

    async fn close(&self) {
        self.ask(Method::DELETE, "", &Value::Null).await;
    }

    /// What the browser forbade or a script did not catch.
    async fn complaints(&self) -> Vec<String> {
        let log = self
            .ask(Method::POST, "/se/log", &json!({"type": "browser"}))
            .await;
        let messages = log.as_array().unwrap().iter();
        let messages = messages.map(|line| line["message"].as_str().unwrap().to_owned());
        let grave = ["Content Security Policy", "Uncaught", "Refused to"];
        messages
            .filter(|text| grave.iter().any(|word| text.contains(word)))
            .collect()
    }

    pub async fn go(&self, url: &str) {
        self.ask(Method::POST, "/url", &json!({"url": url})).await;
    }

    /// Runs the body of a function in the page.
    pub async fn js(&self, script: &str) -> Value {
        self.ask(
            Method::POST,
            "/execute/sync",
            &json!({"script": script, "args": []}),
        )
        .await
    }

    /// Waits until an expression is true in the page.
    #[track_caller]
    pub fn until(&self, expression: impl Into<String>) -> impl Future<Output = ()> {
        let expression = expression.into();
        let place = std::panic::Location::caller();
        async move {
            let end = Instant::now() + PATIENCE;
            let script = format!("return Boolean({expression})");
            while self.js(&script).await != Value::Bool(true) {
                if Instant::now() > end {
                    let shown = self.js("return document.body.innerText").await;
                    panic!("{place}: never true: {expression}\nthe page shows: {shown}");
                }
                tokio::time::sleep(TICK).await;
            }
        }
    }

    /// Waits until the page shows a text below an element.
    #[track_caller]
    pub fn sees(&self, css: &str, text: &str) -> impl Future<Output = ()> {
        let (css, text) = (json!(css), json!(text));
        let expression = format!(
            "[...document.querySelectorAll({css})].some(e => e.innerText.includes({text}))"
        );
        self.until(expression)
    }

    async fn element(&self, css: &str) -> String {
        let found = json!({"using": "css selector", "value": css});
        let found = self.ask(Method::POST, "/element", &found).await;
        found[ELEMENT].as_str().unwrap().to_owned()
    }

    /// Clicks as a mouse does: what is hidden or covered cannot be clicked.
    pub async fn click(&self, css: &str) {
        let id = self.element(css).await;
        self.ask(Method::POST, &format!("/element/{id}/click"), &json!({}))
            .await;
    }

    /// Types into an element; a file input takes a path.
    pub async fn keys(&self, css: &str, text: &str) {
        let id = self.element(css).await;
        let path = format!("/element/{id}/value");
        self.ask(Method::POST, &path, &json!({"text": text})).await;
    }

    /// Says something on the mock's page and waits for the end of the answer.
    pub async fn say(&self, text: &str) {
        self.keys("#composer-text", &format!("{text}\u{e007}"))
            .await;
        let text = json!(text);
        let said = format!(
            "[...document.querySelectorAll('.user_message')].some(e => e.innerText.includes({text}))"
        );
        self.until(said).await;
        self.until("document.querySelector('#stop').hidden").await;
    }
}
