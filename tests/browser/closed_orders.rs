//! Closed orders offer no settlement any more, and point to customer service.

use crate::demo::Demo;

#[test]
fn a_closed_order_has_no_oplossingscentrum_but_the_way_to_customer_service() {
    let demo = Demo::for_one();
    let customer = demo.as_klant();

    for status in ["Voltooid", "Wederzijds geannuleerd", "Geannuleerd"] {
        customer.clicks("Bestellingen");
        customer.is_on("Bestellingen");
        customer.picks("Toon", "Afgesloten");
        customer.clicks("Zoek");
        let card = format!("//li[p[normalize-space()='{status}']]//h3");
        let title =
            customer.eventually(&format!("order that is {status}"), || customer.main().all(&card).into_iter().next());
        customer.clicks(&title);
        customer.is_on(&title);
        assert_eq!(customer.status(), status);

        let panel = customer.region("Oplossingscentrum");
        panel.says("Neem contact op met de klantenservice");
        assert!(!customer.main().offers("Oplossingscentrum"), "there is no way into the Oplossingscentrum");
        let links = panel.all("//a");
        assert!(links.len() == 1 && links[0].ends_with("klantenservice"), "{links:?}");

        customer.visits(&format!("{}/resolution", customer.path()));
        customer.is_on("Oplossingscentrum");
        assert!(!customer.main().offers("Doorgaan"), "there is nothing to choose");
        assert!(customer.main().offers("Neem contact op met de klantenservice"));
    }
}
