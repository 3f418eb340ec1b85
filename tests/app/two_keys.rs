//! The secret key is changed while people work: what the old one made is taken until nothing needs it any more.

use oplossingscentrum::operations::accounts::second_factor::hide_anew;
use oplossingscentrum::operations::maintenance::doctor;
use oplossingscentrum::operations::maintenance::servers;
use oplossingscentrum::secret::Secret;
use reqwest::Method;

use crate::passwords::link_for;
use crate::world::World;

const OLD: [u8; 64] = [7; 64];
const NEW: [u8; 64] = [8; 64];

impl World {
    /// How many second factors still need the other key, as the doctor of running servers says.
    fn need_the_old_key(&self) -> Option<i64> {
        doctor::examine(&self.app.store, self.now(), |line| panic!("{line}")).unwrap().hidden_otherwise
    }
}

#[test]
fn nobody_notices_that_the_key_is_changed_in_three_steps() {
    let world = World::new();
    let customer = world.customer();
    let (app, _) = customer.switches_second_factor_on();
    let (calendar, link) = (customer.makes_a_calendar(), link_for(&world, &customer));
    let path = |address: &str| address.strip_prefix(&world.origin).unwrap_or(address).to_owned();
    assert_eq!(world.need_the_old_key(), None, "no server says that it runs");
    let both = Secret::new(&NEW).accepting(&OLD);
    let server = world.server_with(both.clone());
    let there = customer.at(&server.address);
    let before = customer.cookies();
    assert_eq!(there.get("/account").status, 200, "she is still signed in");
    assert_ne!(customer.cookies(), before, "her cookie is signed with the new key now");
    for (address, method) in [(path(&calendar), Method::GET), (path(&link), Method::GET)] {
        assert_eq!(there.request(&method, &address, &[], &[]).status, 200, "{address}");
    }
    servers::beat(&world.app.store, &servers::this_server(&both), world.app.clock.times().wall).unwrap();
    assert_eq!(world.need_the_old_key(), Some(1));
    assert_eq!(hide_anew(&world.app.store, &Secret::new(&[9; 64])).unwrap(), 0, "a stranger's key changes nothing");
    assert_eq!(hide_anew(&world.app.store, &both).unwrap(), 1);
    assert_eq!((hide_anew(&world.app.store, &both).unwrap(), world.need_the_old_key()), (0, Some(0)));
    drop(server);
    let server = world.server_with(Secret::new(&NEW));
    let there = customer.at(&server.address);
    assert_eq!(there.get("/account").status, 200, "and signed in without the old key");
    world.codes_are_new_again();
    let again = world.visitor().at(&server.address);
    let page = again.post("/sign-in", &[("email", &customer.email), ("password", crate::world::PASSWORD)]).must(303);
    let form = again.get(page.location()).form("/sign-in/code").fill("code", &app.code(0));
    let answer = again.submit(&form);
    assert_eq!((answer.status, again.get("/orders").status), (303, 200), "the app's code fits");
}
