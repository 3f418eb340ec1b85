//! The sample for nginx, in front of the real program: its log tells of no secret address and of no question.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use crate::databases::address;
use crate::program::Serving;
use crate::settings::KEY;
use crate::world::World;

const SAMPLE: &str = ".deploy/nginx.conf";
const HOST: &str = "oplossing.example.com";

/// nginx with the sample, without TLS and on a port of this test.
struct Nginx {
    child: Child,
    port: u16,
    folder: tempfile::TempDir,
}

impl Nginx {
    fn before(program: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().display();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let sample = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(SAMPLE)).unwrap();
        let without_tls = sample.lines().filter(|line| !line.trim_start().starts_with("ssl_"));
        let site = without_tls.collect::<Vec<_>>().join("\n");
        let (before, people) = site.split_once("server {\n    listen 80;").unwrap();
        let (_, people) = people.split_once("}\n").unwrap();
        let site = format!("{before}{people}")
            .replace("listen 443 ssl", &format!("listen 127.0.0.1:{port}"))
            .replace("127.0.0.1:8080", program)
            .replace("/var/log/nginx", &place.to_string());
        let whole = format!(
            "daemon off;\nmaster_process off;\npid {place}/pid;\nerror_log {place}/error.log;\nevents {{}}\nhttp {{\n\
             client_body_temp_path {place}/body;\nproxy_temp_path {place}/proxy;\nfastcgi_temp_path {place}/fastcgi;\n\
             uwsgi_temp_path {place}/uwsgi;\nscgi_temp_path {place}/scgi;\n{site}\n}}\n"
        );
        let file = folder.path().join("nginx.conf");
        fs::write(&file, whole).unwrap();
        let child = Command::new("/usr/sbin/nginx").arg("-c").arg(&file).spawn().expect("bin/test installs nginx");
        let nginx = Self { child, port, folder };
        let until = Instant::now() + Duration::from_secs(20);
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(Instant::now() < until, "nginx does not answer");
            std::thread::sleep(Duration::from_millis(20));
        }
        nginx
    }

    /// The status and the request's id of that page.
    fn asks(&self, path: &str) -> (u16, String) {
        let client = reqwest::blocking::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy();
        let address = format!("http://127.0.0.1:{}{path}", self.port);
        let answer = client.build().unwrap().get(address).header("host", HOST).send().unwrap();
        let id = answer.headers().get("x-request-id").map_or("", |id| id.to_str().unwrap()).to_owned();
        (answer.status().as_u16(), id)
    }

    fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("oplossingscentrum.log")).unwrap_or_default()
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn the_sample_for_nginx_logs_no_secret_address_and_no_question_and_shares_the_request_s_id() {
    let world = World::new();
    let flags = ["--database", &address(world.target()), "--secret-key", KEY, "--behind-proxy"];
    let serving = Serving::start_with(&[&flags[..], &["--public-url", "https://oplossing.example.com"]].concat(), &[]);
    let nginx = Nginx::before(&serving.address);
    let (status, id) = nginx.asks("/help?zoek=geheim");
    assert_eq!(status, 200);
    for path in
        ["/password/geheim", "/calendar/geheim.ics", "/unsubscribe/geheim", "/answer/geheim", "/sign-in/link/geheim"]
    {
        nginx.asks(path);
    }
    for path in ["/disputes/7", "/disputes/7/accept", "/resolution?action=cancellation", "/change", ""] {
        nginx.asks(&format!("/orders/OC-7K3M9QXA{path}"));
    }
    let log = nginx.log();
    assert_eq!(log.lines().count(), 11, "{log}");
    for secret in ["geheim", "OC-", "disputes/7", "cancellation"] {
        assert!(!log.contains(secret), "{secret} is in {log}");
    }
    assert!(!id.is_empty() && log.contains(&id), "{id} is not in {log}");
}
