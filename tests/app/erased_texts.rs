//! Words of people stand apart from the events that they belong to, and can be erased; events stay as they are.

use oplossingscentrum::domain::Party;
use oplossingscentrum::operations::maintenance::doctor;
use oplossingscentrum::store::orders::texts;

use crate::builders::Order;
use crate::world::World;

impl World {
    /// Erases what that party wrote on an order.
    pub fn erases(&self, order: &Order, writer: Party) -> usize {
        let (account, now) = (self.row(order).account(writer), self.now());
        self.app.store.write(|db| texts::erase(db, order.reference, account, now)).unwrap()
    }
}

#[test]
fn erased_words_are_gone_for_both_and_the_page_says_since_when() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    let order = world.order().active();
    freelancer.requests_change(&order, 3, &[("Een geheime pagina", "25,00")], "Mijn geheim.");
    customer.accepts(&order);
    customer.asks_for_update(&order, "Hoe staat het ervoor?");
    assert_eq!(world.erases(&order, Party::Freelancer), 1);
    assert_eq!(world.erases(&order, Party::Freelancer), 0, "once");
    for person in [&customer, &freelancer] {
        for path in [order.at(""), order.dispute(1), order.at("/print")] {
            let page = person.sees(&path);
            page.shows("Deze tekst is gewist op");
            assert!(!page.says("geheim"), "{path}");
        }
        person.sees(&order.at("")).shows("(gewist)").shows("€ 25,00").shows("Hoe staat het ervoor?");
    }
    let left = world.app.store.snapshot(|db| texts::of_order(db, order.reference)).unwrap();
    let left: Vec<_> = left.iter().map(|(number, words)| (*number, words.said.is_some(), words.hash.len())).collect();
    assert_eq!(left, [(2, false, 64), (4, true, 64)], "words and salt are gone, their hash stays");
    let found = doctor::examine(&world.app.store, world.now(), |line| panic!("{line}")).unwrap();
    assert_eq!(found.violations, 0, "the history still follows the rules");
}
