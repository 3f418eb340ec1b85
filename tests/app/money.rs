//! What the operator says: where the money is, and who runs this.

use oplossingscentrum::i18n::payments::{OwnSentences, Payment, Sentences};
use oplossingscentrum::settings::Operator;

use crate::page::squeezed;
use crate::postman::FAST;
use crate::smtp::Smtp;
use crate::world::{Kind, World};

/// A world of that marketplace, with its two parties.
fn of_marketplace(money: Option<Payment>) -> World {
    let mut world = World::closed(Kind::default());
    world.settings().operator = Operator {
        name: Some("Markt & Co".into()),
        terms_url: Some("https://markt.example/voorwaarden".into()),
        privacy_url: Some("https://markt.example/privacy".into()),
        money,
    };
    world.opens();
    world
}

#[test]
fn where_the_money_is_stands_beside_every_outcome_that_ends_an_order() {
    let world = of_marketplace(Some(Payment::Held));
    let (customer, freelancer) = world.parties();
    let order = world.order().costs(12_500).active();
    customer.sees(&order.path).shows("staat vast bij de marktplaats");
    customer.asks_to_cancel(&order, "too_late", "Het duurt te lang.");
    let back = "De marktplaats betaalt € 125,00 terug aan Sanne de Vries.";
    freelancer.sees(&order.dispute(1)).shows(back);
    freelancer.sees(&format!("{}/accept", order.dispute(1))).shows(back);
    customer.sees(&order.dispute(1)).shows("De marktplaats betaalt € 125,00 aan jou terug.");
    freelancer.declines(&order, "Ik ben bijna klaar.");
    freelancer.delivers(&order);
    let out = "De marktplaats betaalt € 125,00 uit aan Daan Bakker.";
    customer.sees(&order.path).shows(out);
    customer.sees(&order.at("/approve")).shows(out);
    customer.sees("/help").shows("Waar is het geld?");
}

#[test]
fn where_the_operator_says_nothing_only_the_price_is_shown() {
    for (money, says) in [(None, false), (Some(Payment::None), false), (Some(Payment::Direct), true)] {
        let world = of_marketplace(money);
        let (customer, freelancer) = world.parties();
        let order = world.order().costs(12_500).active();
        customer.asks_to_cancel(&order, "too_late", "Het duurt te lang.");
        let page = freelancer.sees(&order.dispute(1));
        page.shows("125,00").hides("De marktplaats betaalt");
        assert_eq!(page.has("Spreek samen af wat er met een betaling gebeurt."), says, "{money:?}");
        assert_eq!(customer.sees("/help").has("Waar is het geld?"), money.is_some());
    }
}

#[test]
fn an_operator_says_it_in_sentences_of_its_own_in_each_language() {
    let own = |running: &str, cancelled: &str, help: &str| Sentences {
        running: running.into(),
        cancelled: Some(cancelled.into()),
        completed: None,
        help: help.into(),
    };
    let own = OwnSentences {
        nl: own("staat bij <Escrow>", "Escrow betaalt {price} terug.", "Escrow bewaart het geld."),
        en: own("held by <Escrow>", "Escrow pays {price} back.", "Escrow keeps the money."),
    };
    let world = of_marketplace(Some(Payment::Own(Box::leak(Box::new(own)))));
    let (customer, freelancer) = world.parties();
    let order = world.order().costs(12_500).active();
    customer.sees(&order.path).shows("staat bij <Escrow>");
    customer.asks_to_cancel(&order, "too_late", "Het duurt te lang.");
    freelancer.sees(&order.dispute(1)).shows("Escrow betaalt € 125,00 terug.");
    let english = freelancer.browser.clone().preferring("en");
    english.sees(&order.dispute(1)).shows("held by <Escrow>").shows("Escrow pays €125.00 back.");
    english.sees("/help/cancelling").shows("Escrow keeps the money.");
    freelancer.declines(&order, "Ik ben bijna klaar.");
    freelancer.delivers(&order);
    customer.sees(&order.at("/approve")).hides("Escrow");
}

#[test]
fn who_runs_this_stands_in_the_footer_of_pages_and_mails() {
    let world = of_marketplace(Some(Payment::Held));
    let (customer, _freelancer) = world.parties();
    let page = world.visitor().sees("/sign-in");
    assert!(page.text().contains("Een dienst van Markt & Co"), "{}", page.text());
    let links =
        page.document().select("footer a").iter().map(|a| a.attr_or("href", "").to_string()).collect::<Vec<_>>();
    for link in ["https://markt.example/voorwaarden", "https://markt.example/privacy"] {
        assert!(links.iter().any(|shown| shown == link), "{links:?}");
    }
    let order = world.order().costs(12_500).active();
    customer.asks_to_cancel(&order, "too_late", "Het duurt te lang.");
    let smtp = Smtp::new();
    let _postman = world.postman(&smtp, FAST);
    let mail = &smtp.has_taken(1)[0];
    let (text, html) = (squeezed(&mail.text()), mail.html());
    for expected in ["Een dienst van Markt & Co", "Privacy: https://markt.example/privacy"] {
        assert!(text.contains(expected), "{text}");
    }
    assert!(html.contains("https://markt.example/voorwaarden"), "{html}");
    assert!(text.contains("De marktplaats betaalt € 125,00 terug aan Sanne de Vries."), "{text}");
}
