//! Chromium without a window: one tab, a profile of its own, and somebody who reads, types and clicks.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use chromiumoxide::cdp::browser_protocol::emulation::SetScriptExecutionDisabledParams;
use chromiumoxide::cdp::browser_protocol::input::InsertTextParams;
use chromiumoxide::cdp::js_protocol::runtime::EvaluateParams;
use chromiumoxide::error::CdpError;
use chromiumoxide::{Browser, BrowserConfig, Page};
use futures_util::StreamExt as _;
use serde_json::Value;
use tempfile::TempDir;

use crate::sites::Sites;

/// What a page may take to show what is waited for; machines of CI are slow.
const PATIENCE: Duration = Duration::from_secs(20);

/// A browser with one tab open.
pub(crate) struct Tab {
    page: Page,
    /// The process ends with it.
    _browser: Browser,
    _profile: TempDir,
}

impl Tab {
    /// A tab in which no script of a page runs.
    pub(crate) async fn without_scripts(sites: &Sites) -> Self {
        let tab = Self::new(sites).await;
        let disabled = SetScriptExecutionDisabledParams::new(true);
        tab.page.execute(disabled).await.expect("a setting");
        tab
    }

    /// A tab as everybody has it.
    pub(crate) async fn new(sites: &Sites) -> Self {
        let profile = tempfile::tempdir().expect("a temporary directory");
        let config = BrowserConfig::builder()
            .chrome_executable(executable())
            // Containers give a browser no sandbox of its own; what it opens is ours.
            .no_sandbox()
            .respect_https_errors()
            .user_data_dir(profile.path())
            .args(sites.arguments())
            // Frames in the process of the page around them, where one look at the page finds them.
            .arg("disable-site-isolation-trials")
            .arg(("disable-features", "IsolateOrigins,site-per-process"))
            .build()
            .expect("a configuration");
        let (browser, mut handler) = Browser::launch(config).await.expect("Chromium starts");
        tokio::spawn(async move { while handler.next().await.is_some() {} });
        let page = browser.new_page("about:blank").await.expect("a tab");
        Self {
            page,
            _browser: browser,
            _profile: profile,
        }
    }

    pub(crate) async fn open(&self, url: &str) {
        self.page.goto(url).await.expect("a page");
    }

    /// Types into a field of the page.
    pub(crate) async fn fill(&self, name: &str, text: &str) {
        self.click(&format!("input[name={name}]")).await;
        let typed = InsertTextParams::new(text);
        self.page.execute(typed).await.expect("keys");
    }

    /// Clicks on what this CSS selector finds.
    pub(crate) async fn click(&self, selector: &str) {
        let found = self.page.find_element(selector).await.expect(selector);
        // `Element::click` would run a script first, to scroll.
        let point = found.clickable_point().await.expect(selector);
        self.page.click(point).await.expect("a click");
    }

    /// Presses a button of the page's form.
    pub(crate) async fn press(&self, action: &str) {
        self.click(&format!("button[value={action}]")).await;
    }

    /// Signs in at the page that is open.
    pub(crate) async fn sign_in(&self, name: &str, password: &str) {
        self.fill("name", name).await;
        self.fill("password", password).await;
        self.press("sign_in").await;
    }

    /// Waits until the page shows these words; all that it shows then.
    pub(crate) async fn shows(&self, words: &str) -> String {
        let since = Instant::now();
        loop {
            // Between two pages there is none to be asked.
            let text = self.ask("document.body.innerText").await;
            match text {
                Ok(Some(Value::String(text))) if text.contains(words) => return text,
                other if since.elapsed() > PATIENCE => panic!("no {words:?} in {other:?}"),
                _ => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        }
    }

    /// What an expression is in the page that is open; a promise is waited for.
    pub(crate) async fn evaluate(&self, expression: &str) -> Value {
        let value = self.ask(expression).await.expect("an answer");
        value.expect("a value")
    }

    /// `Page::evaluate` would wait for ever for a page that may not run scripts of its own.
    async fn ask(&self, expression: &str) -> Result<Option<Value>, CdpError> {
        let mut question = EvaluateParams::new(expression);
        question.await_promise = Some(true);
        question.return_by_value = Some(true);
        let answer = self.page.execute(question).await?;
        Ok(answer.result.result.value)
    }

    /// The address of each frame in the page. One that was refused has none of its own: it shows an error of the
    /// browser's.
    pub(crate) async fn frames(&self) -> Vec<String> {
        let main = self.page.mainframe().await.expect("a page");
        let mut urls = Vec::new();
        for frame in self.page.frames().await.expect("frames") {
            if Some(&frame) != main.as_ref() {
                urls.extend(self.page.frame_url(frame).await.expect("a frame"));
            }
        }
        urls
    }
}

/// Chromium's program: what `CHROMIUM` says, or the first on the path.
fn executable() -> PathBuf {
    if let Some(path) = std::env::var_os("CHROMIUM") {
        return path.into();
    }
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut places = std::env::split_paths(&path).flat_map(|dir| names.map(|name| dir.join(name)));
    places.find(|place| place.is_file()).unwrap_or_else(|| {
        panic!("none of {names:?} is installed: apt-get install chromium, or set CHROMIUM")
    })
}
