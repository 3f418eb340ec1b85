//! The people of the demo and their actions: each verb is a few presses on the pages, in Dutch.

use chrono::NaiveDate;
use thirtyfour::By;

use crate::browser::Browser;

/// A person of the demo.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Person {
    Klant,
    Freelancer,
}

impl Person {
    /// The name, as the other party reads it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Klant => "Sanne de Vries",
            Self::Freelancer => "Daan Bakker",
        }
    }

    /// The address to sign in with.
    pub fn email(self) -> &'static str {
        match self {
            Self::Klant => "klant@example.com",
            Self::Freelancer => "freelancer@example.com",
        }
    }
}

impl Browser {
    /// Finds an order in the list and opens it.
    #[track_caller]
    pub fn opens(&self, title: &str) {
        self.clicks("Bestellingen");
        self.is_on("Bestellingen");
        self.fills("Zoeken", title);
        self.clicks("Zoek");
        self.clicks(&format!("Bekijken {title}"));
        self.is_on(title);
    }

    /// Goes from the order to its Oplossingscentrum.
    #[track_caller]
    pub fn opens_the_center(&self) {
        self.region("Oplossingscentrum").clicks("Oplossingscentrum");
        self.is_on("Oplossingscentrum");
    }

    /// Asks for an update, from the page of the order.
    #[track_caller]
    pub fn asks_for_an_update(&self, comment: &str) {
        self.opens_the_center();
        self.chooses("Een update van een bestelling krijgen");
        self.clicks("Doorgaan");
        self.is_on("Ontvang een update van een bestelling");
        self.fills("Opmerking", comment);
        self.clicks("Versturen");
        self.sees("Verstuurd.");
    }

    /// Goes from the order to the cancellation form.
    #[track_caller]
    pub fn goes_to_cancelling(&self) {
        let (choice, heading) = match self.person {
            Person::Klant => ("Een bestelling annuleren", "Vragen om de bestelling te annuleren"),
            Person::Freelancer => {
                ("Vragen om de opdracht te annuleren", "Vraag je klant om de bestelling te annuleren")
            }
        };
        self.opens_the_center();
        self.chooses(choice);
        self.clicks("Doorgaan");
        self.is_on(heading);
    }

    /// Asks to cancel, from the page of the order, and returns the moment of asking as the page shows it.
    #[track_caller]
    pub fn asks_to_cancel(&self, reason: &str, comment: &str) -> String {
        self.goes_to_cancelling();
        self.picks("Reden", reason);
        self.fills("Opmerking", comment);
        self.clicks("Versturen");
        self.sees("Verstuurd.");
        self.main().all("//figcaption//time").remove(0)
    }

    /// Opens the question about this order, from the list of questions to answer.
    #[track_caller]
    pub fn goes_to_answer(&self, title: &str) {
        self.clicks("Openstaande geschillen");
        self.region("Wacht op jou").clicks(&format!("Beantwoorden {title}"));
        self.main().says("Wat kun je doen");
    }

    /// Gives the requested update.
    #[track_caller]
    pub fn gives_update(&self, update: &str) {
        self.fills("Opmerking", update);
        self.clicks("Update geven");
        self.sees("Je update is verstuurd");
    }

    /// Accepts on the page of the question, reads the outcome again on the confirmation page, and confirms.
    #[track_caller]
    pub fn accepts(&self, outcome: &str, sure: &str) {
        self.sees(outcome);
        self.clicks("Accepteren");
        self.is_on(sure);
        self.sees(outcome);
        self.clicks("Accepteren");
        self.sees("Je bent akkoord gegaan.");
    }

    /// Declines with a comment.
    #[track_caller]
    pub fn declines(&self, comment: &str) {
        self.fills("Opmerking", comment);
        self.clicks("Afwijzen");
        self.sees("Je hebt het verzoek afgewezen.");
    }

    /// Moves the demo's clock with its button: "+ 2 dagen".
    #[track_caller]
    pub fn moves_the_clock(&self, by: &str) {
        let before = self.page().all("//*[@aria-label='Zet de klok vooruit']/span");
        self.clicks(by);
        self.eventually("demo clock that was moved", || {
            (self.page().all("//*[@aria-label='Zet de klok vooruit']/span") != before).then_some(())
        });
    }

    /// The status under the order's title.
    #[track_caller]
    pub fn status(&self) -> String {
        self.main().all("//h1/following-sibling::p[1]").join(" ")
    }

    /// The order's events.
    #[track_caller]
    pub fn timeline(&self) -> String {
        self.region("Tijdlijn").text()
    }

    /// The price on the page of the order.
    #[track_caller]
    pub fn price(&self) -> String {
        self.region("Over deze bestelling").fact_text("Prijs")
    }

    /// The delivery date on the page of the order.
    #[track_caller]
    pub fn delivery_date(&self) -> NaiveDate {
        let date = self.eventually("delivery date that stays", || {
            let delivery = self.region("Over deze bestelling").fact("Leverdatum");
            self.wait_for(async { delivery.find(By::Tag("time")).await?.attr("datetime").await }).ok()
        });
        date.and_then(|date| date.parse().ok()).expect("a date for machines")
    }
}
