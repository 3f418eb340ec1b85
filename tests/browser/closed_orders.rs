//! Closed orders offer no settlement any more, and point to customer service.

use crate::demo::Demo;

#[test]
fn a_closed_order_has_no_oplossingscentrum_but_the_way_to_customer_service() {
    let demo = Demo::for_one();
    let klant = demo.as_klant();

    for status in ["Voltooid", "Wederzijds geannuleerd", "Geannuleerd"] {
        klant.clicks("Bestellingen");
        klant.is_on("Bestellingen");
        klant.picks("Toon", "Afgesloten");
        klant.clicks("Zoek");
        let card = format!("//li[p[normalize-space()='{status}']]//h2");
        let title = klant.eventually(&format!("order that is {status}"), || klant.main().all(&card).into_iter().next());
        klant.clicks(&title);
        klant.is_on(&title);
        assert_eq!(klant.status(), status);

        let panel = klant.region("Oplossingscentrum");
        panel.says("Neem contact op met de klantenservice");
        assert!(!klant.main().offers("Oplossingscentrum"), "there is no way into the Oplossingscentrum");
        let links = panel.all("//a");
        assert!(links.len() == 1 && links[0].ends_with("klantenservice"), "{links:?}");

        klant.visits(&format!("{}/resolution", klant.path()));
        klant.is_on("Oplossingscentrum");
        assert!(!klant.main().offers("Doorgaan"), "there is nothing to choose");
        assert!(klant.main().offers("Neem contact op met de klantenservice"));
    }
}
