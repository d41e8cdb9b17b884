//! The page as a browser shows it.

use std::path::Path;
use std::process::Command;

use dtr_harness::report::document::{Document, Verdict};
use dtr_harness::report::html;
use tempfile::TempDir;

use crate::faulty;
use crate::program::{output, program};

/// What a server might say to take over the page.
const HOSTILE: &str = "<script>document.title='taken'</script><b id=taken>x</b>";

/// The page in a file, and a headless browser that has it open.
struct Shown {
    dir: TempDir,
    page: String,
}

impl Shown {
    fn of(document: &Document) -> Shown {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let page = html::render(document).expect("a page");
        if let Some(keep) = std::env::var_os("DTR_KEEP_PAGES") {
            let name = format!("{:?}.html", document.verdict);
            std::fs::write(Path::new(&keep).join(name), &page).expect("a page that is kept");
        }
        Shown { dir, page }
    }

    /// Opens a page there with these arguments; what the browser prints.
    fn open(&self, page: &str, args: &[&str]) -> String {
        let path = self.dir.path().join("page.html");
        std::fs::write(&path, page).expect("a file in our own directory");
        let names = ["chromium", "chromium-browser", "google-chrome"];
        let mut command = Command::new(program("CHROMIUM", &names, "chromium"));
        // Containers give a browser no sandbox of its own; what it opens is ours.
        command.args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--hide-scrollbars",
        ]);
        command.arg("--disable-dev-shm-usage");
        command.arg(format!(
            "--user-data-dir={}",
            self.dir.path().join("profile").display()
        ));
        output(command.args(args).arg(format!("file://{}", path.display())))
    }

    /// The document as the browser understands it.
    fn dom(&self) -> String {
        self.open(&self.page, &["--dump-dom"])
    }

    /// By how many pixels the page is too wide for a window this wide.
    fn overhang(&self, width: u32) -> i64 {
        let measure = "<script>document.title = document.documentElement.scrollWidth - innerWidth</script></body>";
        let page = self
            .page
            .replace("default-src 'none'", "default-src 'unsafe-inline'");
        let page = page.replace("</body>", measure);
        let size = format!("--window-size={width},1000");
        let dom = self.open(&page, &["--dump-dom", &size]);
        let title = between(&dom, "<title>", "</title>");
        title
            .parse()
            .unwrap_or_else(|_| panic!("no number: {title}"))
    }

    /// A picture of the page: its width, height and size in octets.
    fn picture(&self, width: u32, height: u32) -> (u32, u32, usize) {
        let path = self.dir.path().join("page.png");
        let shot = format!("--screenshot={}", path.display());
        self.open(
            &self.page,
            &[&shot, &format!("--window-size={width},{height}")],
        );
        let png = std::fs::read(&path).expect("a picture");
        assert_eq!(&png[1..4], b"PNG");
        let number =
            |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().expect("four octets"));
        (number(16), number(20), png.len())
    }
}

fn between<'a>(text: &'a str, from: &str, to: &str) -> &'a str {
    let (_, rest) = text.split_once(from).unwrap_or_else(|| panic!("no {from}"));
    rest.split_once(to).unwrap_or_else(|| panic!("no {to}")).0
}

/// The texts between tags, one after the other.
fn text(dom: &str) -> String {
    let body = between(dom, "<body>", "</body>");
    let texts = body.split('<').filter_map(|part| part.split_once('>'));
    let texts: Vec<&str> = texts
        .map(|(_, text)| text.trim())
        .filter(|t| !t.is_empty())
        .collect();
    texts.join(" ")
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium; .ci/run installs and uses it"]
async fn a_failing_report_shows_what_a_reader_looks_for() {
    let document = faulty::document(None).await;
    assert_eq!(document.verdict, Verdict::Fail);
    let failure = &document.failures[0];
    let shown = Shown::of(&document);
    let dom = shown.dom();
    let told = text(&dom);
    // The verdict before everything else.
    assert!(
        told.starts_with("fail a faulty server judged by ietf-01"),
        "{told}"
    );
    for words in [
        "Section 6.5.2",
        &failure.requirements[0],
        &format!("dtr run --select {}", failure.trace),
        "invalid_grant",
        "How the server reads the open points",
        "Where deferrals went",
        "redeemed",
        "curl -sS -i -X POST",
        "grant_type=",
        "200 OK",
        "\"access_token\"",
        "Not put to the test",
    ] {
        assert!(told.contains(words), "no `{words}` in {told}");
    }
    assert_eq!(dom.matches("<svg class=\"graph\"").count(), 1);
    assert_eq!(
        dom.matches("<svg class=\"sequence\"").count(),
        document.failures.len()
    );
    assert!(dom.matches("class=\"arrow visited\"").count() > 5, "{dom}");
    // Every link leads somewhere.
    for target in dom.split("href=\"#").skip(1) {
        let id = between(target, "", "\"");
        assert!(dom.contains(&format!("id=\"{id}\"")), "{id}");
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium; .ci/run installs and uses it"]
async fn it_fits_windows_wide_and_narrow() {
    let shown = Shown::of(&faulty::document(None).await);
    for width in [1280, 500] {
        assert_eq!(shown.overhang(width), 0, "at {width}");
        let (across, down, octets) = shown.picture(width, 1600);
        assert_eq!((across, down), (width, 1600));
        // An empty page of that size has about 10,000.
        assert!(octets > 60_000, "{octets}");
    }
}

/// In a browser: no script runs, no element appears.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium; .ci/run installs and uses it"]
async fn what_a_server_says_stays_text() {
    let mut document = faulty::document(None).await;
    let failure = &mut document.failures[0];
    failure.detail = HOSTILE.to_owned();
    let exchange = failure
        .steps
        .last_mut()
        .and_then(|s| s.exchanges.last_mut());
    let response = exchange.and_then(|e| e.response.as_mut());
    response.expect("an answer").body = HOSTILE.to_owned();
    let shown = Shown::of(&document);
    let dom = shown.dom();
    assert_eq!(
        between(&dom, "<title>", "</title>"),
        "fail: a faulty server"
    );
    assert!(!dom.contains("<b id"), "{dom}");
    assert!(text(&dom).contains("&lt;script&gt;document.title='taken'&lt;/script&gt;"));
    // The browser used here does run scripts where they are let in.
    let open = shown
        .page
        .replace("default-src 'none'", "default-src 'unsafe-inline'");
    let open = open
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&#x27;", "'")
        .replace("&#x2f;", "/");
    let dom = shown.open(&open, &["--dump-dom"]);
    assert_eq!(between(&dom, "<title>", "</title>"), "taken");
}
