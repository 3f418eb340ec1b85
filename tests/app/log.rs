//! What the log says of a request, and what it never does.

use std::io::Write;
use std::sync::{Arc, Mutex};

use oplossingscentrum::mail::write::write;
use oplossingscentrum::store::outbox::About;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::format::FmtSpan;

use crate::world::World;

/// A log in memory, until somebody has read it: the other tests go on writing.
#[derive(Clone)]
struct Log(Arc<Mutex<Option<Vec<u8>>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if let Some(kept) = self.0.lock().unwrap().as_mut() {
            kept.extend_from_slice(bytes);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[test]
fn the_secret_of_an_address_never_reaches_the_log_however_talkative_it_is() {
    let log = Log(Arc::new(Mutex::new(Some(Vec::new()))));
    let subscriber = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(log.clone());
    // Every thread of every server here; nothing else in these tests writes a log.
    subscriber.with_span_events(FmtSpan::CLOSE).init();
    let world = World::new();
    let klant = world.klant();
    klant.done(&klant.sees("/account").form("/account/calendar").choose("action", "make"));
    let page = klant.sees("/account");
    let address = page.document().select("#calendar_address").attr_or("value", "")[world.origin.len()..].to_owned();
    let visitor = world.visitor();
    let form = visitor.sees("/password/forgotten").form("/password/forgotten");
    form.fill("email", &klant.email).send(&visitor).must(303);
    let mail = world.outbox().into_iter().find(|row| matches!(row.about, About::Password(_))).expect("there is a mail");
    let link = write(&mail, &world.app.settings, world.now()).unwrap().link[world.origin.len()..].to_owned();
    visitor.sees(&address);
    visitor.get(&address.replace(".ics", "0.ics")).must(404);
    let form = visitor.sees(&link).form(&link);
    visitor.request(&reqwest::Method::PUT, &link, &visitor.own_headers(), &[]).must(405);
    form.clone().forge("csrf_token", "x").send(&visitor).must(403);
    form.fill("new_password", "een heel ander wachtwoord").send(&visitor).must(303);
    let written = String::from_utf8(log.0.lock().unwrap().take().expect("nobody has read it")).unwrap();
    for route in ["/calendar/{secret}.ics", "/password/{token}"] {
        assert!(written.contains(route), "the log knows of the request: {route}");
    }
    for address in [&address, &link] {
        let secret = address.rsplit('/').next().unwrap();
        let (name, seal) = secret.trim_end_matches(".ics").split_once('.').unwrap();
        for part in [name, seal] {
            let leak = written.lines().find(|said| said.contains(part));
            assert_eq!(leak, None, "{address}");
        }
    }
}
